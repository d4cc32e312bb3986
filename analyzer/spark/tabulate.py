"""Collected sums -> spectra, estimates, growth, risk: numpy on the driver, no Spark, every slice by the same code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.errors import InvariantError
from analyzer.schemas import CELLS, ESTIMATES, GROWTH, RISK, SPECTRA
from analyzer.settings import EstimateSettings
from analyzer.spark import corrected, whole
from analyzer.spark.bounds import Bounds, bounds
from analyzer.spark.estimate import DRAWN, EXPOSURES, KINDS, PAIR, Statistics
from analyzer.stats import (
    Spectrum,
    UnitRows,
    chiu_chao_singletons,
    growth_estimate,
    leave_one_unit_out_arrays,
    rarefied_estimate,
    units_for_statements,
)
from analyzer.stats.split_rate import SplitSums

FRACTIONS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4)  # sizes of the growth curve below the slice's own
MULTIPLES = (1.5, 2.0, 4.0)  # and above it; beyond twice is flagged
RATE_METHOD = "leave-one-unit-out Good-Turing, cluster-robust interval"
COUNTED = "counted, not estimated"
RANKED = ("rarefied_singleton_rate", "corrected_singleton_rate")  # what the ranking of domains takes from `estimates`
PIECE = 50_000  # rows made at once: a row is 1 KB as a dict, and 10^5 domains have three million


@dataclass(frozen=True, slots=True)
class Alone:
    """A slice by itself: its rows (r, statements, units), the same without each jackknife group, and its keys."""

    rows: UnitRows
    deleted: tuple[UnitRows, ...]
    keys: np.ndarray[Any, np.dtype[np.int64]]


def corpus_statements(found: Statistics) -> int:
    """N of the corpus at cluster level."""
    sums = found.sums
    at = pc.and_(pc.equal(sums["slice_kind"], "corpus"), pc.equal(sums["unit"], "cluster"))
    rows = sums.filter(pc.and_(at, pc.equal(sums["key"], "prompt")))
    return int(rows["n"][0].as_py()) if rows.num_rows else 0


def tables(
    found: Statistics,
    relations: pa.Table,
    domains: pa.Table,
    settings: EstimateSettings,
    splits: SplitSums | None = None,
    more: Iterable[dict[str, Any]] = (),
    sampled: whole.Sampled | None = None,
) -> dict[str, pa.Table]:
    """The tables of the estimate stage, by name; `more` are further rows of `estimates`."""
    rates = _rates(found.sums, settings, sampled)
    check_additive(rates)
    alone = slices_alone(found)
    common = common_size(rates, settings)
    found_bounds = bounds(rates, relations, settings)
    found_bounds = whole.no_bounds(found_bounds) if sampled else found_bounds
    estimates: Iterable[dict[str, Any]] = chain(
        _estimates(rates, settings),
        _alone_estimates(alone, common, settings),
        _corrected(rates, alone, settings, splits),
        _sensitivity(alone),
        [corrected.split_estimate(splits, settings)] if splits is not None else [],
        more,
    )
    if sampled:
        corpus = alone.get(("corpus", "*"))
        rows = (corpus.rows, corpus.deleted) if corpus else None
        of_whole = whole.estimates(rates, rows, sampled, settings.confidence)
        estimates = whole.labelled(chain(estimates, of_whole), sampled)
    packed, ranked = _packed(estimates)
    return {
        "spectra": _sorted(_spectra(found.spectra), SPECTRA.schema),
        "estimates": _sorted(packed, ESTIMATES.schema),
        "growth": _sorted(pa.Table.from_pylist(list(_growth(alone, settings)), GROWTH.schema), GROWTH.schema),
        "bounds": found_bounds.table,
        "risk": _risk(rates, ranked, found_bounds, domains, common),
        "cells": _cells(rates, settings.confidence),
    }


def _packed(estimates: Iterable[dict[str, Any]]) -> tuple[pa.Table, dict[tuple[str, str], dict[str, Any]]]:
    """The estimates table, unsorted, and the rows of `RANKED` by (statistic, domain)."""
    rows, pieces = iter(estimates), [ESTIMATES.schema.empty_table()]
    ranked: dict[tuple[str, str], dict[str, Any]] = {}
    while piece := list(islice(rows, PIECE)):
        pieces.append(pa.Table.from_pylist(piece, ESTIMATES.schema))
        of_domains = (e for e in piece if e["slice_kind"] == "domain" and e["unit"] == "cluster")
        ranked |= {(e["statistic"], e["slice"]): e for e in of_domains if e["statistic"] in RANKED}
    return pa.concat_tables(pieces), ranked


def _rates(sums: pa.Table, settings: EstimateSettings, sampled: whole.Sampled | None = None) -> list[dict[str, Any]]:
    """Every slice, key and unit with its leave-one-unit-out rate."""
    ordered = sums.sort_by([(name, "ascending") for name in ("key", "unit", "slice_kind", "slice")])
    names = ("a", "n", "units", "a2", "am", "m2", "cross", *DRAWN)
    column = {name: ordered[name].to_numpy(zero_copy_only=False) for name in names}
    found = leave_one_unit_out_arrays(
        column["a"], column["n"], column["units"], column["a2"], column["am"], column["m2"], column["cross"],
        confidence=settings.confidence, more_variance=whole.variances(column, sampled),
    )  # fmt: skip
    rows: list[dict[str, Any]] = ordered.to_pylist()
    for row, value, low, high, status in zip(rows, *found, strict=True):
        row |= {"value": _number(value), "low": _number(low), "high": _number(high), "status": str(status)}
    return rows


def check_additive(rates: list[dict[str, Any]]) -> None:
    """S = sum over slices of (N_d / N) S_d, exactly: numerators and denominators of a kind add up to the corpus'."""
    totals: dict[tuple[str, str, str], list[int]] = {}
    for row in rates:
        total = totals.setdefault((row["key"], row["unit"], row["slice_kind"]), [0, 0])
        total[0] += row["a"]
        total[1] += row["n"]
    for (key, unit, kind), total in sorted(totals.items()):
        whole = totals[key, unit, "corpus"]
        if total != whole:
            raise InvariantError(f"estimate: {kind} slices of {key}/{unit} add up to {total}, the corpus has {whole}")


