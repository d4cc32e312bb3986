"""The end of a diff on a terminal: the sentence, the notes, and the slices that changed. Names enter as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from analyzer.report import neutral, numbers
from analyzer.report.diff_summary import IN_CORPUS, points

SHOWN, WIDTH = 10, 24
HOW = {"equal_n": "equal N", "in_corpus": "whole"}


def closing(summary: Mapping[str, Any]) -> Group:
    """Sentence, notes, what entered and left, changed slices, and places that changed through others."""
    parts: list[Text | Table] = [Text(summary["sentence"], style="bold"), *map(Text, summary["notes"])]
    moved = [summary["turnover"][item] for item in ("documents", "clusters", "prompts") if item in summary["turnover"]]
    if moved:
        parts += [Text(""), _table("What entered and left", ("", "A", "B", "left", "entered"), [
            (r["item"], *(numbers.count(r[name]) for name in ("in_a", "in_b", "left", "entered"))) for r in moved
        ])]  # fmt: skip
    for name, words in (
        ("new", "new in B"),
        ("gone", "gone from B"),
        ("nearly_all_duplicates", "nearly all duplicates in B"),
    ):
        rows = summary["states"][name]
        parts += [Text(f"  {r['slice_kind']} {neutral.shorten(r['slice'], WIDTH)}: {words}") for r in rows[:SHOWN]]
    if summary["changed"]:
        title = f"{min(SHOWN, summary['changed_total'])} of {summary['changed_total']:,} differences beyond chance"
        rows = [
            (
                f"{r['slice_kind'].replace('_', ' ')} {neutral.shorten(r['slice'], WIDTH)}",
                HOW[r["measure"]],
                *_rates(r),
                *_points(r),
            )
            for r in summary["changed"][:SHOWN]
        ]
        parts += [Text(""), _table(title, ("slice", "how", "A", "B", "points"), rows)]
    if summary["dependent"]:
        title = "Nothing entered or left here, yet the rate changed with the rest of the corpus"
        rows = [
            (f"{r['slice_kind']} {neutral.shorten(r['slice'], WIDTH)}", *_rates(r), f"{r['turned']:+,} stand alone")
            for r in summary["dependent"][:SHOWN]
        ]
        parts += [Text(""), _table(title, ("slice", "A", "B", "statements"), rows)]
    return Group(*parts)


def _rates(row: Mapping[str, Any]) -> tuple[str, str]:
    n = row["n"] if row["measure"] != IN_CORPUS else min(row["statements_a"], row["statements_b"])
    a, b = (numbers.share(row[name], row["low"], row["high"], n) for name in ("rate_a", "rate_b"))
    return a, b


def _points(row: Mapping[str, Any]) -> tuple[str]:
    value, low, high = (points(row[name], row["low"], row["high"]) for name in ("difference", "low", "high"))
    return (f"{value} ({low} to {high})",)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(Text(head), justify="left" if place == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
