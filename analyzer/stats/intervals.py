"""Intervals: exact binomial, Wald and Wilson on an effective sample size, and the delete-a-group jackknife.

The rates of this package are ratios over clustered units, so their variance V is not S(1-S)/n. Intervals that know
only binomial counts are used on the effective size n* = S(1-S)/V, as Korn and Graubard (1998, Survey Methodology 24)
do for complex surveys.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from analyzer.stats.estimate import Estimate, Floats, check_confidence, clip_unit

# One singleton among 10^12 statements has a variance of 10^-24; what is smaller is rounding, not knowledge.
LEAST_VARIANCE = 1e-26
LEAST_DEGREES = 0.1  # below it Student's quantile exceeds 10^12 and soon overflows: every interval is [0, 1] anyway


def normal_quantile(confidence: float) -> float:
    """z with P(|Z| <= z) = confidence."""
    return float(special.ndtri(0.5 + check_confidence(confidence) / 2))


def student_quantile(confidence: float, degrees: npt.ArrayLike) -> Floats:
    """t with P(|T| <= t) = confidence for real `degrees` of freedom, elementwise; infinite below LEAST_DEGREES."""
    df = np.asarray(degrees, dtype=np.float64)
    enough = df >= LEAST_DEGREES
    quantile = special.stdtrit(np.where(enough, df, 1.0), 0.5 + check_confidence(confidence) / 2)
    return np.where(enough, quantile, np.inf)


def clopper_pearson(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided limits of a binomial probability (Clopper and Pearson 1934, Biometrika 26:404).

    `trials == 0` gives (0, 1): nothing is known. A one-sided limit at level c is the end of the interval of
    confidence 2c - 1. Effective numbers of clustered trials need not be whole (Korn and Graubard 1998).
    """
    check_confidence(confidence)
    if trials < 0 or not 0 <= hits <= trials:
        raise ValueError(f"hits must lie between 0 and trials, got {hits} of {trials}")
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(special.betaincinv(hits + 1, trials - hits, 1 - tail))
    return low, high


def wald(value: Floats, variance: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    """S +- q sqrt(V), elementwise and unclipped; [0, 1] where the quantile is infinite."""
    finite = np.isfinite(quantile)
    half = np.where(finite, quantile, 0.0) * np.sqrt(variance)
    return np.where(finite, value - half, 0.0), np.where(finite, value + half, 1.0)


def wilson(value: Floats, variance: Floats, effective: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927, JASA 22:209) at the sample size n* = S(1-S)/V, elementwise, inside [0, 1].

    `effective` > 0 is the number of independent units. It takes the place of n* where V is 0: at S = 0 it gives about
    the "rule of three", at S = 1 half of it is used, because one repeated key removes two singletons at once.
    """
    spread = value * (1 - value)
    usable = (variance > LEAST_VARIANCE) & (spread > 0)
    n = np.where(usable, spread / np.where(usable, variance, 1.0), np.where(value < 0.5, effective, effective / 2))
    finite = np.isfinite(quantile)
    square = np.where(finite, quantile, 1.0) ** 2
    centre = (value * n + square / 2) / (n + square)
    half = np.sqrt(square * (spread * n + square / 4)) / (n + square)
    low = np.where(finite, np.clip(centre - half, 0.0, value), 0.0)
    high = np.where(finite, np.clip(centre + half, value, 1.0), 1.0)
    return low, high


def hull(value: Floats, variance: Floats, effective: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    """The smallest interval that holds both Wald's and Wilson's, elementwise and unclipped.

    Each fails where the other holds. Near S = 1 (most small slices) Wald's width collapses to nothing, as V does;
    near S = 0 Wilson excludes the 0 that a nearly exhausted set of keys really has. Away from the edges they differ by
    O(1/n). `benchmarks/coverage_study.py` prints what each of the three covers.
    """
    wald_low, wald_high = wald(value, variance, quantile)
    wilson_low, wilson_high = wilson(value, variance, effective, quantile)
    return np.minimum(wald_low, wilson_low), np.maximum(wald_high, wilson_high)


def jackknife_interval(
    value: float | None,
    replicates: Sequence[float] | npt.NDArray[np.float64],
    confidence: float = 0.95,
    effective: float | None = None,
) -> Estimate:
    """Delete-a-group jackknife interval of a rate, V = (G-1)/G sum (theta_g - mean)^2, Student's t, G-1 degrees.

    `replicates[g]` is the statistic computed without the g-th of G groups of units (Kott 2001, J. Official Statistics
    17:521). Groups must be formed of whole units, without looking at the data, and of like size; give only the groups
    that hold units of the slice. The interval is the `hull` of Wald's and Wilson's. `effective` says how many
    independent units the value rests on; it is used only where all replicates are equal, as they are in a small slice
    without a repeated key. Without it the interval is then [0, 1], status "no_variance", and not a false certainty.

    The jackknife overstates the variance of what depends on pairs of units, up to twofold (Efron and Stein 1981, Annals
    of Statistics 9:586), so nearly uniform data are covered too well. A bootstrap over units must not be used instead:
    a unit drawn twice destroys its own singletons.
    """
    check_confidence(confidence)
    method = "delete-a-group jackknife"
    theta = np.asarray(replicates, dtype=np.float64)
    if value is None:
        return Estimate(None, confidence=confidence, method=method, status="empty")
    if theta.size < 2:
        return Estimate(value, 0.0, 1.0, confidence, method, "too_few_groups")
    variance = jackknife_error(theta) ** 2
    if variance <= LEAST_VARIANCE and effective is None:
        return Estimate(value, 0.0, 1.0, confidence, method, "no_variance")
    quantile = student_quantile(confidence, theta.size - 1)
    low, high = hull(np.asarray(value), np.asarray(variance), np.asarray(effective or 1.0), quantile)
    inside_low, inside_high, status = clip_unit(float(low), float(high))
    return Estimate(value, inside_low, inside_high, confidence, method, status)


def jackknife_error(replicates: npt.ArrayLike) -> float:
    """Standard error from G >= 2 delete-a-group replicates: sqrt((G-1)/G sum (theta_g - mean)^2)."""
    theta = np.asarray(replicates, dtype=np.float64)
    if theta.size < 2:
        raise ValueError(f"a jackknife needs at least two groups, got {theta.size}")
    return float(np.sqrt((theta.size - 1) / theta.size * np.sum((theta - theta.mean()) ** 2)))
