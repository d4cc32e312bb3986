"""Good-Turing for independent draws: the missing mass, its intervals, and the mass of what was seen r times.

For statements that come in documents use `units.leave_one_unit_out`: f_1/N and the intervals here are then wrong, in
value and in width.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, log, sqrt
from typing import Literal

import numpy as np

from analyzer.stats.estimate import Estimate, check_confidence, clip_unit
from analyzer.stats.intervals import normal_quantile, wilson
from analyzer.stats.spectrum import Spectrum

Interval = Literal["esty", "zhang_zhang", "wilson", "mcallester_ortiz"]

TURING_BAND = 1.96  # Gale and Sampson keep Turing's estimate while it differs from the line by so many of its sd


def good_turing_missing_mass(spectrum: Spectrum, confidence: float = 0.95, interval: Interval = "esty") -> Estimate:
    """Share of the next draw's mass that no draw has hit yet: f_1/n (Good 1953, Biometrika 40:237).

    interval
        "esty": +- z sqrt((f_1(n - f_1) + 2 n f_2) / n^3) (Esty 1983, Annals of Statistics 11:905).
        "zhang_zhang": +- z sqrt(f_1 + 2 f_2) / n (Zhang and Zhang 2009, Annals of Statistics 37:2582).
        "wilson": Wilson's score interval at the size that gives Esty's variance; the one to use near 0 and 1.
        "mcallester_ortiz": +- (1/n + 2.42 sqrt(ln(4/gamma)/n)), gamma = 1 - confidence, free of any distribution
        (McAllester and Ortiz 2003, JMLR 4:895, as Corollary 3 of Kalai et al. 2025).
    Where Esty's or Zhang's variance cannot be right (f_1 = 0 or f_1 = n) Wilson's limits are used instead.

    scikit-bio's `esty_ci` is Esty's interval unclipped, in integers of 64 bits, where n^3 overflows for n > 2,097,151.
    """
    check_confidence(confidence)
    n, f1, f2 = spectrum.n, spectrum.f(1), spectrum.f(2)
    method = f"Good-Turing, {interval} interval"
    if n == 0:
        return Estimate(None, confidence=confidence, method=method, status="empty", numerator=0, denominator=0)
    value = f1 / n
    status = "no_singletons" if f1 == 0 else "all_singletons" if f1 == n else "ok"
    z = normal_quantile(confidence)
    if interval == "mcallester_ortiz":
        half = 1 / n + 2.42 * sqrt(log(4 / (1 - confidence)) / n)
        low, high = value - half, value + half
    elif interval in ("esty", "wilson"):
        variance = ((f1 / n) * (1 - f1 / n) + 2 * f2 / n) / n
        low, high = _limits(value, variance, n, z, interval == "wilson" or status != "ok")
    elif interval == "zhang_zhang":
        low, high = _limits(value, (f1 + 2 * f2) / n / n, n, z, status != "ok")
    else:
        raise ValueError(f"interval must be esty, zhang_zhang, wilson or mcallester_ortiz, not {interval!r}")
    low, high, status = clip_unit(low, high, status)
    return Estimate(value, low, high, confidence, method, status, f1, n)


def _limits(value: float, variance: float, n: int, z: float, score: bool) -> tuple[float, float]:
    if not score:
        return value - z * sqrt(variance), value + z * sqrt(variance)
    low, high = wilson(np.float64(value), np.float64(variance), np.float64(n), np.float64(z))  # type: ignore[arg-type] # 0-d
    return float(low), float(high)


def low_exposure_mass(spectrum: Spectrum, at_most: int) -> Estimate:
    """Mass of the keys seen at most R = `at_most` times: sum_{r<=R} (r+1) f_{r+1} / n (Good 1953).

    R = 0 is the missing mass. A model may not retain a fact that it saw a few times; this says how much mass that is.
    """
    if at_most < 0:
        raise ValueError(f"at_most is a number of times and cannot be {at_most}")
    method, n = f"Good-Turing mass of keys seen at most {at_most} times", spectrum.n
    if n == 0:
        return Estimate(None, method=method, status="empty", numerator=0, denominator=0)
    held = sum(r * f for r, f in zip(spectrum.r, spectrum.frequencies, strict=True) if r <= at_most + 1)
    return Estimate(
        held / n, method=method, status="ok" if spectrum.f(1) else "no_singletons", numerator=held, denominator=n
    )


@dataclass(frozen=True, slots=True)
class SimpleGoodTuring:
    """Discounts of Simple Good-Turing: `adjusted[i]` replaces the count r[i], `probability[i]` is that of one such key.

    `missing_mass` is f_1/n. When status is not ok, `adjusted` and `probability` are empty.
    """

    missing_mass: float | None
    slope: float | None
    intercept: float | None
    r: tuple[int, ...]
    adjusted: tuple[float, ...]
    probability: tuple[float, ...]
    status: str


def simple_good_turing(spectrum: Spectrum) -> SimpleGoodTuring:
    """Gale and Sampson 1995 (J. Quantitative Linguistics 2:217): Turing's estimates while reliable, then a line.

    Z_r = 2 f_r / (next r - previous r), ln Z = intercept + slope ln r by least squares, S(r) = exp of it. The adjusted
    count is (r+1) f_{r+1} / f_r until it differs by no more than 1.96 of its standard deviations from the smooth
    (r+1) S(r+1) / S(r) or f_{r+1} = 0, and the smooth one from there on. The method is declared unfit by its authors
    for a slope above -1: then, and when there are fewer than two frequencies, it gives no discounts.
    """
    n, f1 = spectrum.n, spectrum.f(1)
    if n == 0:
        return SimpleGoodTuring(None, None, None, (), (), (), "empty")
    missing = f1 / n
    if len(spectrum.r) < 2:
        return SimpleGoodTuring(missing, None, None, spectrum.r, (), (), "too_few_frequencies")
    slope, intercept = _fit(spectrum)
    if slope > -1:
        return SimpleGoodTuring(missing, slope, intercept, spectrum.r, (), (), "slope_above_minus_one")
    adjusted, smooth = [], False
    for r, f in zip(spectrum.r, spectrum.frequencies, strict=True):
        line = (r + 1) * exp(slope * (log(r + 1) - log(r)))
        above = spectrum.f(r + 1)
        turing = (r + 1) * above / f
        deviation = (r + 1) * sqrt(above / f * (1 / f + above / f / f)) if above else inf
        smooth = smooth or above == 0 or abs(turing - line) <= TURING_BAND * deviation
        adjusted.append(line if smooth else turing)
    total = sum(f * a for f, a in zip(spectrum.frequencies, adjusted, strict=True))
    probability = tuple((1 - missing) * a / total for a in adjusted)
    return SimpleGoodTuring(missing, slope, intercept, spectrum.r, tuple(adjusted), probability, "ok")


def _fit(spectrum: Spectrum) -> tuple[float, float]:
    """(slope, intercept) of ln Z on ln r, natural logarithms."""
    r, f = spectrum.arrays()
    before = np.concatenate([[0.0], r[:-1]])
    after = np.concatenate([r[1:], [2 * r[-1] - before[-1]]])
    x, y = np.log(r), np.log(2 * f / (after - before))
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
    return slope, float(y.mean() - slope * x.mean())


def without_replacement(missing_mass: Estimate, fraction: float) -> Estimate:
    """The missing mass of a finite corpus of which a known share was read: (1 - rho) f_1/n (Hu and Chao 2025).

    `fraction` is rho, the share of the corpus that is in the sample. For the mass that this very corpus holds and the
    sample lacks; not for the mass of the process that wrote the corpus, which reading more of it does not change.
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction is a share of the corpus in (0, 1], got {fraction}")
    value, low, high = (
        None if x is None else x * (1 - fraction) for x in (missing_mass.value, missing_mass.low, missing_mass.high)
    )
    method = f"{missing_mass.method}, times 1 - {fraction:g} sampled without replacement"
    return replace(missing_mass, value=value, low=low, high=high, method=method)


def chiu_chao_singletons(spectrum: Spectrum) -> Estimate:
    """Number of true singletons, read off f_2, f_3, f_4 alone: 4 f_2^2/(3 f_3) - f_2 f_3/(2 f_4).

    Chiu and Chao 2016 (PeerJ 4:e1634), for data whose singletons are partly artefacts; with f_3 f_4 = 0 both get 1
    added, as their program does. A sensitivity check only: without trustworthy singletons its variance explodes.
    """
    method = "Chiu-Chao singletons from f2, f3, f4"
    if not spectrum.r:
        return Estimate(None, method=method, status="empty")
    f2, f3, f4 = (spectrum.f(r) for r in (2, 3, 4))
    replaced = f3 * f4 == 0
    third, fourth = (f3 + 1, f4 + 1) if replaced else (f3, f4)
    value = 4 * f2 * f2 / (3 * third) - f2 * f3 / (2 * fourth)
    status = "clipped" if value < 0 else "zeros_replaced" if replaced else "ok"
    return Estimate(max(value, 0.0), method=method, status=status)
