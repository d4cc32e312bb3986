"""Two runs held against each other on Spark give what plain Python gives, whatever the ids of what they share."""

from __future__ import annotations

from collections import Counter

import pytest

from analyzer import ids
from analyzer.decisions.differences import Limits, differences
from analyzer.spark import count, diff
from analyzer.spark.estimate import GROUPS
from tests.decisions import reference
from tests.decisions.reference import Cell
from tests.spark.worlds import frames, world

pytestmark = pytest.mark.spark

LEAST = 10


def moved(rows, drop, prefix):
    """The world without the documents `drop`, every doc_id another: as if read from another folder."""
    docs, clusters, mentions = rows
    name = {d["doc_id"]: ids.digest(prefix + d["doc_id"]) for d in docs}
    docs = [d | {"doc_id": name[d["doc_id"]]} for d in docs if d["doc_id"] not in drop]
    left = {d["doc_id"]: d for d in docs}
    groups: dict[str, list[str]] = {}
    for row in clusters:
        if name[row["doc_id"]] in left:
            groups.setdefault(row["cluster_id"], []).append(name[row["doc_id"]])
    rows = []
    for group in groups.values():
        head = min(group, key=lambda d: (left[d]["text_hash"], left[d]["domain"], left[d]["source"], d))
        rows += [
            {"doc_id": d, "cluster_id": head, "size": len(group), "is_representative": d == head, "method": "near",
             "jaccard": None}
            for d in group
        ]  # fmt: skip
    return docs, rows, [m | {"doc_id": name[m["doc_id"]]} for m in mentions if name[m["doc_id"]] in left]


@pytest.fixture(scope="module")
def worlds():
    """A: a world. B: without every fifth document, with documents of another, and under other ids."""
    a = world(seed=3, documents=90)
    drop = {d["doc_id"] for i, d in enumerate(a[0]) if i % 5 == 0}
    more = moved(world(seed=4, documents=110), {d["doc_id"] for d in world(seed=4, documents=110)[0][:90]}, "new")
    kept = moved(a, drop, "b")
    return a, tuple(x + y for x, y in zip(kept, more, strict=True))


@pytest.fixture(scope="module")
def found(spark, worlds):
    sides = []
    for rows in worlds:
        documents, clusters, mentions = frames(spark, *rows)
        prompts = count.prompts(count.placed(mentions, documents, clusters), 2)
        sides.append(diff.Side(documents, clusters, mentions, prompts))
    return diff.pair(*sides, LEAST)


def group_of(spark, units):
    rows = spark.createDataFrame([(u,) for u in units], "unit string").selectExpr(
        "unit", f"pmod(xxhash64(unit), {GROUPS}) g"
    )
    return {row["unit"]: row["g"] for row in rows.collect()}


def heads(rows):
    """doc_id -> the row of its cluster's representative."""
    document = {d["doc_id"]: d for d in rows[0]}
    return {row["doc_id"]: document[row["cluster_id"]] for row in rows[1]}


def joint(worlds):
    """Least hash of the texts that hang together with each text, through the clusters of both."""
    parent: dict[str, str] = {}

    def root(x):
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for rows in worlds:
        head = heads(rows)
        for doc in rows[0]:
            a, b = root(doc["text_hash"]), root(head[doc["doc_id"]]["text_hash"])
            parent[max(a, b)] = min(a, b)
    return {x: root(x) for x in list(parent)}


def cells(rows, unit, group):
    head, sentences = heads(rows), {}
    types: dict[int, Counter] = {}
    about = {m["prompt_id"]: m for m in rows[2]}
    for m in rows[2]:
        if not m["abstention"]:
            sentences.setdefault((m["prompt_id"], m["doc_id"] and head[m["doc_id"]]["doc_id"]), set()).add(
                m["sentence_hash"]
            )
            types.setdefault(m["prompt_id"], Counter())[m["subject_type"]] += 1
    by_id = {d["doc_id"]: d for d in rows[0]}
    made = []
    for (k, u), found in sentences.items():
        place, m = by_id[u], about[k]
        kind = min(types[k], key=lambda t: (-types[k][t], t))
        slices = (("corpus", "*"), ("domain", place["domain"]), ("source", place["source"]),
                  ("relation", m["relation"]), ("subject_type", kind), ("tier", m["tier"]))  # fmt: skip
        name = unit[place["text_hash"]]
        made.append(Cell(k, place["text_hash"], name, group[name], len(found), slices))
    return made


