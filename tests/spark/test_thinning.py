"""What thinning finds in the tables, against every sample of a small world, weighed by its chance."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod

import pytest

from analyzer.spark import thinning
from analyzer.spark.plan import Plan
from analyzer.stats.thinning import exposure_mass
from tests.spark.worlds import frames, reference, world

pytestmark = pytest.mark.spark

MIXED = Plan(domain=(("a", 0.3), ("b", 1.0)), source=(("x", 0.6),), rest=0.5)
SEVERAL = Plan(domain=(("a", 0.4), ("b", 2.0), ("c", 0.0)), source=(), rest=1.0)


def weight(doc, plan):
    return dict(plan.domain).get(doc["domain"], dict(plan.source).get(doc["source"], plan.rest))


def held(given, kept):
    """{prompt: {cluster: statements}} of the documents that are kept."""
    _, clusters, mentions = given
    home = {row["doc_id"]: row["cluster_id"] for row in clusters}
    found = defaultdict(lambda: defaultdict(set))
    for m in mentions:
        if not m["abstention"] and m["doc_id"] in kept:
            found[m["prompt_id"]][home[m["doc_id"]]].add(m["sentence_hash"])
    return {prompt: {u: len(s) for u, s in units.items()} for prompt, units in found.items()}


def counted(cells):
    """(A, N, prompts)."""
    single = sum(sum(units.values()) for units in cells.values() if len(units) == 1)
    return single, sum(sum(units.values()) for units in cells.values()), len(cells)


def samples(given, plan):
    """Every set of documents that may be kept, with its chance."""
    chance = {doc["doc_id"]: min(weight(doc, plan), 1.0) for doc in given[0]}
    certain = {d for d, f in chance.items() if f == 1}
    open_ = sorted(d for d, f in chance.items() if 0 < f < 1)
    for there in product((False, True), repeat=len(open_)):
        kept = certain | {d for d, t in zip(open_, there, strict=True) if t}
        yield kept, prod(chance[d] if t else 1 - chance[d] for d, t in zip(open_, there, strict=True))


def taken(spark, given, plan):
    documents, clusters, mentions = frames(spark, *given)
    cells = thinning.cells(mentions, thinning.places(documents, clusters, plan)).localCheckpoint()
    return cells, thinning.changes(cells).localCheckpoint()


@pytest.fixture(scope="module")
def mixed(spark):
    given = world(seed=3, documents=14)
    cells, changes = taken(spark, given, MIXED)
    return given, cells, thinning.thinned(changes)


def test_expectations_are_those_of_every_sample_weighed_by_its_chance(mixed):
    given, _, (sums, prompts) = mixed
    expected = [0.0, 0.0, 0.0]
    for kept, chance in samples(given, MIXED):
        expected = [x + chance * y for x, y in zip(expected, counted(held(given, kept)), strict=True)]
    assert [sums.singletons, sums.statements, prompts] == pytest.approx(expected, rel=1e-12)


def test_the_variance_is_near_that_of_every_sample(mixed):
    """Left out are products over three documents; copies that differ count as if they said the same."""
    given, _, (sums, _) = mixed
    variance = n_variance = 0.0
    for kept, chance in samples(given, MIXED):
        a, n, _ = counted(held(given, kept))
        variance += chance * (a - sums.rate * n) ** 2
        n_variance += chance * (n - sums.statements) ** 2
    assert sums.variance(sums.rate) == pytest.approx(variance, rel=0.1)
    assert sums.variance_of_statements() == pytest.approx(n_variance, rel=0.1)


def test_exposure_counts_epochs_and_chances(spark):
    given = world(seed=3, documents=14)
    cells, _ = taken(spark, given, SEVERAL)
    home = {row["doc_id"]: row["cluster_id"] for row in given[1]}
    exposures = (1, 2, 3, 8)
    expected, seen = [0.0] * len(exposures), 0.0
    answering = _answering_weights(given, SEVERAL, home)
    for kept, chance in samples(given, SEVERAL):
        for prompt, units in held(given, kept).items():
            exposure = sum(answering[prompt, u] for u in units)
            mass = chance * sum(answering[prompt, u] * n for u, n in units.items())
            expected = [x + mass * (exposure <= r) for x, r in zip(expected, exposures, strict=True)]
            seen += chance * sum(answering[prompt, u] * n for u, n in units.items())
    profiles = thinning.profiles(cells, max(exposures))
    assert exposure_mass(profiles, exposures) == pytest.approx(expected, rel=1e-9)
    assert thinning.trained(cells) == pytest.approx(seen, rel=1e-9)


def _answering_weights(given, plan, home):
    """How often a cluster is seen for a prompt: as often as any of its documents that may be kept and answer it."""
    document = {doc["doc_id"]: doc for doc in given[0]}
    found = defaultdict(lambda: 1.0)
    for m in given[2]:
        at = (m["prompt_id"], home[m["doc_id"]])
        found[at] = found[at] if m["abstention"] else max(found[at], weight(document[m["doc_id"]], plan))
    return found


def test_everything_kept_is_the_run_itself_to_the_last_digit(spark):
    given = world(seed=5, documents=60)
    _, changes = taken(spark, given, Plan())
    cells = reference(*given, "prompt_id", "cluster")
    alone = sum(n for (k, _), n in cells["cells"].items() if cells["units"][k] == 1)
    sums, prompts = thinning.thinned(changes)
    assert (sums.singletons, sums.statements, prompts) == (alone, sum(cells["cells"].values()), len(cells["units"]))
    assert sums.variance(sums.rate) == 0


def test_neither_partitions_nor_the_order_of_rows_move_a_digit(spark):
    documents, clusters, mentions = frames(spark, *world(seed=8, documents=25))
    found = []
    for parts in (1, 7):
        places = thinning.places(documents.repartition(parts), clusters, MIXED)
        shuffled = mentions.repartition(parts).orderBy(mentions["sentence_hash"] * (-1) ** parts)
        found.append(thinning.thinned(thinning.changes(thinning.cells(shuffled, places))))
    assert found[0] == found[1]
