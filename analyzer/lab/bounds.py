"""Every bound tried on a world: what it says, what the model's error is, and whether it holds.

The bounds of `analyzer.stats.bounds` take what a corpus tool can know (a rate, N, |E|, delta); here the error they
speak of is known exactly. `dropped` gives, for each bound, worlds in which it is false once one of its terms is left
out: a bound that could not fail would not have been tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analyzer.lab import choices, models, worlds
from analyzer.lab.choices import Choices
from analyzer.lab.models import IDK, Model
from analyzer.lab.worlds import Sample, World
from analyzer.stats import bounds
from analyzer.stats.estimate import Floats

BIN = 0.1  # Kalai and Vempala's epsilon: probabilities of a bin agree to a factor of 1 - BIN


@dataclass(frozen=True, slots=True)
class Trial:
    """One bound in one world: `value` is the bound, `error` the model's, `upper` whether it bounds from above."""

    bound: str
    value: float
    error: float
    upper: bool = False

    @property
    def holds(self) -> bool:
        return self.error <= self.value + 1e-12 if self.upper else self.error >= self.value - 1e-12

    @property
    def loose(self) -> float:
        """How far the bound, taken as 0 or 1 where it says nothing, lies from the error."""
        return min(self.value, 1.0) - self.error if self.upper else self.error - max(self.value, 0.0)


def trials(world: World, sample: Sample, model: Model, *, best: bool = False) -> Iterator[Trial]:
    """The bounds that apply to this world; `best`: the model is the memoriser, for which the upper bound is claimed."""
    found = models.terms(world, model)
    yield Trial("theorem1", found.theorem1, found.error)
    if found.valid_most - bool(np.any(world.alpha < 1)) > 1 and np.any(world.right > 1):
        return  # Theorem 2 is about prompts with one right answer
    if np.any(world.prior_share * world.plausible > 1 + 1e-9) or np.any(world.systematic):
        return  # and about answers that are equally likely and do not follow from the prompt
    rate, n = sample.singleton_rate, sample.n
    lower = {"theorem2_literal": bounds.theorem2_lower, "theorem2_refined": bounds.refined_lower}
    for name, bound in lower.items():
        value = bound(rate, n, found.wrong_least, found.delta).value
        if value is not None:
            yield Trial(name, value, found.error)
    vempala = bounds.kalai_vempala_lower(rate, n, float(world.wrong.mean()), miscalibration(world, model)).value
    if vempala is not None:
        yield Trial("kalai_vempala", vempala, found.error)
    if best:
        above = bounds.theorem2_upper(rate, n, found.wrong_most).value
        if above is not None:
            yield Trial("theorem2_upper", above, found.error, upper=True)


def choice_trials(given: Choices, model: Floats) -> Iterator[Trial]:
    """Theorem 3, with the least error on D of any model of the class, and Theorem 4, with that of any threshold of this
    one; `model[view, choice]` as in `choices`."""
    found = choices.error(given, model)
    yield Trial("theorem3", given.factor * choices.opt(given), found)
    yield Trial("theorem4", given.factor * choices.best_threshold(given, model)[1], found)