def _estimates(rates: list[dict[str, Any]], settings: EstimateSettings) -> Iterator[dict[str, Any]]:
    for row in rates:
        if row["slice_kind"] not in KINDS:
            continue
        at = {name: row[name] for name in ("slice_kind", "slice", "key", "unit", "units")}
        counts = {"numerator": row["a"], "denominator": row["n"], "confidence": settings.confidence}
        ends = {"value": row["value"], "low": row["low"], "high": row["high"], "status": row["status"]}
        method = RATE_METHOD
        yield {**at, **counts, **ends, "statistic": "singleton_rate", "method": method}
        seen = {"value": 1 - row["value"], "low": 1 - row["high"], "high": 1 - row["low"]}
        numerator = {"numerator": row["n"] - row["a"]}
        yield {**at, **counts, **ends, **seen, **numerator, "statistic": "sample_coverage", "method": method}
        share = row["singleton_keys"] / row["keys"]
        counted = {"numerator": row["singleton_keys"], "denominator": row["keys"], "confidence": None}
        blank = {"value": share, "low": None, "high": None, "status": "ok", "method": COUNTED}
        yield {**at, **counted, **blank, "statistic": f"share_of_{row['key']}s_seen_once"}
        for r in EXPOSURES:
            held = {"value": row[f"low_{r}"] / row["n"], "numerator": row[f"low_{r}"], "denominator": row["n"]}
            yield {**at, **counted, **blank, **held, "statistic": f"low_exposure_mass_{r}"}


def slices_alone(found: Statistics) -> dict[tuple[str, str], Alone]:
    """The slices large enough for a jackknife, each as if it were the whole corpus."""
    spectra = _by_slice(found.spectra, ("r", "keys", "statements"))
    groups = _by_slice(found.groups, ("g", "units", "statements"))
    changes = _by_slice(found.changes, ("g", "r", "keys", "statements"))
    return {at: _alone(spectra[at], groups[at], change) for at, change in changes.items()}


def _alone(spectrum: dict[str, Any], groups: dict[str, Any], changes: dict[str, Any]) -> Alone:
    order = np.argsort(spectrum["r"])
    r, keys, statements = (spectrum[name][order] for name in ("r", "keys", "statements"))
    units = int(groups["units"].sum())
    sizes = np.union1d(r, changes["r"])
    base = np.zeros(len(sizes))
    base[np.searchsorted(sizes, r)] = statements
    deleted = []
    for g, less in sorted(zip(groups["g"].tolist(), groups["units"].tolist(), strict=True)):
        left = base.copy()
        of_group = changes["g"] == g
        np.add.at(left, np.searchsorted(sizes, changes["r"][of_group]), changes["statements"][of_group])
        held = left > 0
        deleted.append(UnitRows(sizes[held], left[held], units - less))
    return Alone(UnitRows(r, statements, units), tuple(rows for rows in deleted if rows.n > 0), keys)


