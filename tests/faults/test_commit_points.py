"""A driver that dies before any one operation on the run directory leaves a run that is whole, old or unfinished.

The protocol of the stages without Spark: clear, write tables, commit, mark complete; killed before its n-th operation
on a file, for every n. There may never be a manifest beside tables that are not the ones it speaks of.
"""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.errors import AnalyzerError, StageError
from analyzer.io import results, runs
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.schemas import TABLES

pytestmark = pytest.mark.fault
OPERATIONS = (
    (os, "fsync"), (Path, "replace"), (Path, "open"), (Path, "mkdir"), (pq, "write_table"), (Run, "remove"),
    (Run, "clear"), (Run, "written"), (builtins, "open"),
)  # fmt: skip


class Killed(BaseException):
    """The driver is gone: nothing behind this point happens, not even an `except Exception`."""


@contextmanager
def killed_before(number: int, patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Inside, the n-th operation on a file and all after it do not happen."""
    seen: list[str] = []

    def counted(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **more: Any) -> Any:
            seen.append(name)
            if len(seen) >= number:
                raise Killed(name)
            return original(*args, **more)

        return operation

    with patch.context() as inside:
        for owner, name in OPERATIONS:
            inside.setattr(owner, name, counted(name, getattr(owner, name)))
        yield seen


def spectra(rows: int) -> pa.Table:
    row = {"slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "r": 1, "keys": 2, "statements": 3}
    return pa.Table.from_pylist([row] * rows, TABLES["spectra"].schema)


def build(run: Run, rows: int) -> None:
    """A stage as the pipeline builds it, and the mark behind the last one."""
    run.clear("estimate")
    run.write_table("estimate", "spectra", spectra(rows))
    run.write_table("estimate", "risk", TABLES["risk"].schema.empty_table())
    tables = {name: run.written("estimate", name) for name in ("spectra", "risk")}
    run.commit(Manifest("estimate", f"rows={rows}", Counts(rows, rows), tables, {}, {}, "0"))
    run.write(runs.COMPLETE, json.dumps({"rows": rows}))


def state(run: Run) -> tuple[str | None, int | None, bool]:
    """Fingerprint of the finished stage, rows that a reader finds, whether the run is marked complete."""
    manifest = run.manifest("estimate")
    rows = run.table("spectra").num_rows if manifest else None
    return manifest.fingerprint if manifest else None, rows, run.read(runs.COMPLETE) is not None


@pytest.mark.parametrize("before", [0, 5], ids=["first", "again"])
def test_whichever_operation_is_the_last_one_no_manifest_stands_beside_other_tables(tmp_path, monkeypatch, before):
    number, survived = 0, False
    states = set()
    while not survived:
        number += 1
        run = runs.opened(str(tmp_path / f"run{number}"), create=True)
        run.write(runs.SETTINGS, "")
        if before:
            build(run, before)
        try:
            with killed_before(number, monkeypatch) as seen:
                build(run, 3)
            survived = True
        except Killed:
            assert len(seen) == number
        found = state(run)
        states.add(found)
        assert found in {(None, None, False), ("rows=3", 3, False), ("rows=3", 3, True)} | (
            {("rows=5", 5, True), ("rows=5", 5, False)} if before else set()
        )
        build(run, 3)
        assert state(run) == ("rows=3", 3, True)
    assert number > 10
    assert {(None, None, False), ("rows=3", 3, False), ("rows=3", 3, True)} <= states


def test_whichever_operation_is_the_last_one_a_lock_is_taken_over(tmp_path, monkeypatch):
    number, survived = 0, False
    while not survived:
        number += 1
        run = runs.opened(str(tmp_path / f"run{number}"), create=True)
        run.write(runs.SETTINGS, "")
        try:
            with killed_before(number, monkeypatch), runs.locked(run):
                runs.lock_also(run, 2**22 - 1)
            survived = True
        except Killed:
            pass
        monkeypatch.setattr(runs, "_started", lambda pid: 1)  # of another process than the one that held it
        with runs.locked(run):
            assert run.read(runs.LOCK) is not None
        monkeypatch.undo()
    assert number > 3


def test_a_disk_that_fills_up_leaves_the_old_results_of_a_command_whole(tmp_path, monkeypatch):
    with results.opened(tmp_path / "out", "score") as made:
        made.text("score.html", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as inside:
        inside.setattr(Path, "write_text", full)
        refuse = pytest.raises(StageError, match="No space left on device")
        with refuse as refused, results.opened(tmp_path / "out", "score") as made:
            made.text("score.html", "new")
    assert refused.value.exit_code == 6
    assert (tmp_path / "out" / "score.html").read_text() == "old"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"score.html", results.MARK}


@pytest.mark.parametrize("number", range(1, 14))
def test_a_full_disk_at_any_operation_is_an_error_of_one_line_and_leaves_no_draft(tmp_path, monkeypatch, number):
    run = runs.opened(str(tmp_path / "run"), create=True)
    run.write(runs.SETTINGS, "")
    seen = 0

    def full(original: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **more: Any) -> Any:
            nonlocal seen
            seen += not str(args[0]).startswith("/proc")
            if seen == number:
                raise OSError(28, "No space left on device")
            return original(*args, **more)

        return operation

    with monkeypatch.context() as inside:
        for owner, name in ((os, "fsync"), (Path, "open"), (pq, "write_table"), (Path, "replace")):
            inside.setattr(owner, name, full(getattr(owner, name)))
        try:
            with runs.locked(run):
                build(run, 3)
        except AnalyzerError as error:
            assert error.exit_code == 6
            assert "No space left on device" in str(error) and str(tmp_path) in str(error) and "\n" not in str(error)
        else:
            assert seen < number
    assert not [path for path in run.local.rglob("*") if path.name.endswith(".draft")]
    with runs.locked(run):
        build(run, 3)
    assert state(run) == ("rows=3", 3, True)
