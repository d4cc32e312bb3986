"""What a terminal says of a what-if: the numbers, and beside them what they are not."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from rich.console import Console

from analyzer.report import planning
from analyzer.schemas.plans import ADVICE, WHAT_IF


def shown(part) -> str:
    console = Console(width=120, markup=False, highlight=False, record=True, file=io.StringIO())
    console.print(part)
    return " ".join(console.export_text().split())


def prediction(status="ok"):
    blank = dict.fromkeys(WHAT_IF.schema.names)
    ends = {"low": 0.61, "high": 0.65, "confidence": 0.95, "numerator": 630.0, "denominator": 1000.0}
    rows = [
        {"statistic": "singleton_rate", "now": 0.5, "value": 0.63, "status": status, **ends},
        {"statistic": "statements", "now": 2000.0, "value": 1000.0, "low": 900.0, "high": 1100.0, "status": "ok"},
        {"statistic": "statements_seen", "now": 2000.0, "value": 3000.0, "status": "ok"},
        {"statistic": "low_exposure_mass_2", "now": 0.7, "value": 0.4, "denominator": 3000.0, "status": "ok"},
    ]
    told = {"unit": "cluster", "method": "m"}
    return pa.Table.from_pylist([{**blank, **told, **row} for row in rows], WHAT_IF.schema)


def test_a_prediction_names_its_rules_and_what_kind_of_interval_it_is():
    text = shown(planning.what_if(prediction(), ["domain:wiki=0.5", "*=1"], 0, repeats=False))
    assert "kept: domain:wiki=0.5, *=1" in text
    assert "61.0–65.0" in text
    assert "prediction interval" in text
    assert "not corrected for extraction errors" in text
    assert "seen at most" not in text
    assert "fall apart" not in text


def test_epochs_are_said_to_be_no_evidence_and_the_low_exposure_mass_is_shown():
    text = shown(planning.what_if(prediction(), ["domain:wiki=3"], 0, repeats=True))
    assert "no new evidence" in text
    assert "seen at most 2 times" in text


def test_what_may_break_the_prediction_is_said():
    text = shown(planning.what_if(prediction("too_few_documents"), ["*=0.1"], 7, repeats=False))
    assert "7 clusters of three or more documents" in text
    assert "not to be believed" in text


def advised(**changes):
    row = {
        "domain": "wiki", "words": 2_000_000, "statements": 5_000, "singletons": 3_000, "share": 0.6, "share_low": 0.55,
        "share_high": 0.65, "change": -0.012, "change_low": -0.02, "change_high": -0.004, "doubled_rate": 0.5,
        "doubled_low": 0.4, "doubled_high": 0.6, "confidence": 0.95, "unit": "cluster", "method": "m", "status": "ok",
    }  # fmt: skip
    return pa.Table.from_pylist([{**row, **changes}], ADVICE.schema)


def test_advice_gives_the_change_in_points_with_its_interval():
    text = shown(planning.advice(advised()))
    assert "-1.20 (-2.00 to -0.40) 1,000,000" in text
    assert "wiki" in text


def test_a_slope_is_followed_no_further_than_the_domain_is_large():
    text = shown(planning.advice(advised(words=50_000, status="beyond_twice")))
    assert "-0.06 (-0.10 to -0.02) 50,000" in text


@pytest.mark.parametrize("ends", [{"change_high": 0.004}, {"change_low": 0.004, "change": 0.01, "change_high": 0.02}])
def test_an_interval_that_does_not_lie_below_zero_is_no_advice(ends):
    text = shown(planning.advice(advised(**ends)))
    assert "no interval lies below zero" in text
    assert "-1.20" not in text


def test_what_picking_from_many_intervals_does_is_said():
    rows = pa.concat_tables([advised(domain=f"d{i}") for i in range(40)] + [advised(domain="small", change_high=None)])
    text = shown(planning.advice(rows))
    assert "the surest of 40 were picked" in text and "1 would be expected below zero all the same" in text
    assert "were picked" not in shown(planning.advice(advised()))


def test_a_name_with_escape_sequences_shows_them():
    assert "\x1b[31m" not in shown(planning.advice(advised(domain="a\x1b[31mb[red]")))
