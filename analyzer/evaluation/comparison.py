"""Models against each other: paired differences, ranks at every target, what flips, and the target of break-even."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import combinations

import numpy as np

from analyzer.evaluation import limits
from analyzer.evaluation.confidence_targets import Row, ScoreOptions, Target, models_of
from analyzer.evaluation.grades import Answers, Group, Shares
from analyzer.stats.comparison import benjamini_hochberg
from analyzer.stats.estimate import Ints

BINARY = Target(0.0, 0.0)
Place = tuple[str, tuple[float, ...], float, str]  # benchmark, target told, t, model


def comparison_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> list[Row]:
    """Rows of `comparisons`: every pair of models at every target, on the items that both answered scorably."""
    rows: list[Row] = []
    for benchmark, told, models in models_of(groups):
        for target in options.targets:
            family = [
                _compared(benchmark, told, target, pair, models, options) for pair in combinations(sorted(models), 2)
            ]
            tested = [row for row in family if row["p_value"] is not None]
            adjusted = benjamini_hochberg([row["p_value"] for row in tested]).tolist() if tested else []
            for row, p in zip(tested, adjusted, strict=True):
                row["p_adjusted"] = p
            rows += family
    return rows


def _compared(
    benchmark: str, told: tuple[float, ...], target: Target, pair: tuple[str, str], models: Mapping[str, Shares],
    options: ScoreOptions,
) -> Row:  # fmt: skip
    a, b = shared([models[name] for name in pair])
    row = _pair(benchmark, told, pair) | {"t": target.t, "penalty": target.penalty, "items": a.items, "flipped": False,
                                          "value": None, "low": None, "high": None, "confidence": None,
                                          "p_value": None, "p_adjusted": None, "method": limits.PAIRED}  # fmt: skip
    if a.items < options.min_items:
        return row | {"status": "too_few_items" if a.items else "no_shared_items"}
    x, y = limits.parts(a), limits.parts(b)
    points = a.points(target.penalty), b.points(target.penalty)
    together = limits.correlation(*points)
    found = limits.paired(x, y, together, target.penalty, options.quantile)
    binary = x.right.value - y.right.value
    return row | {
        "value": found.value, "low": found.low, "high": found.high, "confidence": options.confidence,
        "p_value": limits.p_value(x, y, together, target.penalty), "flipped": found.value * binary < 0, "status": "ok",
    }  # fmt: skip


def rank_rows(groups: Mapping[Group, Answers], comparisons: Sequence[Row], options: ScoreOptions) -> Iterator[Row]:
    """Rows of `ranks`. Models are ranked on the items that all of them share, or the easier test would win."""
    better = _better(comparisons, options)
    for benchmark, told, models in models_of(groups):
        ranked = {name: shares for name, shares in sorted(models.items()) if shares.items >= options.min_items}
        common = shared(list(ranked.values()))
        items = common[0].items if common else 0
        on_shared = dict(zip(ranked, common, strict=True))
        binary = _ranks(on_shared, BINARY) if items else {}
        for target in options.targets:
            places = _ranks(on_shared, target) if items else {}
            for name in sorted(models):
                ahead = better.get((benchmark, told, target.t, name), [0, 0])
                known = name in places
                status = "ok" if known else "no_shared_items" if name in ranked else "too_few_items"
                yield {
                    "benchmark": benchmark, "target": _first(told), "t": target.t, "penalty": target.penalty,
                    "model": name, "rank": places.get(name), "rank_binary": binary.get(name),
                    "best": 1 + ahead[0] if known else None, "worst": len(ranked) - ahead[1] if known else None,
                    "score": float(np.mean(on_shared[name].points(target.penalty))) if known else None,
                    "items": items, "status": status,
                }  # fmt: skip


def break_even_rows(groups: Mapping[Group, Answers], options: ScoreOptions) -> Iterator[Row]:
    """Rows of `break_even`: the target at which two models score alike, with Fieller's limits."""
    for benchmark, told, models in models_of(groups):
        for pair in combinations(sorted(models), 2):
            a, b = shared([models[name] for name in pair])
            row = _pair(benchmark, told, pair) | {"t": None, "low": None, "high": None, "confidence": None,
                                                  "better_below": None, "better_above": None,
                                                  "items": a.items}  # fmt: skip
            if a.items < options.min_items:
                yield row | {"status": "too_few_items"}
                continue
            yield row | crossing(a, b, pair, options)


