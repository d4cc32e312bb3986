"""Two runs held against each other: per slice the sums by which rates are compared with the same jackknife groups, and
what entered and left.

Ids of documents and clusters hang on paths, so what two runs share is told by normalised text: clusters of the two
that share a text, directly or through others, are one unit. It is called by the least hash of a text in them; on that
hash hangs its jackknife group, so that a shared unit is left out of both runs at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.decisions.differences import Pair, Sums
from analyzer.io.runs import Run
from analyzer.settings import DedupSettings
from analyzer.spark import count, tables
from analyzer.spark.components import connected_components
from analyzer.spark.estimate import GROUPS, KINDS, SLICE, cluster_cells

PLACES = ("corpus", "domain", "source")  # slices that documents and clusters have
CELL = ("slice_kind", "slice", "k", "u", "unit", "g", "c", "df")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs: its tables `documents`, `clusters`, `mentions`, and `prompts` for their attributes."""

    documents: DataFrame
    clusters: DataFrame
    mentions: DataFrame
    prompts: DataFrame


def of_runs(spark: SparkSession, a: Run, b: Run, least: int) -> Pair:
    """Two finished runs, which are only read; the jackknife's changes for slices of `least` statements in both."""
    return pair(side(spark, a), side(spark, b), least)


def side(spark: SparkSession, run: Run) -> Side:
    return Side(*(tables.read(spark, run, name) for name in ("documents", "clusters", "mentions", "prompts")))


def pair(a: Side, b: Side, least: int) -> Pair:
    """As `of_runs`, from tables."""
    members = _members(a).persist(), _members(b).persist()
    edges = _edges(*members).persist()
    units = _joint_units(edges).persist()
    cells = _cells(a, units).persist(), _cells(b, units).persist()
    sliced = tuple(_sliced(side).persist() for side in cells)
    try:
        large = [side.groupBy(*SLICE).agg(F.sum("c").alias("n")).where(F.col("n") >= least) for side in sliced]
        both = large[0].select(*SLICE).join(large[1].select(*SLICE), on=list(SLICE), how="inner")
        first, second = (_sums(cells[i], sliced[i], both) for i in (0, 1))
        held = [side.select(*SLICE, "unit").distinct() for side in sliced]
        shared = (
            held[0].join(held[1], on=[*SLICE, "unit"], how="inner").groupBy(*SLICE).agg(F.count("*").alias("units"))
        )
        turnover = _documents(*members).unionByName(_clusters(*members)).unionByName(_prompts(*sliced))
        return Pair(first, second, shared.toArrow(), turnover.toArrow())
    finally:
        for frame in (*members, edges, units, *cells, *sliced):
            frame.unpersist()


def _members(side: Side) -> DataFrame:
    """Documents with text_hash, domain and source, and those of their cluster's representative as cluster_..."""
    where = side.documents.select("doc_id", "text_hash", "domain", "source")
    head = where.select(
        F.col("doc_id").alias("cluster_id"),
        F.col("text_hash").alias("cluster_hash"),
        F.col("domain").alias("cluster_domain"),
        F.col("source").alias("cluster_source"),
    )
    member = side.clusters.select("doc_id", "cluster_id").join(head, on="cluster_id", how="inner")
    return where.join(member.drop("cluster_id"), on="doc_id", how="inner")


def _edges(a: DataFrame, b: DataFrame) -> DataFrame:
    """(src, dst): hashes of two clusters, one of each run, that share a text, where they are not the same hash.

    A cluster's hash, that of its representative, is the least of its texts, and a text stands in one cluster of a run.
    """
    src = a.select("text_hash", F.col("cluster_hash").alias("src")).distinct()
    dst = b.select("text_hash", F.col("cluster_hash").alias("dst")).distinct()
    return src.join(dst, on="text_hash", how="inner").where("src != dst").select("src", "dst").distinct()


def _joint_units(edges: DataFrame) -> DataFrame:
    """(cluster_hash, unit) where the unit is another hash: clusters that share a text are one unit, the least hash."""
    joined = connected_components(edges, DedupSettings().max_driver_edges)
    moved = joined.where("node != component")
    return moved.select(F.col("node").alias("cluster_hash"), F.col("component").alias("unit"))


