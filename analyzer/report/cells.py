"""Where domain and relation meet: the map of rates, and what the riskiest domains state. From the table `cells`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.report.model import Cell, Domain, Example, Map, Portrait

DOMAINS, RELATIONS = 24, 12  # rows and columns of the map: what a page of A4 can hold
COLOURED = 10  # statements from which a cell is coloured: below, one statement more moves its rate by ten points
RISKIEST, OF_EACH = 10, 8  # domains with a section of their own, and relations shown in it
STEPS = (0.5, 0.7, 0.8, 0.9)  # where the map's colour changes
COLUMNS = ("domain", "relation", "statements", "singletons", "clusters", "singleton_rate", "low", "high", "status")


def of_table(table: pa.Table | None, domains: Sequence[Domain]) -> Map | None:
    """The map of the first domains with statements, and of the relations that these state most. None without cells."""
    names = [row.domain for row in domains if row.statements][:DOMAINS]
    cells = _of(table, names)
    if not cells:
        return None
    stated: Counter[str] = Counter()
    for cell in cells:
        stated[cell.relation] += cell.statements
    relations = sorted(stated, key=lambda relation: (-stated[relation], relation))
    at = {(cell.domain, cell.relation): cell for cell in cells}
    return Map(
        tuple(names),
        tuple(relations[:RELATIONS]),
        tuple(tuple(at.get((domain, relation)) for relation in relations[:RELATIONS]) for domain in names),
        len(relations),
    )


def portraits(table: pa.Table | None, domains: Sequence[Domain], examples: Sequence[Example]) -> tuple[Portrait, ...]:
    """The first domains by rank, one by one. Without the table their relations are empty."""
    ranked = [row for row in domains if row.rank is not None][:RISKIEST]
    cells = _of(table, [row.domain for row in ranked])
    found = []
    for row in ranked:
        own = sorted(
            (cell for cell in cells if cell.domain == row.domain),
            key=lambda cell: (-cell.singletons, -cell.statements, cell.relation),
        )
        shown = tuple(example for example in examples if example.domain == row.domain)
        found.append(Portrait(row, tuple(own[:OF_EACH]), len(own), shown))
    return tuple(found)


def step(cell: Cell) -> int:
    """The colour of a cell on the map: 1 to 5 by its rate; 0 for one of too few statements."""
    return 0 if cell.statements < COLOURED else 1 + sum(cell.singleton_rate >= least for least in STEPS)


def map_of_dict(found: Mapping[str, Any] | None) -> Map | None:
    """A stored `Map`, as `dataclasses.asdict` made it."""
    if found is None:
        return None
    rows = tuple(tuple(Cell(**cell) if cell else None for cell in row) for row in found["rows"])
    return Map(**{**found, "domains": tuple(found["domains"]), "relations": tuple(found["relations"]), "rows": rows})


def portrait_of_dict(found: Mapping[str, Any]) -> Portrait:
    """A stored `Portrait`."""
    relations = tuple(Cell(**cell) for cell in found["relations"])
    examples = tuple(Example(**row) for row in found["examples"])
    return Portrait(Domain(**found["domain"]), relations, found["relations_total"], examples)


def _of(table: pa.Table | None, domains: Sequence[str]) -> list[Cell]:
    if table is None or not domains:
        return []
    wanted = table.filter(pc.is_in(table["domain"], pa.array(domains, pa.string())))
    return [Cell(**row) for row in wanted.select(list(COLUMNS)).to_pylist()]
