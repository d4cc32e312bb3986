"""Clusters of a corpus whose duplicates are known; one run serves most claims, as a run costs seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from analyzer import ids, schemas
from analyzer.errors import InvariantError
from analyzer.settings import DedupSettings
from analyzer.spark import arrow, dedup
from analyzer.spark.components import Checkpoint
from analyzer.text import minhash
from analyzer.text.normalize import normalise

pytestmark = pytest.mark.spark

# Many short bands: nearly every pair above Jaccard .4 is a candidate, so what stays apart does so by verification.
# 32 x 3 leaves 32 permutations that no band uses.
LOOSE = DedupSettings(permutations=128, bands=32, rows=3, threshold=0.7)

Row = dict[str, Any]


@dataclass(frozen=True)
class Corpus:
    """Texts by name, the tables made of them, and the result by name."""

    texts: dict[str, str]
    documents: pa.Table
    signatures: DataFrame
    result: dict[str, Row]
    kept: dict[str, DataFrame]

    def cluster(self, name: str) -> set[str]:
        return {other for other, row in self.result.items() if row["cluster_id"] == self.result[name]["cluster_id"]}


def words(count: int, seed: int) -> list[str]:
    return [f"w{i}" for i in np.random.default_rng(seed).integers(0, 10**9, count)]


def texts() -> dict[str, str]:
    """Names tell what a text is; numbers in comments are exact Jaccard similarities of 5-grams."""
    named = {f"single{i}": " ".join(words(120, i)) for i in range(8)}
    copied = " ".join(words(150, 100))
    named |= {"copy0": copied, "copy1": f"{copied.upper()}!", "copy2": copied.replace(" ", "\n\n")}
    page = words(200, 101)
    named |= {"near0": " ".join(page), "near1": " ".join([*page, *words(12, 150)])}  # .94
    page = words(200, 102)
    named |= {"mixed0": " ".join(page), "mixed1": " ".join(page), "mixed2": " ".join(page[6:])}  # .97
    # Two pairs (.97) whose halves are alike: a candidate component of four, .5 across the pairs.
    common = words(200, 103)
    for pair in ("left", "right"):
        own = words(100, 104 + len(pair))
        named |= {f"{pair}0": " ".join([*common, *own]), f"{pair}1": " ".join([*common, *own[:-8]])}
    # Pages of one template with different facts in it: .45 to each other.
    template = words(70, 110)
    named |= {f"template{i:02d}": " ".join([*template, *words(40, 200 + i)]) for i in range(40)}
    # Versions of a page: each drops 8 words in front and gains 8 at the end; .92 to the next, 0 from first to last.
    history = words(200 + 8 * 30, 300)
    named |= {f"version{i:02d}": " ".join(history[8 * i : 8 * i + 200]) for i in range(30)}
    named |= {"short0": "Contact us", "short1": "CONTACT US!", "short2": "Contact them", "short3": "us contact"}
    named |= {"empty0": "", "empty1": " ", "symbol0": "!!!", "symbol1": "???"}
    return named


def table(named: dict[str, str], folder: str = "web") -> pa.Table:
    """The documents table; `user_id` is the text's name."""
    rows = [
        {
            "doc_id": ids.document_id(f"{folder}/a.jsonl", number, text),
            "path": f"{folder}/a.jsonl",
            "record": number,
            "user_id": name,
            "domain": f"domain{number % 3}",
            "source": "web",
            "url": None,
            "characters": len(text),
            "words": len(text.split()),
            "text_hash": ids.digest(normalise(text)),
            "repaired": False,
        }
        for number, (name, text) in enumerate(named.items(), 1)
    ]
    return pa.Table.from_pylist(rows, schema=arrow.nullable(schemas.DOCUMENTS.schema))


def rejected_by_their_hub() -> tuple[dict[str, str], np.ndarray]:
    """Three texts, by hash, that share one bucket: the second and third are alike (.77), the first is like neither.

    Outside that bucket the two alike share no band, only two minima of each other band's three.
    """
    random = np.random.default_rng(400)
    minima = random.integers(1 << 31, 1 << 32, (3, 128), dtype=np.uint32)
    minima[:, :3] = minima[0, :3]
    alike = np.ones(128, bool)
    alike[5:96:3] = False
    minima[2, alike] = minima[1, alike]
    minima[0, 3:] = random.integers(1 << 31, 1 << 32, 125, dtype=np.uint32)
    return {"hub": "0" * 32, "rejected0": "1" * 32, "rejected1": "2" * 32}, minima