def _cells(side: Side, units: DataFrame) -> DataFrame:
    """(prompt k, cluster u) with c statements, the joint unit and its group, and the df clusters that hold k."""
    placed = count.placed(side.mentions, side.documents, side.clusters).where(~F.col("abstention"))
    held = cluster_cells(placed, "prompt_id").join(units, on="cluster_hash", how="left")
    unit = F.coalesce("unit", "cluster_hash")
    about = side.prompts.select("prompt_id", "relation", "subject_type", "tier")
    cells = held.join(about, on="prompt_id", how="inner").select(
        F.col("prompt_id").alias("k"),
        F.col("cluster_hash").alias("u"),
        unit.alias("unit"),
        F.pmod(F.xxhash64(unit), F.lit(GROUPS)).alias("g"),
        "c",
        *KINDS[1:],
    )
    return cells.join(cells.groupBy("k").agg(F.count("*").alias("df")), on="k", how="inner")


def _sliced(cells: DataFrame) -> DataFrame:
    """A row per cell and slice that it belongs to."""
    at = F.explode(_slices(KINDS)).alias("at")
    return cells.select(at, "k", "u", "unit", "g", "c", "df").select("at.*", *CELL[2:])


def _slices(kinds: tuple[str, ...], prefix: str = "") -> Column:
    named = [F.lit("*") if kind == "corpus" else F.col(prefix + kind) for kind in kinds]
    pairs = zip(kinds, named, strict=True)
    return F.array(*[F.struct(F.lit(kind).alias("slice_kind"), name.alias("slice")) for kind, name in pairs])


def _sums(cells: DataFrame, sliced: DataFrame, slices: DataFrame) -> Sums:
    alone = F.when(F.col("df") == 1, F.col("c")).otherwise(0)
    per_unit = sliced.groupBy(*SLICE, "g", "u").agg(F.sum("c").alias("m"), F.sum(alone).alias("a"))
    groups = per_unit.groupBy(*SLICE, "g").agg(
        F.count("*").alias("units"), F.sum("m").alias("statements"), F.sum("a").alias("singles")
    )
    own = sliced.join(F.broadcast(slices), on=list(SLICE), how="left_semi")
    tables = (groups, _gains(cells, sliced), _spectra(own), _changes(own))
    return Sums(*(frame.toArrow() for frame in tables))


def _spectra(sliced: DataFrame) -> DataFrame:
    """Keys and statements by the number r of the slice's clusters that hold the key."""
    per_key = sliced.groupBy(*SLICE, "k").agg(F.count("*").alias("r"), F.sum("c").alias("s"))
    return per_key.groupBy(*SLICE, "r").agg(F.count("*").alias("keys"), F.sum("s").alias("statements"))


def _changes(sliced: DataFrame) -> DataFrame:
    """A key with y of its r clusters and c of its s statements in group g moves from r to r - y and keeps s - c."""
    in_group = sliced.groupBy(*SLICE, "k", "g").agg(F.count("*").alias("y"), F.sum("c").alias("c"))
    total = sliced.groupBy(*SLICE, "k").agg(F.count("*").alias("r"), F.sum("c").alias("s"))
    both = in_group.join(total, on=[*SLICE, "k"], how="inner").select(
        *SLICE, "g", "r", "s", (F.col("r") - F.col("y")).alias("r_left"), (F.col("s") - F.col("c")).alias("s_left")
    )
    gone = both.select(*SLICE, "g", "r", F.lit(-1).alias("keys"), (-F.col("s")).alias("statements"))
    left = both.select(
        *SLICE, "g", F.col("r_left").alias("r"), F.lit(1).alias("keys"), F.col("s_left").alias("statements")
    )
    moved = gone.unionByName(left).where("r > 0")
    return moved.groupBy(*SLICE, "g", "r").agg(F.sum("keys").alias("keys"), F.sum("statements").alias("statements"))


