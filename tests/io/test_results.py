"""Folders of results: all or nothing, replaced only by the same command."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pyarrow as pa
import pytest

from analyzer.errors import InputError, RunStateError
from analyzer.io import results
from analyzer.schemas import TABLES

IIV = TABLES["iiv"].schema.empty_table()


def test_results_appear_together_and_privately(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with results.opened(out, "iiv") as found:
        found.table("iiv", IIV)
        found.text("page.html", "<p>")
        assert [entry.name[:7] for entry in out.iterdir()] == [".draft-"]
    assert sorted(entry.name for entry in out.iterdir()) == ["_RESULT.json", "iiv.parquet", "page.html"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert results.read(out, "iiv", "iiv").schema.equals(TABLES["iiv"].schema, check_metadata=False)


def test_a_failure_leaves_nothing_new_and_the_old_results_whole(tmp_path: Path) -> None:
    with results.opened(tmp_path / "o", "iiv") as found:
        found.text("page.html", "old")
    with pytest.raises(ZeroDivisionError), results.opened(tmp_path / "o", "iiv") as found:
        found.text("page.html", "new")
        raise ZeroDivisionError
    assert (tmp_path / "o" / "page.html").read_text() == "old"
    assert sorted(entry.name for entry in (tmp_path / "o").iterdir()) == ["_RESULT.json", "page.html"]


def test_the_same_command_replaces_its_results_and_no_others(tmp_path: Path) -> None:
    with results.opened(tmp_path, "iiv") as found:
        found.text("old.html", "old")
    with results.opened(tmp_path, "iiv") as found:
        found.text("new.html", "new")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["_RESULT.json", "new.html"]
    with pytest.raises(RunStateError, match="not results of `monofact score`"), results.opened(tmp_path, "score"):
        pass
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunStateError), results.opened(tmp_path, "iiv"):
        pass
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_forged_mark_cannot_reach_out_of_the_folder(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    out = tmp_path / "o"
    out.mkdir()
    (out / "_RESULT.json").write_text(json.dumps({"command": "iiv", "files": ["../kept.txt"]}))
    with results.opened(out, "iiv") as found:
        found.table("iiv", IIV)
    assert kept.read_text() == "kept"


def test_what_cannot_be_written_or_read_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"), results.opened(tmp_path / "file", "iiv"):
        pass
    with pytest.raises(InputError, match="no finished results of `monofact validate`"):
        results.read(tmp_path, "validation", "validate")
    with results.opened(tmp_path / "s", "iiv") as found, found.stream("iiv") as writer:
        writer.write_table(pa.Table.from_pylist([], schema=TABLES["iiv"].schema))
    assert results.read(tmp_path / "s", "iiv", "iiv").num_rows == 0
