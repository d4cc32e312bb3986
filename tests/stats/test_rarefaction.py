from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import (
    UnitCounts,
    UnitRows,
    leave_one_unit_out,
    rarefied_estimate,
    rarefied_rate,
    units_for_statements,
    unseen_probability,
)
from tests.stats.worlds import clustered, from_documents, zipf

ROWS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), min_size=1, max_size=60)


def unit_rows(counts):
    r, _, statements = counts.rows()
    return UnitRows(r, statements, counts.units)


def curve(counts, t):
    return rarefied_rate(*unit_rows(counts), t)


def one_row(r, units, t):
    return float(rarefied_rate([r], [1], units, t))


@given(ROWS)
def test_whole_slice_rarefied_is_the_leave_one_unit_out_rate(rows):
    counts = UnitCounts.from_arrays([u for u, _ in rows], [k for _, k in rows])
    assert curve(counts, counts.units - 1) == pytest.approx(leave_one_unit_out(counts).value, abs=1e-14)


@given(ROWS)
def test_rate_is_one_without_other_units_and_never_rises(rows):
    counts = UnitCounts.from_arrays([u for u, _ in rows], [k for _, k in rows])
    rates = curve(counts, np.linspace(0, counts.units - 1, 23))
    assert rates[0] == pytest.approx(1, abs=1e-14)
    assert np.all((rates >= 0) & (rates <= 1))
    assert np.all(np.diff(rates) <= 1e-14)


@given(ROWS, st.permutations(range(8)))
def test_curve_is_invariant_to_relabelling_units(rows, names):
    first = UnitCounts.from_arrays([u for u, _ in rows], [k for _, k in rows])
    second = UnitCounts.from_arrays([names[u] for u, _ in rows], [k for _, k in rows])
    t = np.arange(first.units)
    assert np.array_equal(curve(first, t), curve(second, t))


@given(st.lists(st.text("abcd", min_size=1, max_size=4), min_size=2, max_size=5))
def test_curve_is_the_mean_over_all_choices_of_other_units(documents):
    counts = from_documents(*documents)
    for t in range(len(documents)):
        new = [
            sum(word not in "".join(known) for word in documents[i])
            for i in range(len(documents))
            for known in combinations([d for j, d in enumerate(documents) if j != i], t)
        ]
        mean = sum(new) / comb(len(documents) - 1, t) / sum(map(len, documents))
        assert float(curve(counts, t)) == pytest.approx(mean, abs=1e-12)


