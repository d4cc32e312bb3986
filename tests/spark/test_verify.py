"""Which similarity decides over an edge, where it comes from, and what is said of the buckets."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from analyzer import ids
from analyzer.io import files
from analyzer.settings import DedupSettings, IngestSettings
from analyzer.spark import buckets, shingle_sets, verify
from analyzer.spark.components import local
from analyzer.text import minhash
from analyzer.text.normalize import normalise

pytestmark = pytest.mark.spark

# 64 permutations: one standard deviation is .057, so estimates of pages at Jaccard .65 often reach the threshold.
NOISY = DedupSettings(permutations=64, bands=8, rows=8, threshold=0.7)


def words(count: int, seed: int) -> list[str]:
    return [f"w{i}" for i in np.random.default_rng(seed).integers(0, 10**9, count)]


def pages() -> dict[str, str]:
    """A hub, 60 pages of its template at Jaccard .65, 20 of its versions at .8, and 10 texts that share nothing."""
    template = words(162, 0)
    named = {"hub": " ".join([*template, *words(42, 1)])}
    named |= {f"page{i:02d}": " ".join([*template, *words(42, 100 + i)]) for i in range(60)}
    named |= {f"version{i:02d}": " ".join([*named["hub"].split()[:182], *words(22, 200 + i)]) for i in range(20)}
    return named | {f"other{i}": " ".join(words(200, 300 + i)) for i in range(10)}


def sets_of(spark: SparkSession, named: dict[str, str], asked: list[str]) -> verify.Sets:
    def sets(wanted: DataFrame) -> DataFrame:
        names = [row["node"] for row in wanted.collect()]
        asked.extend(names)
        hashed = minhash.hashed_shingles(pa.array([named[name] for name in names]), NOISY)
        values = pa.array([own.tobytes() for own in hashed], pa.binary())
        return spark.createDataFrame(pa.table([pa.array(names), values], schema=shingle_sets.SETS))

    return sets


def jaccard(one: str, other: str) -> float:
    a, b = (minhash.shingles(text, NOISY) for text in (one, other))
    return len(a & b) / len(a | b)


def star(spark: SparkSession, named: dict[str, str]) -> tuple[DataFrame, DataFrame]:
    """Every text as a candidate of the hub, twice, and the signatures."""
    names = [name for name in named if name != "hub"]
    minima = minhash.to_binary(minhash.signatures(pa.array(named.values()), NOISY))
    edges = pa.table({"src": ["hub"] * 2 * len(names), "dst": names * 2})
    texts = pa.table({"node": list(named), "signature": minima})
    return spark.createDataFrame(edges), spark.createDataFrame(texts)


@dataclass(frozen=True)
class Decided:
    """The texts, their signatures, and the verified edges of one star over them; the texts asked for."""

    named: dict[str, str]
    edges: DataFrame
    texts: DataFrame
    rows: list[Row]
    asked: list[str]

    def estimate(self, row: Row) -> float:
        pair = minhash.signatures(pa.array([self.named["hub"], self.named[row["dst"]]]), NOISY)
        return float(minhash.jaccard(pair[:1], pair[1:])[0])


@pytest.fixture(scope="module")
def decided(spark: SparkSession) -> Decided:
    named, asked = pages(), []
    edges, texts = star(spark, named)
    rows = verify.verified("first", edges, texts, NOISY, local, sets_of(spark, named, asked)).collect()
    return Decided(named, edges, texts, rows, asked)


def test_borderline_edges_have_their_exact_jaccard_and_the_others_the_estimate(decided: Decided) -> None:
    assert sorted(row["dst"] for row in decided.rows) == sorted(set(decided.named) - {"hub"}), "not every edge once"
    deviation = (0.7 * 0.3 / 64) ** 0.5
    for row in decided.rows:
        estimate = decided.estimate(row)
        assert row["is_exact"] == (0.7 - 2 * deviation < estimate < 0.7 + 4 * deviation)
        exact = jaccard(decided.named["hub"], decided.named[row["dst"]])
        assert row["jaccard"] == (exact if row["is_exact"] else estimate)
    exact = {row["dst"] for row in decided.rows if row["is_exact"]}
    assert 0 < len(exact) < len(decided.rows)
    assert sorted(decided.asked) == sorted({*exact, "hub"}), "only texts of borderline edges are read again, each once"


def test_pages_of_a_template_join_by_estimate_and_stay_apart_by_exact_jaccard(decided: Decided) -> None:
    of_template = [row for row in decided.rows if row["dst"].startswith("page")]
    assert any(decided.estimate(row) >= 0.7 for row in of_template), "this template does not try the estimate"
    assert not any(row["jaccard"] >= 0.7 for row in of_template)
    versions = [row["jaccard"] >= 0.7 for row in decided.rows if row["dst"].startswith("version")]
    assert sum(versions) >= 19


def test_without_a_borderline_nothing_is_read_again(spark: SparkSession, decided: Decided) -> None:
    asked: list[str] = []
    chosen = replace(NOISY, borderline_sd=0)
    frame = verify.verified("first", decided.edges, decided.texts, chosen, local, sets_of(spark, decided.named, asked))
    assert frame.where("is_exact").isEmpty()
    assert asked == []


def test_a_borderline_text_that_cannot_be_read_again_is_an_error(spark: SparkSession, decided: Decided) -> None:
    nothing = spark.createDataFrame([], "node string, hashes binary")
    with pytest.raises(Exception, match="was not read again"):
        verify.exact(decided.edges.limit(1), nothing).collect()


def corpus(folder: Path) -> dict[str, list[str]]:
    """Three files of texts; the second holds copies of the first one's, in capitals."""
    one = [" ".join(words(50 + i, i)) for i in range(5)]
    texts = {"a.jsonl": one, "b.jsonl": [text.upper() for text in one], "c.jsonl": ["something", "else"]}
    for name, lines in texts.items():
        (folder / name).write_text("".join(json.dumps({"text": line}) + "\n" for line in lines), encoding="utf-8")
    return texts


