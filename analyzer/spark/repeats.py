"""Sentences that stand in several clusters: how much of each domain is text that other documents share.

Near-duplicate documents are one thing, boilerplate is another: licences, menus and stock phrases stand word for word in
documents that are otherwise unlike. The texts are read once and only 64-bit hashes of their sentences are kept. A
sentence counts once a cluster, where the cluster's representative lives, with its characters as weight.

The share of characters that no other cluster holds is what the leave-one-unit-out estimator computes with sentences as
keys and characters as counts (`stats.units`), so the repeated share is 1 - S and comes with its variance: it estimates
what share of another such cluster's text this corpus would already hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.schemas.duplicates import REPEATS, SENTENCES
from analyzer.spark import arrow
from analyzer.spark.components import Checkpoint
from analyzer.stats.units import leave_one_unit_out_arrays
from analyzer.text.sentences import sentence_key
from analyzer.text.sentences import sentences as cut

METHOD = "1 - leave-one-unit-out Good-Turing over characters, hull interval"
STATUS = {"no_singletons": "all_repeated", "all_singletons": "none_repeated"}  # said of what is not repeated
MOMENTS = ("n", "units", "a", "a2", "am", "m2", "sentences", "repeated_sentences")


def sentences(texts: DataFrame) -> DataFrame:
    """The sentences table of texts (doc_id, text)."""
    schema = arrow.nullable(SENTENCES.schema)

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = [hashed(text) for text in batch.column("text").to_pylist()]
            columns = [[list(one) for one in found], [list(one.values()) for one in found]]
            arrays = [pa.array(column, f.type) for column, f in zip(columns, list(schema)[1:], strict=True)]
            yield pa.RecordBatch.from_arrays([batch.column("doc_id"), *arrays], schema=schema)

    return texts.select("doc_id", "text").mapInArrow(read, arrow.spark_schema(schema))


def hashed(text: str) -> dict[int, int]:
    """The characters of each distinct sentence of a text by its hash, hashes ascending."""
    found: dict[int, int] = {}
    for start, end in cut(text):
        key = sentence_key(text[start:end])
        found[key] = min(end - start, found.get(key, end - start))
    return dict(sorted(found.items()))


def repeats(
    sentences: DataFrame, documents: DataFrame, clusters: DataFrame, confidence: float, checkpoint: Checkpoint
) -> pa.Table:
    """The repeats table: a row for the corpus and for each domain."""
    cells = checkpoint("sentence_cells", _cells(sentences, documents, clusters))
    return _table(*sums(cells), confidence)


def sums(cells: DataFrame) -> tuple[pa.Table, pa.Table]:
    """What leave-one-unit-out Good-Turing needs, per domain, from cells (h, cell: cluster_id, domain, c).

    Gives (domain, MOMENTS) and (domain, cross), the second with a null domain for pairs of clusters across domains.
    """
    holders = cells.groupBy("h").agg(F.count("*").alias("df"), F.min("cell").alias("i"), F.max("cell").alias("j"))
    moments = _moments(cells.join(holders.select("h", "df"), on="h", how="inner")).toArrow()
    return moments, _cross(holders.where(F.col("df") == 2)).toArrow()


def _cells(sentences: DataFrame, documents: DataFrame, clusters: DataFrame) -> DataFrame:
    """(h, cell): a sentence's hash and, for each cluster that holds it, (cluster, domain, characters)."""
    representative = documents.select(F.col("doc_id").alias("cluster_id"), "domain")
    members = clusters.select("doc_id", "cluster_id").join(representative, on="cluster_id", how="inner")
    placed = sentences.join(members, on="doc_id", how="inner")
    rows = placed.select("cluster_id", "domain", F.explode(F.arrays_zip("hashes", "characters")).alias("s"))
    # The hash is that of the folded text, and upper case or more blanks make another length: the least one counts.
    once = rows.groupBy("s.hashes", "cluster_id", "domain").agg(F.min("s.characters").alias("c"))
    return once.select(F.col("hashes").alias("h"), F.struct("cluster_id", "domain", "c").alias("cell"))


def _moments(cells: DataFrame) -> DataFrame:
    """Per domain the sums over clusters that the estimator needs; m_i and a_i are characters, a_i of what is alone."""
    alone = F.col("df") == 1
    per_unit = cells.groupBy("cell.domain", "cell.cluster_id").agg(
        F.sum("cell.c").alias("m"),
        F.sum(F.when(alone, F.col("cell.c")).otherwise(0)).alias("a"),
        F.count("*").alias("sentences"),
        F.sum((~alone).cast("long")).alias("repeated_sentences"),
    )
    a, m = F.col("a").cast("double"), F.col("m").cast("double")
    return per_unit.groupBy("domain").agg(
        F.sum("m").alias("n"),
        F.count("*").alias("units"),
        F.sum("a").alias("a"),
        F.sum(a * a).alias("a2"),
        F.sum(a * m).alias("am"),
        F.sum(m * m).alias("m2"),
        F.sum("sentences").alias("sentences"),
        F.sum("repeated_sentences").alias("repeated_sentences"),
    )


def _cross(pairs: DataFrame) -> DataFrame:
    """(domain, cross): sum over pairs of clusters of 2 A_ij A_ji; domain is null for pairs across domains."""
    met = pairs.groupBy(
        F.col("i.cluster_id").alias("u"),
        F.col("j.cluster_id").alias("v"),
        F.when(F.col("i.domain") == F.col("j.domain"), F.col("i.domain")).alias("domain"),
    ).agg(F.sum("i.c").cast("double").alias("a_ij"), F.sum("j.c").cast("double").alias("a_ji"))
    return met.groupBy("domain").agg(F.sum(2 * F.col("a_ij") * F.col("a_ji")).alias("cross"))


def _table(moments: pa.Table, cross: pa.Table, confidence: float) -> pa.Table:
    """Each cluster lies in one domain, so all sums add up to the corpus' but those of pairs across domains."""
    moments = moments.sort_by("domain")
    names = moments["domain"].to_pylist()
    by_domain = dict(zip(cross["domain"].to_pylist(), cross["cross"].to_pylist(), strict=True))
    pairs = np.array([by_domain.get(name, 0.0) for name in names], np.float64)
    sums = {name: moments[name].to_numpy().astype(np.float64) for name in MOMENTS}
    sums = {name: np.concatenate(([values.sum()], values)) for name, values in sums.items()}
    cross_sums = np.concatenate(([pairs.sum() + by_domain.get(None, 0.0)], pairs))
    n, units, a, a2, am, m2, whole, repeated = (sums[name] for name in MOMENTS)
    alone = leave_one_unit_out_arrays(a, n, units, a2, am, m2, cross_sums, confidence)
    rows = len(n)
    columns = {
        "slice_kind": ["corpus"] + ["domain"] * len(names),
        "slice": ["*", *names],
        "clusters": units.astype(np.int64),
        "sentences": whole.astype(np.int64),
        "repeated_sentences": repeated.astype(np.int64),
        "characters": n.astype(np.int64),
        "repeated_characters": (n - a).astype(np.int64),
        "share": 1 - alone.value,
        "low": 1 - alone.high,
        "high": 1 - alone.low,
        "confidence": [confidence] * rows,
        "unit": ["cluster"] * rows,
        "method": [METHOD] * rows,
        "status": [STATUS.get(str(status), str(status)) for status in alone.status],
    }
    arrays = [pa.array(columns[f.name], f.type, from_pandas=True) for f in REPEATS.schema]  # NaN is a gap
    return pa.Table.from_arrays(arrays, schema=REPEATS.schema)
