import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyzer.stats import benjamini_hochberg, compare_rates


@given(st.lists(st.floats(0, 1), max_size=40))
def test_benjamini_hochberg_is_scipys(p):
    expected = stats.false_discovery_control(p) if p else []
    assert benjamini_hochberg(p) == pytest.approx(expected, abs=1e-12)


def test_impossible_p_values_are_refused():
    for bad in ([1.2], [-0.1], [float("nan")], [[0.1]]):
        with pytest.raises(ValueError, match="p-values"):
            benjamini_hochberg(bad)


def test_what_slices_share_cancels():
    """Replicates that move together leave a sharp difference, independent ones a vague one."""
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 0.01, 20)
    own = rng.normal(0, 0.0005, (2, 20))
    together = compare_rates(0.5, 0.5 + shared + own[0], 0.48, 0.48 + shared + own[1])
    apart = compare_rates(0.5, 0.5 + shared + own[0], 0.48, 0.48 + shared[::-1] + own[1])
    assert together.difference.value == apart.difference.value == pytest.approx(0.02)
    assert together.difference.low > 0 > apart.difference.low
    assert together.p_value < 0.01 < apart.p_value


def test_p_value_and_interval_agree():
    rng = np.random.default_rng(2)
    for scale in (0.001, 0.003, 0.01):
        comparison = compare_rates(0.5, 0.5 + rng.normal(0, scale, 20), 0.49, 0.49 + rng.normal(0, scale, 20))
        excludes = comparison.difference.low > 0 or comparison.difference.high < 0
        assert excludes == (comparison.p_value < 0.05)


def test_means_of_pairs_give_the_paired_t_test():
    rng = np.random.default_rng(3)
    a, b = rng.random(30), rng.random(30)
    without = [(x.sum() - x) / 29 for x in (a, b)]
    comparison = compare_rates(a.mean(), without[0], b.mean(), without[1])
    assert comparison.p_value == pytest.approx(stats.ttest_rel(a, b).pvalue, rel=1e-9)


def test_degenerate_comparisons_have_a_status():
    same = [0.5, 0.5]
    assert compare_rates(0.5, same, 0.4, same).difference.status == "no_variance"
    assert compare_rates(0.5, same, 0.4, same).p_value is None
    assert compare_rates(0.5, [0.5], 0.4, [0.4]).difference.status == "too_few_groups"
    assert compare_rates(None, same, 0.4, same).difference.value is None
    assert compare_rates(1.0, [0.2, 1.0], 0.0, [0.3, 0.0]).difference.status == "clipped"
    with pytest.raises(ValueError, match="same groups"):
        compare_rates(0.5, same, 0.4, [0.4])
