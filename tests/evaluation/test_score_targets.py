"""Scores, ranks, flips and break-even targets are what the outcomes say."""

from __future__ import annotations

import random

import numpy as np
import pytest

from analyzer.errors import ConfigError
from analyzer.evaluation import limits
from analyzer.evaluation.comparison import crossing, shared
from analyzer.evaluation.confidence_targets import from_penalty, from_t
from analyzer.evaluation.grades import ALL, Shares, collect
from analyzer.evaluation.scoring import options, score
from tests.evaluation.answers import BIRTHDAYS, batches, birthdays, counted, item

# 1 / 0 / -t/(1-t), as published for these answers
PUBLISHED = {
    "gpt-4-0613": (0.672, 0.020, -1.285),
    "claude-3-opus": (0.640, -0.095, -1.565),
    "llama-3-70b-chat": (0.627, -0.062, -1.443),
    "gpt-3.5-turbo-0613": (0.580, -0.050, -1.310),
    "gemini-1.0-pro": (0.465, -1.125, -4.305),
}


@pytest.fixture(scope="module")
def scored():
    return score(batches(birthdays()))


def find(table, **where):
    rows = [row for row in table.to_pylist() if all(row[key] == value for key, value in where.items())]
    assert len(rows) == 1, (where, len(rows))
    return rows[0]


@pytest.mark.parametrize("model", PUBLISHED)
def test_scores_of_real_answers_come_out_to_the_printed_digits(scored, model):
    for t, expected in zip((0.0, 0.75, 0.9), PUBLISHED[model], strict=True):
        row = find(scored["scores"], model=model, topic=ALL, statistic="score", t=t)
        assert row["value"] == pytest.approx(expected, abs=0.0005 + 1e-9)
        assert row["low"] < row["value"] < row["high"] and row["denominator"] == 400 and row["unit"] == "item"


def test_the_shares_of_every_bucket_are_the_counts(scored):
    for model, buckets in BIRTHDAYS.items():
        for bucket, counts in enumerate(buckets, 1):
            for name, count in zip(("accuracy", "error", "abstention"), counts, strict=True):
                row = find(scored["scores"], model=model, topic=str(bucket), statistic=name)
                assert row["value"] == count / 100 and row["numerator"] == count


def test_the_pooled_error_given_attempted_rises_with_rarity(scored):
    rows = [find(scored["scores"], model=ALL, topic=str(b), statistic="error_given_attempted") for b in (1, 2, 3, 4)]
    assert [round(row["value"], 3) for row in rows] == [0.024, 0.147, 0.501, 0.792]
    assert [row["status"] for row in rows] == ["ok"] * 4


def test_a_model_that_abstains_rises_when_mistakes_cost(scored):
    row = find(scored["ranks"], model="gpt-3.5-turbo-0613", t=0.75)
    assert (row["rank_binary"], row["rank"], row["items"]) == (4, 2, 400)
    pair = find(scored["comparisons"], model_a="claude-3-opus", model_b="gpt-3.5-turbo-0613", t=0.75)
    assert pair["flipped"]
    crossing = find(scored["break_even"], model_a="claude-3-opus", model_b="gpt-3.5-turbo-0613")
    assert (crossing["better_below"], crossing["better_above"]) == ("claude-3-opus", "gpt-3.5-turbo-0613")
    assert crossing["t"] == pytest.approx(24 / 38)  # 24 more right, 14 more wrong: 24 = k 14
    assert crossing["low"] < crossing["t"] < crossing["high"] <= 1


def test_the_published_score_of_another_log():
    tables = score(batches(counted("m", 407, 591, 2)), options(targets=[0.8]))
    assert find(tables["scores"], statistic="score", topic=ALL)["value"] == pytest.approx(-1.957)


def test_a_penalty_is_taken_as_it_is_given():
    """Published examples state 2 for t = .75, where t / (1 - t) is 3."""
    assert from_t(0.75).penalty == pytest.approx(3) and from_penalty(2).t == pytest.approx(2 / 3)
    how = options(penalties=[2])
    assert [target.penalty for target in how.targets] == [0, 2]
    tables = score(batches(counted("m", 5, 4, 1)), how)
    assert find(tables["scores"], statistic="score", penalty=2.0, topic=ALL)["value"] == pytest.approx(-0.3)


@pytest.mark.parametrize("t", [-0.1, 1.0, float("nan")])
def test_a_target_out_of_range_is_refused(t):
    with pytest.raises(ConfigError):
        from_t(t)


def test_unscorable_answers_are_in_no_other_share():
    rows = [*counted("m", 6, 3, 1), *(item(item_id=f"u{i}", outcome="unscorable") for i in range(10))]
    tables = score(batches(rows))
    assert find(tables["scores"], statistic="accuracy", topic=ALL)["value"] == 0.6
    row = find(tables["scores"], statistic="unscorable", topic=ALL)
    assert (row["value"], row["numerator"], row["denominator"], row["status"]) == (0.5, 10, 20, "many_unscorable")


def test_nothing_to_score_is_said_and_not_divided():
    tables = score(batches([item(item_id="u", outcome="unscorable")]))
    for name in ("accuracy", "error_given_attempted", "score"):
        rows = [row for row in tables["scores"].to_pylist() if row["statistic"] == name]
        assert rows and all(row["value"] is None and row["status"] == "empty" for row in rows)
    assert score([])["scores"].num_rows == 0
    only_idle = score(batches(counted("m", 0, 0, 3)))
    assert find(only_idle["scores"], statistic="error_given_attempted", topic=ALL)["value"] is None


