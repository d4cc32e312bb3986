"""Scores with an explicit confidence target t: 1 for a right answer, 0 for an abstention, -t/(1-t) for a wrong one.

"Answer only if you are > t confident" is then the best policy (Kalai, Nachum, Vempala, Zhang 2025, section 4.2;
decision curve analysis knows the same number as net benefit, Vickers and Elkin 2006). t = 0 is binary grading. The
paper prints a penalty of 2 for t = .75, where t/(1-t) is 3; 2 belongs to t = 2/3. A `Target` may therefore be given by
its penalty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.errors import ConfigError
from analyzer.evaluation import limits
from analyzer.evaluation.grades import ALL, Answers, Group, Shares, pooled
from analyzer.evaluation.limits import Limits, Part
from analyzer.stats.intervals import normal_quantile

Row = dict[str, Any]

DEFAULT_TARGETS = (0.0, 0.5, 0.75, 0.9)
GRID = tuple(i / 40 for i in range(39))  # 0, .025, ..., .95: beyond it the penalty alone draws the curve


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A confidence target and its penalty, t / (1 - t)."""

    t: float
    penalty: float


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What the user may decide about scoring."""

    targets: tuple[Target, ...]
    confidence: float = 0.95
    min_items: int = 20  # models with fewer scorable items are shown but neither ranked nor compared
    many_unscorable: float = 0.05  # from this share of unscorable answers on, a row says so
    bins: int = 10  # of a reliability diagram
    guessing_t: float = 0.5  # a calibrated policy that withholds what is more likely wrong than right
    max_topics: int = 200  # slices scored; more are a sign that the column is no topic

    @property
    def quantile(self) -> float:
        return normal_quantile(self.confidence)


def from_t(t: float) -> Target:
    """The target t in [0, 1)."""
    if not 0 <= t < 1:
        raise ConfigError(f"target {t}: a confidence target lies at 0 or above and below 1")
    return Target(t, t / (1 - t))


def from_penalty(penalty: float) -> Target:
    """The target whose penalty is given: t = penalty / (1 + penalty)."""
    if not 0 <= penalty < math.inf:
        raise ConfigError(f"penalty {penalty}: the points a wrong answer costs are 0 or more")
    return Target(penalty / (1 + penalty), penalty)


def score_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> Iterator[Row]:
    """Rows of `scores`: every group, all models pooled, and both by topic."""
    for group, answers in everything(groups):
        yield from _slice(group, ALL, answers.shares(), options)
        names = answers.topics if len(answers.topics) <= options.max_topics else ()
        for number, name in enumerate(names):
            among = answers.item_topic == number
            if among.any():
                yield from _slice(group, name, answers.shares(among), options)


def everything(groups: Mapping[Group, Answers]) -> Iterator[tuple[Group, Answers]]:
    """The groups, and of each benchmark with several models these pooled, as model `*`."""
    yield from groups.items()
    for benchmark, target in sorted({(group.benchmark, group.target) for group in groups}):
        parts = [a for group, a in groups.items() if (group.benchmark, group.target) == (benchmark, target)]
        if len(parts) > 1:
            yield Group(benchmark, target, ALL), pooled(parts)


def curve_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> Iterator[Row]:
    """Rows of `curves`: the score over a grid of targets, with an interval a point and a band for the whole curve.

    The score is linear in accuracy and error, so a band for all penalties at once is Scheffe's, with the quantile
    sqrt(chi2(2)) = sqrt(-2 ln(1 - confidence)) in place of the normal one.
    """
    wide = math.sqrt(-2 * math.log1p(-options.confidence))
    for group, answers in groups.items():
        shares = answers.shares()
        if not shares.items:
            continue
        found = limits.parts(shares)
        for t in GRID:
            penalty = t / (1 - t)
            point = limits.score(found, penalty, options.quantile)
            band = limits.score(found, penalty, wide)
            yield _named(group, ALL) | {
                "t": t, "penalty": penalty, "value": point.value, "low": point.low, "high": point.high,
                "band_low": band.low, "band_high": band.high, "confidence": options.confidence,
            }  # fmt: skip


def statistic(
    group: Group, topic: str, name: str, found: Limits | None, options: ScoreOptions, method: str,
    numerator: float, denominator: float, status: str = "ok", target: Target | None = None,
) -> Row:  # fmt: skip
    """One row of `scores`. Without a value the status says why."""
    return _named(group, topic) | {
        "statistic": name,
        "t": target.t if target else None,
        "penalty": target.penalty if target else None,
        "value": found.value if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "confidence": options.confidence if found else None,
        "numerator": numerator,
        "denominator": denominator,
        "unit": limits.UNIT,
        "method": method,
        "status": status if found else "empty",
    }


def _slice(group: Group, topic: str, shares: Shares, options: ScoreOptions) -> Iterator[Row]:
    n, lost = shares.items, float(np.sum(shares.unscorable))
    everyone = len(shares.unscorable)
    status = "ok" if lost <= options.many_unscorable * everyone else "many_unscorable"

    def row(name: str, part: Part | None, numerator: float, denominator: float) -> Row:
        found = limits.share(part, options.quantile) if part else None
        return statistic(group, topic, name, found, options, limits.WILSON, numerator, denominator, status)

    for name, x in (("accuracy", shares.correct), ("error", shares.wrong), ("abstention", shares.abstained)):
        yield row(name, limits.mean(x) if n else None, float(x.sum()), n)
    attempts = float(shares.attempted.sum())
    wrong = float(shares.wrong.sum())
    part = limits.ratio(shares.wrong, shares.attempted) if attempts else None
    yield row("error_given_attempted", part, wrong, attempts)
    yield row("unscorable", limits.mean(shares.unscorable) if everyone else None, lost, everyone)
    for target in options.targets:
        found = limits.score(limits.parts(shares), target.penalty, options.quantile) if n else None
        points = float(shares.points(target.penalty).sum())
        yield statistic(group, topic, "score", found, options, limits.MOVER, points, n, status, target)


def _named(group: Group, topic: str) -> Row:
    return {"model": group.model, "benchmark": group.benchmark, "topic": topic, "target": group.told}


def models_of(groups: Mapping[Group, Answers]) -> Sequence[tuple[str, tuple[float, ...], dict[str, Shares]]]:
    """(benchmark, target, model -> shares) of every set of groups that may be compared."""
    out: dict[tuple[str, tuple[float, ...]], dict[str, Shares]] = {}
    for group, answers in groups.items():
        out.setdefault((group.benchmark, group.target), {})[group.model] = answers.shares()
    return [(benchmark, target, models) for (benchmark, target), models in sorted(out.items())]
