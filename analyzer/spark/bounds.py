"""Bounds of Theorem 2 and of Kalai and Vempala for the corpus, each domain and each relation, stratified by relation.

Theorem 2 speaks of prompts with one right answer, so only functional relations go in, and of them only those with
`min_statements` statements: a stratum costs the others a share of gamma. What the bound covers is a column.
Statements come in clusters, so each bound stands twice: for the literal number of statements, and for the effective
number (sum m)^2 / sum m^2, the one to use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.schemas import BOUNDS
from analyzer.settings import EstimateSettings
from analyzer.spark import slices
from analyzer.spark.estimate import PAIR
from analyzer.stats import Stratum, kalai_vempala_lower, refined_lower, stratified_lower, theorem2_lower, theorem2_upper

Row = dict[str, Any]
Relations = Mapping[str, Row]  # by name
Strata = Mapping[tuple[str, str], Relations]  # by slice: the sums and rates of its relations
LOWER: dict[str, Callable[..., Any]] = {"theorem2_literal": theorem2_lower, "theorem2_refined": refined_lower}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The `bounds` table, and (value, status) of the refined bound of each domain."""

    table: pa.Table
    refined: Mapping[str, tuple[float | None, str]]


def bounds(rates: pa.Table, relations: pa.Table, settings: EstimateSettings) -> Bounds:
    """All bounds. `rates` are the sums with their rates (`slices.rates`), domain x relation among them."""
    known = {row["relation"]: row for row in relations.to_pylist()}
    usable = {name: row for name, row in known.items() if row["functional"]}
    strata = _strata(rates, usable, settings.min_statements)
    of_prompts, of_facts = _of_prompts(rates, strata, usable, settings), _of_facts(rates, strata, known, settings)
    table = slices.packed(chain(of_prompts, of_facts), BOUNDS.schema)
    best = slices.at(table, slice_kind="domain", bound="theorem2_refined", n_kind="effective")
    refined = {row["slice"]: (row["value"], row["status"]) for row in slices.rows(best)}
    order = ("slice_kind", "slice", "bound", "n_kind")
    return Bounds(table.sort_by([(name, "ascending") for name in order]), refined)


def _of_prompts(rates: pa.Table, strata: Strata, usable: Relations, settings: EstimateSettings) -> Iterator[Row]:
    for row in slices.rows(_bounded(rates, "prompt")):
        at = row["slice_kind"], row["slice"]
        if at in strata or at[0] != "relation":
            yield from _theorem2(at, row["n"], strata.get(at, {}), usable, settings)


def _of_facts(rates: pa.Table, strata: Strata, known: Relations, settings: EstimateSettings) -> Iterator[Row]:
    every = _ratio(known.values())
    for row in slices.rows(_bounded(rates, "fact")):
        at = row["slice_kind"], row["slice"]
        if at[0] != "relation":
            yield from _kalai_vempala(at, row, every, len(known), settings)
        elif at in strata:
            yield from _kalai_vempala(at, row, _ratio([known[at[1]]]), 1, settings)


def _bounded(rates: pa.Table, key: str) -> pa.Table:
    """The slices that bounds speak of, with what these need."""
    found = slices.at(rates, key=key, unit="cluster", slice_kind=("corpus", "domain", "relation"))
    return found.select(["slice_kind", "slice", "n", "m2", "value"])


def _strata(rates: pa.Table, usable: Relations, least: int) -> Strata:
    """By slice its functional relations of at least `least` statements; of a slice that has none there is no entry."""
    of_relations = slices.at(rates, key="prompt", unit="cluster", slice_kind=("relation", "domain_relation"))
    strata: dict[tuple[str, str], dict[str, Row]] = {}
    for row in slices.rows(of_relations.filter(pc.greater_equal(of_relations["n"], least))):
        domain, _, relation = row["slice"].rpartition(PAIR)
        if relation not in usable:
            continue
        if row["slice_kind"] == "domain_relation":
            strata.setdefault(("domain", domain), {})[relation] = row
        else:
            strata.setdefault(("corpus", "*"), {})[relation] = row
            strata["relation", relation] = {relation: row}
    return strata


def _theorem2(
    at: tuple[str, str],
    n: int,
    strata: Relations,
    usable: Relations,
    settings: EstimateSettings,
) -> list[Row]:
    covered = sum(row["n"] for row in strata.values()) / n if n else 0.0
    rows = []
    for n_kind in ("literal", "effective"):
        parts = [
            Stratum(
                row["value"],
                row["n"],
                usable[name]["distinct_answers"] - 1,
                settings.delta or 0.0,
                samples=_effective(row) if n_kind == "effective" else None,
            )
            for name, row in sorted(strata.items())
        ]
        samples = sum(part.n if part.samples is None else part.samples for part in parts)
        common = {"n": float(samples), "n_kind": n_kind, "covered": covered, "relations": len(parts)}
        for name, bound in LOWER.items():
            void = _delta_star(parts, settings.gamma, bound)
            rows.append(_row(at, name, stratified_lower(parts, settings.gamma, bound), delta_star=void, **common))
        if len(parts) == 1:
            upper = theorem2_upper(parts[0].rate, samples, parts[0].wrong_answers, settings.gamma)
            rows.append(_row(at, "theorem2_upper", upper, **common))
    return rows


def _delta_star(parts: list[Stratum], gamma: float, bound: Callable[..., Any]) -> float | None:
    """The miscalibration at which the last stratum falls silent; None if all are silent without any."""
    alone = [
        bound(part.rate, part.n if part.samples is None else part.samples, part.wrong_answers, 0.0, gamma / len(parts))
        for part in parts
    ]
    return max((b.value for b in alone if b.value is not None and b.value > 0), default=None)


def _ratio(relations: Collection[Row]) -> float:
    """|F|/|H|: a falsehood is another answer of the same relation, so |H|/|F| is at least distinct answers - 1.

    For a mixture the least over relations would be 0 (a relation of one answer), so the weighted harmonic mean stands
    in: |F|/|H| = sum over relations of (prompts share) / (distinct answers - 1), relations of one answer counting 1.
    """
    prompts = sum(row["prompts"] for row in relations)
    shares = (row["prompts"] / prompts / max(row["distinct_answers"] - 1, 1) for row in relations)
    return sum(shares) if prompts else 1.0


def _kalai_vempala(
    at: tuple[str, str], row: Row, ratio: float, relations: int, settings: EstimateSettings
) -> list[Row]:
    """Over all facts; `ratio` = |F|/|H| of the slice's `relations`."""
    rows = []
    for n_kind, n in (("literal", float(row["n"])), ("effective", _effective(row))):
        found = kalai_vempala_lower(row["value"], n, 1 / ratio, settings.delta or 0.0, settings.gamma)
        void = found.value + found.delta if found.value is not None and found.value > 0 else None
        more = {"n": n, "n_kind": n_kind, "covered": 1.0, "relations": relations, "delta_star": void}
        rows.append(_row(at, "kalai_vempala", found, **more))
    return rows


def _effective(row: Row) -> float:
    return float(row["n"]) ** 2 / float(row["m2"]) if row["m2"] else 0.0


def _row(at: tuple[str, str], name: str, bound: Any, **more: Any) -> Row:
    fields = ("value", "rate", "slack", "wrong_answers", "delta", "gamma", "conditions", "status")
    row = {"slice_kind": at[0], "slice": at[1], "bound": name, **{f: getattr(bound, f) for f in fields}, **more}
    return {"delta_star": None} | row
