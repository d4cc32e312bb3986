"""The hashed shingles of some texts, read again from the source: only files that hold one of them are opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.errors import InputError
from analyzer.io.corpus import Document, documents
from analyzer.io.files import InputFile
from analyzer.settings import DedupSettings, IngestSettings
from analyzer.spark import arrow, ingest
from analyzer.text import minhash

SETS = pa.schema([("node", pa.string()), ("hashes", pa.binary())])


def fetched(
    spark: SparkSession,
    files: Sequence[InputFile],
    known: DataFrame,
    wanted: DataFrame,
    reading: IngestSettings,
    settings: DedupSettings,
) -> DataFrame:
    """(node, hashes) of the wanted texts (node = text_hash); `hashes` are ascending little-endian uint32.

    known: the documents table. Of copies the one with the least (path, record) is read: all have the same shingles.
    """
    places = (
        known.join(wanted, on=known["text_hash"] == wanted["node"], how="left_semi")
        .groupBy(F.col("text_hash").alias("node"))
        .agg(F.min(F.struct("path", "record")).alias("place"))
    )
    by_file = places.groupBy("place.path").agg(
        F.sort_array(F.collect_list(F.struct("place.record", "node"))).alias("wanted")
    )
    by_path = {file.path: file for file in files}

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for row in batch.to_pylist():
                nodes = {place["record"]: place["node"] for place in row["wanted"]}
                yield from _of_file(by_path[row["path"]], nodes, reading, settings)

    tasks = len(ingest.pack(files)) or 1  # a number, or adaptive execution packs all files into one task
    return by_file.repartition(tasks, "path").mapInArrow(read, arrow.spark_schema(SETS))


def _of_file(
    file: InputFile, nodes: Mapping[int, str], reading: IngestSettings, settings: DedupSettings
) -> Iterator[pa.RecordBatch]:
    """The sets of the records of a file, named by record number."""
    pending: list[tuple[str, str]] = []
    left, size = len(nodes), 0
    for item in documents(file, reading, only=nodes):
        if not isinstance(item, Document) or nodes[item.record] != item.text_hash:
            break
        pending.append((item.text_hash, item.text))
        left, size = left - 1, size + len(item.text)
        if len(pending) >= ingest.BATCH_ROWS or size >= ingest.BATCH_BYTES:
            yield _hashed(pending, settings)
            pending, size = [], 0
        if not left:
            break
    if left:
        raise InputError(f"{file.path}: changed while it was read: run the same command again")
    if pending:
        yield _hashed(pending, settings)


def _hashed(texts: Sequence[tuple[str, str]], settings: DedupSettings) -> pa.RecordBatch:
    nodes, strings = zip(*texts, strict=True)
    sets = minhash.hashed_shingles(pa.array(strings, pa.large_string()), settings)
    values = pa.array([own.astype("<u4").tobytes() for own in sets], pa.binary())
    return pa.RecordBatch.from_arrays([pa.array(nodes, pa.string()), values], schema=SETS)
