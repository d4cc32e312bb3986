"""Intervals for shares and scores of items, and for their paired differences.

The item is the independent observation; its epochs are averaged. Shares get Wilson's interval on the effective number
of items p(1-p)/V. A score is a difference of two shares, accuracy - penalty x error, and the difference of two models
one of two scores: both get the limits recovered from those of their parts (MOVER: Zou and Donner 2008, Statistics in
Medicine 27:1693; for paired shares it is Newcombe's method 10, 1998, ibid. 17:2635). Unlike a t interval it is not of
width zero where no answer is wrong, and it leans the way a penalty of 9 skews the score.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analyzer.evaluation.grades import Shares
from analyzer.stats.estimate import Floats
from analyzer.stats.intervals import wilson

UNIT = "item"
WILSON = "Wilson on the effective number of items"
MOVER = "limits recovered from Wilson's for accuracy and error (MOVER)"
PAIRED = "paired items, limits recovered from both scores' (MOVER)"

_FAR = 40.0  # normal quantile beyond which a p-value is 0 in floating point
_CELLS, _ROUNDS = 64, 5  # a p-value's quantile is found by dividing its range in cells, this often: to 4e-8


class Limits(NamedTuple):
    """A value between its limits."""

    value: float
    low: float
    high: float


class Ends(NamedTuple):
    """A value and its limits at several quantiles, (quantiles,) each."""

    value: float
    low: Floats
    high: Floats

    def at(self) -> Limits:
        """The limits at the only quantile."""
        return Limits(self.value, float(self.low[0]), float(self.high[0]))


class Part(NamedTuple):
    """A share, its variance, and the items it rests on."""

    value: float
    variance: float
    items: int


class Score(NamedTuple):
    """What the score at any penalty is made of: accuracy, error, and the correlation of the two."""

    right: Part
    wrong: Part
    together: float


def mean(x: Floats) -> Part:
    """The mean of (items,) shares in [0, 1], of at least one item."""
    n = len(x)
    return Part(float(np.mean(x)), float(np.var(x, ddof=1)) / n if n > 1 else 0.0, n)


def ratio(x: Floats, of: Floats) -> Part:
    """sum x / sum of, items with of > 0 as observations, with linearised variance. sum of must not be 0."""
    used = of > 0
    n, total = int(used.sum()), float(of.sum())
    value = float(x.sum()) / total
    residual = x[used] - value * of[used]
    return Part(value, n / (n - 1) * float(np.sum(residual**2)) / total**2 if n > 1 else 0.0, n)


def share(part: Part, quantile: float) -> Limits:
    """Wilson's limits."""
    return _share(part, np.array([quantile])).at()


def parts(shares: Shares) -> Score:
    """Of at least one item."""
    return Score(mean(shares.correct), mean(shares.wrong), correlation(shares.correct, shares.wrong))


def score(found: Score, penalty: float, quantile: float) -> Limits:
    """Mean of 1 / 0 / -penalty, with MOVER's limits."""
    return _score(found, penalty, np.array([quantile])).at()


def paired(a: Score, b: Score, together: float, penalty: float, quantile: float) -> Limits:
    """Score of a less score of b on the same items, whose points correlate by `together`."""
    return _paired(a, b, together, penalty, np.array([quantile])).at()


def p_value(a: Score, b: Score, together: float, penalty: float) -> float:
    """Two-sided p of "the same score": 1 - the confidence at which the paired interval reaches 0.

    So the test and the interval never disagree.
    """
    low, high = 0.0, _FAR
    for _ in range(_ROUNDS):
        quantiles = np.linspace(low, high, _CELLS + 1)[1:]
        found = _paired(a, b, together, penalty, quantiles)
        reached = (found.low <= 0) & (found.high >= 0)
        cell = int(np.argmax(reached)) if reached.any() else _CELLS - 1
        low, high = low + cell * (high - low) / _CELLS, float(quantiles[cell])
    return math.erfc(low / math.sqrt(2))


def correlation(x: Floats, y: Floats) -> float:
    """Correlation of two means over the same items: that of the items; 0 where one of them does not vary."""
    dx, dy = x - x.mean(), y - y.mean()
    spread = math.sqrt(float(dx @ dx) * float(dy @ dy))
    return float(np.clip(float(dx @ dy) / spread, -1.0, 1.0)) if spread > 0 else 0.0


def _share(part: Part, quantiles: Floats) -> Ends:
    value = min(max(part.value, 0.0), 1.0)
    # where all items agree, `wilson` halves the number at its upper end; for answers both ends are alike
    effective = np.asarray(2.0 * part.items if value >= 0.5 else float(part.items))
    return Ends(value, *wilson(np.asarray(value), np.asarray(part.variance), effective, quantiles))


def _score(found: Score, penalty: float, quantiles: Floats) -> Ends:
    wrong = _share(found.wrong, quantiles)
    cost = Ends(penalty * wrong.value, penalty * wrong.low, penalty * wrong.high)
    return _difference(_share(found.right, quantiles), cost, found.together)


def _paired(a: Score, b: Score, together: float, penalty: float, quantiles: Floats) -> Ends:
    return _difference(_score(a, penalty, quantiles), _score(b, penalty, quantiles), together)


def _difference(a: Ends, b: Ends, together: float) -> Ends:
    """a - b for estimates whose correlation is `together`: MOVER."""
    value = a.value - b.value
    down = _distance(a.value - a.low, b.high - b.value, together)
    up = _distance(a.high - a.value, b.value - b.low, together)
    return Ends(value, value - down, value + up)


def _distance(x: Floats, y: Floats, together: float) -> Floats:
    return np.sqrt(np.maximum(x * x + y * y - 2 * together * x * y, 0.0))
