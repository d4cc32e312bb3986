"""What fuzzing found once and must not come back: each was a crash, a leak, or a limit that did not hold."""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.errors import ConfigError, InputError, RunStateError
from analyzer.io import streams
from analyzer.io.eval_logs import Log, ReadOptions, items
from analyzer.io.eval_logs.outcomes import read_grade
from analyzer.io.manifest import Manifest
from analyzer.report.export import write_csv
from analyzer.text import alias_table
from tests.io import logs
from tests.io.make import CODECS, kept, read, rejected, texts, wet


def scored(path: Path, **options: Any) -> tuple[list[dict[str, Any]], Log]:
    log = Log()
    batches = list(items(str(path), options=ReadOptions(**options), log=log))
    assert log.read == log.kept + sum(log.rejected.values())
    return [row for batch in batches for row in batch.to_pylist()], log


def test_an_odd_address_in_a_wet_file_is_not_shown_by_the_library_that_parses_it(tmp_path, capfd):
    """warcio warns of blanks in an address and quotes it."""
    data = wet(("http://example.org/canary", b"text"), gzipped=False).replace(b"org/canary", b"org/a canary")
    assert len(kept(read(tmp_path, "x.warc.wet", data))) == 1
    handlers = logging.getLogger("warcio").handlers
    assert "canary" not in "".join(capfd.readouterr())
    assert handlers and not logging.getLogger("warcio").propagate


@pytest.mark.parametrize("grade", [["C"], {"value": 1}, [], {}])
def test_a_grade_that_is_no_grade_makes_an_answer_unscorable(tmp_path, grade):
    row = {"doc_id": 1, "doc": {}, "resps": [["x"]], "filter": "none", "metrics": ["acc"], "acc": grade}
    (got,), _ = scored(logs.jsonl(tmp_path / "m" / "samples_t.jsonl", [row]))
    assert (got["outcome"], got["outcome_by"]) == ("unscorable", "unknown_grade")


def test_a_grade_that_no_float_holds_is_read():
    assert read_grade(10**400, None) == "unknown_grade"
    assert read_grade(10**400, 0.5) == "correct"
    assert read_grade(-(10**400), None) == "wrong"
    assert read_grade(float("nan"), None) == "no_grade"


@pytest.mark.parametrize(("name", "member"), [("per_instance_stats.json", "stats"), ("instances.json", "references")])
def test_a_helm_row_whose_list_is_a_number_is_read(tmp_path, name, member):
    logs.helm(tmp_path)
    path = next(tmp_path.glob(f"runs/*/*/{name}"))
    rows = json.loads(path.read_text())
    rows[0][member] = 5
    path.write_text(json.dumps(rows))
    got, _ = scored(path.parent)
    assert len(got) == 3


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_of_an_archive_is_a_reject_whatever_packed_it(tmp_path, method):
    log = logs.inspect_log(1)
    samples = log.pop("samples")[:3]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        archive.writestr("header.json", json.dumps(log))
        for i, sample in enumerate(samples):
            archive.writestr(f"samples/{i}.json", json.dumps(sample) * 20 if i == 1 else json.dumps(sample))
    data = bytearray(sink.getvalue())
    with zipfile.ZipFile(sink) as archive:
        start = archive.getinfo("samples/1.json").header_offset + 30 + len("samples/1.json")
    data[start + 9 : start + 60] = b"\xff" * 51
    (tmp_path / "x.eval").write_bytes(data)
    got, found = scored(tmp_path / "x.eval")
    assert (len(got), dict(found.rejected)) == (2, {"corrupt_stream": 1})


def test_an_encrypted_member_is_a_reject(tmp_path):
    path = logs.inspect_eval(tmp_path / "x.eval")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of an encrypted member, in the directory
    path.write_bytes(data)
    _, found = scored(path)
    assert found.rejected["corrupt_stream"] == 1


@pytest.mark.parametrize("name", ["header.json", "samples/0.json"])
def test_a_member_that_unpacks_to_more_than_a_record_may_have_is_not_unpacked(tmp_path, name, monkeypatch):
    log = logs.inspect_log(1)
    members = {"header.json": log, "samples/0.json": log["samples"][0], "samples/1.json": log["samples"][1]}
    with zipfile.ZipFile(tmp_path / "x.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        for member, value in members.items():
            archive.writestr(member, json.dumps(value) + " " * (10_000_000 if member == name else 0))
    opened: list[str] = []
    original = zipfile.ZipFile.read
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda z, i, *a: opened.append(i.filename) or original(z, i, *a))
    _, found = scored(tmp_path / "x.eval", max_record_bytes=1_000_000)
    assert name not in opened
    assert found.rejected["line_too_long"] == 1


def test_half_a_character_beside_nan_is_repaired(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(rb'{"id": 1, "question": "q \ud800", "correct": 1, "confidence": NaN}')
    (got,), _ = scored(path)
    assert got["question"] == "q \ufffd"


def test_a_manifest_whose_version_is_a_number_is_refused_in_words():
    whole = {"stage": "ingest", "fingerprint": "", "counts": {"read": 0, "kept": 0}, "tables": {}, "settings": {},
             "inputs": {}, "code_version": "0", "schema_version": 9}  # fmt: skip
    with pytest.raises(RunStateError, match="schema 9"):
        Manifest.from_json(json.dumps({**whole, "private": []}), "x")


def test_aliases_that_are_no_utf8_are_refused_in_words(tmp_path):
    table = pa.table({name: pa.array([b"caf\xe9"]).cast(pa.string(), safe=False) if name == "surface" else ["Q1"]
                      for name in ("surface", "id")} | {"type": pa.array([None], pa.string())})  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ConfigError, match="not UTF-8"):
        alias_table.load(str(tmp_path / "a.parquet"))


@pytest.mark.parametrize("suffix", CODECS)
def test_a_file_that_unpacks_to_more_than_a_thousand_times_its_size_is_cut_there(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(streams, "FREE_BYTES", 1 << 18)
    monkeypatch.setattr(streams, "MAX_RATIO", 100)
    items_ = read(tmp_path, f"x.jsonl{suffix}", CODECS[suffix](texts(2) + b"\n" * (6 << 20) + texts(1)))
    assert rejected(items_)[-1][0] == "corrupt_stream"
    assert "bomb" in items_[-1].detail
    fine = CODECS[suffix](texts(8_000))
    assert len(fine) * 100 > sys.getsizeof(texts(8_000)) > streams.FREE_BYTES
    assert len(kept(read(tmp_path, f"y.jsonl{suffix}", fine))) == 8_000


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc here")
def test_broken_files_leave_nothing_in_memory(tmp_path):
    """`pyarrow.NativeFile.read` loses the buffer it made, 64 KB, whenever the stream is broken."""
    cut = CODECS[".gz"](texts(3))[:-3]
    for _ in range(2):
        before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
        for _ in range(200):
            assert rejected(read(tmp_path, "x.jsonl.gz", cut))
        grown = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() - before
    assert grown < 200 * streams.BLOCK // 4


def test_an_error_that_quotes_a_name_of_two_lines_is_one_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('"a\nb",c\n1,2\n')
    with pytest.raises(InputError, match="it has a b, c") as refused:
        scored(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\x1c", "\u3000"])
def test_a_formula_behind_any_blank_is_quoted(blank):
    stream = io.StringIO(newline="")
    write_csv(pa.table({"a": [f"{blank}=1+1"]}), stream)
    assert stream.getvalue().split("\r\n")[1] == f'"\'{blank}=1+1"'
