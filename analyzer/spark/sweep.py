"""How much do the numbers hang on the settings of deduplication? Thresholds x bandings over the stored signatures.

No text is read again, so every pair is decided by the estimate of its signatures, also the borderline ones for which a
run compares the texts. The first row is the run as it was built.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.errors import ConfigError
from analyzer.io.runs import Run
from analyzer.schemas.duplicates import SWEEP
from analyzer.settings import DedupSettings
from analyzer.spark import components, count, dedup, repeats, tables
from analyzer.stats.units import leave_one_unit_out_from_sums

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
# Bands x rows that propose half of the pairs at Jaccard .42, .71 and .80: wide, the default, and strict.
BANDINGS = ((32, 4), (16, 8), (9, 13))
READ = ("documents", "signatures", "clusters", "mentions")


def grid(
    settings: DedupSettings, thresholds: Sequence[float], bandings: Sequence[tuple[int, int]]
) -> tuple[DedupSettings, ...]:
    """The settings of every cell. `ConfigError` for a banding that needs more minima than were stored."""
    for bands, rows in bandings:
        if bands * rows > settings.permutations or bands < 1 or rows < 1:
            raise ConfigError(
                f"banding {bands}x{rows} needs {bands * rows} permutations, the run has {settings.permutations}"
            )
    for threshold in thresholds:
        if not 0 <= threshold <= 1:
            raise ConfigError(f"threshold {threshold}: must be at least 0 and at most 1")
    cells = ((t, bands, rows) for bands, rows in sorted(set(bandings)) for t in sorted(set(thresholds)))
    return tuple(dataclasses.replace(settings, threshold=t, bands=b, rows=r) for t, b, r in cells)


def of_run(
    spark: SparkSession, run: Run, own: DedupSettings, cells: Sequence[DedupSettings], confidence: float
) -> pa.Table:
    """The sweep table of a finished run, which is only read."""
    documents, signatures, clusters, mentions = (tables.read(spark, run, name) for name in READ)
    return sweep(documents, signatures, clusters, mentions, own, cells, confidence)


def sweep(
    documents: DataFrame,
    signatures: DataFrame,
    clusters: DataFrame,
    mentions: DataFrame,
    own: DedupSettings,
    cells: Sequence[DedupSettings],
    confidence: float,
) -> pa.Table:
    """The sweep table: first the clusters as they are, by their own settings, then those of each cell."""
    found = [_row(documents, mentions, clusters, own, "run", confidence)]
    for cell in cells:
        other = dedup.clusters(documents, signatures, cell, components.local).localCheckpoint()
        found.append(_row(documents, mentions, other, cell, "estimate", confidence))
    return pa.Table.from_pylist(found, schema=SWEEP.schema)


def _row(
    documents: DataFrame,
    mentions: DataFrame,
    clusters: DataFrame,
    settings: DedupSettings,
    verification: str,
    confidence: float,
) -> dict[str, object]:
    total = clusters.agg(F.count("*"), F.sum(F.col("is_representative").cast("long"))).first()
    n_documents, n_clusters = (int(total[0]), int(total[1] or 0)) if total else (0, 0)
    sums = _sums(count.placed(mentions, documents, clusters))
    rate = leave_one_unit_out_from_sums(*sums, confidence=confidence)
    bands, rows, threshold = settings.bands, settings.rows, settings.threshold
    return {
        "threshold": threshold,
        "bands": bands,
        "rows": rows,
        "found": 1 - (1 - threshold**rows) ** bands,
        "documents": n_documents,
        "clusters": n_clusters,
        "removed": (n_documents - n_clusters) / n_documents if n_documents else 0.0,
        "singleton_rate": rate.value,
        "low": rate.low,
        "high": rate.high,
        "confidence": confidence,
        "numerator": rate.numerator,
        "n": rate.denominator,
        "units": int(sums[2]),
        "verification": verification,
        "method": rate.method,
        "status": rate.status,
    }


def _sums(placed: DataFrame) -> tuple[float, float, float, float, float, float, float]:
    """a, n, units, a2, am, m2, doubleton_cross of the whole corpus, as `leave_one_unit_out_from_sums` takes them.

    Over (prompt, cluster), a sentence repeated word for word in a cluster counted once.
    """
    answered = placed.where(~F.col("abstention"))
    distinct = answered.select("prompt_id", "cluster_id", "sentence_hash").distinct()
    counted = distinct.groupBy("prompt_id", "cluster_id").agg(F.count("*").alias("c"))
    cell = F.struct("cluster_id", F.lit("*").alias("domain"), "c").alias("cell")
    moments, cross = repeats.sums(counted.select(F.col("prompt_id").alias("h"), cell).localCheckpoint())
    if moments.num_rows == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    a, n, units, a2, am, m2 = (float(moments[name][0].as_py()) for name in ("a", "n", "units", "a2", "am", "m2"))
    return a, n, units, a2, am, m2, float(cross["cross"][0].as_py()) if cross.num_rows else 0.0
