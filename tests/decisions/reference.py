"""The sums of two runs from their cells, one cell at a time in plain Python: what Spark's are compared with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analyzer.decisions.differences import Pair, Sums

SLICE = [("slice_kind", pa.string()), ("slice", pa.string())]


@dataclass(frozen=True)
class Cell:
    """c statements of prompt k in cluster u, which is the joint unit `unit` of group g, and stands in `slices`."""

    k: Any
    u: Any
    unit: Any
    g: int
    c: int
    slices: tuple[tuple[str, str], ...]


def pair(a: Iterable[Cell], b: Iterable[Cell], least: int = 1, turnover: pa.Table | None = None) -> Pair:
    """The sums of two runs; `turnover` is handed through."""
    sides = [list(a), list(b)]
    sizes = [Counter(), Counter()]
    for side, size in zip(sides, sizes, strict=True):
        for cell in side:
            for at in cell.slices:
                size[at] += cell.c
    large = {at for at in sizes[0] if min(size[at] for size in sizes) >= least}
    held = [{(at, cell.unit) for cell in side for at in cell.slices} for side in sides]
    shared = Counter(at for at, _ in held[0] & held[1])
    empty = table([], ("item", pa.string()), *[(n, pa.int64()) for n in ("in_a", "in_b", "left", "entered")])
    units = table([(*at, n) for at, n in shared.items()], ("units", pa.int64()))
    return Pair(sums(sides[0], large), sums(sides[1], large), units, turnover or empty)


def sums(cells: list[Cell], large: set[tuple[str, str]]) -> Sums:
    holders: dict[Any, list[Cell]] = defaultdict(list)
    for cell in cells:
        holders[cell.k].append(cell)
    units, groups = defaultdict(set), defaultdict(Counter)
    by_key: dict[tuple[Any, Any], list[Cell]] = defaultdict(list)
    for cell in cells:
        for at in cell.slices:
            units[at, cell.g].add(cell.u)
            groups[at, cell.g]["statements"] += cell.c
            groups[at, cell.g]["singles"] += cell.c if len(holders[cell.k]) == 1 else 0
            by_key[at, cell.k].append(cell)
    gains: Counter = Counter()
    for found in holders.values():
        for g in {cell.g for cell in found}:
            left = [cell for cell in found if cell.g != g]
            if len(left) == 1 and len(found) > 1:
                gains.update({(at, g): left[0].c for at in left[0].slices})
    spectra, changes = defaultdict(Counter), defaultdict(Counter)
    for (at, _), found in by_key.items():
        if at in large:
            spectra[at, len(found)].update(keys=1, statements=sum(cell.c for cell in found))
            for g in {cell.g for cell in found}:
                left = [cell for cell in found if cell.g != g]
                changes[at, g, len(found)].subtract(keys=1, statements=sum(cell.c for cell in found))
                if left:
                    changes[at, g, len(left)].update(keys=1, statements=sum(cell.c for cell in left))
    whole = [("keys", pa.int64()), ("statements", pa.int64())]
    return Sums(
        table(
            [(*at, g, len(units[at, g]), n["statements"], n["singles"]) for (at, g), n in groups.items()],
            ("g", pa.int64()), ("units", pa.int64()), ("statements", pa.int64()), ("singles", pa.int64()),
        ),
        table([(*at, g, n) for (at, g), n in gains.items()], ("g", pa.int64()), ("statements", pa.int64())),
        table([(*at, r, n["keys"], n["statements"]) for (at, r), n in spectra.items()], ("r", pa.int64()), *whole),
        table(
            [(*at, g, r, n["keys"], n["statements"]) for (at, g, r), n in changes.items()],
            ("g", pa.int64()), ("r", pa.int64()), *whole,
        ),
    )  # fmt: skip


def table(rows: list[tuple[Any, ...]], *columns: tuple[str, pa.DataType]) -> pa.Table:
    schema = pa.schema([*SLICE, *columns])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
