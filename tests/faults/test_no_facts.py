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
        row for row in tiny.tables(tmp_path / "run")["estimate/estimates"]
        if (row["statistic"], row["slice_kind"]) == ("singleton_rate", "corpus")
    ]  # fmt: skip
    assert rates and {(row["value"], row["denominator"], row["status"]) for row in rates} == {(None, 0, "empty")}
    assert result.summary is not None and result.summary.corpus.statements == 0
    json.loads((tmp_path / "run" / "report" / "summary.json").read_text(), parse_constant=pytest.fail)
    page = (tmp_path / "run" / "report" / "report.html").read_text()
    assert "NaN" not in page and ">nan<" not in page and "None" not in page
