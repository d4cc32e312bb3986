"""The figures of a scoring: outcomes, score over the confidence target, reliability, answers told several targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from analyzer.report import neutral
from analyzer.report.svg import BLUE, GREEN, INK, ORANGE, SOFT, Figure, draw, percent_axis

Row = Mapping[str, Any]

WIDTH = 520  # of the plot, without its axis
LOOKS = (
    (BLUE, [1, 0], "circle"),
    (ORANGE, [6, 3], "triangle-up"),
    (GREEN, [2, 2], "square"),
    (INK, [8, 3, 2, 3], "diamond"),
    (SOFT, [4, 4], "cross"),
)  # colour, dash and shape of a model: as many models are drawn as there are looks
OUTCOMES = (("correct", BLUE), ("abstained", SOFT), ("wrong", ORANGE))
KINDS = (("accuracy", BLUE, "circle"), ("error", ORANGE, "triangle-up"), ("precision", GREEN, "square"))
_UNIT = alt.Scale(domain=[0, 1])


def outcomes(rows: Sequence[Row]) -> Figure | None:
    """Stacked bars: right, abstained, wrong, of each model, best first."""
    if not rows:
        return None
    values = [
        {"name": f"{i:03d}{_short(row['model'])}", "outcome": name, "order": place, "value": row[name]["value"] or 0.0}
        for i, row in enumerate(rows)
        for place, (name, _) in enumerate(OUTCOMES)
    ]
    axis = alt.Axis(labelExpr="slice(datum.label, 3)", title=None, labelLimit=0, ticks=False)
    x = alt.X("sum(value):Q", title="share of scorable items", axis=percent_axis(), scale=_UNIT)
    bars = alt.Chart(alt.InlineData(values=values)).mark_bar(height=14)
    chart = bars.encode(
        x=x, y=alt.Y("name:N", axis=axis), order=alt.Order("order:Q"), color=_colour("outcome", OUTCOMES)
    )
    text = f"Bars of the shares right, abstained and wrong of {len(rows)} models; the table below holds every figure."
    return Figure(draw(chart.properties(width=WIDTH, height=alt.Step(26))), text)


def curves(rows: Sequence[Row], order: Sequence[str]) -> Figure | None:
    """(1 - t) x score of each model over t, with the band of its whole curve; as many models as there are looks.

    Times 1 - t a right answer earns 1 - t and a wrong one costs t, so every curve is a straight line, order and
    crossings stay what they are, and the far end does not dwarf the rest.
    """
    drawn = list(order)[: len(LOOKS)]
    columns = {"value": "value", "low": "band_low", "high": "band_high"}
    kept = [row for row in rows if row["model"] in drawn]
    values = [
        {"name": _short(row["model"]), "t": row["t"]}
        | {name: row[column] * (1 - row["t"]) for name, column in columns.items()}
        for row in kept
    ]
    if not values:
        return None
    pairs = [(_short(model), look[0]) for model, look in zip(drawn, LOOKS, strict=False)]
    names, dashes = [name for name, _ in pairs], [look[1] for look in LOOKS[: len(drawn)]]
    base = alt.Chart(alt.InlineData(values=values))
    x = alt.X("t:Q", title="confidence target t", axis=alt.Axis(format="~%", tickCount=10, labelFlush=False))
    y = alt.Y("low:Q", title="(1 − t) × mean score")
    band = base.mark_area(opacity=0.12).encode(x=x, y=y, y2="high:Q", color=_colour("name", pairs))
    dash = alt.StrokeDash("name:N", sort=names, scale=alt.Scale(domain=names, range=dashes), legend=None)
    line = base.mark_line(strokeWidth=2).encode(
        x=x, y=alt.Y("value:Q", title="(1 − t) × mean score"), color=_colour("name", pairs), strokeDash=dash
    )
    zero = alt.Chart(alt.InlineData(values=[{"y": 0}])).mark_rule(color=SOFT, strokeWidth=1).encode(y="y:Q")
    text = f"Curves of the mean score of {len(drawn)} models over the confidence target, falling as mistakes cost more."
    return Figure(draw(alt.layer(zero, band, line).properties(width=WIDTH, height=300)), text)


def reliability(rows: Sequence[Row], order: Sequence[str]) -> Figure | None:
    """Accuracy against mean confidence in bins; the diagonal is perfect calibration."""
    drawn = [model for model in order if any(row["model"] == model for row in rows)][: len(LOOKS)]
    columns = {"x": "mean_confidence", "y": "accuracy", "low": "low", "high": "high"}
    kept = [row for row in rows if row["model"] in drawn]
    values = [{"name": _short(row["model"])} | {name: row[column] for name, column in columns.items()} for row in kept]
    if not values:
        return None
    pairs = [(_short(model), look[0]) for model, look in zip(drawn, LOOKS, strict=False)]
    base = alt.Chart(alt.InlineData(values=values))
    x = alt.X("x:Q", title="mean confidence of the bin", axis=percent_axis(), scale=_UNIT)
    y = alt.Y("y:Q", title="share right", axis=percent_axis(), scale=_UNIT)
    bars = base.mark_rule(strokeWidth=1.5).encode(
        x=x, y=alt.Y("low:Q", title="share right"), y2="high:Q", color=_colour("name", pairs)
    )
    shape = _shape("name", [(name, look[2]) for (name, _), look in zip(pairs, LOOKS, strict=False)])
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=_colour("name", pairs), shape=shape)
    text = f"Reliability diagram of {len(drawn)} models; points below the diagonal are overconfident."
    return Figure(draw(alt.layer(_diagonal("x", "y"), bars, dots).properties(width=WIDTH, height=300)), text)


def behaviour(rows: Sequence[Row]) -> Figure | None:
    """Accuracy, error and precision of one model against the target it was told."""
    if not rows:
        return None
    values = [
        {"t": row["target"], "kind": kind, "value": row[kind]}
        for row in rows
        for kind, _, _ in KINDS
        if row[kind] is not None
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("t:Q", title="target the model was told", axis=percent_axis(), scale=_UNIT),
        y=alt.Y("value:Q", title="share", axis=percent_axis(), scale=_UNIT),
        color=_colour("kind", [(kind, colour) for kind, colour, _ in KINDS]),
    )
    dots = base.mark_point(filled=True, size=60, opacity=1)
    dots = dots.encode(shape=_shape("kind", [(kind, shape) for kind, _, shape in KINDS]))
    text = "Accuracy, error and precision against the target; precision has to lie above the diagonal."
    chart = alt.layer(_diagonal("t", "value"), base.mark_line(strokeWidth=1.5), dots)
    return Figure(draw(chart.properties(width=WIDTH, height=240)), text)


def _diagonal(x: str, y: str) -> Any:
    ends = alt.Chart(alt.InlineData(values=[{x: 0, y: 0}, {x: 1, y: 1}]))
    return ends.mark_line(color=SOFT, strokeWidth=1).encode(x=f"{x}:Q", y=f"{y}:Q")


def _colour(field: str, pairs: Sequence[tuple[str, str]]) -> alt.Color:
    names = [name for name, _ in pairs]
    legend = alt.Legend(title=None, orient="top", columns=3, labelLimit=0, symbolOpacity=1)
    return alt.Color(
        f"{field}:N", sort=names, scale=alt.Scale(domain=names, range=[c for _, c in pairs]), legend=legend
    )


def _shape(field: str, pairs: Sequence[tuple[str, str]]) -> alt.Shape:
    names = [name for name, _ in pairs]
    return alt.Shape(f"{field}:N", sort=names, scale=alt.Scale(domain=names, range=[s for _, s in pairs]))


def _short(name: str) -> str:
    return neutral.shorten(name, 28)
