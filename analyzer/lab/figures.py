"""Figures of the experiments as SVG, in colours that the colour-blind can tell apart and shapes that print shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from analyzer.report.svg import BLUE, GREEN, GRID, INK, ORANGE, SOFT, Figure, draw, percent_axis

Rows = Sequence[dict[str, Any]]
COLOURS, SHAPES = [BLUE, ORANGE, GREEN, INK, SOFT], ["circle", "triangle-up", "square", "diamond", "cross"]


def lines(
    rows: Rows, x: str, series: dict[str, str], titles: tuple[str, str], *, log: bool = False, text: str
) -> Figure:
    """Several columns of rows against one: `series` maps a column to its name in the legend."""
    values = [
        {"x": row[x], "value": row[column], "of": name}
        for row in rows for column, name in series.items() if row[column] is not None
    ]  # fmt: skip
    names = list(series.values())
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("x:Q", title=titles[0], scale=alt.Scale(type="log" if log else "linear", zero=False)),
        y=alt.Y("value:Q", title=titles[1], axis=percent_axis()),
        color=alt.Color("of:N", scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), sort=names,
                        legend=alt.Legend(title=None, orient="top")),
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        shape=alt.Shape("of:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), sort=names)
    )
    return Figure(draw(alt.layer(base.mark_line(strokeWidth=1.5), dots).properties(width=480, height=280)), text)


def corpus_to_model(rows: Rows) -> Figure:
    """A dot a domain and seed: the audit's rate against the model's error, both with their intervals."""
    values = [
        {key: row[key] for key in ("rate", "rate_low", "rate_high", "error", "error_low", "error_high", "domain")}
        for row in rows
    ]
    domains = list(dict.fromkeys(row["domain"] for row in rows))
    even = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=GRID)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("rate:Q", title="singleton rate by the audit", axis=percent_axis()),
        y=alt.Y("error:Q", title="error of the model", axis=percent_axis()),
        color=alt.Color("domain:N", scale=alt.Scale(domain=domains, range=COLOURS[: len(domains)]), sort=domains,
                        legend=alt.Legend(title=None, orient="right")),
    )  # fmt: skip
    across = base.mark_rule(strokeWidth=1).encode(x="rate_low:Q", x2="rate_high:Q")
    along = base.mark_rule(strokeWidth=1).encode(y="error_low:Q", y2="error_high:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        shape=alt.Shape("domain:N", scale=alt.Scale(domain=domains, range=SHAPES[: len(domains)]), sort=domains)
    )
    chart = alt.layer(even.encode(x="x:Q", y="y:Q"), across, along, dots).properties(width=380, height=380)
    seeds = len({row["seed"] for row in rows})
    text = f"The audit's singleton rate of five domains against the error of a model trained on them, {seeds} seeds."
    return Figure(draw(chart), text)


def _memoriser(rows: Rows) -> Figure:
    by_n: dict[int, dict[str, Any]] = {}
    for row in rows:
        if (row["model"], row["law"], row["wrong_answers"]) == ("memoriser", "zipf", 364):
            at = by_n.setdefault(row["n"], {"n": row["n"], "error": row["error"]})
            at[row["bound"]] = max(0.0, min(row["value"], 1.0))
    series = {
        "error": "error", "theorem2_upper": "upper bound", "theorem2_refined": "refined lower bound",
        "theorem2_literal": "Theorem 2 as printed", "kalai_vempala": "Kalai and Vempala",
    }  # fmt: skip
    text = "Bounds on the error of the calibrated memoriser by training samples, Zipf's law, 364 wrong answers."
    return lines(list(by_n.values()), "n", series, ("training samples", "share of answers"), log=True, text=text)


def _windows(rows: Rows) -> Figure:
    series = {"beyond": "facts beyond the window", "error": "error", "theorem3": "lower bound (Theorem 3)"}
    text = "n-gram models of orders 2 to 6: error and its lower bound follow the share of facts beyond the window."
    return lines(rows, "order", series, ("order of the n-gram model", "share"), text=text)


def _monofacts(rows: Rows) -> Figure:
    by_gamma: dict[float, dict[str, Any]] = {}
    for row in rows:
        kind = "with" if row["replacement"] else "without"
        by_gamma.setdefault(row["gamma"], {"gamma": row["gamma"]})[kind] = row["monofact"]
        if not row["replacement"]:
            by_gamma[row["gamma"]]["unseen"] = row["missing_mass"]
    series = {"without": "f1/n without replacement", "with": "f1/n with replacement", "unseen": "unseen share, without"}
    text = "Monofact rate by the exponent of the Pareto law: sampling without replacement overstates the unseen share."
    return lines(list(by_gamma.values()), "gamma", series, ("gamma", "share"), text=text)


def _policies(rows: Rows) -> Figure:
    by_threshold: dict[float, dict[str, Any]] = {}
    for row in rows:
        by_threshold.setdefault(row["threshold"], {"threshold": row["threshold"]})[f"t{row['target']:g}"] = row["score"]
    series = {"t0": "binary grading", "t0.5": "t = 0.5", "t0.75": "t = 0.75", "t0.9": "t = 0.9"}
    text = "Expected points by the threshold of a policy: under binary grading abstaining never pays, under t at t."
    return lines(
        list(by_threshold.values()), "threshold", series, ("answers iff P(correct) above", "points"), text=text
    )


FIGURES: dict[str, Callable[[Rows], Figure]] = {
    "bounds_tried": _memoriser,
    "ngram_windows": _windows,
    "monofacts": _monofacts,
    "confidence_targets": _policies,
}
