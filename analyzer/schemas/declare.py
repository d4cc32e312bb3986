"""How a table is declared: a pyarrow schema whose columns carry their meaning."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT, INT, REAL, BOOL, BYTES = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.binary()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the stage that writes it, what a row is, and its columns."""

    name: str
    stage: str
    row: str
    schema: pa.Schema
    private: bool = False  # holds names or facts taken from the corpus


def table(name: str, stage: str, row: str, *columns: pa.Field, private: bool = False) -> Table:
    return Table(name, stage, row, pa.schema(list(columns)), private)


def column(name: str, kind: pa.DataType, description: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"description": description})


def describe(field: pa.Field) -> str:
    """The one-sentence description of a column."""
    return str((field.metadata or {}).get(b"description", b""), "utf-8")


def markdown(table: Table) -> str:
    """The table's entry in the data dictionary."""
    head = f"#### `{table.name}`\n\nStage `{table.stage}`; a row is {table.row}."
    sensitive = " Holds names and facts from the corpus." if table.private else ""
    rows = [
        f"| `{f.name}` | {f.type}{' or null' if f.nullable else ''} | {describe(f).replace('|', chr(92) + '|')} |"
        for f in table.schema
    ]
    return "\n".join([head + sensitive, "", "| column | type | meaning |", "|---|---|---|", *rows, ""])