def _gains(cells: DataFrame, sliced: DataFrame) -> DataFrame:
    """What becomes a singleton when group g is left out: all units that hold the prompt but one are in g."""
    within = cells.where("df > 1").groupBy("k", F.col("g").alias("without"), "df").agg(F.count("*").alias("y"))
    last = within.where("df - y = 1").select("k", "without")
    left = sliced.join(last, on="k", how="inner").where("g != without")
    return left.groupBy(*SLICE, F.col("without").alias("g")).agg(F.sum("c").alias("statements"))


def _documents(a: DataFrame, b: DataFrame) -> DataFrame:
    """Documents by domain and source, told apart by their text."""
    sides = [_marked(side.select("text_hash", "domain", "source"), other) for side, other in ((a, b), (b, a))]
    return _turnover("documents", *[side.select(F.explode(_slices(PLACES)).alias("at"), "kept") for side in sides])


def _clusters(a: DataFrame, b: DataFrame) -> DataFrame:
    """Clusters by the place of their representative; one is kept if the other run has any of its texts."""
    sides = []
    for side, other in ((a, b), (b, a)):
        marked = _marked(side.select("text_hash", "cluster_hash", "cluster_domain", "cluster_source"), other)
        clusters = marked.groupBy("cluster_hash", "cluster_domain", "cluster_source").agg(F.max("kept").alias("kept"))
        sides.append(clusters.select(F.explode(_slices(PLACES, "cluster_")).alias("at"), "kept"))
    return _turnover("clusters", *sides)


def _marked(side: DataFrame, other: DataFrame) -> DataFrame:
    """The side's rows with `kept`: the other run has the text."""
    texts = other.select("text_hash").distinct().withColumn("kept", F.lit(True))
    return side.join(texts, on="text_hash", how="left").withColumn("kept", F.coalesce("kept", F.lit(False)))


def _prompts(a: DataFrame, b: DataFrame) -> DataFrame:
    """Prompts by every slice that answers them, and those whose number of places became one or ceased to be one."""
    places = [side.where("slice_kind = 'corpus'").select("k", "df").distinct() for side in (a, b)]
    sides = []
    for side, other in ((a, places[1]), (b, places[0])):
        held = side.select(*SLICE, "k", "df").distinct()
        elsewhere = held.join(other.withColumnRenamed("df", "there"), on="k", how="left")
        sides.append(
            elsewhere.select(
                F.struct(*SLICE).alias("at"),
                F.col("there").isNotNull().alias("kept"),
                F.coalesce((F.col("df") > 1) & (F.col("there") == 1), F.lit(False)).alias("lost"),
                F.coalesce((F.col("df") == 1) & (F.col("there") > 1), F.lit(False)).alias("won"),
            )
        )
    turned = (
        sides[0]
        .groupBy("at.slice_kind", "at.slice")
        .agg(
            F.sum(F.col("lost").cast("long")).alias("to_singleton"),
            F.sum(F.col("won").cast("long")).alias("from_singleton"),
        )
    )
    return _turnover("prompts", *sides).drop("to_singleton", "from_singleton").join(turned, on=list(SLICE), how="left")


def _turnover(item: str, a: DataFrame, b: DataFrame) -> DataFrame:
    """in_a, in_b, left, entered of each slice from rows (at, kept) of both runs."""
    gone = F.sum((~F.col("kept")).cast("long"))
    left = a.groupBy("at.slice_kind", "at.slice").agg(F.count("*").alias("in_a"), gone.alias("left"))
    entered = b.groupBy("at.slice_kind", "at.slice").agg(F.count("*").alias("in_b"), gone.alias("entered"))
    both = left.join(entered, on=list(SLICE), how="full")
    counts = [F.coalesce(name, F.lit(0)).alias(name) for name in ("in_a", "in_b", "left", "entered")]
    unknown = [F.lit(None).cast("long").alias(name) for name in ("to_singleton", "from_singleton")]
    return both.select(*SLICE, F.lit(item).alias("item"), *counts, *unknown)
