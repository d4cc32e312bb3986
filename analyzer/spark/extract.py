"""texts -> mentions, an account of everything that was skipped or dropped, rejects for texts that broke the parser.

Near-duplicates are sent to the same task, so that a sentence they share is parsed once; that arrangement is speed
only and cannot change a row. One pass writes mentions, accounts and rejects as `items`, which `split` takes apart.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer import ids
from analyzer.io.manifest import Counts
from analyzer.schemas import ACCOUNTS, INT, MENTIONS, REJECTS, TEXT
from analyzer.settings import ExtractSettings
from analyzer.spark import careful
from analyzer.spark.arrow import batches, spark_schema
from analyzer.text.alias_table import AliasTable, load

if TYPE_CHECKING:
    from analyzer.text.facts import Extraction, Extractor, Mention

PARTITION_CHARACTERS = 250_000  # some seconds of parsing: even load, visible progress, cheap retries

_M = [f.name for f in MENTIONS.schema]
ITEMS = pa.schema(
    [
        pa.field("kind", TEXT),
        *(pa.field(f.name, f.type) for f in MENTIONS.schema),
        *(pa.field(name, TEXT) for name in ("domain", "item")),
        pa.field("count", INT),
        *(pa.field(name, TEXT) for name in ("reason", "path", "detail")),
        pa.field("record", INT),
    ]
)
_AFTER = len(ITEMS) - 1 - len(_M)
_EXTRACTORS: dict[ExtractSettings, Extractor] = {}  # one loaded model a worker process; Spark reuses the process


def arranged(texts: DataFrame, clusters: DataFrame, characters: int, *, only: bool = False) -> DataFrame:
    """Texts partitioned by cluster, in an order that puts a cluster's members beside each other.

    `only`: texts that `clusters` does not list are left out, else they come by themselves.
    """
    cores = texts.sparkSession.sparkContext.defaultParallelism
    partitions = cores * max(1, -(-characters // (PARTITION_CHARACTERS * cores)))  # none works alone at the end
    near = texts.join(clusters.select("doc_id", "cluster_id"), on="doc_id", how="inner" if only else "left")
    spread = near.repartition(int(partitions), "cluster_id").sortWithinPartitions("cluster_id", "doc_id")
    return spread.select("doc_id", "domain", "path", "record", "text")


def items(texts: DataFrame, settings: ExtractSettings) -> DataFrame:
    """Mentions, accounts and rejects of (doc_id, domain, path, record, text), as one table of rows by kind."""
    aliases = load(settings.aliases) if settings.aliases else None  # here: workers need not see the file

    def run(incoming: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches(_rows(incoming, settings, aliases), ITEMS)

    return texts.mapInArrow(run, spark_schema(ITEMS))


def split(items: DataFrame) -> tuple[DataFrame, DataFrame, DataFrame]:
    """The `mentions`, `accounts` and `rejects` among the items."""
    mentions = items.where(F.col("kind") == "mention").select(*_M)
    accounts = (
        items.where(F.col("kind") == "account")
        .groupBy("domain", "item")
        .agg(F.sum("count").alias("count"))
        .orderBy("domain", "item")
        .select(*ACCOUNTS.schema.names)
    )
    rejects = items.where(F.col("kind") == "reject").withColumn("stage", F.lit("extract"))
    return mentions, accounts, rejects.select(*REJECTS.schema.names)


def counts(documents: int, accounts: Mapping[str, int], rejects: Mapping[str, int]) -> Counts:
    """Documents handed in against documents that came out with an account or a reject."""
    return Counts(documents, accounts.get("documents", 0), dict(sorted(rejects.items())))


def _rows(
    incoming: Iterable[pa.RecordBatch], settings: ExtractSettings, aliases: AliasTable | None
) -> Iterator[tuple[object, ...]]:
    for texts in incoming:
        account: dict[str, Counter[str]] = {}
        columns = [texts.column(name).to_pylist() for name in ("doc_id", "domain", "path", "record", "text")]
        documents = list(zip(*columns, strict=True))
        for (doc_id, domain, path, record, _), found in zip(documents, _extract(documents, settings), strict=True):
            if isinstance(found, str):
                yield ("reject", *[None] * (len(_M) + 3), "extractor_error", path, found, record)
                continue
            named = found if aliases is None else _renamed(found, aliases)
            for m in named.mentions:
                values = {"doc_id": doc_id, **_ids(m)}
                row = [values[name] if name in values else getattr(m, name) for name in _M]
                yield ("mention", *row, *[None] * _AFTER)
            account.setdefault(domain, Counter()).update({"documents": 1, **named.counts})
        for domain, tally in account.items():
            for item, count in tally.items():
                yield ("account", *[None] * len(_M), domain, item, count, *[None] * (_AFTER - 3))


def _extract(documents: list[tuple[str, ...]], settings: ExtractSettings) -> Iterator[Extraction | str]:
    """An `Extraction`, or what went wrong, per document. One bad text does not take its batch along."""
    extractor = _extractor(settings)
    texts = [document[-1] for document in documents]
    if careful.is_retry():
        yield from careful.each(lambda some: _caught(extractor, some), texts)
    else:
        yield from _caught(extractor, texts)


def _caught(extractor: Extractor, texts: Sequence[str]) -> Iterator[Extraction | str]:
    """An `Extraction`, or the name of the exception, per text."""
    done = 0
    try:
        for found in extractor.extract(texts):
            done += 1
            yield found
    except Exception as error:  # the parser may fail in any way; which text it was shows one at a time
        logging.getLogger("monofact").warning("a batch failed with %s; retrying text by text", type(error).__name__)
        for text in texts[done:]:
            try:
                yield next(iter(extractor.extract([text])))
            except Exception as single:  # the reject row says which document and what kind of error
                yield type(single).__name__


def _extractor(settings: ExtractSettings) -> Extractor:
    if settings not in _EXTRACTORS:
        from analyzer.text.facts import Extractor  # here, so that only workers load spaCy

        _EXTRACTORS[settings] = Extractor(settings)
    return _EXTRACTORS[settings]


def _renamed(found: Extraction, aliases: AliasTable) -> Extraction:
    """The extraction under the user's keys; a mention whose two names became one thing is dropped as same_name."""
    renamed = [
        replace(m, subject=aliases.key(m.subject, m.subject_type), answer=aliases.key(m.answer, m.answer_type))
        for m in found.mentions
    ]
    kept = tuple(m for m in renamed if m.subject != m.answer)
    same = len(renamed) - len(kept)
    counts = Counter(found.counts)
    counts.update({"mentions": -same, "dropped_same_name": same} if same else {})
    return replace(found, mentions=kept, counts=dict(counts))


def _ids(m: Mention) -> dict[str, int]:
    return {
        "prompt_id": ids.prompt_id(m.subject, m.relation),
        "fact_id": ids.fact_id(m.subject, m.relation, m.answer),
    }
