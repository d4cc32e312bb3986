"""Verification of candidate edges: the signatures' estimate where it is clear, the shingles themselves where it is not.

An estimate from P minima has a standard deviation of sqrt(J (1 - J) / P), .04 at J = .7 and P = 128, and errs alike for
all pages of a template, since the same few minima decide: by the estimate alone, of twelve templates of 800 pages at
Jaccard .62, 7.4 % of the pages joined at threshold .7. Edges near the threshold (`borderline`) are therefore decided by
the exact Jaccard similarity of their sets of shingle hashes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.errors import InvariantError
from analyzer.settings import DedupSettings
from analyzer.spark import arrow
from analyzer.spark.components import Checkpoint
from analyzer.text import minhash

# A page has thousands of chances to be wrongly joined to some hub of its template, and then joins everything there; an
# edge wrongly rejected is one edge. With 1 here, 1.8 % of 1,000 pages at Jaccard .63 still joined (3.5 deviations).
SURE = 2.0

Sets = Callable[[DataFrame], DataFrame]  # (node) -> (node, hashes): ascending little-endian uint32 as binary

EDGES = pa.schema([("src", pa.string()), ("dst", pa.string()), ("jaccard", pa.float64()), ("is_exact", pa.bool_())])


def verified(
    name: str, stars: DataFrame, texts: DataFrame, settings: DedupSettings, keep: Checkpoint, sets: Sets | None
) -> DataFrame:
    """(src, dst, jaccard, is_exact): every distinct edge of the stars with the similarity that decides over it.

    texts: (node, signature). sets: fetches the shingle hashes of texts; without it the estimate decides everything.
    """
    edges = keep(f"{name}_estimates", estimated(stars.select("src", "dst").distinct(), texts, settings))
    low, high = borderline(settings)
    doubtful = (F.col("jaccard") > low) & (F.col("jaccard") < high)
    if sets is None or edges.where(doubtful).isEmpty():
        return edges
    unclear = edges.where(doubtful).select("src", "dst")
    ends = unclear.select(F.explode(F.array("src", "dst")).alias("node")).distinct()
    fetched = keep(f"{name}_sets", sets(ends))
    decided = keep(f"{name}_exact", exact(unclear, fetched))
    return edges.where(~doubtful).unionByName(decided)


def borderline(settings: DedupSettings) -> tuple[float, float]:
    """The limits between which an estimate does not decide: `dedup.borderline_sd` standard deviations below the
    threshold, `SURE` times as many above it."""
    deviation = math.sqrt(settings.threshold * (1 - settings.threshold) / settings.permutations)
    width = settings.borderline_sd * deviation
    return settings.threshold - width, settings.threshold + SURE * width


def estimated(edges: DataFrame, texts: DataFrame, settings: DedupSettings) -> DataFrame:
    """The edges (src, dst) with the estimate of their signatures, by texts (node, signature)."""

    def estimate(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            a, b = (minhash.from_binary(batch.column(name), settings) for name in ("a", "b"))
            yield _batch(batch, minhash.jaccard(a, b), is_exact=False)

    a = texts.select(F.col("node").alias("src"), F.col("signature").alias("a"))
    b = texts.select(F.col("node").alias("dst"), F.col("signature").alias("b"))
    pairs = edges.join(a, on="src", how="inner").join(b, on="dst", how="inner")
    return pairs.select("src", "dst", "a", "b").mapInArrow(estimate, arrow.spark_schema(EDGES))


def exact(edges: DataFrame, sets: DataFrame) -> DataFrame:
    """The edges (src, dst) with the Jaccard similarity of their sets (node, hashes); a missing set is an error."""

    def compare(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if batch.column("a").null_count or batch.column("b").null_count:
                raise InvariantError("a text to be compared was not read again: the input files changed")
            pairs = zip(batch.column("a"), batch.column("b"), strict=True)
            found = [minhash.exact_jaccard(_hashes(a), _hashes(b)) for a, b in pairs]
            yield _batch(batch, np.array(found, np.float64), is_exact=True)

    a = sets.select(F.col("node").alias("src"), F.col("hashes").alias("a"))
    b = sets.select(F.col("node").alias("dst"), F.col("hashes").alias("b"))
    pairs = edges.join(a, on="src", how="left").join(b, on="dst", how="left")
    return pairs.select("src", "dst", "a", "b").mapInArrow(compare, arrow.spark_schema(EDGES))


def _hashes(value: pa.Scalar) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.frombuffer(value.as_buffer(), "<u4")


def _batch(
    batch: pa.RecordBatch, jaccard: np.ndarray[tuple[int], np.dtype[np.float64]], is_exact: bool
) -> pa.RecordBatch:
    marks = pa.array(np.full(len(jaccard), is_exact))
    return pa.RecordBatch.from_arrays(
        [batch.column("src"), batch.column("dst"), pa.array(jaccard), marks], schema=EDGES
    )
