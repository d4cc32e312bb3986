"""Confidence, several targets, and credit for abstaining: models whose truth is known are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ConfigError
from analyzer.evaluation import benchmarks
from analyzer.evaluation.benchmark_audit import isotonic
from analyzer.evaluation.benchmarks import Grader
from analyzer.evaluation.calibration import bins
from analyzer.evaluation.scoring import options, score
from tests.evaluation.answers import batches, believing, counted, item

TARGETS = (0.0, 0.5, 0.75, 0.9)


def one(table, **where):
    rows = [row for row in table.to_pylist() if all(row[key] == value for key, value in where.items())]
    assert len(rows) == 1, (where, len(rows))
    return rows[0]


def test_a_calibrated_model_has_no_more_ece_than_chance_gives():
    found = [score(batches(believing(2000, seed)))["scores"] for seed in range(8)]
    ece = np.mean([one(table, statistic="ece")["value"] for table in found])
    expected = np.mean([one(table, statistic="ece_if_calibrated")["value"] for table in found])
    assert ece == pytest.approx(expected, rel=0.3) and ece > 0.01  # its bias, not miscalibration


def test_an_overconfident_model_is_seen_in_every_bin():
    tables = score(batches(believing(4000, 1, power=0.4)))
    assert one(tables["scores"], statistic="ece")["low"] > one(tables["scores"], statistic="ece_if_calibrated")["value"]
    rows = tables["reliability"].to_pylist()
    assert len(rows) == 10 and sum(row["items"] for row in rows) == 4000
    assert all(row["accuracy"] < row["mean_confidence"] for row in rows[:-1])


def test_bins_keep_equal_confidences_together():
    confidence = np.array([0.9] * 50 + [0.1] * 3 + [0.5] * 47)
    place = bins(confidence, 10)
    assert len({(c, b) for c, b in zip(confidence.tolist(), place.tolist(), strict=True)}) == 3
    assert place[0] > place[-1] > place[50] == 0
    assert len(set(bins(np.random.default_rng(1).random(1000), 10).tolist())) == 10


@pytest.mark.parametrize("t", [0.5, 0.75, 0.9])
def test_the_best_threshold_of_a_calibrated_model_is_the_target(t):
    row = one(score(batches(believing(20_000, 3)))["thresholds"], t=t)
    assert row["threshold"] == pytest.approx(t, abs=0.06)
    assert row["as_given"] < row["at_target"] <= row["best"]
    assert row["cross_fitted"] == pytest.approx(row["at_target"], abs=0.02)


def test_a_model_that_is_never_sure_enough_should_never_answer():
    rows = [item(item_id=str(i), outcome="correct" if i % 4 == 0 else "wrong", confidence=0.25) for i in range(80)]
    row = one(score(batches(rows))["thresholds"], t=0.75)
    assert (row["threshold"], row["best"], row["at_target"]) == (None, 0.0, 0.0)


def test_log_probabilities_serve_where_no_confidence_is_stated():
    rows = [row | {"confidence": None, "logprob": float(np.log(row["confidence"]))} for row in believing(500, 2)]
    a, b = score(batches(rows))["reliability"].to_pylist(), score(batches(believing(500, 2)))["reliability"].to_pylist()
    assert {row["source"] for row in a} == {"exp(logprob)"}
    assert [row["accuracy"] for row in a] == [row["accuracy"] for row in b]


def told(policy, n=1500, seed=5):
    """Answers of one model told each of TARGETS; `policy` maps a target to the belief from which on it answers."""
    return [row for t in TARGETS for row in believing(n, seed, threshold=policy(t), target=t)]


def test_a_policy_that_answers_where_it_should_is_consistent():
    rows = score(batches(told(lambda t: t)))["behaviour"].to_pylist()
    assert [row["status"] for row in rows] == ["consistent"] * 4
    assert [row["best_target"] for row in rows] == list(TARGETS)
    assert all(row["precision"] > row["target"] and row["resumed"] == 0 for row in rows)


def test_a_policy_that_answers_too_much_is_caught():
    rows = score(batches(told(lambda t: 0.2 * t)))["behaviour"].to_pylist()
    assert [row["status"] for row in rows] == ["consistent", "consistent", "answers_too_much", "answers_too_much"]
    assert rows[2]["best_target"] == 0.9 and rows[2]["regret"] > 0


def test_a_policy_that_ignores_the_target_is_caught_by_its_precision():
    """Nothing is ever dropped, so nothing but precision can tell."""
    rows = score(batches(told(lambda t: 0.0)))["behaviour"].to_pylist()
    assert [row["dropped"] for row in rows] == [0] * 4
    assert [row["status"] for row in rows] == ["consistent", "consistent", "answers_too_much", "answers_too_much"]


def test_answers_below_the_lower_target_are_caught_when_they_are_dropped():
    """Precision is fine at both targets; what is dropped at .9 had been right less than half the time at .5."""
    rows = [r for t, at in ((0.5, 0.05), (0.9, 0.9)) for r in believing(8000, 5, threshold=at, target=t)]
    found = score(batches(rows))["behaviour"].to_pylist()
    assert [row["precision"] > row["target"] for row in found] == [True, True]
    assert found[1]["dropped_high"] < 0.5 and found[1]["status"] == "answers_too_much"


def test_a_policy_that_abstains_too_much_is_caught():
    rows = score(batches(told(lambda t: min(1.6 * t, 0.99))))["behaviour"].to_pylist()
    assert rows[2]["status"] == "abstains_too_much" and rows[2]["dropped_low"] > 0.75
    assert rows[2]["best_target"] == 0.5


def test_targets_are_scored_apart():
    tables = score(batches(told(lambda t: t, n=50)))
    assert {row["target"] for row in tables["scores"].to_pylist()} == set(TARGETS)
    assert {row["target"] for row in tables["ranks"].to_pylist()} == set(TARGETS)


@given(p=st.floats(0, 1), right=st.floats(0.1, 5))
def test_no_belief_makes_abstaining_pay_under_binary_grading(p, right):
    """Observation 1 of Kalai et al. 2025."""
    grader = Grader(correct=right)
    assert grader.belief is None
    assert p * grader.correct + (1 - p) * grader.wrong >= grader.abstain


@given(p=st.floats(0, 1), wrong=st.floats(-9, 0), abstain=st.floats(0, 0.9))
def test_abstaining_pays_exactly_below_the_belief(p, wrong, abstain):
    grader = Grader(wrong=wrong, abstain=abstain, grading="negative")
    gain = p * grader.correct + (1 - p) * grader.wrong - grader.abstain
    if grader.belief is None:
        assert gain >= -1e-12
    elif abs(p - grader.belief) > 1e-9:
        assert (gain < 0) == (p < grader.belief)


def test_credit_under_negative_marking(tmp_path):
    table = tmp_path / "mine.toml"
    table.write_text('[[benchmark]]\nname = "B"\ngrading = "negative"\ncredit_wrong = -0.25\noptions = 5\n')
    tables = score(batches(counted("m", 50, 30, 20)), benchmarks=benchmarks.load(str(table)))
    row = one(tables["credit"], model="m")
    assert row["actual"] == pytest.approx(0.5 - 0.25 * 0.3) and row["belief"] == pytest.approx(0.2)
    assert row["always_guess"] == pytest.approx(row["actual"])  # blind guesses are worth nothing: 1/5 - 4/5 x 1/4
    assert row["oracle"] == 0.5 and row["always_abstain"] == 0
    assert (row["guessing"], row["guessing_by"]) == (pytest.approx(0.3 / 4), "options")


def test_points_by_guessing_are_found_by_the_best_means_the_log_offers():
    how = options()
    truth = 0.125  # of a calibrated model with p uniform: the integral of p to 1/2
    (row,) = score(batches(believing(8_000, 8)), how)["credit"].to_pylist()
    assert row["guessing_by"] == "confidence" and row["guessing"] == pytest.approx(truth, abs=0.02)
    plain = [r | {"confidence": None} for r in believing(8_000, 8)]
    (row,) = score(batches(plain), how)["credit"].to_pylist()
    assert row["guessing_by"] == "not_identified" and row["guessing"] is None
    assert row["guessing_low"] <= truth <= row["guessing_high"]
    both = [*plain, *(r | {"target": 0.5} for r in believing(8_000, 8, threshold=0.5))]
    row = one(score(batches(both), how)["credit"], target=None)
    assert row["guessing_by"] == "targets" and row["guessing"] == pytest.approx(truth, abs=0.01)


def test_what_guessing_would_earn_is_read_off_other_models():
    rows = [*counted("idle", 40, 20, 40), *counted("bold", 70, 30, 0)]  # bold gets 10 of the 40 right
    row = one(score(batches(rows))["credit"], model="idle")
    assert row["always_guess"] == pytest.approx(0.4 + 0.1)
    assert (row["always_guess_low"], row["always_guess_high"]) == pytest.approx((0.4, 0.8))


def test_the_published_table_of_ten_benchmarks_ships_with_its_source():
    rows = benchmarks.load().rows
    assert [row.name for row in rows] == [
        "GPQA", "MMLU-Pro", "IFEval", "Omni-MATH", "WildBench", "BBH", "MATH (L5 split)", "MuSR", "SWE-bench", "HLE"
    ]  # fmt: skip
    assert {row.idk_credit for row in rows if row.name != "WildBench"} == {"None"}
    assert all("2509.04664" in row.source for row in rows)
    assert benchmarks.load().grader("mmlu_pro").grading == "binary" and benchmarks.load().grader("gpqa").options == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[benchmark]]\nscoring = 'x'\n", "needs a name"),
        ("[[benchmark]]\nname = 'x'\ngrading = 'odd'\n", "grading 'odd'"),
        ("[[benchmark]]\nname = 'x'\ngrading = 'negative'\ncredit_wrong = 2\n", "earns more than a wrong one"),
        ("[[benchmark]]\nname = 'x'\noptions = 1\n", "options are 2 or more"),
        ("[[", "not TOML"),
    ],
)
def test_a_wrong_table_of_benchmarks_is_one_clear_line(tmp_path, text, message):
    path = tmp_path / "b.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        benchmarks.load(str(path))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_isotonic_means_do_not_fall_and_keep_the_total(pairs):
    x, y = np.array([p[0] for p in pairs], dtype=float), np.array([p[1] for p in pairs], dtype=float)
    values, means = isotonic(x, y)
    assert np.all(np.diff(means) >= -1e-12)
    assert np.interp(x, values, means).sum() == pytest.approx(y.sum())
