"""Multiple choice: one right answer a prompt, the others wrong, no "I don't know" (KNVZ, Theorems 3 and 4).

A class of models is what its members can see of a prompt: an n-gram model the last words, a bag of words the words.
Prompts that look alike get the same answers, so the least error of telling right from wrong (opt) and the least error
of answering are known exactly, whatever a member was trained on.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.stats.estimate import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Arrays with an entry a prompt: `mu` sums to 1; `seen` is the code, 0 .. views - 1, of what the model sees of it;
    `right` the right one of its choices 0 .. `count` - 1, which are the same for all prompts that look alike."""

    mu: Floats
    seen: Ints
    right: Ints
    count: Ints

    def __post_init__(self) -> None:
        if np.any(self.count < 2) or np.any(self.right >= self.count) or np.any(self.right < 0):
            raise ValueError("each prompt needs two choices or more, and its right one among them")
        if len(np.unique(np.stack([self.seen, self.count]), axis=1).T) != len(np.unique(self.seen)):
            raise ValueError("prompts that look alike must offer the same choices")

    @property
    def least(self) -> int:
        """C = min |E_c| + 1."""
        return int(self.count.min())

    @property
    def factor(self) -> float:
        """2 (1 - 1/C) of Theorems 3 and 4."""
        return 2 * (1 - 1 / self.least)


def seen_as(views: Sequence[Hashable]) -> Ints:
    """Codes of what is seen, equal where the views are equal."""
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(view, len(codes)) for view in views], dtype=np.int64)


def mixture(given: Choices) -> tuple[Floats, Floats]:
    """D of the Is-It-Valid problem by (what is seen, choice): half of it the right answers, half the wrong ones, a
    prompt as often as it is asked and evenly over its wrong answers. Two arrays, (views, choices), that sum to 1/2."""
    shape = (int(given.seen.max()) + 1, int(given.count.max()))
    right, wrong = np.zeros(shape), np.zeros(shape)
    np.add.at(right, (given.seen, given.right), given.mu / 2)
    offered = np.arange(shape[1]) < given.count[:, None]
    offered[np.arange(len(given.mu)), given.right] = False
    np.add.at(wrong, given.seen, offered * (given.mu / (given.count - 1) / 2)[:, None])
    return right, wrong


def opt(given: Choices) -> float:
    """opt(G): the least error on D of a thresholded model of the class, exactly.

    The best classifier says "valid" where the right half of D outweighs the wrong one. Both halves weigh the same in
    every view, so it says so of some choice of each view, and a model that spreads itself evenly over those is a member
    of the class that this classifier is a threshold of.
    """
    right, wrong = mixture(given)
    return float(np.minimum(right, wrong).sum())


def least_error(given: Choices) -> float:
    """The least error of a model of the class: it gives each view the choice that is right most often."""
    right, _ = mixture(given)
    return 1 - float(2 * right.max(axis=1).sum())


def error(given: Choices, model: Floats) -> float:
    """err of a model, `model[view, choice]` its probabilities (rows sum to 1)."""
    return 1 - float(given.mu @ model[given.seen, given.right])


def best_threshold(given: Choices, model: Floats) -> tuple[float, float]:
    """(threshold t, err_iiv) of the classifier "valid iff p(r | c) > t" that errs least on D, over all t."""
    right, wrong = mixture(given)
    levels = np.unique(np.append(model, -1.0))
    place = np.searchsorted(levels, model.ravel())
    below_right = np.cumsum(np.bincount(place, right.ravel(), minlength=len(levels)))
    below_wrong = np.cumsum(np.bincount(place, wrong.ravel(), minlength=len(levels)))
    errors = below_right + below_wrong[-1] - below_wrong
    best = int(np.argmin(errors))
    return float(levels[best]), float(errors[best])


def thresholder(given: Choices, sample: Ints, sharpness: float = 1.0) -> Floats:
    """A learner of the class: how often each choice was right for each view among the sampled prompts (codes), plus
    one, raised to a power and normalised; choices that a view does not offer get nothing."""
    right, wrong = mixture(given)
    counts = (right + wrong > 0).astype(np.float64)
    np.add.at(counts, (given.seen[sample], given.right[sample]), 1.0)
    weight = counts**sharpness
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float64)
