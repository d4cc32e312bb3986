"""The same flags under spark-submit give the same tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny
from tests.conftest import ROOT

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.mark.timeout(900)
def test_spark_submit_gives_the_tables_of_a_local_run(audited, tmp_path):
    corpus, run, _ = audited
    submit = [str(Path(sys.executable).with_name("spark-submit")), "--master", "local[1,4]"]
    job = [str(ROOT / "jobs" / "audit.py"), str(corpus), "--out", str(tmp_path / "run"), "--json"]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(
        [*submit, *job, "--set", "estimate.min_statements=3"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1])["stages"].values()) == {"built"}
    assert tiny.tables(tmp_path / "run") == tiny.tables(run)
