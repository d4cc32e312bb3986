"""The figures of a run's page, each with the sentence that stands in for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from analyzer.report import neutral, numbers
from analyzer.report.model import Domain, Frequencies, GrowthPoint, Line
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
PANEL = 34  # rows of one drawing: more would not fit a printed page
ORDER_DIGITS = 5  # an axis label carries its place, so that two names that are cut alike stay two rows


def domains(rows: Sequence[Domain]) -> list[Figure]:
    """Dot plots: rate at equal N with its interval, the riskiest first. Empty when no domain was large enough."""
    drawn = [(i, row) for i, row in enumerate(rows) if row.rarefied_rate is not None]
    values = [
        {"name": _name(i, row), "value": row.rarefied_rate, "low": row.rarefied_low, "high": row.rarefied_high}
        for i, row in drawn
    ]
    ends = _ends(value for entry in values for value in (entry["value"], entry["low"], entry["high"]))
    found = []
    for first, last in _panels(len(drawn)):
        text = (
            f"Dot plot of the singleton rate at equal N of the domains ranked {first + 1} to {last}, with intervals. "
            f"It runs from {_rate(drawn[first][1])} in the first to {_rate(drawn[last - 1][1])} in the last; "
            "the table of domains holds every figure."
        )
        found.append(Figure(draw(_dots(values[first:last], ends)), text))
    return found


def _dots(values: list[dict[str, Any]], ends: tuple[float, float]) -> Any:
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_names())
    x = alt.X("value:Q", title=RATE_AT_N, axis=percent_axis(), scale=alt.Scale(domain=list(ends)))
    low = alt.X("low:Q", title=RATE_AT_N, axis=percent_axis(), scale=alt.Scale(domain=list(ends)))
    lines = base.mark_rule(color=BLUE, strokeWidth=2).encode(x=low, x2="high:Q")
    dots = base.mark_point(shape="circle", filled=True, color=BLUE, size=55, opacity=1).encode(x=x)
    chart = alt.layer(lines.transform_filter("isValid(datum.low) && isValid(datum.high)"), dots)
    return chart.properties(width=WIDTH, height=alt.Step(22))


UNITS = (  # the last number: square pixels, so that of equal rates each still shows
    ("by mention", "raw_rate", ORANGE, "triangle-up", 60),
    ("by document", "document_rate", GREEN, "square", 110),
    ("by cluster", "singleton_rate", BLUE, "circle", 40),
    ("by cluster, corrected", "corrected_rate", INK, "diamond", 60),
)


def units(rows: Sequence[Domain]) -> list[Figure]:
    """Raw, deduplicated and corrected: the rate of each ranked domain by mention, by document, by cluster, and without
    the extractor's errors where these were measured. The others are too small for three dots to mean anything."""
    drawn = [(i, row) for i, row in enumerate(rows) if row.rank is not None]
    kinds = [kind for kind in UNITS if any(getattr(row, kind[1]) is not None for _, row in drawn)]
    ends = _ends(getattr(row, kind[1]) for _, row in drawn for kind in kinds)
    found = []
    for first, last in _panels(len(drawn)):
        values = [
            {"name": _name(i, row), "unit": name, "value": getattr(row, column), "size": size}
            for i, row in drawn[first:last]
            for name, column, _, _, size in kinds
            if getattr(row, column) is not None
        ]
        text = (
            f"Dot plot of the singleton rate of domains {first + 1} to {last} {', '.join(kind[0] for kind in kinds)}. "
            "The table of deduplication by domain holds the figures."
        )
        found.append(Figure(draw(_compared(values, kinds, ends)), text))
    return found


