"""Credit for "I don't know": what a grader pays for answering and abstaining, on the items that models were asked.

How many points a model gained by guessing cannot be read off binary grades. It is what a calibrated policy, which
withholds answers with P(correct) <= t, would have lost in accuracy; by what that is measured depends on the log:

targets          accuracy without a target less accuracy when told one of t or more
confidence       right answers whose cross-fitted calibrated confidence is at most t
options          wrong answers / (options - 1): lucky guesses if wrong answers are blind ones ("rights minus wrongs")
not_identified   between 0 and error x t / (1 - t), which bounds it for any calibrated beliefs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from analyzer.evaluation.benchmarks import Benchmarks, Grader
from analyzer.evaluation.calibration import Believed, believed
from analyzer.evaluation.comparison import shared
from analyzer.evaluation.confidence_targets import Row, ScoreOptions
from analyzer.evaluation.grades import Answers, Group, Shares
from analyzer.stats.estimate import Floats


def credit_rows(groups: Mapping[Group, Answers], table: Benchmarks, options: ScoreOptions) -> Iterator[Row]:
    """Rows of `credit`: every group with a scorable item under its benchmark's grader."""
    shares = {group: answers.shares() for group, answers in groups.items()}
    for group, answers in groups.items():
        if shares[group].items:
            yield _row(group, answers, shares, table.grader(group.benchmark), options)


def _row(group: Group, answers: Answers, shares: Mapping[Group, Shares], grader: Grader, options: ScoreOptions) -> Row:
    mine = shares[group]
    right, wrong, idle = (float(x.mean()) for x in (mine.correct, mine.wrong, mine.abstained))
    answered = grader.correct * right + grader.wrong * wrong
    luck = _luck(group, mine, shares, grader)
    guess = None if luck is None else answered + idle * (grader.correct * luck + grader.wrong * (1 - luck))
    rows = believed(answers)
    return {
        "benchmark": group.benchmark,
        "model": group.model,
        "target": group.told,
        "grading": grader.grading,
        "credit_correct": grader.correct,
        "credit_wrong": grader.wrong,
        "credit_abstain": grader.abstain,
        "belief": grader.belief,
        "items": mine.items,
        "actual": answered + grader.abstain * idle,
        "always_abstain": grader.abstain,
        "always_guess_low": answered + grader.wrong * idle,
        "always_guess_high": answered + grader.correct * idle,
        "always_guess": guess,
        "oracle": grader.correct * right + max(grader.abstain, grader.wrong) * wrong + grader.abstain * idle,
        # where abstaining never pays the ideal policy always answers; elsewhere it needs a confidence an answer
        "calibrated": guess if grader.belief is None else _calibrated(rows, grader, options),
        **_guessing(group, mine, shares, rows, grader, options),
    }


def _luck(group: Group, mine: Shares, shares: Mapping[Group, Shares], grader: Grader) -> float | None:
    """How often answers to the items that this model abstained on would be right: other models' accuracy on them, else
    chance, else unknown."""
    if not mine.abstained.any():
        return 0.0
    weight = hits = 0.0
    for other, theirs in shares.items():
        if (other.benchmark, other.target) != (group.benchmark, group.target) or other.model == group.model:
            continue
        a, b = shared([mine, theirs])
        weight += float((a.abstained * b.attempted).sum())
        hits += float((a.abstained * b.correct).sum())
    if weight:
        return hits / weight
    return 1 / grader.options if grader.options else None


def _calibrated(rows: Believed, grader: Grader, options: ScoreOptions) -> float | None:
    """Mean points when answers whose calibrated confidence lies below the grader's belief are withheld."""
    probability = cross_fitted(rows, options)
    if probability is None or grader.belief is None:
        return None
    keep = rows.answered & (probability >= grader.belief)
    points = np.where(keep, np.where(rows.right, grader.correct, grader.wrong), grader.abstain)
    return float(points.mean())


def _guessing(
    group: Group, mine: Shares, shares: Mapping[Group, Shares], rows: Believed, grader: Grader, options: ScoreOptions
) -> Row:
    t = options.guessing_t
    right, wrong = float(mine.correct.mean()), float(mine.wrong.mean())
    bound = min(right, wrong * t / (1 - t))
    told = _by_targets(group, mine, shares, t)
    probability = cross_fitted(rows, options) if told is None else None
    if told is not None:
        value, low, high, by = told, told, told, "targets"
    elif probability is not None:
        value = float((rows.right & (probability <= t)).sum()) / len(rows.key)
        low, high, by = value, value, "confidence"
    elif grader.options:
        value = min(wrong / (grader.options - 1), right)
        low, high, by = 0.0, max(bound, value), "options"
    else:
        return _named(None, 0.0, bound, t, "not_identified")
    return _named(value, low, high, t, by)


def _named(value: float | None, low: float, high: float, t: float, by: str) -> Row:
    return {"guessing": value, "guessing_low": low, "guessing_high": high, "guessing_t": t, "guessing_by": by}


def _by_targets(group: Group, mine: Shares, shares: Mapping[Group, Shares], t: float) -> float | None:
    """Accuracy when told less than t, or nothing, less that when told the least target from t on; on shared items."""
    if (group.told or 0.0) >= t:
        return None
    same = [other for other in shares if (other.benchmark, other.model) == (group.benchmark, group.model)]
    above = [other for other in same if other.told is not None and other.told >= t]
    if not above:
        return None
    a, b = shared([mine, shares[min(above, key=lambda other: other.told or 0.0)]])
    return float(np.mean(a.correct) - np.mean(b.correct)) if a.items else None


def cross_fitted(rows: Believed, options: ScoreOptions) -> Floats | None:
    """(rows,) P(correct) of each answer by isotonic regression on confidence, fitted on the other half of the items.

    Halves go by the last bit of the items' hashed keys. None with fewer than `min_items` answers in either half.
    """
    half = (rows.key & 1).astype(np.bool_)
    if min(int((rows.answered & half).sum()), int((rows.answered & ~half).sum())) < options.min_items:
        return None
    out = np.empty(len(rows.key))
    for here in (half, ~half):
        fit = rows.answered & ~here
        x, y = isotonic(rows.confidence[fit], rows.right[fit].astype(np.float64))
        out[here] = np.interp(rows.confidence[here], x, y)
    return out


def isotonic(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Distinct x in order and the non-decreasing means of y there (pool adjacent violators, Ayer et al. 1955)."""
    values, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place).astype(np.float64)
    mean = np.bincount(place, weights=y) / weight
    levels: list[list[float]] = []  # mean, weight, number of values pooled
    for m, w in zip(mean.tolist(), weight.tolist(), strict=True):
        levels.append([m, w, 1])
        while len(levels) > 1 and levels[-2][0] >= levels[-1][0]:
            m2, w2, n2 = levels.pop()
            m1, w1, n1 = levels.pop()
            levels.append([(m1 * w1 + m2 * w2) / (w1 + w2), w1 + w2, n1 + n2])
    return values, np.repeat([level[0] for level in levels], [int(level[2]) for level in levels])
