"""Stated or log-probability confidence against what was right: reliability, ECE with its bias, Brier, thresholds.

Attempts only: an abstention has no answer that could be right. Epochs of one item are one observation in intervals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.evaluation import limits
from analyzer.evaluation.confidence_targets import Row, ScoreOptions, Target, statistic
from analyzer.evaluation.grades import ALL, Answers, Bools, Group
from analyzer.schemas.evaluation import ABSTAINED, CORRECT, OUTCOMES, UNSCORABLE
from analyzer.stats.estimate import Floats, Ints
from analyzer.stats.intervals import jackknife_interval

_GROUPS = 20  # of items, for the jackknife; formed by their hashed keys, so without looking at the answers
ECE = "equal-mass bins, plug-in: biased upward by about ece_if_calibrated; delete-a-group jackknife"
EXPECTED = "expected plug-in ECE if every confidence were right: sum over bins of sqrt(2 V / pi), normal approximation"
BRIER = "mean squared difference, Wilson on the effective number of items"


@dataclass(frozen=True, slots=True)
class Believed:
    """Scorable answers with a confidence. Each (rows,): item key, confidence, right or not, answered or not."""

    source: str
    key: Ints
    confidence: Floats
    right: Bools
    answered: Bools

    def where(self, among: npt.NDArray[np.bool_]) -> Believed:
        return Believed(self.source, self.key[among], self.confidence[among], self.right[among], self.answered[among])


def believed(answers: Answers) -> Believed:
    """Stated confidence if the log has any, else exp(log-probability)."""
    stated = bool(np.isfinite(answers.stated).any())
    confidence = answers.stated if stated else np.exp(answers.logprob)
    outcome = answers.outcome
    rows = Believed(
        "stated" if stated else "exp(logprob)",
        answers.key,
        confidence,
        outcome == OUTCOMES.index(CORRECT),
        outcome != OUTCOMES.index(ABSTAINED),
    )
    return rows.where(np.isfinite(confidence) & (outcome != OUTCOMES.index(UNSCORABLE)))


def reliability_rows(group: Group, answers: Answers, options: ScoreOptions) -> Iterator[Row]:
    """Rows of `reliability`; none with fewer attempts than `min_items`."""
    rows = believed(answers)
    rows = rows.where(rows.answered)
    if len(rows.key) < options.min_items:
        return
    place = bins(rows.confidence, options.bins)
    for number in range(int(place.max()) + 1):
        inside = place == number
        found = limits.share(_accuracy(rows.where(inside)), options.quantile)
        yield _named(group, rows) | {
            "bin": number + 1, "items": int(inside.sum()), "mean_confidence": float(rows.confidence[inside].mean()),
            "accuracy": found.value, "low": found.low, "high": found.high, "confidence": options.confidence,
        }  # fmt: skip


def calibration_rows(group: Group, answers: Answers, options: ScoreOptions) -> Iterator[Row]:
    """Rows of `scores`: ece, ece_if_calibrated, brier."""
    rows = believed(answers)
    rows = rows.where(rows.answered)
    n = len(rows.key)
    if n < options.min_items:
        return
    part, place = rows.key % _GROUPS, bins(rows.confidence, options.bins)
    # the bins stay what they are when a group is left out: moving edges would pass for uncertainty
    kept = [part != g for g in range(_GROUPS) if (part == g).any() and (part != g).any()]
    left_out = [ece(rows.where(rest), place[rest]) for rest in kept]
    found = jackknife_interval(ece(rows, place), left_out, options.confidence, float(n))
    value = limits.Limits(found.value or 0.0, found.low or 0.0, found.high if found.high is not None else 1.0)
    yield statistic(group, ALL, "ece", value, options, ECE, value.value * n, n, found.status)
    expected = ece_if_calibrated(rows, place)
    yield statistic(group, ALL, "ece_if_calibrated", limits.Limits(expected, expected, expected), options, EXPECTED,
                    expected * n, n)  # fmt: skip
    squares = (rows.confidence - rows.right) ** 2
    sums, counts = _by_item(rows.key, squares)
    brier = limits.share(limits.ratio(sums, counts), options.quantile)
    yield statistic(group, ALL, "brier", brier, options, BRIER, float(squares.sum()), n)


def threshold_rows(group: Group, answers: Answers, options: ScoreOptions) -> Iterator[Row]:
    """Rows of `thresholds`: what withdrawing unsure answers would score at each target."""
    rows = believed(answers)
    if int(rows.answered.sum()) < options.min_items:
        return
    half = (rows.key & 1).astype(np.bool_)
    for target in options.targets:
        points = _points(rows, target)
        threshold, best = best_threshold(rows, target)
        crossed: float | None = None
        if half.any() and not half.all():
            total = sum(
                _kept(rows.where(other), best_threshold(rows.where(~other), target)[0], target)
                for other in (half, ~half)
            )
            crossed = total / len(rows.key)
        yield _named(group, rows) | {
            "t": target.t, "penalty": target.penalty, "as_given": float(points.mean()),
            "at_target": float(points[rows.confidence > target.t].sum()) / len(rows.key),
            "threshold": threshold, "best": best, "cross_fitted": crossed, "items": len(np.unique(rows.key)),
        }  # fmt: skip


def bins(confidence: Floats, wanted: int) -> Ints:
    """(rows,) bin of each row: about equally many a bin, equal confidences together, fewer bins if need be."""
    order = np.argsort(confidence, kind="stable")
    values = confidence[order]
    first = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    last = np.r_[first[1:], len(values)] - 1
    raw = (first + last) * wanted // (2 * len(values))  # the bin in which the middle of a run of equal values lies
    _, number = np.unique(raw, return_inverse=True)
    out = np.empty(len(values), dtype=np.int64)
    out[order] = np.repeat(number, np.diff(np.r_[first, len(values)]))
    return out


def ece(rows: Believed, place: Ints) -> float:
    """Plug-in expected calibration error over bins `place` (rows,): sum of n_b / n |accuracy - mean confidence|."""
    gap = np.bincount(place, weights=rows.right - rows.confidence)
    return float(np.abs(gap).sum()) / len(place)


def ece_if_calibrated(rows: Believed, place: Ints) -> float:
    """What `ece` would be on average if every answer were right with the probability stated: its bias at 0."""
    variance = np.bincount(place, weights=rows.confidence * (1 - rows.confidence))
    return float(np.sqrt(2 * variance / math.pi).sum()) / len(place)


def best_threshold(rows: Believed, target: Target) -> tuple[float | None, float]:
    """(least confidence to answer at, mean score): the cut that scores best on these rows; None: never answer."""
    order = np.argsort(-rows.confidence, kind="stable")
    total = np.cumsum(_points(rows, target)[order])
    values = rows.confidence[order]
    ends = np.flatnonzero(np.r_[values[1:] != values[:-1], True])
    best = int(ends[np.argmax(total[ends])])
    if total[best] <= 0:
        return None, 0.0
    return float(values[best]), float(total[best]) / len(order)


def _kept(rows: Believed, threshold: float | None, target: Target) -> float:
    if threshold is None:
        return 0.0
    return float(_points(rows, target)[rows.confidence >= threshold].sum())


def _points(rows: Believed, target: Target) -> Floats:
    return np.where(rows.right, 1.0, np.where(rows.answered, -target.penalty, 0.0))


def _accuracy(rows: Believed) -> limits.Part:
    return limits.ratio(*_by_item(rows.key, rows.right.astype(np.float64)))


def _by_item(key: Ints, values: Floats) -> tuple[Floats, Floats]:
    """Sums and numbers of rows by item, for rows sorted by item."""
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    return np.add.reduceat(values, starts), np.diff(np.r_[starts, len(key)]).astype(np.float64)


def _named(group: Group, rows: Believed) -> Row:
    return {"model": group.model, "benchmark": group.benchmark, "target": group.told, "source": rows.source}


def all_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of `reliability`, of `scores` and of `thresholds` for every group with enough confidences."""
    bins_, scores, thresholds = [], [], []
    for group, answers in groups.items():
        bins_ += list(reliability_rows(group, answers, options))
        scores += list(calibration_rows(group, answers, options))
        thresholds += list(threshold_rows(group, answers, options))
    return bins_, scores, thresholds
