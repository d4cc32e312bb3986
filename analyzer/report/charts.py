"""The figures of a run's page, each with the sentence that stands in for it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from analyzer.report import neutral, numbers
from analyzer.report.model import Domain, Frequencies, GrowthPoint
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
)  # fmt: skip

WIDTH = 520  # of the plot, without its axis; narrow enough to be read on a telephone when scrolled
RATE_AT_N = "singleton rate at equal N"
ORDER_DIGITS = 5  # an axis label carries its place, so that two names that are cut alike stay two rows


def domains(rows: Sequence[Domain]) -> Figure | None:
    """Dot plot: rate at equal N with its interval, the riskiest first. None when no domain was large enough."""
    drawn = [row for row in rows if row.rarefied_rate is not None]
    if not drawn:
        return None
    values = [
        {"name": _name(i, row), "value": row.rarefied_rate, "low": row.rarefied_low, "high": row.rarefied_high}
        for i, row in enumerate(drawn)
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_names())
    x = alt.X("value:Q", title=RATE_AT_N, axis=percent_axis(), scale=alt.Scale(zero=False))
    lines = base.mark_rule(color=BLUE, strokeWidth=2).encode(x=alt.X("low:Q", title=RATE_AT_N), x2="high:Q")
    dots = base.mark_point(shape="circle", filled=True, color=BLUE, size=55, opacity=1).encode(x=x)
    chart = alt.layer(lines.transform_filter("isValid(datum.low) && isValid(datum.high)"), dots)
    first, last = drawn[0], drawn[-1]
    text = (
        f"Dot plot of the singleton rate at equal N of {len(drawn)} domains, with intervals. "
        f"It runs from {_rate(first)} in the first to {_rate(last)} in the last; the table below holds every figure."
    )
    return Figure(draw(chart.properties(width=WIDTH, height=alt.Step(22))), text)


def units(rows: Sequence[Domain]) -> Figure | None:
    """What counting copies does: the rate of each domain by mention, by document and by cluster."""
    kinds = (("mention", "raw_rate"), ("document", "document_rate"), ("cluster", "singleton_rate"))
    drawn = [row for row in rows if any(getattr(row, column) is not None for _, column in kinds)]
    if not drawn:
        return None
    values = [
        {"name": _name(i, row), "unit": unit, "value": getattr(row, column)}
        for i, row in enumerate(drawn)
        for unit, column in kinds
        if getattr(row, column) is not None
    ]
    names = [unit for unit, _ in kinds]
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_names())
    x = alt.X("value:Q", title="singleton rate", axis=percent_axis(), scale=alt.Scale(zero=False))
    lines = base.mark_rule(color=GRID, strokeWidth=3).encode(
        x=alt.X("min(value):Q", title="singleton rate"), x2="max(value):Q"
    )
    legend = alt.Legend(title=None, orient="top")
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        x=x,
        color=alt.Color(
            "unit:N", scale=alt.Scale(domain=names, range=[ORANGE, GREEN, BLUE]), legend=legend, sort=names
        ),
        shape=alt.Shape("unit:N", scale=alt.Scale(domain=names, range=["triangle-up", "square", "circle"]), sort=names),
    )
    text = (
        f"Singleton rate of {len(drawn)} domains by mention, by document and by cluster; the table holds the figures."
    )
    return Figure(draw(alt.layer(lines, dots).properties(width=WIDTH, height=alt.Step(22))), text)


def spectrum(rows: Sequence[Frequencies]) -> Figure | None:
    """Frequency of frequencies, both axes logarithmic; a bin is drawn at its middle with its average f_r."""
    if not rows:
        return None
    values = [
        {"r": (row.first * row.last) ** 0.5, "keys": row.keys / (row.last - row.first + 1)} for row in rows if row.keys
    ]
    chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_point(shape="circle", filled=True, color=BLUE, size=45, opacity=1)
        .encode(
            x=alt.X(
                "r:Q", title="r: clusters in which a prompt stands", scale=alt.Scale(type="log"), axis=decade_axis()
            ),
            y=alt.Y("keys:Q", title="prompts seen r times", scale=alt.Scale(type="log"), axis=decade_axis()),
        )
    )
    once = sum(row.keys for row in rows if row.last == 1)
    text = (
        f"Log-log plot of how many prompts stand in r clusters: {numbers.count(once)} stand in one, "
        f"the commonest in about {numbers.count(rows[-1].last)}."
    )
    return Figure(draw(chart.properties(width=WIDTH, height=260)), text)


def growth(rows: Sequence[GrowthPoint]) -> Figure | None:
    """Singleton rate against the size of the corpus: rarefied, observed, extrapolated; beyond twice the size dotted."""
    drawn = [row for row in rows if row.value is not None]
    if len(drawn) < 2:  # a curve of one point is the headline again
        return None
    values = [
        {"n": row.statements, "value": row.value, "low": row.low, "high": row.high, "kind": _kind(row)} for row in drawn
    ]
    base = alt.Chart(alt.InlineData(values=values))
    x = alt.X("n:Q", title="answered statements", axis=count_axis())
    y = alt.Y("value:Q", title="singleton rate", axis=percent_axis(), scale=alt.Scale(zero=False))
    kinds = ["smaller sample", "this corpus", "extrapolated", "beyond twice its size"]
    present = [kind for kind in kinds if any(value["kind"] == kind for value in values)]
    look = {
        "smaller sample": (BLUE, "circle"),
        "this corpus": (INK, "diamond"),
        "extrapolated": (ORANGE, "triangle-up"),
        "beyond twice its size": (SOFT, "cross"),
    }
    band = base.mark_area(color=BLUE, opacity=0.15).encode(x=x, y=alt.Y("low:Q", title="singleton rate"), y2="high:Q")
    line = base.mark_line(color=SOFT, strokeWidth=1).encode(x=x, y=y)
    colours = alt.Scale(domain=present, range=[look[kind][0] for kind in present])
    shapes = alt.Scale(domain=present, range=[look[kind][1] for kind in present])
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color("kind:N", scale=colours, sort=present, legend=alt.Legend(title=None, orient="top")),
        shape=alt.Shape("kind:N", scale=shapes, sort=present),
    )
    chart = alt.layer(band.transform_filter("isValid(datum.low) && isValid(datum.high)"), line, dots)
    first, last = drawn[0], drawn[-1]
    text = (
        f"Curve of the singleton rate against corpus size: {numbers.share(first.value, first.low, first.high)} at "
        f"{numbers.count(first.statements)} statements, {numbers.share(last.value, last.low, last.high)} at "
        f"{numbers.count(last.statements)}."
    )
    return Figure(draw(chart.properties(width=WIDTH, height=260)), text)


def _kind(row: GrowthPoint) -> str:
    if row.status == "beyond_twice":
        return "beyond twice its size"
    return {"rarefaction": "smaller sample", "observed": "this corpus"}.get(row.method, "extrapolated")


def _rate(row: Domain) -> str:
    return numbers.share(row.rarefied_rate, row.rarefied_low, row.rarefied_high, row.common_n)


def _name(place: int, row: Domain) -> str:
    return f"{place:0{ORDER_DIGITS}d}{neutral.shorten(row.domain, 28)}"


def _names() -> alt.Y:
    axis = alt.Axis(labelExpr=f"slice(datum.label, {ORDER_DIGITS})", title=None, labelLimit=0, ticks=False)
    return alt.Y("name:N", axis=axis)
