import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import (
    Spectrum,
    UnitCounts,
    UnitRows,
    chao_jost_coverage,
    extrapolated_rate,
    good_toulmin,
    growth_estimate,
    leave_one_unit_out,
    smoothed_good_toulmin,
)
from analyzer.stats.growth import missing_mass_after
from tests.stats.worlds import clustered, from_documents, spectrum_with, zipf

# Corbet's Malayan butterflies, Fisher, Corbet and Williams 1943: f_1 ... f_24.
CORBET = (118, 74, 44, 24, 29, 22, 20, 19, 20, 15, 12, 14, 6, 12, 6, 9, 9, 6, 10, 10, 11, 5, 3, 3)
BUTTERFLIES = Spectrum.from_frequencies(range(1, 25), CORBET)
COUNTS = st.lists(st.integers(1, 12), min_size=1, max_size=40)


def test_good_toulmin_gives_the_published_curve_of_corbets_butterflies():
    published = (11.10, 20.96, 29.79, 37.79, 45.17, 52.15, 58.93, 65.57, 71.56, 75.0)
    values = [good_toulmin(BUTTERFLIES, t / 10).value for t in range(1, 11)]
    assert values == pytest.approx(published, abs=0.006)
    assert values[-1] == 75


def test_good_toulmin_deviation_is_the_published_22_4():
    estimate = good_toulmin(BUTTERFLIES, 1, confidence=0.95)
    assert (estimate.high - estimate.value) / 1.959963985 == pytest.approx(22.38, abs=0.005)


def test_new_words_of_a_poem_of_429_words_are_the_published_seven():
    """Thisted and Efron 1987: 6.97 new words expected, from Shakespeare's f_1, f_2, ... and 884,647 words."""
    shakespeare = spectrum_with(884_647, 14376, 4343, 2292, 1463, 1043)
    assert good_toulmin(shakespeare, 429 / 884_647).value == pytest.approx(6.97, abs=0.005)


@pytest.mark.parametrize(
    ("smoothing", "doubled", "tripled"),
    [("efron_thisted", 122.255, 161.194), ("binomial", 103.75, 121.728), ("poisson", 153.108, 219.235)],
)
def test_smoothed_good_toulmin_gives_the_checked_values_of_the_butterflies(smoothing, doubled, tripled):
    values = [smoothed_good_toulmin(BUTTERFLIES, t, smoothing, sample_size=9031).value for t in (2, 3)]
    assert values == pytest.approx([doubled, tripled], abs=5e-4)


@given(COUNTS, st.floats(0, 1))
def test_smoothed_equals_plain_up_to_a_doubling(counts, t):
    spectrum = Spectrum.from_counts(counts)
    assert smoothed_good_toulmin(spectrum, t) == good_toulmin(spectrum, t)


@given(COUNTS)
def test_the_series_starts_at_the_missing_mass(counts):
    spectrum = Spectrum.from_counts(counts)
    assert missing_mass_after(spectrum, 0)[0] == spectrum.f(1) / spectrum.n


@pytest.mark.parametrize("smoothing", ["binomial", "efron_thisted", "poisson"])
def test_smoothed_good_toulmin_recovers_new_keys_of_a_larger_sample(smoothing):
    rng, p = np.random.default_rng(10), zipf(20_000, 0.8)
    relative = []
    for _ in range(20):
        counts = rng.multinomial(5000, p)
        new = ((1 - p) ** 5000 * (1 - (1 - p) ** 10_000)).sum()
        relative.append(smoothed_good_toulmin(Spectrum.from_counts(counts[counts > 0]), 2, smoothing).value / new - 1)
    assert abs(np.mean(relative)) < 0.2


