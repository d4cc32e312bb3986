"""The page and the terminal of a diff: every figure, no element of a corpus' making, words where there is nothing."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from analyzer.report import diff_page, diff_terminal
from analyzer.report.diff_summary import points, summarise
from tests.decisions import built
from tests.report import accessible
from tests.report.builders import HOSTILE
from tests.report.test_page import Elements, assert_inert

ABOUT = {"a": "/runs/a", "b": HOSTILE[0], "least": 200, "confidence": 0.95, "false_discovery": 0.05}


def summary(names=HOSTILE, **other):
    rows = [built.difference(0.031, 0.011, 0.051, changed=True, p_adjusted=0.01)]
    turnover = [
        built.turned("*", item, slice_kind="corpus", to_singleton=56 if item == "prompts" else None)
        for item in ("documents", "clusters", "prompts")
    ]
    for i, name in enumerate(names):
        at = {"slice_kind": "domain", "slice": name}
        rows.append(built.difference(0.1, 0.05, 0.15, changed=True, p_adjusted=0.001, **at))
        units = {"units_a": 9, "units_b": 9, "units_shared": 9, "singletons_a": 100, "singletons_b": 112 + i}
        rows.append(built.difference(0.02, -0.01, 0.05, measure="in_corpus", n=None, **units, **at))
        state = ("new", "gone", "nearly_all_duplicates", "kept")[i % 4]
        turnover.append(built.turned(name, "documents", state=state, removed_a=None if i % 4 == 0 else 0.5))
    return summarise(built.table("differences", *rows), built.table("turnover", *turnover), ABOUT)


def test_hostile_names_make_no_element_and_no_attribute():
    html = diff_page.render(summary())
    assert_inert(html)
    assert html.count("<svg") == 1 and "\x1b" not in html and "\u202e" not in html
    plain = diff_page.render(summary([f"d{i}" for i in range(len(HOSTILE))]))
    assert [tag for tag, _ in Elements(html).elements] == [tag for tag, _ in Elements(plain).elements]


@pytest.mark.parametrize("names", [HOSTILE, ["wiki.example"], []])
def test_the_page_has_no_fault_that_can_be_found_without_a_browser(names):
    assert accessible.problems(diff_page.render(summary(names))) == []


def test_every_figure_of_a_changed_slice_is_on_the_page():
    text = "".join(Elements(diff_page.render(summary(["wiki.example"]))).text)
    for shown in (
        "wiki.example",
        "10",
        "5 to 15",
        "0.0010",
        "500",
        "+12",
        "56 prompts of both runs",
        "not there",
    ):
        assert shown in text, shown


def test_a_diff_of_samples_says_so():
    rows = built.table("differences", built.difference(0.031, 0.011, 0.051))
    said = [summarise(rows, built.table("turnover"), ABOUT | sample)["notes"][0] for sample in ({}, {"sample": 0.25})]
    assert "sample" not in said[0] and "25\u202f% of the clusters parsed" in said[1]


def test_a_diff_without_anything_to_compare_says_so():
    empty = summarise(built.table("differences"), built.table("turnover"), ABOUT)
    html = diff_page.render(empty)
    assert_inert(html)
    text = "".join(Elements(html).text)
    assert "Neither run holds an answered statement" in text and "No slice has 200 statements" in text
    assert "<svg" not in html


def test_the_terminal_shows_names_as_text_and_no_escape_sequence():
    stream = io.StringIO()
    Console(file=stream, force_terminal=True, width=100, color_system=None).print(diff_terminal.closing(summary()))
    shown = stream.getvalue()
    assert "[red]markup" in shown and "\x1b[31m" not in shown and "\u202e" not in shown and "\x07" not in shown
    assert "+12 stand alone" in shown and "10 (5 to 15)" in shown


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [
        (0.0311, 0.011, 0.051, "3.1"),
        (-0.00004, -0.02, 0.02, "0.0"),
        (-0.5, None, None, "−50.00"),
        (0.0, 0.0, 0.0, "0.00"),
    ],
)
def test_points_have_as_many_digits_as_their_interval_justifies(value, low, high, shown):
    assert points(value, low, high) == shown
