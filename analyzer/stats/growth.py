"""What more data would bring: new keys (Good-Toulmin) and the singleton rate of a larger corpus.

Extrapolation is honest up to about twice the data. Beyond, the functions either refuse or say so in their status.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor, log, sqrt
from typing import Literal

import numpy as np
from scipy import stats

from analyzer.stats.coverage import log_decay
from analyzer.stats.estimate import Estimate, Floats
from analyzer.stats.intervals import jackknife_interval, normal_quantile
from analyzer.stats.rarefaction import UnitRows, rarefied_estimate, units_for_statements
from analyzer.stats.spectrum import Spectrum

Smoothing = Literal["binomial", "efron_thisted", "poisson"]


def good_toulmin(spectrum: Spectrum, t: float, confidence: float = 0.95) -> Estimate:
    """Expected new keys in t n more draws: sum_k (-1)^(k+1) t^k f_k (Good and Toulmin 1956, Biometrika 43:45).

    Standard deviation about sqrt(sum t^(2k) f_k) (Efron and Thisted 1976). Only for t <= 1: beyond, the series diverges
    and the value is None; use `smoothed_good_toulmin`.
    """
    z, method = normal_quantile(confidence), "Good-Toulmin new keys"
    if not t >= 0:
        raise ValueError(f"t is a multiple of the sample and cannot be {t}")
    if not spectrum.r:
        return Estimate(None, confidence=confidence, method=method, status="empty")
    if t > 1:
        return Estimate(None, confidence=confidence, method=method, status="beyond_range")
    r, f = spectrum.arrays()
    powers = np.power(float(t), r)
    value, deviation = float(np.sum(_alternating(r) * powers * f)), sqrt(float(np.sum(powers * powers * f)))
    return _new_keys(value, z * deviation, spectrum, confidence, method)


def missing_mass_after(spectrum: Spectrum, s: float) -> tuple[float, float]:
    """(value, standard deviation) of the missing mass after s n more draws, 0 <= s <= 1.

    The derivative of Good-Toulmin's series: (1/n) sum_k (-1)^(k+1) k s^(k-1) f_k, deviation
    (1/n) sqrt(sum k^2 s^(2k-2) f_k). Near s = 1 the keys seen most often swamp it: mind the deviation.
    """
    if not 0 <= s <= 1:
        raise ValueError(f"the series holds for 0 <= s <= 1, got {s}")
    r, f = spectrum.arrays()
    if not r.size:
        raise ValueError("an empty spectrum has no missing mass")
    weight = r * np.power(float(s), r - 1)
    return (
        float(np.sum(_alternating(r) * weight * f) / spectrum.n),
        sqrt(float(np.sum(weight * weight * f))) / spectrum.n,
    )


def smoothed_good_toulmin(
    spectrum: Spectrum, t: float, smoothing: Smoothing = "binomial", sample_size: int | None = None
) -> Estimate:
    """New keys in t n more draws, t > 1: -sum_k (-t)^k P(L >= k) f_k (Orlitsky, Suresh and Wu 2016, PNAS 113:13283).

    smoothing: the law of L. "binomial" Bin(floor(log3(n t^2/(t-1))/2), 2/(2+t)), their best; "efron_thisted"
    Bin(floor(log2(n t^2/(t-1))/2), 1/(1+t)); "poisson" of mean ln(n (t+1)^2/(t-1)) / (2t). t <= 1 is `good_toulmin`.
    The error stays bounded up to t of about ln n, status "beyond_range" above. `sample_size` replaces n where a
    published table leaves out the frequent keys. No interval: none is known.
    """
    if t <= 1:
        return good_toulmin(spectrum, t)
    method = f"smoothed Good-Toulmin new keys, {smoothing}"
    if not spectrum.r:
        return Estimate(None, method=method, status="empty")
    n = sample_size or spectrum.n
    r, f = spectrum.arrays()
    log_tail = _log_tail(r - 1, n, float(t), smoothing)
    reached = log_tail > -np.inf
    r, f, log_tail = r[reached], f[reached], log_tail[reached]
    # t^k alone overflows; with its weight it does not, because L reaches about ln n only.
    value = float(np.sum(_alternating(r) * np.exp(r * log(t) + log_tail) * f))
    status = "clipped" if value < 0 else "beyond_range" if t > log(n) else "ok"
    return Estimate(max(value, 0.0), method=method, status=status)


def extrapolated_rate(rows: UnitRows, t: float) -> tuple[float, str]:
    """(S(t), status): leave-one-unit-out rate when t >= units - 1 other units are known, in Chao and Jost's manner.

    S(t) = S(T-1) A^(t-T+1), A = (T-1) W_1 / ((T-1) W_1 + W_2) with W_r the statements of keys that r units hold; with
    one statement a unit that is `chao_jost_coverage`. Reliable to t + 1 of about 2 T, status "beyond_twice" above.

    Do not use it to say how much data would make a rate vanish, nor on heavy-tailed data far beyond T: the true rate
    falls like a power of the size there, this one exponentially, so it promises too much.
    """
    if t < rows.units - 1:
        raise ValueError(f"{t} other units is less than the data hold: use rarefied_rate")
    if rows.n <= 0:
        raise ValueError("an empty slice has no rate")
    r, statements = np.atleast_1d(np.asarray(rows.r)), np.atleast_1d(np.asarray(rows.statements, dtype=np.float64))
    once, twice = float(statements[r == 1].sum()), float(statements[r == 2].sum())
    if rows.units < 2:
        return once / rows.n, "one_unit"
    decay, status = log_decay(rows.units, once, twice / 2)
    value = once / rows.n * exp((t - rows.units + 1) * decay)
    if once == rows.n:
        return value, "all_once"
    return value, "beyond_twice" if t + 1 > 2 * rows.units else status


def growth_estimate(rows: UnitRows, deleted: Sequence[UnitRows], n_target: float, confidence: float = 0.95) -> Estimate:
    """Rate of a slice by itself at n_target statements, fewer or more than it has, with a jackknife interval.

    Up to its own size this is `rarefied_estimate`, beyond `extrapolated_rate`. `deleted` as there. The interval of an
    extrapolation holds the sampling error only, not the error of the model.
    """
    if n_target <= rows.n or rows.n <= 0:
        return rarefied_estimate(rows, deleted, n_target, confidence)
    method = f"Chao-Jost extrapolation on units to {n_target:.0f} statements, delete-a-group jackknife"
    value, status = extrapolated_rate(rows, _units_beyond(rows, n_target))
    replicates = [extrapolated_rate(part, _units_beyond(part, n_target))[0] for part in deleted if part.n > 0]
    interval = jackknife_interval(value, replicates, confidence, rows.units)
    if status in ("ok", "no_doubletons") and interval.status not in ("ok", "clipped"):
        status = interval.status
    return Estimate(value, interval.low, interval.high, confidence, method, status)


def _units_beyond(rows: UnitRows, n_target: float) -> float:
    return max(float(units_for_statements(n_target, rows.n, rows.units)), rows.units - 1.0)


def _alternating(r: Floats) -> Floats:
    """+1 for odd r, -1 for even."""
    return np.asarray(2 * np.mod(r, 2) - 1)


def _log_tail(k: Floats, n: int, t: float, smoothing: Smoothing) -> Floats:
    """ln P(L > k)."""
    if smoothing == "binomial":
        tail = stats.binom.logsf(k, floor(log(n * t * t / (t - 1)) / log(3) / 2), 2 / (2 + t))
    elif smoothing == "efron_thisted":
        tail = stats.binom.logsf(k, floor(log(n * t * t / (t - 1)) / log(2) / 2), 1 / (1 + t))
    elif smoothing == "poisson":
        tail = stats.poisson.logsf(k, log(n * (t + 1) ** 2 / (t - 1)) / (2 * t))
    else:
        raise ValueError(f"smoothing must be binomial, efron_thisted or poisson, not {smoothing!r}")
    return np.asarray(tail, dtype=np.float64)


def _new_keys(value: float, half: float, spectrum: Spectrum, confidence: float, method: str) -> Estimate:
    """Not less than none: value and lower limit are moved up to 0."""
    clipped = value - half < 0
    status = "no_singletons" if spectrum.f(1) == 0 else "clipped" if clipped else "ok"
    return Estimate(max(value, 0.0), max(value - half, 0.0), max(value + half, 0.0), confidence, method, status)
