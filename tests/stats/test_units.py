from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import (
    UnitCounts,
    effective_size,
    good_turing_missing_mass,
    leave_one_unit_out,
    leave_one_unit_out_arrays,
    leave_one_unit_out_from_sums,
)
from analyzer.stats.units import leave_one_unit_out_variance
from tests.stats.worlds import clustered, from_documents, zipf

ROWS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), min_size=1, max_size=60)
NAMES = ("a", "n", "units", "a2", "am", "m2", "doubleton_cross")


def counts_of(rows):
    return UnitCounts.from_arrays([u for u, _ in rows], [k for _, k in rows])


def variance_of(counts):
    return leave_one_unit_out_variance(**{k: v for k, v in counts.sums().items() if k != "units"})


def by_hand(documents):
    """(S, V) of the definition, with nothing but loops."""
    keys = sorted({k for d in documents for k in d})
    holders = {k: [d for d in documents if k in d] for k in keys}
    a = [sum(d.count(k) for k in set(d) if len(holders[k]) == 1) for d in documents]
    m = [len(d) for d in documents]
    s = sum(a) / sum(m)
    both = [[k for k in keys if k in x and k in y and len(holders[k]) == 2] for x, y in combinations(documents, 2)]
    pairs = zip(both, combinations(documents, 2), strict=True)
    cross = sum(2 * sum(x.count(k) for k in shared) * sum(y.count(k) for k in shared) for shared, (x, y) in pairs)
    return s, (sum((x - s * y) ** 2 for x, y in zip(a, m, strict=True)) + cross) / sum(m) ** 2


def test_worked_example_of_four_documents():
    counts = from_documents("AAB", "BC", "D", "EEE")
    assert counts.sums() == dict(zip(NAMES, (7, 9, 4, 15, 18, 23, 2), strict=True))
    assert leave_one_unit_out(counts).value == pytest.approx(7 / 9, abs=1e-15)
    assert variance_of(counts) == pytest.approx(0.03597012650510593, abs=1e-15)
    wald = leave_one_unit_out(counts, interval="wald")
    assert wald.low == pytest.approx(7 / 9 - 1.959963985 * 0.18965791970045945, abs=1e-9)
    assert (wald.high, wald.status) == (1.0, "clipped")
    assert (wald.numerator, wald.denominator) == (7, 9)


@given(st.lists(st.text("abcdef", min_size=1, max_size=6), min_size=2, max_size=7))
def test_sums_give_what_the_definition_gives(documents):
    counts = from_documents(*documents)
    value, variance = by_hand(documents)
    assert leave_one_unit_out(counts).value == pytest.approx(value, abs=1e-12)
    assert variance_of(counts) == pytest.approx(variance, abs=1e-12)


@given(st.lists(st.integers(0, 15), min_size=2, max_size=60))
def test_one_statement_a_unit_is_good_turing_with_estys_variance(keys):
    counts = UnitCounts.from_arrays(range(len(keys)), keys)
    ours, esty = leave_one_unit_out(counts, interval="wald"), good_turing_missing_mass(counts.spectrum())
    assert ours.value == pytest.approx(esty.value, abs=1e-15)
    if ours.status in ("ok", "clipped"):
        assert (ours.low, ours.high) == pytest.approx((esty.low, esty.high), abs=1e-12)


@given(ROWS, st.permutations(range(8)), st.permutations(range(10)), st.randoms())
def test_rate_is_invariant_to_labels_and_to_the_order_of_rows(rows, units, keys, shuffler):
    relabelled = [(units[u], keys[k]) for u, k in rows]
    shuffler.shuffle(relabelled)
    assert leave_one_unit_out(counts_of(relabelled)) == leave_one_unit_out(counts_of(rows))


@given(ROWS)
def test_text_labels_serve_as_well_as_numbers(rows):
    named = UnitCounts.from_arrays([f"u{u}" for u, _ in rows], [f"k{k}" for _, k in rows])
    assert named.sums() == counts_of(rows).sums()


@given(ROWS)
def test_rows_and_key_columns_describe_the_same_counts(rows):
    counts = counts_of(rows)
    r, keys, statements = counts.rows()
    assert keys.sum() == counts.keys == len({k for _, k in rows})
    assert statements.sum() == counts.n == len(rows) == counts.unit_statements().sum()
    assert statements[r == 1].sum() == counts.unit_singletons().sum() == counts.sums()["a"]
    only = counts.key_only_unit()
    assert np.array_equal(only >= 0, counts.key_units() == 1)
    assert np.all(counts.key_squares() >= counts.key_statements())


