"""A run directory: `<stage>/<table>/*.parquet`, then `<stage>/_MANIFEST.json`, and `_COMPLETE.json` last of all.

A stage is finished when its manifest exists. An unfinished or outdated stage's folder is removed and built again;
nothing outside the run directory is ever touched. Local paths and whatever `pyarrow.fs` opens (hdfs, s3, gs).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from analyzer import logs
from analyzer.errors import InputError, RunStateError, StageError
from analyzer.io.manifest import DataFile, Manifest
from analyzer.schemas import TABLES

MANIFEST, COMPLETE, LOCK, SETTINGS, LOG = "_MANIFEST.json", "_COMPLETE.json", "_LOCK", "run.toml", "run.log"
INPUTS = "inputs.json"  # the files that were read, for stages and evidence that read them again
WORK = "_work"  # checkpoints inside a stage, removed when it commits


@dataclass(frozen=True, slots=True)
class Run:
    """An opened run directory. `uri` is what Spark is given, `root` what pyarrow is given."""

    filesystem: fs.FileSystem
    root: str
    uri: str

    @property
    def local(self) -> Path | None:
        return Path(self.root) if isinstance(self.filesystem, fs.LocalFileSystem) else None

    # -- stages ---------------------------------------------------------------------------------------------------

    def manifest(self, stage: str) -> Manifest | None:
        """The manifest of a finished stage, else None."""
        text = self.read(f"{stage}/{MANIFEST}")
        return Manifest.from_json(text, self.shown(stage)) if text is not None else None

    def finished(self, stage: str) -> Manifest:
        """The manifest of a stage that must be finished."""
        manifest = self.manifest(stage)
        if manifest is None:
            raise RunStateError(f"{self.shown()}: stage {stage} is not finished; run `monofact audit` to its end first")
        return manifest

    def clear(self, stage: str) -> None:
        """Forget a stage: its manifest first, then its files."""
        self.remove(COMPLETE)
        self.remove(f"{stage}/{MANIFEST}")
        path = f"{self.root}/{stage}"
        if self.filesystem.get_file_info(path).type != fs.FileType.NotFound:
            self.filesystem.delete_dir(path)

    def commit(self, manifest: Manifest) -> None:
        """Make a stage finished."""
        with contextlib.suppress(FileNotFoundError):
            self.filesystem.delete_dir(f"{self.root}/{manifest.stage}/{WORK}")
        self.write(f"{manifest.stage}/{MANIFEST}", manifest.to_json())

    def written(self, stage: str, table: str) -> tuple[DataFile, ...]:
        """The Parquet files under a table's folder, with their rows from the footers, by name."""
        folder = f"{self.root}/{stage}/{table}"
        infos = self.filesystem.get_file_info(fs.FileSelector(folder, allow_not_found=True))
        found = sorted((info.path, info.size) for info in infos if info.path.endswith(".parquet"))
        return tuple(
            DataFile(path[len(self.root) + 1 :], size, pq.read_metadata(path, filesystem=self.filesystem).num_rows)
            for path, size in found
        )

    def files(self, stage: str, table: str) -> list[str]:
        """Paths, for pyarrow, of a finished table's files."""
        return [f"{self.root}/{file.name}" for file in self.finished(stage).tables[table]]

    def table(self, name: str, stage: str | None = None, columns: list[str] | None = None) -> pa.Table:
        """A finished table, in memory: for the small ones."""
        schema = TABLES[name].schema
        schema = schema if columns is None else pa.schema([schema.field(column) for column in columns])
        paths = self.files(stage or TABLES[name].stage, name)
        parts = [pq.read_table(path, filesystem=self.filesystem, columns=schema.names) for path in paths]
        plain = pa.schema([pa.field(f.name, f.type) for f in schema])
        return pa.concat_tables([part.cast(plain) for part in parts]) if parts else plain.empty_table()

    def write_table(self, stage: str, name: str, table: pa.Table) -> None:
        """A small table as one file."""
        folder = f"{self.root}/{stage}/{name}"
        whole = table.cast(TABLES[name].schema)
        with _writing(self, f"{stage}/{name}"):
            self.filesystem.create_dir(folder, recursive=True)
            pq.write_table(whole, f"{folder}/part-0.parquet", filesystem=self.filesystem, compression="zstd")

    # -- small files ------------------------------------------------------------------------------------------------

    def read(self, name: str) -> str | None:
        try:
            with self.filesystem.open_input_stream(f"{self.root}/{name}") as stream:
                return str(stream.read(), "utf-8")
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str) -> None:
        """Write a small file so that a reader sees all of it or nothing."""
        path = f"{self.root}/{name}"
        if self.local is None:  # an object store shows an object when its upload ends
            with _writing(self, name), self.filesystem.open_output_stream(path) as stream:
                stream.write(text.encode("utf-8"))
            return
        draft = Path(f"{path}.{os.getpid()}.draft")
        try:
            with _writing(self, name):
                draft.parent.mkdir(parents=True, exist_ok=True)
                with draft.open("w", encoding="utf-8") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(stream.fileno())
                draft.replace(path)
        except StageError:
            draft.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.filesystem.delete_file(f"{self.root}/{name}")

    def shown(self, name: str = "") -> str:
        """The path for messages, credentials masked."""
        return logs.mask(f"{self.uri.removeprefix('file://')}/{name}".rstrip("/"))


@contextlib.contextmanager
def _writing(run: Run, name: str) -> Iterator[None]:
    """Inside, what the system refuses (say, a full disk) is a `StageError` that names the file."""
    try:
        yield
    except OSError as error:
        raise _refused(run, name, error) from None


