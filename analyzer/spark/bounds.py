"""Bounds of Theorem 2 and of Kalai and Vempala for the corpus, each domain and each relation, stratified by relation.

Theorem 2 speaks of prompts with one right answer, so only functional relations go in, and of them only those with
`min_statements` statements: a stratum costs the others a share of gamma. What the bound covers is a column.
Statements come in clusters, so each bound stands twice: for the literal number of statements, and for the effective
number (sum m)^2 / sum m^2, the one to use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analyzer.schemas import BOUNDS
from analyzer.settings import EstimateSettings
from analyzer.spark.estimate import PAIR
from analyzer.stats import Stratum, kalai_vempala_lower, refined_lower, stratified_lower, theorem2_lower, theorem2_upper

LOWER: dict[str, Callable[..., Any]] = {"theorem2_literal": theorem2_lower, "theorem2_refined": refined_lower}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The `bounds` table, and (value, status) of the refined bound of each domain."""

    table: pa.Table
    refined: Mapping[str, tuple[float | None, str]]


def bounds(rates: Iterable[Mapping[str, Any]], relations: pa.Table, settings: EstimateSettings) -> Bounds:
    """All bounds. `rates` are the rows of the sums with their rates, domain x relation among them."""
    by_cluster = [row for row in rates if row["unit"] == "cluster"]
    prompts = {(row["slice_kind"], row["slice"]): row for row in by_cluster if row["key"] == "prompt"}
    facts = {(row["slice_kind"], row["slice"]): row for row in by_cluster if row["key"] == "fact"}
    known = {row["relation"]: row for row in relations.to_pylist()}
    usable = {name: row for name, row in known.items() if row["functional"]}
    every = _ratio(known.values())

    strata: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {("corpus", "*"): {}}
    for (kind, name), row in prompts.items():
        if kind == "domain":
            strata[kind, name] = strata.get((kind, name), {})
        if row["n"] < settings.min_statements:
            continue
        if kind == "relation" and name in usable:
            strata["corpus", "*"][name] = row
            strata[kind, name] = {name: row}
        if kind == "domain_relation":
            domain, _, relation = name.rpartition(PAIR)
            if relation in usable:
                strata.setdefault(("domain", domain), {})[relation] = row

    rows: list[dict[str, Any]] = []
    refined: dict[str, tuple[float | None, str]] = {}
    for at in sorted(strata):
        if at not in prompts:
            continue
        found = _theorem2(at, prompts[at]["n"], strata[at], usable, settings)
        rows += found
        if at[0] == "domain":
            best = next(b for b in found if (b["bound"], b["n_kind"]) == ("theorem2_refined", "effective"))
            refined[at[1]] = (best["value"], best["status"])
        if at in facts:
            own = _ratio([known[at[1]]]) if at[0] == "relation" else every
            rows += _kalai_vempala(at, facts[at], own, 1 if at[0] == "relation" else len(known), settings)
    rows.sort(key=lambda r: (r["slice_kind"], r["slice"], r["bound"], r["n_kind"]))
    return Bounds(pa.Table.from_pylist(rows, BOUNDS.schema), refined)


def _theorem2(
    at: tuple[str, str],
    n: int,
    strata: Mapping[str, Mapping[str, Any]],
    usable: Mapping[str, Mapping[str, Any]],
    settings: EstimateSettings,
) -> list[dict[str, Any]]:
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


def _ratio(relations: Collection[Mapping[str, Any]]) -> float:
    """|F|/|H|: a falsehood is another answer of the same relation, so |H|/|F| is at least distinct answers - 1.

    For a mixture the least over relations would be 0 (a relation of one answer), so the weighted harmonic mean stands
    in: |F|/|H| = sum over relations of (prompts share) / (distinct answers - 1), relations of one answer counting 1.
    """
    prompts = sum(row["prompts"] for row in relations)
    shares = (row["prompts"] / prompts / max(row["distinct_answers"] - 1, 1) for row in relations)
    return sum(shares) if prompts else 1.0


def _kalai_vempala(
    at: tuple[str, str], row: Mapping[str, Any], ratio: float, relations: int, settings: EstimateSettings
) -> list[dict[str, Any]]:
    """Over all facts; `ratio` = |F|/|H| of the slice's `relations`."""
    rows = []
    for n_kind, n in (("literal", float(row["n"])), ("effective", _effective(row))):
        found = kalai_vempala_lower(row["value"], n, 1 / ratio, settings.delta or 0.0, settings.gamma)
        void = found.value + found.delta if found.value is not None and found.value > 0 else None
        more = {"n": n, "n_kind": n_kind, "covered": 1.0, "relations": relations, "delta_star": void}
        rows.append(_row(at, "kalai_vempala", found, **more))
    return rows


def _effective(row: Mapping[str, Any]) -> float:
    return float(row["n"]) ** 2 / float(row["m2"]) if row["m2"] else 0.0


def _row(at: tuple[str, str], name: str, bound: Any, **more: Any) -> dict[str, Any]:
    fields = ("value", "rate", "slack", "wrong_answers", "delta", "gamma", "conditions", "status")
    row = {"slice_kind": at[0], "slice": at[1], "bound": name, **{f: getattr(bound, f) for f in fields}, **more}
    return {"delta_star": None} | row
