"""Buckets of texts with an equal band, and the star edges they propose: k - 1 candidates of k texts, never pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.settings import DedupSettings
from analyzer.spark import arrow
from analyzer.text import minhash

BANDS = pa.schema([("node", pa.string()), ("keys", pa.list_(pa.int64()))])
LARGEST = 20  # buckets named in the notes: enough to see the templates of a corpus


def buckets(texts: DataFrame, settings: DedupSettings) -> DataFrame:
    """(node, band, key) of every band of every text (node, signature)."""

    def keys(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            minima = minhash.from_binary(batch.column("signature"), settings)
            bands = pa.array(list(minhash.band_keys(minima, settings)), BANDS.field("keys").type)
            yield pa.RecordBatch.from_arrays([batch.column("node"), bands], schema=BANDS)

    bands = texts.select("node", "signature").mapInArrow(keys, arrow.spark_schema(BANDS))
    return bands.select("node", F.posexplode("keys").alias("band", "key"))


def stars(buckets: DataFrame) -> DataFrame:
    """(band, key, src, dst): every member of a bucket but the least, as dst, with the least, the hub, as src."""
    hubs = buckets.groupBy("band", "key").agg(F.min("node").alias("src"), F.count("*").alias("members"))
    members = buckets.join(hubs.where("members > 1"), on=["band", "key"], how="inner").where("node != src")
    return members.select("band", "key", "src", F.col("node").alias("dst"))


def second_stars(candidates: DataFrame, verified: DataFrame, threshold: float) -> DataFrame:
    """Stars of those members of a bucket that its hub rejected; edges that were tried before are left out."""
    rejected = verified.where(F.col("jaccard") < threshold).select("src", "dst")
    left_over = candidates.join(rejected, on=["src", "dst"], how="left_semi")
    again = stars(left_over.select("band", "key", F.col("dst").alias("node")))
    return again.join(verified.select("src", "dst"), on=["src", "dst"], how="left_anti")


def notes(candidates: DataFrame, documents: DataFrame) -> dict[str, Any]:
    """What a manifest says of the buckets, from their stars and the documents table.

    `buckets`: how many hold from `least` to `most` distinct texts, by powers of two. `largest_buckets`: members, band
    and a doc_id of the hub, the largest bucket of each hub, most members first.
    """
    sizes = candidates.groupBy("band", "key", "src").agg((F.count("*") + 1).alias("members"))
    power = F.ceil(F.log2("members")).cast("int").alias("power")
    histogram = {row["power"]: row["count"] for row in sizes.groupBy(power).count().collect()}
    hubs = sizes.groupBy("src").agg(F.max(F.struct(F.col("members"), (-F.col("band")).alias("band"))).alias("largest"))
    top = hubs.orderBy(F.desc("largest.members"), "src").limit(LARGEST)
    heads = documents.join(F.broadcast(top), on=documents["text_hash"] == top["src"], how="inner")
    named = heads.groupBy("src", "largest").agg(F.min(F.struct("domain", "source", "doc_id")).alias("head")).collect()
    ordered = sorted(named, key=lambda row: (-row["largest"]["members"], row["src"]))
    return {
        "buckets": [
            {"least": 2 ** (power - 1) + 1, "most": 2**power, "buckets": histogram[power]}
            for power in sorted(histogram)
        ],
        "largest_buckets": [
            {"members": row["largest"]["members"], "band": -row["largest"]["band"], "doc_id": row["head"]["doc_id"]}
            for row in ordered
        ],
    }
