"""What-if and advice on a terminal: numbers with their intervals, what they are, and what they are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from rich.console import Group
from rich.table import Table
from rich.text import Text

from analyzer.report import neutral, numbers

PER = 1_000_000  # words that `change` is told for
SHOWN = 5  # domains in each half of the advice
WIDTH = 28  # characters of a domain's name
NAMES = {
    "singleton_rate": "singleton rate",
    "sample_coverage": "coverage",
    "statements": "N: answered statements",
    "singletons": "of them, of singletons",
    "prompts": "answered prompts",
    "documents": "documents",
    "words": "words",
    "statements_seen": "statements, as often as seen",
}
SHARES = ("singleton_rate", "sample_coverage")
MASS = "low_exposure_mass_"
Row = dict[str, Any]


def what_if(table: pa.Table, rules: Sequence[str], loose: int, *, repeats: bool) -> Group:
    """The prediction, what it predicts, and on what conditions."""
    rows = table.to_pylist()
    by = {row["statistic"]: row for row in rows}
    shown = Table(box=None, pad_edge=False)
    for heading in ("", "now", "then", "interval"):
        shown.add_column(Text(heading), justify="left" if not heading else "right", no_wrap=True)
    for row in rows:
        if repeats or (row["statistic"] in NAMES and row["statistic"] != "statements_seen"):
            shown.add_row(*(Text(cell) for cell in _cells(row)))
    kept = ", ".join(neutral.neutralise(rule) for rule in rules)
    return Group(Text(f"kept: {kept}"), shown, *notes(by, loose, repeats))


def notes(by: dict[str, Row], loose: int, repeats: bool) -> list[Text]:
    """What must be said beside the numbers."""
    rate = by["singleton_rate"]
    told = [
        "The rate is the headline's: statements of prompts that one cluster answers, over all tiers, not corrected for "
        "extraction errors. The interval is for one sample of documents, drawn independently with these chances: a "
        f"{_confidence(rate)}prediction interval for another audit, not a confidence interval for the world."
    ]
    if rate["status"] not in ("ok", "clipped"):
        told.append(f"The interval is not to be believed: {numbers.words(rate['status'])}.")
    if loose:
        told.append(
            f"{loose:,} clusters of three or more documents are sampled: they are taken to stay together, but without "
            "a middle link they may fall apart, which lowers the rate."
        )
    if repeats:
        told.append(
            "Documents that are seen several times are no new evidence: the singleton rate stands as if they were seen "
            "once. What moves is the mass of prompts that training sees rarely: the share of what it sees that answers "
            "prompts seen at most so many times."
        )
    return [Text(line) for line in told]


def _confidence(row: Row) -> str:
    return f"{100 * row['confidence']:g}{numbers.SPACE}% " if row["confidence"] else ""


def _cells(row: Row) -> tuple[str, ...]:
    statistic = row["statistic"]
    if statistic in SHARES:
        limits = numbers.interval(row["value"], row["low"], row["high"])
        then = numbers.share(row["value"], row["low"], row["high"], round(row["denominator"] or 0)) or "undefined"
        return NAMES[statistic], numbers.share(row["now"], row["low"], row["high"]), then, limits
    if statistic.startswith(MASS):
        name = f"seen at most {statistic.removeprefix(MASS)} times"
        return name, *(numbers.share(row[column], n=round(row["denominator"] or 0)) for column in ("now", "value")), ""
    ends = "" if row["low"] is None else f"{row['low']:,.0f}–{row['high']:,.0f}"
    return NAMES[statistic], numbers.count(row["now"]), numbers.count(row["value"]), ends


def advice(table: pa.Table) -> Group:
    """Domains that more words of would lower the rate most, and domains that hold most of it."""
    rows = table.to_pylist()
    falling = [row for row in rows if row["change_high"] is not None and row["change_high"] < 0][:SHOWN]
    holding = sorted(rows, key=lambda row: (-row["singletons"], row["domain"]))[:SHOWN]
    parts: list[Text | Table] = [Text("A word more of the same kind would lower the corpus' rate most in:")]
    if falling:
        parts.append(_listed(falling, ("domain", "points", "by more words"), _change))
    else:
        parts[0] = Text(
            "No domain of which more words would surely lower the corpus' rate: no interval lies below zero."
        )
    parts.append(Text("The singletons' statements stand in:"))
    parts.append(_listed(holding, ("domain", "share", "statements"), _share))
    told = (
        "Points are the slope, at the present size, of the curve by which the corpus' rate moves with the domain, "
        "times its words, at most a million. The curve bends, so as a rule the fall is less; further it cannot say. "
        f"{_chance(rows)}Rates are not corrected for extraction errors."
    )
    return Group(*parts, Text(told))


def _chance(rows: list[Row]) -> str:
    """What picking from many intervals does; nothing for a single one."""
    judged = [row for row in rows if row["change_high"] is not None]
    if len(judged) < 2:
        return ""
    level = f"{100 * judged[0]['confidence']:g}{numbers.SPACE}%"
    stray = len(judged) * (1 - judged[0]["confidence"]) / 2
    return (
        f"Each {level} interval is for its domain alone, and the surest of {len(judged):,} were picked: if more words "
        f"lowered the rate in none of them, {numbers.plain(stray)} would be expected below zero all the same. "
    )


def _listed(rows: list[Row], headings: tuple[str, ...], cells: Any) -> Table:
    shown = Table(box=None, pad_edge=False)
    for i, heading in enumerate(headings):
        shown.add_column(Text(heading), justify="right" if i in (1, 2) else "left", no_wrap=True)
    for row in rows:
        shown.add_row(Text(neutral.shorten(row["domain"], WIDTH)), *(Text(cell) for cell in cells(row)))
    return shown


def _change(row: Row) -> tuple[str, str]:
    """The fall by as many words again as there are, at most a million: that far the slope may be followed."""
    step = min(row["words"], PER)
    value, low, high = (100 * row[name] * step / PER for name in ("change", "change_low", "change_high"))
    return f"{value:+.2f} ({low:+.2f} to {high:+.2f})", numbers.count(step)


def _share(row: Row) -> tuple[str, str]:
    limits = numbers.interval(row["share"], row["share_low"], row["share_high"])
    shown = numbers.share(row["share"], row["share_low"], row["share_high"], row["statements"])
    return f"{shown} ({limits})" if limits else shown, numbers.count(row["statements"])
