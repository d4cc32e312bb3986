"""Multiple choice: Theorems 3 and 4 in random worlds, and the exact opt of a class of models."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.lab import bounds, choices
from analyzer.lab.choices import Choices


def world(rng: np.random.Generator, prompts: int, views: int, answers: int, spread: float) -> Choices:
    offered = 2 + rng.integers(answers - 1, size=views)
    seen = choices.seen_as(rng.integers(views, size=prompts).tolist())
    count = offered[seen]
    return Choices(rng.dirichlet(np.full(prompts, spread)), seen, rng.integers(count), count)


@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    prompts=st.integers(1, 300),
    views=st.integers(1, 100),
    answers=st.integers(2, 20),
    spread=st.floats(0.1, 10),
    sharpness=st.floats(0, 20),
    trained=st.integers(0, 500),
)
def test_theorems_3_and_4_hold_in_a_thousand_random_worlds(
    seed: int, prompts: int, views: int, answers: int, spread: float, sharpness: float, trained: int
) -> None:
    rng = np.random.default_rng(seed)
    found = world(rng, prompts, views, answers, spread)
    learnt = choices.thresholder(found, rng.integers(prompts, size=trained), sharpness)
    noise = np.where(learnt > 0, rng.dirichlet(np.full(learnt.shape[1], 0.5), len(learnt)) + 1e-12, 0)
    for model in (learnt, noise / noise.sum(axis=1, keepdims=True)):
        assert model.sum(axis=1) == pytest.approx(np.ones(len(model)))
        trials = list(bounds.choice_trials(found, model))
        assert {trial.bound for trial in trials} == {"theorem3", "theorem4"}
        for trial in trials:
            assert trial.holds, (trial, found)
        assert choices.opt(found) <= choices.best_threshold(found, model)[1] + 1e-12
        assert choices.least_error(found) <= choices.error(found, model) + 1e-12


def test_opt_is_the_least_error_of_all_classifiers_that_see_no_more() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        found = world(rng, prompts=12, views=3, answers=3, spread=1.0)
        right, wrong = choices.mixture(found)
        assert (right.sum(), wrong.sum()) == pytest.approx((0.5, 0.5))
        cells = right.size
        everything = min(
            float(np.where(np.reshape(valid, right.shape), wrong, right).sum())
            for valid in product([False, True], repeat=cells)
        )
        assert choices.opt(found) == pytest.approx(everything)


def test_a_model_attains_opt_by_spreading_over_what_the_best_classifier_calls_valid() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        found = world(rng, prompts=40, views=6, answers=5, spread=1.0)
        right, wrong = choices.mixture(found)
        valid = (right >= wrong) & (right + wrong > 0)
        assert valid.any(axis=1).all()
        model = valid / valid.sum(axis=1, keepdims=True)
        assert choices.best_threshold(found, model)[1] == pytest.approx(choices.opt(found))


def test_the_best_threshold_is_the_best_of_all() -> None:
    rng = np.random.default_rng(3)
    found = world(rng, prompts=30, views=10, answers=6, spread=1.0)
    model = choices.thresholder(found, rng.integers(30, size=60), 0.7)
    right, wrong = choices.mixture(found)
    tried = [float(np.where(model > t, wrong, right).sum()) for t in np.linspace(-0.01, 1, 5_000)]
    threshold, error = choices.best_threshold(found, model)
    assert error == pytest.approx(min(tried))
    assert float(np.where(model > threshold, wrong, right).sum()) == pytest.approx(error)


@pytest.mark.parametrize(
    ("seen", "right", "count"), [([0, 0], [0, 2], [2, 2]), ([0, 0], [0, 1], [2, 3]), ([0, 1], [0, 0], [1, 2])]
)
def test_choices_that_cannot_be_are_refused(seen: list[int], right: list[int], count: list[int]) -> None:
    with pytest.raises(ValueError, match=r"choices|right"):
        Choices(np.array([0.5, 0.5]), np.array(seen), np.array(right), np.array(count))
