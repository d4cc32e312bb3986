"""A driver that is killed at any commit point, or in the middle of a stage, leaves a run that the same command ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analyzer.io import runs
from tests import tiny

pytestmark = pytest.mark.fault
SETTINGS = ("--set", "estimate.min_statements=3")
# Between the tables and their manifest: the moment at which a half-done stage looks most like a finished one.
POINTS = ("ingest:written", "dedup:written", "extract:written", "count:written", "estimate:written", "report:written")


def command(corpus: Path, run: Path) -> list[str]:
    return [sys.executable, "-m", "analyzer", "audit", str(corpus), "--out", str(run), *SETTINGS]


def environment(point: str = "") -> dict[str, str]:
    return os.environ | {
        "MONOFACT_FAULT": point,
        "PYSPARK_SUBMIT_ARGS": "--conf spark.sql.shuffle.partitions=2 pyspark-shell",
    }


def finish(corpus: Path, run: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(corpus, run), env=environment(), capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    corpus = tiny.write(folder / "corpus")
    finish(corpus, folder / "run")
    return corpus, tiny.tables(folder / "run")


@pytest.mark.timeout(900)
def test_a_driver_killed_before_every_manifest_in_turn_resumes_to_the_same_tables(undisturbed, tmp_path):
    corpus, expected = undisturbed
    run = tmp_path / "run"
    for point in POINTS:
        killed = subprocess.run(
            command(corpus, run), env=environment(point), capture_output=True, timeout=600, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert not (run / point.split(":")[0] / runs.MANIFEST).exists()
        assert (run / runs.LOCK).exists()
        assert not (run / runs.COMPLETE).exists()
    last = finish(corpus, run)
    assert "took over the lock" in last.stderr
    assert [line for line in last.stderr.splitlines() if "kept, nothing" in line][-1].startswith("estimate")
    assert tiny.tables(run) == expected


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("stage", ["ingest", "dedup", "extract", "count", "estimate"])
def test_a_driver_stopped_in_the_middle_of_a_stage_resumes_to_the_same_tables(undisturbed, tmp_path, stage, how):
    corpus, expected = undisturbed
    run = tmp_path / "run"
    running = subprocess.Popen(
        command(corpus, run), env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith(f"{stage}: running"):
            time.sleep(1.5)
            running.send_signal(how)
            break
    rest = running.stderr.read()
    code = running.wait(timeout=120)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130), rest
    if how == signal.SIGINT:
        assert "the same command resumes" in rest
        assert "Traceback" not in rest
        assert not (run / runs.LOCK).exists()
    assert not (run / stage / runs.MANIFEST).exists()
    finish(corpus, run)
    assert tiny.tables(run) == expected
