"""Leave-one-unit-out Good-Turing: the singleton rate when statements come in units that repeat themselves.

Units (clusters of near-duplicate documents, say) are independent, statements inside one are not. With c_ik statements
of key k in unit i, m_i = sum_k c_ik, N = sum_i m_i, and a_i the statements of unit i whose key stands in no other unit,

    S = sum_i a_i / N
    V = [ sum_i (a_i - S m_i)^2 + sum_{pairs i < j} 2 A_ij A_ji ] / N^2,

A_ij being the statements of unit i whose key is held by exactly the units i and j. S leaves out each unit in turn and
asks what share of its statements is then new, so it is unbiased up to O(1/units) for the share of a new unit's
statements that the data do not hold. With one statement a unit S is Good's f_1/N and V is Esty's variance. f_1/N itself
is not unbiased: a fact that its only document states twice is no longer a singleton.

Where no two units share more than one such key, the second sum is that of cf_k^2 - sum_i c_ik^2 over the keys of two
units. Documents about one entity share many, and dropping the products of different keys then makes V too small
(`benchmarks/coverage_study.py`, world "entities").

In a slice of a corpus, a_i, m_i and A_ij are the unit's statements inside the slice, while "no other unit" and "exactly
two units" are judged on the whole corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from analyzer.stats.estimate import Estimate, Floats, Ints, RateArrays, check_confidence
from analyzer.stats.intervals import hull, normal_quantile, student_quantile, wald, wilson
from analyzer.stats.spectrum import Spectrum

Interval = Literal["hull", "wald", "wilson"]


@dataclass(frozen=True, slots=True, eq=False)
class UnitCounts:
    """Clustered counts: one row a (unit, key) pair with its statements, rows sorted by key, then unit.

    `unit` and `key` are dense codes 0..units-1 and 0..keys-1, `count` int64 >= 1. Build it with `from_arrays`.
    """

    unit: Ints
    key: Ints
    count: Ints
    units: int
    keys: int

    @classmethod
    def from_arrays(cls, unit: npt.ArrayLike, key: npt.ArrayLike, count: npt.ArrayLike | None = None) -> UnitCounts:
        """From parallel arrays of unit and key labels (numbers or text) and statements (1 each if not given).

        Rows of the same unit and key are added up, so the order of the rows and the labels do not matter.
        """
        units, keys = np.asarray(unit), np.asarray(key)
        counts = np.ones(len(units), dtype=np.int64) if count is None else np.asarray(count)
        if not (units.ndim == keys.ndim == counts.ndim == 1 and len(units) == len(keys) == len(counts)):
            raise ValueError("unit, key and count must be one-dimensional and of the same length")
        if len(units) == 0:
            nothing = np.zeros(0, dtype=np.int64)
            return cls(nothing, nothing, nothing, 0, 0)
        if counts.dtype.kind not in "iu" or int(counts.min()) < 1:
            raise ValueError("counts must be whole numbers of at least 1: leave out pairs that were not seen")
        unit_names, unit_codes = np.unique(units, return_inverse=True)
        key_names, key_codes = np.unique(keys, return_inverse=True)
        pairs, rows = np.unique(key_codes.astype(np.int64) * len(unit_names) + unit_codes, return_inverse=True)
        total = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(total, rows, counts.astype(np.int64))
        return cls(pairs % len(unit_names), pairs // len(unit_names), total, len(unit_names), len(key_names))

    @property
    def n(self) -> int:
        """Statements in all."""
        return int(self.count.sum())

    def key_units(self) -> Ints:
        """Units that hold each key, shape (keys,)."""
        return np.bincount(self.key, minlength=self.keys).astype(np.int64)

    def key_statements(self) -> Ints:
        """Statements of each key, shape (keys,)."""
        return self._added(self.count, self.key, self.keys)

    def key_squares(self) -> Ints:
        """Sum over units of the squared statements of each key, shape (keys,)."""
        return self._added(self.count * self.count, self.key, self.keys)

    def key_only_unit(self) -> Ints:
        """The one unit that holds a key, -1 for keys of several units; shape (keys,)."""
        only = np.full(self.keys, -1, dtype=np.int64)
        single = self.key_units()[self.key] == 1
        only[self.key[single]] = self.unit[single]
        return only

    def unit_statements(self) -> Ints:
        """m_i: statements of each unit, shape (units,)."""
        return self._added(self.count, self.unit, self.units)

    def unit_singletons(self) -> Ints:
        """a_i: statements of each unit whose key no other unit holds, shape (units,)."""
        single = self.key_units()[self.key] == 1
        return self._added(self.count[single], self.unit[single], self.units)

    def rows(self) -> tuple[Ints, Ints, Ints]:
        """(r, keys, statements): how many keys stand in exactly r units and how many statements they have."""
        r, at = np.unique(self.key_units(), return_inverse=True)
        statements = self._added(self.key_statements(), at, len(r))
        return r, np.bincount(at, minlength=len(r)).astype(np.int64), statements

    def spectrum(self) -> Spectrum:
        """Keys by the number of units that hold them (Q_r of incidence data)."""
        r, keys, _ = self.rows()
        return Spectrum.from_frequencies(r, keys)

    def sums(self) -> dict[str, float]:
        """The sufficient statistics of `leave_one_unit_out_from_sums`, by the names of its arguments."""
        a, m = self.unit_singletons().astype(np.float64), self.unit_statements().astype(np.float64)
        return {
            "a": float(a.sum()), "n": float(m.sum()), "units": self.units, "a2": float((a * a).sum()),
            "am": float((a * m).sum()), "m2": float((m * m).sum()), "doubleton_cross": self.doubleton_cross(),
        }  # fmt: skip

    def doubleton_cross(self) -> float:
        """sum over pairs of units of 2 A_ij A_ji, the second sum of the module's head."""
        two = self.key_units()[self.key] == 2
        pair, statements = self.unit[two].reshape(-1, 2), self.count[two].reshape(-1, 2).astype(np.float64)
        _, at = np.unique(pair[:, 0] * self.units + pair[:, 1], return_inverse=True)
        return float(2 * (np.bincount(at, statements[:, 0]) * np.bincount(at, statements[:, 1])).sum())

    def without(self, drop: npt.NDArray[np.bool_]) -> UnitCounts:
        """The same counts without the units where `drop`, shape (units,), is true; for jackknife replicates."""
        keep = ~drop[self.unit]
        return UnitCounts.from_arrays(self.unit[keep], self.key[keep], self.count[keep])

    @staticmethod
    def _added(values: Ints, at: npt.NDArray[Any], size: int) -> Ints:
        total = np.zeros(size, dtype=np.int64)
        np.add.at(total, at, values)
        return total


