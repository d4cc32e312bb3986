"""mentions, documents, clusters -> prompts, facts, relations: in how many independent places does each fact stand?

Units are counted over the whole corpus. A cluster stands where its representative lives, and inside a cluster a
sentence that is repeated word for word states a fact once. Abstentions are counted apart and never answer a prompt.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.schemas import FACTS, PROMPTS, RELATIONS
from analyzer.settings import CountSettings

PLACED = (
    "doc_id", "sentence", "sentence_hash", "prompt_id", "fact_id", "subject", "subject_type", "relation", "answer",
    "answer_type", "tier", "abstention", "window", "surface", "domain", "source", "cluster_id",
    "cluster_domain", "cluster_source", "cluster_hash",
)  # fmt: skip


def placed(mentions: DataFrame, documents: DataFrame, clusters: DataFrame) -> DataFrame:
    """Mentions with the domain and source of their document, and cluster, domain and source of its representative."""
    where = documents.select("doc_id", "domain", "source", "text_hash")
    representative = where.select(
        F.col("doc_id").alias("cluster_id"),
        F.col("domain").alias("cluster_domain"),
        F.col("source").alias("cluster_source"),
        F.col("text_hash").alias("cluster_hash"),
    )
    member = clusters.select("doc_id", "cluster_id").join(representative, on="cluster_id", how="inner")
    place = where.drop("text_hash").join(member, on="doc_id", how="inner")
    return mentions.join(place, on="doc_id", how="inner").select(*PLACED)


def prompts(placed: DataFrame, surfaces: int) -> DataFrame:
    """One row a prompt that is answered somewhere. Five aggregations, each of one distinct set, joined on the key.

    `surfaces`: how many spellings of its subject a prompt keeps.
    """
    answered = together(placed, "prompt_id")
    named = answered.groupBy("prompt_id").agg(
        F.min("subject").alias("subject"),
        _most_common("subject_type").alias("subject_type"),
        F.min("relation").alias("relation"),
        F.max("tier").alias("tier"),
        F.count("*").alias("mentions"),
    )
    silent = placed.where(F.col("abstention")).groupBy("prompt_id").agg(F.count("*").alias("abstentions"))
    return (
        named.join(_by_document(answered, "prompt_id", "statements"), on="prompt_id", how="inner")
        .join(_by_cluster(answered, "prompt_id", "cluster_statements"), on="prompt_id", how="inner")
        .join(_answers(answered), on="prompt_id", how="inner")
        .join(_surfaces(answered, surfaces), on="prompt_id", how="left")
        .join(silent, on="prompt_id", how="left")
        .withColumn("abstentions", F.coalesce("abstentions", F.lit(0)))
        .select(*PROMPTS.schema.names)
    )


def facts(placed: DataFrame) -> DataFrame:
    """One row a fact."""
    answered = together(placed, "fact_id")
    named = answered.groupBy("fact_id").agg(
        F.min("prompt_id").alias("prompt_id"),
        F.min("subject").alias("subject"),
        F.min("relation").alias("relation"),
        F.min("answer").alias("answer"),
        _most_common("answer_type").alias("answer_type"),
        F.max("tier").alias("tier"),
        F.count("*").alias("mentions"),
    )
    return (
        named.join(_by_document(answered, "fact_id", "placed").drop("placed"), on="fact_id", how="inner")
        .join(_by_cluster(answered, "fact_id", "cluster_mentions"), on="fact_id", how="inner")
        .select(*FACTS.schema.names)
    )


def relations(prompts: DataFrame, facts: DataFrame, declared: Mapping[str, bool], settings: CountSettings) -> DataFrame:
    """One row a relation: how many answers it has, how often repeated statements agree, whether it is functional."""
    repeated = F.col("clusters") >= 2
    totals = prompts.groupBy("relation").agg(
        F.max("tier").alias("tier"),
        F.count("*").alias("prompts"),
        F.sum("cluster_statements").alias("cluster_statements"),
        F.sum(repeated.cast("long")).alias("repeated_prompts"),
        _exact_mean(F.when(repeated, F.col("agreement"))).alias("agreement"),
    )
    # An answer's share is over prompts: a fact that is stated often does not make its answer common.
    shares = facts.groupBy("relation", "answer").agg(F.count("*").alias("n"))
    pairs, all_pairs = F.sum(F.col("n") * (F.col("n") - 1)), F.sum("n") * (F.sum("n") - 1)
    spread = shares.groupBy("relation").agg(
        F.count("*").alias("distinct_answers"),
        F.when(pairs > 0, all_pairs / pairs).alias("effective_answers"),
    )
    known = F.col("relation").isin([name for name, _ in sorted(declared.items())])
    single = F.col("relation").isin([name for name, functional in sorted(declared.items()) if functional])
    judged = F.col("repeated_prompts") >= settings.functional_prompts
    agreeing = F.coalesce(F.col("agreement") >= settings.functional_agreement, F.lit(False))
    # A declaration is a belief about the world; keys that merge two things refute it on this corpus.
    refuted = single & judged & ~agreeing
    by = F.when(refuted, "contradicted").when(known, "declared").when(judged, "measured").otherwise("undecided")
    return (
        totals.join(spread, on="relation", how="inner")
        .withColumn("functional", F.when(known, single & ~refuted).otherwise(judged & agreeing))
        .withColumn("functional_by", by)
        .select(*RELATIONS.schema.names)
    )


def together(placed: DataFrame, key: str) -> DataFrame:
    """The answered mentions, all of one key in one partition: each aggregation then shuffles its columns once.

    Left to itself Spark shuffles anew for (key, unit, sentence), (key, unit) and (key), which costs 2.3 times the CPU
    time, as most keys are stated once and no partial sum makes them fewer. What is paid is that one task has all
    mentions of the most frequent key; it spills, so memory is bounded.
    """
    return placed.where(~F.col("abstention")).repartition(key)


def _by_document(answered: DataFrame, key: str, statements: str) -> DataFrame:
    """Statements with every repeat, and the documents that hold them."""
    distinct = answered.select(key, "doc_id", "sentence").distinct()
    per_document = distinct.groupBy(key, "doc_id").agg(F.count("*").alias("n"))
    return per_document.groupBy(key).agg(F.sum("n").alias(statements), F.count("*").alias("documents"))


def _by_cluster(answered: DataFrame, key: str, statements: str) -> DataFrame:
    """Statements with word-for-word repeats in a cluster counted once, their clusters and their sources."""
    distinct = answered.select(key, "cluster_source", "cluster_id", "sentence_hash").distinct()
    per_cluster = distinct.groupBy(key, "cluster_source", "cluster_id").agg(F.count("*").alias("n"))
    per_source = per_cluster.groupBy(key, "cluster_source").agg(F.sum("n").alias("n"), F.count("*").alias("k"))
    return per_source.groupBy(key).agg(
        F.sum("n").alias(statements), F.sum("k").alias("clusters"), F.count("*").alias("sources")
    )


def _answers(answered: DataFrame) -> DataFrame:
    """Distinct answers of a prompt, and the share of equal pairs among answers from different clusters.

    With u_a the clusters that give answer a, k_c the answers that cluster c gives and U = sum u_a = sum k_c:
    equal pairs sum u_a (u_a - 1), pairs from different clusters U^2 - sum k_c^2 (both ordered).
    """
    given = answered.select("prompt_id", "fact_id", "cluster_id").distinct()
    per_answer = given.groupBy("prompt_id", "fact_id").agg(F.count("*").alias("u"))
    equal = per_answer.groupBy("prompt_id").agg(
        F.count("*").alias("answers"),
        F.sum("u").alias("given"),
        F.sum(F.col("u") * (F.col("u") - 1)).alias("equal"),
    )
    per_cluster = given.groupBy("prompt_id", "cluster_id").agg(F.count("*").alias("k"))
    within = per_cluster.groupBy("prompt_id").agg(F.sum(F.col("k") * F.col("k")).alias("within"))
    pairs = F.col("given") * F.col("given") - F.col("within")
    share = F.when(pairs > 0, F.col("equal") / pairs)
    return equal.join(within, on="prompt_id", how="inner").select("prompt_id", "answers", share.alias("agreement"))


def _surfaces(answered: DataFrame, most: int) -> DataFrame:
    """The `most` spellings of each prompt's subject in most clusters, the lesser text first among equals, and how many.

    Counted per spelling first: what is then collected are a key's distinct spellings, a handful, not its mentions.
    """
    written = answered.where(F.col("surface").isNotNull() & (F.col("surface") != ""))
    held = written.select("prompt_id", "surface", "cluster_id").distinct()
    each = held.groupBy("prompt_id", "surface").agg(F.count("*").alias("n"))
    ordered = F.sort_array(F.collect_list(F.struct((-F.col("n")).alias("n"), "surface")))
    return each.groupBy("prompt_id").agg(
        F.slice(F.transform(ordered, lambda entry: entry["surface"]), 1, most).alias("surfaces"),
        F.count("*").alias("surface_count"),
    )


def _most_common(column: str) -> Column:
    """The most frequent value; the least of them on a tie."""
    return F.mode(column, deterministic=True)


def _exact_mean(share: Column) -> Column:
    """Mean of shares in [0, 1], null if there are none: summed as decimals, because doubles' last digits hang on the
    order in which rows arrive."""
    return F.sum(share.cast("decimal(20,18)")).cast("double") / F.count(share)
