"""How far an answer stands from its subject: what an n-gram model could not condition on however much it had read.

A model of order n sees the n - 1 tokens before a word. If more than n - 2 tokens stand between subject and answer, no
word of the subject is among them when the answer begins, and the model must err as in Corollary 2 of Kalai et al.
(2025). Tokens are the parser's, a model's own are shorter, and a pronoun passes for its subject: the shares err low.
Facts whose answer comes first ("Velmar, the birthplace of ...") are no completion of their subject; they are counted
apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.stats import leave_one_unit_out_arrays

ORDERS = (2, 3, 4, 5, 6, 8, 16, 32)
FIRST = "answer_before_subject"
METHOD = "facts by cluster, a word-for-word repeat once; cluster-robust interval"


def beyond(order: int) -> str:
    """Name of the statistic."""
    return f"beyond_window_{order}"


def sums(placed: DataFrame) -> pa.Table:
    """slice_kind, slice, statistic, a, n, units, a2, am, m2 for the corpus and each domain."""
    answered = placed.where(~F.col("abstention"))
    # The nearest statement of a fact in a sentence: null if every one has its answer first.
    after = F.when(F.col("window") >= 0, F.col("window"))
    place = ("cluster_domain", "cluster_id")
    facts = answered.groupBy(*place, "fact_id", "sentence_hash").agg(F.min(after).alias("window"))
    seen = F.col("window").isNotNull()
    per_cluster = facts.groupBy(*place).agg(
        F.count("*").alias("facts"),
        F.count("window").alias("after"),
        *(F.sum((seen & (F.col("window") >= n - 1)).cast("long")).alias(beyond(n)) for n in ORDERS),
    )
    statistics = [F.struct(F.lit(beyond(n)).alias("statistic"), F.col("after").alias("m"), F.col(beyond(n)).alias("a"))
                  for n in ORDERS]  # fmt: skip
    first = F.struct(
        F.lit(FIRST).alias("statistic"), F.col("facts").alias("m"), (F.col("facts") - F.col("after")).alias("a")
    )
    slices = F.array(
        F.struct(F.lit("corpus").alias("slice_kind"), F.lit("*").alias("slice")),
        F.struct(F.lit("domain").alias("slice_kind"), F.col("cluster_domain").alias("slice")),
    )
    rows = per_cluster.select(F.explode(slices).alias("at"), F.array(*statistics, first).alias("found"))
    a, m = F.col("found.a").cast("double"), F.col("found.m").cast("double")
    return (
        rows.select("at.*", F.explode("found").alias("found"))
        .groupBy("slice_kind", "slice", "found.statistic")
        .agg(
            F.sum("found.a").alias("a"),
            F.sum("found.m").alias("n"),
            F.sum((F.col("found.m") > 0).cast("long")).alias("units"),
            F.sum(a * a).alias("a2"),
            F.sum(a * m).alias("am"),
            F.sum(m * m).alias("m2"),
        )
        .toArrow()
    )


def estimates(found: pa.Table, confidence: float) -> Iterator[dict[str, Any]]:
    """Rows of `estimates`: a ratio over clusters, with the variance of a leave-one-out rate without shared keys."""
    ordered = found.sort_by([(name, "ascending") for name in ("slice_kind", "slice", "statistic")])
    column = {name: ordered[name].to_numpy(zero_copy_only=False) for name in ("a", "n", "units", "a2", "am", "m2")}
    rates = leave_one_unit_out_arrays(**column, doubleton_cross=np.zeros(ordered.num_rows), confidence=confidence)
    for row, value, low, high, status in zip(ordered.to_pylist(), *rates, strict=True):
        empty = bool(np.isnan(value))
        yield {
            "slice_kind": row["slice_kind"],
            "slice": row["slice"],
            "key": "fact",
            "unit": "cluster",
            "statistic": row["statistic"],
            "value": None if empty else float(value),
            "low": None if empty else float(low),
            "high": None if empty else float(high),
            "confidence": confidence,
            "numerator": row["a"],
            "denominator": row["n"],
            "units": row["units"],
            "method": METHOD,
            # The estimator speaks of singletons, of which this is no rate.
            "status": "ok" if status in ("no_singletons", "all_singletons") else str(status),
        }