def known(spark: SparkSession, texts: dict[str, list[str]]) -> DataFrame:
    rows = [
        (path, record, ids.digest(normalise(text)))
        for path, lines in texts.items()
        for record, text in enumerate(lines, 1)
    ]
    return spark.createDataFrame(rows, "path string, record long, text_hash string")


def test_sets_are_read_from_the_least_path_of_copies_and_no_other_file_is_opened(
    spark: SparkSession, tmp_path: Path
) -> None:
    texts = corpus(tmp_path)
    listed = files.list_files([str(tmp_path)])
    for name in ("b.jsonl", "c.jsonl"):
        (tmp_path / name).unlink()
    wanted = [ids.digest(normalise(text)) for text in texts["b.jsonl"][1:4]]
    frame = spark.createDataFrame([(node,) for node in wanted], "node string")
    found = shingle_sets.fetched(spark, listed, known(spark, texts), frame, IngestSettings(), NOISY).collect()
    expected = minhash.hashed_shingles(pa.array(texts["a.jsonl"][1:4]), NOISY)
    assert {row["node"]: bytes(row["hashes"]) for row in found} == {
        node: own.tobytes() for node, own in zip(wanted, expected, strict=True)
    }


def test_a_file_that_changed_since_is_an_error_of_one_line(spark: SparkSession, tmp_path: Path) -> None:
    texts = corpus(tmp_path)
    listed = files.list_files([str(tmp_path)])
    (tmp_path / "a.jsonl").write_text('{"text": "another"}\n' * 5, encoding="utf-8")
    frame = spark.createDataFrame([(ids.digest(normalise(texts["a.jsonl"][2])),)], "node string")
    with pytest.raises(Exception, match=r"a\.jsonl: changed while it was read"):
        shingle_sets.fetched(spark, listed, known(spark, texts), frame, IngestSettings(), NOISY).collect()


def test_notes_count_buckets_by_size_and_name_the_largest_by_its_hubs_document(spark: SparkSession) -> None:
    members = [(0, 7, "a", 5), (1, 8, "a", 3), (2, 8, "a", 5), (0, 9, "b", 2), (3, 1, "c", 2)]
    rows = [
        (band, key, node if i else hub) for band, key, hub, n in members for i in range(n) for node in [f"{hub}{i}"]
    ]
    candidates = buckets.stars(
        spark.createDataFrame(rows, "node_band int, key long, node string").toDF("band", "key", "node")
    )
    heads = [("z", "s", f"doc-{hub}", hub) for hub in "abc"] + [("y", "s", "doc-a-first", "a")]
    documents = spark.createDataFrame(heads, "domain string, source string, doc_id string, text_hash string")
    notes = buckets.notes(candidates, documents)
    assert notes["buckets"] == [
        {"least": 2, "most": 2, "buckets": 2},
        {"least": 3, "most": 4, "buckets": 1},
        {"least": 5, "most": 8, "buckets": 2},
    ]
    assert notes["largest_buckets"] == [
        {"members": 5, "band": 0, "doc_id": "doc-a-first"},
        {"members": 2, "band": 0, "doc_id": "doc-b"},
        {"members": 2, "band": 3, "doc_id": "doc-c"},
    ]
