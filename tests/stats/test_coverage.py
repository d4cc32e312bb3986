from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import (
    Spectrum,
    chao_jost_coverage,
    chao_jost_coverage_incidence,
    good_turing_missing_mass,
    size_for_coverage,
    units_for_coverage,
)
from tests.stats.worlds import spectrum_with, zipf

COUNTS = st.lists(st.integers(1, 12), min_size=1, max_size=40)

# n, f1, f2 and the coverage printed at n (and at 2n) by the authors' software for published surveys.
PRINTED = [
    ("spiders, girdled canopy", 168, 12, 4, 0.9289, None, 5e-5),
    ("spiders, logged canopy", 252, 14, 4, 0.9446, None, 5e-5),
    ("trees, forest edge", 1794, 110, 48, 0.939, 0.974, 5e-4),
    ("trees, forest interior", 2074, 123, 48, 0.941, 0.973, 5e-4),
]


@pytest.mark.parametrize(("name", "n", "f1", "f2", "now", "doubled", "tolerance"), PRINTED)
def test_coverage_is_the_one_printed_for_published_surveys(name, n, f1, f2, now, doubled, tolerance):
    spectrum = spectrum_with(n, f1, f2)
    assert chao_jost_coverage(spectrum).value == pytest.approx(now, abs=tolerance)
    if doubled is not None:
        assert chao_jost_coverage(spectrum, 2 * n).value == pytest.approx(doubled, abs=tolerance)


@pytest.mark.parametrize(
    ("u", "keys", "frequencies", "now", "doubled"),
    [(532, 50, (11, 6, 4, 1, 3), 0.980, 0.993), (522, 53, (13, 5, 5, 2, 3), 0.976, 0.989)],
)
def test_incidence_coverage_is_the_one_printed_for_two_fish_surveys(u, keys, frequencies, now, doubled):
    spectrum = spectrum_with(u, *frequencies, keys=keys)
    assert chao_jost_coverage_incidence(spectrum, 36).value == pytest.approx(now, abs=5e-4)
    assert chao_jost_coverage_incidence(spectrum, 36, 72).value == pytest.approx(doubled, abs=5e-4)


@pytest.mark.parametrize(
    ("spectrum", "value", "status"),
    [
        (spectrum_with(10, 0, 3), 1.0, "no_singletons"),
        (spectrum_with(10, 3, 0), 0.73, "no_doubletons"),
        (spectrum_with(15, 1, 0), 1 - 1 / 15, "one_singleton"),
        (Spectrum.from_counts([1]), 0.0, "all_once"),
        (Spectrum.from_counts([]), None, "empty"),
        (Spectrum.from_counts([5]), 1.0, "no_singletons"),
    ],
)
def test_edge_cases_have_a_value_and_a_status(spectrum, value, status):
    estimate = chao_jost_coverage(spectrum)
    assert estimate.value == (None if value is None else pytest.approx(value, abs=1e-12))
    assert estimate.status == status


def test_all_seen_once_gives_hardly_any_coverage():
    estimate = chao_jost_coverage(Spectrum.from_counts([1] * 100))
    assert 0 < estimate.value < 0.03
    assert estimate.status == "all_once"


@given(COUNTS)
def test_one_draw_less_has_good_turings_coverage(counts):
    spectrum = Spectrum.from_counts(counts)
    if spectrum.n > 1:
        missing = good_turing_missing_mass(spectrum).value
        assert 1 - chao_jost_coverage(spectrum, spectrum.n - 1).value == pytest.approx(missing, abs=1e-12)


@given(COUNTS)
def test_coverage_rises_with_size_and_stays_within_zero_and_one(counts):
    spectrum = Spectrum.from_counts(counts)
    values = [chao_jost_coverage(spectrum, spectrum.n * x / 10).value for x in range(40)]
    assert all(0 <= v <= 1 + 1e-12 for v in values)
    assert all(a <= b + 1e-12 for a, b in pairwise(values))


@given(COUNTS, st.floats(0.05, 0.99))
def test_size_for_coverage_inverts_coverage(counts, target):
    spectrum = Spectrum.from_counts(counts)
    size = size_for_coverage(spectrum, target)
    if size.value is not None and not spectrum.n - 1.01 < size.value <= spectrum.n:  # a step lies between n-1 and n
        assert chao_jost_coverage(spectrum, size.value).value == pytest.approx(target, abs=1e-6)


def test_incidence_inverse_extrapolates_and_warns_beyond_twice():
    spectrum = spectrum_with(400, 60, 20)
    near, far = units_for_coverage(spectrum, 350, 0.86), units_for_coverage(spectrum, 350, 0.999)
    assert chao_jost_coverage_incidence(spectrum, 350, near.value).value == pytest.approx(0.86, abs=1e-9)
    assert (far.status, chao_jost_coverage_incidence(spectrum, 350, far.value).status) == ("beyond_twice",) * 2


def test_targets_that_cannot_be_reached_or_asked():
    assert size_for_coverage(spectrum_with(15, 1, 0), 0.99).status == "unreachable"
    assert size_for_coverage(Spectrum.from_counts([]), 0.5).status == "empty"
    for target in (0, 1, 1.5, -1):
        with pytest.raises(ValueError, match="target"):
            size_for_coverage(spectrum_with(10, 3, 1), target)


def test_one_unit_says_nothing_about_incidence():
    assert chao_jost_coverage_incidence(Spectrum.from_counts([1, 1]), 1).status == "one_unit"


def test_fewer_units_than_a_key_stands_in_are_refused():
    with pytest.raises(ValueError, match="only 3"):
        chao_jost_coverage_incidence(Spectrum.from_counts([5]), 3)


def test_nothing_overflows_at_a_trillion_draws():
    n = 10**12
    spectrum = Spectrum.from_frequencies([1, 2, n // 2], [n // 4, n // 8, 1])
    assert chao_jost_coverage(spectrum).value == pytest.approx(0.75, abs=1e-9)
    assert chao_jost_coverage(spectrum, 2 * n).value == pytest.approx(1 - 0.25 * np.exp(-1), abs=1e-9)
    assert 0.5 < chao_jost_coverage(spectrum, n / 2).value < 0.75


def test_extrapolation_recovers_the_coverage_of_a_larger_sample():
    rng, p = np.random.default_rng(2), zipf(3000, 0.6)
    errors = []
    for _ in range(40):
        counts = rng.multinomial(2000, p)
        errors.append(
            chao_jost_coverage(Spectrum.from_counts(counts[counts > 0]), 4000).value - (p * (1 - (1 - p) ** 4000)).sum()
        )
    assert abs(np.mean(errors)) < 0.02
