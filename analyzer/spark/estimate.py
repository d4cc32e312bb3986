"""Sufficient statistics of every slice at once: one aggregation per unit, one per key, no loop over slices.

A cell is (key, unit) with c statements and the unit's and the key's attributes. From the cells come, per slice, the
sums that leave-one-unit-out Good-Turing and its variance need, the slice's own spectrum, and what the spectrum loses
when one of `GROUPS` groups of units is left out (delete-a-group jackknife).
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.spark.count import together

GROUPS = 20  # groups of the jackknife; its t quantile has 19 degrees of freedom
KINDS = ("corpus", "domain", "source", "relation", "subject_type", "tier")
EXPOSURES = (2, 4, 8, 16, 32)  # a model may not retain what it saw this often; once is the singleton rate itself
PAIR = "\x1f"  # between domain and relation in the slices that stratified bounds need
SLICE = ("slice_kind", "slice")
DRAWN = ("drawn_single", "drawn_other", "drawn_within")  # zero but in a sample of prompts


@dataclass(frozen=True, slots=True)
class Statistics:
    """Collected sums, one table each; see the functions that make them."""

    sums: pa.Table  # slice_kind, slice, key, unit, n, units, a, a2, am, m2, cross, keys, singleton_keys
    spectra: pa.Table  # slice_kind, slice, r, keys, statements
    groups: pa.Table  # slice_kind, slice, g, units, statements
    changes: pa.Table  # slice_kind, slice, g, r, keys, statements: what leaving out group g adds to the spectrum


def statistics(placed: DataFrame, prompts: DataFrame, facts: DataFrame, least: int) -> Statistics:
    """All sums. The jackknife's changes only for slices of at least `least` statements.

    Prompts may have a `weight`: how many prompts of the corpus one of a sample stands for. Statements and keys are then
    estimates for the corpus, units and the units that hold a key are what was counted.
    """
    answered = together(placed, "prompt_id")  # and the sums of a key in a slice take no shuffle either
    about = prompts.select(
        "prompt_id", "relation", "subject_type", "tier", "statements", "documents", "clusters", "sources",
        (F.col("weight") if "weight" in prompts.columns else F.lit(1)).cast("long").alias("w"),
    )  # fmt: skip

    by_cluster = cluster_cells(answered, "prompt_id").join(about, on="prompt_id", how="inner")
    by_document = _document_cells(answered).join(about, on="prompt_id", how="inner")
    about_source = ("prompt_id", "source", "relation", "subject_type", "tier", "sources", "domain", "w")
    by_source = by_cluster.groupBy(*about_source).agg(F.sum("c").alias("c"))
    attributes = about.select("prompt_id", "subject_type", "w")
    known = facts.select("fact_id", "prompt_id", "relation", "tier", "clusters").join(attributes, on="prompt_id")
    by_fact = cluster_cells(together(placed, "fact_id"), "fact_id").join(known, on="fact_id", how="inner")
    # Kept as cells, a seventh of their rows in slices: making those again is cheaper than keeping them.
    clusters = _cells(by_cluster, "prompt_id", "cluster_id", "clusters").persist()
    documents = _cells(by_document, "prompt_id", "doc_id", "documents", F.col("statements")).persist()
    holders = _cells(by_fact, "fact_id", "cluster_id", "clusters").persist()
    source = _merged(_sliced(_cells(by_source, "prompt_id", "source", "sources"))).persist()
    cluster, document, fact = _sliced(clusters, pairs=True), _sliced(documents), _sliced(holders)

    per_key = _per_key(cluster)
    sums = [
        _sums(cluster, per_key, "prompt", "cluster"),
        _sums(document, _per_key(document), "prompt", "document"),
        _mention_sums(_per_key(document)),
        _sums(source, _per_key(source), "prompt", "source"),
        _sums(fact, _per_key(fact), "fact", "cluster"),
    ]
    union = sums[0]
    for other in sums[1:]:
        union = union.unionByName(other)
    whole = cluster.where(F.col("slice_kind").isin(*KINDS))
    large = per_key.groupBy(*SLICE).agg(F.sum("s").alias("n")).where(F.col("n") >= least).select(*SLICE)
    try:
        return Statistics(
            union.toArrow(),
            _spectra(per_key.where(F.col("slice_kind").isin(*KINDS))).toArrow(),
            _groups(whole).toArrow(),
            _changes(whole.join(F.broadcast(large), on=list(SLICE), how="left_semi")).toArrow(),
        )
    finally:
        for kept in (clusters, documents, holders, source):
            kept.unpersist()


def cluster_cells(answered: DataFrame, key: str) -> DataFrame:
    """(key, cluster) with c statements, a word-for-word repeat counted once; placed where the representative lives."""
    place = ("cluster_id", "cluster_domain", "cluster_source", "cluster_hash")
    distinct = answered.select(key, *place, "sentence_hash").distinct()
    cells = distinct.groupBy(key, *place).agg(F.count("*").alias("c"))
    # The group hangs on the representative's text, so that renaming a file moves no interval.
    group = F.pmod(F.xxhash64("cluster_hash"), F.lit(GROUPS))
    return cells.select(
        key,
        "cluster_id",
        "cluster_hash",
        F.col("cluster_domain").alias("domain"),
        F.col("cluster_source").alias("source"),
        group.alias("g"),
        "c",
    )


def _document_cells(answered: DataFrame) -> DataFrame:
    """(prompt, document) with c statements, every repeat counted, placed where the document lives."""
    distinct = answered.select("prompt_id", "doc_id", "domain", "source", "sentence").distinct()
    return distinct.groupBy("prompt_id", "doc_id", "domain", "source").agg(F.count("*").alias("c"))


def _cells(frame: DataFrame, key: str, unit: str, df: str, cf: Column | None = None) -> DataFrame:
    """Cells with uniform names: k(ey), u(nit), g(roup), c, w(eight); df, cf = the key's units, statements in the whole
    corpus. c is weighted."""
    group = F.col("g") if "g" in frame.columns else F.lit(0).cast("long")
    return frame.select(
        F.col(key).alias("k"),
        F.col(unit).alias("u"),
        group.alias("g"),
        (F.col("c") * F.col("w")).alias("c"),
        "w",
        F.col(df).alias("df"),
        (cf if cf is not None else F.lit(0)).alias("cf"),
        "domain",
        "source",
        "relation",
        "subject_type",
        "tier",
    )


def _sliced(cells: DataFrame, pairs: bool = False) -> DataFrame:
    """A row per cell and slice that it belongs to; with `pairs`, domain x relation too, for stratified bounds."""
    values = [F.lit("*") if kind == "corpus" else F.col(kind) for kind in KINDS]
    slices = [F.struct(F.lit(k).alias("slice_kind"), v.alias("slice")) for k, v in zip(KINDS, values, strict=True)]
    if pairs:
        both = F.concat_ws(PAIR, "domain", "relation")
        slices.append(F.struct(F.lit("domain_relation").alias("slice_kind"), both.alias("slice")))
    return cells.select(F.explode(F.array(*slices)).alias("at"), "k", "u", "g", "c", "w", "df", "cf").select(
        "at.slice_kind", "at.slice", "k", "u", "g", "c", "w", "df", "cf"
    )


def _merged(sliced: DataFrame) -> DataFrame:
    """One row a (slice, key, unit) again, for units that stand in several domains."""
    return sliced.groupBy(*SLICE, "k", "u", "g", "w", "df", "cf").agg(F.sum("c").alias("c"))


def _per_key(sliced: DataFrame) -> DataFrame:
    """(slice, key): r units of the slice, s statements, s2 = sum c^2, weight w."""
    c = F.col("c")
    return sliced.groupBy(*SLICE, "k", "w", "df", "cf").agg(
        F.count("*").alias("r"), F.sum("c").alias("s"), F.sum(c * c).alias("s2")
    )


def _sums(sliced: DataFrame, per_key: DataFrame, key: str, unit: str) -> DataFrame:
    """Per slice: n = sum m_i, a = sum a_i, their second moments over units, and the cross products of pairs of units.

    a_i counts the unit's statements whose key no other unit of the whole corpus holds. cross = sum over pairs of units
    of 2 A_ij A_ji, A_ij the statements of unit i whose key exactly i and j hold: two documents about one thing share
    several such keys, and summed key by key the variance would be too small. Second moments are doubles: they pass 2^63
    at some 10^9 statements a unit.
    """
    alone = F.when(F.col("df") == 1, F.col("c")).otherwise(0)
    per_unit = sliced.groupBy(*SLICE, "u").agg(F.sum("c").alias("m"), F.sum(alone).alias("a"))
    a, m = F.col("a").cast("double"), F.col("m").cast("double")
    moments = per_unit.groupBy(*SLICE).agg(
        F.sum("m").alias("n"),
        F.count("*").alias("units"),
        F.sum("a").alias("a"),
        F.sum(a * a).alias("a2"),
        F.sum(a * m).alias("am"),
        F.sum(m * m).alias("m2"),
    )
    keys = per_key.groupBy(*SLICE).agg(
        F.sum("w").alias("keys"),
        F.sum(F.when(F.col("df") == 1, F.col("w")).otherwise(0)).alias("singleton_keys"),
        *_low_exposure("df"),
        *_sampled("df", F.col("s2")),
    )
    shared = sliced.where(F.col("df") == 2)
    # Who holds a key is asked of the whole corpus: in a slice the other holder's statement may be missing.
    whole = shared.where(F.col("slice_kind") == "corpus")
    holders = whole.groupBy("k").agg(F.min("u").alias("i"), F.max("u").alias("j"))
    sides = [F.sum(F.when(F.col("u") == F.col(side), F.col("c")).otherwise(0)).cast("double") for side in ("i", "j")]
    met = shared.join(holders, on="k", how="inner").groupBy(*SLICE, "i", "j")
    pairs = met.agg(sides[0].alias("a_ij"), sides[1].alias("a_ji"))
    cross = pairs.groupBy(*SLICE).agg(F.sum(2 * F.col("a_ij") * F.col("a_ji")).alias("cross"))
    sums = moments.join(keys, on=list(SLICE), how="inner").join(cross, on=list(SLICE), how="left")
    return _named(sums.withColumn("cross", F.coalesce("cross", F.lit(0.0))), key, unit)


def _mention_sums(per_key: DataFrame) -> DataFrame:
    """The same with every statement its own unit: then S = f1/N, and the variance is Esty's."""
    s = F.col("s").cast("double")
    once, w = F.col("cf") == 1, F.col("w").cast("double")
    sums = per_key.groupBy(*SLICE).agg(
        F.sum("s").alias("n"),
        F.sum("s").alias("units"),
        F.sum(F.when(once, F.col("s")).otherwise(0)).alias("a"),
        F.sum(F.when(once, s * w).otherwise(0.0)).alias("a2"),
        F.sum(F.when(once, s * w).otherwise(0.0)).alias("am"),
        F.sum(s * w).alias("m2"),
        F.sum(F.when(F.col("cf") == 2, s * s - s * w).otherwise(0.0)).alias("cross"),
        F.sum("w").alias("keys"),
        F.sum(F.when(once, F.col("w")).otherwise(0)).alias("singleton_keys"),
        *_low_exposure("cf"),
        *_sampled("cf", s * w),
    )
    return _named(sums, "prompt", "mention")


