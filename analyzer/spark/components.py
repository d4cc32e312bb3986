"""Connected components of a graph: scipy on the driver while the edges fit there, star alternation on Spark beyond.

The alternation is that of Kiveris et al. 2014 (Connected Components in MapReduce and Beyond): large-star and small-star
rewire every edge to the least node known, and end in one star a component after O(log^2) rounds (13 rounds join a path
of 4,096 nodes; spreading the least label needs 4,095, and long chains of versions of a page do occur).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses
from scipy import sparse

from analyzer.errors import InvariantError
from analyzer.logs import LOGGER

Checkpoint = Callable[[str, DataFrame], DataFrame]

SCHEMA = pa.schema([("node", pa.string()), ("component", pa.string())])

# Edges sent to the driver by one job: 150 MB, far from spark.driver.maxResultSize (1 GB unless it was raised).
PIECE = 2_000_000

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
    return _on_driver(edges, number) if on_driver else _by_stars(edges, checkpoint)


def _on_driver(edges: DataFrame, number: int) -> DataFrame:
    """One sparse graph on the driver, about 140 bytes an edge at its peak."""
    src, dst = _fetch(edges, number)
    names = pc.unique(pa.chunked_array(src.chunks + dst.chunks, pa.large_string()))
    names = names.take(pc.sort_indices(names))
    ends = [pc.index_in(column, value_set=names).to_numpy() for column in (src, dst)]
    labels = _least_members(ends[0], ends[1], len(names))
    table = pa.table([names.cast(pa.string()), names.take(pa.array(labels)).cast(pa.string())], schema=SCHEMA)
    return edges.sparkSession.createDataFrame(table)


def _fetch(edges: DataFrame, number: int) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The two columns of the edges, fetched in pieces so that no single job sends more than about PIECE edges."""
    pieces = -(-number // PIECE) or 1
    piece = F.pmod(F.xxhash64("src", "dst"), F.lit(pieces))
    tables = [edges.where(piece == i).select("src", "dst").toArrow() for i in range(pieces)]
    whole = pa.concat_tables(tables)
    return whole["src"].cast(pa.large_string()), whole["dst"].cast(pa.large_string())


def _least_members(src: NDArray[np.int32], dst: NDArray[np.int32], nodes: int) -> NDArray[np.int64]:
    """Least member of every node's component, (nodes,); nodes are 0 .. nodes - 1."""
    graph = sparse.coo_matrix((np.ones(len(src), np.bool_), (src, dst)), shape=(nodes, nodes))
    count, labels = sparse.csgraph.connected_components(graph, directed=False)
    least = np.full(count, nodes, np.int64)
    np.minimum.at(least, labels, np.arange(nodes))
    return np.asarray(least[labels], np.int64)


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
