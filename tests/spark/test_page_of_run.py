"""The page of a real run: what the stages hand over arrives on it."""

from __future__ import annotations

import re
import shutil

import pytest

from analyzer import pipeline
from analyzer.report import page
from tests import tiny
from tests.report import accessible
from tests.report.test_page import Elements, assert_inert

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def told(audited, tmp_path_factory):
    """The summary of the tiny run with examples shown, and its page."""
    _, run, _ = audited
    copy = shutil.copytree(run, tmp_path_factory.mktemp("shown") / "run")
    result = pipeline.audit((), str(copy), tiny.config("report.show_examples=true"), only="report")
    return result.summary, (copy / "report" / "report.html").read_text(encoding="utf-8")


def test_examples_of_the_riskiest_domains_stand_where_they_are_said_to(told):
    summary, html = told
    examples = [example for portrait in summary.riskiest for example in portrait.examples]
    assert len(examples) >= 4
    for example in examples:
        domain, text = tiny.DOCUMENTS[example.record - 1]
        initial = example.subject[0].upper()
        assert example.path == "corpus.jsonl" and initial in text and domain == example.domain
        assert f"corpus.jsonl:{example.record}" in html
    shown = "".join(Elements(html).text)
    assert "Orlane" not in shown and "orlane" not in shown and "o…" in shown


def test_the_accounting_ends_at_the_statements_and_begins_at_the_characters(told):
    summary, _ = told
    steps = {step.item: step for step in summary.accounting}
    assert steps["characters"].count == sum(len(text) for _, text in tiny.DOCUMENTS)
    assert steps["statements"].count == summary.corpus.statements > 0
    joined = steps["answered_mentions"].count - steps["statements"].count
    assert steps["joined"].count == joined > 0  # "borders Kallan, Velia and Norren" is one statement


def test_the_map_adds_up_to_the_domains(told):
    summary, html = told
    rows = {row.domain: row for row in summary.domains}
    assert set(summary.map.domains) == set(rows)
    for domain, cells in zip(summary.map.domains, summary.map.rows, strict=True):
        held = [cell for cell in cells if cell]
        assert sum(c.statements for c in held) == rows[domain].statements
        assert sum(c.singletons for c in held) == rows[domain].singletons
    assert re.search(r'<table id="map-table"', html)


def test_the_page_of_a_run_is_inert_and_has_no_fault(told):
    summary, html = told
    assert_inert(html)
    assert accessible.problems(html) == []
    assert page.render(summary) == html
