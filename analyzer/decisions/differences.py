"""Rates of two runs, slice by slice: the difference, its interval, and which differences are more than chance.

Two questions, two measures:

equal_n    Is the slice of another kind? It is taken by itself in both runs and rarefied to the smaller of the two N,
           because rates fall as data grow.
in_corpus  What will a model trained on run B face that one trained on A does not? Both runs are taken whole: a slice
           that has not changed has another rate where the documents are gone that stated the same.

Both by a delete-a-group jackknife in which a group is left out of both runs at once, so that what they share cancels.
The whole difference is computed again without each group, the smaller N included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analyzer.schemas.decisions import DIFFERENCES
from analyzer.stats import (
    Comparison,
    Estimate,
    UnitRows,
    benjamini_hochberg,
    compare_rates,
    rarefied_rate,
    units_for_statements,
)

EQUAL_N, IN_CORPUS = MEASURES = ("equal_n", "in_corpus")
WHOLE = "difference of two whole runs, paired delete-a-group jackknife"
LEAST_UNITS = 2  # one unit left at the common size would say how a single document repeats itself

Numbers = npt.NDArray[np.float64]
Slice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of one run's slices, one table each."""

    groups: pa.Table  # slice_kind, slice, g, units, statements, singles: of the units in group g
    gains: pa.Table  # slice_kind, slice, g, statements: of prompts left in one unit of the run when g is left out
    spectra: pa.Table  # slice_kind, slice, r, keys, statements: of the slice by itself
    changes: pa.Table  # slice_kind, slice, g, r, keys, statements: what leaving out g adds to that


@dataclass(frozen=True, slots=True)
class Pair:
    """What two runs hold, for `differences` and `turnover`."""

    a: Sums
    b: Sums
    shared: pa.Table  # slice_kind, slice, units: units that the slice has in both runs
    turnover: pa.Table  # slice_kind, slice, item, in_a, in_b, left, entered, to_singleton, from_singleton


@dataclass(frozen=True, slots=True)
class Limits:
    """`statements`: N that a slice needs in both runs. `false_discovery`: share of the changed that may be none."""

    statements: int = 200
    confidence: float = 0.95
    false_discovery: float = 0.05


@dataclass(frozen=True, slots=True)
class _Groups:
    """A slice of one run by group, each of shape (groups,)."""

    units: Numbers
    statements: Numbers
    singles: Numbers
    gains: Numbers


@dataclass(frozen=True, slots=True)
class _Alone:
    """A slice of one run by itself: its rows, and the same without each group."""

    whole: UnitRows
    without: tuple[UnitRows, ...]


def differences(found: Pair, groups: int, limits: Limits) -> pa.Table:
    """The table `differences`: B - A for every slice that a run has, by both measures."""
    sides = [_by_group(sums, groups) for sums in (found.a, found.b)]
    alone = [_alone(sums, groups) for sums in (found.a, found.b)]
    shared = {at: int(rows["units"][0]) for at, rows in by_slice(found.shared, ("units",)).items()}
    nothing = _Groups(*(np.zeros(groups) for _ in range(4)))
    rows = []
    for at in sorted(sides[0].keys() | sides[1].keys()):
        a, b = (side.get(at, nothing) for side in sides)
        large = min(a.statements.sum(), b.statements.sum()) >= limits.statements
        rows.append(_in_corpus(at, a, b, shared.get(at, 0), limits.confidence if large else None))
        both = (alone[0][at], alone[1][at]) if large and at in alone[0] and at in alone[1] else None
        rows.append(_equal_n(at, a, b, both, shared.get(at, 0), limits.confidence))
    _adjust(rows, limits)
    order = [(name, "ascending") for name in ("measure", "slice_kind", "slice")]
    return pa.Table.from_pylist([{**row, "confidence": limits.confidence} for row in rows], DIFFERENCES.schema).sort_by(
        order
    )


