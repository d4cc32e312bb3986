"""Unit rarefaction: the leave-one-unit-out rate that a slice would have if it were smaller.

Rates of slices of different size must not be compared: more data make every rate fall. In a slice of T units, a
statement of a key that r of them hold is new to t others, drawn at random, with probability C(T-r, t) / C(T-1, t), so

    S(t) = sum_r (statements_r / N) C(T-r, t) / C(T-1, t)

is the expected rate when only t other units are known. S(T-1) is the leave-one-unit-out rate and S(0) = 1. With one
statement a unit it is 1 - coverage of Chao and Jost (2012, Ecology 93:2533) at size t, their rarefaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from analyzer.stats.estimate import Estimate, Floats
from analyzer.stats.intervals import jackknife_interval

STIRLING_FROM = 32.0  # above it three terms of Stirling's series are exact to 1e-15, below gammaln is


class UnitRows(NamedTuple):
    """A slice by itself: r[i] of its `units` hold the keys of row i, which have statements[i] statements together."""

    r: npt.ArrayLike
    statements: npt.ArrayLike
    units: int

    @property
    def n(self) -> float:
        """Statements in all."""
        return float(np.sum(np.asarray(self.statements, dtype=np.float64)))


def rarefied_rate(r: npt.ArrayLike, statements: npt.ArrayLike, units: int, t: npt.ArrayLike) -> Floats:
    """S(t) for each t, real numbers in [0, units - 1]; the shape is that of `t`.

    Binomials are continued by gamma functions and evaluated in logarithms, stable up to 10^9 units. Raises ValueError
    for an empty slice and for t outside the range: beyond it lies extrapolation (`growth.extrapolated_rate`).
    """
    held, mass = np.atleast_1d(np.asarray(r, np.float64)), np.atleast_1d(np.asarray(statements, np.float64))
    known = np.asarray(t, dtype=np.float64)
    if held.shape != mass.shape or held.ndim != 1:
        raise ValueError("r and statements must be one-dimensional and of the same length")
    if held.size == 0 or units < 1 or np.any(mass < 0) or mass.sum() <= 0:
        raise ValueError("an empty slice has no rate: it needs at least one unit and one statement")
    if held.min() < 1 or held.max() > units:
        raise ValueError(f"r must lie between 1 and the number of units, {units}")
    if np.any(~(known >= 0)) or np.any(known > units - 1):
        raise ValueError(f"t must lie between 0 and units - 1 = {units - 1}: no rarefaction beyond the data")
    rate = unseen_probability(held, units, known[..., None]) @ (mass / mass.sum())
    return np.asarray(np.clip(rate, 0.0, 1.0))


def units_for_statements(n_target: npt.ArrayLike, n: npt.ArrayLike, units: npt.ArrayLike) -> Floats:
    """The t at which t + 1 units, the probed one included, hold n_target statements on average; elementwise, >= 0.

    n_target = n gives units - 1 exactly, hence the leave-one-unit-out rate. A larger target gives more than units - 1,
    which `rarefied_rate` refuses.
    """
    target, total, count = (np.asarray(x, dtype=np.float64) for x in (n_target, n, units))
    if np.any(total <= 0):
        raise ValueError("a slice without statements has no size to scale")
    return np.asarray(np.maximum(target / total * count - 1.0, 0.0))


def rarefied_estimate(
    slice_rows: UnitRows, deleted: Sequence[UnitRows], n_target: float, confidence: float = 0.95
) -> Estimate:
    """The rate of a slice at n_target statements with its delete-a-group jackknife interval.

    `deleted[g]` is the slice without the units of group g (groups that hold no unit of the slice are left out). Each
    replicate is rarefied to the same number of statements with its own statements per unit, or, where it is smaller
    than that, taken whole.
    """
    method = f"unit rarefaction to {n_target:.0f} statements, delete-a-group jackknife"
    if slice_rows.n <= 0:
        return Estimate(None, confidence=confidence, method=method, status="empty")
    if n_target > slice_rows.n:
        return Estimate(None, confidence=confidence, method=method, status="beyond_range")
    t, value = _at_statements(slice_rows, n_target)
    replicates = [_at_statements(rows, n_target)[1] for rows in deleted if rows.n > 0]
    # One repeated key lowers S(t) by t/(units-1) of what it lowers S(units-1): so many more units would be needed.
    effective = slice_rows.units * (slice_rows.units - 1) / t if t > 0 else None
    interval = jackknife_interval(value, replicates, confidence, effective)
    return Estimate(interval.value, interval.low, interval.high, confidence, method, interval.status)


def _at_statements(rows: UnitRows, n_target: float) -> tuple[float, float]:
    """(t, S(t)) at n_target statements, at the whole slice where that is more."""
    t = float(np.minimum(units_for_statements(n_target, rows.n, rows.units), rows.units - 1.0))
    return t, float(rarefied_rate(rows.r, rows.statements, rows.units, t))


def unseen_probability(r: npt.ArrayLike, units: npt.ArrayLike, t: npt.ArrayLike) -> Floats:
    """C(T-r, t) / C(T-1, t): chance that t of the other units miss a key that r of T units hold; elementwise.

    The arguments broadcast, so a flat table of rows of any number of slices is one call: sum `statements` times this
    over each slice and divide by its N. Computed as C(T-1-t, r-1) / C(T-1, r-1), all r-1 other holders being among the
    units not drawn; 0 where that is impossible. Real t are allowed, 0 <= t <= T-1.
    """
    pool = np.asarray(units, dtype=np.float64) - 1
    others, left, pool = np.broadcast_arrays(np.asarray(r, np.float64) - 1, pool - np.asarray(t, np.float64), pool)
    possible = others - 1 < left
    s = np.where(possible, others, 0.0)
    ratio = np.exp(log_falling(np.where(possible, left, 0.0), s) - log_falling(pool, s))
    return np.where(possible, np.minimum(ratio, 1.0), 0.0)


def log_falling(x: Floats, s: Floats) -> Floats:
    """ln x(x-1)...(x-s+1) = ln Gamma(x+1) - ln Gamma(x-s+1) for real x > s - 1 and s >= 0, elementwise.

    A difference of two gammaln loses all digits for x = 10^9 and small s; with Stirling's series the large terms cancel
    on paper instead of in the machine.
    """
    large = x - s >= STIRLING_FROM
    top, rest = np.where(large, x, STIRLING_FROM), np.where(large, x - s, STIRLING_FROM)
    shift = top - rest
    stirling = shift * np.log(top) - (rest + 0.5) * np.log1p(-shift / top) - shift + _series(top) - _series(rest)
    small = special.gammaln(np.where(large, 0.0, x) + 1.0) - special.gammaln(np.where(large, 0.0, x - s) + 1.0)
    return np.asarray(np.where(large, stirling, small))


def _series(x: Floats) -> Floats:
    """Stirling's correction: ln Gamma(x+1) - [(x+1/2) ln x - x + ln(2 pi)/2] for x >= STIRLING_FROM."""
    square = x * x
    return np.asarray((1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / x)
