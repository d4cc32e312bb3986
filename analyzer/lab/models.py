"""Models of a world, exactly: what each says to every prompt, and every term of the theorems without sampling.

The answers of a prompt fall in a few groups of equal probability, so a world of a million prompts with 365 answers each
is four columns: the right answers, IDK, the favoured wrong answer, the other wrong answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.lab.worlds import Sample, World
from analyzer.stats.estimate import Floats

RIGHT, IDK, FAVOURED, OTHERS = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`mass[c, g]`: probability that the answer to prompt c is in group g; rows sum to 1."""

    mass: Floats


@dataclass(frozen=True, slots=True)
class Terms:
    """What the theorems speak of, exact for a model of a world."""

    error: float  # err = p(E)
    err_iiv: float  # at the threshold 1/min|E|
    delta: float
    valid_most: int  # max |V|, IDK included where it is ever said
    wrong_least: int  # min |E|
    wrong_most: int

    @property
    def theorem1(self) -> float:
        """2 err_iiv - max|V|/min|E| - delta: a lower bound on `error` (KNVZ, Theorem 1)."""
        return 2 * self.err_iiv - self.valid_most / self.wrong_least - self.delta


def sizes(world: World) -> Floats:
    """Answers in each group, (prompts, 4)."""
    one = (~world.favoured_right).astype(np.float64)  # the favoured answer, when it is wrong, is a group of its own
    return np.stack([world.right, np.ones(world.prompts), one, world.wrong - one], axis=1).astype(np.float64)


def training(world: World) -> Floats:
    """p(r | c) by group: right answers with probability alpha in all, else IDK."""
    nothing = np.zeros(world.prompts)
    return np.stack([world.alpha, 1 - world.alpha, nothing, nothing], axis=1)


def guess(world: World) -> Floats:
    """The prior by group, for a prompt of which nothing is known: (prompts, 4), rows sum to 1, nothing on IDK."""
    each = (1 - world.prior_share) / (world.plausible - 1)
    favoured = np.where(world.favoured_right, 0.0, world.prior_share)
    right = np.where(world.favoured_right, world.prior_share + (world.right - 1) * each, world.right * each)
    others = sizes(world)[:, OTHERS] * each
    return np.stack([right, np.zeros(world.prompts), favoured, others], axis=1)


def memoriser(world: World, sample: Sample) -> Model:
    """The calibrated learner of KNVZ's proof: repeats what it saw; else IDK as often as prompts go unanswered, or a
    guess from the prior. Prompts whose answer follows are known without having been seen."""
    known = (sample.answered > 0) | world.systematic
    unseen = world.alpha[:, None] * guess(world)
    unseen[:, IDK] = 1 - world.alpha
    return Model(np.where(known[:, None], training(world), unseen))


def guesser(world: World, sample: Sample, temperature: float = 1.0) -> Model:
    """Memorises, and never says IDK: guesses what it did not see from the prior sharpened to prior^(1/temperature)."""
    known = (sample.answered > 0) | world.systematic
    count = sizes(world)
    prior = guess(world)
    each = np.divide(prior, count, out=np.zeros_like(prior), where=count > 0)
    # Several right answers need not be alike under the prior; a group is sharpened as if they were.
    weight = np.where(each > 0, count * np.maximum(each, 1e-300) ** (1 / temperature), 0.0)
    return Model(np.where(known[:, None], training(world), weight / weight.sum(axis=1, keepdims=True)))


def abstainer(world: World, sample: Sample) -> Model:
    """Regurgitates what it saw, else always IDK: errs never and is miscalibrated by the whole missing mass."""
    known = (sample.answered > 0) | world.systematic
    silent = np.zeros((world.prompts, 4))
    silent[:, IDK] = 1.0
    return Model(np.where(known[:, None], training(world), silent))


def terms(world: World, model: Model) -> Terms:
    """Error, err_iiv and delta of a model, by their definitions (KNVZ, section 3)."""
    count, wrong = sizes(world), world.wrong
    says_idk = bool(np.any(world.alpha < 1)) or bool(np.any(model.mass[:, IDK] > 0))
    least = int(wrong.min())
    above = _each(model.mass, count) > 1 / least
    p = training(world)
    trained = float(world.mu @ np.sum(p * above, axis=1))
    shown = float(world.mu @ np.sum(model.mass * above, axis=1))
    accepted = float(world.mu @ (np.sum((count * above)[:, FAVOURED:], axis=1) / wrong))
    return Terms(
        error=float(world.mu @ model.mass[:, FAVOURED:].sum(axis=1)),
        err_iiv=(1 - trained + accepted) / 2,
        delta=abs(shown - trained),
        valid_most=int(world.right.max()) + says_idk,
        wrong_least=least,
        wrong_most=int(wrong.max()),
    )


def _each(mass: npt.NDArray[np.float64], count: Floats) -> Floats:
    """Probability of one answer of a group; 0 in an empty group."""
    return np.divide(mass, count, out=np.zeros_like(mass), where=count > 0)
