"""Collected sums -> the leave-one-unit-out rate of every slice, key and unit, as a table of columns.

A row as a dict takes 1 KB and 10^5 domains have millions, so rows are made only where they are read, piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.errors import InvariantError
from analyzer.settings import EstimateSettings
from analyzer.stats import leave_one_unit_out_arrays

RATE_METHOD = "leave-one-unit-out Good-Turing, cluster-robust interval"
PIECE = 50_000  # rows made at once

Row = dict[str, Any]


def rates(sums: pa.Table, confidence: float, more_variance: npt.ArrayLike = 0.0) -> pa.Table:
    """`sums` with value, low, high (null where undefined) and status of the leave-one-unit-out rate.

    more_variance: what else than the units was left to chance, a number a row of `sums`.
    """
    a, n, units, a2, am, m2, cross = (sums[name].to_numpy() for name in ("a", "n", "units", "a2", "am", "m2", "cross"))
    found = leave_one_unit_out_arrays(a, n, units, a2, am, m2, cross, confidence, more_variance=more_variance)
    for name, numbers in (("value", found.value), ("low", found.low), ("high", found.high)):
        sums = sums.append_column(name, pa.array(numbers, pa.float64(), mask=np.isnan(numbers)))
    return sums.append_column("status", pa.array(found.status.tolist(), pa.string()))


def at(table: pa.Table, **where: str | tuple[str, ...]) -> pa.Table:
    """The rows whose columns have the value given, or one of the values."""
    wanted = pc.scalar(True)
    for name, value in where.items():
        wanted &= pc.field(name).cast(pa.string()).isin([value] if isinstance(value, str) else list(value))
    return table.filter(wanted)


def pieces(table: pa.Table) -> Iterator[list[Row]]:
    """The rows of a table, `PIECE` at once."""
    for start in range(0, table.num_rows, PIECE):
        yield table.slice(start, PIECE).to_pylist()


def rows(table: pa.Table) -> Iterator[Row]:
    """The rows of a table, never all of them in memory."""
    for piece in pieces(table):
        yield from piece


def packed(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    """The reverse: rows as they come, as one table."""
    left, tables = iter(rows), [schema.empty_table()]
    while piece := list(islice(left, PIECE)):
        tables.append(pa.Table.from_pylist(piece, schema))
    return pa.concat_tables(tables)


def check_additive(rates: pa.Table) -> None:
    """S = sum over slices of (N_d / N) S_d, exactly: numerators and denominators of a kind add up to the corpus'."""
    totals = rates.group_by(["key", "unit", "slice_kind"]).aggregate([("a", "sum"), ("n", "sum")]).to_pylist()
    by = {(row["key"], row["unit"], row["slice_kind"]): [row["a_sum"], row["n_sum"]] for row in totals}
    for (key, unit, kind), total in sorted(by.items()):
        corpus = by[key, unit, "corpus"]
        if total != corpus:
            raise InvariantError(f"estimate: {kind} slices of {key}/{unit} add up to {total}, the corpus has {corpus}")


def common_size(rates: pa.Table, settings: EstimateSettings) -> int | None:
    """Statements at which slices are compared: as set, else the smallest domain that is large enough to be ranked."""
    if settings.common_n:
        return settings.common_n
    sizes = at(rates, slice_kind="domain", key="prompt", unit="cluster")["n"]
    least = pc.min(sizes.filter(pc.greater_equal(sizes, settings.min_statements))).as_py()
    return None if least is None else int(least)