def common_size(rates: list[dict[str, Any]], settings: EstimateSettings) -> int | None:
    """Statements at which slices are compared: as set, else the smallest domain that is large enough to be ranked."""
    if settings.common_n:
        return settings.common_n
    sizes = [
        row["n"] for row in rates if (row["slice_kind"], row["key"], row["unit"]) == ("domain", "prompt", "cluster")
    ]
    return min((n for n in sizes if n >= settings.min_statements), default=None)


def _alone_estimates(
    alone: Mapping[tuple[str, str], Alone], common: int | None, settings: EstimateSettings
) -> Iterator[dict[str, Any]]:
    for (kind, name), own in alone.items():
        n = int(own.rows.n)
        at = {"slice_kind": kind, "slice": name, "key": "prompt", "unit": "cluster", "units": own.rows.units}
        singles = int(np.asarray(own.rows.statements)[np.asarray(own.rows.r) == 1].sum())
        for statistic, size in (("closed_world_singleton_rate", n), ("rarefied_singleton_rate", common)):
            if size is None:
                continue
            e = rarefied_estimate(own.rows, own.deleted, float(size), settings.confidence)
            counts = {"numerator": singles if size == n else None, "denominator": size, "confidence": e.confidence}
            ends = {"value": e.value, "low": e.low, "high": e.high, "method": e.method, "status": e.status}
            yield {**at, "statistic": statistic, **counts, **ends}


def _sensitivity(alone: Mapping[tuple[str, str], Alone]) -> Iterator[dict[str, Any]]:
    """The rate if the number of singletons is not believed but read off f_2, f_3, f_4, of prompts by clusters."""
    for (kind, name), own in alone.items():
        spectrum = Spectrum.from_frequencies(np.asarray(own.rows.r), own.keys)
        e = chiu_chao_singletons(spectrum)
        at = {"slice_kind": kind, "slice": name, "key": "prompt", "unit": "cluster", "units": own.rows.units}
        others = spectrum.n - spectrum.f(1)
        value = None if e.value is None or e.value + others == 0 else e.value / (e.value + others)
        blank = {"low": None, "high": None, "confidence": None, "numerator": None, "denominator": None}
        yield {
            **at,
            **blank,
            "statistic": "chiu_chao_singleton_rate",
            "value": value,
            "method": e.method,
            "status": e.status,
        }


def _growth(alone: Mapping[tuple[str, str], Alone], settings: EstimateSettings) -> Iterator[dict[str, Any]]:
    for (kind, name), own in alone.items():
        n, units = own.rows.n, own.rows.units
        at = {"slice_kind": kind, "slice": name, "key": "prompt", "unit": "cluster", "confidence": settings.confidence}
        for factor in (*FRACTIONS, 1.0, *MULTIPLES):
            e = growth_estimate(own.rows, own.deleted, n * factor, settings.confidence)
            size = {"units": units * factor, "statements": n * factor}
            ends = {"value": e.value, "low": e.low, "high": e.high, "status": e.status}
            method = "observed" if factor == 1 else "rarefaction" if factor < 1 else "extrapolation"
            yield {**at, **size, **ends, "method": method}


def _corrected(
    rates: list[dict[str, Any]],
    alone: Mapping[tuple[str, str], Alone],
    settings: EstimateSettings,
    splits: SplitSums | None,
) -> Iterator[dict[str, Any]]:
    """The corrected companion of each singleton rate; without measured errors it has no value and says so."""
    wanted = [row for row in rates if (row["key"], row["unit"]) == ("prompt", "cluster") and row["slice_kind"] in KINDS]

    def spectrum(row: dict[str, Any]) -> Spectrum | None:
        own = alone.get((row["slice_kind"], row["slice"]))
        return Spectrum.from_frequencies(np.asarray(own.rows.r), own.keys) if own else None

    yield from corrected.estimates(wanted, spectrum, settings, splits)


