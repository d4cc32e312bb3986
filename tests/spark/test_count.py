"""Spark's counts against counting one by one in Python."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from analyzer.settings import CountSettings
from analyzer.spark import count
from tests.spark.worlds import frames, reference, world

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def counted(spark):
    docs, clusters, mentions = world(seed=3)
    documents, groups, found = frames(spark, docs, clusters, mentions)
    placed = count.placed(found, documents, groups).persist()
    prompts, facts = count.prompts(placed, 2).persist(), count.facts(placed).persist()
    relations = count.relations(prompts, facts, {"capital": True, "born": True}, CountSettings(functional_prompts=3))
    rows = {name: frame.collect() for name, frame in (("prompts", prompts), ("facts", facts), ("relations", relations))}
    return (docs, clusters, mentions), rows


def test_every_mention_is_answered_or_an_abstention(counted):
    (_, _, mentions), rows = counted
    answered = {m["prompt_id"] for m in mentions if not m["abstention"]}
    silent = Counter(m["prompt_id"] for m in mentions if m["abstention"])
    assert sum(row["mentions"] for row in rows["prompts"]) == sum(not m["abstention"] for m in mentions)
    assert {row["prompt_id"] for row in rows["prompts"]} == answered
    for row in rows["prompts"]:
        assert row["abstentions"] == silent[row["prompt_id"]]
    assert any(row["abstentions"] for row in rows["prompts"])


@pytest.mark.parametrize(
    ("table", "key", "statements"),
    [("prompts", "prompt_id", "cluster_statements"), ("facts", "fact_id", "cluster_mentions")],
)
def test_units_and_statements_equal_a_count_by_hand(counted, table, key, statements):
    given, rows = counted
    cluster, document = (reference(*given, key, unit) for unit in ("cluster", "document"))
    for row in rows[table]:
        k = row[key]
        assert row["clusters"] == cluster["units"][k]
        assert row["documents"] == document["units"][k]
        assert row[statements] == sum(c for (other, _), c in cluster["cells"].items() if other == k)
        if table == "prompts":
            assert row["statements"] == sum(c for (other, _), c in document["cells"].items() if other == k)


def test_a_list_is_one_statement_of_its_prompt_and_three_facts(counted):
    (_, _, mentions), rows = counted
    lists = [m for m in mentions if m["answer"] == "o3"]
    assert lists
    by_prompt = {row["prompt_id"]: row for row in rows["prompts"]}
    assert any(by_prompt[m["prompt_id"]]["mentions"] > by_prompt[m["prompt_id"]]["statements"] for m in lists)


def test_sources_are_those_of_representatives(counted):
    (docs, clusters, mentions), rows = counted
    source = {doc["doc_id"]: doc["source"] for doc in docs}
    head = {row["doc_id"]: row["cluster_id"] for row in clusters}
    sources = defaultdict(set)
    for m in mentions:
        if not m["abstention"]:
            sources[m["prompt_id"]].add(source[head[m["doc_id"]]])
    assert {row["prompt_id"]: row["sources"] for row in rows["prompts"]} == {k: len(v) for k, v in sources.items()}


def test_a_prompt_keeps_its_commonest_spellings_and_says_how_many_there_are(counted):
    """Two of up to three, those in most clusters first, the lesser text first among equals."""
    (_, clusters, mentions), rows = counted
    head = {row["doc_id"]: row["cluster_id"] for row in clusters}
    written = defaultdict(Counter)
    for prompt, surface, _ in {
        (m["prompt_id"], m["surface"], head[m["doc_id"]]) for m in mentions if not m["abstention"]
    }:
        written[prompt][surface] += 1
    cut = 0
    for row in rows["prompts"]:
        spellings = written[row["prompt_id"]]
        ordered = sorted(spellings, key=lambda text: (-spellings[text], text))
        assert row["surfaces"] == ordered[:2]
        assert row["surface_count"] == len(ordered)
        cut += len(ordered) > 2
    assert cut > 5


def test_a_prompt_whose_spellings_are_not_known_has_none(spark):
    docs, clusters, mentions = world(seed=4, documents=8)
    old = [m | {"surface": None} for m in mentions]
    documents, groups, found = frames(spark, docs, clusters, old)
    row = count.prompts(count.placed(found, documents, groups), 2).first()
    assert (row["surfaces"], row["surface_count"]) == (None, None)


def test_agreement_is_the_share_of_equal_pairs_across_clusters(counted):
    (_, clusters, mentions), rows = counted
    head = {row["doc_id"]: row["cluster_id"] for row in clusters}
    given = defaultdict(set)
    for m in mentions:
        if not m["abstention"]:
            given[m["prompt_id"]].add((head[m["doc_id"]], m["answer"]))
    checked = 0
    for row in rows["prompts"]:
        answers = sorted(given[row["prompt_id"]])
        pairs = [a == b for c, a in answers for d, b in answers if c != d]
        if pairs:
            assert row["agreement"] == pytest.approx(sum(pairs) / len(pairs))
            checked += 1
        else:
            assert row["agreement"] is None
    assert checked > 5


def test_effective_answers_are_unbiased_and_over_prompts(counted):
    (_, _, mentions), rows = counted
    facts = {(m["relation"], m["subject"], m["answer"]) for m in mentions if not m["abstention"]}
    for row in rows["relations"]:
        shares = Counter(answer for relation, _, answer in facts if relation == row["relation"])
        n = sum(shares.values())
        assert row["distinct_answers"] == len(shares)
        assert row["effective_answers"] == pytest.approx(n * (n - 1) / sum(k * (k - 1) for k in shares.values()))


def test_a_declared_relation_whose_repeats_disagree_is_contradicted(counted):
    _, rows = counted
    by = {row["relation"]: row for row in rows["relations"]}
    assert by["capital"]["agreement"] < 0.8
    assert (by["capital"]["functional"], by["capital"]["functional_by"]) == (False, "contradicted")
    assert by["likes"]["functional_by"] == "measured"
    assert by["likes"]["functional"] is False


@pytest.mark.parametrize(
    ("declared", "repeated", "agreement", "expected"),
    [
        ({"r": True}, 0, None, (True, "declared")),
        ({"r": True}, 20, 0.9, (True, "declared")),
        ({"r": True}, 20, 0.1, (False, "contradicted")),
        ({"r": False}, 20, 1.0, (False, "declared")),
        ({}, 20, 0.9, (True, "measured")),
        ({}, 20, 0.1, (False, "measured")),
        ({}, 2, 1.0, (False, "undecided")),
    ],
)
def test_a_relation_is_functional_if_declared_or_measured_so(spark, declared, repeated, agreement, expected):
    from analyzer.schemas import FACTS, PROMPTS
    from analyzer.spark.arrow import spark_schema

    names = PROMPTS.schema.names
    blank = dict.fromkeys(names, 1) | {"subject": "s", "subject_type": "t", "relation": "r", "tier": "open"}
    blank |= {"surfaces": ["S"], "surface_count": 1}
    twice = [blank | {"clusters": 2, "agreement": agreement}] * repeated
    once = blank | {"clusters": 1, "agreement": None}
    prompts = spark.createDataFrame([tuple(r[n] for n in names) for r in [*twice, once]], spark_schema(PROMPTS.schema))
    fact = dict.fromkeys(FACTS.schema.names, 1) | {
        "subject": "s",
        "relation": "r",
        "answer": "a",
        "answer_type": "t",
        "tier": "open",
    }
    facts = spark.createDataFrame([tuple(fact[n] for n in FACTS.schema.names)], spark_schema(FACTS.schema))
    row = count.relations(prompts, facts, declared, CountSettings()).first()
    assert (row["functional"], row["functional_by"]) == expected
