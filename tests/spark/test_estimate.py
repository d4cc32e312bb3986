"""Every slice's sums, spectra and jackknife replicates against the same computed one slice at a time in numpy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import functions as F

from analyzer.errors import InvariantError
from analyzer.settings import EstimateSettings
from analyzer.spark import bounds, count, estimate, slices, tabulate
from analyzer.stats import Stratum, UnitCounts, leave_one_unit_out, stratified_lower, theorem2_lower
from tests.spark.worlds import frames, reference, world

pytestmark = pytest.mark.spark

SLICED = "slice_kind string, slice string, k long, u string, g long, c long, df long, cf long"


@pytest.fixture(scope="module")
def found(spark):
    given = world(seed=5, documents=80)
    documents, clusters, mentions = frames(spark, *given)
    placed = count.placed(mentions, documents, clusters).persist()
    prompts, facts = count.prompts(placed, 2).persist(), count.facts(placed).persist()
    return given, estimate.statistics(placed, prompts, facts, least=10)


def row(found, kind, name, key="prompt", unit="cluster"):
    rows = [
        r
        for r in found.sums.to_pylist()
        if (r["slice_kind"], r["slice"], r["key"], r["unit"]) == (kind, name, key, unit)
    ]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(("key", "unit"), [("prompt", "cluster"), ("prompt", "document"), ("fact", "cluster")])
def test_corpus_sums_equal_those_of_the_statistics_room(found, key, unit):
    given, statistics = found
    cells = reference(*given, f"{key}_id", unit)["cells"]
    keys, units = zip(*cells, strict=True)
    expected = UnitCounts.from_arrays(np.array(units), np.array(keys), np.array(list(cells.values()))).sums()
    got = row(statistics, "corpus", "*", key, unit)
    assert {name: got[name] for name in ("a", "n", "units", "a2", "am", "m2")} == {
        n: expected[n] for n in ("a", "n", "units", "a2", "am", "m2")
    }
    assert got["cross"] == expected["doubleton_cross"]


def test_two_units_that_share_several_keys_count_by_pair_and_not_by_key(spark):
    """Units 1 and 2 alone hold keys 1 and 2, with 1 and 2 against 3 and 1 statements: 2 (1 + 2) (3 + 1) = 24."""
    cells = [(1, "u1", 1), (2, "u1", 2), (1, "u2", 3), (2, "u2", 1), (3, "u3", 5)]
    rows = [("corpus", "*", k, u, 0, c, 1 if k == 3 else 2, 0) for k, u, c in cells]
    sliced = spark.createDataFrame(rows, SLICED).withColumn("w", F.lit(1))
    got = estimate._sums(sliced, estimate._per_key(sliced), "prompt", "cluster").first()
    assert (got["cross"], got["a"], got["n"], got["units"]) == (24, 5, 12, 3)
    keys, units, counts = zip(*cells, strict=True)
    assert UnitCounts.from_arrays(units, keys, counts).sums()["doubleton_cross"] == 24


@pytest.mark.parametrize("domain", ["a", "b", "c"])
def test_a_domain_is_judged_by_the_whole_corpus(found, domain):
    given, statistics = found
    ref = reference(*given, "prompt_id", "cluster")
    own = {(k, u): c for (k, u), c in ref["cells"].items() if ref["domain"][u] == domain}
    got = row(statistics, "domain", domain)
    assert got["n"] == sum(own.values())
    assert got["a"] == sum(c for (k, _), c in own.items() if ref["units"][k] == 1)
    shared: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for key in {k for k, _ in own if ref["units"][k] == 2}:
        held = sorted((u, c) for (k, u), c in own.items() if k == key)
        if len(held) == 2:
            shared.setdefault((held[0][0], held[1][0]), []).append((held[0][1], held[1][1]))
    assert got["cross"] == sum(2 * sum(c for c, _ in cs) * sum(d for _, d in cs) for cs in shared.values())
    assert got["keys"] == len({k for k, _ in own})


def test_who_shares_a_key_is_asked_of_the_whole_corpus(spark):
    """Units x and y share keys 1 and 2, but the slice d holds x's statements of 1 and y's of 2: 2 * 3 * 5 = 30."""
    rows = [
        (kind, name, k, u, 0, c, 2, 0)
        for k, u, c, domain in ((1, "x", 3, "d"), (1, "y", 4, "e"), (2, "x", 1, "e"), (2, "y", 5, "d"))
        for kind, name in (("corpus", "*"), ("domain", domain))
    ]
    sliced = spark.createDataFrame(rows, SLICED).withColumn("w", F.lit(1))
    sums = estimate._sums(sliced, estimate._per_key(sliced), "prompt", "source").collect()
    assert {r["slice"]: r["cross"] for r in sums} == {"*": 2 * (3 + 1) * (4 + 5), "d": 2 * 3 * 5, "e": 2 * 1 * 4}


@pytest.mark.parametrize("r", estimate.EXPOSURES)
def test_low_exposure_counts_statements_of_prompts_in_few_clusters(found, r):
    given, statistics = found
    ref = reference(*given, "prompt_id", "cluster")
    expected = sum(c for (k, _), c in ref["cells"].items() if ref["units"][k] <= r)
    assert row(statistics, "corpus", "*")[f"low_{r}"] == expected


def test_mention_level_is_f1_over_n_with_estys_variance(found):
    given, statistics = found
    cells = reference(*given, "prompt_id", "document")["cells"]
    total: dict[int, int] = {}
    for (k, _), c in cells.items():
        total[k] = total.get(k, 0) + c
    f1, f2 = (sum(v == r for v in total.values()) for r in (1, 2))
    got = row(statistics, "corpus", "*", unit="mention")
    assert (got["a"], got["n"], got["cross"], got["m2"]) == (f1, sum(total.values()), 2 * f2, sum(total.values()))


def test_a_source_that_spans_domains_is_one_unit(found):
    _, statistics = found
    assert row(statistics, "corpus", "*", unit="source")["units"] == 2


def test_slices_of_every_kind_add_up_to_the_corpus(found):
    _, statistics = found
    rates = slices.rates(statistics.sums, 0.95)
    slices.check_additive(rates)
    numerators = rates["a"].to_numpy() + np.eye(1, rates.num_rows, dtype=np.int64)[0]  # one more in the first slice
    wrong = rates.set_column(rates.schema.get_field_index("a"), "a", pa.array(numerators))
    with pytest.raises(InvariantError, match="add up"):
        slices.check_additive(wrong)


def test_jackknife_replicates_equal_counting_without_the_group(found):
    given, statistics = found
    ref = reference(*given, "prompt_id", "cluster")
    alone = tabulate.slices_alone(statistics)
    groups = {r["g"] for r in statistics.groups.to_pylist() if r["slice_kind"] == "corpus"}
    own = alone["corpus", "*"]
    assert len(own.deleted) == len(groups) > 5
    # Which cluster is in which group only Spark's hash knows: compare totals, and the sum over groups of what is left.
    n = sum(ref["cells"].values())
    assert sum(part.n for part in own.deleted) == n * (len(groups) - 1)
    assert sum(n - part.n for part in own.deleted) == n
    for part in own.deleted:
        assert np.all(np.asarray(part.r) >= 1)
        assert np.asarray(part.r).max() <= part.units


def test_leaving_out_one_cluster_a_group_reproduces_the_direct_count(spark):
    """With every cluster in a group of its own the replicates are leave-one-out, which can be counted directly."""
    given = world(seed=9, documents=12)
    ref = reference(*given, "prompt_id", "cluster")
    names = sorted({u for _, u in ref["cells"]})
    cells = [("corpus", "*", k, u, names.index(u), c, ref["units"][k], 0) for (k, u), c in ref["cells"].items()]
    sliced = spark.createDataFrame(cells, SLICED).withColumn("w", F.lit(1))
    per_key = estimate._per_key(sliced)
    statistics = estimate.Statistics(
        estimate._sums(sliced, per_key, "prompt", "cluster").toArrow(),
        estimate._spectra(per_key).toArrow(),
        estimate._groups(sliced).toArrow(),
        estimate._changes(sliced).toArrow(),
    )
    deleted = tabulate.slices_alone(statistics)["corpus", "*"].deleted
    for name, part in zip(names, deleted, strict=True):
        left = {(k, u): c for (k, u), c in ref["cells"].items() if u != name}
        keys, units = zip(*left, strict=True)
        r, _, statements = UnitCounts.from_arrays(np.array(units), np.array(keys), np.array(list(left.values()))).rows()
        assert np.array_equal(part.r, r)
        assert np.array_equal(part.statements, statements)
        assert part.units == len(names) - 1


def test_estimates_made_in_pieces_are_the_same_tables(found, monkeypatch):
    _, statistics = found
    relations = pa.Table.from_pylist([{"relation": "capital", "functional": True, "distinct_answers": 4, "prompts": 9}])
    domains = pa.Table.from_pylist([{"domain": d, "documents": 10, "representatives": 8} for d in "abcz"])
    given = (statistics, relations, domains, EstimateSettings(min_statements=10))
    at_once = tabulate.tables(*given)
    monkeypatch.setattr(slices, "PIECE", 7)
    assert at_once["estimates"].num_rows > 7
    assert tabulate.tables(*given) == at_once


def test_the_tables_carry_value_interval_counts_method_and_status(found, spark):
    given, statistics = found
    relations = pa.Table.from_pylist(
        [{"relation": r, "functional": True, "distinct_answers": 4, "prompts": 9} for r in ("capital", "born")]
    )
    domains = pa.Table.from_pylist([{"domain": d, "documents": 10, "representatives": 8} for d in "abcz"])
    tables = tabulate.tables(statistics, relations, domains, EstimateSettings(min_statements=10))
    rates = [r for r in tables["estimates"].to_pylist() if r["statistic"] == "singleton_rate"]
    assert rates
    for r in rates:
        assert r["value"] == r["numerator"] / r["denominator"]
        assert r["low"] <= r["value"] <= r["high"]
    cells = reference(*given, "prompt_id", "cluster")["cells"]
    keys, units = zip(*cells, strict=True)
    direct = leave_one_unit_out(UnitCounts.from_arrays(np.array(units), np.array(keys), np.array(list(cells.values()))))
    whole = next(r for r in rates if (r["slice_kind"], r["key"], r["unit"]) == ("corpus", "prompt", "cluster"))
    assert (whole["value"], whole["low"], whole["high"]) == pytest.approx((direct.value, direct.low, direct.high))
    risk = tables["risk"].to_pylist()
    assert [r["rank"] for r in risk] == [1, 2, 3, None]
    assert [r["rarefied_low"] for r in risk[:3]] == sorted((r["rarefied_low"] for r in risk[:3]), reverse=True)
    assert len({r["common_n"] for r in risk[:3]}) == 1
    assert risk[3]["domain"] == "z"
    assert (risk[3]["status"], risk[3]["singleton_rate"]) == ("too_small", None)
    corrected = [r for r in tables["estimates"].to_pylist() if r["statistic"] == "corrected_singleton_rate"]
    assert {r["status"] for r in corrected} == {"not_measured"}
    assert {r["value"] for r in corrected} == {None}
    cells = tables["cells"].to_pylist()
    assert all(c["low"] <= c["singleton_rate"] == c["singletons"] / c["statements"] <= c["high"] for c in cells)
    for kind in ("domain", "relation"):
        added: dict[str, tuple[int, int]] = {}
        for c in cells:
            n, a = added.get(c[kind], (0, 0))
            added[c[kind]] = (n + c["statements"], a + c["singletons"])
        of_kind = [r for r in rates if (r["slice_kind"], r["key"], r["unit"]) == (kind, "prompt", "cluster")]
        assert added == {r["slice"]: (r["denominator"], r["numerator"]) for r in of_kind}


def test_bounds_say_vacuous_and_what_they_cover(found):
    _, statistics = found
    relations = pa.Table.from_pylist(
        [
            {"relation": "capital", "functional": True, "distinct_answers": 4, "prompts": 9},
            {"relation": "born", "functional": False, "distinct_answers": 4, "prompts": 9},
        ]
    )
    domains = pa.Table.from_pylist([{"domain": d, "documents": 10, "representatives": 8} for d in "abc"])
    settings = EstimateSettings(min_statements=10)
    rows = tabulate.tables(statistics, relations, domains, settings)["bounds"].to_pylist()
    corpus = {(b["bound"], b["n_kind"]): b for b in rows if b["slice_kind"] == "corpus"}
    literal = corpus["theorem2_literal", "literal"]
    capital, whole = row(statistics, "relation", "capital"), row(statistics, "corpus", "*")
    assert literal["covered"] == pytest.approx(capital["n"] / whole["n"])
    assert (literal["status"], literal["value"], literal["relations"], literal["wrong_answers"]) == ("vacuous", 0, 1, 3)
    assert corpus["theorem2_refined", "effective"]["n"] == pytest.approx(capital["n"] ** 2 / capital["m2"])
    assert {b["slice"] for b in rows if b["slice_kind"] == "relation"} == {"capital"}


@pytest.mark.parametrize(
    ("n", "units", "common", "status"),
    [
        (400, 40, 200, "ok"),
        (400, 4, 200, "ok"),
        (400, 3, 200, "too_few_units"),  # one and a half documents would be left
        (199, 40, 200, "too_small"),
        (400, 40, None, "too_small"),
    ],
)
def test_a_domain_is_ranked_only_with_two_units_at_the_common_size(n, units, common, status):
    assert tabulate._comparable({"n": n, "units": units}, common) == status


def test_delta_star_is_where_the_last_stratum_falls_silent():
    parts = [Stratum(0.5, 10**9, 1000), Stratum(0.2, 10**9, 1000), Stratum(0.9, 10, 1000)]
    void = bounds._delta_star(parts, 0.01, theorem2_lower)
    assert void == pytest.approx(theorem2_lower(0.5, 10**9, 1000, gamma=0.01 / 3).value)
    at_void = [Stratum(p.rate, p.n, p.wrong_answers, delta=void) for p in parts]
    assert stratified_lower(at_void, 0.01).value == pytest.approx(0, abs=1e-12)
    before = [Stratum(p.rate, p.n, p.wrong_answers, delta=void - 0.01) for p in parts]
    assert stratified_lower(before, 0.01).value > 0
    assert bounds._delta_star([Stratum(0.5, 100, 5)], 0.01, theorem2_lower) is None


def test_a_domain_without_statements_is_not_ranked():
    assert tabulate._comparable(None, 200) == "too_small"
