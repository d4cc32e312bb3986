"""Behavioural calibration: one model told several confidence targets should answer exactly where P(correct) > t.

No stated confidence is needed (Kalai et al. 2025, section 4.2): accuracy and error are compared across targets. Answers
given at t must be right more often than t. Items answered at the next lower target and dropped at t were, if the model
is calibrated, right between the two targets' shares: above t they should have been kept, below the lower one they
should not have been answered there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from analyzer.evaluation import limits
from analyzer.evaluation.comparison import shared
from analyzer.evaluation.confidence_targets import Row, ScoreOptions, from_t
from analyzer.evaluation.grades import Answers, Group, Shares
from analyzer.evaluation.limits import Limits

HALF = 0.5  # of an item's epochs: from more than this on, the item counts as answered


def behaviour_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> Iterator[Row]:
    """Rows of `behaviour`, for models whose answers were collected at two targets or more."""
    told: dict[tuple[str, str], dict[float, Shares]] = {}
    for group, answers in groups.items():
        if group.told is not None:
            told.setdefault((group.benchmark, group.model), {})[group.told] = answers.shares()
    for (benchmark, model), by_target in sorted(told.items()):
        targets = sorted(t for t, shares in by_target.items() if shares.items)
        if len(targets) < 2:
            continue
        common = dict(zip(targets, shared([by_target[t] for t in targets]), strict=True))
        for i, t in enumerate(targets):
            lower = targets[i - 1] if i else None
            yield {"model": model, "benchmark": benchmark} | _row(t, lower, by_target, common, options)


def _row(
    t: float, lower: float | None, by_target: Mapping[float, Shares], common: Mapping[float, Shares],
    options: ScoreOptions,
) -> Row:  # fmt: skip
    shares, penalty = by_target[t], from_t(t).penalty
    attempts = float(shares.attempted.sum())
    precise = limits.share(limits.ratio(shares.correct, shares.attempted), options.quantile) if attempts else None
    dropped, dropped_items, resumed = _dropped(by_target, lower, t, options)
    scores = {other: float(np.mean(common[other].points(penalty))) for other in common} if common[t].items else {}
    best = max(scores, key=lambda other: (scores[other], other == t), default=t)
    return {
        "target": t,
        "items": shares.items,
        "accuracy": float(shares.correct.mean()),
        "error": float(shares.wrong.mean()),
        "abstention": float(shares.abstained.mean()),
        **_limits("precision", precise),
        "dropped": dropped_items,
        **_limits("dropped", dropped),
        "resumed": resumed,
        "score": float(shares.points(penalty).mean()),
        "best_target": best,
        "regret": scores[best] - scores[t] if scores else 0.0,
        "confidence": options.confidence,
        "status": _status(t, lower, precise, dropped, shares.items, options),
    }


def _dropped(
    by_target: Mapping[float, Shares], lower: float | None, t: float, options: ScoreOptions
) -> tuple[Limits | None, int, int]:
    """Accuracy at the lower target of items no longer answered at t, their number, and the number taken up at t."""
    if lower is None:
        return None, 0, 0
    before, now = shared([by_target[lower], by_target[t]])
    was, is_now = before.attempted > HALF, now.attempted > HALF
    gone = was & ~is_now
    resumed = int((~was & is_now).sum())
    if not gone.any():
        return None, 0, resumed
    part = limits.ratio(before.correct[gone], before.attempted[gone])
    return limits.share(part, options.quantile), int(gone.sum()), resumed


def _status(
    t: float, lower: float | None, precise: Limits | None, dropped: Limits | None, items: int, options: ScoreOptions
) -> str:
    if items < options.min_items:
        return "too_few_items"
    bold = (precise is not None and precise.high < t) or (dropped is not None and dropped.high < (lower or 0.0))
    shy = dropped is not None and dropped.low > t
    return "both" if bold and shy else "answers_too_much" if bold else "abstains_too_much" if shy else "consistent"


def _limits(name: str, found: Limits | None) -> Row:
    value, low, high = found or (None, None, None)
    key = "dropped_accuracy" if name == "dropped" else name
    return {key: value, f"{name}_low": low, f"{name}_high": high}
