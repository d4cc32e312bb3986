"""A killed driver's JVM may write for a moment longer; nobody takes the run over before it is gone."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

import pytest

from analyzer.errors import RunStateError
from analyzer.io import runs


@pytest.fixture
def run(tmp_path):
    made = runs.opened(str(tmp_path / "run"), create=True)
    made.write(runs.SETTINGS, "")
    return made


def test_the_lock_waits_for_the_killed_owners_child(run):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"])
    run.write(runs.LOCK, json.dumps({"host": socket.gethostname(), "pid": -1, "started": 1}))
    runs.lock_also(run, child.pid)
    began = time.monotonic()
    with runs.locked(run):
        assert child.poll() is not None or time.monotonic() - began > 1


def test_a_child_that_does_not_end_is_named(run, monkeypatch):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        run.write(runs.LOCK, json.dumps({"host": socket.gethostname(), "pid": -1, "started": 1}))
        runs.lock_also(run, child.pid)
        monkeypatch.setattr(runs.time, "sleep", lambda _: None)
        with pytest.raises(RunStateError, match=str(child.pid)), runs.locked(run):
            pass
    finally:
        child.kill()
        child.wait()
