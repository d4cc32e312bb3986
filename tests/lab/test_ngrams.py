"""n-gram models, what lies beyond their window, and the published n-gram experiment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.lab import miao_kearns, ngrams, windows


def test_probabilities_are_relative_frequencies_and_sum_to_one() -> None:
    model = ngrams.fit([["a", "b"], ["a", "b"], ["a", "c"]], order=2)
    assert model.distribution(["a"]) == {"b": 2 / 3, "c": 1 / 3}
    assert model.logprob([], ["a", "c", ngrams.END]) == pytest.approx(np.log(1 / 3))
    assert model.logprob(["b"], ["c"]) == float("-inf")
    smooth = ngrams.fit([["a", "b"], ["a", "c"]], order=2, smoothing=0.5)
    found = smooth.distribution(["a"])
    assert sum(found.values()) == pytest.approx(1) and found["b"] == 1.5 / (2 + 0.5 * 4)
    assert model.distribution(["never", "seen"]) == model.distribution(["unseen"])  # backs off to no context
    with pytest.raises(ValueError, match="order"):
        ngrams.fit([], 0)


def test_generated_texts_follow_the_distribution() -> None:
    model = ngrams.fit([["a", "b"]] * 3 + [["a", "c"]], order=3)
    rng = np.random.default_rng(1)
    texts = [" ".join(model.generate(rng)) for _ in range(2000)]
    assert set(texts) == {"a b", "a c"} and texts.count("a b") / 2000 == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 5.0])
def test_corollary_2_every_trigram_model_errs_half_of_the_time_and_a_longer_context_need_not(smoothing: float) -> None:
    trigram = windows.pronouns(3, smoothing)
    assert trigram.error == pytest.approx(0.5)
    assert trigram.reduction.opt.value == pytest.approx(0.5)
    assert trigram.reduction.theorem4.value == pytest.approx(0.5)  # 2 (1 - 1/2) opt: the bound is attained
    assert trigram.theorem3 == pytest.approx(0.5)
    longer = windows.pronouns(9)
    assert longer.error == longer.theorem3 == longer.least_error == 0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    texts=st.lists(st.lists(st.sampled_from([*windows.SHARED, "She", "He", "her", "his", "mind"]), max_size=12)),
    order=st.integers(1, 3),
    smoothing=st.sampled_from([0.0, 0.3]),
)
def test_corollary_2_holds_whatever_a_model_that_sees_two_words_was_trained_on(
    texts: list[list[str]], order: int, smoothing: float
) -> None:
    model = ngrams.fit([*texts, [*windows.SHARED, "her"], [*windows.SHARED, "his"]], order, smoothing)
    right = [model.distribution([subject, *windows.SHARED])[answer] for subject, answer in windows.PRONOUNS]
    assert 1 - sum(right) / 2 >= 0.5 - 1e-12


def test_the_error_of_an_ngram_model_follows_the_share_of_facts_beyond_its_window() -> None:
    found = windows.windows(seed=1, subjects=300)
    beyond = [row.beyond for row in found]
    assert beyond == sorted(beyond, reverse=True) and beyond[0] == 1 and 0 < beyond[-1] < beyond[1]
    for row in found:
        assert row.error == pytest.approx(row.beyond * (1 - 1 / 20), abs=0.06)
        assert row.error >= max(row.theorem3, row.theorem4) - 1e-9
        assert row.theorem3 <= row.least_error <= row.error
        assert row.opt == pytest.approx(row.theorem3 / (2 * (1 - 1 / 20)))


# Means over 20 runs of the published code's sampling, without and with replacement. At gamma = 1 the standard deviation
# of one run is .066.
GRID = {1.0: (0.231, 0.228), 1.25: (0.439, 0.420), 1.5: (0.589, 0.538), 2.0: (0.753, 0.656), 2.25: (0.809, 0.685),
        4.0: (0.958, 0.763)}  # fmt: skip


@pytest.mark.parametrize("gamma", GRID)
def test_monofact_rates_of_the_published_grid_with_and_without_replacement(gamma: float) -> None:
    without, with_ = (miao_kearns.point(gamma, replacement, 200 if gamma == 1 else 40) for replacement in (False, True))
    assert (without.monofact, with_.monofact) == pytest.approx(GRID[gamma], abs=0.02)
    # f1/n is the missing mass with replacement; without, it overstates it by 1/(1 - rho).
    assert with_.monofact == pytest.approx(with_.missing_mass, abs=0.02)
    assert without.monofact * (1 - without.sampled) == pytest.approx(without.missing_mass, abs=0.02)
    if gamma > 1:  # where the pool is so large that rho is 2 %, both ways are the same
        assert without.monofact > without.missing_mass + 0.02


def test_generations_hallucinate_as_often_as_the_published_ones_where_facts_stand_once_as_often() -> None:
    published = np.array(miao_kearns.PUBLISHED_TREND)
    found = [miao_kearns.point(gamma, False, 1, seed=3, generate=1) for gamma in (1.0, 1.5, 4.0)]
    for point in found:
        expected = np.interp(point.monofact, published[:, 0], published[:, 1])
        assert point.hallucination == pytest.approx(expected, abs=0.08)
        assert point.hallucination <= point.any_false
    off = [point.miscalibration for point in found]
    assert off == sorted(off) and off[0] < 0.1 and off[-1] == pytest.approx(0.78, abs=0.12)


def test_facts_have_the_published_shape() -> None:
    known = miao_kearns.facts(np.random.default_rng(1))
    assert len(known) == len({tuple(fact) for fact in known}) == miao_kearns.FACTS
    assert {" ".join(fact).count(",") for fact in known} == {5}


def test_miscalibration_is_0_for_equal_distributions_and_1_for_disjoint_ones() -> None:
    p = np.array([0.5, 0.3, 0.2, 0.0])
    assert miao_kearns.miscalibration(p, 7 * p) == pytest.approx(0)
    assert miao_kearns.miscalibration(p, np.array([0, 0, 0, 1.0])) == pytest.approx(1)
    assert miao_kearns.miscalibration(np.array([0.9, 0.1]), np.array([0.1, 0.9])) == pytest.approx(0.8)
    assert miao_kearns.miscalibration(np.array([0.9, 0.1]), np.ones(2)) == pytest.approx(0)  # one bin, equal mass
