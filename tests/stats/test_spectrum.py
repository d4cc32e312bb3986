import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import Spectrum

COUNTS = st.lists(st.integers(1, 40), max_size=60)


@given(COUNTS)
def test_n_and_s_obs_are_those_of_the_counts(counts):
    spectrum = Spectrum.from_counts(counts)
    assert (spectrum.n, spectrum.s_obs) == (sum(counts), len(counts))
    assert all(spectrum.f(r) == counts.count(r) for r in range(42))


@given(COUNTS)
def test_both_constructors_agree_whatever_the_order(counts):
    spectrum = Spectrum.from_counts(counts)
    pairs = list(zip(spectrum.r, spectrum.frequencies, strict=True))[::-1]
    assert Spectrum.from_frequencies([r for r, _ in pairs], [f for _, f in pairs]) == spectrum


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([1, 0], "zero or negative"),
        ([-1], "zero or negative"),
        ([1.5], "not a whole number"),
        ([float("nan")], "not a whole number"),
        ([float("inf")], "not a whole number"),
        (["3"], "not a whole number"),
        ([True], "not a whole number"),
        ([[1, 2]], "dimensions"),
        (np.array([2**63], dtype=np.uint64), "64 bits"),
    ],
)
def test_counts_that_are_no_counts_are_refused_in_words(counts, words):
    with pytest.raises(ValueError, match=words):
        Spectrum.from_counts(counts)


@pytest.mark.parametrize(
    ("r", "f", "words"),
    [
        ([1, 1], [2, 3], "twice"),
        ([0], [1], "at least 1"),
        ([1], [0], "at least 1"),
        ([1], [-2], "at least 1"),
        ([1, 2], [1], "pairs"),
        ([1], [1.5], "not a whole number"),
    ],
)
def test_frequencies_that_are_none_are_refused_in_words(r, f, words):
    with pytest.raises(ValueError, match=words):
        Spectrum.from_frequencies(r, f)


def test_spectra_do_not_add_up_over_shards():
    both = Spectrum.from_counts([1 + 1])
    assert both.f(1) == 0
    assert Spectrum.from_counts([1]).f(1) + Spectrum.from_counts([1]).f(1) == 2


def test_sums_beyond_64_bits_keep_every_digit():
    spectrum = Spectrum.from_frequencies([1, 10**12 + 1], [10**12, 10**12 + 7])
    assert spectrum.n == 10**12 + (10**12 + 1) * (10**12 + 7)


def test_whole_floats_and_numpy_integers_are_counts():
    assert Spectrum.from_counts(np.array([1.0, 2.0, 2.0])) == Spectrum.from_counts(np.array([2, 1, 2], dtype=np.uint8))


def test_empty_spectrum_is_allowed_and_empty():
    assert (Spectrum.from_counts([]).n, Spectrum.from_counts([]).s_obs, Spectrum.from_counts([]).f(1)) == (0, 0, 0)