def _in_corpus(at: Slice, a: _Groups, b: _Groups, shared: int, confidence: float | None) -> dict[str, Any]:
    rates = [side.singles.sum() / side.statements.sum() if side.statements.sum() else None for side in (a, b)]
    row = _row(at, IN_CORPUS, a, b, shared) | {
        "n": None, "rate_a": rates[0], "rate_b": rates[1],
        "singletons_a": int(a.singles.sum()), "singletons_b": int(b.singles.sum()),
    }  # fmt: skip
    if confidence is None:
        return row | _nothing(a, b, WHOLE)
    replicates = [_without(side) for side in (a, b)]
    # Groups that neither hold units of the slice nor bear on it say nothing of its variance.
    bear = (a.units + b.units > 0) | (replicates[0] != rates[0]) | (replicates[1] != rates[1])
    usable = bear & ~np.isnan(replicates[0]) & ~np.isnan(replicates[1])
    compared = compare_rates(rates[1], replicates[1][usable], rates[0], replicates[0][usable], confidence)
    same = _same(a, b, shared, np.array_equal(*(x[usable] for x in replicates)))
    return row | _told(compared, WHOLE, same)


def _without(side: _Groups) -> Numbers:
    """The rate of the slice in its run without each group; NaN where no statement is left."""
    left = side.statements.sum() - side.statements
    singles = side.singles.sum() - side.singles + side.gains
    return np.asarray(np.divide(singles, left, out=np.full(len(left), np.nan), where=left > 0))


def _equal_n(
    at: Slice, a: _Groups, b: _Groups, both: tuple[_Alone, _Alone] | None, shared: int, confidence: float
) -> dict[str, Any]:
    n = int(min(a.statements.sum(), b.statements.sum()))
    row = _row(at, EQUAL_N, a, b, shared) | {
        "n": n,
        "rate_a": None,
        "rate_b": None,
        "singletons_a": 0,
        "singletons_b": 0,
    }
    method = f"rarefied to {n} statements, paired delete-a-group jackknife"
    if both is None:
        return row | {"n": None} | _nothing(a, b, method)
    once = {
        f"singletons_{x}": int(np.asarray(own.whole.statements)[np.asarray(own.whole.r) == 1].sum())
        for x, own in zip("ab", both, strict=True)
    }
    row |= once
    if any(units_for_statements(n, own.whole.n, own.whole.units) < LEAST_UNITS - 1 for own in both):
        return row | _blank(method, "too_few_units")
    rates = [_at(own.whole, n) for own in both]
    replicates = [
        (_at(x, min(x.n, y.n)), _at(y, min(x.n, y.n)))
        for x, y, held in zip(both[0].without, both[1].without, a.units + b.units > 0, strict=True)
        if held and x.n > 0 and y.n > 0
    ]
    without = np.array(replicates, dtype=np.float64).reshape(-1, 2)
    compared = compare_rates(rates[1], without[:, 1], rates[0], without[:, 0], confidence)
    same = _same(a, b, shared, np.array_equal(without[:, 0], without[:, 1]))
    return row | {"rate_a": rates[0], "rate_b": rates[1]} | _told(compared, method, same)


def _at(rows: UnitRows, n: float) -> float:
    """The rate of a slice by itself at n of its statements."""
    t = min(float(units_for_statements(n, rows.n, rows.units)), rows.units - 1.0)
    return float(rarefied_rate(rows.r, rows.statements, rows.units, t))


def _same(a: _Groups, b: _Groups, shared: int, equal: bool) -> bool:
    """Every unit is in both and no group makes a difference: then there is none, and nothing to be unsure of."""
    return equal and shared == int(a.units.sum()) == int(b.units.sum())


def _row(at: Slice, measure: str, a: _Groups, b: _Groups, shared: int) -> dict[str, Any]:
    units = {"units_a": int(a.units.sum()), "units_b": int(b.units.sum()), "units_shared": shared}
    sizes = {"statements_a": int(a.statements.sum()), "statements_b": int(b.statements.sum())}
    return {"slice_kind": at[0], "slice": at[1], "measure": measure, **sizes, **units}


def _told(compared: Comparison, method: str, same: bool) -> dict[str, Any]:
    e: Estimate = compared.difference
    if same:
        e = replace(e, value=0.0, low=0.0, high=0.0)
    return {
        "difference": e.value, "low": e.low, "high": e.high, "method": method,
        "p_value": 1.0 if same else compared.p_value, "status": "same" if same else e.status,
    }  # fmt: skip


