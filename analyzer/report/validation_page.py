"""The page of a validation: the sentence that may be said, what it rests on, and every figure behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from analyzer.report import html, neutral, numbers
from analyzer.report.svg import BLUE, GRID, INK, ORANGE, Figure, draw, percent_axis

POOLED = "*"
MODELS = 12  # drawn and tabled by name; the rest is in the table
TARGETS = {
    "knowledge_gap": "knowledge gap: not correct",
    "error": "error: wrong",
    "error_given_attempted": "error given attempted",
}
TERMS = (
    ("exposure", "In how many independent places the corpus answers the question; in how many it states anything of "
     "the subject where the run has no such relation; or the frequency that the log itself gives."),
    ("knowledge gap, error, error given attempted", "1 minus correct over all answers that could be scored; wrong over "
     "the same; wrong over those answered. A model that abstains more errs less: the three are never folded together."),
    ("pooled", "All models together. One question is one unit however many models answered it."),
    ("Spearman", "Rank correlation of exposure and missing the target, between -1 and 1: negative where rarer facts "
     "are missed more often. Interval by drawing whole questions again."),
    ("AUC", "Chance that a prediction from exposure alone, fitted on one half of the questions, ranks a miss above a "
     "hit on the other half. One half means that it tells nothing."),
    ("coverage", "Share of the questions of whose subject the corpus states anything. Below the floor nothing is "
     "claimed: a corpus that does not hold the subjects cannot predict the answers."),
)  # fmt: skip

Row = Mapping[str, Any]


def render(
    validation: pa.Table, verdicts: Sequence[tuple[str, str]], reading: Mapping[str, int], floor: float, seed: int
) -> str:
    """The page of the table `validation`; `verdicts` are (benchmark, sentence), `reading` counts records by fate."""
    rows = validation.to_pylist()
    benchmarks = [
        {
            "name": name,
            "sentence": sentence,
            "coverage": [_shown(row) for row in rows if row["part"] == "coverage" and row["benchmark"] == name],
            "figure": _by_exposure([row for row in rows if row["benchmark"] == name]),
            "calibration": _calibration([row for row in rows if row["benchmark"] == name]),
            "buckets": _buckets([row for row in rows if row["benchmark"] == name]),
            "overall": [_shown(row) for row in _overall(rows, name)],
            "topics": _topics([row for row in rows if row["benchmark"] == name]),
        }
        for name, sentence in verdicts
    ]
    return html.render(
        "validation.html.j2",
        title="Does the corpus' rarity predict where a model is wrong?",
        benchmarks=benchmarks,
        targets=TARGETS,
        terms=TERMS,
        reading=reading,
        floor=floor,
        seed=seed,
    )


def _overall(rows: Sequence[Row], name: str) -> list[Row]:
    models = _models(rows)
    return [
        row for row in rows
        if row["part"] == "overall" and row["benchmark"] == name and row["model"] in models
    ]  # fmt: skip


def _models(rows: Sequence[Row]) -> list[str]:
    return [POOLED, *sorted({row["model"] for row in rows} - {POOLED})[:MODELS]]


def _shown(row: Row) -> dict[str, str]:
    """A row as text. Differences and correlations get two decimals, shares the digits that their interval justifies."""
    signed = row["statistic"].startswith(("spearman", "calibration"))
    if row["value"] is None:
        value, spread = numbers.words(row["status"]), ""
    elif signed or row["statistic"].startswith(("auc", "brier")):
        value = f"{row['value']:.2f}" if signed or row["statistic"] == "auc" else f"{row['value']:.3f}"
        spread = f"{row['low']:.2f} to {row['high']:.2f}" if row["low"] is not None else ""
    else:
        value = numbers.share(row["value"], row["low"], row["high"], row["denominator"])
        spread = numbers.interval(row["value"], row["low"], row["high"])
    counted = f"{row['numerator']:,} / {row['denominator']:,}" if row["numerator"] is not None else ""
    return {
        "model": _model(row["model"]), "target": TARGETS.get(row["target"], ""), "group": row["group"],
        "statistic": row["statistic"].replace("_", " "), "value": value, "interval": spread, "counts": counted,
        "method": row["method"], "status": numbers.words(row["status"]),
    }  # fmt: skip


def _model(name: str) -> str:
    return "pooled" if name == POOLED else name


def _buckets(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A table a target: exposure buckets from frequent to rare, a column a model."""
    tables = []
    for target, title in TARGETS.items():
        chosen = [row for row in rows if row["part"] == "bucket" and row["target"] == target]
        models = _models(chosen) if chosen else []
        lows = sorted({row["exposure_low"] for row in chosen}, reverse=True)
        at = {(row["model"], row["exposure_low"]): row for row in chosen}
        lines = [
            {"group": next(row["group"] for row in chosen if row["exposure_low"] == low),
             "cells": [_shown(at[model, low]) if (model, low) in at else None for model in models]}
            for low in lows
        ]  # fmt: skip
        tables.append({"title": title, "models": [_model(model) for model in models], "lines": lines})
    return tables


