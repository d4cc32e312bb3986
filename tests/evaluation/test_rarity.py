"""Rarity against error: statistics against scipy and brute force, predictions against worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from analyzer.evaluation import rarity, resample
from analyzer.evaluation.rarity import Graded


def drawn(seed: int, items: int = 400, models: int = 3, slope: float = 1.0) -> Graded:
    """Questions with exposures from 0 to 1000; the rarer, the oftener wrong (slope 0: no relation)."""
    rng = np.random.default_rng(seed)
    exposure = rng.choice([0, 1, 2, 5, 50, 500], items).astype(float)
    ease = rng.normal(0, 1, items) + slope * np.log1p(exposure)
    item = np.repeat(np.arange(items), models)
    p = 1 / (1 + np.exp(-(ease[item] - 1.5)))
    u = rng.random(len(item))
    outcome = np.where(u < p, 0, np.where(u < p + (1 - p) * 0.7, 1, 2))
    return Graded(exposure[item], outcome.astype(np.int64), item, (item % 2).astype(np.int64))


def test_spearman_equals_scipys_with_ties_and_weights_equal_repeated_rows() -> None:
    g = drawn(1)
    kept, hit = rarity.hits(g, "error")
    code = resample.codes(kept.exposure)
    assert resample.spearman(code, hit, np.ones(len(hit))) == pytest.approx(spearmanr(kept.exposure, hit).statistic)
    weight = np.random.default_rng(2).integers(0, 4, len(hit))
    repeated = spearmanr(np.repeat(kept.exposure, weight), np.repeat(hit, weight)).statistic
    assert resample.spearman(code, hit, weight.astype(float)) == pytest.approx(repeated)


def test_auc_equals_the_share_of_ordered_pairs() -> None:
    rng = np.random.default_rng(3)
    score, hit, weight = rng.integers(0, 5, 60), rng.integers(0, 2, 60), rng.integers(1, 4, 60).astype(float)
    pairs = [
        (wa * wb, (a > b) + 0.5 * (a == b))
        for a, ha, wa in zip(score, hit, weight, strict=True) if ha
        for b, hb, wb in zip(score, hit, weight, strict=True) if not hb
    ]  # fmt: skip
    expected = sum(w * won for w, won in pairs) / sum(w for w, _ in pairs)
    assert resample.auc(score, hit, weight) == pytest.approx(expected)


def test_what_does_not_vary_has_no_correlation_and_says_so() -> None:
    g = Graded(np.zeros(20), np.arange(20) % 2, np.arange(20), np.arange(20) % 2)
    found = rarity.correlation(g, "error", seed=1)
    assert found.value is None and found.status == "no_variance"


def test_the_bootstrap_covers_and_does_not_see_a_relation_where_there_is_none() -> None:
    found = [rarity.correlation(drawn(seed, items=120, slope=0), "error", seed=7) for seed in range(40)]
    excluded = sum(not (e.low <= 0 <= e.high) for e in found)
    assert excluded <= 6  # 5 % expected; 7 or more of 40 happen once in a hundred
    assert rarity.correlation(drawn(5), "error", seed=7).high < 0


def test_items_answered_by_many_models_do_not_narrow_the_interval_as_if_independent() -> None:
    one, same = drawn(6, models=1), drawn(6, models=1)
    copies = Graded(*(np.tile(column, 5) for column in (same.exposure, same.outcome, same.item, same.half)))
    a, b = (rarity.correlation(g, "error", seed=3) for g in (one, copies))
    assert (b.high - b.low) == pytest.approx(a.high - a.low, rel=0.05)
    kept, hit = rarity.hits(copies, "error")
    wide, narrow = rarity.share(hit, kept.item), rarity.share(hit, np.arange(len(hit)))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_targets_differ_where_models_abstain() -> None:
    outcome = np.array([0] * 5 + [1] * 3 + [2] * 12 + [3] * 4)
    g = Graded(np.ones(24), outcome, np.arange(24), np.zeros(24, dtype=np.int64))
    rates = {t: rarity.by_exposure(g, t)[0].rate for t in rarity.TARGETS}
    assert [(r.numerator, r.denominator) for r in rates.values()] == [(15, 20), (3, 20), (3, 8)]
    with pytest.raises(ValueError, match="not one of"):
        rarity.hits(g, "accuracy")


def test_buckets_hold_every_answer_once_and_report_their_direction() -> None:
    g = drawn(8, items=6000, slope=0.5)
    found = rarity.by_exposure(g, "error")
    kept, _ = rarity.hits(g, "error")
    assert sum(b.rate.denominator for b in found) == len(kept.item)
    assert [b.low for b in found] == [0, 1, 2, 3, 10, 100]
    assert rarity.direction(found) == "rises" and rarity.direction(found[::-1]) == "falls"
    assert rarity.direction(found[:1]) == "undefined"
    assert rarity.direction((found[0], found[-1], found[1])) == "mixed"


def test_the_prediction_is_judged_on_items_it_never_saw_and_is_calibrated_there() -> None:
    found = rarity.predicted(drawn(9, items=3000), "error", seed=1)
    assert found.auc.low > 0.7 and found.brier < found.brier_constant
    assert found.in_the_large.low <= 0 <= found.in_the_large.high
    for level in found.levels:
        assert level.observed.low - 0.03 <= level.predicted <= level.observed.high + 0.03
    nothing = rarity.predicted(drawn(10, slope=0), "error", seed=1)
    assert nothing.auc.low < 0.55 and nothing.brier >= nothing.brier_constant - 0.01


def test_the_fitted_risk_never_rises_with_exposure_and_covers_exposures_not_seen() -> None:
    risk = rarity.fitted(np.array([1.0, 1, 2, 2, 9, 9]), np.array([1, 0, 1, 1, 0, 0]))
    assert list(risk([0, 1, 2, 5, 9, 1e9])) == [0.75, 0.75, 0.75, 0.75, 0, 0]
