"""Thresholds and bandings over stored signatures: each cell is what a run by these settings would find by estimate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyzer import ids
from analyzer.errors import ConfigError
from analyzer.schemas import TABLES
from analyzer.settings import DedupSettings
from analyzer.spark import components, dedup, sweep
from analyzer.spark.arrow import spark_schema
from analyzer.stats.units import UnitCounts, leave_one_unit_out
from analyzer.text.normalize import normalise

pytestmark = pytest.mark.spark

OWN = DedupSettings(permutations=128, bands=32, rows=4, threshold=0.7)
SHARED = {"low": 45, "high": 8}  # words of 200 that the second version has of its own: Jaccard .6 and .9


def words(count: int, seed: int) -> list[str]:
    return [f"w{i}" for i in np.random.default_rng(seed).integers(0, 10**9, count)]


def texts() -> dict[str, str]:
    found = {f"single{i}": " ".join(words(80, i)) for i in range(3)}
    for name, own in SHARED.items():
        page = words(200, own)
        found |= {f"{name}0": " ".join(page), f"{name}1": " ".join([*page[own:], *words(own, own + 1)])}
    return found


def frame(spark: Any, name: str, rows: list[dict[str, Any]]) -> Any:
    schema = TABLES[name].schema
    return spark.createDataFrame([tuple(r.get(c) for c in schema.names) for r in rows], spark_schema(schema))


@pytest.fixture(scope="module")
def swept(spark):
    """(rows of the table, mentions by document): every version states one fact of its pair and one of its own."""
    documents = [
        {"doc_id": name, "text": text, "text_hash": ids.digest(normalise(text)), "domain": "d", "source": "s"}
        for name, text in texts().items()
    ]
    stated = {name: [name.rstrip("01"), f"only {name}"] for name in texts()}
    mentions = [
        {"doc_id": name, "sentence": i, "sentence_hash": hash_, "prompt_id": hash_, "fact_id": hash_,
         "subject": prompt, "relation": "r", "abstention": False}
        for name, prompts in stated.items()
        for i, prompt in enumerate(prompts)
        for hash_ in [ids.key64(prompt)]
    ]  # fmt: skip
    rows = spark.createDataFrame(
        [(d["doc_id"], d["text_hash"], d["text"]) for d in documents], "doc_id string, text_hash string, text string"
    )
    signatures = dedup.signatures(rows, OWN).localCheckpoint()
    frames = (frame(spark, "documents", documents), frame(spark, "mentions", mentions))
    clusters = dedup.clusters(frames[0], signatures, OWN, components.local).localCheckpoint()
    cells = sweep.grid(OWN, (0.7, 0.4), ((32, 4),))
    table = sweep.sweep(frames[0], signatures, clusters, frames[1], OWN, cells, 0.95)
    return table.to_pylist(), stated


def test_the_first_row_is_the_run_and_a_cell_of_its_settings_agrees_with_it(swept):
    rows, _ = swept
    assert [(r["verification"], r["threshold"]) for r in rows] == [("run", 0.7), ("estimate", 0.4), ("estimate", 0.7)]
    own, same = rows[0], rows[2]
    assert {k: v for k, v in own.items() if k != "verification"} == {
        k: v for k, v in same.items() if k != "verification"
    }


def test_a_lower_threshold_joins_more_and_a_joined_pair_s_fact_becomes_a_singleton(swept):
    rows, stated = swept
    loose, strict = rows[1], rows[2]
    assert (strict["clusters"], loose["clusters"]) == (6, 5)
    assert strict["removed"] == 1 / 7 and loose["removed"] == 2 / 7
    for row, joined in ((strict, ["high"]), (loose, ["high", "low"])):
        cluster = {name: name[:-1] if name[:-1] in joined else name for name in stated}
        cells = {(cluster[name], prompt) for name, prompts in stated.items() for prompt in prompts}
        expected = leave_one_unit_out(UnitCounts.from_arrays(*zip(*sorted(cells), strict=True)))
        found = (row["singleton_rate"], row["low"], row["high"], row["numerator"], row["n"], row["status"])
        assert found == pytest.approx(
            (expected.value, expected.low, expected.high, expected.numerator, expected.denominator, expected.status)
        )


def test_what_a_banding_proposes_stands_beside_what_it_found(swept):
    rows, _ = swept
    assert rows[2]["found"] == pytest.approx(1 - (1 - 0.7**4) ** 32)
    assert all(row["units"] <= row["clusters"] for row in rows)


def test_a_grid_is_every_pair_once_in_one_order():
    cells = sweep.grid(OWN, (0.9, 0.5, 0.5), ((16, 8), (32, 4)))
    assert [(c.bands, c.rows, c.threshold) for c in cells] == [(16, 8, 0.5), (16, 8, 0.9), (32, 4, 0.5), (32, 4, 0.9)]
    assert all(replace(c, bands=32, rows=4, threshold=0.7) == OWN for c in cells)  # nothing else is swept


def test_a_banding_that_needs_more_minima_than_were_stored_is_refused():
    with pytest.raises(ConfigError, match="needs 256 permutations, the run has 128"):
        sweep.grid(OWN, (0.7,), ((32, 8),))
    with pytest.raises(ConfigError, match=r"threshold 1\.5"):
        sweep.grid(OWN, (1.5,), ((32, 4),))
