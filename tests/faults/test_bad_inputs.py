"""Broken files and records go to `rejects` with a reason, the rest is audited, and nothing is lost on the way."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter

import pyarrow as pa
import pytest

from analyzer import pipeline
from analyzer.errors import InputError
from analyzer.settings import Config
from tests import tiny

pytestmark = [pytest.mark.spark, pytest.mark.fault]


def compressed(text: bytes, codec: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(text)
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="module")
def run(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    corpus = folder / "corpus"
    tiny.write(corpus)
    noise = random.Random(1)
    words = "".join(json.dumps({"text": f"w{noise.random()} {noise.random()}"}) + "\n" for _ in range(30_000)).encode()
    (corpus / "broken.jsonl.gz").write_bytes(b"this is no gzip")
    (corpus / "cut.jsonl.zst").write_bytes(compressed(words, "zstd")[:-3_000])
    (corpus / "cut.jsonl.gz").write_bytes(gzip.compress(words)[:-3_000])
    long = json.dumps({"text": "x" * (30 << 20)}).encode()
    (corpus / "long.jsonl").write_bytes(long + b"\n" + json.dumps({"text": "after the long line"}).encode() + b"\n")
    (corpus / "latin.jsonl").write_bytes(
        b'{"text": "caf\xe9 in Velmar"}\n{"text": 3}\n{"text": " "}\n{"no": 1}\n[1]\nnull\n{"text"\n'
    )
    twice = [{"id": "a", "text": "One."}, {"id": "a", "text": "Another."}, {"id": "b", "text": "One."}]
    (corpus / "ids.jsonl").write_text("".join(json.dumps({**row, "source": "s"}) + "\n" for row in twice))
    pipeline.audit(str(corpus), str(folder / "run"), Config(), until="ingest")
    return tiny.tables(folder / "run"), json.loads((folder / "run" / "ingest" / "_MANIFEST.json").read_text())


def reasons(run, path):
    return Counter(row["reason"] for row in run[0]["ingest/rejects"] if row["path"] == path)


def test_what_was_read_is_kept_or_rejected(run):
    tables, manifest = run
    counts = manifest["counts"]
    assert counts["kept"] == len(tables["ingest/documents"])
    assert sum(counts["rejected"].values()) == len(tables["ingest/rejects"])
    assert counts["read"] == counts["kept"] + sum(counts["rejected"].values())


def test_a_broken_gz_is_one_reject(run):
    assert reasons(run, "broken.jsonl.gz") == {"corrupt_stream": 1}


@pytest.mark.parametrize("name", ["cut.jsonl.zst", "cut.jsonl.gz"])
def test_of_a_truncated_file_the_readable_part_is_kept_and_the_rest_reported(run, name):
    kept = [row for row in run[0]["ingest/documents"] if row["path"] == name]
    rejects = [row for row in run[0]["ingest/rejects"] if row["path"] == name]
    assert 0 < len(kept) < 30_000
    assert [row["reason"] for row in rejects] == ["corrupt_stream"]
    assert rejects[0]["record"] == max(row["record"] for row in kept) + 1


def test_a_line_of_30_mb_is_rejected_and_the_next_one_read(run):
    assert reasons(run, "long.jsonl") == {"line_too_long": 1}
    assert [row["record"] for row in run[0]["ingest/documents"] if row["path"] == "long.jsonl"] == [2]


def test_invalid_utf8_is_repaired_and_flagged(run):
    kept = [row for row in run[0]["ingest/documents"] if row["path"] == "latin.jsonl"]
    assert [(row["record"], row["repaired"]) for row in kept] == [(1, True)]
    assert run[1]["notes"]["repaired"] == 1


def test_an_id_that_is_there_twice_makes_two_documents_and_is_counted(run):
    kept = [row for row in run[0]["ingest/documents"] if row["path"] == "ids.jsonl"]
    assert [row["user_id"] for row in sorted(kept, key=lambda row: row["record"])] == ["a", "a", "b"]
    assert len({row["doc_id"] for row in kept}) == 3
    assert len({row["text_hash"] for row in kept}) == 2
    assert run[1]["notes"]["duplicate_ids"] == 1


def test_records_that_are_no_documents_have_their_reasons(run):
    assert reasons(run, "latin.jsonl") == {"missing_text": 2, "empty_text": 1, "malformed_json": 3}


def test_no_corpus_text_reaches_the_rejects(run):
    assert not any(
        "Velmar" in (row["detail"] or "") or "xxx" in (row["detail"] or "") for row in run[0]["ingest/rejects"]
    )


def test_a_broken_stream_ends_the_run_if_so_set(spark, tmp_path):
    corpus = tmp_path / "corpus"
    tiny.write(corpus)
    (corpus / "broken.jsonl.gz").write_bytes(b"this is no gzip")
    with pytest.raises(InputError, match=r"broken\.jsonl\.gz"):
        pipeline.audit(
            str(corpus), str(tmp_path / "run"), Config.load(None, ["ingest.on_corrupt=stop"]), until="ingest"
        )


def test_files_that_change_while_they_are_read_are_blamed_and_not_we(spark, tmp_path, monkeypatch):
    corpus = tiny.write(tmp_path / "corpus")
    run = tmp_path / "run"
    pipeline.audit(str(corpus), str(run), Config(), until="ingest")
    fault = pipeline._fault

    def append(point):
        if point == "dedup:begin":
            with corpus.open("a") as stream:
                stream.write('{"text": "One more line."}\n')
        fault(point)

    monkeypatch.setattr(pipeline, "_fault", append)
    with pytest.raises(InputError, match=r"^while files were read \S+\.jsonl changed: run the same"):
        pipeline.audit(str(corpus), str(run), Config(), until="dedup")
