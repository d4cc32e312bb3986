"""splits, prompts, mentions -> the sums of which `stats.split_rate` makes sigma: one aggregation over clusters.

What a singleton adds is rounded to a millionth and summed in whole numbers, so that no order of rows moves a digit.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.stats.split_rate import LEAST_CONTRAST, SplitSums

MILLION = 1_000_000
EXACT = "decimal(19,0)"  # products of two of them are exact


def sums(
    splits: DataFrame, prompts: DataFrame, placed: DataFrame, rates: Mapping[str, tuple[float, float]]
) -> SplitSums:
    """`rates`: (alpha, beta) of the usable relations. `placed`: mentions with their clusters."""
    if not rates:
        return SplitSums(0, 0, 0, *[0.0] * 7)
    single = _single(prompts, placed, rates)
    linked = _linked(splits).where(F.col("relation").isin(sorted(rates)))
    judged = _judged(single, linked, rates, splits).persist()
    try:
        per_cluster = judged.groupBy("cluster_id").agg(F.sum("w").alias("w"), F.sum("t").alias("t"))
        w, t = F.col("w").cast(EXACT), F.col("t").cast(EXACT)
        whole = per_cluster.agg(F.sum(w), F.count("*"), F.sum(t), F.sum(t * t), F.sum(t * w), F.sum(w * w)).first()
        equal = judged.agg(F.sum(F.when(F.col("equal"), F.col("w")).otherwise(0))).first()
        across = _across(linked, judged).first()
    finally:
        judged.unpersist()
    if whole is None or not whole[0]:
        return SplitSums(0, 0, 0, *[0.0] * 7)
    of_t = (int(whole[2]) / MILLION, int(whole[3]) / MILLION**2, int(whole[4]) / MILLION, float(whole[5]))
    tt, tw, ww = (int(x or 0) for x in across) if across else (0, 0, 0)
    pairs = (tt / MILLION**2, tw / MILLION, float(ww))
    return SplitSums(int(whole[0]), int((equal and equal[0]) or 0), int(whole[1]), *of_t, *pairs)


def _single(prompts: DataFrame, placed: DataFrame, rates: Mapping[str, tuple[float, float]]) -> DataFrame:
    """(prompt_id, relation, w, cluster_id) of the singletons of usable relations."""
    usable = F.col("relation").isin(sorted(rates))
    alone = prompts.where(usable & (F.col("clusters") == 1))
    answered = placed.where(usable & ~F.col("abstention"))
    homes = answered.groupBy("prompt_id").agg(F.min("cluster_id").alias("cluster_id"))
    wanted = alone.select("prompt_id", "relation", F.col("cluster_statements").alias("w"))
    return wanted.join(homes, on="prompt_id", how="inner")


def _linked(splits: DataFrame) -> DataFrame:
    """(prompt_id, other, relation, equal): a row per singleton and likely other name that is not in its one cluster."""
    held = splits.where(F.col("singleton") & F.col("apart"))
    equal = (F.col("agreement") > 0).alias("equal")
    one = held.select("prompt_id", F.col("other_prompt_id").alias("other"), "relation", equal, "clusters")
    two = held.select(
        F.col("other_prompt_id").alias("prompt_id"),
        F.col("prompt_id").alias("other"),
        "relation",
        equal,
        F.col("other_clusters").alias("clusters"),
    )
    return one.unionByName(two).where(F.col("clusters") == 1).drop("clusters")


def _judged(
    single: DataFrame, linked: DataFrame, rates: Mapping[str, tuple[float, float]], splits: DataFrame
) -> DataFrame:
    """(prompt_id, cluster_id, w, equal, t in millionths) of the singletons.

    Those with so many likely names that chance decides are left out.
    """
    evidence = linked.groupBy("prompt_id").agg(F.count("*").alias("k"), F.max("equal").alias("equal"))
    known = splits.sparkSession.createDataFrame(
        [(name, alpha, beta) for name, (alpha, beta) in sorted(rates.items())],
        "relation string, alpha double, beta double",
    )
    miss = 1 - F.col("beta")
    by_chance = 1 - F.pow(miss, F.col("k"))
    if_one = 1 - (1 - F.col("alpha")) * F.pow(miss, F.col("k") - 1)
    contrast = if_one - by_chance
    seen = F.col("k").isNotNull()
    expected = (F.col("equal").cast("double") - by_chance) / contrast
    t = F.when(seen, F.round(F.col("w") * expected * MILLION)).otherwise(F.lit(0.0)).cast("long")
    return (
        single.join(evidence, on="prompt_id", how="left")
        .join(F.broadcast(known), on="relation", how="inner")
        .where(~seen | (contrast >= LEAST_CONTRAST))
        .select("prompt_id", "cluster_id", "w", F.coalesce("equal", F.lit(False)).alias("equal"), t.alias("t"))
    )


def _across(linked: DataFrame, judged: DataFrame) -> DataFrame:
    """(tt, tw, ww) summed over pairs of singletons that are each other's likely name, each pair once."""
    one = judged.select("prompt_id", F.col("t").alias("t"), F.col("w").cast("double").alias("w"))
    other = judged.select(
        F.col("prompt_id").alias("other"), F.col("t").alias("u"), F.col("w").cast("double").alias("v")
    )
    pairs = linked.where(F.col("prompt_id") < F.col("other")).select("prompt_id", "other")
    met = pairs.join(one, on="prompt_id", how="inner").join(other, on="other", how="inner")
    t, w, u, v = (F.col(name) for name in "twuv")
    return met.agg(F.sum(t * u), F.sum(t * v + u * w), F.sum(w * v))
