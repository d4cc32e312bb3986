import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skbio.diversity import alpha

from analyzer.stats import (
    Spectrum,
    chiu_chao_singletons,
    good_turing_missing_mass,
    low_exposure_mass,
    simple_good_turing,
    without_replacement,
)
from tests.stats.worlds import spectrum_with, zipf

COUNTS = st.lists(st.integers(1, 30), min_size=1, max_size=60)

# Gale and Sampson 1995, table of prosody data: r and N_r.
PROSODY = (
    "1 120 2 40 3 24 4 13 5 15 6 5 7 11 8 2 9 2 10 1 12 3 14 2 15 1 16 1 17 3 19 1 20 3 21 2 23 3 24 3 25 3 26 2 27 2 "
    "28 1 31 2 32 2 33 1 34 2 36 2 41 3 43 1 45 3 46 1 47 1 50 1 71 1 84 1 101 1 105 1 121 1 124 1 146 1 162 1 193 1 "
    "199 1 224 1 226 1 254 1 257 1 339 1 421 1 456 1 481 1 483 1 "
    "1140 1 1256 1 1322 1 1530 1 2131 1 2395 1 6925 1 7846 1"
)


def prosody():
    numbers = [int(x) for x in PROSODY.split()]
    return Spectrum.from_frequencies(numbers[::2], numbers[1::2])


@given(COUNTS)
def test_value_is_scikit_bios(counts):
    estimate = good_turing_missing_mass(Spectrum.from_counts(counts))
    assert estimate.value == pytest.approx(alpha.robbins(counts), abs=1e-12)
    assert 1 - estimate.value == pytest.approx(alpha.goods_coverage(counts), abs=1e-12)


@given(COUNTS)
def test_esty_interval_is_scikit_bios_where_its_variance_holds(counts):
    """scikit-bio's interval uses z = 1.959963985 and is not clipped."""
    estimate = good_turing_missing_mass(Spectrum.from_counts(counts))
    low, high = alpha.esty_ci(counts)
    if estimate.status in ("ok", "clipped"):
        assert (estimate.low, estimate.high) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-9)
        assert (estimate.status == "clipped") == (low < -1e-12 or high > 1 + 1e-12)


@pytest.mark.parametrize("n", [2_097_152, 3_000_000, 10**12])
def test_esty_interval_does_not_overflow(n):
    f1, f2 = n // 10, n // 20
    estimate = good_turing_missing_mass(spectrum_fast(n, f1, f2))
    half = 1.959963984540054 * math.sqrt((f1 * (n - f1) + 2 * n * f2) / n**3)
    assert estimate.high - estimate.value == pytest.approx(half, rel=1e-9)


def spectrum_fast(n, f1, f2):
    return Spectrum.from_frequencies([1, 2, n - f1 - 2 * f2], [f1, f2, 1])


@pytest.mark.parametrize("interval", ["esty", "zhang_zhang", "wilson", "mcallester_ortiz"])
@given(counts=COUNTS)
def test_every_interval_holds_its_value_within_zero_and_one(interval, counts):
    estimate = good_turing_missing_mass(Spectrum.from_counts(counts), interval=interval)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize("interval", ["esty", "zhang_zhang", "wilson", "mcallester_ortiz"])
@pytest.mark.parametrize(
    ("counts", "value", "status"),
    [([], None, "empty"), ([1], 1, "all_singletons"), ([1, 1, 1], 1, "all_singletons"), ([7], 0, "no_singletons"),
     ([2, 2], 0, "no_singletons")],
)  # fmt: skip
def test_degenerate_spectra_have_a_status(interval, counts, value, status):
    estimate = good_turing_missing_mass(Spectrum.from_counts(counts), interval=interval)
    assert (estimate.value, estimate.status) == (value, status)
    if value is not None:
        assert estimate.high > estimate.low


def test_unknown_interval_is_refused():
    with pytest.raises(ValueError, match="esty"):
        good_turing_missing_mass(Spectrum.from_counts([1, 2]), interval="bootstrap")


def test_mcallester_ortiz_half_width_is_the_published_one():
    estimate = good_turing_missing_mass(spectrum_fast(10_000, 5000, 10), 0.99, "mcallester_ortiz")
    assert estimate.high - estimate.value == pytest.approx(0.05933547330247576, abs=1e-12)


def test_intervals_cover_the_missing_mass_of_a_zipf_law():
    """150 samples: nominal 95 % may not fall below 90 %, and the distribution-free one never misses."""
    rng, p = np.random.default_rng(1), zipf(20_000, 1.0)
    held = dict.fromkeys(("esty", "zhang_zhang", "wilson", "mcallester_ortiz"), 0)
    errors = []
    for _ in range(150):
        counts = rng.multinomial(3000, p)
        truth, spectrum = p[counts == 0].sum(), Spectrum.from_counts(counts[counts > 0])
        for interval in held:
            estimate = good_turing_missing_mass(spectrum, interval=interval)
            held[interval] += estimate.low <= truth <= estimate.high
        errors.append(estimate.value - truth)
    assert all(h >= 135 for h in held.values())
    assert held["mcallester_ortiz"] == 150
    assert abs(np.mean(errors)) < 0.003


