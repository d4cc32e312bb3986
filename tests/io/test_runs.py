from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys

import pyarrow as pa
import pytest

from analyzer.errors import InputError, InvariantError, RunStateError
from analyzer.io import runs
from analyzer.io.manifest import Counts, DataFile, Manifest
from analyzer.schemas import TABLES


@pytest.fixture
def run(tmp_path):
    made = runs.opened(str(tmp_path / "run"), create=True)
    made.write(runs.SETTINGS, "")
    return made


def manifest(stage="estimate", **more):
    given = {
        "stage": stage, "fingerprint": "f", "counts": Counts(3, 2, {"bad": 1}), "tables": {}, "settings": {"a": 1},
        "inputs": {}, "code_version": "0",
    }  # fmt: skip
    return Manifest(**(given | more))


def test_a_stage_is_finished_only_when_its_manifest_is_there(run):
    table = TABLES["risk"].schema.empty_table()
    run.write_table("estimate", "risk", table)
    assert run.manifest("estimate") is None
    with pytest.raises(RunStateError, match="estimate is not finished"):
        run.table("risk")
    run.commit(manifest(tables={"risk": run.written("estimate", "risk")}))
    assert run.table("risk").num_rows == 0
    assert run.manifest("estimate").counts.rejected == {"bad": 1}


def test_files_that_the_manifest_does_not_list_are_not_read(run):
    spectra = pa.Table.from_pylist(
        [
            {
                "slice_kind": "corpus",
                "slice": "*",
                "key": "prompt",
                "unit": "cluster",
                "r": 1,
                "keys": 2,
                "statements": 3,
            }
        ],
        TABLES["spectra"].schema,
    )
    run.write_table("estimate", "spectra", spectra)
    run.commit(manifest(tables={"spectra": run.written("estimate", "spectra")}))
    folder = run.local / "estimate" / "spectra"
    (folder / "part-9.parquet").write_bytes((folder / "part-0.parquet").read_bytes())
    assert run.table("spectra").num_rows == 1


def test_clearing_a_stage_takes_the_completion_mark_along(run):
    run.commit(manifest())
    run.write(runs.COMPLETE, "{}")
    run.clear("estimate")
    assert run.manifest("estimate") is None
    assert run.read(runs.COMPLETE) is None


def test_a_run_directory_is_for_its_owner_alone(run):
    assert stat.S_IMODE(run.local.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["a*b", "a?b", "{a,b}", "a[1]"])
def test_names_that_spark_reads_as_patterns_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="patterns"):
        runs.opened(str(tmp_path / name), create=True)


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(RunStateError, match="not a run of monofact"):
        runs.opened(str(tmp_path), create=True)


def test_a_file_and_a_missing_folder_are_no_runs(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        runs.opened(str(tmp_path / "f"), create=True)
    with pytest.raises(InputError, match="no such run"):
        runs.opened(str(tmp_path / "none"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        runs.opened(str(tmp_path / "f" / "run"), create=True)


def test_a_living_owner_keeps_others_out_and_is_named(run):
    with runs.locked(run), pytest.raises(RunStateError, match=f"process {os.getpid()}"), runs.locked(run):
        pass
    assert run.read(runs.LOCK) is None


@pytest.mark.parametrize("how", ["dead", "reused", "empty"])
def test_a_dead_owners_lock_is_taken_over(run, how):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    owner = {"host": socket.gethostname(), "pid": dead.pid, "started": 1}
    if how == "reused":
        owner["pid"] = os.getpid()
    run.write(runs.LOCK, "" if how == "empty" else json.dumps(owner))
    with runs.locked(run):
        assert json.loads(run.read(runs.LOCK))["pid"] == os.getpid()


def test_an_owner_on_another_machine_is_believed_alive(run):
    run.write(runs.LOCK, json.dumps({"host": "elsewhere", "pid": 1, "started": 1}))
    with pytest.raises(RunStateError, match="elsewhere"), runs.locked(run):
        pass


def test_a_newer_major_schema_is_refused_and_a_minor_one_is_not(run):
    run.commit(manifest(schema_version="1.9"))
    assert run.manifest("estimate") is not None
    run.commit(manifest(schema_version="2.0"))
    with pytest.raises(RunStateError, match=r"schema 2\.0"):
        run.manifest("estimate")


def test_a_manifest_that_is_none_is_named(run):
    run.write(f"estimate/{runs.MANIFEST}", "[1]")
    with pytest.raises(RunStateError, match="not a manifest"):
        run.manifest("estimate")


def test_what_was_read_must_be_kept_or_rejected():
    assert Counts(3, 2, {"x": 1}).check("ingest") == Counts(3, 2, {"x": 1})
    with pytest.raises(InvariantError, match="read 3 but kept 2"):
        Counts(3, 2).check("ingest")


def test_a_manifest_survives_its_own_json():
    one = manifest(tables={"risk": (DataFile("estimate/risk/a.parquet", 3, 4),)}, private=("facts",))
    assert Manifest.from_json(one.to_json(), "x") == one
    assert one.rows("risk") == 4


@pytest.mark.parametrize("text", ["[1]", "no json", '{"pid": 3}'])
def test_a_lock_that_is_none_is_named(run, text):
    run.write(runs.LOCK, text)
    with pytest.raises(RunStateError, match="not a lock of monofact"), runs.locked(run):
        pass


def test_a_sampled_run_is_refused_where_everything_is_needed(run):
    run.commit(manifest("extract"))
    run.commit(manifest("count"))
    assert runs.demand_whole(run) is run
    run.commit(manifest("count", settings={"sample_share": 0.1, "sample_seed": 1}))
    with pytest.raises(RunStateError, match="audit of a sample"):
        runs.demand_whole(run)