def miscalibration(world: World, model: Model) -> float:
    """Mis = 1/2 sum over bins |g(B) - p(B)| (Kalai and Vempala 2024): factoids y = (c, r) binned by g(y).

    Bins are ((1 - BIN)^(i+1), (1 - BIN)^i]; g(y) = mu(c) p(r | c) of the model, p that of the training distribution.
    A text without a fact carries the empty factoid: all IDKs together are one y.
    """
    shown, true = world.mu[:, None] * model.mass, world.mu[:, None] * models.training(world)
    each = np.divide(shown, models.sizes(world), out=np.zeros_like(shown), where=models.sizes(world) > 0)
    each[:, IDK] = shown[:, IDK].sum()
    place = np.full(each.shape, -1, dtype=np.int64)
    place[each > 0] = np.floor(np.log(each[each > 0]) / np.log(1 - BIN) + 1e-9).astype(np.int64) + 1
    code = np.unique(place, return_inverse=True)[1].ravel()
    return float(np.abs(np.bincount(code, (shown - true).ravel())).sum() / 2)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A bound without one of its terms, in a world where that makes it false; `upper` as in `Trial`."""

    bound: str
    term: str
    without: float
    error: float
    whole: float
    upper: bool = False

    @property
    def false(self) -> bool:
        return self.error > self.without if self.upper else self.error < self.without

    @property
    def true_with_it(self) -> bool:
        return self.error <= self.whole if self.upper else self.error >= self.whole


def dropped(seed: int = 1) -> list[Dropped]:
    """For each bound and each of its terms that makes it safer, a world in which it is false without the term and true
    with it."""
    rng = np.random.default_rng(seed)
    builds = (_without_delta, _without_answers, _without_slack, _without_upper_slack, _without_factor)
    return [case for build in builds for case in build(rng)]


def _without_delta(rng: np.random.Generator) -> Iterator[Dropped]:
    """A model that says IDK to all it did not see never errs; its miscalibration is the whole missing mass."""
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 400_000), 5_000, rng=rng)
    sample = worlds.draw(world, 400_000, rng)
    model = models.abstainer(world, sample)
    found, rate, n = models.terms(world, model), sample.singleton_rate, sample.n
    yield Dropped("theorem1", "delta", found.theorem1 + found.delta, found.error, found.theorem1)
    for name, bound in (("theorem2_literal", bounds.theorem2_lower), ("theorem2_refined", bounds.refined_lower)):
        yield _pair(name, "delta", bound, (rate, n, found.wrong_least, 0.0), found.delta, found.error)
    off = miscalibration(world, model)
    yield _pair(
        "kalai_vempala", "delta", bounds.kalai_vempala_lower, (rate, n, found.wrong_least, 0.0), off, found.error
    )


def _without_answers(rng: np.random.Generator) -> Iterator[Dropped]:
    """Yes/no questions: a guess is right half of the time, so the missing mass is no error rate."""
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 400_000), 2, rng=rng)
    sample = worlds.draw(world, 200_000, rng)
    found = models.terms(world, models.memoriser(world, sample))
    rate, n = sample.singleton_rate, sample.n
    yield Dropped("theorem1", "max|V|/min|E|", found.theorem1 + found.valid_most / found.wrong_least, found.error,
                  found.theorem1)  # fmt: skip
    for name, bound in (
        ("theorem2_literal", bounds.theorem2_lower),
        ("theorem2_refined", bounds.refined_lower),
        ("kalai_vempala", bounds.kalai_vempala_lower),
    ):
        without = bound(rate, n, 1e18, 0.0).value
        whole = bound(rate, n, found.wrong_least, 0.0).value
        yield Dropped(name, "1/|E|", without or 0.0, found.error, whole if whole is not None else 0.0)


def _without_slack(rng: np.random.Generator) -> Iterator[Dropped]:
    """Ten prompts asked ten times: by chance many of them once, while hardly any is left unseen."""
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 10), 5_000, rng=rng)
    drawn = (worlds.draw(world, 10, rng) for _ in range(2_000))
    sample = max(drawn, key=lambda s: s.singleton_rate - s.missing_mass(world))
    found, rate, n = models.terms(world, models.memoriser(world, sample)), sample.singleton_rate, sample.n
    for name, bound, answers in (
        ("theorem2_literal", bounds.theorem2_lower, 2),
        ("theorem2_refined", bounds.refined_lower, 2),
        ("kalai_vempala", bounds.kalai_vempala_lower, 300),
    ):
        whole = bound(rate, n, found.wrong_least, 0.0).value
        yield Dropped(
            name, "slack", rate - answers / found.wrong_least, found.error, whole if whole is not None else 0.0
        )


def _without_upper_slack(rng: np.random.Generator) -> Iterator[Dropped]:
    """The same prompts: by chance hardly any of them once, while many are left unseen."""
    world = worlds.arbitrary_facts(worlds.prompt_law("uniform", 10), 5_000, rng=rng)
    drawn = (worlds.draw(world, 10, rng) for _ in range(2_000))
    sample = min(drawn, key=lambda s: s.singleton_rate - s.missing_mass(world))
    found, rate = models.terms(world, models.memoriser(world, sample)), sample.singleton_rate
    whole = bounds.theorem2_upper(rate, sample.n, found.wrong_most).value
    if whole is None:
        raise ValueError("arbitrary facts have an upper bound")
    yield Dropped("theorem2_upper", "slack", rate - rate / (found.wrong_most + 1), found.error, whole, upper=True)


def _without_factor(rng: np.random.Generator) -> Iterator[Dropped]:
    """Prompts that all look alike, with every one of four choices right for a quarter of them: nothing can be told (opt
    is one half), yet a guess is right now and then."""
    prompts, answers = 400, 4
    right = rng.permutation(np.arange(prompts) % answers)
    alike = np.zeros(prompts, dtype=np.int64)
    given = Choices(np.full(prompts, 1 / prompts), alike, right, np.full(prompts, answers))
    model = choices.thresholder(given, rng.integers(prompts, size=100))
    for trial in choice_trials(given, model):
        yield Dropped(trial.bound, "1 - 1/C", trial.value / (1 - 1 / given.least), trial.error, trial.value)


def _pair(
    name: str, term: str, bound: Callable[..., bounds.Bound], given: tuple[float, float, float, float], delta: float,
    error: float,
) -> Dropped:  # fmt: skip
    without, whole = bound(*given).value, bound(*given[:3], delta).value
    return Dropped(name, term, without or 0.0, error, whole if whole is not None else 0.0)