@given(ROWS, st.integers(2, 4))
def test_interval_holds_the_value_and_stays_within_zero_and_one(rows, confidence):
    for interval in ("hull", "wald", "wilson"):
        rate = leave_one_unit_out(counts_of(rows), 1 - 10.0**-confidence, interval)
        assert 0 <= rate.low <= rate.value <= rate.high <= 1


def slice_sums(counts, inside):
    """Sums of the statements where `inside`; singletons and doubletons judged on all of `counts`."""
    unit, key, c = counts.unit[inside], counts.key[inside], counts.count[inside].astype(float)
    held = counts.key_units()[key]
    m, a = np.bincount(unit, c, counts.units), np.bincount(unit, c * (held == 1), counts.units)
    return a.sum(), m.sum(), (m > 0).sum(), (a * a).sum(), (a * m).sum(), (m * m).sum(), pair_cross(counts, inside)


def pair_cross(counts, inside):
    """sum of 2 A_ij A_ji, statements outside the slice counted as none."""
    two = counts.key_units()[counts.key] == 2
    c = np.where(inside, counts.count, 0)[two].reshape(-1, 2)
    shared = {}
    for pair, (x, y) in zip(map(tuple, counts.unit[two].reshape(-1, 2)), c, strict=True):
        a, b = shared.get(pair, (0, 0))
        shared[pair] = (a + x, b + y)
    return float(sum(2 * a * b for a, b in shared.values()))


@given(ROWS, st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_rates_of_slices_add_up_to_the_rate_of_the_corpus(rows, home):
    counts = counts_of(rows)
    part_of = np.array(home)[np.unique([u for u, _ in rows])][counts.unit]
    parts = np.array([slice_sums(counts, part_of == s) for s in range(3)], dtype=float)
    rates = leave_one_unit_out_arrays(*parts.T)
    present = parts[:, 1] > 0
    weights = parts[present, 1] / parts[:, 1].sum()
    assert weights @ rates.value[present] == pytest.approx(leave_one_unit_out(counts).value, abs=1e-12)


def test_arrays_and_the_single_slice_agree_to_the_last_digit():
    slices = [from_documents(*d).sums() for d in (("AAB", "BC", "D"), ("A", "A"), ("ABC", "DEF"), ("AB",))]
    arrays = leave_one_unit_out_arrays(**{k: np.array([s[k] for s in slices]) for k in NAMES})
    for i, sums in enumerate(slices):
        one = leave_one_unit_out_from_sums(**sums)
        assert (arrays.value[i], arrays.low[i], arrays.high[i], arrays.status[i]) == (
            one.value, one.low, one.high, one.status,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "value", "status"),
    [
        (("AB", "AB"), 0.0, "no_singletons"),
        (("A", "A", "A"), 0.0, "no_singletons"),  # one key
        (("AB", "CD", "E"), 1.0, "all_singletons"),
        (("AAB",), 1.0, "one_unit"),
        (("A",), 1.0, "one_unit"),
    ],
)
def test_degenerate_counts_have_a_value_and_say_what_is_wrong(documents, value, status):
    rate = leave_one_unit_out(from_documents(*documents))
    assert (rate.value, rate.status) == (value, status)


def test_nothing_counted_has_no_value():
    nothing = leave_one_unit_out(UnitCounts.from_arrays([], []))
    assert (nothing.value, nothing.low, nothing.high, nothing.status) == (None, None, None, "empty")


def test_one_unit_tells_nothing_about_others():
    rate = leave_one_unit_out(from_documents("ABCDEFGH"))
    assert (rate.low, rate.high) == (0, 1)


def test_edge_rates_keep_an_honest_far_end():
    nothing_repeats = leave_one_unit_out(UnitCounts.from_arrays(range(100), range(100)))
    assert 0.85 < nothing_repeats.low < 1 - 3 / 100
    all_repeats = leave_one_unit_out(UnitCounts.from_arrays(range(100), np.repeat(range(50), 2)))
    assert 3 / 100 < all_repeats.high < 0.3


def test_sums_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="disagree"):
        leave_one_unit_out_from_sums(5, 4, 2, 1, 1, 1, 0)


def test_counts_that_are_no_counts_are_refused():
    for count in ([0], [-1], [1.5]):
        with pytest.raises(ValueError, match="whole numbers"):
            UnitCounts.from_arrays([0], [0], count)
    with pytest.raises(ValueError, match="same length"):
        UnitCounts.from_arrays([0, 1], [0])