def effective_size(n: npt.ArrayLike, m2: npt.ArrayLike) -> Floats:
    """(sum m)^2 / sum m^2: how many independent units of equal size N clustered statements are worth (Kish 1965)."""
    total, squares = np.asarray(n, dtype=np.float64), np.asarray(m2, dtype=np.float64)
    return np.where(squares > 0, total * (total / np.where(squares > 0, squares, 1.0)), 0.0)


def leave_one_unit_out_variance(
    a: npt.ArrayLike, n: npt.ArrayLike, a2: npt.ArrayLike, am: npt.ArrayLike, m2: npt.ArrayLike,
    doubleton_cross: npt.ArrayLike,
) -> Floats:  # fmt: skip
    """V of the module's head from the sums over units, elementwise; 0 where n = 0."""
    total = np.asarray(n, dtype=np.float64)
    safe = np.where(total > 0, total, 1.0)
    rate = np.asarray(a, dtype=np.float64) / safe
    between = np.asarray(a2, np.float64) / safe - rate * (2 * np.asarray(am, np.float64) - rate * np.asarray(m2)) / safe
    cross = np.asarray(doubleton_cross, dtype=np.float64) / safe
    return np.where(total > 0, (np.maximum(between, 0.0) + cross) / safe, 0.0)


def leave_one_unit_out_arrays(
    a: npt.ArrayLike, n: npt.ArrayLike, units: npt.ArrayLike, a2: npt.ArrayLike, am: npt.ArrayLike,
    m2: npt.ArrayLike, doubleton_cross: npt.ArrayLike, confidence: float = 0.95, interval: Interval = "hull",
    more_variance: npt.ArrayLike = 0.0,
) -> RateArrays:  # fmt: skip
    """Leave-one-unit-out rate and interval of any number of slices at once.

    Each argument holds one number a slice: a = sum a_i, n = sum m_i, units (those with m_i > 0), a2 = sum a_i^2,
    am = sum a_i m_i, m2 = sum m_i^2, doubleton_cross = sum of 2 A_ij A_ji over the pairs of units that alone hold some
    key of the whole corpus (group the keys of two units by their pair of units, add up the statements of each of the
    two inside the slice, multiply). Adding up cf^2 - sum c^2 key by key instead is cheaper and covers too little where
    pairs of units share several keys.

    interval: "hull" of Wald's and Wilson's interval with Student's t on effective units - 1 degrees of freedom
    (default; S +- z sqrt(V) covers next to nothing when a small slice has S near 1), "wilson" with the same t, or
    "wald", exactly S +- z sqrt(V), which is all that a large sample needs. more_variance is added to V: what else was
    left to chance than the units.
    """
    singles, total, count, squares = (np.asarray(x, dtype=np.float64) for x in (a, n, units, m2))
    if np.any(singles < 0) or np.any(singles > total) or np.any(count > total):
        raise ValueError("sums disagree: 0 <= a <= n and units <= n must hold in every slice")
    variance = leave_one_unit_out_variance(a, n, a2, am, m2, doubleton_cross) + np.asarray(more_variance, np.float64)
    present = total > 0
    value = np.where(present, singles / np.where(present, total, 1.0), 0.0)
    effective = np.maximum(effective_size(total, squares), 1.0)
    quantile = student_quantile(confidence, np.where(count > 1, effective - 1, 0.0))
    if interval == "wald":
        low, high = wald(value, variance, np.where(count > 1, normal_quantile(confidence), np.inf))
    else:
        low, high = {"hull": hull, "wilson": wilson}[interval](value, variance, effective, quantile)
    clipped = (low < 0) | (high > 1)
    status = np.select(
        [~present, count < 2, singles == 0, singles == total, clipped],
        ["empty", "one_unit", "no_singletons", "all_singletons", "clipped"], "ok",
    )  # fmt: skip
    value, low, high = (np.where(present, np.clip(x, 0.0, 1.0), np.nan) for x in (value, low, high))
    return RateArrays(value, low, high, np.asarray(status, dtype=np.str_))


def leave_one_unit_out_from_sums(
    a: float, n: float, units: float, a2: float, am: float, m2: float, doubleton_cross: float,
    confidence: float = 0.95, interval: Interval = "hull",
) -> Estimate:  # fmt: skip
    """`leave_one_unit_out_arrays` for one slice."""
    rates = leave_one_unit_out_arrays(a, n, units, a2, am, m2, doubleton_cross, confidence, interval)
    value, low, high = (None if np.isnan(x) else float(x) for x in (rates.value, rates.low, rates.high))
    method = f"leave-one-unit-out Good-Turing, {interval} interval"
    status = str(rates.status)
    return Estimate(value, low, high, check_confidence(confidence), method, status, int(a), int(n))


def leave_one_unit_out(counts: UnitCounts, confidence: float = 0.95, interval: Interval = "hull") -> Estimate:
    """Leave-one-unit-out rate of everything that was counted; see the module's head."""
    return leave_one_unit_out_from_sums(**counts.sums(), confidence=confidence, interval=interval)
