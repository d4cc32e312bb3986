"""No bound is violated in a thousand random worlds, and each is false once one of its terms is left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.lab import bounds, models, worlds
from analyzer.lab.models import Model

seen: set[str] = set()
spoke: set[str] = set()


@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    prompts=st.integers(1, 3_000),
    law=st.sampled_from(worlds.LAWS),
    exponent=st.floats(0.3, 3),
    plausible=st.integers(1, 2_000),
    alpha=st.sampled_from([1.0, 1.0, 0.7, 0.2]),
    right=st.sampled_from([1, 1, 1, 3]),
    share=st.none() | st.floats(0.01, 0.9),
    n=st.integers(1, 20_000),
    temperature=st.floats(0.2, 4),
)
def test_no_bound_is_violated_in_a_thousand_random_worlds(
    seed: int, prompts: int, law: str, exponent: float, plausible: int, alpha: float, right: int, share: float | None,
    n: int, temperature: float,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    answers = right + rng.integers(1, plausible + 1, prompts)
    prior = None if share is None else np.maximum(share, 1 / answers)
    mu = worlds.prompt_law(law, prompts, exponent, rng)
    world = worlds.arbitrary_facts(mu, answers, alpha=alpha, right=right, prior_share=prior, rng=rng)
    sample = worlds.draw(world, n, rng)
    empty = models.sizes(world) == 0
    noise = np.where(empty, 0, rng.dirichlet([0.5] * 4, prompts) + 1e-12)
    for model, best in (
        (models.memoriser(world, sample), True),
        (models.guesser(world, sample, temperature), False),
        (models.abstainer(world, sample), False),
        (Model(noise / noise.sum(axis=1, keepdims=True)), False),
    ):
        for trial in bounds.trials(world, sample, model, best=best):
            seen.add(trial.bound)
            assert trial.holds, (trial, model.mass[:3])


def test_all_five_bounds_were_among_them() -> None:
    assert seen == {"theorem1", "theorem2_literal", "theorem2_refined", "kalai_vempala", "theorem2_upper"}


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    prompts=st.integers(60_000, 200_000),
    law=st.sampled_from(["uniform", "pareto"]),
    plausible=st.integers(1_000, 50_000),
    n=st.integers(40_000, 120_000),
    temperature=st.floats(0.2, 4),
)
def test_no_bound_is_violated_in_worlds_so_large_that_all_of_them_speak(
    seed: int, prompts: int, law: str, plausible: int, n: int, temperature: float
) -> None:
    rng = np.random.default_rng(seed)
    mu = worlds.prompt_law(law, prompts, 1.5, rng)
    world = worlds.arbitrary_facts(mu, plausible + rng.integers(plausible, size=prompts), rng=rng)
    sample = worlds.draw(world, n, rng)
    for model, best in (
        (models.memoriser(world, sample), True),
        (models.guesser(world, sample, temperature), False),
    ):
        for trial in bounds.trials(world, sample, model, best=best):
            assert trial.holds, trial
            if 0 < trial.value < 1:
                spoke.add(trial.bound)


def test_all_five_spoke() -> None:
    assert spoke == seen


def test_each_bound_is_false_without_any_of_its_terms_and_true_with_it() -> None:
    found = bounds.dropped()
    assert {(case.bound, case.term) for case in found} == {
        ("theorem1", "delta"), ("theorem1", "max|V|/min|E|"), ("theorem2_upper", "slack"),
        ("theorem3", "1 - 1/C"), ("theorem4", "1 - 1/C"),
        *((name, term) for name in ("theorem2_literal", "theorem2_refined", "kalai_vempala")
          for term in ("delta", "1/|E|", "slack")),
    }  # fmt: skip
    for case in found:
        assert case.false and case.true_with_it, case


def test_a_world_without_prompts_is_one_prompt_and_theorem_1_is_then_corollary_1() -> None:
    rng = np.random.default_rng(6)
    world = worlds.arbitrary_facts(np.ones(1), 1_000, right=5, rng=rng)
    mass = np.array([[0.4, 0.0, 0.0, 0.6]])  # right strings, no IDK, no favoured one, wrong strings
    found = models.terms(world, Model(mass))
    assert (found.error, found.wrong_least, found.valid_most) == (0.6, 995, 5)
    # Each right string has .08, more than 1/995; the wrong ones share .6, less than 1/995 each: all is told apart.
    assert (found.err_iiv, found.delta) == (0, pytest.approx(0.6))
    assert found.theorem1 == pytest.approx(-5 / 995 - 0.6)


def test_the_memoriser_attains_the_missing_mass_and_the_upper_bound_is_above_it() -> None:
    rng = np.random.default_rng(4)
    world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 300_000), 365, rng=rng)
    sample = worlds.draw(world, 300_000, rng)
    trials = {t.bound: t for t in bounds.trials(world, sample, models.memoriser(world, sample), best=True)}
    mass = sample.missing_mass(world)
    assert trials["theorem2_upper"].error == pytest.approx(mass * (1 - 1 / 365), abs=1e-3)
    assert trials["theorem2_refined"].value > trials["theorem2_literal"].value
    assert 0 <= trials["theorem2_upper"].loose < 0.03 and trials["theorem2_refined"].loose < 0.1


def test_miscalibration_is_0_for_the_memoriser_and_the_missing_mass_for_the_abstainer() -> None:
    rng = np.random.default_rng(5)
    world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 2_000), 50, rng=rng)
    sample = worlds.draw(world, 1_000, rng)
    assert bounds.miscalibration(world, models.memoriser(world, sample)) == pytest.approx(0, abs=1e-12)
    off = bounds.miscalibration(world, models.abstainer(world, sample))
    assert off == pytest.approx(sample.missing_mass(world))
