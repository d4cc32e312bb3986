"""A corpus or a setting that changed between two calls: the run is built again from the first stage it reaches."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from analyzer import pipeline
from analyzer.io import runs
from tests import tiny

pytestmark = [pytest.mark.spark, pytest.mark.fault]
STAGES = ("ingest", "dedup", "extract", "count", "estimate", "report")


@pytest.mark.parametrize("change", ["touch", "append", "another file", "nothing"])
def test_a_changed_input_file_rebuilds_everything_and_is_named_and_an_equal_one_nothing(
    audited, tmp_path, monkeypatch, change
):
    """From the fingerprints alone, and what would be logged: building is what other tests do."""
    corpus, whole, _ = audited
    run = shutil.copytree(whole, tmp_path / "run")
    moved = tmp_path / "corpus" / corpus.name
    moved.parent.mkdir()
    shutil.copy2(corpus, moved)
    if change == "touch":
        os.utime(moved, (1, 1))
    elif change == "append":
        stat = moved.stat()
        with moved.open("a") as stream:
            stream.write('{"text": "More."}\n')
        os.utime(moved, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif change == "another file":
        (moved.parent / "z.jsonl").write_text('{"text": "More."}\n')
    prints = {}

    def note(stage, job, found, watch, rebuild):
        prints[stage.name] = (found[stage.name], pipeline._difference(job.run.manifest(stage.name), stage, job, found))
        return "kept"

    monkeypatch.setattr(pipeline, "_run_stage", note)
    monkeypatch.setattr(pipeline, "summarised", lambda job: None)
    pipeline.audit(str(moved.parent), str(run), tiny.config())
    manifests = {stage: json.loads((run / stage / runs.MANIFEST).read_text()) for stage in STAGES}
    different = {stage for stage in STAGES if manifests[stage]["fingerprint"] != prints[stage][0]}
    assert different == (set() if change == "nothing" else set(STAGES))
    told = {"touch": f"{corpus.name} changed", "append": f"{corpus.name} changed", "another file": "z.jsonl came"}
    log = (run / runs.LOG).read_text()
    assert f'"not the files of the last call: {told.get(change, "")}"' in log or change == "nothing"
    assert ("not the files" in log) == (change != "nothing")
    if different:
        assert prints["ingest"][1] == "input files or versions changed"
        assert "stage ingest changed" in prints["dedup"][1]
