"""Sentences that several clusters hold, against a plain-Python count and against the estimator on the same cells."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from analyzer.schemas import TABLES
from analyzer.spark import components, repeats
from analyzer.spark.arrow import spark_schema
from analyzer.stats.units import UnitCounts, leave_one_unit_out
from analyzer.text.sentences import sentence_key

pytestmark = pytest.mark.spark

NOTICE = "All rights reserved by the harbour office of Dunmere."
MENU = "Home"
# (document, cluster's representative, domain, text)
DOCUMENTS = [
    (
        "a1",
        "a1",
        "north",
        f"{NOTICE}\n\nThe mole of Velmar was built in 1902.\n\nThe mole of Velmar was built in 1902.",
    ),
    ("a2", "a1", "south", f"{NOTICE}\n\nThe mole of Velmar was built in 1902.\n\nA crane was added."),
    ("b", "b", "north", f"{MENU}\n\n{NOTICE.upper()}  \n\nThe pilots of Ostrey meet on Mondays."),
    ("c", "c", "south", f"{MENU}\n\nA crane was added.\n\nNobody has counted the gulls."),
    ("d", "d", "west", "The lighthouse keeper retired in 1931."),
    ("e", "e", "east", "..."),
]
DOMAINS = {doc: domain for doc, _, domain, _ in DOCUMENTS}


def frame(spark: Any, name: str, rows: list[dict[str, Any]]) -> Any:
    schema = TABLES[name].schema
    return spark.createDataFrame([tuple(row.get(c) for c in schema.names) for row in rows], spark_schema(schema))


def counted(spark: Any, parts: int = 2, confidence: float = 0.95) -> dict[tuple[str, str], dict[str, Any]]:
    texts = spark.createDataFrame([(d, t) for d, _, _, t in DOCUMENTS], "doc_id string, text string")
    documents = frame(spark, "documents", [{"doc_id": d, "domain": domain} for d, _, domain, _ in DOCUMENTS])
    clusters = frame(spark, "clusters", [{"doc_id": d, "cluster_id": c} for d, c, _, _ in DOCUMENTS])
    sentences = repeats.sentences(texts.repartition(parts, "doc_id"))
    table = repeats.repeats(sentences, documents, clusters, confidence, components.local)
    return {(row["slice_kind"], row["slice"]): row for row in table.to_pylist()}


def by_hand() -> dict[str, dict[int, int]]:
    """{cluster: {sentence: characters}}, the least length where a cluster holds several spellings."""
    held: dict[str, dict[int, int]] = defaultdict(dict)
    for _, cluster, _, text in DOCUMENTS:
        for line in filter(None, (line.strip() for line in text.split("\n\n"))):
            key = sentence_key(line)
            held[cluster][key] = min(len(line), held[cluster].get(key, len(line)))
    return held


@pytest.fixture(scope="module")
def found(spark):
    return counted(spark)


def test_counts_equal_those_made_one_by_one(found):
    held = by_hand()
    clusters_of = defaultdict(set)
    for cluster, sentences in held.items():
        for key in sentences:
            clusters_of[key].add(cluster)
    for kind, name in found:
        mine = [c for c in held if kind == "corpus" or DOMAINS[c] == name]
        rows = [(key, n) for c in mine for key, n in held[c].items()]
        again = [(key, n) for key, n in rows if len(clusters_of[key]) >= 2]
        row = found[kind, name]
        assert (row["clusters"], row["sentences"], row["characters"]) == (len(mine), len(rows), sum(n for _, n in rows))
        assert (row["repeated_sentences"], row["repeated_characters"]) == (len(again), sum(n for _, n in again))
    assert found["corpus", "*"]["repeated_sentences"] == 6  # the notice, the menu and the crane, in two clusters each


def test_a_repeat_inside_a_document_or_its_cluster_is_none(found):
    """The mole stands three times in one cluster, and counts once, for the representative's domain."""
    held = by_hand()["a1"]
    assert len(held) == 3
    assert found["domain", "north"]["sentences"] == len(held) + len(by_hand()["b"])
    assert found["domain", "west"]["repeated_characters"] == 0


def test_the_share_and_its_interval_are_those_of_the_estimator(found):
    """Sentences are keys and characters counts; the repeated share is what is left of 1."""
    held = by_hand()
    cells = [(cluster, key, n) for cluster, sentences in held.items() for key, n in sentences.items()]
    alone = leave_one_unit_out(UnitCounts.from_arrays(*zip(*cells, strict=True)))
    row = found["corpus", "*"]
    assert row["share"] == pytest.approx(1 - alone.value)
    assert row["low"] == pytest.approx(1 - alone.high)
    assert row["high"] == pytest.approx(1 - alone.low)
    assert row["share"] == pytest.approx(row["repeated_characters"] / row["characters"])
    assert row["low"] < row["share"] < row["high"]


def test_what_has_no_repeat_or_one_cluster_says_so(found):
    assert found["domain", "west"]["status"] == "one_unit"
    assert {row["status"] for row in found.values()} <= {"ok", "clipped", "one_unit", "none_repeated", "all_repeated"}
    assert all(row["unit"] == "cluster" and row["confidence"] == 0.95 for row in found.values())


def test_partitions_move_nothing(spark, found):
    assert counted(spark, parts=7) == found


def test_hashes_are_distinct_ascending_and_hold_no_text():
    held = repeats.hashed(f"{NOTICE}\n\n{NOTICE.upper()}  \n\n{MENU}")
    assert list(held) == sorted({sentence_key(NOTICE), sentence_key(MENU)})
    assert held[sentence_key(MENU)] == len(MENU)
    assert repeats.hashed("") == {}
