"""Sums behind the advice, against leaving out each document of a small world in turn."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pytest

from analyzer.spark import advice, thinning
from analyzer.spark.plan import Plan
from tests.spark.test_thinning import counted, held
from tests.spark.worlds import frames, world

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def summed(spark):
    given = world(seed=4, documents=50)
    documents, clusters, mentions = frames(spark, *given)
    kept = advice.grouped(thinning.places(documents, clusters, Plan()), documents).localCheckpoint()
    cells = advice.grouped(thinning.cells(mentions, kept.drop("cluster_domain", "g")), documents).localCheckpoint()
    wanted = spark.createDataFrame(pa.table({"domain": ["a", "b"]}))
    group = {row["cluster_id"]: row["g"] for row in kept.select("cluster_id", "g").distinct().collect()}
    return given, group, advice.sums(cells, kept, wanted)


def one_by_one(given, group, left_out):
    """The same sums with the group's clusters left out, from each document's own removal."""
    docs, clusters, _ = given
    home = {row["doc_id"]: row["cluster_id"] for row in clusters}
    document = {doc["doc_id"]: doc for doc in docs}
    there = {d for d in document if group[home[d]] != left_out}
    cells = held(given, there)
    a, n, _ = counted(cells)
    found = defaultdict(lambda: dict.fromkeys(advice.ITEMS, 0.0))
    for d in there:
        a_without, n_without, _ = counted(held(given, there - {d}))
        entry = found[document[d]["domain"]]
        entry["da"] += a - a_without
        entry["dn"] += n - n_without
        entry["words"] += document[d]["words"]
    for units in cells.values():
        if len(units) == 1:
            [(cluster, statements)] = units.items()
            found[document[cluster]["domain"]]["held"] += statements
    return {"a": a, "n": n}, found


def test_changes_and_shares_are_those_of_leaving_out_one_document_after_the_other(summed):
    given, group, (corpus, domains) = summed
    assert set(domains) == {"a", "b"}
    for left_out in (advice.WHOLE, *sorted(set(group.values()))[:4]):
        whole, found = one_by_one(given, group, left_out)
        assert corpus[left_out] == whole
        for name, sums in domains.items():
            assert sums.get(left_out, sums[advice.WHOLE]) == found[name], (left_out, name)


def test_a_group_that_touches_a_domain_changes_its_sums(summed):
    _, _, (_, domains) = summed
    assert all(len({tuple(row.values()) for row in sums.values()}) > 3 for sums in domains.values())
