"""Does the corpus' rarity predict a model's errors? Three targets, by exposure, never one for the other.

`knowledge_gap` is 1 - correct over what could be scored, `error` wrong over what could be scored, and
`error_given_attempted` wrong over what was answered. With abstention allowed the second need not rise with rarity even
where the third does: a model that says more often that it does not know errs less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from analyzer.evaluation import resample
from analyzer.stats.estimate import Estimate, Floats, Ints
from analyzer.stats.intervals import clopper_pearson, hull, student_quantile

OUTCOMES = ("correct", "wrong", "abstained", "unscorable")
TARGETS = ("knowledge_gap", "error", "error_given_attempted")
EDGES = (0, 1, 2, 3, 10, 100, 1000)  # lower ends of the exposure buckets: unseen, singletons, twice, a few, ...

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """Graded answers, a row an answer: `exposure` (independent places that answer the question), `outcome` (index into
    OUTCOMES), `item` (0..items-1, one question however many models answered it), `half` (0 or 1, the same for all
    answers to an item: 0 to fit on, 1 to judge on)."""

    exposure: Floats
    outcome: Ints
    item: Ints
    half: Ints

    def where(self, keep: Bools) -> Graded:
        """The rows that `keep` holds for, items renumbered."""
        item = np.unique(self.item[keep], return_inverse=True)[1].astype(np.int64)
        return Graded(self.exposure[keep], self.outcome[keep], item, self.half[keep])

    @property
    def items(self) -> int:
        return int(self.item.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """Answers whose exposure lies in [low, high), high None for the last, and the share that misses the target."""

    low: float
    high: float | None
    rate: Estimate


@dataclass(frozen=True, slots=True)
class Prediction:
    """A monotone prediction from exposure, fitted on one half of the items and judged on the other."""

    auc: Estimate
    brier: float | None
    brier_constant: float | None  # of predicting the first half's share for all
    in_the_large: Estimate  # observed minus predicted share
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Answers with about the same prediction: what was predicted and what came."""

    predicted: float
    observed: Estimate


def hits(graded: Graded, target: str) -> tuple[Graded, Ints]:
    """The rows on which the target is defined, and 1 where the model missed, else 0."""
    if target not in TARGETS:
        raise ValueError(f"target {target!r} is not one of {', '.join(TARGETS)}")
    last = 2 if target == "error_given_attempted" else 3
    kept = graded.where(graded.outcome < last)
    missed = kept.outcome != 0 if target == "knowledge_gap" else kept.outcome == 1
    return kept, missed.astype(np.int64)


def share(hit: Ints, item: Ints, confidence: float = 0.95) -> Estimate:
    """Share of hits. Exact binomial limits when every item stands once; else items are the units of a linearised ratio.

    The interval is then the hull of Wald's and Wilson's on the effective sample size, Student's t over items.
    """
    total, found = len(hit), int(hit.sum())
    if total == 0:
        return Estimate(None, confidence=confidence, method="share", status="empty", unit="item")
    value = found / total
    counts = np.bincount(item)
    counts = counts[counts > 0]
    if len(counts) == total:
        low, high = clopper_pearson(found, total, confidence)
        return Estimate(value, low, high, confidence, "Clopper-Pearson", "ok", found, total, "item")
    if len(counts) == 1:
        return Estimate(value, 0.0, 1.0, confidence, "one item", "one_unit", found, total, "item")
    sums = np.bincount(item, hit)[np.bincount(item) > 0]
    influence = (sums - value * counts) / total
    variance = len(counts) / (len(counts) - 1) * float(influence @ influence)
    quantile = student_quantile(confidence, len(counts) - 1)
    low_, high_ = hull(np.asarray(value), np.asarray(variance), np.asarray(float(len(counts))), quantile)
    low, high = max(float(low_), 0.0), min(float(high_), 1.0)
    return Estimate(value, low, high, confidence, "ratio over items, linearised", "ok", found, total, "item")


def by_exposure(
    graded: Graded, target: str, edges: tuple[float, ...] = EDGES, confidence: float = 0.95
) -> tuple[Bucket, ...]:
    """The target in each bucket that holds an answer, from the rarest to the most frequent."""
    kept, hit = hits(graded, target)
    place = np.searchsorted(np.asarray(edges, dtype=np.float64), kept.exposure, side="right") - 1
    ends = [*edges[1:], None]
    return tuple(
        Bucket(edges[k], ends[k], share(hit[place == k], kept.item[place == k], confidence))
        for k in range(len(edges))
        if np.any(place == k)
    )


