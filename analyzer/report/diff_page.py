"""The page of a diff: the sentence, what changed, what entered and left. Names enter escaped and cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from analyzer.report import html, neutral, numbers
from analyzer.report.diff_summary import EQUAL_N, IN_CORPUS, points
from analyzer.report.svg import BLUE, INK, ORANGE, Figure, draw

TITLE = "What changed between two runs"
DRAWN = 30  # slices in the figure: more would not fit a printed page
LISTED = 100  # rows of the table of all comparisons; the rest is in the tables
HOW = {EQUAL_N: "at equal N", IN_CORPUS: "taken whole"}
MARKS = {EQUAL_N: (BLUE, "circle"), IN_CORPUS: (ORANGE, "square")}
STATES = {"new": "New in B", "gone": "Gone from B", "nearly_all_duplicates": "Nearly all duplicates in B, not in A"}


def render(summary: Mapping[str, Any]) -> str:
    """The page of what `diff_summary.summarise` found."""
    compared = sorted(
        summary["slices"], key=lambda r: (not r["changed"], -abs(r["difference"]), r["slice_kind"], r["slice"])
    )
    return html.render(
        "diff.html.j2",
        title=TITLE,
        s=summary,
        corpus=[_shown(summary["corpus"][m]) for m in (EQUAL_N, IN_CORPUS) if m in summary["corpus"]],
        compared=[_shown(row) for row in compared[:LISTED]],
        compared_total=len(compared),
        dependent=[_shown(row) | {"turned": f"{row['turned']:+,}"} for row in summary["dependent"]],
        turnover=[summary["turnover"][i] for i in ("documents", "clusters", "prompts") if i in summary["turnover"]],
        states=[
            (name, words, summary["states"][name], summary["states_total"][name]) for name, words in STATES.items()
        ],
        figure_of=_dots([row for row in compared if row["difference"]][:DRAWN]),
        removed=_removed,
    )


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    n = row["n"] if row["measure"] == EQUAL_N else min(row["statements_a"], row["statements_b"])
    a, b = (numbers.share(row[name], row["low"], row["high"], n) for name in ("rate_a", "rate_b"))
    known = row["difference"] is not None
    p = row["p_adjusted"]
    return {
        "kind": _kind(row),
        "slice": row["slice"],
        "how": HOW[row["measure"]],
        "n": numbers.count(n),
        "sizes": (numbers.count(row["statements_a"]), numbers.count(row["statements_b"])),
        "units": (numbers.count(row["units_a"]), numbers.count(row["units_b"])),
        "shared": numbers.count(row["units_shared"]),
        "a": a,
        "b": b,
        "difference": points(row["difference"], row["low"], row["high"]) if known else numbers.words(row["status"]),
        "interval": " to ".join(points(row[end], row["low"], row["high"]) for end in ("low", "high")) if known else "",
        "p": "" if p is None else "< .0001" if p < 1e-4 else f"{p:.4f}",
        "changed": row["changed"],
    }


def _kind(row: Mapping[str, Any]) -> str:
    return str(row["slice_kind"]).replace("_", " ")


def _removed(row: Mapping[str, Any]) -> str:
    """`12 %, 95 %`: what deduplication would take from a place in A and in B."""
    return ", ".join(numbers.counted(row[side]) or "not there" for side in ("removed_a", "removed_b"))


def _dots(rows: Sequence[Mapping[str, Any]]) -> Figure | None:
    """Differences with their intervals, those beyond chance first; shape and colour tell the measure."""
    if not rows:
        return None
    values = [
        {"name": f"{i:05d} {neutral.shorten(r['slice'], 26)}, {_kind(r)}", "how": HOW[r["measure"]],
         "value": 100 * r["difference"], "low": 100 * r["low"], "high": 100 * r["high"]}
        for i, r in enumerate(rows)
    ]  # fmt: skip
    kinds = list(HOW.values())
    colours = alt.Scale(domain=kinds, range=[colour for colour, _ in MARKS.values()])
    shapes = alt.Scale(domain=kinds, range=[shape for _, shape in MARKS.values()])
    legend = alt.Legend(title=None, orient="top")
    axis = alt.Axis(labelExpr="slice(datum.label, 6)", labelLimit=260, title=None)  # without the place that orders them
    base = alt.Chart(alt.InlineData(values=values)).encode(y=alt.Y("name:N", axis=axis, sort=None))
    title = "singleton rate in B minus A, percentage points"
    lines = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, axis=alt.Axis(labelFlush=False, tickCount=6)),
        x2="high:Q",
        color=alt.Color("how:N", scale=colours, sort=kinds, legend=legend),
    )
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        x=alt.X("value:Q", title=title, axis=alt.Axis(labelFlush=False, tickCount=6)),
        color=alt.Color("how:N", scale=colours, sort=kinds, legend=legend),
        shape=alt.Shape("how:N", scale=shapes, sort=kinds, legend=legend),
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, strokeDash=[3, 3]).encode(x="zero:Q")
    text = (
        f"Dot plot of the differences of {len(rows)} slices with intervals, those beyond chance first; "
        "the table of comparisons holds every figure."
    )
    return Figure(draw(alt.layer(zero, lines, dots).properties(width=460, height=alt.Step(20))), text)
