"""A corpus in which nothing is stated: the run ends well, and says empty where there is no number."""

from __future__ import annotations

import json

import pytest

from analyzer import pipeline
from tests import tiny

pytestmark = [pytest.mark.spark, pytest.mark.fault, pytest.mark.slow]


def test_a_corpus_that_states_nothing_is_reported_as_empty_and_never_as_zero(spark, tmp_path):
    corpus = tiny.write(tmp_path / "corpus", documents=[("a", "nothing is said here."), ("b", "nor here, it seems.")])
    result = pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config())
    rates = [
        row
        for row in tiny.tables(tmp_path / "run")["estimate/estimates"]
        if row["statistic"] in ("singleton_rate", "share_of_prompts_seen_once")
    ]
    assert not [row for row in rates if row["value"] is not None or row["status"] != "empty"]
    assert result.summary is not None
    assert result.summary.corpus.statements in (0, None)
    assert result.summary.verdict.status == "empty"
    assert "No answered statement was found" in result.summary.verdict.sentence
    json.loads((tmp_path / "run" / "report" / "summary.json").read_text(), parse_constant=pytest.fail)
    page = (tmp_path / "run" / "report" / "report.html").read_text()
    assert "NaN" not in page and ">nan<" not in page and "None" not in page
