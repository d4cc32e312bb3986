"""The summary says what the tables say, in an order that no row order moves, in strict JSON."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.report.summary import from_json, summarise, to_json
from analyzer.settings import ReportSettings
from analyzer.stats import Spectrum, simple_good_turing
from tests.report import builders


def summary(tables=None, run=None, **kw):
    return summarise(builders.tables() if tables is None else tables, run or builders.run(), ReportSettings(**kw))


def strict(text: str):
    def refuse(name: str):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_json_is_strict_even_if_a_table_holds_nan():
    tables = builders.tables(risk=[builders.risk_row(0, "a", raw_rate=math.nan, bound=math.inf)])
    found = strict(to_json(summary(tables)))
    assert found["domains"][0]["raw_rate"] is None and found["domains"][0]["bound"] is None


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_survives_json(path, domain):
    found = summary(builders.tables([domain]), builders.run(inputs=[path], fields=[path]))
    text = to_json(found)
    assert text.isascii() and strict(text)["domains"][0]["domain"] == domain


@pytest.mark.parametrize("tables", [builders.tables(), builders.empty(), {}])
def test_a_stored_summary_comes_back_as_it_was(tables):
    found = summary(tables)
    assert from_json(to_json(found)) == found
    assert to_json(from_json(to_json(found))) == to_json(found)


def test_row_order_does_not_matter():
    tables = builders.tables([f"d{i % 7}x{i}" for i in range(30)], relations=[f"r{i}" for i in range(12)])
    turned = {name: table.take(list(range(table.num_rows))[::-1]) for name, table in tables.items()}
    assert to_json(summary(tables)) == to_json(summary(turned))


def test_the_headline_is_the_rate_by_prompt_and_cluster_whatever_else_was_estimated():
    rows = [
        builders.rate(0.9, 0.8, 0.95, key="fact"),
        builders.rate(0.1, 0.05, 0.15, unit="mention"),
        builders.rate(0.7, 0.6, 0.8, slice_kind="domain", slice="*"),
        builders.rate(),
    ]
    found = summary(builders.tables(estimates=rows))
    assert (found.corpus.rate.value, found.corpus.statements, found.corpus.singletons) == (0.38214, 123_258, 47_102)
    assert len(found.corpus.estimates) == 3


def test_ranked_domains_come_first_in_order_and_the_unranked_by_size():
    rows = [
        builders.small_row(0, "small", statements=5),
        builders.risk_row(2, "third"),
        builders.small_row(0, "larger", statements=9),
        builders.risk_row(0, "first"),
    ]
    found = summary(builders.tables(risk=rows))
    assert [row.domain for row in found.domains] == ["first", "third", "larger", "small"]
    assert (found.corpus.domains, found.corpus.ranked_domains) == (4, 2)


def test_relations_carry_their_own_rate():
    found = {row.relation: row.rate for row in summary().relations}
    assert found["capital"].value == pytest.approx(0.4)
    assert found["employer"] is None


def test_the_binned_spectrum_keeps_every_prompt_once():
    rows = builders.spectrum(5_000)
    found = summary(builders.tables(spectra=rows)).spectrum
    assert sum(row.keys for row in found) == sum(row["keys"] for row in rows)
    assert sum(row.statements for row in found) == sum(row["statements"] for row in rows)
    assert all(a.last < b.first for a, b in pairwise(found))
    assert [row.first for row in found[:50]] == list(range(1, 51))
    assert len(found) < 75


@given(st.integers(1, 10**9))
def test_a_frequency_lies_in_the_bin_that_shows_it(r):
    rows = [{**builders.spectrum(1)[0], "r": r, "keys": 1, "statements": r}]
    (found,) = summary({"spectra": builders.table("spectra", rows)}).spectrum
    assert found.first <= r <= found.last


def test_secrets_in_paths_and_settings_are_masked():
    run = builders.run(settings={"ingest": {"path": "s3://u:secret@b/"}}, command="monofact audit s3://u:secret@b/")
    text = to_json(summary(run=run))
    assert "secret" not in text and "***" in text


def test_examples_enter_a_summary_masked_and_only_if_asked_for():
    tables = builders.tables() | {"examples": builders.examples("news.example")}
    assert all(not portrait.examples for portrait in summary(tables).riskiest)
    text = to_json(summary(tables, show_examples=True))
    assert "Hopper" not in text and "1906" not in text and "part-0.jsonl" in text


def test_the_fitted_line_is_the_estimators():
    rows = builders.spectrum(40)
    fit = simple_good_turing(Spectrum.from_frequencies([r["r"] for r in rows], [r["keys"] for r in rows]))
    line = summary(builders.tables(spectra=rows)).line
    assert (line.slope, line.intercept) == (fit.slope, fit.intercept)
    assert summary(builders.tables(spectra=[])).line.status == "empty"