def _compared(
    values: list[dict[str, Any]], kinds: Sequence[tuple[str, str, str, str, int]], ends: tuple[float, float]
) -> Any:
    names = [kind[0] for kind in kinds]
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_names())
    x = alt.X("value:Q", title="singleton rate", axis=percent_axis(), scale=alt.Scale(domain=list(ends)))
    least = alt.X("min(value):Q", title="singleton rate", axis=percent_axis(), scale=alt.Scale(domain=list(ends)))
    lines = base.mark_rule(color=GRID, strokeWidth=3).encode(x=least, x2="max(value):Q")
    legend = alt.Legend(title=None, orient="top")
    colours = alt.Scale(domain=names, range=[kind[2] for kind in kinds])
    shapes = alt.Scale(domain=names, range=[kind[3] for kind in kinds])
    dots = base.mark_point(filled=True, opacity=1).encode(
        x=x,
        color=alt.Color("unit:N", scale=colours, legend=legend, sort=names),
        shape=alt.Shape("unit:N", scale=shapes, sort=names),
        size=alt.Size("size:Q", scale=None),
    )
    return alt.layer(lines, dots).properties(width=WIDTH, height=alt.Step(22))


def _panels(rows: int) -> list[tuple[int, int]]:
    """First and last row of each drawing, of about equal length."""
    number = math.ceil(rows / PANEL)
    return [(rows * i // number, rows * (i + 1) // number) for i in range(number)]


def _ends(values: Any) -> tuple[float, float]:
    """An axis that all drawings of a kind share, to the next five points outside."""
    known = [value for value in values if value is not None]
    if not known:
        return 0.0, 1.0
    return max(0.0, math.floor(20 * min(known)) / 20), min(1.0, math.ceil(20 * max(known)) / 20)


def spectrum(rows: Sequence[Frequencies], line: Line) -> Figure | None:
    """Frequency of frequencies, both axes logarithmic; a bin is drawn at its middle with its average f_r."""
    if not rows:
        return None
    values = [
        {"r": (row.first * row.last) ** 0.5, "keys": row.keys / (row.last - row.first + 1), "kind": OBSERVED}
        for row in rows
        if row.keys
    ]
    fitted = _fitted(line, max(value["r"] for value in values))
    kinds = [OBSERVED, FITTED] if fitted else [OBSERVED]
    x = alt.X("r:Q", title="r: clusters in which a prompt stands", scale=alt.Scale(type="log"), axis=decade_axis())
    y = alt.Y("keys:Q", title="prompts seen r times", scale=alt.Scale(type="log"), axis=decade_axis())
    colours = alt.Scale(domain=kinds, range=[BLUE, ORANGE][: len(kinds)])
    legend = alt.Legend(title=None, orient="top") if fitted else None
    colour = alt.Color("kind:N", scale=colours, sort=kinds, legend=legend)
    dots = alt.Chart(alt.InlineData(values=values)).mark_point(shape="circle", filled=True, size=45, opacity=1)
    layers = [dots.encode(x=x, y=y, color=colour)]
    if fitted:
        curve = alt.Chart(alt.InlineData(values=fitted)).mark_line(strokeWidth=1.5, strokeDash=[6, 3])
        layers.insert(0, curve.encode(x=x, y=y, color=colour))
    once = sum(row.keys for row in rows if row.last == 1)
    text = (
        f"Log-log plot of how many prompts stand in r clusters. {numbers.count(once)} stand in one, "
        f"the commonest in about {numbers.count(rows[-1].last)}."
    )
    if fitted:
        text += f" The fitted line falls with slope {line.slope:.2f}."
    return Figure(draw(alt.layer(*layers).properties(width=WIDTH, height=260)), text)


OBSERVED, FITTED = "observed", "fitted line"
LEAST_DRAWN = 0.5  # prompts: the line is drawn down to where it rounds to none


def _fitted(line: Line, last: float) -> list[dict[str, Any]]:
    """The ends of the fitted line, which is straight on these axes."""
    if line.slope is None or line.intercept is None or line.slope >= 0 or last <= 1:
        return []
    end = min(last, math.exp((math.log(LEAST_DRAWN) - line.intercept) / line.slope))
    points = [(r, math.exp(line.intercept + line.slope * math.log(r))) for r in (1.0, end) if end > 1]
    return [{"r": r, "keys": keys, "kind": FITTED} for r, keys in points]


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
        f"Curve of the singleton rate against corpus size. {numbers.share(first.value, first.low, first.high)} at "
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
    axis = alt.Axis(
        labelExpr=f"slice(datum.label, {ORDER_DIGITS})", title=None, labelLimit=0, labelPadding=8, ticks=False
    )
    return alt.Y("name:N", axis=axis)