def _refused(run: Run, name: str, error: OSError) -> StageError:
    said = f"{run.shown(name)}: cannot be written: {error.strerror or error}"
    return StageError(name.split("/")[0], f"{said}: mend that, then run the same command again")


def opened(out: str, *, create: bool = False) -> Run:
    """The run directory at a path or URI. `create` makes it (mode 0700) unless it holds something that is not a run."""
    if any(mark in out for mark in "*?[]{}"):
        raise InputError(
            f"{out}: a run directory's name must not hold any of * ? [ ] {{ }}, which Spark reads as patterns"
        )
    if "://" in out:
        filesystem, root = fs.FileSystem.from_uri(out)
        run = Run(filesystem, root.rstrip("/"), out.rstrip("/"))
    else:
        root = str(Path(out).absolute())
        run = Run(fs.LocalFileSystem(), root, f"file://{root}")
    info = run.filesystem.get_file_info(run.root)
    if info.type == fs.FileType.File:
        raise InputError(f"{run.shown()}: is a file; name a directory for the run")
    if info.type == fs.FileType.NotFound and not create:
        raise InputError(f"{run.shown()}: no such run directory")
    entries = {} if info.type == fs.FileType.NotFound else _entries(run)
    ours = entries.keys() & {SETTINGS, LOCK, COMPLETE}
    if entries and not ours:
        raise RunStateError(f"{run.shown()}: holds files that are not a run of monofact; name a new or empty directory")
    if not create and not ours:
        raise InputError(f"{run.shown()}: not a run directory of monofact")
    if create:
        _create(run)
    return run


def demand_whole(run: Run) -> Run:
    """The run, or `RunStateError` if it is over a sample, whose tables lack facts that the corpus states."""
    for stage in ("extract", "count"):
        manifest = run.manifest(stage)
        if manifest is not None and "sample_share" in manifest.settings:
            raise RunStateError(
                f"{run.shown()}: an audit of a sample, which lacks facts that the corpus states: audit it all for this"
            )
    return run


def _entries(run: Run) -> dict[str, fs.FileInfo]:
    infos = run.filesystem.get_file_info(fs.FileSelector(run.root))
    return {info.base_name: info for info in infos if not info.base_name.startswith(".")}


def _create(run: Run) -> None:
    try:
        if run.local is None:
            run.filesystem.create_dir(run.root, recursive=True)
            return
        run.local.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = run.local / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"{run.shown()}: cannot be written: {error.strerror or error}") from None


@contextlib.contextmanager
def locked(run: Run) -> Iterator[None]:
    """At most one writer a run: hold `_LOCK`, or `RunStateError` naming who does. A dead owner's lock is taken over."""
    mine = {"host": socket.gethostname(), "pid": os.getpid(), "started": _started(os.getpid())}
    held = run.read(LOCK)
    if held is not None:
        owner = _parse_lock(held)
        if owner is None:
            raise RunStateError(f"{run.shown(LOCK)}: not a lock of monofact; remove it if no other run writes here")
        if _alive(owner, mine):
            raise RunStateError(
                f"{run.shown()}: in use by process {owner['pid']} on {owner['host']}; "
                "wait for it to end or name another directory"
            )
        if _outlived(owner):
            raise RunStateError(f"{run.shown()}: process {owner['child']} of a killed run still writes here; end it")
        logs.LOGGER.warning("took over the lock of process %s, which is gone", owner["pid"])
        run.remove(LOCK)
    _acquire(run, json.dumps(mine))
    _HELD.append(run)
    try:
        yield
    finally:
        run.remove(LOCK)
        _HELD.remove(run)


_HELD: list[Run] = []  # locked by this process


def release_held() -> None:
    """Remove the locks of this process, for whoever ends it without unwinding."""
    for run in _HELD:
        run.remove(LOCK)


def lock_also(run: Run, pid: int) -> None:
    """Note in the lock a process that may go on writing for a moment when its owner is killed: Spark's JVM."""
    owner = json.loads(run.read(LOCK) or "{}")
    run.write(LOCK, json.dumps({**owner, "child": pid, "child_started": _started(pid)}))


def _outlived(owner: dict[str, object], patience: float = 60.0) -> bool:
    """True if a dead owner's child is still there after `patience` seconds."""
    child = {"host": owner["host"], "pid": owner.get("child", -1), "started": owner.get("child_started")}
    for _ in range(int(patience * 10)):
        if not _alive(child, owner):
            return False
        time.sleep(0.1)
    return True


def _acquire(run: Run, text: str) -> None:
    if run.local is None:
        run.write(LOCK, text)
        return
    try:
        stream = (run.local / LOCK).open("x", encoding="utf-8")
    except FileExistsError:
        raise RunStateError(f"{run.shown()}: another run has just started here") from None
    except OSError as error:
        raise _refused(run, LOCK, error) from None
    with _writing(run, LOCK), stream:
        stream.write(text)


def _parse_lock(text: str) -> dict[str, object] | None:
    try:
        owner = json.loads(text or "{}")
    except ValueError:
        return None
    if owner == {}:  # its owner died between creating and writing it
        return {"host": socket.gethostname(), "pid": -1, "started": None}
    return owner if isinstance(owner, dict) and {"host", "pid", "started"} <= owner.keys() else None


def _alive(owner: dict[str, object], mine: dict[str, object]) -> bool:
    if owner["host"] != mine["host"]:
        return True  # cannot be seen from here: better refuse than write twice
    pid = int(str(owner["pid"]))
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid > 0 and _started(pid) == owner["started"]


def _started(pid: int) -> int | None:
    """When a process started, in ticks since boot (a clock that nobody can set): tells a pid from its reuse."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None  # no /proc here: the pid alone decides
    return int(fields[19]) if fields[0] != "Z" else -1
