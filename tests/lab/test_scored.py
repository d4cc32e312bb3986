"""The Is-It-Valid reduction recovers the error, err_iiv and delta that models of the laboratory are known to have."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from analyzer.evaluation import iiv_table
from analyzer.evaluation.is_it_valid import reduce
from analyzer.evaluation.scored import read_scored
from analyzer.lab import biographies, learners, models, scored, worlds
from analyzer.lab.scored import Recovered


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], Recovered]:
    return {(row.model, row.term): row for row in scored.recovered(seed=2, replicates=30)}


def test_every_term_of_every_model_is_recovered_within_its_interval(rows: dict[tuple[str, str], Recovered]) -> None:
    assert {model for model, _ in rows} == {"memoriser", "guesser", "sharp guesser", "abstainer", "noise"}
    for row in rows.values():
        assert row.coverage >= 0.83, row  # 25 of 30: below .95 by chance 1 time in 100
        # A delta of 0 is estimated as an absolute difference, which is never 0.
        assert row.estimate == pytest.approx(row.exact, abs=0.012 if row.exact == 0 else 0.006), row


def test_what_the_abstainer_says_is_never_wrong_and_its_delta_is_large(rows: dict[tuple[str, str], Recovered]) -> None:
    assert rows["abstainer", "error"].exact == 0 and rows["abstainer", "error"].estimate == 0
    assert rows["abstainer", "delta"].exact > 0.2 > 0.01 > rows["memoriser", "delta"].exact


def test_the_command_reads_the_same_from_a_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 40), 12, alpha=0.7, rng=rng)
    model = models.guesser(world, worlds.draw(world, 40, rng))
    exact = models.terms(world, model)
    given = scored.candidates(world, model, 4_000, rng)
    path = tmp_path / "scored.jsonl"
    path.write_text("".join(json.dumps({"model": "lab", **row}) + "\n" for row in scored.records(given)))
    found, reading = read_scored([str(path)], {}, sampled=False)
    assert reading.kept == reading.read == 2 * 4_000 + len(given.prompt)
    terms, _, _ = iiv_table.tables(found, 0.95, None)
    told = {row["term"]: row for row in terms.to_pylist()}
    for term, value in (("error", exact.error), ("err_iiv", exact.err_iiv), ("delta", exact.delta)):
        assert told[term]["low"] - 1e-9 <= value <= told[term]["high"] + 1e-9, term
    assert told["min_wrong"]["value"] == exact.wrong_least and told["max_valid"]["value"] == exact.valid_most
    again, direct = reduce(found["lab"]), reduce(given)
    assert again is not None and direct is not None
    for name in (field.name for field in fields(direct)):
        if name in ("error", "err_iiv", "delta", "theorem1"):
            assert getattr(again, name).value == pytest.approx(getattr(direct, name).value), name


def test_a_language_model_of_lives_errs_no_less_than_its_bounds_say_and_the_longer_its_context_the_less() -> None:
    corpus = biographies.build(seed=1, statements=300, asked=80)
    found = [scored.terms_of_lives(corpus, learners.ngram(corpus, 1, order)) for order in (3, 5, 9)]
    errors = [row["error"] for row in found]
    assert errors == sorted(errors, reverse=True) and errors[0] > 0.9
    for row in found:
        assert row["lost"] == pytest.approx(0, abs=1e-12)
        assert row["error"] >= max(row["theorem1"], row["theorem4"]) - 1e-3
        assert row["miscalibration"] >= row["delta"] - 1e-12
    smoothed = scored.terms_of_lives(corpus, learners.ngram(corpus, 1, 9, 0.1))
    assert smoothed["lost"] > 0.5 and smoothed["error"] > errors[-1]