@given(st.integers(1, 300), st.data())
def test_weights_are_ratios_of_binomials(units, data):
    r, t = data.draw(st.integers(1, units)), data.draw(st.integers(0, units - 1))
    exact = Fraction(comb(units - r, t), comb(units - 1, t))
    assert one_row(r, units, t) == pytest.approx(float(exact), rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("t", [5, 10**8, 10**9 - 1_000_000, 10**9 - 50, 10**9 - 2])
@pytest.mark.parametrize("r", [2, 3, 40])
def test_weights_keep_their_digits_at_a_billion_units(r, t):
    getcontext().prec = 50
    units, left = 10**9, 10**9 - 1 - t
    exact = Decimal(1)
    for j in range(r - 1):
        exact *= Decimal(max(left - j, 0)) / Decimal(units - 1 - j)
    assert one_row(r, units, t) == pytest.approx(float(exact), rel=1e-11, abs=1e-300)


def test_rows_of_many_slices_are_one_call():
    units, t = np.array([30, 30, 500]), np.array([3, 3, 499])
    flat = unseen_probability([1, 4, 1], units, t)
    assert flat[:2] @ [0.25, 0.75] == pytest.approx(float(rarefied_rate([1, 4], [1, 3], 30, 3)), abs=1e-15)
    assert flat[2] == 1


def test_real_numbers_of_units_lie_between_whole_ones():
    rates = rarefied_rate([1, 2, 5], [3, 4, 9], 30, [10, 10.5, 11])
    assert rates[0] > rates[1] > rates[2]


def test_shape_of_t_is_kept():
    assert rarefied_rate([1, 2], [1, 1], 5, 2).shape == ()
    assert rarefied_rate([1, 2], [1, 1], 5, np.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize(
    ("r", "statements", "units", "t", "words"),
    [
        ([], [], 3, 1, "empty slice"),
        ([1], [0], 3, 1, "empty slice"),
        ([1], [1], 3, 3, "beyond the data"),
        ([1], [1], 3, -0.1, "between 0"),
        ([1], [1], 3, float("nan"), "between 0"),
        ([4], [1], 3, 1, "number of units"),
        ([0], [1], 3, 1, "number of units"),
        ([1, 2], [1], 3, 1, "same length"),
    ],
)
def test_impossible_questions_are_refused_in_words(r, statements, units, t, words):
    with pytest.raises(ValueError, match=words):
        rarefied_rate(r, statements, units, t)


@given(st.integers(1, 10**12), st.integers(1, 10**9))
def test_own_size_gives_exactly_all_other_units(n, units):
    assert units_for_statements(n, n, units) == units - 1


def test_units_for_statements_is_vectorised_and_never_negative():
    assert units_for_statements([50, 1], [100, 1000], [10, 10]).tolist() == [4, 0]
    with pytest.raises(ValueError, match="without statements"):
        units_for_statements(1, 0, 0)


def test_estimate_at_own_size_is_the_leave_one_unit_out_rate():
    counts = from_documents("AAB", "BC", "D", "EEE")
    deleted = [unit_rows(counts.without(np.arange(4) == g)) for g in range(4)]
    estimate = rarefied_estimate(unit_rows(counts), deleted, 9)
    assert estimate.value == pytest.approx(7 / 9)
    assert 0 <= estimate.low <= 7 / 9 <= estimate.high <= 1


def test_degenerate_slices_say_what_is_wrong():
    assert rarefied_estimate(UnitRows([], [], 0), [], 5).status == "empty"
    assert rarefied_estimate(UnitRows([1], [4], 2), [], 5).status == "beyond_range"
    alone = rarefied_estimate(UnitRows([1], [4], 1), [], 4)
    assert (alone.value, alone.low, alone.high, alone.status) == (1, 0, 1, "too_few_groups")
    rows = UnitRows([1], [8], 4)
    nothing_repeats = rarefied_estimate(rows, [UnitRows([1], [6], 3)] * 4, 8)
    assert nothing_repeats.value == 1
    assert nothing_repeats.low < 0.5


def test_rarefied_rate_is_covered_by_its_jackknife():
    """40 draws at a quarter of the statements; the truth is sum p_k (1 - P(unit holds k))^t."""
    rng, topics, within, units, share = np.random.default_rng(5), zipf(1000, 0.9), zipf(60, 1.0), 400, 0.25
    size = 6 / 0.7
    holds = np.outer(topics, 1 - (1 - within) * np.exp(-5 * within)).ravel()
    truth = (np.outer(topics, within).ravel() * (1 - holds) ** (share * units - 1)).sum()
    held, errors = 0, []
    for _ in range(40):
        counts = UnitCounts.from_arrays(*clustered(rng, units, topics, within))
        group = rng.integers(0, 20, units)
        deleted = [unit_rows(counts.without(group == g)) for g in range(20)]
        estimate = rarefied_estimate(unit_rows(counts), deleted, share * units * size)
        held += estimate.low <= truth <= estimate.high
        errors.append(estimate.value - truth)
    assert held >= 35
    assert abs(np.mean(errors)) < 0.01


def test_equal_size_reverses_the_order_of_raw_rates():
    """A small repetitive slice has a higher raw rate than a large diverse one, and a lower one at equal size."""
    rng = np.random.default_rng(6)
    diverse = UnitCounts.from_arrays(range(20_000), rng.choice(8_000, 20_000))
    repetitive = UnitCounts.from_arrays(range(400), rng.choice(500, 400))
    assert leave_one_unit_out(diverse).value < leave_one_unit_out(repetitive).value
    t = units_for_statements(400, 20_000, 20_000)
    assert curve(diverse, t) > leave_one_unit_out(repetitive).value
