"""Figures of the experiments as SVG, in colours that the colour-blind can tell apart and shapes that print shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from analyzer.lab.miao_kearns import PUBLISHED_BARS, PUBLISHED_TREND
from analyzer.report.svg import (
    BLUE,
    GREEN,
    GRID,
    INK,
    ORANGE,
    SOFT,
    Figure,
    count_axis,
    decade_axis,
    draw,
    percent_axis,
)

Rows = Sequence[dict[str, Any]]
COLOURS, SHAPES = [BLUE, ORANGE, GREEN, INK, SOFT], ["circle", "triangle-up", "square", "diamond", "cross"]
SIZES = [240, 130, 60, 25]  # areas in square pixels, the first drawn first


def lines(
    rows: Rows,
    x: str,
    series: dict[str, str],
    titles: tuple[str, str],
    *,
    log: bool = False,
    share: bool = False,
    points: bool = False,
    text: str,
) -> Figure:
    """Several columns of rows against one: `series` maps a column to its name in the legend.

    `log`: the one is drawn on a logarithmic scale; `share`: it is a share as well; `points`: the others are no shares.
    """
    values = [
        {"x": row[x], "value": row[column], "of": name}
        for row in rows for column, name in series.items() if row[column] is not None
    ]  # fmt: skip
    names = list(series.values())
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("x:Q", title=titles[0], scale=alt.Scale(type="log" if log else "linear", zero=False),
                axis=decade_axis() if log else percent_axis() if share else count_axis()),
        y=alt.Y("value:Q", title=titles[1], axis=count_axis() if points else percent_axis()),
        color=alt.Color("of:N", scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), sort=names,
                        legend=alt.Legend(title=None, orient="top")),
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        shape=alt.Shape("of:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), sort=names)
    )
    return Figure(draw(alt.layer(base.mark_line(strokeWidth=1.5), dots).properties(width=480, height=280)), text)


def dots(rows: Rows, name: str, series: dict[str, str], title: str, *, text: str) -> Figure:
    """Rows from top to bottom by `name`, with a dot for each of several columns; equal ones show behind each other."""
    values = [
        {"row": row[name], "value": row[column], "of": label}
        for row in rows for column, label in series.items() if row[column] is not None
    ]  # fmt: skip
    labels = list(series.values())
    chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_point(filled=True, opacity=1)
        .encode(
            size=alt.Size("of:N", scale=alt.Scale(domain=labels, range=SIZES[: len(labels)]), legend=None),
            x=alt.X("value:Q", title=title, axis=percent_axis()),
            y=alt.Y("row:N", title=None, sort=None, axis=alt.Axis(grid=True)),
            color=alt.Color("of:N", scale=alt.Scale(domain=labels, range=COLOURS[: len(labels)]), sort=labels,
                            legend=alt.Legend(title=None, orient="top")),
            shape=alt.Shape("of:N", scale=alt.Scale(domain=labels, range=SHAPES[: len(labels)]), sort=labels),
        )
        .properties(width=480, height=alt.Step(26))
    )  # fmt: skip
    return Figure(draw(chart), text)


def standalone(figure: Figure) -> str:
    """A file that shows by itself: named, with its namespaces, on white (a page may be dark)."""
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    opened, _, rest = str(figure.named).partition(">")
    return f"{opened.replace('<svg ', f'<svg {names} ', 1)}><rect width='100%' height='100%' fill='white'/>{rest}\n"


LEARNERS = {
    "ngram": "n-gram model", "transformer": "transformer, 20 epochs", "transformer_brief": "transformer, 5 epochs",
}  # fmt: skip


def corpus_to_model(rows: Rows) -> Figure:
    """A panel a learner, in it a dot a domain and seed: the audit's rate against the model's error, with intervals."""
    domains = list(dict.fromkeys(row["domain"] for row in rows))
    learners = list(dict.fromkeys(row["learner"] for row in rows))
    panels = [
        _panel([row for row in rows if row["learner"] == learner], domains, LEARNERS[learner], first=i == 0)
        for i, learner in enumerate(learners)
    ]
    told = ", ".join(f"{LEARNERS[x]} ({len({r['seed'] for r in rows if r['learner'] == x})} seeds)" for x in learners)
    text = (
        "The audit's singleton rate of five domains against the error of a model trained on their text. "
        f"Left to right: {told}. The grey line is where both are equal; bars are 95 % intervals."
    )
    return Figure(draw(alt.hconcat(*panels, spacing=22)), text)


def _panel(rows: Rows, domains: Sequence[str], title: str, *, first: bool) -> Any:
    even = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=GRID, strokeWidth=3)
    names = ("rate", "rate_low", "rate_high", "error", "error_low", "error_high", "domain")
    base = alt.Chart(alt.InlineData(values=[{key: row[key] for key in names} for row in rows])).encode(
        x=alt.X("rate:Q", title="singleton rate by the audit", axis=percent_axis(), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("error:Q", title="error of the model" if first else None, axis=percent_axis(),
                scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("domain:N", scale=alt.Scale(domain=domains, range=COLOURS[: len(domains)]), sort=domains,
                        legend=alt.Legend(title=None, orient="right")),
    )  # fmt: skip
    across = base.mark_rule(strokeWidth=0.8).encode(x="rate_low:Q", x2="rate_high:Q")
    along = base.mark_rule(strokeWidth=0.8).encode(y="error_low:Q", y2="error_high:Q")
    marks = base.mark_point(filled=True, size=45, opacity=1).encode(
        shape=alt.Shape("domain:N", scale=alt.Scale(domain=domains, range=SHAPES[: len(domains)]), sort=domains)
    )
    layers = alt.layer(even.encode(x="x:Q", y="y:Q"), across, along, marks)
    return layers.properties(width=210, height=210, title=alt.TitleParams(title, fontSize=12, fontWeight="normal"))


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


def _hallucination(rows: Rows) -> Figure:
    """Ours beside what Miao and Kearns published; ours have one dot a gamma and way of sampling."""
    series = {"without": "here, without replacement", "with": "here, with replacement",
              "trend": "published, trend figure", "bars": "published, six bars"}  # fmt: skip
    values = [
        {"x": row["monofact"], ("with" if row["replacement"] else "without"): row["hallucination"]}
        for row in rows if row["hallucination"] is not None
    ]  # fmt: skip
    values += [{"x": x, "trend": y} for x, y in PUBLISHED_TREND] + [{"x": x, "bars": y} for x, y, _ in PUBLISHED_BARS]
    text = (
        "Distinct false strings over generations, by the share of facts that training holds once. "
        "Generated facts and the published ones, read off its figures."
    )
    filled = [{name: row.get(name) for name in ("x", *series)} for row in values]
    return lines(filled, "x", series, ("monofact rate f1/n", "hallucination"), share=True, text=text)


def _clustered(rows: Rows) -> Figure:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["slice"] == "corpus":
            at = found.setdefault(row["world"], {"world": row["world"], "mass": row["missing_mass"]})
            at[row["estimator"]] = row["estimate"]
    series = {"mass": "missing mass", "cluster": "by cluster", "document": "by document", "f1/n": "f1/n of mentions"}
    text = (
        "Rates of documents that cluster, repeat themselves and are copied. "
        "Counted by cluster the rate is the missing mass; by mention or by document it is not."
    )
    return dots(list(found.values()), "world", series, "share of statements", text=text)


def _audits(rows: Rows) -> Figure:
    series = {"missing_mass": "missing mass", "observed": "observed rate", "corrected": "corrected", "low": "its limit"}
    text = (
        "What an extractor does to the rate, and what a correction from an audit of 300 items makes of it. "
        "Means over replicates; the lower limit stays below the missing mass."
    )
    return dots(rows, "extractor", series, "share of statements", text=text)


def _policies(rows: Rows) -> Figure:
    """Scores below -1 would press everything else together; they are left out."""
    by_threshold: dict[float, dict[str, Any]] = {}
    for row in rows:
        at = by_threshold.setdefault(row["threshold"], {"threshold": row["threshold"]})
        at[f"t{row['target']:g}"] = row["score"] if row["score"] >= -1 else None
    series = {"t0": "binary grading", "t0.5": "t = 0.5", "t0.75": "t = 0.75", "t0.9": "t = 0.9"}
    text = (
        "Expected points an item by the threshold of a policy. "
        "Under binary grading abstaining never pays, under a target t it pays up to t. Scores below -1 are not drawn."
    )
    titles = ("answers where P(correct) exceeds", "points")
    return lines(list(by_threshold.values()), "threshold", series, titles, points=True, text=text)


# Name of the figure: the experiment whose table it draws, and how.
FIGURES: dict[str, tuple[str, Callable[[Rows], Figure]]] = {
    "bounds_tried": ("bounds_tried", _memoriser),
    "audits": ("audits", _audits),
    "clustered": ("clustered", _clustered),
    "ngram_windows": ("ngram_windows", _windows),
    "confidence_targets": ("confidence_targets", _policies),
    "monofacts": ("monofacts", _monofacts),
    "hallucination": ("monofacts", _hallucination),
}
