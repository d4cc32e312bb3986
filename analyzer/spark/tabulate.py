"""Collected sums -> spectra, estimates, growth, risk: numpy on the driver, no Spark, every slice by the same code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.decisions.differences import by_slice
from analyzer.schemas import CELLS, ESTIMATES, GROWTH, RISK, SPECTRA
from analyzer.settings import EstimateSettings
from analyzer.spark import corrected, slices, whole
from analyzer.spark.bounds import Bounds, bounds
from analyzer.spark.estimate import EXPOSURES, KINDS, PAIR, Statistics
from analyzer.stats import (
    Spectrum,
    UnitRows,
    chiu_chao_singletons,
    growth_estimate,
    rarefied_estimate,
    units_for_statements,
)
from analyzer.stats.split_rate import SplitSums

FRACTIONS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4)  # sizes of the growth curve below the slice's own
MULTIPLES = (1.5, 2.0, 4.0)  # and above it; beyond twice is flagged
COUNTED = "counted, not estimated"
RANKED = ("rarefied_singleton_rate", "corrected_singleton_rate")  # what the ranking of domains takes from `estimates`


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
    rates = slices.rates(found.sums, settings.confidence, whole.variances(found.sums, sampled))
    slices.check_additive(rates)
    alone = slices_alone(found)
    common = slices.common_size(rates, settings)
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
    packed = slices.packed(estimates, ESTIMATES.schema)
    return {
        "spectra": _sorted(_spectra(found.spectra), SPECTRA.schema),
        "growth": _sorted(pa.Table.from_pylist(list(_growth(alone, settings)), GROWTH.schema), GROWTH.schema),
        "bounds": found_bounds.table,
        "risk": _risk(rates, packed, found_bounds, domains, common),
        "cells": _cells(rates, settings.confidence),
        "estimates": _sorted(packed, ESTIMATES.schema),  # last: to sort the largest table takes as much again
    }


def _estimates(rates: pa.Table, settings: EstimateSettings) -> Iterator[dict[str, Any]]:
    for row in slices.rows(slices.at(rates, slice_kind=KINDS)):
        at = {name: row[name] for name in ("slice_kind", "slice", "key", "unit", "units")}
        counts = {"numerator": row["a"], "denominator": row["n"], "confidence": settings.confidence}
        ends = {"value": row["value"], "low": row["low"], "high": row["high"], "status": row["status"]}
        method = slices.RATE_METHOD
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
    spectra = by_slice(found.spectra, ("r", "keys", "statements"))
    groups = by_slice(found.groups, ("g", "units", "statements"))
    changes = by_slice(found.changes, ("g", "r", "keys", "statements"))
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
    rates: pa.Table,
    alone: Mapping[tuple[str, str], Alone],
    settings: EstimateSettings,
    splits: SplitSums | None,
) -> Iterator[dict[str, Any]]:
    """The corrected companion of each singleton rate; without measured errors it has no value and says so."""
    wanted = slices.at(rates, key="prompt", unit="cluster", slice_kind=KINDS)

    def spectrum(row: dict[str, Any]) -> Spectrum | None:
        own = alone.get((row["slice_kind"], row["slice"]))
        return Spectrum.from_frequencies(np.asarray(own.rows.r), own.keys) if own else None

    for piece in slices.pieces(wanted):
        yield from corrected.estimates(piece, spectrum, settings, splits)


def _risk(
    rates: pa.Table,
    estimates: pa.Table,
    found: Bounds,
    domains: pa.Table,
    common: int | None,
) -> pa.Table:
    """Domains by the lower limit of their rate at equal N; those too small to compare come last, unranked."""
    of_domains = slices.at(rates, key="prompt", slice_kind="domain", unit=("cluster", "mention", "document"))
    shown = of_domains.select(["unit", "slice", "a", "n", "units", "value", "low", "high"])
    by = {(row["unit"], row["slice"]): row for row in slices.rows(shown)}
    compared = slices.at(estimates, statistic=RANKED, slice_kind="domain", unit="cluster")
    ends = compared.select(["statistic", "slice", "value", "low", "high"])
    own = {(row["statistic"], row["slice"]): row for row in slices.rows(ends)}
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


def _cells(rates: pa.Table, confidence: float) -> pa.Table:
    """Domain x relation, by the names."""
    found = slices.at(rates, slice_kind="domain_relation", key="prompt", unit="cluster")
    names = pc.split_pattern(found["slice"].cast(pa.string()), PAIR, max_splits=1, reverse=True)
    columns = {
        "domain": pc.list_element(names, 0),
        "relation": pc.list_element(names, 1),
        "unit": found["unit"],
        "statements": found["n"],
        "singletons": found["a"],
        "clusters": found["units"],
        "singleton_rate": found["value"],
        "low": found["low"],
        "high": found["high"],
        "confidence": pa.repeat(confidence, found.num_rows),
        "method": pa.repeat(slices.RATE_METHOD, found.num_rows),
        "status": found["status"],
    }
    table = pa.table({name: columns[name] for name in CELLS.schema.names}).cast(CELLS.schema)
    return table.sort_by([("domain", "ascending"), ("relation", "ascending")])


def _spectra(found: pa.Table) -> pa.Table:
    constant = {"key": "prompt", "unit": "cluster"}
    for name, value in constant.items():
        found = found.append_column(name, pa.array([value] * found.num_rows, pa.string()))
    return found.select(SPECTRA.schema.names).cast(SPECTRA.schema)


def _sorted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    order = [name for name in ("slice_kind", "slice", "key", "unit", "statistic", "r", "units") if name in schema.names]
    return table.sort_by([(name, "ascending") for name in order])
