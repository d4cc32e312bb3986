"""What entered and left between two runs, with what deduplication takes from each domain and source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from analyzer.schemas.decisions import TURNOVER
from analyzer.settings import ReportSettings

NEW, GONE, DUPLICATES, KEPT = "new", "gone", "nearly_all_duplicates", "kept"


def turnover(counted: pa.Table, removed_a: pa.Table, removed_b: pa.Table, settings: ReportSettings) -> pa.Table:
    """The table `turnover` from the counts of `spark.diff` and the table `duplication` of both runs."""
    shares = [
        {
            (r["slice_kind"], r["slice"]): r["share"]
            for r in removed.select(["slice_kind", "slice", "share"]).to_pylist()
        }
        for removed in (removed_a, removed_b)
    ]
    rows = []
    for row in counted.to_pylist():
        at = (row["slice_kind"], row["slice"])
        documents = row["item"] == "documents"
        before, now = (share.get(at) if documents else None for share in shares)
        rows.append(row | {"removed_a": before, "removed_b": now, "state": _state(row, before, now, settings)})
    table = pa.Table.from_pylist(rows, TURNOVER.schema)
    return table.sort_by([(name, "ascending") for name in ("item", "slice_kind", "slice")])


def _state(row: Mapping[str, Any], before: float | None, now: float | None, settings: ReportSettings) -> str:
    if not row["in_a"] or not row["in_b"]:
        return NEW if row["in_b"] else GONE
    large = row["in_b"] >= settings.vanish_documents
    wiped = large and now is not None and now >= settings.vanish_share
    return DUPLICATES if wiped and (before is None or before < settings.vanish_share) else KEPT