def test_nothing_overflows_at_a_trillion_statements():
    n, units = 10**12, 10**9
    m = n // units
    rates = leave_one_unit_out_arrays(
        a=n // 4, n=n, units=units, a2=units * (m // 4) ** 2 * 2, am=units * m * (m // 4), m2=units * m * m,
        doubleton_cross=2 * 10**11,
    )  # fmt: skip
    assert rates.value == 0.25
    assert 0.25 - 1e-4 < rates.low < 0.25 < rates.high < 0.25 + 1e-4


def test_a_hundred_thousand_slices_are_one_call():
    rng = np.random.default_rng(0)
    n = rng.integers(0, 1000, 100_000)
    a = rng.integers(0, n + 1)
    rates = leave_one_unit_out_arrays(a, n, n, a, a, n, 0 * n)
    assert np.array_equal(np.isnan(rates.value), n == 0)
    assert np.array_equal(rates.status == "empty", n == 0)
    assert not np.any(np.isnan(rates.low[n > 0]) | np.isnan(rates.high[n > 0]))


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30))
def test_effective_size_is_the_number_of_equal_units(m):
    size = effective_size(sum(m), sum(x * x for x in m))
    assert size <= len(m) * (1 + 1e-12)
    assert effective_size(7 * len(m), 49 * len(m)) == pytest.approx(len(m))


def test_effective_size_of_nothing_is_zero():
    assert effective_size(0, 0) == 0


def test_dropping_units_recounts_what_is_left():
    counts = from_documents("AAB", "BC", "D")
    left = counts.without(np.array([True, False, False]))
    assert (left.n, left.units, left.sums()["a"]) == (3, 2, 3)


def test_clustered_statements_are_covered_where_f1_over_n_is_not():
    """Documents that repeat themselves: nominal 95 % (100 replicates, so 95 +- 5) against none at all."""
    rng, topics, within = np.random.default_rng(3), zipf(1000, 0.9), zipf(60, 1.0)
    p = np.outer(topics, within).ravel()
    held = wrong = 0
    bias = []
    for _ in range(100):
        unit, key = clustered(rng, 500, topics, within)
        truth = 1 - p[np.unique(key)].sum()
        rate = leave_one_unit_out(UnitCounts.from_arrays(unit, key))
        naive = good_turing_missing_mass(UnitCounts.from_arrays(range(len(key)), key).spectrum())
        held += rate.low <= truth <= rate.high
        wrong += naive.low <= truth <= naive.high
        bias.append(rate.value - truth)
    assert held >= 90
    assert wrong == 0
    assert abs(np.mean(bias)) < 0.006


def test_documents_about_the_same_entity_are_covered():
    """Pairs of units that share several keys: without the products of different keys 95 % becomes 88 %."""
    rng, topics, within = np.random.default_rng(5), np.full(3000, 1 / 3000), np.full(8, 1 / 8)
    held, missed, draws = 0, 0, 150
    for _ in range(draws):
        unit, key = clustered(rng, 1000, topics, within, facts=10.0, repeat=0.2)
        truth, counts = 1 - len(np.unique(key)) / 24_000, UnitCounts.from_arrays(unit, key)
        rate = leave_one_unit_out(counts)
        two = counts.key_units() == 2
        by_key = float((counts.key_statements()[two] ** 2 - counts.key_squares()[two]).sum())
        narrow = leave_one_unit_out_from_sums(**{**counts.sums(), "doubleton_cross": by_key})
        held += rate.low <= truth <= rate.high
        missed += not narrow.low <= truth <= narrow.high
    assert held >= 0.9 * draws
    assert missed > draws - held


def test_slices_that_share_keys_are_covered():
    rng, within = np.random.default_rng(4), zipf(60, 1.0)
    topics = [rng.permutation(zipf(1000, 0.9)) for _ in range(3)]
    sizes = (600, 200, 60)
    held = np.zeros(3)
    for _ in range(60):
        drawn = [clustered(rng, size, t, within) for size, t in zip(sizes, topics, strict=True)]
        first = np.cumsum((0, *sizes))
        counts = UnitCounts.from_arrays(
            np.concatenate([unit + first[s] for s, (unit, _) in enumerate(drawn)]),
            np.concatenate([key for _, key in drawn]),
        )
        seen = np.unique(np.concatenate([key for _, key in drawn]))
        home = np.searchsorted(first, counts.unit, side="right") - 1
        parts = np.array([slice_sums(counts, home == s) for s in range(3)], dtype=float)
        rates = leave_one_unit_out_arrays(*parts.T)
        truth = np.array([1 - np.outer(t, within).ravel()[seen].sum() for t in topics])
        held += (rates.low <= truth) & (truth <= rates.high)
    assert np.all(held >= 52)
