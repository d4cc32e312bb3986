"""Tables as CSV for spreadsheets; no cell may start a formula (OWASP, CSV injection). Parquet stays untouched."""

from __future__ import annotations

import csv
from typing import TextIO

import pyarrow as pa

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width forms are formulas to Excel too


def write_csv(table: pa.Table, stream: TextIO) -> None:
    """The table with a header, every text quoted, numbers bare, gaps empty. Open the stream with newline=""."""
    writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _guarded(value) if isinstance(value, str) else value


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(("'", *_FORMULA)) or text.lstrip().startswith(_FORMULA) else text
