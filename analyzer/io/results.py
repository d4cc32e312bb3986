"""A folder of results: tables and pages of a command that is no stage of a run. All of it appears, or nothing.

Files are written to a draft beside their place and moved there at the end, `_RESULT.json` last. A folder that holds
anything but results of the same command is refused; earlier results of the command are replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.errors import InputError, RunStateError, StageError
from analyzer.schemas import SCHEMA_VERSION, TABLES

MARK = "_RESULT.json"


@dataclass(slots=True)
class Results:
    """A folder being written: what is added here is seen when `opened` ends without an error."""

    draft: Path
    names: list[str] = field(default_factory=list)

    def table(self, name: str, table: pa.Table) -> None:
        """A table of `schemas` as NAME.parquet."""
        with self.stream(name) as writer:
            writer.write_table(table.cast(TABLES[name].schema))

    @contextlib.contextmanager
    def stream(self, name: str) -> Iterator[pq.ParquetWriter]:
        """A table of `schemas` written batch by batch."""
        with pq.ParquetWriter(self._new(f"{name}.parquet"), TABLES[name].schema, compression="zstd") as writer:
            yield writer

    def text(self, name: str, text: str) -> None:
        """A page or any other text."""
        self._new(name).write_text(text, encoding="utf-8")

    def path(self, name: str) -> Path:
        """Where a file goes that something else writes."""
        return self._new(name)

    def _new(self, name: str) -> Path:
        self.names.append(name)
        return self.draft / name


@contextlib.contextmanager
def opened(out: str | Path, command: str) -> Iterator[Results]:
    """A folder (made with mode 0700) for the results of a command.

    Raises InputError if it cannot be made, RunStateError if it holds something else, StageError if writing fails later.
    """
    folder = Path(out)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        earlier = _earlier(folder, command)
        draft = folder / f".draft-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)  # of a process that was killed and had this number
        draft.mkdir()
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror or error}") from None
    results = Results(draft)
    try:
        yield results
        (folder / MARK).unlink(missing_ok=True)
        for name in earlier:
            (folder / name).unlink(missing_ok=True)
        for name in results.names:
            (draft / name).replace(folder / name)
        mark = {"command": command, "files": sorted(results.names), "schema_version": SCHEMA_VERSION}
        (draft / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
        (draft / MARK).replace(folder / MARK)
    except OSError as error:  # what is read has errors of its own, so this was written
        said = f"{out}: cannot be written: {error.strerror or error}"
        raise StageError(command, f"{said}: mend that, then run the same command again") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read(folder: str | Path, name: str, command: str) -> pa.Table:
    """A table of finished results. Raises InputError naming what is missing."""
    path = Path(folder) / f"{name}.parquet"
    if not (Path(folder) / MARK).exists() or not path.exists():
        raise InputError(f"{folder}: no finished results of `monofact {command}` here")
    return pq.read_table(path)


def _earlier(folder: Path, command: str) -> list[str]:
    """Names of the files of earlier results of the command, which may be replaced."""
    entries = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".draft-")}
    if not entries:
        return []
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        mark = {}
    names = mark.get("files", []) if isinstance(mark, dict) and mark.get("command") == command else []
    if not entries <= {MARK, *names}:
        raise RunStateError(f"{folder}: holds files that are not results of `monofact {command}`; name a new directory")
    return [name for name in names if Path(name).name == name]
