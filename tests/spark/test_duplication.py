"""What a removal would take from each domain and source, in a world counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.schemas import TABLES
from analyzer.spark import duplication
from analyzer.spark.arrow import spark_schema

pytestmark = pytest.mark.spark

# (document, domain, source, representative, method): one cluster of seven across two domains, a pair, a single one
WORLD = [
    ("a0", "north", "x", "a0", "near"),
    *((f"a{i}", "south", "x", "a0", "exact") for i in range(1, 6)),
    ("a6", "south", "y", "a0", "near"),
    ("b0", "south", "y", "b0", "near"),
    ("b1", "south", "y", "b0", "near"),
    ("c0", "north", "y", "c0", "single"),
]


@pytest.fixture(scope="module")
def members(spark):
    sizes = {head: sum(other == head for *_, other, _ in WORLD) for *_, head, _ in WORLD}

    def frame(name: str, rows: list[dict[str, Any]]) -> Any:
        schema = TABLES[name].schema
        return spark.createDataFrame([tuple(r.get(c) for c in schema.names) for r in rows], spark_schema(schema))

    documents = [
        {"doc_id": d, "domain": domain, "source": s, "path": f"{d}.jsonl", "record": i}
        for i, (d, domain, s, _, _) in enumerate(WORLD)
    ]
    clusters = [
        {"doc_id": d, "cluster_id": head, "size": sizes[head], "is_representative": d == head, "method": how,
         "jaccard": None if how == "single" else 0.9}
        for d, _, _, head, how in WORLD
    ]  # fmt: skip
    return duplication.members(frame("documents", documents), frame("clusters", clusters)).persist()


def test_every_slice_is_counted_and_each_kind_adds_up_to_the_corpus(members):
    rows = {(r["slice_kind"], r["slice"]): r.asDict() for r in duplication.duplication(members).collect()}
    keys = ("documents", "clusters", "removed", "removed_exact", "shared_documents", "largest")
    assert {at: tuple(row[k] for k in keys) for at, row in rows.items()} == {
        ("corpus", "*"): (10, 3, 7, 5, 0, 7),
        ("domain", "north"): (2, 2, 0, 0, 1, 7),
        ("domain", "south"): (8, 2, 7, 5, 6, 7),
        ("source", "x"): (6, 1, 5, 5, 6, 7),
        ("source", "y"): (4, 3, 2, 0, 1, 7),
    }
    for kind in ("domain", "source"):
        for key in ("documents", "removed"):
            assert sum(r[key] for at, r in rows.items() if at[0] == kind) == rows["corpus", "*"][key]
    assert rows["domain", "south"]["share"] == 7 / 8


def test_clusters_across_domains_are_told_from_those_inside_one(members):
    assert [tuple(r) for r in duplication.crossings(members).collect()] == [("south", "north", 1, 6)]


def test_the_largest_clusters_are_shown_by_representative_and_first_members(members):
    rows = [r.asDict() for r in duplication.largest_clusters(members).collect()]
    shown = [(r["place"], r["member"], r["doc_id"]) for r in rows]
    first = [(1, i + 1, f"a{i}") for i in range(duplication.MEMBERS)]
    assert shown == [*first, (2, 1, "b0"), (2, 2, "b1")]  # what stands alone is no cluster to be shown
    assert {(r["place"], r["size"], r["domains"]) for r in rows} == {(1, 7, 2), (2, 2, 1)}
    assert [r["is_representative"] for r in rows if r["place"] == 1] == [True, False, False, False, False]
