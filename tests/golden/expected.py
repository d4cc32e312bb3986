"""The tables of a run as lines of text: what `data/samples/expected/*.tsv` hold, without keys that nobody can read.

Documents are named path:record instead of by hash. Rates have six digits. Lines are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analyzer.io.runs import Run

Row = dict[str, Any]

NAMES = ("documents", "rejects", "clusters", "mentions", "prompts", "facts", "relations", "estimates", "risk")
# Slices by source and relation are too many to read; the test against the reference covers them.
KINDS = ("corpus", "domain", "tier")
COLUMNS = {
    "documents": "document user_id domain source characters words repaired",
    "rejects": "stage reason path record",
    "clusters": "document representative size method jaccard",
    "mentions": "document sentence subject relation answer tier abstention subject_type resolution",
    "prompts": "subject relation subject_type tier mentions statements documents clusters sources cluster_statements "
    "answers agreement abstentions",
    "facts": "subject relation answer answer_type tier mentions documents clusters sources cluster_mentions",
    "relations": "relation tier prompts cluster_statements repeated_prompts agreement distinct_answers "
    "effective_answers functional functional_by",
    "estimates": "slice_kind slice key unit statistic value low high numerator denominator units status",
    "risk": "rank domain statements singletons clusters singleton_rate low high common_n rarefied_rate rarefied_low "
    "rarefied_high raw_rate document_rate bound_status documents removed_by_dedup status",
}


def lines(run: Run) -> dict[str, list[str]]:
    """Name of the table -> its lines, the heading first."""
    read = {name: run.table(name).to_pylist() for name in NAMES if name != "rejects"}
    read["rejects"] = [row for stage in ("ingest", "extract") for row in run.table("rejects", stage).to_pylist()]
    document = {row["doc_id"]: f"{row['path']}:{row['record']:03}" for row in read["documents"]}
    for name in ("documents", "clusters", "mentions"):
        for row in read[name]:
            row["document"] = document[row["doc_id"]]
    for row in read["clusters"]:
        row["representative"] = document[row["cluster_id"]]
    read["estimates"] = [row for row in read["estimates"] if row["slice_kind"] in KINDS]
    return {name: _table(read[name], COLUMNS[name].split()) for name in NAMES}


def _table(rows: Iterable[Row], columns: list[str]) -> list[str]:
    content = sorted("\t".join(_shown(row[column]) for column in columns) for row in rows)
    return ["\t".join(columns), *content]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6f}" if isinstance(value, float) else str(value)
