"""Rank statistics with whole items drawn again: Spearman's correlation and the area under the ROC curve.

One question answered by five models is one unit. A bootstrap replicate gives every item a weight (how often it was
drawn), and both statistics are computed from weights on presorted codes, so a replicate costs one pass and no sort.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analyzer.stats.estimate import Estimate, Floats, Ints, check_confidence

REPLICATES = 1000  # percentile limits at 95 % are then themselves good to about a twentieth of the interval's width
LEAST_DEFINED = 0.9  # share of replicates that must have a value for their percentiles to mean anything

Statistic = Callable[[Ints, Ints, Floats], float | None]


def spearman(x: Ints, y: Ints, weight: Floats) -> float | None:
    """Spearman's rank correlation, ties at their middle rank; None where one side does not vary.

    `x`, `y` are codes 0..k-1 in the order of the values, `weight` says how often each row counts.
    """
    total = float(weight.sum())
    a, b = (_middle_ranks(codes, weight)[codes] for codes in (x, y))
    mean = (total + 1) / 2
    spread = float(weight @ (a - mean) ** 2) * float(weight @ (b - mean) ** 2)
    return float(weight @ ((a - mean) * (b - mean))) / spread**0.5 if spread > 1e-9 * total else None


def auc(score: Ints, hit: Ints, weight: Floats) -> float | None:
    """P(score of a hit > score of a miss) + P(equal)/2, the area under the ROC curve; None without both kinds.

    `hit` is 1 or 0. Equal to the Mann-Whitney statistic over its largest value (Hanley and McNeil 1982, Radiology 143).
    """
    size = int(score.max(initial=-1)) + 1
    hits = np.bincount(score, weight * hit, minlength=size)
    misses = np.bincount(score, weight * (1 - hit), minlength=size)
    pairs = float(hits.sum()) * float(misses.sum())
    below = np.cumsum(misses) - misses / 2
    return float(hits @ below) / pairs if pairs > 0 else None


def estimate(
    statistic: Statistic,
    x: Ints,
    y: Ints,
    item: Ints,
    seed: int,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
) -> Estimate:
    """A statistic of rows with a percentile bootstrap over items (Efron and Tibshirani 1993, chapter 13).

    `item` are codes 0..n-1. The value is None, with a status, when the data do not vary; the interval is missing when
    fewer than nine in ten replicates have a value.
    """
    check_confidence(confidence)
    method = f"{statistic.__name__}, bootstrap of items ({replicates} replicates, percentiles)"
    units = int(item.max(initial=-1)) + 1
    value = statistic(x, y, np.ones(len(x)))
    if value is None or units < 2:
        return Estimate(
            value, confidence=confidence, method=method, status="no_variance" if len(x) else "empty", unit="item"
        )
    rng = np.random.default_rng(seed)
    drawn = (statistic(x, y, rng.multinomial(units, np.full(units, 1 / units)).astype(np.float64)[item])
             for _ in range(replicates))  # fmt: skip
    values = [one for one in drawn if one is not None]
    if len(values) < LEAST_DEFINED * replicates:
        return Estimate(value, confidence=confidence, method=method, status="no_variance", unit="item")
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value), confidence, method, "ok", unit="item")


def codes(values: Floats) -> Ints:
    """0..k-1 in the order of the values."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _middle_ranks(code: Ints, weight: Floats) -> Floats:
    each = np.bincount(code, weight)
    return (np.cumsum(each) - (each - 1) / 2).astype(np.float64)