def direction(buckets: tuple[Bucket, ...]) -> str:
    """rises, falls, mixed or undefined: how the point estimates go from the most frequent bucket to the rarest."""
    rates = [bucket.rate.value for bucket in reversed(buckets) if bucket.rate.value is not None]
    steps = np.diff(rates)
    if len(steps) == 0:
        return "undefined"
    return "rises" if np.all(steps > 0) else "falls" if np.all(steps < 0) else "mixed"


def correlation(graded: Graded, target: str, seed: int, confidence: float = 0.95) -> Estimate:
    """Spearman's correlation of exposure and missing the target: negative where rarer facts are missed more often."""
    kept, hit = hits(graded, target)
    return resample.estimate(resample.spearman, resample.codes(kept.exposure), hit, kept.item, seed, confidence)


def predicted(graded: Graded, target: str, seed: int, confidence: float = 0.95, bins: int = 5) -> Prediction:
    """Isotonic regression of the target on exposure (falling), fitted on half 0, judged on half 1.

    The regression is least squares under monotony (Barlow et al. 1972); an exposure between two that were fitted takes
    the value of the lower one, one below all that were fitted the value of the least.
    """
    kept, hit = hits(graded, target)
    fit, judge = kept.half == 0, kept.half == 1
    if not fit.any() or not judge.any():
        nothing = Estimate(None, confidence=confidence, method="half fitted, half judged", status="empty")
        return Prediction(nothing, None, None, nothing, ())
    risk = fitted(kept.exposure[fit], hit[fit])(kept.exposure[judge])
    item = np.unique(kept.item[judge], return_inverse=True)[1].astype(np.int64)
    seen = hit[judge]
    constant = float(hit[fit].mean())
    return Prediction(
        auc=resample.estimate(resample.auc, resample.codes(risk), seen, item, seed, confidence),
        brier=float(np.mean((risk - seen) ** 2)),
        brier_constant=float(np.mean((constant - seen) ** 2)),
        in_the_large=_difference(seen - risk, item, confidence),
        levels=tuple(
            Level(float(risk[part].mean()), share(seen[part], item[part], confidence)) for part in _parts(risk, bins)
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """A falling step function from exposure to the chance of missing."""

    exposure: Floats
    value: Floats

    def __call__(self, exposure: npt.ArrayLike) -> Floats:
        place = np.searchsorted(self.exposure, np.asarray(exposure, dtype=np.float64), side="right") - 1
        return self.value[np.maximum(place, 0)]


def fitted(exposure: Floats, hit: Ints) -> Risk:
    """Isotonic (falling) regression of hits on exposure; at least one row."""
    levels, code = np.unique(exposure, return_inverse=True)
    weight = np.bincount(code).astype(np.float64)
    mean = np.bincount(code, hit) / weight
    return Risk(levels, np.asarray(isotonic_regression(mean, weights=weight, increasing=False).x, dtype=np.float64))


def _parts(risk: Floats, bins: int) -> list[Bools]:
    """Rows in at most `bins` groups of like size, equal predictions together, by rising prediction."""
    levels, counts = np.unique(risk, return_counts=True)
    place = np.minimum((np.cumsum(counts) - counts / 2) * bins // len(risk), bins - 1)
    group = place[np.searchsorted(levels, risk)]
    return [group == k for k in np.unique(place)]


def _difference(residual: Floats, item: Ints, confidence: float) -> Estimate:
    """Mean residual, items as units."""
    counts, sums = np.bincount(item), np.bincount(item, residual)
    value, n = float(residual.mean()), len(counts)
    method = "observed minus predicted share, linearised over items"
    if n < 2:
        return Estimate(value, -1.0, 1.0, confidence, method, "one_unit", unit="item")
    influence = (sums - value * counts) / len(residual)
    half = float(student_quantile(confidence, n - 1)) * float(np.sqrt(n / (n - 1) * (influence @ influence)))
    return Estimate(value, max(value - half, -1.0), min(value + half, 1.0), confidence, method, "ok", unit="item")
