"""What a report says of the keys: how many pairs look alike, how many singletons that makes none, never a name."""

from __future__ import annotations

import pytest

from analyzer.report.keys import COLUMNS
from analyzer.report.page import render
from analyzer.report.summary import from_json, summarise, to_json
from analyzer.settings import ReportSettings
from tests.report import builders


def summary(examples: bool = False, **tables):
    found = builders.tables()
    if not examples:
        found["splits"] = found["splits"].select(COLUMNS)
    return summarise(found | tables, builders.run(), ReportSettings(show_examples=examples))


def test_pairs_are_counted_by_kind_with_singletons_and_equal_answers():
    found = {kind.kind: (kind.pairs, kind.with_singleton, kind.equal) for kind in summary().keys.kinds}
    rows = [builders.split(i, "born_in") for i in range(10)]
    assert set(found) == {"tokens", "spelling", "initials", "acronym"}
    for kind, counts in found.items():
        mine = [row for row in rows if row["kind"] == kind]
        assert counts == (len(mine), sum(r["singleton"] for r in mine), sum(r["agreement"] > 0 for r in mine))


def test_what_a_cap_left_out_is_said():
    keys = summary().keys
    assert (keys.blocks_left_out, keys.prompts_left_out) == (21, 1_234)
    html = render(summary())
    assert "21 groups of names" in html and "1,234 prompts" in html


def test_the_split_rate_and_what_it_changes_are_on_the_page_and_labelled():
    html = render(summary())
    assert "Split rate: 4.1" in html and "errs low" in html
    assert "no other error of the extraction corrected" in html and "36.6" in html


def test_windows_are_in_the_order_of_n():
    assert [w.order for w in summary().window] == [2, 3, 32]
    table = render(summary()).split('id="window-table"')[1].split("</table>")[0]
    assert table.count("<tr>") == 1 + 3 and "45.0" in table


def test_names_are_shown_only_if_asked_for_and_only_in_outline():
    hidden, shown = render(summary()), render(summary(examples=True))
    assert "alias-table" not in hidden and "alias-table" in shown
    assert "Tessa" not in shown and "T… M… O…" in shown
    first = summary(examples=True).keys.examples[0]
    assert (first.clusters, first.subject) == (9, "T… M… O… #")


@pytest.mark.parametrize("examples", [True, False])
def test_a_stored_summary_shows_the_same_page(examples):
    made = summary(examples)
    assert from_json(to_json(made)) == made
    assert render(from_json(to_json(made))) == render(made)


def test_a_run_without_pairs_or_without_the_table_says_so():
    nothing = summarise(builders.empty() | {"splits": builders.table("splits", [])}, builders.run(), ReportSettings())
    assert "have subjects that look alike" in render(nothing)
    old = summarise(builders.empty(), builders.run(stages=[]), ReportSettings())
    assert "Names were not compared" in render(old) and "No distance was counted" in render(old)
