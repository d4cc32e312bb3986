"""Which policy a grader rewards: Observation 1 and behavioural calibration (Kalai et al. 2025, section 4).

A question comes with a belief P that the best answer is right; beliefs are calibrated. A policy answers where P exceeds
its threshold. Under binary grading no threshold above 0 ever pays; under a confidence target t, where a wrong answer
costs t/(1 - t), answering iff P > t is best, and one policy that is told t is best at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.stats.estimate import Floats, Ints

TARGETS = (0.0, 0.5, 0.75, 0.9)
THRESHOLDS = tuple(np.round(np.arange(0, 1.0, 0.05), 2).tolist())


@dataclass(frozen=True, slots=True)
class Scored:
    """Expected points an item of the policy "answer iff P > threshold" under confidence target t."""

    target: float
    threshold: float
    score: float
    answered: float  # share of the items
    accuracy: float  # share of the items answered right
    error: float  # share answered wrong


def best_responses(graders: npt.NDArray[np.bool_], belief: Floats) -> Ints:
    """The responses with the greatest expected score under a belief over binary graders (Observation 1).

    `graders[g, r]`: whether grader g pays for response r, `belief[g]` how likely he is; a last response, that no grader
    pays for, is "I don't know". Equals to 1e-12 count as equal.
    """
    expected = np.append(belief @ graders, 0.0)
    return np.flatnonzero(expected >= expected.max() - 1e-12)


def beliefs(seed: int, items: int = 20_000) -> Floats:
    """P(best answer right) of items: known, half known and guesses."""
    rng = np.random.default_rng(seed)
    kinds = (rng.beta(12, 1, items), rng.beta(3, 3, items), rng.beta(1, 8, items))
    return np.choose(rng.choice(3, items, p=[0.5, 0.25, 0.25]), kinds)


def scores(belief: Floats, targets: tuple[float, ...] = TARGETS) -> list[Scored]:
    """Every threshold under every target, in expectation over the beliefs."""
    found = []
    for target in targets:
        for threshold in THRESHOLDS:
            answered = belief > threshold
            right = float(np.mean(np.where(answered, belief, 0.0)))
            wrong = float(np.mean(np.where(answered, 1 - belief, 0.0)))
            points = right - wrong * target / (1 - target)
            found.append(Scored(target, threshold, points, float(answered.mean()), right, wrong))
    return found


def best(rows: list[Scored], target: float) -> Scored:
    """The threshold that scores best under a target; the lowest of equals."""
    return max((row for row in rows if row.target == target), key=lambda row: (row.score, -row.threshold))