def test_ranges_are_kept_and_named():
    assert good_toulmin(BUTTERFLIES, 1.01).status == "beyond_range"
    assert good_toulmin(BUTTERFLIES, 1.01).value is None
    assert smoothed_good_toulmin(BUTTERFLIES, 50).status in ("beyond_range", "clipped")
    assert good_toulmin(Spectrum.from_counts([]), 0.5).status == "empty"
    assert smoothed_good_toulmin(Spectrum.from_counts([]), 2).status == "empty"
    assert good_toulmin(Spectrum.from_counts([2, 2, 2]), 1).status == "no_singletons"
    assert good_toulmin(Spectrum.from_counts([2, 2, 2]), 1).value == 0
    with pytest.raises(ValueError, match="multiple"):
        good_toulmin(BUTTERFLIES, -1)
    with pytest.raises(ValueError, match="smoothing"):
        smoothed_good_toulmin(BUTTERFLIES, 2, "none")


def test_smoothing_does_not_overflow_at_a_trillion_draws():
    n = 10**12
    spectrum = Spectrum.from_frequencies([1, 2, 3, 1000, 10**6, n], [n // 4, n // 9, n // 20, 10**6, 100, 1])
    for smoothing in ("binomial", "efron_thisted", "poisson"):
        assert np.isfinite(smoothed_good_toulmin(spectrum, 20, smoothing).value)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=60))
def test_one_statement_a_unit_extrapolates_as_chao_and_jost(keys):
    counts = UnitCounts.from_arrays(range(len(keys)), keys)
    r, _, statements = counts.rows()
    for size in (len(keys), 1.5 * len(keys), 2 * len(keys)):
        value, _ = extrapolated_rate(UnitRows(r, statements, counts.units), size)
        assert 1 - value == pytest.approx(chao_jost_coverage(counts.spectrum(), size).value, abs=1e-12)


def unit_rows(counts):
    r, _, statements = counts.rows()
    return UnitRows(r, statements, counts.units)


def test_extrapolation_starts_at_the_leave_one_unit_out_rate_and_falls():
    counts = from_documents("AAB", "BC", "D", "EEE")
    values = [extrapolated_rate(unit_rows(counts), t)[0] for t in (3, 4, 7)]
    assert values[0] == pytest.approx(leave_one_unit_out(counts).value)
    assert values[0] > values[1] > values[2] > 0


def test_extrapolation_says_when_it_is_not_to_be_trusted():
    rows = unit_rows(from_documents("AAB", "BC", "D", "EEE"))
    assert extrapolated_rate(rows, 7)[1] == "ok"
    assert extrapolated_rate(rows, 7.5)[1] == "beyond_twice"
    assert extrapolated_rate(UnitRows([1], [5], 3), 4)[1] == "all_once"
    assert extrapolated_rate(UnitRows([1], [5], 1), 4) == (1, "one_unit")
    assert extrapolated_rate(UnitRows([2], [5], 3), 4) == (0, "no_singletons")
    with pytest.raises(ValueError, match="rarefied_rate"):
        extrapolated_rate(rows, 1)
    with pytest.raises(ValueError, match="empty"):
        extrapolated_rate(UnitRows([], [], 0), 1)


def test_growth_curve_is_continuous_at_the_size_of_the_data():
    counts = from_documents("AAB", "BC", "D", "EEE", "AF", "CG")
    deleted = [unit_rows(counts.without(np.arange(6) == g)) for g in range(6)]
    n = unit_rows(counts).n
    here, beyond = growth_estimate(unit_rows(counts), deleted, n), growth_estimate(unit_rows(counts), deleted, n + 1e-6)
    assert beyond.value == pytest.approx(here.value, abs=1e-6)
    assert growth_estimate(unit_rows(counts), deleted, 3 * n).status == "beyond_twice"
    assert growth_estimate(UnitRows([], [], 0), [], 5).status == "empty"


def test_growth_to_twice_the_data_recovers_the_rate_there():
    rng, topics, within = np.random.default_rng(11), zipf(1000, 0.7), zipf(40, 0.8)
    holds = np.outer(topics, 1 - (1 - within) * np.exp(-5 * within)).ravel()
    truth = (np.outer(topics, within).ravel() * (1 - holds) ** 1999).sum()
    errors = [
        extrapolated_rate(unit_rows(UnitCounts.from_arrays(*clustered(rng, 1000, topics, within))), 1999)[0] - truth
        for _ in range(20)
    ]
    assert abs(np.mean(errors)) < 0.03
