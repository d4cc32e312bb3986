import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skbio.diversity import alpha

from analyzer.stats import Spectrum, chao1, chao2, ichao1
from tests.stats.worlds import spectrum_with, zipf

COUNTS = st.lists(st.integers(1, 12), min_size=1, max_size=60)


@given(COUNTS)
def test_bias_corrected_chao1_is_scikit_bios(counts):
    assert chao1(Spectrum.from_counts(counts), bias_corrected=True).value == pytest.approx(
        alpha.chao1(counts), abs=1e-9
    )


@given(COUNTS)
def test_bias_corrected_interval_is_scikit_bios(counts):
    """With singletons and doubletons; without singletons scikit-bio's lower limit may exceed the estimate."""
    estimate = chao1(Spectrum.from_counts(counts), bias_corrected=True)
    if estimate.status == "ok":
        low, high = alpha.chao1_ci(counts, zscore=1.959963984540054)
        assert (estimate.low, estimate.high) == pytest.approx((low, high), rel=1e-9)


@given(COUNTS)
def test_classic_chao1_is_scikit_bios_up_to_the_factor_it_leaves_out(counts):
    spectrum = Spectrum.from_counts(counts)
    if spectrum.f(1) and spectrum.f(2):
        unseen = alpha.chao1(counts, bias_corrected=False) - spectrum.s_obs
        expected = spectrum.s_obs + unseen * (spectrum.n - 1) / spectrum.n
        assert chao1(spectrum).value == pytest.approx(expected, abs=1e-9)


def test_estimates_values_of_ten_counts():
    """EstimateS for 1 1 1 2 2 4 4 5: 9.75 (9.07, 17.45) bias-corrected."""
    estimate = chao1(Spectrum.from_counts([1, 1, 4, 2, 5, 2, 4, 1, 2]), bias_corrected=True)
    assert estimate.value == 9.75
    assert (estimate.low, estimate.high) == pytest.approx((9.07, 17.45), abs=0.01)


@pytest.mark.parametrize(
    ("n", "keys", "f1", "f2", "printed"),
    [(168, 26, 12, 4, 43.893), (252, 37, 14, 4, 61.403), (1794, 319, 110, 48, 444.971), (2074, 356, 123, 48, 513.518)],
)
def test_chao1_is_the_one_printed_for_published_surveys(n, keys, f1, f2, printed):
    assert chao1(spectrum_with(n, f1, f2, keys=keys)).value == pytest.approx(printed, abs=5e-4)


def test_chao2_is_the_one_printed_for_a_fish_survey():
    assert chao2(spectrum_with(532, 11, 6, 4, 1, 3, keys=50), 36).value == pytest.approx(59.803, abs=5e-4)


def test_classic_interval_uses_the_variance_of_chao_1987():
    """f1 = f2 = 3, n = 22: variance 3 (k/2 + k^2 + k^2/4), k = 21/22; log-normal around the unseen 1.5 k."""
    estimate, k = chao1(Spectrum.from_counts([1, 1, 4, 2, 5, 2, 4, 1, 2])), 21 / 22
    variance, unseen = 3 * (k / 2 + 1.25 * k * k), 1.5 * k
    spread = np.exp(1.959963984540054 * np.sqrt(np.log(1 + variance / unseen**2)))
    assert (estimate.low, estimate.high) == pytest.approx((9 + unseen / spread, 9 + unseen * spread), rel=1e-12)


def test_ichao1_adds_its_correction_by_hand():
    spectrum = spectrum_with(60, 10, 6, 4, 2)
    added = 4 / (4 * 2) * (10 - 6 * 4 / (2 * 2))
    assert ichao1(spectrum).value == pytest.approx(chao1(spectrum).value + added, abs=1e-12)


@given(COUNTS)
def test_estimates_are_ordered_and_never_below_what_was_seen(counts):
    spectrum = Spectrum.from_counts(counts)
    base = chao1(spectrum)
    assert spectrum.s_obs <= base.low <= base.value <= base.high
    assert ichao1(spectrum).value >= base.value


@pytest.mark.parametrize(
    ("counts", "value", "status"),
    [
        ([], None, "empty"),
        ([1], 1, "one_singleton"),
        ([2, 3], 2, "no_singletons"),
        ([9], 1, "no_singletons"),
        ([1, 5], 2, "one_singleton"),
        ([1, 1, 1, 5], 4 + 7 / 8 * 3, "no_doubletons"),
        ([1, 1], 2 + 1 / 2, "no_doubletons"),
    ],
)
def test_degenerate_spectra_have_a_value_and_a_status(counts, value, status):
    for estimate in (chao1(Spectrum.from_counts(counts)), ichao1(Spectrum.from_counts(counts))):
        assert estimate.value == (None if value is None else pytest.approx(value))
        assert estimate.status == status


def test_chao1_is_a_lower_bound_for_a_zipf_law():
    rng, p = np.random.default_rng(8), zipf(5000, 1.0)
    values = []
    for _ in range(30):
        counts = rng.multinomial(4000, p)
        values.append(chao1(Spectrum.from_counts(counts[counts > 0])).value)
    assert np.mean(values) < 5000
    assert np.mean(values) > 1500


def test_chao1_recovers_equally_likely_keys():
    rng, held = np.random.default_rng(9), 0
    for _ in range(50):
        counts = rng.multinomial(1500, np.full(1000, 1e-3))
        estimate = chao1(Spectrum.from_counts(counts[counts > 0]))
        held += estimate.low <= 1000 <= estimate.high
    assert held >= 43


def test_nothing_overflows_at_a_trillion_draws():
    n = 10**12
    for f2 in (0, 1, n // 8):
        estimate = chao1(
            Spectrum.from_frequencies(
                [r for r, f in ((1, n // 4), (2, f2), (n, 1)) if f], [f for f in (n // 4, f2, 1) if f]
            )
        )
        assert np.isfinite([estimate.value, estimate.low, estimate.high]).all()
