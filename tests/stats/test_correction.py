import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import Spectrum, chao_jost_coverage, correct_for_extraction
from analyzer.stats.correction import joined
from tests.stats.worlds import zipf

NOTHING = {"recall": None, "singleton_precision": None, "other_precision": None, "split_rate": None}


def corpus(rng, n=50_000, keys=50_000):
    """Counts per key of a corpus read without errors."""
    return rng.multinomial(n, zipf(keys, 1.0))


def seen(counts):
    return Spectrum.from_counts(counts[counts > 0])


def test_nothing_measured_corrects_nothing_and_gives_no_number():
    result = correct_for_extraction(20, 100, **NOTHING)
    assert (result.estimate.value, result.estimate.low, result.estimate.status) == (None, None, "not_measured")
    assert (result.uncorrected, result.tornado) == (0.2, ())
    assert set(result.missing) == set(NOTHING)


def test_a_perfect_extractor_changes_nothing():
    spectrum = Spectrum.from_frequencies([1, 2, 3], [20, 10, 20])
    result = correct_for_extraction(
        20, 100, recall=1.0, singleton_precision=1.0, other_precision=1.0, split_rate=0.0, spectrum=spectrum
    )
    assert (result.estimate.value, result.estimate.status, result.missing) == (0.2, "ok", ())


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.2])
def test_known_precision_undoes_invented_statements_exactly(share):
    """A share of unique garbage among all statements: sr rises to (1 - share) sr + share, and comes back."""
    true_f1, true_n = 36_993, 200_000
    garbage = round(true_n * share / (1 - share))
    f1, n = true_f1 + garbage, true_n + garbage
    result = correct_for_extraction(
        f1, n, recall=None, singleton_precision=true_f1 / f1, other_precision=1.0, split_rate=None
    )
    assert result.uncorrected == pytest.approx((1 - share) * 0.184965 + share, abs=1e-5)
    assert result.estimate.value == pytest.approx(0.184965, abs=1e-9)
    assert result.estimate.status == "partly_measured"


@pytest.mark.parametrize(("recall", "tolerance"), [(0.9, 0.004), (0.7, 0.006), (0.5, 0.02)])
def test_known_recall_undoes_missed_statements(recall, tolerance):
    rng = np.random.default_rng(1)
    counts = corpus(rng)
    rate = (counts == 1).sum() / counts.sum()
    found = seen(rng.binomial(counts, recall))
    result = correct_for_extraction(found.f(1), found.n, **{**NOTHING, "recall": recall}, spectrum=found)
    assert found.f(1) / found.n > rate + tolerance
    assert result.estimate.value == pytest.approx(rate, abs=tolerance)
    assert result.estimate.low < rate


def test_lower_limit_takes_the_smaller_of_the_two_factors_for_recall():
    rng = np.random.default_rng(4)
    found = seen(rng.binomial(corpus(rng), 0.8))
    rate = found.f(1) / found.n
    estimate = correct_for_extraction(
        found.f(1), found.n, **{**NOTHING, "recall": 0.8}, spectrum=found, rate_low=rate
    ).estimate
    chao_jost = chao_jost_coverage(found, found.n / 0.8 - 1).value
    assert estimate.low == pytest.approx(1 - chao_jost, rel=1e-3)
    assert estimate.low < estimate.value - 0.001


def test_low_recall_errs_on_the_safe_side():
    rng = np.random.default_rng(2)
    counts = corpus(rng)
    found = seen(rng.binomial(counts, 0.3))
    result = correct_for_extraction(found.f(1), found.n, **{**NOTHING, "recall": 0.3}, spectrum=found)
    assert result.estimate.value < (counts == 1).sum() / counts.sum() < found.f(1) / found.n


def test_audited_lower_limit_holds_the_true_rate():
    """Invented, split and missed statements together, audited on 200 + 200 + 200 + 400 items: never above the truth."""
    rng = np.random.default_rng(3)
    gaps = []
    for _ in range(25):
        counts = corpus(rng, 20_000, 20_000)
        truth = (counts == 1).sum() / counts.sum()
        found = rng.binomial(counts, 0.8)
        split = rng.binomial(found, np.where(found > 1, 0.05, 0.0))  # named differently, each time by another name
        kept = found - split
        garbage = rng.poisson(0.05 * found.sum())
        spectrum = Spectrum.from_counts(np.concatenate([kept[kept > 0], np.ones(split.sum() + garbage, dtype=int)]))
        real = spectrum.f(1) - garbage
        elsewhere = split.sum() / real
        result = correct_for_extraction(
            spectrum.f(1),
            spectrum.n,
            recall=(rng.binomial(400, 0.8), 400),
            singleton_precision=(rng.binomial(200, real / spectrum.f(1)), 200),
            other_precision=(200, 200),
            split_rate=(rng.binomial(200, elsewhere), 200),
            spectrum=spectrum,
        )
        assert result.estimate.low <= truth < result.uncorrected
        assert result.estimate.status == "ok"
        gaps.append(result.estimate.value - truth)
    assert abs(np.mean(gaps)) < 0.02