def crossing(a: Shares, b: Shares, pair: tuple[str, str], options: ScoreOptions) -> Row:
    """Where the scores of two models on the same items cross, if they do; the rest of a row of `break_even`."""
    right, wrong = a.correct - b.correct, a.wrong - b.wrong
    gain, cost = float(right.mean()), float(wrong.mean())
    if gain == cost == 0:
        return {"status": "equal"}
    # the score's difference is gain - penalty x cost: one sign for all penalties unless gain and cost have the same
    if gain * cost <= 0:
        ahead = pair[0] if gain > 0 or (gain == 0 and cost < 0) else pair[1]
        return {"better_below": ahead, "better_above": ahead, "status": "one_ahead"}
    below, above = pair if gain > 0 else pair[::-1]
    low, high = _fieller(right, wrong, options.quantile)
    return {
        "t": _target(gain / cost), "low": _target(low), "high": _target(high), "confidence": options.confidence,
        "better_below": below, "better_above": above, "status": "crosses",
    }  # fmt: skip


def _fieller(right: np.ndarray, wrong: np.ndarray, quantile: float) -> tuple[float, float]:
    """Penalties k >= 0 around the crossing at which |gain - k cost| <= quantile x its standard error (Fieller 1954)."""
    n = len(right)
    gain, cost = float(right.mean()), float(wrong.mean())
    spread = np.cov(right, wrong) / n * quantile**2
    a, b, c = cost**2 - spread[1, 1], -2 * (gain * cost - spread[0, 1]), gain**2 - spread[0, 0]
    point, inside = gain / cost, b * b - 4 * a * c
    if a == 0 or inside < 0:
        return 0.0, math.inf
    roots = sorted(((-b - math.sqrt(inside)) / (2 * a), (-b + math.sqrt(inside)) / (2 * a)))
    if a > 0:
        return max(roots[0], 0.0), max(roots[1], 0.0)
    # the cost may be 0: all penalties but those between the roots; keep the side on which the crossing lies
    return (0.0, roots[0]) if point <= roots[0] else (max(roots[1], 0.0), math.inf)


def shared(shares: Sequence[Shares]) -> list[Shares]:
    """All of them, on the items that all of them have."""
    if not shares:
        return []
    keys: Ints = reduce(lambda x, y: np.intersect1d(x, y, assume_unique=True), [s.key for s in shares])
    return [found.at(keys) for found in shares]


def _better(comparisons: Sequence[Row], options: ScoreOptions) -> dict[Place, list[int]]:
    """(benchmark, target, t, model) -> how many models are better, and how many worse, beyond chance."""
    out: dict[Place, list[int]] = {}
    for row in comparisons:
        if row["p_adjusted"] is None or row["p_adjusted"] >= 1 - options.confidence:
            continue
        told = () if row["target"] is None else (row["target"],)
        winner, loser = (row["model_a"], row["model_b"]) if row["value"] > 0 else (row["model_b"], row["model_a"])
        out.setdefault((row["benchmark"], told, row["t"], loser), [0, 0])[0] += 1
        out.setdefault((row["benchmark"], told, row["t"], winner), [0, 0])[1] += 1
    return out


def _ranks(models: Mapping[str, Shares], target: Target) -> dict[str, int]:
    """Rank by score; models whose scores differ by rounding alone share the better place."""
    scores = {name: float(np.mean(shares.points(target.penalty))) for name, shares in models.items()}
    slack = 1e-9 * (1 + target.penalty)
    return {name: 1 + sum(other > score + slack for other in scores.values()) for name, score in scores.items()}


def _pair(benchmark: str, told: tuple[float, ...], pair: tuple[str, str]) -> Row:
    return {"benchmark": benchmark, "target": _first(told), "model_a": pair[0], "model_b": pair[1]}


def _first(told: tuple[float, ...]) -> float | None:
    return told[0] if told else None


def _target(penalty: float) -> float:
    return 1.0 if penalty == math.inf else float(penalty / (1 + penalty))
