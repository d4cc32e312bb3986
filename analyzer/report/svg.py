"""Charts as static SVG: Vega-Lite by altair, drawn by vl-convert without a browser, to stand inside a page.

Colours are fixed names (`INK`, `BLUE`, ...) that the page's style sheet maps to its light and its dark palette by
attribute selectors; the hues are Okabe and Ito's, which the colour-blind can tell apart; shapes must differ as well.
Corpus strings enter as data only, neutralised and cut; vl-convert escapes them. Neutralising is not optional: a control
character makes vl-convert 1.9 abort the whole process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from analyzer.ids import digest

INK, SOFT, GRID, PAPER = "#1b1b1b", "#595959", "#d9d9d9", "#fefefe"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

FONT = "system-ui, Helvetica, Arial, sans-serif"
_PADDING = {"left": 36, "right": 14, "top": 4, "bottom": 4}  # the reader's font may be wider than the measured one


@dataclass(frozen=True, slots=True)
class Figure:
    """An SVG with the words that stand in for it where it cannot be seen: the first sentence names it."""

    svg: Markup
    alt: str

    @property
    def named(self) -> Markup:
        """The drawing as an image that carries its title and description, for a page."""
        title, _, rest = self.alt.partition(". ")
        at = f"figure-{digest(self.alt, self.svg, size=6)}"
        names = Markup('<title id="{0}-title">{1}</title>').format(at, title)
        labels = f"{at}-title"
        if rest:
            names += Markup('<desc id="{0}-desc">{1}</desc>').format(at, rest)
            labels = f"{labels} {at}-desc"
        opening = self.svg.index(">")
        role = Markup(' role="img" aria-labelledby="{0}">').format(labels)
        return Markup(self.svg[:opening]) + role + names + self.svg[opening + 1 :]  # noqa: S704 - parts of the drawing


def percent_axis() -> alt.Axis:
    return alt.Axis(format="~%", tickCount=6, labelFlush=False)


def count_axis() -> alt.Axis:
    return alt.Axis(labelExpr=_COUNT, tickCount=6, labelFlush=False)


def decade_axis() -> alt.Axis:
    """Labels at powers of ten only; the lines between show the scale."""
    power = "log(datum.value) / LN10"
    return alt.Axis(labelExpr=f"abs({power} - round({power})) < 1e-6 ? {_COUNT} : ''", tickCount=6, labelFlush=False)


_COUNT = "format(datum.value, datum.value < 1 ? '~g' : '~s')"  # 1k, 2M; below one SI letters would read as millions


def draw(chart: Any) -> Markup:
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
    return Markup(_PART_ROLE.sub(r"\1", _NAMESPACE.sub("", svg, count=2)))  # noqa: S704 - vl-convert has escaped it; tests parse it


def _vega_lite() -> str:
    """The Vega-Lite that altair wrote the chart for, as vl-convert names it: `5.20`."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


_NAMESPACE = re.compile(r' xmlns(?::xlink)?="[^"]*"')
_PART_ROLE = re.compile(r'(<g\b[^<>]*?) role="graphics-[a-z]+" aria-roledescription="[^"]*"')  # unnamed images, else
