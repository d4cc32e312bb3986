"""Comparing rates of slices, and what remains of many comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analyzer.stats.estimate import Estimate, Floats, check_confidence
from analyzer.stats.intervals import LEAST_VARIANCE, jackknife_error, student_quantile


@dataclass(frozen=True, slots=True)
class Comparison:
    """Difference of two rates, in [-1, 1], and the two-sided p-value of "no difference" (None if no variance)."""

    difference: Estimate
    p_value: float | None


def compare_rates(
    rate_a: float | None,
    replicates_a: Sequence[float] | Floats,
    rate_b: float | None,
    replicates_b: Sequence[float] | Floats,
    confidence: float = 0.95,
) -> Comparison:
    """rate_a - rate_b with an interval that is right although the slices share units or keys.

    Both rates must be taken at equal N (`rarefied_estimate`), or the larger slice looks safer. `replicates_x[g]` is
    rate x without group g of units, the **same** groups for both; where a slice has no unit in a group its replicate is
    the rate itself. What the slices share moves both replicates and cancels in their difference. Student's t with G - 1
    degrees of freedom.
    """
    check_confidence(confidence)
    method = "difference at equal N, paired delete-a-group jackknife"
    a, b = np.asarray(replicates_a, dtype=np.float64), np.asarray(replicates_b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"replicates of the same groups are needed, got {a.size} and {b.size}")
    if rate_a is None or rate_b is None:
        return Comparison(Estimate(None, confidence=confidence, method=method, status="empty"), None)
    difference = rate_a - rate_b
    if a.size < 2:
        return Comparison(Estimate(difference, -1.0, 1.0, confidence, method, "too_few_groups"), None)
    error = jackknife_error(a - b)
    if error**2 <= LEAST_VARIANCE:
        return Comparison(Estimate(difference, -1.0, 1.0, confidence, method, "no_variance"), None)
    half = float(student_quantile(confidence, a.size - 1)) * error
    low, high = max(difference - half, -1.0), min(difference + half, 1.0)
    clipped = low > difference - half or high < difference + half
    p_value = float(2 * special.stdtr(a.size - 1, -abs(difference) / error))
    status = "clipped" if clipped else "ok"
    return Comparison(Estimate(difference, low, high, confidence, method, status), p_value)


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p-values of Benjamini and Hochberg (1995, JRSS B 57:289), in the order given.

    Calling those at most q significant keeps the expected share of false ones among them at q, for independent or
    positively dependent tests.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or np.any(~((p >= 0) & (p <= 1))):
        raise ValueError("p-values lie between 0 and 1, one a test")
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