def _topics(rows: Sequence[Row]) -> list[dict[str, Any]]:
    chosen = [r for r in rows if r["part"] == "topic" and r["model"] == POOLED and r["target"] == "error"]
    by_name: dict[str, dict[str, Any]] = {}
    for row in chosen:
        by_name.setdefault(row["group"], {"name": row["group"], "observed": None, "predicted": None})
        by_name[row["group"]][row["statistic"]] = _shown(row)
    return list(by_name.values())


def _by_exposure(rows: Sequence[Row]) -> Figure | None:
    """Error given attempted by exposure bucket: pooled with its interval, each model as a faint line."""
    chosen = [
        r for r in rows if r["part"] == "bucket" and r["target"] == "error_given_attempted" and r["value"] is not None
    ]
    if not chosen:
        return None
    order = [row["group"] for row in sorted({r["exposure_low"]: r for r in chosen}.values(), key=_rarest_last)]
    models = _models(chosen)
    values = [
        {"group": r["group"], "model": neutral.shorten(_model(r["model"]), 28), "value": r["value"], "low": r["low"],
         "high": r["high"], "pooled": r["model"] == POOLED}
        for r in chosen if r["model"] in models
    ]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("group:N", sort=order, title="exposure: most frequent to rarest", axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("value:Q", title="error given attempted", axis=percent_axis(), scale=alt.Scale(domain=[0, 1]))
    faint = base.transform_filter("!datum.pooled").mark_line(color=GRID, strokeWidth=2).encode(y=y, detail="model:N")
    pooled = base.transform_filter("datum.pooled")
    bars = pooled.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q"), y2="high:Q")
    dots = pooled.mark_line(color=BLUE, point={"color": BLUE, "size": 60, "filled": True}).encode(y=y)
    ends = [r for r in sorted(chosen, key=_rarest_last) if r["model"] == POOLED]
    text = (
        f"Error given attempted in {len(order)} buckets of exposure, pooled over models with intervals, each model as "
        f"a grey line: {ends[0]['value']:.3f} where facts are most frequent, {ends[-1]['value']:.3f} where rarest."
    )
    return Figure(draw(alt.layer(faint, bars, dots).properties(width=520, height=280)), text)


def _given_attempted(rows: Sequence[Row], part: str) -> list[Row]:
    return [row for row in rows if row["part"] == part and row["target"] == "error_given_attempted"]


def _rarest_last(row: Row) -> float:
    return -float(row["exposure_low"])


def _calibration(rows: Sequence[Row]) -> Figure | None:
    """Predicted against observed error given attempted on the half that was not fitted, pooled."""
    chosen = [
        r for r in rows if r["part"] == "level" and r["model"] == POOLED and r["target"] == "error_given_attempted"
    ]
    predicted = {r["group"]: r["value"] for r in chosen if r["statistic"] == "predicted"}
    values = [
        {"predicted": predicted[r["group"]], "value": r["value"], "low": r["low"], "high": r["high"]}
        for r in chosen if r["statistic"] == "observed" and r["value"] is not None
    ]  # fmt: skip
    if not values:
        return None
    line = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=GRID).encode(
        x=alt.X("x:Q"), y=alt.Y("y:Q")
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("predicted:Q", title="predicted from exposure", axis=percent_axis(), scale=alt.Scale(domain=[0, 1]))
    )
    bars = base.mark_rule(color=ORANGE, strokeWidth=2).encode(y=alt.Y("low:Q", title="observed"), y2="high:Q")
    dots = base.mark_point(color=INK, filled=True, size=55, opacity=1).encode(
        y=alt.Y("value:Q", title="observed", axis=percent_axis(), scale=alt.Scale(domain=[0, 1]))
    )
    text = (
        f"Predicted against observed error given attempted in {len(values)} groups of questions that were not fitted."
    )
    return Figure(draw(alt.layer(line, bars, dots).properties(width=320, height=320)), text)
