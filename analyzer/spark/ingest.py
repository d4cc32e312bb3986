"""files -> documents, rejects. Also the way back: later stages read the texts again, they are never copied.

Our own readers run inside `mapInArrow`, because Spark's lose records in silence (truncated streams, long strings,
malformed lines). A file is read by one task; files are packed into groups of about `GROUP_BYTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.io.corpus import Document, Reject, documents
from analyzer.io.files import InputFile
from analyzer.io.manifest import Counts
from analyzer.logs import LOGGER
from analyzer.schemas import DOCUMENTS, INT, REJECTS, TEXT
from analyzer.settings import IngestSettings
from analyzer.spark.arrow import batch, spark_schema

GROUP_BYTES = 8 << 20  # small files share a task, so that 10^6 of them do not make 10^6 tasks
GIANT_BYTES = 1 << 30  # a file is read by one task alone: from here on (some ten seconds) somebody should know
BATCH_BYTES = 4 << 20  # text handed to Spark at once
BATCH_ROWS = 256

TEXTS = pa.schema(
    [pa.field(name, TEXT) for name in ("doc_id", "text_hash", "domain", "path")]
    + [pa.field("record", INT), pa.field("text", TEXT)]
)
# One pass over a file yields documents, rejects and a closing row with the number of records seen.
ITEMS = pa.schema(
    [
        pa.field("kind", TEXT),
        *(pa.field(f.name, f.type) for f in DOCUMENTS.schema),
        *(pa.field(name, TEXT) for name in ("reason", "detail")),
        pa.field("seen", INT),
    ]
)


def items(spark: SparkSession, files: Sequence[InputFile], settings: IngestSettings) -> DataFrame:
    """Every record of every file as a row: kind = document, reject or end."""
    for file in files:
        if file.bytes >= GIANT_BYTES:
            said = "%s: %.1f GB that one task reads alone, again in dedup and extract: split it to use more cores"
            LOGGER.warning(said, file.path, file.bytes / 1e9)

    def rows(group: Iterable[InputFile]) -> Iterator[tuple[object, ...]]:
        for file in group:
            seen = 0
            for item in documents(file, settings):
                seen += 1
                yield _document_row(item) if isinstance(item, Document) else _reject_row(item)
            yield ("end", None, file.path, *[None] * (len(ITEMS) - 4), seen)

    return _over_groups(spark, files, ITEMS, rows)


def split(items: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The `documents` and the `rejects` among the items."""
    kept = items.where(F.col("kind") == "document").select(*DOCUMENTS.schema.names)
    lost = items.where(F.col("kind") == "reject").withColumn("stage", F.lit("ingest"))
    return kept, lost.select(*REJECTS.schema.names)


def counts(items: DataFrame, documents: DataFrame, rejects: DataFrame) -> Counts:
    """Records that the readers saw against the rows that were written."""
    read = items.where(F.col("kind") == "end").agg(F.sum("seen")).first()
    rejected = {row["reason"]: row["count"] for row in rejects.groupBy("reason").count().collect()}
    return Counts(int((read and read[0]) or 0), documents.count(), dict(sorted(rejected.items())))


def texts(spark: SparkSession, files: Sequence[InputFile], settings: IngestSettings) -> DataFrame:
    """(doc_id, text_hash, domain, path, record, text) of the kept documents, read from the sources again."""

    def rows(group: Iterable[InputFile]) -> Iterator[tuple[object, ...]]:
        for file in group:
            for d in documents(file, settings):
                if isinstance(d, Document):
                    yield (d.doc_id, d.text_hash, d.domain, d.path, d.record, d.text)

    return _over_groups(spark, files, TEXTS, rows)


def _over_groups(
    spark: SparkSession,
    files: Sequence[InputFile],
    schema: pa.Schema,
    rows: Callable[[Iterable[InputFile]], Iterator[tuple[object, ...]]],
) -> DataFrame:
    groups = pack(files)

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for numbers in batches:
            for number in numbers.column(0).to_pylist():
                yield from _bounded(rows(groups[number]), schema)

    numbered = spark.range(0, len(groups), 1, numPartitions=max(1, len(groups)))
    return numbered.mapInArrow(read, spark_schema(schema))


def pack(files: Sequence[InputFile]) -> list[list[InputFile]]:
    """Files in groups of about GROUP_BYTES, the largest first, so that a long task does not start last."""
    groups: list[list[InputFile]] = []
    room = 0
    for file in sorted(files, key=lambda f: (-f.bytes, f.path)):
        if not groups or file.bytes > room:
            groups.append([])
            room = GROUP_BYTES
        groups[-1].append(file)
        room -= file.bytes
    return groups


def _bounded(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows as batches of at most BATCH_ROWS rows and about BATCH_BYTES of text."""
    pending: list[tuple[object, ...]] = []
    size = 0
    for row in rows:
        pending.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(pending) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch(pending, schema)
            pending, size = [], 0
    if pending:
        yield batch(pending, schema)


def _document_row(d: Document) -> tuple[object, ...]:
    return ("document", *(getattr(d, name) for name in DOCUMENTS.schema.names), None, None, None)


def _reject_row(r: Reject) -> tuple[object, ...]:
    blank = [None] * (len(DOCUMENTS.schema) - 3)
    return ("reject", None, r.path, r.record, *blank, r.reason, r.detail, None)
