"""Worlds, samples and models: the quantities of the theorems against plain Python and against published runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.lab import models, worlds
from analyzer.lab.models import FAVOURED, IDK, Model
from analyzer.lab.worlds import World


def world_of(seed: int, prompts: int, law: str, plausible: int, alpha: float, right: int, share: float | None) -> World:
    rng = np.random.default_rng(seed)
    answers = rng.integers(right + 1, plausible + right + 1, prompts)
    mu = worlds.prompt_law(law, prompts, 1.0, rng)
    prior = None if share is None else np.maximum(share, 1 / answers)
    return worlds.arbitrary_facts(mu, answers, alpha=alpha, right=right, prior_share=prior, rng=rng)


parameters = st.tuples(
    st.integers(0, 2**31), st.integers(1, 60), st.sampled_from(worlds.LAWS), st.integers(1, 400),
    st.floats(0, 1), st.integers(1, 4), st.none() | st.floats(0.01, 0.9),
)  # fmt: skip


def brute(world: World, model: Model) -> tuple[float, float, float]:
    """err, err_iiv and delta answer by answer."""
    least = min(int(w) for w in world.wrong)
    err = missed = accepted = shown = above_p = 0.0
    for c in range(world.prompts):
        counts = [
            int(world.right[c]),
            1,
            int(not world.favoured_right[c]),
            int(world.wrong[c] - (not world.favoured_right[c])),
        ]
        p = [world.alpha[c], 1 - world.alpha[c], 0.0, 0.0]
        for group, count in enumerate(counts):
            for _ in range(count):
                q, true = model.mass[c, group] / count, p[group] / count
                above = q > 1 / least
                shown += world.mu[c] * q * above
                above_p += world.mu[c] * true * above
                missed += world.mu[c] * true * (not above)
                if group >= FAVOURED:
                    err += world.mu[c] * q
                    accepted += world.mu[c] * above / world.wrong[c]
    return err, (missed + accepted) / 2, abs(shown - above_p)


@settings(max_examples=60, deadline=None)
@given(parameters, st.floats(0.2, 3))
def test_terms_equal_the_definitions_answer_by_answer(drawn: tuple, temperature: float) -> None:
    world = world_of(*drawn)
    sample = worlds.draw(world, 30, np.random.default_rng(drawn[0]))
    for model in (
        models.memoriser(world, sample),
        models.guesser(world, sample, temperature),
        models.abstainer(world, sample),
    ):
        assert model.mass.sum(axis=1) == pytest.approx(np.ones(world.prompts))
        assert np.all(model.mass[models.sizes(world) == 0] == 0)
        found = models.terms(world, model)
        assert (found.error, found.err_iiv, found.delta) == pytest.approx(brute(world, model), abs=1e-9)


def test_the_published_run_comes_out() -> None:
    """50,000 prompts, Zipf 1, alpha .7, 365 answers, N = 10,000: MM .2353, error .2346, and sr is MM on average."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(20):
        world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 50_000), 365, alpha=0.7, rng=rng)
        sample = worlds.draw(world, 10_000, rng)
        model = models.terms(world, models.memoriser(world, sample))
        found.append((sample.singleton_rate, sample.missing_mass(world), model.error))
        assert model.delta < 1e-12
    rate, mass, error = np.mean(found, axis=0)
    assert (mass, error) == pytest.approx((0.2353, 0.2346), abs=0.002)
    assert rate == pytest.approx(mass, abs=0.003)


def test_the_abstainer_never_errs_and_pays_with_the_missing_mass() -> None:
    rng = np.random.default_rng(2)
    world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 5_000), 100, rng=rng)
    sample = worlds.draw(world, 2_000, rng)
    found = models.terms(world, models.abstainer(world, sample))
    assert found.error == 0 and found.delta == pytest.approx(sample.missing_mass(world))


def test_systematic_prompts_are_known_without_having_been_seen() -> None:
    rng = np.random.default_rng(3)
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 100), 10, systematic=np.arange(100) < 50, rng=rng)
    nothing = worlds.Sample(np.zeros(100, np.int64), np.zeros(100, np.int64))
    mass = models.memoriser(world, nothing).mass
    assert mass[:50, FAVOURED:].sum() == 0 and mass[50:, FAVOURED:].sum() > 0 and mass[:, IDK].sum() == 0


def test_favoured_answers_are_right_as_often_as_the_prior_says() -> None:
    rng = np.random.default_rng(4)
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 20_000), 10, prior_share=0.4, rng=rng)
    assert world.favoured_right.mean() == pytest.approx(0.4, abs=0.015)
    unseen = worlds.Sample(np.zeros(20_000, np.int64), np.zeros(20_000, np.int64))
    model = models.memoriser(world, unseen)
    # The error of a calibrated guess is 1 - sum of squared prior chances.
    assert models.terms(world, model).error == pytest.approx(1 - (0.4**2 + 9 * (0.6 / 9) ** 2), abs=0.01)


@pytest.mark.parametrize(
    "broken", [{"mu": np.array([0.5, 0.6])}, {"alpha": np.array([2.0, 0])}, {"plausible": np.array([1, 2])}]
)
def test_a_world_that_cannot_be_is_refused(broken: dict) -> None:
    fine = {
        "mu": np.array([0.5, 0.5]), "alpha": np.ones(2), "right": np.ones(2, int), "plausible": np.array([2, 3]),
        "prior_share": np.array([0.5, 0.3]), "favoured_right": np.zeros(2, bool), "systematic": np.zeros(2, bool),
    }  # fmt: skip
    World(**fine)
    with pytest.raises(ValueError, match=r"must|needs"):
        World(**(fine | broken))
