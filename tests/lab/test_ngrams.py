"""n-gram models, what lies beyond their window, and the published n-gram experiment."""

from __future__ import annotations

import numpy as np
import pytest

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
    assert windows.pronouns(9).error == 0


def test_the_error_of_an_ngram_model_follows_the_share_of_facts_beyond_its_window() -> None:
    found = windows.windows(seed=1, subjects=300)
    beyond = [row.beyond for row in found]
    assert beyond == sorted(beyond, reverse=True) and beyond[0] == 1 and 0 < beyond[-1] < beyond[1]
    for row in found:
        assert row.error == pytest.approx(row.beyond * (1 - 1 / 20), abs=0.06)
        assert row.error >= row.theorem4 - 1e-9


@pytest.mark.parametrize(("gamma", "published"), [(1.25, (0.439, 0.420)), (2.0, (0.753, 0.656)), (4.0, (0.958, 0.763))])
def test_monofact_rates_of_the_published_grid_with_and_without_replacement(
    gamma: float, published: tuple[float, float]
) -> None:
    """Means over 20 runs of the published code's sampling, and of what its comment says."""
    without, with_ = (miao_kearns.point(gamma, replacement, 30) for replacement in (False, True))
    assert (without.monofact, with_.monofact) == pytest.approx(published, abs=0.02)
    # f1/n is the missing mass with replacement; without, it overstates it by 1/(1 - rho).
    assert with_.monofact == pytest.approx(with_.missing_mass, abs=0.02)
    assert without.monofact * (1 - without.sampled) == pytest.approx(without.missing_mass, abs=0.02)
    assert without.monofact > without.missing_mass + 0.02


def test_generations_hallucinate_more_where_facts_stand_once() -> None:
    low, high = (miao_kearns.point(gamma, False, 1, generate=1) for gamma in (1.0, 4.0))
    assert low.hallucination < high.hallucination <= high.any_false
