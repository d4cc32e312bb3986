"""Connected components of a graph: scipy on the driver while the edges fit there, star alternation on Spark beyond.

The alternation is that of Kiveris et al. 2014 (Connected Components in MapReduce and Beyond): large-star and small-star
rewire every edge to the least node known, and end in one star a component after O(log^2) rounds (13 rounds join a path
of 4,096 nodes; spreading the least label needs 4,095, and long chains of versions of a page do occur).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses
from scipy import sparse

from analyzer.errors import InvariantError
from analyzer.logs import LOGGER

Keys = NDArray[np.int64]
Checkpoint = Callable[[str, DataFrame], DataFrame]

LABELS = pa.schema([("key", pa.int64()), ("label", pa.int64())])

# Edges sent to the driver by one job: 160 MB, far from spark.driver.maxResultSize (1 GB unless it was raised).
PIECE = 10_000_000

# Four times the rounds that a path of 4,096 nodes takes; reached only if rounds stopped making progress.
MAX_ROUNDS = 52


def local(name: str, frame: DataFrame) -> DataFrame:
    """A checkpoint on the executors' disks, for callers that bring none."""
    return frame.localCheckpoint()


def connected_components(edges: DataFrame, max_driver_edges: int, checkpoint: Checkpoint = local) -> DataFrame:
    """(node, component) of every node of edges (src, dst): the component is its least node in the order of bytes.

    `edges` is read several times: pass a frame that was checkpointed. Above `max_driver_edges` the work stays on Spark.
    """
    number = edges.count()
    on_driver = number <= max_driver_edges
    LOGGER.info("components of %d edges, %s", number, "on the driver" if on_driver else "by star alternation")
    found = _on_driver(edges, number) if on_driver else None
    return _by_stars(edges, checkpoint) if found is None else found


def _on_driver(edges: DataFrame, number: int) -> DataFrame | None:
    """One sparse graph on the driver, whose nodes are 64-bit keys; None if two nodes share a key.

    That happens with chance 3e-6 among 10^7 nodes. The names stay on Spark: 10^7 edges of 32-character names take the
    driver 30 s and 4 GB, their keys 10 s and 1 GB.
    """
    nodes = edges.select(F.explode(F.array("src", "dst")).alias("node")).distinct()
    nodes = nodes.select("node", _key("node").alias("key"))
    keys, labels = least_members(*_fetch(edges, number))
    if nodes.count() != len(keys):
        return None
    moved = keys != labels
    table = pa.table([keys[moved], labels[moved]], schema=LABELS)
    labelled = nodes.join(edges.sparkSession.createDataFrame(table), on="key", how="left").select(
        "node", F.coalesce("label", "key").alias("label")
    )
    least = labelled.groupBy("label").agg(F.min("node").alias("component"))
    return labelled.join(least, on="label", how="inner").select("node", "component")


def _key(name: str) -> Column:
    return F.xxhash64(name)


def _fetch(edges: DataFrame, number: int) -> tuple[Keys, Keys]:
    """The keys of both ends of the edges, fetched in pieces so that no single job sends more than about PIECE edges."""
    pieces = -(-number // PIECE) or 1
    keyed = edges.select(_key("src").alias("src"), _key("dst").alias("dst"))
    piece = F.pmod(F.hash("src", "dst"), F.lit(pieces))
    whole = pa.concat_tables([keyed.where(piece == i).toArrow() for i in range(pieces)])
    return whole["src"].to_numpy(), whole["dst"].to_numpy()


def least_members(src: Keys, dst: Keys) -> tuple[Keys, Keys]:
    """The distinct ends of the edges, ascending, and the least member of the component of each."""
    keys, ends = np.unique(np.concatenate([src, dst]), return_inverse=True)
    ends = ends.astype(np.int32)
    graph = sparse.coo_matrix((np.ones(len(src), np.bool_), (ends[: len(src)], ends[len(src) :])), (len(keys),) * 2)
    count, labels = sparse.csgraph.connected_components(graph, directed=False)
    least = np.full(count, len(keys), np.int64)
    np.minimum.at(least, labels, np.arange(len(keys)))
    return keys, keys[least[labels]]


def _by_stars(edges: DataFrame, checkpoint: Checkpoint) -> DataFrame:
    """Large-star, then small-star, until every node but the roots hangs on exactly one root."""
    nodes = edges.select(F.explode(F.array("src", "dst")).alias("node")).distinct()
    links = edges.where("src != dst").select(
        F.greatest("src", "dst").alias("node"), F.least("src", "dst").alias("smaller")
    )
    for number in range(MAX_ROUNDS):
        links = checkpoint(f"components_{number:02d}", _small_star(_large_star(links)))
        if _is_starry(links):
            stars = links.withColumnRenamed("smaller", "component")
            return nodes.join(stars, on="node", how="left").select(
                "node", F.coalesce("component", "node").alias("component")
            )
    raise InvariantError(f"components did not settle in {MAX_ROUNDS} rounds: please report this with the run's log")


def _large_star(links: DataFrame) -> DataFrame:
    """Every larger neighbour of a node is linked to the least of the node and its neighbours."""
    turned = links.select(F.col("smaller").alias("node"), F.col("node").alias("neighbour"))
    around = links.withColumnRenamed("smaller", "neighbour").unionByName(turned)
    least = around.groupBy("node").agg(F.least(F.min("neighbour"), F.col("node")).alias("least"))
    larger = turned.join(least, on="node", how="inner")
    return larger.select(F.col("neighbour").alias("node"), F.col("least").alias("smaller")).distinct()


def _small_star(links: DataFrame) -> DataFrame:
    """Every smaller neighbour of a node, and the node, are linked to the least of them."""
    least = links.groupBy("node").agg(F.min("smaller").alias("least"))
    others = links.join(least, on="node", how="inner").where("smaller != least")
    moved = others.select(F.col("smaller").alias("node"), F.col("least").alias("smaller"))
    return moved.unionByName(least.withColumnRenamed("least", "smaller")).distinct()


def _is_starry(links: DataFrame) -> bool:
    """True when no node has two links to smaller nodes, or one to a smaller and one from a larger node."""
    ends = F.explode(
        F.array(
            F.struct(F.col("node").alias("end"), F.lit(1).alias("up"), F.lit(0).alias("down")),
            F.struct(F.col("smaller").alias("end"), F.lit(0).alias("up"), F.lit(1).alias("down")),
        )
    )
    degrees = (
        links.select(ends.alias("e")).groupBy("e.end").agg(F.sum("e.up").alias("up"), F.sum("e.down").alias("down"))
    )
    return degrees.where("up > 1 or (up > 0 and down > 0)").isEmpty()
