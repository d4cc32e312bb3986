"""Nothing a corpus holds can steer a terminal, neither by escape sequences nor by rich's own markup."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from analyzer.report.summary import summarise
from analyzer.report.terminal import SHOWN, closing_table
from analyzer.settings import ReportSettings
from tests.report import builders


def printed(tables, width=200):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=False, color_system=None)
    console.print(closing_table(summarise(tables, builders.run(), ReportSettings())))
    return stream.getvalue()


def test_the_verdict_and_the_riskiest_domains_are_shown():
    text = printed(builders.tables())
    assert "of the 123,258 answered statements" in text and "no lower bound" in text
    assert text.index("news.example") < text.index("wiki.example")
    assert "too small to rank" in text


def test_hostile_names_are_shown_as_they_are_written():
    text = printed(builders.tables(["\x1b[31mred\x07", "[red]markup[/red] :smile:", "\u202egnp.exe", "a\nb"]))
    assert "\\x1b[31mred\\x07" in text and "[red]markup[/red] :sm" in text
    assert "\\u202egnp.exe" in text and "a\\x0ab" in text and "\x1b" not in text


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_name_prints_a_control_character(name):
    text = printed(builders.tables([name, "other"], growth=[], spectra=[]))
    assert all(c.isprintable() or c == "\n" for c in text.replace("\u202f", " "))


def test_only_a_screenful_is_shown():
    text = printed(builders.tables([f"d{i:03d}.example" for i in range(500)]))
    assert text.count(".example") == SHOWN and f"{SHOWN} of 500 domains" in text


@pytest.mark.parametrize("tables", [builders.empty(), {}])
def test_an_empty_run_has_a_verdict_and_no_table(tables):
    text = printed(tables)
    assert "No answered statement" in text and "rank" not in text
