"""What deduplication would take from whom: counts per domain and source, the largest clusters, clusters across domains.

Nothing is removed anywhere: a document counts in its cluster. These tables say what a removal would do, and how to see
for oneself whether clusters hold what they should.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.schemas.duplicates import CROSSINGS, DUPLICATION, LARGEST_CLUSTERS

CLUSTERS, MEMBERS = 20, 5  # shown of the largest: enough to see a template, few enough to be read


def members(documents: DataFrame, clusters: DataFrame) -> DataFrame:
    """Documents with their cluster and the domain that it counts in."""
    place = documents.select("doc_id", "domain", "source", "path", "record")
    home = documents.select(F.col("doc_id").alias("cluster_id"), F.col("domain").alias("counted_in"))
    return clusters.join(place, on="doc_id", how="inner").join(home, on="cluster_id", how="inner")


def duplication(members: DataFrame) -> DataFrame:
    """The duplication table: a row for the corpus, each domain and each source."""
    slices = [
        F.struct(F.lit(kind).alias("slice_kind"), value.alias("slice"))
        for kind, value in (("corpus", F.lit("*")), ("domain", F.col("domain")), ("source", F.col("source")))
    ]
    rows = members.select(F.explode(F.array(*slices)).alias("at"), "cluster_id", "size", "is_representative", "method")
    gone = ~F.col("is_representative")
    per_cluster = rows.groupBy("at", "cluster_id", "size").agg(
        F.count("*").alias("n"),
        F.sum(F.col("is_representative").cast("long")).alias("kept"),
        F.sum((gone & (F.col("method") == "exact")).cast("long")).alias("exact"),
    )
    outside = F.when(F.col("n") < F.col("size"), F.col("n")).otherwise(0)
    found = per_cluster.groupBy("at").agg(
        F.sum("n").alias("documents"),
        F.count("*").alias("clusters"),
        (F.sum("n") - F.sum("kept")).alias("removed"),
        F.sum("exact").alias("removed_exact"),
        F.sum(outside).alias("shared_documents"),
        F.max("size").alias("largest"),
    )
    counted = found.select("at.slice_kind", "at.slice", "*", (F.col("removed") / F.col("documents")).alias("share"))
    return counted.orderBy("slice_kind", "slice").select(*DUPLICATION.schema.names)


def crossings(members: DataFrame) -> DataFrame:
    """The crossings table: documents that count in another domain than their own."""
    away = members.where(F.col("domain") != F.col("counted_in"))
    per_cluster = away.groupBy("domain", "counted_in", "cluster_id").agg(F.count("*").alias("n"))
    found = per_cluster.groupBy("domain", "counted_in").agg(
        F.count("*").alias("clusters"), F.sum("n").alias("documents")
    )
    return found.orderBy("domain", "counted_in").select(*CROSSINGS.schema.names)


def largest_clusters(members: DataFrame) -> DataFrame:
    """The largest_clusters table: of each of the largest clusters the representative and the first other members."""
    heads = members.where(F.col("is_representative") & (F.col("size") > 1))
    order = Window.orderBy(F.desc("size"), "cluster_id")  # over CLUSTERS rows
    top = heads.orderBy(F.desc("size"), "cluster_id").limit(CLUSTERS).select("cluster_id", "size")
    placed = F.broadcast(top.withColumn("place", F.row_number().over(order).cast("long")).select("cluster_id", "place"))
    inside = members.join(placed, on="cluster_id", how="inner")
    domains = inside.groupBy("cluster_id").agg(F.count_distinct("domain").alias("domains"))
    first = Window.partitionBy("cluster_id").orderBy(F.desc("is_representative"), "path", "record")
    shown = inside.withColumn("member", F.row_number().over(first).cast("long")).where(F.col("member") <= MEMBERS)
    joined = shown.join(F.broadcast(domains), on="cluster_id", how="inner")
    return joined.orderBy("place", "member").select(*LARGEST_CLUSTERS.schema.names)
