"""A corpus of a dozen sentences for tests of the machinery, where what the numbers are does not matter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.settings import Config

DOCUMENTS = [
    ("north", "Tessa Orlane was born in Velmar in 1902. She married Edric Sonn in 1931."),
    ("north", "Velmar is the capital of Ostrey. Velmar has 41,000 inhabitants."),
    ("north", "The birthplace of Edric Sonn is unknown."),
    ("south", "Tessa Orlane was born in Velmar in 1902. She married Edric Sonn in 1931."),
    ("south", "Kestrel Works was founded by Maud Pereth in 1888. Kestrel Works is based in Dunmere."),
    ("south", "In 1888 Maud Pereth founded Kestrel Works, which is based in Dunmere, a port of Ostrey."),
    ("south", "Dunmere is the capital of Kallan. Ostrey borders Kallan, Velia and Norren."),
    ("south", "Maud Pereth died in Dunmere on 3 March 1921."),
]


def write(folder: Path, name: str = "corpus.jsonl", documents: list[tuple[str, str]] | None = None) -> Path:
    """The documents as one JSON-lines file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"id": f"d{i}", "domain": d, "source": f"{d}-press", "text": t}
        for i, (d, t) in enumerate(documents or DOCUMENTS)
    ]
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def tables(run: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table of a run, rows in an order of their own: equal runs give equal tables."""
    found: dict[str, list[dict[str, Any]]] = {}
    for folder in sorted(path for path in run.glob("*/*") if path.is_dir()):
        parts = [pq.read_table(part) for part in sorted(folder.glob("*.parquet"))]
        rows = pa.concat_tables(parts).to_pylist() if parts else []
        found[f"{folder.parent.name}/{folder.name}"] = sorted(rows, key=repr)
    return found


def config(*sets: str) -> Config:
    """Settings under which even this corpus has slices that are large enough to be ranked."""
    return Config.load(None, ["estimate.min_statements=3", *sets])
