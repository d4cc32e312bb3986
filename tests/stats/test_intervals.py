import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyzer.stats import STATUSES, Estimate, clopper_pearson, jackknife_interval
from analyzer.stats.estimate import clip_unit
from analyzer.stats.intervals import hull, jackknife_error, normal_quantile, student_quantile, wald, wilson


@given(st.integers(0, 60), st.integers(0, 60))
def test_clopper_pearson_is_scipys_exact_interval(hits, misses):
    if hits + misses == 0:
        assert clopper_pearson(0, 0) == (0, 1)
    else:
        exact = stats.binomtest(hits, hits + misses).proportion_ci(0.95, "exact")
        assert clopper_pearson(hits, hits + misses) == pytest.approx((exact.low, exact.high), abs=1e-10)


@pytest.mark.parametrize("bad", [(-1, 4), (5, 4), (0, -1)])
def test_impossible_trials_are_refused(bad):
    with pytest.raises(ValueError, match="hits"):
        clopper_pearson(*bad)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95, float("nan")])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(ValueError, match="confidence"):
        normal_quantile(confidence)


def test_quantiles_are_the_known_ones():
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, abs=1e-14)
    assert student_quantile(0.95, [0, 1, 10, 1e9]) == pytest.approx(
        [np.inf, 12.7062047, 2.2281389, 1.9599640], abs=1e-6
    )


@given(st.integers(1, 100), st.integers(0, 100))
def test_wilson_on_binomial_variance_is_scipys_wilson(n, hits):
    hits = min(hits, n)
    rate = np.float64(hits / n)
    low, high = wilson(
        rate, rate * (1 - rate) / n, np.float64(n if rate < 0.5 else 2 * n), np.float64(normal_quantile(0.95))
    )
    exact = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)


@given(st.floats(0, 1), st.floats(0, 0.2), st.floats(1, 1e9), st.floats(0.1, 50))
def test_hull_holds_both_of_its_intervals(value, variance, effective, quantile):
    arguments = np.float64(value), np.float64(variance), np.float64(effective), np.float64(quantile)
    low, high = hull(*arguments)
    for one_low, one_high in (wald(arguments[0], arguments[1], arguments[3]), wilson(*arguments)):
        assert low <= one_low <= value <= one_high <= high


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_jackknife_of_means_is_the_usual_standard_error(sample):
    sample = np.array(sample)
    leave_one_out = (sample.sum() - sample) / (len(sample) - 1)
    assert jackknife_error(leave_one_out) == pytest.approx(sample.std(ddof=1) / np.sqrt(len(sample)), abs=1e-9)


def test_jackknife_never_claims_certainty_without_variance():
    assert jackknife_interval(1.0, [1.0] * 20).status == "no_variance"
    assert (jackknife_interval(1.0, [1.0] * 20).low, jackknife_interval(1.0, [1.0] * 20).high) == (0, 1)
    rested = jackknife_interval(1.0, [1.0] * 20, effective=100)
    assert 0.85 < rested.low < 0.97
    assert jackknife_interval(0.5, [0.5]).status == "too_few_groups"
    assert jackknife_interval(None, [0.5, 0.6]).status == "empty"


def test_clipped_is_said_only_when_something_was_clipped():
    assert clip_unit(0.0, 1.0) == (0, 1, "ok")
    assert clip_unit(-0.1, 0.5) == (0, 0.5, "clipped")
    assert clip_unit(-0.1, 0.5, "no_singletons") == (0, 0.5, "no_singletons")


def test_statuses_are_a_closed_list_with_meanings():
    assert all(STATUSES.values())
    with pytest.raises(ValueError, match="not one of"):
        Estimate(0.5, status="fine")
