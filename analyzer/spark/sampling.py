"""Which clusters are parsed and which prompts are counted, when an audit is one of a sample.

Both choices hang on hashes: of the text of a cluster's representative, of a prompt's key. They are the same whatever
the cluster, the partitions and the order of files, and another seed gives another sample.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.settings import SampleSettings

STEPS = 1_000_000  # shares of clusters are drawn in millionths
LEAST = 5  # mentions from which a prompt may be kept for certain: below it frequent prompts are too many to gain from
# A drawn prompt may stand for at most one mention in so many: its chance then moves a rate by .0025 at most.
STAKE = 400


@dataclass(frozen=True, slots=True)
class Frequent:
    """Prompts with at least `mentions` answered mentions are counted whatever their hash; `of` mentions were there."""

    mentions: int
    of: int


def chosen_clusters(clusters: DataFrame, documents: DataFrame, sample: SampleSettings) -> DataFrame:
    """The rows of `clusters` whose representative's text was drawn: whole clusters, never a part of one."""
    texts = documents.select(F.col("doc_id").alias("cluster_id"), "text_hash")
    drawn = F.pmod(F.xxhash64(F.lit(sample.seed), "text_hash"), F.lit(STEPS)) < round(sample.documents * STEPS)
    return clusters.join(texts.where(drawn).drop("text_hash"), on="cluster_id", how="left_semi")


def frequent(mentions: DataFrame, sample: SampleSettings) -> Frequent:
    """From how many mentions on a prompt is too heavy to be left to chance."""
    answered = mentions.where(~F.col("abstention")).count()
    return Frequent(max(LEAST, -(-answered // (STAKE * sample.every))), answered)


def chosen_mentions(mentions: DataFrame, sample: SampleSettings, from_: Frequent) -> DataFrame:
    """All mentions of the drawn prompts and of the frequent ones.

    Counting every prompt's mentions once costs a shuffle of two numbers a prompt; frequent prompts are few enough to be
    sent to every executor (at most STAKE * every of them).
    """
    counted = mentions.where(~F.col("abstention")).groupBy("prompt_id").agg(F.count("*").alias("n"))
    heavy = counted.where(F.col("n") >= from_.mentions).select("prompt_id", F.lit(True).alias("heavy"))
    marked = mentions.join(F.broadcast(heavy), on="prompt_id", how="left")
    return marked.where(_drawn(sample) | F.col("heavy").isNotNull()).select(*mentions.columns)


def weighted(prompts: DataFrame, sample: SampleSettings, from_: Frequent) -> DataFrame:
    """`prompts` with how many prompts of the corpus each stands for: frequent ones for themselves alone."""
    weight = F.when(F.col("mentions") >= from_.mentions, 1).otherwise(sample.every)
    return prompts.withColumn("weight", weight.cast("long"))


def _drawn(sample: SampleSettings) -> Column:
    return F.pmod(F.xxhash64(F.lit(sample.seed), "prompt_id"), F.lit(sample.every)) == 0