def test_more_epochs_of_the_same_answers_are_no_more_evidence():
    once = counted("m", 30, 15, 5)
    thrice = [row | {"epoch": epoch} for row in once for epoch in (1, 2, 3)]
    a, b = (score(batches(rows))["scores"].to_pylist() for rows in (once, thrice))
    for x, y in zip(a, b, strict=True):
        assert (x["low"], x["high"]) == pytest.approx((y["low"], y["high"]))


def test_epochs_that_differ_are_averaged_by_item():
    rows = [item(item_id="a", epoch=e, outcome=o) for e, o in ((1, "correct"), (2, "wrong"), (3, "unscorable"))]
    rows += [item(item_id="b", outcome="correct")]
    tables = score(batches(rows))
    assert find(tables["scores"], statistic="accuracy", topic=ALL)["value"] == 0.75  # (1/2 + 1) / 2
    assert find(tables["scores"], statistic="unscorable", topic=ALL)["value"] == pytest.approx(1 / 6)


def test_neither_the_order_of_rows_nor_the_batches_change_a_table():
    rows = [row for row in birthdays() if row["model"] < "gpt-4"]
    shuffled = random.Random(3).sample(rows, len(rows))
    a, b = score(batches(rows, 10_000)), score(batches(shuffled, 7))
    assert all(a[name].equals(b[name]) for name in a)


def test_models_are_ranked_on_the_items_they_share():
    """The easier half would put b first."""
    rows = [*counted("a", 60, 40, 0), *counted("b", 40, 0, 0), *counted("c", 1, 0, 0)]
    ranks = score(batches(rows), options(targets=[0]))["ranks"].to_pylist()
    assert [(r["model"], r["rank"], r["items"], r["status"]) for r in ranks] == [
        ("a", 1, 40, "ok"), ("b", 1, 40, "ok"), ("c", None, 40, "too_few_items")
    ]  # fmt: skip


def test_models_without_a_common_item_are_not_compared():
    rows = [*counted("a", 30, 0, 0), *counted("b", 0, 30, 0, start=100)]
    tables = score(batches(rows))
    assert {row["status"] for row in tables["ranks"].to_pylist()} == {"no_shared_items"}
    assert {row["status"] for row in tables["comparisons"].to_pylist()} == {"no_shared_items"}


def test_a_model_without_a_mistake_has_an_interval_all_the_same():
    tables = score(batches(counted("m", 50, 0, 0)), options(targets=[0.9]))
    row = find(tables["scores"], statistic="score", topic=ALL)
    assert row["value"] == 1 and row["low"] < 0.5 and row["high"] == 1


def world(random: np.random.Generator, n: int, spread: float) -> tuple[Shares, Shares]:
    """Two models on items of shared difficulty; the second errs less and abstains more."""
    difficulty = random.standard_normal(n) * spread
    out = []
    for skill, idle in ((0.6, 0.1), (0.4, 0.4)):
        right = 1 / (1 + np.exp(-skill - difficulty))
        answered = random.random(n) >= idle * (1 - right) * 2
        hit = random.random(n) < right
        correct, wrong = (answered & hit).astype(float), (answered & ~hit).astype(float)
        out.append(Shares(np.arange(n), correct, wrong, 1 - correct - wrong, np.zeros(n)))
    return out[0], out[1]


@pytest.mark.parametrize("t", [0.0, 0.75, 0.9])
def test_paired_intervals_cover_the_true_difference(t):
    """A short run of benchmarks/score_coverage.py; 1,000 draws put 95 % within 1.4 points of the truth."""
    penalty, reps = t / (1 - t), 1000
    big_a, big_b = world(np.random.default_rng(1), 2_000_000, 1.5)
    truth = float(np.mean(big_a.points(penalty) - big_b.points(penalty)))
    covered = 0
    draws = np.random.default_rng(2)
    for _ in range(reps):
        a, b = world(draws, 200, 1.5)
        together = limits.correlation(a.points(penalty), b.points(penalty))
        found = limits.paired(limits.parts(a), limits.parts(b), together, penalty, 1.959964)
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / reps <= 0.97


def test_the_p_value_and_the_interval_agree():
    random_ = np.random.default_rng(4)
    for _ in range(50):
        a, b = world(random_, 60, 1.0)
        x, y = limits.parts(a), limits.parts(b)
        together = limits.correlation(a.points(3.0), b.points(3.0))
        found = limits.paired(x, y, together, 3.0, 1.959964)
        p = limits.p_value(x, y, together, 3.0)
        assert (p > 0.05) == (found.low <= 0 <= found.high)


def test_the_break_even_interval_covers_the_true_crossing():
    big_a, big_b = world(np.random.default_rng(1), 2_000_000, 1.5)
    k = float((big_a.correct.mean() - big_b.correct.mean()) / (big_a.wrong.mean() - big_b.wrong.mean()))
    truth, covered, reps = k / (1 + k), 0, 1000
    draws = np.random.default_rng(6)
    for _ in range(reps):
        a, b = world(draws, 300, 1.5)
        row = crossing(a, b, ("a", "b"), options())
        covered += row["status"] == "crosses" and row["low"] <= truth <= row["high"]
    assert covered / reps >= 0.92


def test_the_band_holds_the_interval_of_every_point(scored):
    for row in scored["curves"].to_pylist():
        assert row["band_low"] <= row["low"] <= row["value"] <= row["high"] <= row["band_high"]


def test_pairing_keeps_only_items_of_both():
    groups = collect(batches([*counted("a", 5, 0, 0), *counted("b", 5, 0, 0, start=3)]))
    a, b = shared([answers.shares() for answers in groups.values()])
    assert a.items == b.items == 2 and np.array_equal(a.key, b.key)
