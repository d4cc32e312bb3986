"""What validation claims, and when it refuses to."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer import ids
from analyzer.evaluation import rarity
from analyzer.evaluation.validation import Answers, Coverage, Settings, validate
from analyzer.stats.estimate import Estimate


def answers(seed: int, slope: float, items: int = 300, models: int = 2) -> Answers:
    rng = np.random.default_rng(seed)
    exposure = rng.choice([0.0, 1, 2, 30, 400], items)
    rows = np.repeat(np.arange(items), models)
    right = rng.random(len(rows)) < 1 / (1 + np.exp(1 - slope * np.log1p(exposure[rows])))
    outcome = np.where(right, 0, np.where(rng.random(len(rows)) < 0.8, 1, 2))
    key = np.array([ids.key64(str(i)) for i in range(items)])
    topic = np.array(["birds", "trees", "rocks", "ponds", "winds"])[rows % 5]
    return Answers(np.tile(["a", "b"], items), topic, key[rows], exposure[rows], outcome.astype(np.int64))


def test_a_relation_is_claimed_with_direction_interval_and_the_word_association() -> None:
    table, verdict = validate("b", answers(1, slope=1.0), None, {}, Settings())
    assert verdict.claimed and verdict.sentence.startswith("The rarer the fact, the more often an answer is wrong")
    assert "300 questions, 2 models" in verdict.sentence and "not show that rarity is the cause" in verdict.sentence
    rows = table.to_pylist()
    assert {r["target"] for r in rows} == set(rarity.TARGETS)
    assert {r["model"] for r in rows} == {"*", "a", "b"}
    rates = [r for r in rows if r["part"] == "bucket" and r["model"] == "*" and r["target"] == "error"]
    assert [r["group"] for r in rates] == ["0", "1", "2-29", "30-399", "400+"]
    assert all(r["low"] <= r["value"] <= r["high"] and r["denominator"] for r in rates)


def test_no_relation_and_its_opposite_are_said_as_they_are() -> None:
    assert "No association" in validate("b", answers(2, slope=0.0), None, {}, Settings())[1].sentence
    assert "opposite of what rarity predicts" in validate("b", answers(3, slope=-1.0), None, {}, Settings())[1].sentence


def test_below_the_floor_of_coverage_nothing_is_claimed_and_rows_say_so() -> None:
    table, verdict = validate("b", answers(1, slope=1.0), Coverage(300, 300, 60, 20), {}, Settings())
    assert not verdict.claimed and verdict.sentence.startswith(
        "No claim: the corpus states anything about the subjects of 60 of 300"
    )
    rows = table.to_pylist()
    assert {r["status"] for r in rows if r["statistic"] == "spearman"} == {"low_coverage"}
    coverage = {r["statistic"]: r["value"] for r in rows if r["part"] == "coverage"}
    assert coverage == {"understood_share": 1.0, "subject_share": 0.2, "prompt_share": pytest.approx(1 / 15)}
    allowed = validate("b", answers(1, slope=1.0), Coverage(300, 300, 60, 20), {}, Settings(floor=0.1))[1]
    assert allowed.claimed


def test_questions_that_were_not_understood_are_left_out_not_counted_as_unseen() -> None:
    known = answers(1, slope=1.0)
    hidden = known.exposure.copy()
    hidden[known.exposure == 0] = np.nan
    rows = validate("b", Answers(known.model, known.topic, known.key, hidden, known.outcome), None, {}, Settings())[0]
    groups = {r["group"] for r in rows.to_pylist() if r["part"] == "bucket"}
    assert groups == {"1", "2-29", "30-399", "400+"}
    nothing = Answers(known.model, known.topic, known.key, np.full(len(hidden), np.nan), known.outcome)
    assert validate("b", nothing, None, {}, Settings())[1].sentence == "No claim: no question could be looked up."


def test_topics_are_held_against_the_audit_of_the_domain_of_that_name() -> None:
    audit = {name: Estimate(value, value - 0.1, value + 0.1) for name, value in
             (("birds", 0.2), ("trees", 0.3), ("rocks", 0.4), ("ponds", 0.5))}  # fmt: skip
    given = answers(4, slope=1.0)
    worse = {"birds": 0.2, "trees": 0.4, "rocks": 0.6, "ponds": 0.8, "winds": 0.5}
    rng = np.random.default_rng(5)
    outcome = (rng.random(len(given.topic)) < [worse[t] for t in given.topic]).astype(np.int64)
    table, _ = validate(
        "b", Answers(given.model, given.topic, given.key, given.exposure, outcome), None, audit, Settings()
    )
    rows = [r for r in table.to_pylist() if r["model"] == "*" and r["target"] == "error"]
    over = next(r for r in rows if r["statistic"] == "spearman_over_topics")
    assert over["value"] == pytest.approx(1.0) and over["method"].endswith("4 topics")
    assert {r["group"] for r in rows if r["part"] == "topic" and r["statistic"] == "predicted"} == set(audit)
    few = validate("b", given, None, {"birds": audit["birds"]}, Settings())[0].to_pylist()
    assert {r["status"] for r in few if r["statistic"] == "spearman_over_topics"} == {"too_few_groups"}


def test_the_order_of_the_rows_moves_nothing() -> None:
    given = answers(6, slope=0.7)
    order = np.random.default_rng(1).permutation(len(given.key))
    shuffled = Answers(
        *(column[order] for column in (given.model, given.topic, given.key, given.exposure, given.outcome))
    )
    a, b = (validate("b", x, None, {}, Settings())[0] for x in (given, shuffled))
    for left, right in zip(a.to_pylist(), b.to_pylist(), strict=True):
        assert left == {
            k: pytest.approx(v, rel=1e-9, abs=1e-12) if isinstance(v, float) else v for k, v in right.items()
        }