@given(COUNTS)
def test_low_exposure_mass_starts_at_the_missing_mass_and_ends_at_one(counts):
    spectrum = Spectrum.from_counts(counts)
    masses = [low_exposure_mass(spectrum, r).value for r in range(31)]
    assert masses[0] == good_turing_missing_mass(spectrum).value
    assert masses == sorted(masses)
    assert masses[-1] == 1


def test_low_exposure_mass_of_nothing_and_of_negative_times():
    assert low_exposure_mass(Spectrum.from_counts([]), 3).status == "empty"
    assert low_exposure_mass(Spectrum.from_counts([2]), 0).status == "no_singletons"
    with pytest.raises(ValueError, match="times"):
        low_exposure_mass(Spectrum.from_counts([1]), -1)


def test_simple_good_turing_gives_the_published_prosody_table():
    """P0, slope, intercept and p_r as printed by Gale and Sampson and by Sampson's program."""
    spectrum = prosody()
    fit = simple_good_turing(spectrum)
    assert (spectrum.n, spectrum.s_obs, fit.status) == (30902, 309, "ok")
    assert fit.missing_mass == pytest.approx(0.003883243802990098, abs=1e-15)
    assert (fit.slope, fit.intercept) == pytest.approx((-1.3893736518, 4.4685581538), abs=1e-9)
    p = dict(zip(fit.r, fit.probability, strict=True))
    assert [p[1], p[2], p[3], p[7846]] == pytest.approx([2.468e-5, 5.522e-5, 8.672e-5, 0.2537], rel=2e-4)
    adjusted = dict(zip(fit.r, fit.adjusted, strict=True))
    assert [adjusted[1], adjusted[2], adjusted[3]] == pytest.approx(
        [0.7634609902, 1.7079088898, 2.6820903439], abs=1e-9
    )


def test_simple_good_turing_shares_out_all_mass():
    spectrum, fit = prosody(), simple_good_turing(prosody())
    seen = sum(f * p for f, p in zip(spectrum.frequencies, fit.probability, strict=True))
    assert seen + fit.missing_mass == pytest.approx(1, abs=1e-12)


def test_simple_good_turing_refuses_a_slope_above_minus_one():
    """The ten frequencies on which a wide-spread implementation printed discounts all the same."""
    fit = simple_good_turing(Spectrum.from_frequencies(range(1, 11), [2, 1, 1, 3, 2, 3, 2, 1, 1, 1]))
    assert (fit.status, fit.probability) == ("slope_above_minus_one", ())
    assert fit.slope == pytest.approx(-0.10418387842491422, abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "status"), [([], "empty"), ([1, 1, 1], "too_few_frequencies"), ([9], "too_few_frequencies")]
)
def test_simple_good_turing_needs_two_frequencies(counts, status):
    assert simple_good_turing(Spectrum.from_counts(counts)).status == status


def test_chiu_chao_singletons_of_corbets_butterflies():
    """f2, f3, f4 = 74, 44, 24 of Fisher, Corbet and Williams 1943."""
    estimate = chiu_chao_singletons(spectrum_with(3306, 118, 74, 44, 24))
    assert estimate.value == pytest.approx(4 * 74**2 / (3 * 44) - 74 * 44 / (2 * 24))
    assert estimate.value == pytest.approx(98.10606060606061)


def test_chiu_chao_singletons_ignore_the_singletons_seen():
    one, many = (chiu_chao_singletons(spectrum_with(9000, f1, 74, 44, 24)).value for f1 in (1, 5000))
    assert one == many


@pytest.mark.parametrize(
    ("counts", "status"), [([], "empty"), ([1], "zeros_replaced"), ([2, 2, 3, 3, 3, 3, 4], "clipped")]
)
def test_chiu_chao_singletons_name_their_degenerate_cases(counts, status):
    estimate = chiu_chao_singletons(Spectrum.from_counts(counts))
    assert estimate.status == status
    assert estimate.value is None or estimate.value >= 0


def test_a_finite_corpus_lacks_only_what_was_not_read():
    """Of a corpus read to 30 % the missing mass is .7 f1/n; read whole it lacks nothing of itself."""
    estimate = good_turing_missing_mass(Spectrum.from_frequencies([1, 2], [20, 15]))
    part = without_replacement(estimate, 0.3)
    assert part.value == pytest.approx(0.7 * 20 / 50)
    assert part.low == pytest.approx(0.7 * estimate.low)
    assert without_replacement(estimate, 1.0).value == 0
    assert without_replacement(good_turing_missing_mass(Spectrum.from_counts([])), 0.5).value is None
    with pytest.raises(ValueError, match="share of the corpus"):
        without_replacement(estimate, 0.0)


def test_a_sample_without_replacement_is_unbiased_for_the_rest_of_its_corpus():
    """Half of a corpus of known keys: the share of the other half's statements with unread keys, times that half."""
    draw = np.random.default_rng(3)
    corpus = draw.zipf(1.5, 40_000)
    errors = []
    for _ in range(30):
        order = draw.permutation(len(corpus))
        read, rest = corpus[order[:20_000]], corpus[order[20_000:]]
        _, counts = np.unique(read, return_counts=True)
        found = without_replacement(good_turing_missing_mass(Spectrum.from_counts(counts)), 0.5)
        errors.append(found.value - np.sum(~np.isin(rest, read)) / len(corpus))
    assert abs(np.mean(errors)) < 0.002
