"""Sample coverage of Chao and Jost (2012, Ecology 93:2533), for independent draws and for incidence in units.

Coverage is 1 - missing mass. The four public functions are two formulas: for abundances a sample is n draws with
frequencies f_r; for incidences it is T units with Q_r keys in exactly r of them, and U = sum r Q_r takes the place of n
as the divisor. iNEXT (Hsieh, Ma and Chao 2016) prints the same numbers, except where noted.
"""

from __future__ import annotations

from math import exp, inf, log, log1p

from analyzer.stats.estimate import Estimate
from analyzer.stats.rarefaction import rarefied_rate
from analyzer.stats.spectrum import Spectrum

HALVINGS = 60  # of the bracket when a rarefaction curve is inverted: n 2^-60 is beyond float precision


def chao_jost_coverage(spectrum: Spectrum, size: float | None = None) -> Estimate:
    """Expected coverage of a sample of `size` draws (default: the sample itself).

    size < n: rarefaction, 1 - sum (X/n) C(n-X, m)/C(n-1, m). size >= n: 1 - (f_1/n) A^(m*+1), m* = size - n,
    A = (n-1) f_1 / ((n-1) f_1 + 2 f_2); f_2 = 0: A = (n-1)(f_1-1) / ((n-1)(f_1-1) + 2). With f_1 = 1, f_2 = 0 iNEXT
    gives coverage 1, which is overconfident: here it stays 1 - 1/n. Reliable up to twice n, "beyond_twice" above.
    """
    return _coverage(spectrum, spectrum.n, size, "Chao-Jost coverage")


def chao_jost_coverage_incidence(spectrum: Spectrum, units: int, size: float | None = None) -> Estimate:
    """Expected coverage after `size` units (default: all `units`), from Q_r as a spectrum; T and U for n."""
    _check_units(spectrum, units)
    return _coverage(spectrum, units, size, "Chao-Jost coverage, incidence")


def size_for_coverage(spectrum: Spectrum, target: float) -> Estimate:
    """Number of draws, a real number, at which the coverage is `target`: the inverse of `chao_jost_coverage`."""
    return _inverse(spectrum, spectrum.n, target, "size for coverage")


def units_for_coverage(spectrum: Spectrum, units: int, target: float) -> Estimate:
    """Number of units, a real number, at which the coverage is `target`; inverts `chao_jost_coverage_incidence`."""
    _check_units(spectrum, units)
    return _inverse(spectrum, units, target, "units for coverage")


def log_decay(draws: float, f1: float, f2: float) -> tuple[float, str]:
    """(ln A, status): by what factor one more draw lowers the missing mass.

    ln A is 0 where it cannot be estimated (no singleton, or one and no doubleton), and -inf for a single draw.
    """
    if f1 <= 0:
        return 0.0, "no_singletons"
    if f2 > 0:
        status, singles, doubles = "ok", f1, f2
    elif f1 > 1:
        status, singles, doubles = "no_doubletons", f1 - 1, 1.0
    else:
        return 0.0, "one_singleton"
    return (-log1p(2 * doubles / ((draws - 1) * singles)) if draws > 1 else -inf), status


def _coverage(spectrum: Spectrum, draws: int, size: float | None, method: str) -> Estimate:
    total, f1 = spectrum.n, spectrum.f(1)
    target = float(draws if size is None else size)
    if not target >= 0:
        raise ValueError(f"a size cannot be {size}")
    if total == 0:
        return Estimate(None, method=method, status="empty")
    if target < draws:
        return Estimate(1 - _rarefied(spectrum, draws, target), method=f"{method}, rarefaction")
    if draws == 1 and spectrum.s_obs > 1:
        return Estimate(None, method=method, status="one_unit")
    decay, status = log_decay(draws, f1, spectrum.f(2))
    if f1 == total:
        status = "all_once"
    value = 1 - f1 / total * exp((target - draws + 1) * decay)
    if target > 2 * draws:
        status = "beyond_twice"
    return Estimate(value, method=method if target == draws else f"{method}, extrapolation", status=status)


def _inverse(spectrum: Spectrum, draws: int, target: float, method: str) -> Estimate:
    if not 0 < target < 1:
        raise ValueError(f"a target coverage lies strictly between 0 and 1, got {target}")
    now = _coverage(spectrum, draws, None, method)
    if now.value is None:
        return Estimate(None, method=method, status=now.status)
    if target > now.value:
        f1 = spectrum.f(1)
        decay, status = log_decay(draws, f1, spectrum.f(2))
        if decay == 0:
            return Estimate(None, method=method, status="unreachable")
        needed = draws - 1 + (log1p(-target) - log(f1 / spectrum.n)) / decay
        return Estimate(
            needed, method=f"{method}, extrapolation", status="beyond_twice" if needed > 2 * draws else status
        )
    low, high = 0.0, float(draws)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if 1 - _rarefied(spectrum, draws, middle) < target:
            low = middle
        else:
            high = middle
    return Estimate((low + high) / 2, method=f"{method}, rarefaction")


def _rarefied(spectrum: Spectrum, draws: int, size: float) -> float:
    """Missing mass of a random part of `size` < draws: unit rarefaction with r statements a key."""
    r, f = spectrum.arrays()
    return float(rarefied_rate(r, r * f, draws, min(size, draws - 1.0)))


def _check_units(spectrum: Spectrum, units: int) -> None:
    if units < max(spectrum.r, default=0):
        raise ValueError(f"a key stands in {max(spectrum.r)} units, there cannot be only {units}")
