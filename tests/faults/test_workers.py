"""Python workers that die: a task is tried again and nothing counts twice; a text that kills them all is a reject."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest

from analyzer.io import files, runs
from analyzer.settings import ExtractSettings, IngestSettings
from analyzer.spark import careful, extract, ingest, tables
from analyzer.spark.arrow import spark_schema
from tests import tiny

pytestmark = [pytest.mark.spark, pytest.mark.fault]

DEADLY = "This text ends whoever reads it."


def read(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if text.startswith("die"):
            os.kill(os.getpid(), signal.SIGSEGV if "segment" in text else signal.SIGKILL)
        if text.startswith("leave"):
            os._exit(3)
        yield text.upper()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a", "b"], ["A", "B"]),
        (["a", "die", "b"], ["A", "killed by SIGKILL", "B"]),
        (["die segment"], ["killed by SIGSEGV"]),
        (["leave", "a", "die", "die", "b"], ["exit code 3", "A", "killed by SIGKILL", "killed by SIGKILL", "B"]),
        ([], []),
    ],
)
def test_only_the_text_that_ends_a_process_is_lost(texts, expected):
    assert list(careful.each(read, texts)) == expected


def test_a_process_that_dies_of_something_else_loses_nothing(tmp_path):
    once = tmp_path / "died"

    def dies_once(texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            if text == "b" and not once.exists():
                once.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield text

    assert list(careful.each(dies_once, ["a", "b", "c"])) == ["a", "b", "c"]


def test_a_process_that_dies_while_it_sends_a_long_result_loses_nothing():
    """A pipe holds 64 KB: the child waits in the middle of its message until we read on, and is gone then."""

    def sends_long(texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            if text == "long":
                signal.setitimer(signal.ITIMER_REAL, 0.3)  # SIGALRM ends a process that does not handle it
            yield text * (1 << 18 if text == "long" else 1)

    found = careful.each(sends_long, ["a", "long", "b"])
    assert next(found) == "a"
    time.sleep(0.6)
    assert list(found) == ["long" * (1 << 18), "b"]


def test_children_of_an_unfinished_reading_are_ended():
    def slow(texts: Sequence[str]) -> Iterator[int]:
        for _ in texts:
            yield os.getpid()
            time.sleep(60)

    found = careful.each(slow, ["a", "b"])
    child = int(next(found))
    found.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_document_that_kills_every_worker_is_rejected_and_all_others_are_read(spark):
    deadly = DEADLY

    def run(batches):
        class Killer:
            def extract(self, texts):
                real = original(settings)
                for text in texts:
                    if text == deadly:
                        os.kill(os.getpid(), signal.SIGKILL)
                    yield next(iter(real.extract([text])))

        settings = ExtractSettings()
        original = extract._extractor
        extract._extractor = lambda settings: Killer()
        try:
            yield from extract.batches(extract._rows(batches, settings, None), extract.ITEMS)
        finally:
            extract._extractor = original

    texts = [text for _, text in tiny.DOCUMENTS]
    rows = [(f"d{i}", "x", "p.jsonl", i, text) for i, text in enumerate([*texts[:3], DEADLY, *texts[3:]])]
    frame = spark.createDataFrame(rows, "doc_id string, domain string, path string, record long, text string")
    found = frame.coalesce(1).mapInArrow(run, spark_schema(extract.ITEMS)).collect()
    rejects = [(r.path, r.record, r.reason, r.detail) for r in found if r.kind == "reject"]
    assert rejects == [("p.jsonl", 3, "extractor_error", "killed by SIGKILL")]
    assert sum(r["count"] for r in found if r.kind == "account" and r.item == "documents") == len(texts)
    assert {r.doc_id for r in found if r.kind == "mention"} == {f"d{i}" for i in (0, 1, 2, 4, 5, 6, 7, 8)}


def test_a_task_that_died_behind_half_of_its_output_counts_once(spark, tmp_path):
    """Counts come from the rows that were committed; what a dead attempt had handed over is in none of them."""
    path = tmp_path / "corpus" / "many.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"text": "one of many"}\n' * 900 + b"no json\n" * 7)

    def dies_halfway(batches):
        from pyspark import TaskContext

        for i, batch in enumerate(batches):
            if i == 2 and TaskContext.get().attemptNumber() < 2:
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    run = runs.opened(str(tmp_path / "run"), create=True)
    items = ingest.items(spark, files.list_files([str(path.parent)]), IngestSettings())
    kept = tables.checkpoint(spark, run, "ingest", "items", items.mapInArrow(dies_halfway, items.schema))
    documents, rejects = ingest.split(kept)
    tables.write(run, "ingest", "documents", documents)
    tables.write(run, "ingest", "rejects", rejects)
    counts = ingest.counts(kept, documents, rejects).check("ingest")
    assert (counts.read, counts.kept, dict(counts.rejected)) == (907, 900, {"malformed_json": 7})
    assert sum(file.rows for file in run.written("ingest", "documents")) == 900


def test_what_an_attempt_left_behind_uncommitted_is_in_no_table(spark, tmp_path):
    """A speculative or dead attempt leaves its files under `_temporary`, where no listing of ours looks."""
    run = runs.opened(str(tmp_path / "run"), create=True)
    run.write_table("ingest", "documents", some_documents(3))
    left = run.local / "ingest" / "documents" / "_temporary" / "0" / "_temporary" / "attempt_1"
    left.mkdir(parents=True)
    (left / "part-0.parquet").write_bytes((run.local / "ingest" / "documents" / "part-0.parquet").read_bytes())
    assert [file.rows for file in run.written("ingest", "documents")] == [3]
    assert spark.read.parquet(f"{run.uri}/ingest/documents").count() == 3


def some_documents(number: int) -> pa.Table:
    from analyzer.schemas import DOCUMENTS

    row = {f.name: "x" if f.type == pa.string() else True if f.type == pa.bool_() else 1 for f in DOCUMENTS.schema}
    return pa.Table.from_pylist([row] * number, DOCUMENTS.schema)