def _low_exposure(units: str) -> list[Column]:
    """Statements of keys that at most R units of the whole corpus hold, for each R of EXPOSURES."""
    return [F.sum(F.when(F.col(units) <= r, F.col("s")).otherwise(0)).alias(f"low_{r}") for r in EXPOSURES]


def _sampled(units: str, within: Column) -> list[Column]:
    """Squared statements of the prompts that a sample chose: of singletons, of others, and the others' inside units.

    A prompt that stands for itself alone (w = 1) was not left to chance.
    """
    drawn, single, s = F.col("w") > 1, F.col(units) == 1, F.col("s").cast("double")
    return [
        F.sum(F.when(drawn & single, s * s).otherwise(0.0)).alias("drawn_single"),
        F.sum(F.when(drawn & ~single, s * s).otherwise(0.0)).alias("drawn_other"),
        F.sum(F.when(drawn & ~single, within.cast("double")).otherwise(0.0)).alias("drawn_within"),
    ]


def _named(sums: DataFrame, key: str, unit: str) -> DataFrame:
    columns = ("n", "units", "a", "a2", "am", "m2", "cross", "keys", "singleton_keys", *DRAWN)
    low = [f"low_{r}" for r in EXPOSURES]
    return sums.select(*SLICE, F.lit(key).alias("key"), F.lit(unit).alias("unit"), *columns, *low)


