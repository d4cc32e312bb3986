"""Finished runs written by hand, without Spark: small tables and the manifests that vouch for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from analyzer.io import runs
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.schemas import TABLES

STAGES = ("ingest", "dedup", "extract", "count", "estimate")
MADE_BY = {"monofact": "0.1.0", "unicode": "14.0.0"}


def run(
    folder: Path,
    tables: Mapping[str, list[dict[str, Any]]],
    rejected: Mapping[str, int] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    made_by: Mapping[str, Mapping[str, Any]] | None = None,
) -> Run:
    """A run that read 1,000 records; settings and made_by by stage."""
    made = runs.opened(str(folder), create=True)
    made.write(runs.SETTINGS, "")
    for stage in STAGES:
        held = {name: rows for name, rows in tables.items() if TABLES[name].stage == stage}
        for name, rows in held.items():
            made.write_table(stage, name, pa.Table.from_pylist(rows, TABLES[name].schema))
        lost = dict(rejected or {}) if stage == "ingest" else {}
        manifest = Manifest(
            stage=stage,
            fingerprint=stage,
            counts=Counts(1000, 1000 - sum(lost.values()), lost),
            tables={name: made.written(stage, name) for name in held},
            settings=dict((settings or {}).get(stage, {})),
            inputs={},
            code_version="0.1.0",
            notes={"made_by": {**MADE_BY, **(made_by or {}).get(stage, {})}},
        )
        made.commit(manifest)
    return made


def estimate(value: float | None, low: float | None = None, high: float | None = None, **other: Any) -> dict[str, Any]:
    """A row of `estimates`, of the corpus' singleton rate unless said otherwise."""
    row = {
        "slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "statistic": "singleton_rate",
        "value": value, "low": low, "high": high, "confidence": 0.95, "numerator": 60, "denominator": 100, "units": 50,
        "method": "leave-one-unit-out", "status": "ok",
    }  # fmt: skip
    return row | other


def duplication(documents: int, removed: int, **other: Any) -> dict[str, Any]:
    """A row of `duplication`, of the source `press`."""
    row = {
        "slice_kind": "source", "slice": "press", "documents": documents, "clusters": documents - removed,
        "removed": removed, "removed_exact": removed, "share": removed / documents, "shared_documents": 0, "largest": 2,
    }  # fmt: skip
    return row | other


def difference(
    value: float | None, low: float | None = None, high: float | None = None, **other: Any
) -> dict[str, Any]:
    """A row of `differences`, of the corpus at equal N."""
    row = {
        "slice_kind": "corpus", "slice": "*", "measure": "equal_n", "statements_a": 500, "statements_b": 400, "n": 400,
        "singletons_a": 250, "singletons_b": 200, "rate_a": 0.5, "rate_b": None if value is None else 0.5 + value,
        "difference": value, "low": low, "high": high, "confidence": 0.95, "p_value": 0.5, "p_adjusted": 0.5,
        "changed": False, "units_a": 90, "units_b": 80, "units_shared": 10, "method": "m", "status": "ok",
    }  # fmt: skip
    return row | other


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), TABLES[name].schema)


def turned(name: str, item: str, **other: Any) -> dict[str, Any]:
    """A row of `turnover`, of a domain."""
    row = {
        "slice_kind": "domain", "slice": name, "item": item, "in_a": 50, "in_b": 60, "left": 1, "entered": 11,
        "to_singleton": None, "from_singleton": None, "removed_a": None, "removed_b": None, "state": "kept",
    }  # fmt: skip
    return row | other
