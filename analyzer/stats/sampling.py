"""What a sample says of the corpus it was drawn from: of clusters of documents, or of prompts.

A sample of **clusters** is a smaller corpus, and in a smaller corpus more is new: its rate is too high for the whole
and has to be carried along the growth curve. S(t), the rate when t other units are known, is an average of
exp(-lambda t) over the statements' keys, hence log S is convex. So whatever the law of growth, the rate at a larger
size lies between

    S(T) exp((t - T) d log S(T)/dT)   <=   S(t)   <=   S(T)

on average: it falls no faster than the exponential through the sampled curve's end (Chao and Jost's extrapolation), and
it does not rise. Between the two only a model can tell. Ours mixes the exponentials by a gamma law,
S(t) = (1 + t/tau)^-a (Greenwood and Yule 1920, J. Royal Stat. Soc. 83:255; for species Fisher, Corbet and Williams
1943, J. Animal Ecology 12:42), through the sampled curve at its half and at its end: a power of the size in the tail,
and exponential in the limit.

A sample of **prompts** keeps every statement of a prompt or none, so each kept prompt is as frequent as in the corpus
and the rate is a ratio of sums over drawn prompts (Cochran 1977, Sampling Techniques, 2.11 and 9A; Poisson sampling:
Sarndal, Swensson and Wretman 1992, 3.5). The most frequent prompts must be kept for certain: one that is 5 % of the
statements is otherwise missing from nine samples in ten of a tenth, and no such sample can know what it misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, log1p

import numpy as np
import numpy.typing as npt
from scipy import optimize

from analyzer.stats.estimate import Estimate, Floats, clip_unit
from analyzer.stats.growth import growth_estimate
from analyzer.stats.intervals import hull, student_quantile
from analyzer.stats.rarefaction import UnitRows, rarefied_estimate, rarefied_rate

LOG_TAU = 30.0  # exp(+-30) sample sizes: beyond it the curve is an exponential, or a constant, to the last digit


def rate_of_whole(rows: UnitRows, deleted: Sequence[UnitRows], multiple: float, confidence: float = 0.95) -> Estimate:
    """Rate of a corpus of which `rows` are a sample of units, one in `multiple` >= 1; `deleted` its jackknife groups.

    The value is the gamma-mixed curve's. The interval runs from the jackknife's lower limit of the exponential to its
    upper limit of the sample's own rate: it holds the sampling error and every law of growth, and is wide when the
    sample is small because that much is not known. Where nothing was seen twice the exponential has no rate to fall at;
    then the lower limit is the sample's to the power `multiple`, which log-convexity and S(0) = 1 allow.
    """
    method = "gamma-mixed growth curve; from an exponential's fall (low) to no fall (high), with the jackknife's error"
    if multiple < 1:
        raise ValueError(f"a corpus is no smaller than its sample, got a multiple of {multiple}")
    own = rarefied_estimate(rows, deleted, rows.n, confidence)
    if own.value is None or own.low is None or own.high is None or own.status == "too_few_groups":
        return Estimate(own.value, own.low, own.high, confidence, method, own.status)
    low = own.low**multiple
    fastest = growth_estimate(rows, deleted, rows.n * multiple, confidence)
    if fastest.low is not None and fastest.status != "all_once":
        low = max(low, fastest.low)
    r, statements = np.atleast_1d(np.asarray(rows.r)), np.atleast_1d(np.asarray(rows.statements, dtype=np.float64))
    half = float(rarefied_rate(r, statements, rows.units, (rows.units - 1) / 2))
    value = min(max(gamma_mixed(half, own.value, multiple), low), own.high)
    status = "no_singletons" if own.value == 0 else "all_once" if own.value == 1 else "ok"
    return Estimate(value, low, own.high, confidence, method, status)


def gamma_mixed(half: float, end: float, multiple: float) -> float:
    """(1 + x/tau)^-a at x = multiple, through `half` at x = 1/2 and `end` at x = 1; 1 at x = 0.

    log end / log half lies between 1 (a constant) and 2 (an exponential); what lies outside is taken for the nearer.
    """
    if not 0 < end <= half <= 1:
        return end
    if half == 1:
        return 1.0 if end == 1 else end**multiple
    wanted = log(end) / log(half)

    def bend(log_tau: float) -> float:
        return log1p(exp(-log_tau)) / log1p(0.5 * exp(-log_tau)) - wanted

    if bend(LOG_TAU) <= 0:
        return float(end**multiple)
    if bend(-LOG_TAU) >= 0:
        return end
    tau = exp(optimize.brentq(bend, -LOG_TAU, LOG_TAU))
    return float((1 + multiple / tau) ** (log(end) / log1p(1 / tau)))


def prompt_variance(
    rate: npt.ArrayLike, n: npt.ArrayLike, every: int, single: npt.ArrayLike, other: npt.ArrayLike
) -> Floats:
    """Variance of a rate over which prompts were drawn, one in `every`, independently; elementwise.

    rate and n are the estimates for the whole, statements weighted by `every`; single and other the sums of squared
    weighted statements of drawn prompts, of singletons and of the others. Poisson sampling of a ratio:
    sum (1 - 1/every) (s (x - S))^2 / N^2, x = 1 for singletons; the factor is the finite population correction.
    """
    s, total = np.asarray(rate, dtype=np.float64), np.asarray(n, dtype=np.float64)
    safe = np.where(total > 0, total, 1.0)
    squares = (1 - s) ** 2 * np.asarray(single, np.float64) + s**2 * np.asarray(other, np.float64)
    return np.where(total > 0, (1 - 1 / every) * squares / safe / safe, 0.0)


def variance_between_units(
    rate: npt.ArrayLike, n: npt.ArrayLike, every: int, other: npt.ArrayLike, within: npt.ArrayLike
) -> Floats:
    """What drawing prompts adds to a leave-one-unit-out variance of weighted statements, which holds the rest of it.

    That variance adds up squares inside units, so of a prompt in several units it lacks the products between them:
    (1 - 1/every) S^2 (sum s^2 - sum over units of s_i^2) / N^2.
    """
    between = np.maximum(np.asarray(other, np.float64) - np.asarray(within, np.float64), 0.0)
    return prompt_variance(rate, n, every, 0.0, between)


def rate_from_prompts(singles: int, n: int, every: int, single: float, other: float, confidence: float) -> Estimate:
    """The rate that a count of all prompts would give, from a sample of them; not what another corpus would give.

    Arguments as in `prompt_variance`. The interval is the `hull` of Wald's and Wilson's with Student's t on the
    effective number of drawn prompts.
    """
    method = f"ratio over one prompt in {every}; interval over which prompts were drawn alone"
    if n <= 0:
        return Estimate(None, confidence=confidence, method=method, status="empty")
    value, drawn = singles / n, single + other
    if drawn == 0:
        return Estimate(value, value, value, confidence, method, "ok", singles, n)
    effective = max(n * (n / drawn), 1.0)
    variance = prompt_variance(value, n, every, single, other)
    low, high = hull(np.asarray(value), variance, np.asarray(effective), student_quantile(confidence, effective - 1))
    inside_low, inside_high, status = clip_unit(float(low), float(high))
    return Estimate(value, inside_low, inside_high, confidence, method, status, singles, n)