def _nothing(a: _Groups, b: _Groups, method: str) -> dict[str, Any]:
    status = "only_in_b" if not a.units.any() else "only_in_a" if not b.units.any() else "too_small"
    return _blank(method, status)


def _blank(method: str, status: str) -> dict[str, Any]:
    return {"difference": None, "low": None, "high": None, "method": method, "p_value": None, "status": status}


def _adjust(rows: list[dict[str, Any]], limits: Limits) -> None:
    """p_adjusted and changed, in place: over the slices of a measure; the corpus is one test by itself."""
    for measure in MEASURES:
        tested = [
            r for r in rows if r["measure"] == measure and r["slice_kind"] != "corpus" and r["p_value"] is not None
        ]
        adjusted = benjamini_hochberg([row["p_value"] for row in tested]) if tested else ()
        for row, p in zip(tested, adjusted, strict=True):
            row["p_adjusted"] = float(p)
    for row in rows:
        row.setdefault("p_adjusted", row["p_value"])
        row["changed"] = row["p_adjusted"] is not None and row["p_adjusted"] <= limits.false_discovery


def _by_group(sums: Sums, groups: int) -> dict[Slice, _Groups]:
    found: dict[Slice, _Groups] = {}
    gains = by_slice(sums.gains, ("g", "statements"))
    for at, rows in by_slice(sums.groups, ("g", "units", "statements", "singles")).items():
        gained = gains.get(at, {"g": np.zeros(0, np.int64), "statements": np.zeros(0)})
        units, statements, singles = (_dense(rows["g"], rows[n], groups) for n in ("units", "statements", "singles"))
        found[at] = _Groups(units, statements, singles, _dense(gained["g"], gained["statements"], groups))
    return found


def _dense(at: npt.NDArray[Any], values: npt.NDArray[Any], size: int) -> Numbers:
    """The sum of `values` at each place 0..size-1."""
    return np.asarray(np.bincount(at, weights=values, minlength=size), dtype=np.float64)


def _alone(sums: Sums, groups: int) -> dict[Slice, _Alone]:
    """The slices whose changes were summed, by themselves."""
    changes = by_slice(sums.changes, ("g", "r", "statements"))
    sizes = by_slice(sums.groups, ("g", "units"))
    found = {}
    for at, spectrum in by_slice(sums.spectra, ("r", "statements")).items():
        if at not in changes:
            continue
        own, units = changes[at], _dense(sizes[at]["g"], sizes[at]["units"], groups)
        r = np.union1d(spectrum["r"], own["r"])
        whole = _dense(np.searchsorted(r, spectrum["r"]), spectrum["statements"], len(r))
        without = []
        for g in range(groups):
            of_group = own["g"] == g
            less = _dense(np.searchsorted(r, own["r"][of_group]), own["statements"][of_group], len(r))
            without.append(_rows(r, whole + less, int(units.sum() - units[g])))
        found[at] = _Alone(_rows(r, whole, int(units.sum())), tuple(without))
    return found


def _rows(r: npt.NDArray[Any], statements: Numbers, units: int) -> UnitRows:
    held = statements > 0
    return UnitRows(r[held], statements[held], units)


def by_slice(table: pa.Table, columns: tuple[str, ...]) -> Mapping[Slice, dict[str, npt.NDArray[Any]]]:
    """Columns as numpy arrays, split by slice."""
    if table.num_rows == 0:
        return {}
    ordered = table.sort_by([("slice_kind", "ascending"), ("slice", "ascending"), (columns[0], "ascending")])
    at = list(zip(ordered["slice_kind"].to_pylist(), ordered["slice"].to_pylist(), strict=True))
    arrays = {column: ordered[column].to_numpy(zero_copy_only=False) for column in columns}
    return {at[i]: {column: values[i:j] for column, values in arrays.items()} for i, j in _runs(at)}


def _runs(at: list[Slice]) -> Iterator[tuple[int, int]]:
    """Begin and end of each stretch of equal slices."""
    starts = [i for i in range(len(at)) if i == 0 or at[i] != at[i - 1]]
    yield from zip(starts, [*starts[1:], len(at)], strict=True)
