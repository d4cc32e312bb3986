"""Near-duplicate documents: signatures, band keys, star edges, verification, components, one representative a cluster.

1. Exact copies share their `text_hash`, and each distinct text goes on once. The graph's nodes are text hashes, so
   neither a path nor the order of files can move an edge.
2. Texts with an equal band fall into a bucket; every member is a candidate for the bucket's least member, its hub. A
   bucket of k texts makes k - 1 edges, never pairs, so a page template with a million copies costs a million edges.
3. Each edge is verified before components are built (`verify`): transitive closure of unverified candidates has joined
   hundreds of thousands of unrelated pages elsewhere. Members that their hub rejects get the least of themselves as a
   second hub, once, and those edges are verified too; what that hub rejects as well stays apart in this bucket.
4. Components of the verified edges are the clusters. They are transitive: in a chain of versions, each a near-duplicate
   of the next, the first and the last are in one cluster however little they share, as they are not independent.

Only `min`, `max`, `count`, `distinct` and joins are used: nothing depends on partitioning or on the order of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer import schemas
from analyzer.errors import InvariantError
from analyzer.settings import DedupSettings
from analyzer.spark import arrow, buckets
from analyzer.spark.components import Checkpoint, connected_components
from analyzer.spark.verify import Sets, verified
from analyzer.text import minhash


def signatures(texts: DataFrame, settings: DedupSettings) -> DataFrame:
    """The signatures table of texts (doc_id, text, text_hash)."""
    schema = arrow.nullable(schemas.SIGNATURES.schema)

    def sign(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            minima, counts = minhash.sketch(batch.column("text"), settings)
            columns = [batch.column("doc_id"), batch.column("text_hash"), pa.array(counts), minhash.to_binary(minima)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    rows = texts.select("doc_id", "text_hash", "text").mapInArrow(sign, arrow.spark_schema(schema))
    return rows.select(schemas.SIGNATURES.schema.names)


def clusters(
    documents: DataFrame,
    signatures: DataFrame,
    settings: DedupSettings,
    checkpoint: Checkpoint,
    sets: Sets | None = None,
) -> DataFrame:
    """The clusters table of the documents table: one row a document.

    `checkpoint(name, frame)` writes a frame and gives it back as read from there, so that nothing is computed twice.
    `sets` fetches the hashed shingles of texts for the borderline edges; without it the estimate decides over them too.
    """
    # Equal hashes come with equal signatures, as both are made from the normalised text; `min` needs no order of rows.
    texts = signatures.groupBy(F.col("text_hash").alias("node")).agg(F.min("signature").alias("signature"))
    texts = checkpoint("dedup_texts", texts)
    _demand_same_texts(documents, texts)
    candidates = checkpoint("dedup_candidates", buckets.stars(buckets.buckets(texts, settings)))
    first = verified("dedup_first", candidates, texts, settings, checkpoint, sets)
    again = buckets.second_stars(candidates, first, settings.threshold)
    second = verified("dedup_second", again, texts, settings, checkpoint, sets)
    edges = checkpoint("dedup_edges", first.unionByName(second).where(F.col("jaccard") >= settings.threshold))
    components = connected_components(edges.select("src", "dst"), settings.max_driver_edges, checkpoint)
    return _assign(documents, components, edges)


def _demand_same_texts(documents: DataFrame, texts: DataFrame) -> None:
    """Without its signature a text would pass as unlike all others; a signature too many could join what is apart."""
    known = documents.select("text_hash").distinct()
    both = known.join(texts.select(F.col("node")), on=known["text_hash"] == F.col("node"), how="full")
    if not both.where("text_hash is null or node is null").isEmpty():
        raise InvariantError("documents and signatures do not hold the same texts: they come from different inputs")


def _assign(documents: DataFrame, components: DataFrame, edges: DataFrame) -> DataFrame:
    """One row a document: the least (domain, source, doc_id) of equal texts joined by an edge, the others as copies.

    The id comes last: it hangs on the path, and where a cluster counts must not.
    """
    ends = edges.select(F.explode(F.array("src", "dst")).alias("text_hash"), "jaccard")
    best = ends.groupBy("text_hash").agg(F.max("jaccard").alias("best"))
    copies = documents.groupBy("text_hash").agg(
        F.count("*").alias("copies"), F.min(F.struct("domain", "source", "doc_id")).alias("head")
    )
    texts = (
        copies.join(components.withColumnRenamed("node", "text_hash"), on="text_hash", how="left")
        .join(best, on="text_hash", how="left")
        .withColumn("component", F.coalesce("component", "text_hash"))
    )
    totals = texts.groupBy("component").agg(
        F.sum("copies").alias("size"),
        F.count("*").alias("texts"),
        F.min(F.struct("text_hash", "head")).alias("least"),
    )
    rows = documents.join(texts, on="text_hash", how="inner").join(totals, on="component", how="inner")
    is_near = (F.col("texts") > 1) & (F.col("doc_id") == F.col("head.doc_id"))
    return rows.select(
        "doc_id",
        F.col("least.head.doc_id").alias("cluster_id"),
        "size",
        (F.col("doc_id") == F.col("least.head.doc_id")).alias("is_representative"),
        F.when(F.col("size") == 1, "single").when(is_near, "near").otherwise("exact").alias("method"),
        F.when(F.col("size") == 1, None).when(is_near, F.col("best")).otherwise(1.0).alias("jaccard"),
    )
