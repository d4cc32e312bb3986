"""The page of a scoring, made of its summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from analyzer.report import html, numbers, score_charts
from analyzer.report.score_summary import (
    SHOWN_BENCHMARKS,
    SHOWN_PAIRS,
    SHOWN_PHRASES,
    SHOWN_TOPICS,
    Row,
    points,
    shown,
)

TITLE = "What a wrong answer costs"

METHOD = (
    "A right answer earns 1, an abstention 0, a wrong answer costs t/(1 − t): answering pays exactly where "
    "P(correct) > t. t = 0 is binary grading. Kalai, Nachum, Vempala and Zhang (2025) print a penalty of 2 for "
    "t = .75, where t/(1 − t) is 3; 2 belongs to t = 2/3.",
    "The four outcomes are never folded: an empty answer, a failed judge and partial credit are unscorable, neither a "
    "mistake nor an admission. Unscorable answers are in no share but their own.",
    "Binary grades cannot tell “I don't know” from a mistake, so their wrong answers are searched for phrases of "
    "abstention. Every such decision is in items.outcome_by, and by phrase below.",
    "The item is the independent observation; its epochs are averaged. Shares have Wilson's interval, scores and their "
    "paired differences the limits recovered from it (MOVER). p-values of all pairs at a target are adjusted together.",
    "Models are ranked on the items that all of them share; in brackets stand the places that the comparisons leave "
    "open.",
)

LIMITS = (
    "A score at t describes answers as they are. A model that was not told the target did not aim at it: it may answer "
    "otherwise when it is told.",
    "Intervals speak of items drawn like these, not of other benchmarks, and know nothing of a wrong grade.",
    "ECE is biased upward; beside it stands what it would be if every confidence were right.",
)


def render(summary: Row, curves: pa.Table) -> str:
    """The page; figures for the first benchmarks, all of a benchmark's models in its tables."""
    drawn = curves.to_pylist()
    benchmarks = summary["benchmarks"][:SHOWN_BENCHMARKS]
    figures = [_figures(benchmark, drawn) for benchmark in benchmarks]
    told: dict[tuple[str, str], list[Row]] = {}
    for row in summary["behaviour"]:
        told.setdefault((row["benchmark"], row["model"]), []).append(row)
    return html.render(
        "score.html.j2",
        title=TITLE,
        s=summary,
        benchmarks=list(zip(benchmarks, figures, strict=True)),
        told=[(names, rows, score_charts.behaviour(rows)) for names, rows in sorted(told.items())][:SHOWN_BENCHMARKS],
        method=METHOD,
        limits=LIMITS,
        most={"pairs": SHOWN_PAIRS, "topics": SHOWN_TOPICS, "phrases": SHOWN_PHRASES, "benchmarks": SHOWN_BENCHMARKS},
        share=shown,
        points=points,
        interval=_interval,
        limits_of=_limits,
        target=_target,
        chance=_chance,
        differences=differences,
    )


def differences(pairs: Sequence[Row]) -> list[tuple[str, str, list[Row]]]:
    """(one model, the other, their comparison at every target), pairs in order."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(pairs, key=lambda row: (row["model_a"], row["model_b"], row["t"])):
        found.setdefault((row["model_a"], row["model_b"]), []).append(row)
    return [(a, b, rows) for (a, b), rows in found.items()]


def _figures(benchmark: Row, curves: list[Row]) -> Mapping[str, Any]:
    order = [model["model"] for model in benchmark["models"]]
    mine = [r for r in curves if r["benchmark"] == benchmark["name"] and r["target"] == benchmark["target"]]
    return {
        "outcomes": score_charts.outcomes([m for m in benchmark["models"] if m["correct"]["value"] is not None]),
        "curves": score_charts.curves(mine, order),
        "reliability": score_charts.reliability(benchmark["reliability"], order),
    }


def _interval(row: Row | None) -> str:
    return "" if row is None else numbers.interval(row["value"], row["low"], row["high"])


def _limits(row: Row | None) -> str:
    """A score's limits, rounded outward."""
    if row is None or row.get("low") is None or row.get("high") is None:
        return ""
    places = numbers.places((row["high"] - row["low"]) / 2) if row["high"] > row["low"] else 3
    low, high = numbers.down(row["low"], places - 2), numbers.up(row["high"], places - 2)
    return f"{low:.{places}f} to {high:.{places}f}".replace("-", "−")


def _target(t: float | None) -> str:
    return "" if t is None else f"{t:.3g}"


def _chance(row: Row) -> str:
    """Places that the comparisons leave open."""
    if row.get("best") is None or row.get("worst") is None:
        return ""
    return f"{row['best']}" if row["best"] == row["worst"] else f"{row['best']}–{row['worst']}"