@given(
    st.integers(0, 100), st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_corrections_never_raise_the_lower_limit_above_the_value(f1, recall, singles, others, split):
    spectrum = Spectrum.from_frequencies(
        [r for r, f in ((1, f1), (2, 10), (100, 1)) if f], [f for f in (f1, 10, 1) if f]
    )
    estimate = correct_for_extraction(
        f1, spectrum.n, recall=recall, singleton_precision=singles, other_precision=others, split_rate=split,
        spectrum=spectrum,
    ).estimate  # fmt: skip
    if estimate.value is not None:
        assert 0 <= estimate.low <= estimate.value <= 1


def test_tornado_says_what_each_correction_moves():
    spectrum = Spectrum.from_frequencies([1, 2, 3], [300, 100, 100])
    result = correct_for_extraction(
        300, 800, recall=0.8, singleton_precision=(80, 100), other_precision=(99, 100), split_rate=(5, 100),
        spectrum=spectrum,
    )  # fmt: skip
    rows = {row.name: row for row in result.tornado}
    assert set(rows) == set(NOTHING)
    single = rows["singleton_precision"]
    assert single.alone == pytest.approx(0.8 * 300 / (0.8 * 300 + 500))
    assert single.limit < 0.8
    assert single.alone_low < single.alone < result.uncorrected
    for name in ("recall", "singleton_precision", "split_rate"):
        assert rows[name].without > result.estimate.value
    assert rows["other_precision"].limit > 0.99


def test_precision_of_the_others_alone_would_raise_the_rate_and_is_not_used():
    result = correct_for_extraction(20, 100, **{**NOTHING, "other_precision": 0.5})
    assert result.estimate.status == "not_measured"


def test_recall_without_a_spectrum_is_reported_as_missing():
    result = correct_for_extraction(20, 100, **{**NOTHING, "recall": 0.5, "split_rate": 0.1})
    assert "recall" in result.missing
    assert result.estimate.value == pytest.approx(0.18)


def test_lower_limit_of_the_rate_is_used_when_given():
    loose, tight = (
        correct_for_extraction(200, 1000, **{**NOTHING, "split_rate": 0.1}, rate_low=low).estimate.low
        for low in (0.1, 0.19)
    )
    assert (loose, tight) == pytest.approx((0.09, 0.171))


@pytest.mark.parametrize(
    ("f1", "n", "status", "value"),
    [(0, 0, "empty", None), (0, 10, "no_singletons", 0), (10, 10, "ok", 0.9), (1, 1, "ok", 0.9), (9, 10, "ok", None)],
)
def test_degenerate_counts_have_a_status(f1, n, status, value):
    spectrum = Spectrum.from_counts([1] * f1 + [n - f1] * (n > f1))
    result = correct_for_extraction(
        f1, n, recall=1.0, singleton_precision=1.0, other_precision=1.0, split_rate=0.1, spectrum=spectrum
    )
    assert result.estimate.status in (status, "partly_measured")
    if value is not None:
        assert result.estimate.value == pytest.approx(value)


def test_an_audit_that_finds_nothing_true_leaves_no_rate():
    result = correct_for_extraction(10, 10, **{**NOTHING, "singleton_precision": 0.0, "other_precision": 1.0})
    assert (result.estimate.value, result.estimate.status) == (None, "empty")


@pytest.mark.parametrize("bad", [{"recall": 0}, {"recall": 1.2}, {"split_rate": -0.1}, {"singleton_precision": (3, 2)}])
def test_impossible_shares_are_refused(bad):
    with pytest.raises(ValueError, match="share"):
        correct_for_extraction(1, 3, **{**NOTHING, **bad}, spectrum=Spectrum.from_counts([1, 2]))
    with pytest.raises(ValueError, match="f1"):
        correct_for_extraction(4, 3, **NOTHING)


@pytest.mark.parametrize("s", [0.01, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("masses", [{1: 0.185, 2: 0.1, 3: 0.1, 9: 0.615}, {1: 0.6, 2: 0.4}, {1: 0.02, 50: 0.98}])
def test_joining_split_keys_brackets_the_rate_that_splitting_inflated(s, masses):
    """A mention falls on a key of its own with probability s: what is left of prompts seen j times, m_j s^(j-1)."""
    observed = s + (1 - s) * sum(m * s ** (j - 1) for j, m in masses.items())
    assert joined(observed, s, cautious=True) <= masses[1] + 1e-12
    assert masses[1] - 1e-12 <= joined(observed, s, cautious=False) < observed


def test_a_key_split_rate_counts_as_measured_and_pulls_more_where_things_are_repeated():
    perfect = {"recall": 1.0, "singleton_precision": 1.0, "other_precision": 1.0, "split_rate": None}
    spectrum = Spectrum.from_frequencies([1, 10], [10, 99])
    found = correct_for_extraction(10, 1000, **perfect, key_split_rate=0.05, spectrum=spectrum)
    assert found.missing == () and found.estimate.value == 0.0
    mostly_once = Spectrum.from_frequencies([1, 10], [800, 20])
    assert correct_for_extraction(800, 1000, **perfect, key_split_rate=0.05, spectrum=mostly_once).estimate.value > 0.78
