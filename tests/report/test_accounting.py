"""Every record and every candidate is kept, dropped for a reason, or shown as unexplained."""

from __future__ import annotations

import pyarrow as pa

from analyzer.report import accounting
from tests.report import builders


def lines(stages=(), rows=(), rejects=None):
    found = accounting.steps(stages, builders.table("accounts", list(rows)), rejects)
    return {(step.stage, step.item): step for step in found}


def test_read_is_kept_plus_rejected_with_shares_of_what_was_read():
    found = lines([{"stage": "ingest", "read": 200, "kept": 150, "rejected": {"empty_text": 40, "line_too_long": 10}}])
    assert found["ingest", "empty_text"].share == 0.2 and found["ingest", "empty_text"].kind == "drop"
    assert found["ingest", "kept"].count == 150
    assert ("ingest", "unexplained") not in found


def test_what_counts_do_not_explain_is_a_line_of_its_own():
    found = lines([{"stage": "ingest", "read": 200, "kept": 150, "rejected": {"empty_text": 40}}])
    assert found["ingest", "unexplained"].count == 10
    rows = [{"domain": "a", "item": "candidates", "count": 10}, {"domain": "a", "item": "mentions", "count": 7}]
    assert lines(rows=rows)["extract", "unexplained"].count == 3


def test_accounts_are_summed_over_domains():
    rows = builders.accounts("a") + builders.accounts("b")
    found = lines(rows=rows)
    assert found["extract", "mentions"].count == 300_000
    assert found["extract", "sentences_parsed"].count == 1_400_000
    assert found["extract", "long_answer"].share == 0.125
    assert ("extract", "unexplained") not in found


def test_rejects_fill_in_for_a_stage_without_counts_only():
    rejects = pa.table({"stage": ["ingest", "extract"], "reason": ["empty_text", "timeout"], "count_all": [4, 2]})
    found = lines([{"stage": "ingest", "read": 10, "kept": 6, "rejected": {"empty_text": 4}}], rejects=rejects)
    assert found["extract", "timeout"].count == 2
    assert found["ingest", "empty_text"].count == 4 and len([k for k in found if k[0] == "ingest"]) == 3


def test_nothing_given_is_nothing_shown():
    assert accounting.steps((), None, None) == ()
