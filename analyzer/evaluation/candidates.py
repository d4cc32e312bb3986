"""Responses with the probability that a model gives them: what the Is-It-Valid reduction is computed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.stats.estimate import Floats, Ints

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Distinct (prompt, response) pairs of one model, and how often each was drawn.

    Arrays of one length, a row a pair: `prompt` codes 0..prompts-1, `logprob` the natural logarithm of p(r | c), summed
    over the ways to write r, `valid`, `wrong` (an invalid response that the second half of D is drawn from: all of E_c,
    or a uniform sample of it), and how often the pair is among the training pairs and the model's generations.
    """

    prompt: Ints
    logprob: Floats
    valid: Bools
    wrong: Bools
    trained: Ints
    generated: Ints
    prompts: int

    def of_prompts(self, keep: Bools) -> Candidates:
        """The rows of the prompts for which `keep` (one a prompt) holds, codes renumbered."""
        rows = keep[self.prompt]
        code = np.cumsum(keep) - 1
        return Candidates(
            code[self.prompt[rows]], self.logprob[rows], self.valid[rows], self.wrong[rows],
            self.trained[rows], self.generated[rows], int(keep.sum()),
        )  # fmt: skip

    def per_prompt(self, weights: npt.ArrayLike) -> Floats:
        """Sum of the rows' weights in each prompt."""
        sums = np.bincount(self.prompt, np.asarray(weights, dtype=np.float64), minlength=self.prompts)
        return sums.astype(np.float64)

    def wrong_weights(self) -> Floats:
        """Weights of D's second half: a prompt as often as in training, then uniform on its wrong responses."""
        each = self.per_prompt(self.trained) / max(int(self.trained.sum()), 1)
        return np.where(self.wrong, (each / np.maximum(self.per_prompt(self.wrong), 1))[self.prompt], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The classifier "valid iff log p > threshold" at every threshold that matters, from all invalid to all valid.

    `trained` (true positives) against `wrong` (false positives) is its receiver operating characteristic;
    |generated - trained| is the miscalibration at the threshold, delta of the theorems where the threshold is 1/K.
    """

    threshold: Floats  # natural log; the last is minus infinity
    trained: Floats  # share of training pairs above
    wrong: Floats  # mean share of a prompt's wrong responses above
    generated: Floats  # share of generations above; NaN without any
    err_iiv: Floats  # error on D
    deviation: Floats  # its standard error, prompts as units; with one prompt, training pairs as units
    auc: float  # P(training pair above a wrong response) + P(equal)/2


def curve(given: Candidates) -> Curve:
    """Shares above each listed probability; equal probabilities stand or fall together."""
    levels, level = np.unique(-given.logprob, return_inverse=True)
    generated = given.generated / max(int(given.generated.sum()), 1)
    weights = (given.trained / max(int(given.trained.sum()), 1), given.wrong_weights(), generated)
    trained, wrong, shown = (
        np.concatenate(([0.0], np.cumsum(np.bincount(level, weight, minlength=len(levels))))) for weight in weights
    )
    return Curve(
        threshold=np.concatenate((-levels, [-np.inf])),
        trained=trained,
        wrong=wrong,
        generated=shown if given.generated.any() else np.full(len(shown), np.nan),
        err_iiv=(1 - trained + wrong) / 2,
        deviation=_deviation(given, level, trained, (1 - trained + wrong) / 2),
        auc=float(np.sum(np.diff(wrong) * (trained[1:] + trained[:-1]) / 2)),
    )


def _deviation(given: Candidates, level: Ints, trained: Floats, error: Floats) -> Floats:
    """Standard error of the error on D at every threshold, in one pass over the responses by falling probability.

    With x_c what prompt c adds to the error and n_c its training pairs, the ratio sum x / sum n has the variance
    C/(C-1) sum (x_c - error n_c)^2 / N^2. A response that passes above changes only its own x_c.
    """
    n = float(given.trained.sum())
    if given.prompts == 1:
        return np.sqrt(trained * (1 - trained) / n) / 2
    weight = given.per_prompt(given.trained)
    change = given.wrong_weights() * n / 2 - given.trained / 2
    order = np.lexsort((level, given.prompt))
    prompt, step = given.prompt[order], change[order]
    before = np.cumsum(step) - step
    first = np.flatnonzero(np.diff(prompt, prepend=-1))
    before -= np.repeat(before[first], np.diff(np.append(first, len(prompt)))) - weight[prompt] / 2
    squares = np.bincount(level[order], 2 * before * step + step**2)
    products = np.bincount(level[order], step * weight[prompt])
    square_sum = np.concatenate(([0.0], np.cumsum(squares))) + float(weight @ weight) / 4
    product_sum = np.concatenate(([0.0], np.cumsum(products))) + float(weight @ weight) / 2
    spread = square_sum - 2 * error * product_sum + error**2 * float(weight @ weight)
    return np.asarray(np.sqrt(np.maximum(spread, 0) * given.prompts / (given.prompts - 1)) / n)
