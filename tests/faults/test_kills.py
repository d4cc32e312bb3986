"""A driver that is killed at any commit point, or in the middle of a stage, leaves a run that the same command ends."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from analyzer import pipeline
from analyzer.io import runs
from tests import tiny
from tests.faults import processes

pytestmark = pytest.mark.fault
STAGES = ("ingest", "dedup", "extract", "count", "estimate", "report")
# Before anything of a stage, between its tables and its manifest (when a half-done stage looks most like a finished
# one), and behind the manifest.
POINTS = tuple(f"{stage}:{point}" for stage in STAGES for point in ("begin", "written", "committed"))


def killed(corpus, run, point, *more):
    done = processes.run(processes.command(corpus, run, *more), MONOFACT_FAULT=point)
    assert done.returncode == -signal.SIGKILL, done.stderr
    stage, where = point.split(":")
    assert (run / stage / runs.MANIFEST).exists() == (where == "committed")
    assert (run / runs.LOCK).exists()
    assert not (run / runs.COMPLETE).exists()
    return done


@pytest.fixture(scope="module")
def undisturbed(spark, tmp_path_factory):
    """A corpus with names of many letters, and the tables of an audit of it in this process."""
    folder = tmp_path_factory.mktemp("kills")
    corpus = processes.corpus_in(folder / "corpus")
    pipeline.audit(str(corpus), str(folder / "run"), tiny.config())
    return corpus, tiny.tables(folder / "run")


def test_a_driver_killed_before_a_manifest_resumes_to_the_same_tables(audited, tmp_path):
    corpus, whole, _ = audited
    run = tmp_path / "run"
    killed(corpus, run, "dedup:written", "--until", "dedup")
    last = processes.finish(processes.command(corpus, run, "--until", "dedup"))
    assert "took over the lock" in last.stderr
    assert "ingest: kept, nothing" in last.stderr
    found, expected = tiny.tables(run), tiny.tables(whole)
    assert found == {name: rows for name, rows in expected.items() if name.split("/")[0] in ("ingest", "dedup")}


@pytest.mark.slow
@pytest.mark.timeout(20 * processes.SECONDS)
def test_a_driver_killed_at_every_commit_point_in_turn_resumes_to_the_same_tables(undisturbed, tmp_path):
    corpus, expected = undisturbed
    run = tmp_path / "run"
    for point in POINTS:
        killed(corpus, run, point)
    last = processes.finish(processes.command(corpus, run))
    assert "took over the lock" in last.stderr
    assert [line for line in last.stderr.splitlines() if "kept, nothing" in line][-1].startswith("report")
    assert tiny.tables(run) == expected


@pytest.mark.slow
@pytest.mark.timeout(20 * processes.SECONDS)
@pytest.mark.parametrize(
    ("how", "sign"), [(signal.SIGKILL, "_SUCCESS"), (signal.SIGINT, ".parquet")], ids=["killed", "interrupted"]
)
def test_a_driver_stopped_in_the_middle_of_every_stage_in_turn_resumes_to_the_same_tables(
    undisturbed, tmp_path, how, sign
):
    """Killed when a stage's first table is whole; interrupted, and the JVM with it, when its first rows are written."""
    corpus, expected = undisturbed
    run = tmp_path / "run"
    for stage in STAGES[:-1]:
        running = processes.started(processes.command(corpus, run))
        processes.until(running, f"{stage}: running")
        processes.until_there(running, run / stage, sign)
        running.send_signal(how)
        assert running.stdout is not None
        rest = running.stdout.read()
        code = running.wait(timeout=120)
        assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130), rest
        if how == signal.SIGINT:
            assert "the same command resumes" in rest
            assert "Traceback" not in rest
            assert not (run / runs.LOCK).exists()
        assert list((run / stage).rglob("*.parquet")), "nothing was left behind to be mistaken for a result"
        assert not (run / stage / runs.MANIFEST).exists()
    processes.finish(processes.command(corpus, run))
    assert tiny.tables(run) == expected


@pytest.mark.slow
@pytest.mark.timeout(2 * processes.SECONDS)
def test_python_workers_killed_in_the_middle_of_a_stage_are_replaced_and_nothing_is_lost(undisturbed, tmp_path):
    """With `local[*]`, Spark's own default, the first dead worker ends the job."""
    corpus, expected = undisturbed
    run = tmp_path / "run"
    running = processes.started(processes.command(corpus, run))
    for stage in ("ingest", "extract"):
        processes.until(running, f"{stage}: running")
        for pid in reversed(processes.below(running.pid, "pyspark.daemon")):  # workers before the daemon that made them
            processes.kill(pid)
    assert running.stdout is not None
    rest = running.stdout.read()
    assert running.wait(timeout=processes.SECONDS) == 0, rest
    assert tiny.tables(run) == expected


@pytest.mark.slow
@pytest.mark.timeout(2 * processes.SECONDS)
def test_an_executor_killed_in_the_middle_of_a_stage_is_replaced_and_nothing_is_lost(undisturbed, tmp_path):
    """Two executors with a JVM of their own, as on a cluster. In every stage a task that has handed over all of its
    rows kills the JVM that is writing them, which takes the shuffle files along that it held."""
    corpus, expected = undisturbed
    run, deaths = tmp_path / "run", tmp_path / "deaths"
    deaths.mkdir()
    job = Path(__file__).with_name("dying_audit.py")
    done = processes.run(
        processes.submitted("local-cluster[2,1,1024]", corpus, run, job),
        DEATHS=str(deaths),
        SPARK_WORKER_DIR=str(tmp_path / "work"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in deaths.iterdir()} == set(STAGES[:-1])
    assert tiny.tables(run) == expected
