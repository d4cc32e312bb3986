"""The page of the Is-It-Valid reduction: the sentence, the terms, the ROC and calibration at every threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from analyzer.report import html, neutral, numbers
from analyzer.report.svg import BLUE, GRID, ORANGE, Figure, draw, percent_axis

DRAWN = 6  # models with figures; the rest is in the tables
NAMES = {
    "error": ("error", "share of the model's generations that are invalid: what the bounds are bounds on"),
    "err_iiv": ("err_iiv", "error of the classifier 'valid iff p(r | c) > 1/min|E|' on the even mixture"),
    "missed": ("missed", "share of training pairs that it calls invalid"),
    "accepted": ("accepted", "mean share of a prompt's wrong responses that it calls valid"),
    "delta": ("delta", "miscalibration at the threshold: generations above it against training pairs above it"),
    "theorem1": ("Theorem 1", "err is at least 2 err_iiv - max|V|/min|E| - delta"),
    "theorem4": ("Theorem 4", "multiple choice: err is at least 2 (1 - 1/C) times the least err_iiv of a threshold"),
    "opt": ("opt", "least error of any threshold on the mixture, judged on the same rows: optimistic"),
    "auc": ("AUC", "chance that a training pair is likelier than a wrong response"),
    "delta_star": ("delta*", "miscalibration at which Theorem 1 falls silent"),
    "threshold": ("ln(1/min|E|)", "the threshold, as a log-probability"),
    "opt_threshold": ("threshold of opt", "log-probability; none where everything is best called valid"),
    "min_wrong": ("min|E|", "least number of plausible wrong responses of a prompt"),
    "max_valid": ("max|V|", "largest number of valid responses of a prompt"),
    "prompts": ("prompts", "with a training pair and a wrong response: the result speaks of these"),
    "prompts_left_out": ("prompts left out", "without one of the two"),
}
COUNTS = ("min_wrong", "max_valid", "prompts", "prompts_left_out")
PLAIN = ("threshold", "opt_threshold")


def render(terms: pa.Table, curves: pa.Table, sentences: Sequence[tuple[str, str]], reading: Mapping[str, int]) -> str:
    """The page of the tables `iiv` and `iiv_curve`; `sentences` are (model, sentence)."""
    rows, points = terms.to_pylist(), curves.to_pylist()
    models = []
    for number, (name, sentence) in enumerate(sentences):
        mine = [point for point in points if point["model"] == name] if number < DRAWN else []
        shown = [_shown(row) for row in rows if row["model"] == name]
        models.append({"name": name, "sentence": sentence, "terms": shown, "roc": _roc(mine), "delta": _delta(mine)})
    title = "What telling valid from invalid responses costs"
    return html.render("iiv.html.j2", title=title, models=models, reading=reading)


def _shown(row: Mapping[str, Any]) -> dict[str, str]:
    term = row["term"]
    name, meaning = NAMES[term]
    if row["value"] is None:
        value, spread = numbers.words(row["status"]).partition(":")[0], ""
    elif term in COUNTS:
        value, spread = f"{row['value']:,.0f}", ""
    elif term in PLAIN:
        value, spread = f"{row['value']:.3f}", ""
    else:
        value = f"{row['value']:.3f}"
        spread = f"{row['low']:.3f} to {row['high']:.3f}" if row["low"] is not None else ""
    counts = f"{row['numerator']:,} / {row['denominator']:,}" if row["numerator"] is not None else ""
    return {"name": name, "meaning": meaning, "value": value, "interval": spread, "counts": counts,
            "status": numbers.words(row["status"]).partition(":")[0]}  # fmt: skip


def _roc(points: Sequence[Mapping[str, Any]]) -> Figure | None:
    if not points:
        return None
    values = [{"wrong": p["wrong"], "trained": p["trained"], "order": i} for i, p in enumerate(points)]
    even = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=GRID)
    line = alt.Chart(alt.InlineData(values=values)).mark_line(color=BLUE, strokeWidth=2)
    chart = alt.layer(
        even.encode(x=alt.X("x:Q"), y=alt.Y("y:Q")),
        line.encode(
            x=alt.X("wrong:Q", title="wrong responses called valid", axis=percent_axis()),
            y=alt.Y("trained:Q", title="training pairs called valid", axis=percent_axis()),
            order="order:Q",
        ),
    )
    text = f"Receiver operating characteristic of {neutral.shorten(points[0]['model'], 28)} over its thresholds."
    return Figure(draw(chart.properties(width=300, height=300)), text)


def _delta(points: Sequence[Mapping[str, Any]]) -> Figure | None:
    """Shares above each threshold: generations against training pairs. Where they part, the model is miscalibrated."""
    drawn = [
        p for p in points if p["threshold"] is not None and p["generated"] is not None and math.isfinite(p["threshold"])
    ]
    if len(drawn) < 2:
        return None
    values = [
        {"threshold": p["threshold"], "share": p[key], "of": of}
        for p in drawn for key, of in (("trained", "training pairs"), ("generated", "generations"))
    ]  # fmt: skip
    kinds = ["training pairs", "generations"]
    chart = alt.Chart(alt.InlineData(values=values)).mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=alt.X("threshold:Q", title="threshold, log-probability"),
        y=alt.Y("share:Q", title="share above", axis=percent_axis()),
        color=alt.Color("of:N", scale=alt.Scale(domain=kinds, range=[BLUE, ORANGE]), sort=kinds,
                        legend=alt.Legend(title=None, orient="top")),
        strokeDash=alt.StrokeDash("of:N", sort=kinds, legend=None),
    )  # fmt: skip
    return Figure(
        draw(chart.properties(width=420, height=260)), "Shares of training pairs and generations above each threshold."
    )
