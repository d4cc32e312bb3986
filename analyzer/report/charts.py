"""The figures as static SVG: Vega-Lite by altair, drawn by vl-convert without a browser, to stand inside a page.

Colours are fixed names (`INK`, `BLUE`, ...) that the page's style sheet maps to its light and its dark palette by
attribute selectors; the hues are Okabe and Ito's, which the colour-blind can tell apart, and shapes differ as well.
Corpus strings enter as data only, neutralised and cut; vl-convert escapes them. Neutralising is not optional: a control
character makes vl-convert 1.9 abort the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from analyzer.report import neutral, numbers
from analyzer.report.model import Domain, Frequencies, GrowthPoint

INK, SOFT, GRID, PAPER = "#1b1b1b", "#595959", "#d9d9d9", "#fefefe"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

WIDTH = 520  # of the plot, without its axis; narrow enough to be read on a telephone when scrolled
RATE_AT_N = "singleton rate at equal N"
FONT = "system-ui, Helvetica, Arial, sans-serif"
_PADDING = {"left": 36, "right": 14, "top": 4, "bottom": 4}  # the reader's font may be wider than the measured one
ORDER_DIGITS = 5  # an axis label carries its place, so that two names that are cut alike stay two rows


@dataclass(frozen=True, slots=True)
class Figure:
    """An SVG with the sentence that stands in for it where it cannot be seen."""

    svg: Markup
    alt: str


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
    x = alt.X("value:Q", title=RATE_AT_N, axis=_percent_axis(), scale=alt.Scale(zero=False))
    lines = base.mark_rule(color=BLUE, strokeWidth=2).encode(x=alt.X("low:Q", title=RATE_AT_N), x2="high:Q")
    dots = base.mark_point(shape="circle", filled=True, color=BLUE, size=55, opacity=1).encode(x=x)
    chart = alt.layer(lines.transform_filter("isValid(datum.low) && isValid(datum.high)"), dots)
    first, last = drawn[0], drawn[-1]
    text = (
        f"Dot plot of the singleton rate at equal N of {len(drawn)} domains, with intervals. "
        f"It runs from {_rate(first)} in the first to {_rate(last)} in the last; the table below holds every figure."
    )
    return Figure(_svg(chart.properties(width=WIDTH, height=alt.Step(22))), text)


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
    x = alt.X("value:Q", title="singleton rate", axis=_percent_axis(), scale=alt.Scale(zero=False))
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
    return Figure(_svg(alt.layer(lines, dots).properties(width=WIDTH, height=alt.Step(22))), text)


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
                "r:Q", title="r: clusters in which a prompt stands", scale=alt.Scale(type="log"), axis=_decade_axis()
            ),
            y=alt.Y("keys:Q", title="prompts seen r times", scale=alt.Scale(type="log"), axis=_decade_axis()),
        )
    )
    once = sum(row.keys for row in rows if row.last == 1)
    text = (
        f"Log-log plot of how many prompts stand in r clusters: {numbers.count(once)} stand in one, "
        f"the commonest in about {numbers.count(rows[-1].last)}."
    )
    return Figure(_svg(chart.properties(width=WIDTH, height=260)), text)


def growth(rows: Sequence[GrowthPoint]) -> Figure | None:
    """Singleton rate against the size of the corpus: rarefied, observed, extrapolated; beyond twice the size dotted."""
    drawn = [row for row in rows if row.value is not None]
    if len(drawn) < 2:  # a curve of one point is the headline again
        return None
    values = [
        {"n": row.statements, "value": row.value, "low": row.low, "high": row.high, "kind": _kind(row)} for row in drawn
    ]
    base = alt.Chart(alt.InlineData(values=values))
    x = alt.X("n:Q", title="answered statements", axis=_count_axis())
    y = alt.Y("value:Q", title="singleton rate", axis=_percent_axis(), scale=alt.Scale(zero=False))
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
    return Figure(_svg(chart.properties(width=WIDTH, height=260)), text)


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


def _percent_axis() -> alt.Axis:
    return alt.Axis(format="~%", tickCount=6, labelFlush=False)


def _count_axis() -> alt.Axis:
    return alt.Axis(labelExpr=_COUNT, tickCount=6, labelFlush=False)


def _decade_axis() -> alt.Axis:
    """Labels at powers of ten only; the lines between show the scale."""
    power = "log(datum.value) / LN10"
    return alt.Axis(labelExpr=f"abs({power} - round({power})) < 1e-6 ? {_COUNT} : ''", tickCount=6, labelFlush=False)


_COUNT = "format(datum.value, datum.value < 1 ? '~g' : '~s')"  # 1k, 2M; below one SI letters would read as millions


def _svg(chart: Any) -> Markup:
    """The chart as an `svg` element for use inside HTML; what names its parts for a screen reader is the page's."""
    look = {
        "labelColor": INK,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    config = {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "padding": _PADDING,
        "view": {"stroke": None},
        "axis": {**look, "gridColor": GRID, "domainColor": SOFT, "tickColor": SOFT},
        "legend": {**look, "columnPadding": 28},
    }
    svg = vl_convert.vegalite_to_svg({**chart.to_dict(), "config": config}, vl_version=_vega_lite())
    return Markup(_NAMESPACE.sub("", svg, count=2))  # noqa: S704 - vl-convert has escaped it; tests parse it


def _vega_lite() -> str:
    """The Vega-Lite that altair wrote the chart for, as vl-convert names it: `5.20`."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


_NAMESPACE = re.compile(r' xmlns(?::xlink)?="[^"]*"')
