"""Components against networkx, on the driver and by star alternation; all graphs go through Spark in one frame."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from analyzer.errors import InvariantError
from analyzer.spark import components
from analyzer.spark.components import connected_components

pytestmark = pytest.mark.spark

Edge = tuple[str, str]
ODD = ["", " ", "Z", "a", "z", "é", "e\u0301", "中", "\uffff", "😀"]  # bytes order them otherwise than UTF-16 does


def frame(spark: SparkSession, edges: Iterable[Edge]) -> DataFrame:
    src, dst = zip(*edges, strict=True)
    return spark.createDataFrame(pa.table({"src": src, "dst": dst})).repartition(3)


def random_graphs(count: int) -> list[Edge]:
    """Graphs of 2 to 120 nodes around the density where a giant component forms, in both directions, with repeats."""
    random = np.random.default_rng(11)
    edges: list[Edge] = []
    for graph in range(count):
        nodes = int(random.integers(2, 121))
        ends = random.integers(0, nodes, (int(nodes * random.uniform(0.2, 1.2)) + 1, 2))
        edges += [(f"{graph}-{a:03d}", f"{graph}-{b:03d}") for a, b in ends]
    return edges


def path(length: int) -> list[Edge]:
    """A path whose nodes are named in a random order."""
    names = [f"path-{i:05d}" for i in np.random.default_rng(5).permutation(length)]
    return list(pairwise(names))


def star(leaves: int) -> list[Edge]:
    return [("star-hub", f"star-{i}") for i in range(leaves)]


def odd_names() -> list[Edge]:
    return [*pairwise(ODD[4:]), ("self", "self"), (ODD[0], ODD[1])]


def expected(edges: Iterable[Edge]) -> dict[str, str]:
    graph = nx.Graph(list(edges))
    least = {frozenset(nodes): min(nodes, key=str.encode) for nodes in nx.connected_components(graph)}
    return {node: name for nodes, name in least.items() for node in nodes}


def found(result: DataFrame) -> dict[str, str]:
    assert result.columns == ["node", "component"]
    rows = result.toArrow().to_pydict()
    assert len(set(rows["node"])) == len(rows["node"]), "a node has two rows"
    return dict(zip(rows["node"], rows["component"], strict=True))


def test_components_on_the_driver_equal_networkx_on_thirty_graphs_a_long_path_and_odd_names(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "PIECE", 3_000)  # several pieces
    edges = [*random_graphs(30), *path(4_096), *star(1_000), *odd_names()]
    assert found(connected_components(frame(spark, edges), len(edges))) == expected(edges)


def test_components_by_stars_equal_networkx_on_thirty_graphs_a_path_and_odd_names(spark: SparkSession) -> None:
    edges = [*random_graphs(30), *path(24), *star(300), *odd_names()]
    assert found(connected_components(frame(spark, edges), len(edges) - 1)) == expected(edges)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_path_of_4096_nodes_is_one_component_by_stars_too(spark: SparkSession) -> None:
    edges = path(4_096)
    assert found(connected_components(frame(spark, edges), 1)) == expected(edges)


def test_driver_and_stars_find_the_same_components(spark: SparkSession) -> None:
    edges = frame(spark, [*random_graphs(5), *path(40), *odd_names()])
    assert found(connected_components(edges, 10_000)) == found(connected_components(edges, 1))


def test_nodes_that_share_a_key_are_kept_apart(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "_key", lambda name: F.length(name).cast("long"))
    edges = [("a", "bb"), ("c", "dd"), ("e", "fff")]
    assert found(connected_components(frame(spark, edges), 10)) == expected(edges)


def test_no_edges_give_no_components(spark: SparkSession) -> None:
    empty = spark.createDataFrame([], "src string, dst string")
    assert found(connected_components(empty, 1)) == {}


def test_rounds_that_do_not_settle_are_an_error_not_an_answer(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "MAX_ROUNDS", 1)
    with pytest.raises(InvariantError, match="did not settle in 1 rounds"):
        connected_components(frame(spark, path(64)), 1)
