"""What to leave out of a corpus so that one document of each cluster stays: a list, for those who want to remove.

monofact removes nothing itself, because counting once a cluster keeps facts that only a dropped copy states.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from analyzer.errors import ConfigError, InputError, InvariantError
from analyzer.io.runs import Run
from analyzer.report.export import write_csv

COLUMNS = ("doc_id", "user_id", "path", "record", "survivor", "size", "method")
FORMATS = (".parquet", ".csv", ".txt")


def removals(run: Run) -> pa.Table:
    """COLUMNS of every document that is not its cluster's representative, by path and record.

    survivor: doc_id of the representative. Holds these rows in memory, some 200 bytes each; the documents are streamed.
    """
    clusters = _dataset(run, "dedup", "clusters")
    gone = clusters.to_table(columns=["doc_id", "cluster_id", "size", "method"], filter=~ds.field("is_representative"))
    named = _dataset(run, "ingest", "documents").scanner(columns=["doc_id", "user_id", "path", "record"])
    both = ds.dataset(named.to_reader()).join(ds.dataset(gone), keys="doc_id", join_type="inner").to_table()
    if both.num_rows != gone.num_rows:
        raise InvariantError(f"{run.shown()}: clusters hold {gone.num_rows - both.num_rows} documents that nobody read")
    table = both.rename_columns(["survivor" if name == "cluster_id" else name for name in both.column_names])
    return table.select(list(COLUMNS)).sort_by([("path", "ascending"), ("record", "ascending")])


def write(run: Run, out: Path) -> pa.Table:
    """Write the removals as Parquet, CSV or, in a .txt, one user id a line; by the file's suffix. Gives the table.

    A list of user ids is refused where it would not say which documents are meant. Nothing is overwritten.
    """
    if out.suffix not in FORMATS:
        raise ConfigError(f"{out}: the name must end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if out.exists():
        raise InputError(f"{out}: exists already; name another file")
    table = removals(run)
    if out.suffix == ".txt":
        _demand_ids(run, table)
        _draft(out, lambda stream: stream.writelines(f"{name}\n" for name in table["user_id"].to_pylist()))
    elif out.suffix == ".csv":
        _draft(out, lambda stream: write_csv(table, stream))
    else:
        _draft(out, lambda stream: pq.write_table(table, stream.name, compression="zstd"))
    return table


def _demand_ids(run: Run, table: pa.Table) -> None:
    """A user id must name one document, and stand on one line: else it would take others along."""
    ids = table["user_id"]
    missing = ids.null_count
    known = ids.drop_null()
    broken = sum(len(name.splitlines()) != 1 for name in known.to_pylist())
    wanted = ds.dataset(pa.table({"user_id": pc.unique(known)}))
    named = _dataset(run, "ingest", "documents").scanner(columns=["user_id"])
    meant = ds.dataset(named.to_reader()).join(wanted, keys="user_id", join_type="inner").to_table().num_rows
    if missing or broken or meant != len(known):
        others = meant - len(known)
        raise InputError(
            f"{run.shown()}: user ids do not say which documents are meant ({missing} documents have none, {others} "
            f"more documents than are to be removed bear one, {broken} break a line): "
            "write .csv or .parquet, which hold path and record"
        )


def _dataset(run: Run, stage: str, table: str) -> ds.Dataset:
    return ds.dataset(run.files(stage, table), filesystem=run.filesystem, format="parquet")


def _draft(out: Path, write: Callable[[TextIO], object]) -> None:
    """Write so that a reader sees all of the file or nothing."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            write(stream)
        draft.replace(out)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