def _spectra(per_key: DataFrame) -> DataFrame:
    return per_key.groupBy(*SLICE, "r").agg(F.sum("w").alias("keys"), F.sum("s").alias("statements"))


def _groups(sliced: DataFrame) -> DataFrame:
    per_unit = sliced.groupBy(*SLICE, "g", "u").agg(F.sum("c").alias("m"))
    return per_unit.groupBy(*SLICE, "g").agg(F.count("*").alias("units"), F.sum("m").alias("statements"))


def _changes(sliced: DataFrame) -> DataFrame:
    """A key with y of its r units and c of its s statements in group g moves from r to r - y and keeps s - c."""
    in_group = sliced.groupBy(*SLICE, "k", "w", "g").agg(F.count("*").alias("y"), F.sum("c").alias("c"))
    total = sliced.groupBy(*SLICE, "k").agg(F.count("*").alias("r"), F.sum("c").alias("s"))
    both = in_group.join(total, on=[*SLICE, "k"], how="inner")
    gone = F.struct(F.col("r").alias("r"), (-F.col("w")).alias("keys"), (-F.col("s")).alias("statements"))
    left = F.struct(
        (F.col("r") - F.col("y")).alias("r"), F.col("w").alias("keys"), (F.col("s") - F.col("c")).alias("statements")
    )
    moved = both.select(*SLICE, "g", F.explode(F.array(gone, left)).alias("to")).where(F.col("to.r") > 0)
    return moved.groupBy(*SLICE, "g", F.col("to.r").alias("r")).agg(
        F.sum("to.keys").alias("keys"), F.sum("to.statements").alias("statements")
    )
