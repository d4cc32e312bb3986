"""Worlds whose truth is known: prompts, how often they are asked, their right and wrong answers, and samples of them.

The arbitrary facts of Kalai, Nachum, Vempala and Zhang 2025 (arXiv 2509.04664, "KNVZ", Definition 1): a prompt c is
asked with probability mu(c); with probability alpha_c its answer is stated, else "I don't know" (IDK); the right
answers were drawn at random from the answers that look plausible. One right answer a prompt is the paper's case,
several are Theorem 1's. A systematic prompt's answer follows from it and can be learnt without having been seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.stats.estimate import Floats, Ints

LAWS = ("uniform", "zipf", "pareto", "geometric")


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Arrays with an entry a prompt.

    `mu` sums to 1. `alpha` in [0, 1]. `right`: how many answers are right, all equally often stated. `plausible`: how
    many answers are plausible, the right ones included, IDK not; right < plausible. `prior_share` is the prior chance
    of the likeliest answer, 1/plausible where answers are arbitrary; the others share the rest. `favoured_right` says
    whether that likeliest answer is a right one. `systematic`: the answer follows from the prompt.
    """

    mu: Floats
    alpha: Floats
    right: Ints
    plausible: Ints
    prior_share: Floats
    favoured_right: npt.NDArray[np.bool_]
    systematic: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not np.isclose(self.mu.sum(), 1.0) or np.any(self.mu < 0):
            raise ValueError("mu must be a distribution over prompts")
        if np.any((self.alpha < 0) | (self.alpha > 1)):
            raise ValueError("alpha must lie between 0 and 1")
        if np.any((self.right < 1) | (self.plausible <= self.right)):
            raise ValueError("each prompt needs a right answer and a wrong one")

    @property
    def prompts(self) -> int:
        return len(self.mu)

    @property
    def wrong(self) -> Ints:
        """|E_c|: plausible wrong answers of each prompt."""
        return self.plausible - self.right


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """N draws from a world: per prompt, how often it was asked and how often answered (the rest were IDK)."""

    asked: Ints
    answered: Ints

    @property
    def n(self) -> int:
        return int(self.asked.sum())

    @property
    def singleton_rate(self) -> float:
        """|S|/N: prompts answered exactly once over all draws, IDK included (KNVZ, Definition 2)."""
        return int(np.sum(self.answered == 1)) / self.n

    def missing_mass(self, world: World) -> float:
        """P(a draw is answered and its prompt was not answered in the sample): MM of KNVZ's Lemma 1."""
        return float(np.sum((world.mu * world.alpha)[self.answered == 0]))


def prompt_law(law: str, prompts: int, exponent: float = 1.0, rng: np.random.Generator | None = None) -> Floats:
    """Probabilities of prompts: uniform; zipf r^-s; pareto (drawn, needs `rng`): weights floor(Pareto(s)); geometric
    with ratio exp(-s/prompts * 10)."""
    if law not in LAWS:
        raise ValueError(f"law {law!r} is not one of {', '.join(LAWS)}")
    rank = np.arange(1, prompts + 1, dtype=np.float64)
    if law == "uniform":
        weight = np.ones(prompts)
    elif law == "zipf":
        weight = rank**-exponent
    elif law == "geometric":
        weight = np.exp(-10 * exponent * rank / prompts)
    else:
        if rng is None:
            raise ValueError("the Pareto law is drawn: give a random generator")
        weight = np.floor(1 + rng.pareto(exponent, prompts))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def arbitrary_facts(
    mu: Floats,
    plausible: npt.ArrayLike,
    *,
    alpha: npt.ArrayLike = 1.0,
    right: npt.ArrayLike = 1,
    prior_share: npt.ArrayLike | None = None,
    systematic: npt.ArrayLike = False,
    rng: np.random.Generator,
) -> World:
    """A world with the given numbers, one a prompt or one for all; which answers are right is drawn from the prior."""
    size = len(mu)
    answers = np.broadcast_to(np.asarray(plausible, dtype=np.int64), (size,)).copy()
    rights = np.broadcast_to(np.asarray(right, dtype=np.int64), (size,)).copy()
    share = 1 / answers
    if prior_share is not None:
        share = np.broadcast_to(np.asarray(prior_share, dtype=np.float64), (size,)).copy()
    # One right answer is the likeliest one with its prior chance; several are drawn without looking at the prior.
    chance = np.where(rights == 1, share, rights / answers)
    return World(
        mu=np.asarray(mu, dtype=np.float64),
        alpha=np.broadcast_to(np.asarray(alpha, dtype=np.float64), (size,)).copy(),
        right=rights,
        plausible=answers,
        prior_share=share,
        favoured_right=rng.random(size) < chance,
        systematic=np.broadcast_to(np.asarray(systematic, dtype=np.bool_), (size,)).copy(),
    )


def draw(world: World, n: int, rng: np.random.Generator) -> Sample:
    """N independent training samples."""
    asked = rng.multinomial(n, world.mu)
    return Sample(asked.astype(np.int64), rng.binomial(asked, world.alpha).astype(np.int64))
