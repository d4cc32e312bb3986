"""Clustered documents, copies and domains that share prompts: which rates are right about the missing mass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.lab import documents
from analyzer.lab.documents import Tried

REPLICATES = 60


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str, str], Tried]:
    found = documents.tried(seed=1, replicates=REPLICATES, documents=500)
    return {(row.world, row.estimator, row.slice): row for row in found}


def test_the_missing_mass_of_a_world_is_the_share_of_new_documents_statements_that_are_unknown() -> None:
    rng = np.random.default_rng(2)
    world = replace(documents.build(rng, subjects=500), repeat=0.2)
    sample, new = documents.draw(world, 200, rng), documents.draw(world, 20_000, rng)
    unknown = ~np.isin(new.prompt, sample.prompt)
    for domain, mass in enumerate(world.missing_mass(sample.prompt)):
        assert unknown[new.domain == domain].mean() == pytest.approx(mass, abs=0.015)


@pytest.mark.parametrize("world", ["independent", "clustered", "clustered, repeats", "copies", "copies abroad"])
def test_rates_by_cluster_are_unbiased_and_their_intervals_hold_the_truth(
    world: str, rows: dict[tuple[str, str, str], Tried]
) -> None:
    whole = rows[world, "cluster", "corpus"]
    assert abs(whole.bias) < 4 * whole.deviation / REPLICATES**0.5
    assert whole.coverage is not None and whole.coverage >= 0.88  # 53 of 60: below .95 by chance 1 time in 60
    for domain in range(4):
        row = rows[world, "cluster", f"domain {domain}"]
        assert abs(row.bias) < 4 * row.deviation / REPLICATES**0.5 + 0.01  # O(1/documents of the domain)
        assert row.coverage is not None and row.coverage >= 0.8


def test_counting_mentions_is_wrong_where_statements_cluster_and_documents_where_they_are_copied(
    rows: dict[tuple[str, str, str], Tried],
) -> None:
    assert rows["independent", "f1/n", "corpus"].coverage == pytest.approx(0.95, abs=0.08)
    for world in ("clustered", "clustered, repeats", "copies"):
        assert rows[world, "f1/n", "corpus"].bias < -0.2 and rows[world, "f1/n", "corpus"].coverage == 0
    for world in ("copies", "copies abroad"):
        assert rows[world, "document", "corpus"].bias < -0.1 and rows[world, "document", "corpus"].coverage == 0


def test_a_domain_by_itself_looks_rarer_than_it_is_where_others_state_the_same_prompts(
    rows: dict[tuple[str, str, str], Tried],
) -> None:
    for domain in range(4):
        row = rows["clustered", "closed world", f"domain {domain}"]
        assert row.bias > 0.01 and row.coverage is None


def test_rates_of_domains_weighted_by_statements_add_up_to_the_rate_of_the_corpus() -> None:
    rng = np.random.default_rng(3)
    world = replace(documents.build(rng), copied=0.3, abroad=True)
    sample = documents.draw(world, 300, rng)
    rate = documents.rates(sample, 4, "cluster")
    weight = np.bincount(sample.domain[sample.original], minlength=4) / sample.original.sum()
    assert float(weight @ rate.value[:4]) == pytest.approx(float(rate.value[4]))