def rows_of(table):
    return sorted(map(str, table.to_pylist()))


def test_the_sums_equal_those_counted_cell_by_cell(spark, worlds, found):
    unit = joint(worlds)
    group = group_of(spark, sorted(set(unit.values())))
    expected = reference.pair(*(cells(rows, unit, group) for rows in worlds), LEAST)
    for side in ("a", "b"):
        got, wanted = getattr(found, side), getattr(expected, side)
        for name in ("groups", "gains", "spectra"):
            table = getattr(got, name)
            assert table.num_rows > 10
            assert rows_of(table) == rows_of(getattr(wanted, name).select(table.column_names)), (side, name)
        # Spark keeps the steps that cancel out.
        steps = [row for row in got.changes.to_pylist() if row["keys"] or row["statements"]]
        others = [row for row in wanted.changes.to_pylist() if row["keys"] or row["statements"]]
        assert sorted(map(str, steps)) == sorted(map(str, others)), side
    assert rows_of(found.shared) == rows_of(expected.shared)
    assert differences(found, GROUPS, Limits(LEAST)) == differences(expected, GROUPS, Limits(LEAST))


def test_documents_are_told_apart_by_text_and_not_by_id(worlds, found):
    a, b = ({d["text_hash"] for d in rows[0]} for rows in worlds)
    (row,) = [r for r in found.turnover.to_pylist() if (r["slice_kind"], r["item"]) == ("corpus", "documents")]
    assert (row["in_a"], row["in_b"]) == (len(worlds[0][0]), len(worlds[1][0]))
    assert (row["left"], row["entered"]) == (len(a - b), len(b - a))
    assert row["left"] and row["entered"]


def test_a_cluster_stays_while_any_of_its_texts_does(worlds, found):
    texts = [{d["text_hash"] for d in rows[0]} for rows in worlds]
    expected = []
    for rows, other in zip(worlds, reversed(texts), strict=True):
        head, held = heads(rows), {}
        for d in rows[0]:
            held.setdefault(head[d["doc_id"]]["doc_id"], set()).add(d["text_hash"])
        expected.append(sum(not group & other for group in held.values()))
    (row,) = [r for r in found.turnover.to_pylist() if (r["slice_kind"], r["item"]) == ("corpus", "clusters")]
    assert [row["left"], row["entered"]] == expected


def test_prompts_that_lost_or_won_their_second_place_are_counted(worlds, found):
    places = []
    for rows in worlds:
        head, held = heads(rows), {}
        for m in rows[2]:
            if not m["abstention"]:
                held.setdefault(m["prompt_id"], set()).add(head[m["doc_id"]]["doc_id"])
        places.append({k: len(units) for k, units in held.items()})
    a, b = places
    (row,) = [r for r in found.turnover.to_pylist() if (r["slice_kind"], r["item"]) == ("corpus", "prompts")]
    assert (row["in_a"], row["in_b"]) == (len(a), len(b))
    assert (row["left"], row["entered"]) == (len(a.keys() - b), len(b.keys() - a))
    lost = sum(n > 1 and b.get(k) == 1 for k, n in a.items())
    won = sum(n == 1 and b.get(k, 0) > 1 for k, n in a.items())
    assert (row["to_singleton"], row["from_singleton"]) == (lost, won) and lost and won


def test_a_run_against_itself_under_other_ids_has_no_difference(spark, worlds):
    sides = []
    for rows in (worlds[0], moved(worlds[0], set(), "other")):
        documents, clusters, mentions = frames(spark, *rows)
        prompts = count.prompts(count.placed(mentions, documents, clusters), 2)
        sides.append(diff.Side(documents, clusters, mentions, prompts))
    pair = diff.pair(*sides, LEAST)
    rows = differences(pair, GROUPS, Limits(LEAST)).to_pylist()
    compared = [row for row in rows if row["p_value"] is not None]
    assert len(compared) > 10 and {row["status"] for row in compared} == {"same"}
    assert not any(row["changed"] for row in rows) and {(r["low"], r["high"]) for r in compared} == {(0.0, 0.0)}
    assert not any(row["left"] or row["entered"] for row in pair.turnover.to_pylist())