def _risk(
    rates: list[dict[str, Any]],
    own: Mapping[tuple[str, str], dict[str, Any]],
    found: Bounds,
    domains: pa.Table,
    common: int | None,
) -> pa.Table:
    """Domains by the lower limit of their rate at equal N; those too small to compare come last, unranked.

    `own`: estimates by (statistic, domain).
    """
    by = {(row["unit"], row["slice"]): row for row in rates if row["key"] == "prompt" and row["slice_kind"] == "domain"}
    rows = []
    for place in domains.sort_by("domain").to_pylist():
        name = place["domain"]
        main, raw, document = (by.get((unit, name)) for unit in ("cluster", "mention", "document"))
        equal = own.get(("rarefied_singleton_rate", name), {})
        companion = own.get(("corrected_singleton_rate", name), {})
        status = _comparable(main, common) if "low" in equal else "too_small"
        ranked = status == "ok"
        rows.append(
            {
                "rank": None,
                "domain": name,
                "statements": main["n"] if main else 0,
                "singletons": main["a"] if main else 0,
                "clusters": main["units"] if main else 0,
                "singleton_rate": main["value"] if main else None,
                "low": main["low"] if main else None,
                "high": main["high"] if main else None,
                "common_n": common if ranked else None,
                "rarefied_rate": equal.get("value") if ranked else None,
                "rarefied_low": equal.get("low") if ranked else None,
                "rarefied_high": equal.get("high") if ranked else None,
                "raw_rate": raw["value"] if raw else None,
                "document_rate": document["value"] if document else None,
                "corrected_rate": companion.get("value"),
                "corrected_low": companion.get("low"),
                "bound": found.refined.get(name, (None, "conditions_not_met"))[0],
                "bound_status": found.refined.get(name, (None, "conditions_not_met"))[1],
                "documents": place["documents"],
                "removed_by_dedup": 1 - place["representatives"] / place["documents"],
                "status": status,
            }
        )
    rows.sort(key=lambda r: (r["status"] != "ok", -(r["rarefied_low"] or 0), -r["statements"], r["domain"]))
    for rank, row in enumerate((row for row in rows if row["status"] == "ok"), start=1):
        row["rank"] = rank
    return pa.Table.from_pylist(rows, RISK.schema)


def _comparable(main: Mapping[str, Any] | None, common: int | None) -> str:
    """Whether a domain has a place in the ranking: enough statements, and two units left at the common size.

    Below that the rate would say how a single document repeats itself, which is not what is compared.
    """
    if main is None or common is None or main["n"] < common:
        return "too_small"
    return "ok" if units_for_statements(common, main["n"], main["units"]) >= 1 else "too_few_units"


def _cells(rates: list[dict[str, Any]], confidence: float) -> pa.Table:
    """Domain x relation, by the names."""
    rows = []
    for row in rates:
        if (row["slice_kind"], row["key"], row["unit"]) != ("domain_relation", "prompt", "cluster"):
            continue
        domain, _, relation = row["slice"].rpartition(PAIR)
        at = {"domain": domain, "relation": relation, "unit": "cluster", "confidence": confidence}
        counts = {"statements": row["n"], "singletons": row["a"], "clusters": row["units"], "method": RATE_METHOD}
        ends = {name: row[name] for name in ("low", "high", "status")}
        rows.append({**at, **counts, "singleton_rate": row["value"], **ends})
    return pa.Table.from_pylist(rows, CELLS.schema).sort_by([("domain", "ascending"), ("relation", "ascending")])


def _spectra(found: pa.Table) -> pa.Table:
    constant = {"key": "prompt", "unit": "cluster"}
    for name, value in constant.items():
        found = found.append_column(name, pa.array([value] * found.num_rows, pa.string()))
    return found.select(SPECTRA.schema.names).cast(SPECTRA.schema)


def _by_slice(table: pa.Table, columns: tuple[str, ...]) -> dict[tuple[str, str], dict[str, Any]]:
    """Columns as numpy arrays, split by slice, slices in order."""
    if table.num_rows == 0:
        return {}
    ordered = table.sort_by([("slice_kind", "ascending"), ("slice", "ascending"), (columns[0], "ascending")])
    kinds, names = ordered["slice_kind"].to_pylist(), ordered["slice"].to_pylist()
    starts = [i for i in range(len(names)) if i == 0 or (kinds[i], names[i]) != (kinds[i - 1], names[i - 1])]
    arrays = {column: ordered[column].to_numpy(zero_copy_only=False) for column in columns}
    ends = [*starts[1:], len(names)]
    return {
        (kinds[i], names[i]): {column: values[i:j] for column, values in arrays.items()}
        for i, j in zip(starts, ends, strict=True)
    }


def _sorted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    order = [name for name in ("slice_kind", "slice", "key", "unit", "statistic", "r", "units") if name in schema.names]
    return table.sort_by([(name, "ascending") for name in order])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