def checkpoints(folder: Path, kept: dict[str, DataFrame]) -> Checkpoint:
    def checkpoint(name: str, frame: DataFrame) -> DataFrame:
        frame.write.mode("errorifexists").parquet(str(folder / name))
        kept[name] = frame.sparkSession.read.schema(frame.schema).parquet(str(folder / name))
        return kept[name]

    return checkpoint


def by_name(result: DataFrame, documents: pa.Table) -> dict[str, Row]:
    names = dict(zip(documents["doc_id"].to_pylist(), documents["user_id"].to_pylist(), strict=True))
    rows = result.toArrow().to_pylist()
    assert sorted(row["doc_id"] for row in rows) == sorted(names), "not one row a document"
    return {names[row["doc_id"]]: row for row in rows}


@pytest.fixture(scope="module")
def corpus(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("clusters")
    kept: dict[str, DataFrame] = {}
    named = texts()
    documents = table(named)
    source = documents.append_column("text", pa.array(named.values()))
    signatures = checkpoints(folder, kept)(
        "signatures", dedup.signatures(spark.createDataFrame(source).repartition(7), LOOSE)
    )
    hashes, minima = rejected_by_their_hub()
    made = table({name: name for name in hashes}, "made").set_column(
        documents.schema.get_field_index("text_hash"), "text_hash", pa.array(hashes.values())
    )
    columns = [made["doc_id"], made["text_hash"], pa.array([1] * 3), minhash.to_binary(minima)]
    extra = spark.createDataFrame(pa.table(columns, schema=arrow.nullable(schemas.SIGNATURES.schema)))
    signatures = checkpoints(folder, kept)("all_signatures", signatures.unionByName(extra))
    everything = pa.concat_tables([documents, made])
    frame = spark.createDataFrame(everything).repartition(7)
    result = dedup.clusters(frame, signatures, LOOSE, checkpoints(folder, kept))
    assert [(f.name, f.dataType) for f in result.schema] == [
        (f.name, f.dataType) for f in arrow.spark_schema(schemas.CLUSTERS.schema)
    ]
    yield Corpus(named, everything, signatures, by_name(result, everything), kept)


def test_signatures_are_those_of_the_texts_with_their_numbers_of_shingles(corpus: Corpus) -> None:
    rows = {row["doc_id"]: row for row in corpus.kept["signatures"].toArrow().to_pylist()}
    names = dict(zip(corpus.documents["user_id"].to_pylist(), corpus.documents["doc_id"].to_pylist(), strict=True))
    expected = minhash.signatures(pa.array(corpus.texts.values()), LOOSE, "numpy")
    assert len(rows) == len(corpus.texts)
    for (name, text), signature in zip(corpus.texts.items(), expected, strict=True):
        row = rows[names[name]]
        assert row["signature"] == signature.tobytes(), name
        assert row["shingles"] == len(minhash.shingles(text, LOOSE)), name


def test_every_cluster_has_one_representative_and_sizes_sum_to_the_documents(corpus: Corpus) -> None:
    rows = list(corpus.result.values())
    sizes = Counter(row["cluster_id"] for row in rows)
    assert all(row["size"] == sizes[row["cluster_id"]] for row in rows)
    assert sum(row["size"] for row in rows if row["is_representative"]) == len(corpus.documents)
    assert {row["doc_id"] for row in rows if row["is_representative"]} == set(sizes)
    assert sum(row["is_representative"] for row in rows) == len(sizes)


def test_the_representative_has_the_least_text_hash_domain_and_id(corpus: Corpus) -> None:
    keys = {row["doc_id"]: (row["text_hash"], row["domain"], row["doc_id"]) for row in corpus.documents.to_pylist()}
    for row in corpus.result.values():
        members = [other["doc_id"] for other in corpus.result.values() if other["cluster_id"] == row["cluster_id"]]
        assert row["cluster_id"] == min(members, key=keys.__getitem__)


def test_exact_copies_join_whatever_their_case_and_blanks(corpus: Corpus) -> None:
    assert corpus.cluster("copy0") == {"copy0", "copy1", "copy2"}
    assert {(corpus.result[name]["method"], corpus.result[name]["jaccard"]) for name in corpus.cluster("copy0")} == {
        ("exact", 1.0)
    }


def test_near_copies_join_with_the_estimate_of_their_edge(corpus: Corpus) -> None:
    assert corpus.cluster("near0") == {"near0", "near1"}
    one, other = minhash.signatures(pa.array([corpus.texts["near0"], corpus.texts["near1"]]), LOOSE)
    estimate = minhash.jaccard(one[None], other[None])[0]
    assert 0.9 < estimate < 1
    assert all(corpus.result[name]["method"] == "near" for name in ("near0", "near1"))
    assert all(corpus.result[name]["jaccard"] == estimate for name in ("near0", "near1"))


def test_in_a_cluster_of_copies_and_a_near_copy_one_of_each_text_is_near(corpus: Corpus) -> None:
    assert corpus.cluster("mixed0") == {"mixed0", "mixed1", "mixed2"}
    assert sorted(corpus.result[name]["method"] for name in ("mixed0", "mixed1")) == ["exact", "near"]
    assert corpus.result["mixed2"]["method"] == "near"
    members = [corpus.result[name] for name in corpus.cluster("mixed0")]
    assert next(row["method"] for row in members if row["is_representative"]) == "near"
    assert next(row["jaccard"] for row in members if row["method"] == "exact") == 1.0


def test_two_verified_pairs_in_one_candidate_component_stay_apart(corpus: Corpus) -> None:
    node = {row["user_id"]: row["text_hash"] for row in corpus.documents.to_pylist()}
    edges = corpus.kept["dedup_candidates"].select("src", "dst").distinct().toArrow().to_pylist()
    candidates = nx.Graph([(edge["src"], edge["dst"]) for edge in edges])
    assert nx.has_path(candidates, node["left0"], node["right0"]), "this corpus does not test verification"
    assert corpus.cluster("left0") == {"left0", "left1"}
    assert corpus.cluster("right0") == {"right0", "right1"}


def test_template_pages_below_the_threshold_stay_apart(corpus: Corpus) -> None:
    node = {row["text_hash"] for row in corpus.documents.to_pylist() if row["user_id"].startswith("template")}
    edges = corpus.kept["dedup_candidates"].select("src", "dst").distinct().toArrow().to_pylist()
    assert {end for edge in edges for end in edge.values() if end in node} == node, "some were never candidates"
    assert all(corpus.result[name]["method"] == "single" for name in corpus.texts if name.startswith("template"))


def test_a_chain_of_versions_is_one_cluster_however_far_its_ends_are_apart(corpus: Corpus) -> None:
    versions = {name for name in corpus.texts if name.startswith("version")}
    first, last = (minhash.shingles(corpus.texts[name], LOOSE) for name in ("version00", "version29"))
    assert first.isdisjoint(last)
    assert corpus.cluster("version00") == versions


def test_short_texts_join_when_equal_and_only_then(corpus: Corpus) -> None:
    assert corpus.cluster("short0") == {"short0", "short1"}
    assert corpus.cluster("empty0") == {"empty0", "empty1"}
    for name in ("short2", "short3", "symbol0", "symbol1"):
        assert corpus.cluster(name) == {name}


def test_a_single_document_has_no_jaccard(corpus: Corpus) -> None:
    for name in (f"single{i}" for i in range(8)):
        row = corpus.result[name]
        assert (row["method"], row["jaccard"], row["size"]) == ("single", None, 1)


def test_members_that_their_hub_rejects_are_tried_among_themselves(corpus: Corpus) -> None:
    assert corpus.cluster("rejected0") == {"rejected0", "rejected1"}
    assert corpus.cluster("hub") == {"hub"}
    edges = corpus.kept["dedup_second_estimates"].toArrow().to_pylist()
    assert ("1" * 32, "2" * 32) in {(edge["src"], edge["dst"]) for edge in edges}


def test_clusters_are_those_of_all_verified_pairs_that_share_a_band(corpus: Corpus) -> None:
    """Stars must lose nothing here that the quadratic comparison finds, and add nothing."""
    rows = corpus.signatures.select("text_hash", "signature").distinct().toArrow()
    minima = minhash.from_binary(rows["signature"].combine_chunks(), LOOSE)
    keys = minhash.band_keys(minima, LOOSE)
    names = rows["text_hash"].to_pylist()
    graph = nx.Graph()
    graph.add_nodes_from(names)
    for i, j in combinations(range(len(names)), 2):
        if (keys[i] == keys[j]).any() and (minima[i] == minima[j]).mean() >= LOOSE.threshold:
            graph.add_edge(names[i], names[j])
    clusters: dict[str, set[str]] = {}
    hashes = {row["doc_id"]: row["text_hash"] for row in corpus.documents.to_pylist()}
    for row in corpus.result.values():
        clusters.setdefault(row["cluster_id"], set()).add(hashes[row["doc_id"]])
    assert sorted(map(sorted, clusters.values())) == sorted(map(sorted, nx.connected_components(graph)))


def test_every_edge_is_verified_once_by_the_estimate_of_its_signatures(corpus: Corpus) -> None:
    rows = corpus.signatures.toArrow().to_pylist()
    minima = {row["text_hash"]: np.frombuffer(row["signature"], "<u4") for row in rows}
    edges = [
        edge
        for name in ("dedup_first_estimates", "dedup_second_estimates")
        for edge in corpus.kept[name].toArrow().to_pylist()
    ]
    assert len({(edge["src"], edge["dst"]) for edge in edges}) == len(edges) > 50
    assert all(edge["jaccard"] == (minima[edge["src"]] == minima[edge["dst"]]).mean() for edge in edges)
    near = [row["jaccard"] for row in corpus.result.values() if row["method"] == "near"]
    assert min(near) >= LOOSE.threshold
    assert min(edge["jaccard"] for edge in edges) < LOOSE.threshold


@pytest.mark.parametrize("partitions", [1, 64])
def test_result_depends_neither_on_partitions_nor_order_nor_where_components_are_found(
    spark: SparkSession, corpus: Corpus, tmp_path: Path, partitions: int
) -> None:
    order = np.random.default_rng(partitions).permutation(len(corpus.documents))
    shuffled = spark.createDataFrame(corpus.documents.take(order))
    frames = [frame.repartition(partitions) for frame in (shuffled, corpus.signatures.orderBy("signature"))]
    chosen = replace(LOOSE, max_driver_edges=1) if partitions == 1 else LOOSE
    result = dedup.clusters(*frames, chosen, checkpoints(tmp_path, {}))
    assert by_name(result, corpus.documents) == corpus.result


def test_other_paths_and_ids_leave_the_same_clusters(spark: SparkSession, corpus: Corpus, tmp_path: Path) -> None:
    """doc_id covers the path, so hubs chosen by id would let the name of a folder decide which edges are tried."""
    renamed = corpus.documents.to_pylist()
    for row in renamed:
        row["doc_id"] = ids.digest("elsewhere", row["doc_id"])
    documents = pa.Table.from_pylist(renamed, schema=corpus.documents.schema)
    result = dedup.clusters(spark.createDataFrame(documents), corpus.signatures, LOOSE, checkpoints(tmp_path, {}))
    found: dict[str, set[str]] = {}
    for name, row in by_name(result, documents).items():
        found.setdefault(row["cluster_id"], set()).add(name)
    assert sorted(map(sorted, found.values())) == sorted(
        map(sorted, {frozenset(map(str, corpus.cluster(n))) for n in corpus.result})
    )


def test_no_documents_give_no_clusters(spark: SparkSession, tmp_path: Path) -> None:
    documents = spark.createDataFrame([], arrow.spark_schema(schemas.DOCUMENTS.schema))
    texts = spark.createDataFrame([], "doc_id string, text string, text_hash string")
    signatures = dedup.signatures(texts, LOOSE)
    assert signatures.columns == schemas.SIGNATURES.schema.names
    result = dedup.clusters(documents, signatures, LOOSE, checkpoints(tmp_path, {}))
    assert result.columns == schemas.CLUSTERS.schema.names
    assert result.count() == 0


def test_documents_and_signatures_of_different_texts_are_refused(
    spark: SparkSession, corpus: Corpus, tmp_path: Path
) -> None:
    """A text without its signature would pass as unlike all others."""
    documents = spark.createDataFrame(corpus.documents)
    fewer = corpus.signatures.where(F.col("text_hash") != "0" * 32)
    with pytest.raises(InvariantError, match="do not hold the same texts"):
        dedup.clusters(documents, fewer, LOOSE, checkpoints(tmp_path / "fewer", {}))
    with pytest.raises(InvariantError, match="do not hold the same texts"):
        dedup.clusters(documents.where("user_id != 'hub'"), corpus.signatures, LOOSE, checkpoints(tmp_path, {}))


def test_versions_used_here_are_as_similar_as_they_say() -> None:
    named = {name: minhash.shingles(text, LOOSE) for name, text in texts().items()}

    def jaccard(one: str, other: str) -> float:
        return len(named[one] & named[other]) / len(named[one] | named[other])

    assert all(0.9 < jaccard(f"version{i:02d}", f"version{j:02d}") < 0.95 for i, j in pairwise(range(30)))
    assert 0.45 < jaccard("left0", "right0") < 0.55
    assert 0.4 < jaccard("template00", "template01") < 0.5
