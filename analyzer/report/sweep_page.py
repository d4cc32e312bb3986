"""The page of a sweep: what thresholds and bandings make of a corpus, as heat tables."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from analyzer.report import html, numbers

TITLE = "How much hangs on the settings of deduplication"


def render(table: pa.Table, shown: str) -> str:
    """The page of a sweep table; `shown` names the run, credentials masked."""
    rows = table.to_pylist()
    own = next(row for row in rows if row["verification"] == "run")
    cells = {((row["bands"], row["rows"]), row["threshold"]): row for row in rows if row["verification"] != "run"}
    bandings = sorted({banding for banding, _ in cells}, key=lambda b: (b[1], b[0]))
    thresholds = sorted({threshold for _, threshold in cells})
    rates = [row["singleton_rate"] for row in rows if row["singleton_rate"] is not None]
    return html.render(
        "sweep.html.j2",
        title=TITLE,
        run=shown,
        own=_shown(own, rows),
        grid=[(t, [_shown(cells[b, t], rows) for b in bandings]) for t in thresholds],
        bandings=[f"{bands} x {height}" for bands, height in bandings],
        documents=own["documents"],
        lowest=numbers.share(min(rates), n=own["n"]) if rates else None,
        highest=numbers.share(max(rates), n=own["n"]) if rates else None,
    )


def _shown(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A cell's figures as text, and how full its bars are: between the least and the largest of the grid."""
    return {
        "threshold": row["threshold"],
        "banding": f"{row['bands']} x {row['rows']}",
        "clusters": numbers.count(row["clusters"]),
        "removed": numbers.share(row["removed"], n=row["documents"]),
        "removed_heat": _heat(row, rows, "removed"),
        "found": numbers.percent(row["found"], 0),
        "rate": numbers.share(row["singleton_rate"], row["low"], row["high"], row["n"]) or numbers.words(row["status"]),
        "interval": numbers.interval(row["singleton_rate"], row["low"], row["high"]),
        "rate_heat": _heat(row, rows, "singleton_rate"),
        "n": numbers.count(row["n"]),
    }


def _heat(row: dict[str, Any], rows: list[dict[str, Any]], column: str) -> str:
    values = [other[column] for other in rows if other[column] is not None]
    if row[column] is None or max(values) == min(values):
        return "0.0"
    return f"{100 * (row[column] - min(values)) / (max(values) - min(values)):.1f}"
