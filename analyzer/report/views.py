"""A DuckDB file with a view for every table of a run. The tables stay where they are; nothing is copied.

A view names its files by the run's absolute path. A run that was moved is found again by
`SET VARIABLE monofact_run = '/new/place';`, which lasts for the connection; or the file is written again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from analyzer import schemas
from analyzer.errors import InputError, SetupError
from analyzer.io.runs import Run

VARIABLE = "monofact_run"
_TYPES = {
    pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.binary(): "BLOB",
}  # fmt: skip


def write(run: Run, stages: tuple[str, ...], out: Path) -> list[str]:
    """Views of the finished stages' tables, columns described, and a table `about`. Gives the views' names.

    Raises SetupError without duckdb, InputError for a run that is not on this machine.
    """
    try:
        import duckdb
    except ImportError:
        raise SetupError("a DuckDB file needs the package duckdb: pip install 'monofact[duckdb]'") from None
    if run.local is None:
        raise InputError(f"{run.shown()}: views need a run on a local disk; copy it there")
    names = []
    with duckdb.connect(str(out)) as connection:
        connection.execute("CREATE TABLE about (item VARCHAR, value VARCHAR)")
        connection.executemany("INSERT INTO about VALUES (?, ?)", _about(run, stages))
        for stage in stages:
            manifest = run.manifest(stage)
            for name, files in sorted(manifest.tables.items()) if manifest else []:
                view = name if schemas.TABLES[name].stage == stage else f"{stage}_{name}"
                connection.execute(f"CREATE VIEW {_name(view)} AS {_select(run, stage, name, bool(files))}")
                _describe(connection, view, schemas.TABLES[name])
                names.append(view)
    return names


def _about(run: Run, stages: tuple[str, ...]) -> list[tuple[str, str]]:
    rows = [
        ("run", str(run.local)),
        ("moved", f"SET VARIABLE {VARIABLE} = '/new/place'; before the first query, or export again"),
        ("schema_version", schemas.SCHEMA_VERSION),
    ]
    manifests = ((stage, run.manifest(stage)) for stage in stages)
    return [*rows, *((f"fingerprint of {stage}", m.fingerprint) for stage, m in manifests if m is not None)]


def _select(run: Run, stage: str, name: str, rows: bool) -> str:
    if not rows:  # a glob that finds nothing is an error
        columns = ", ".join(f"CAST(NULL AS {_type(f.type)}) AS {_name(f.name)}" for f in schemas.TABLES[name].schema)
        return f"SELECT {columns} WHERE false"
    place = f"coalesce(getvariable({_text(VARIABLE)}), {_text(str(run.local))})"
    files = f"{place} || {_text(f'/{stage}/{name}/*.parquet')}"
    return f"SELECT * FROM read_parquet({files})"  # noqa: S608 - the path is quoted, the rest is ours


def _describe(connection: Any, view: str, table: schemas.Table) -> None:
    connection.execute(f"COMMENT ON VIEW {_name(view)} IS {_text(f'a row is {table.row}')}")
    for field in table.schema:
        connection.execute(f"COMMENT ON COLUMN {_name(view)}.{_name(field.name)} IS {_text(schemas.describe(field))}")


def _type(kind: pa.DataType) -> str:
    return f"{_type(kind.value_type)}[]" if pa.types.is_list(kind) else _TYPES[kind]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
