"""What a scoring says on the terminal when it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from analyzer.report import neutral, numbers
from analyzer.report.score_summary import Row, points, shown

WIDTH = 20  # characters of a model's name: a table of four targets fits 80 columns


def closing(summary: Mapping[str, Any]) -> Iterator[Any]:
    """The verdict, how the logs were read, and a table a benchmark."""
    about = summary["about"]
    for path, notes in about["files"].items():
        chosen = ", ".join(f"{key}={value}" for key, value in notes["chosen"].items())
        counted = "".join(f"; {key}: {value}" for key, value in notes["counts"].items())
        yield Text(neutral.neutralise(f"{path}: read as {notes['format']} ({chosen}){counted}"))
    for path, why in about["passed_over"].items():
        yield Text(neutral.neutralise(f"{path}: passed over: {why}"))
    counts = about["counts"]
    lost = "".join(f", {n} rejected as {reason}" for reason, n in sorted(counts["rejected"].items()))
    yield Text(f"{counts['read']} records read, {counts['kept']} kept{lost}")
    decided = sum(row["decided"] for row in summary["abstentions"])
    if decided:
        yield Text(f"{decided} answers taken for abstentions by their words: see the table `abstentions`")
    yield Text(summary["verdict"]["sentence"])
    for caveat in summary["verdict"]["caveats"]:
        yield Text(caveat)
    for benchmark in summary["benchmarks"]:
        yield _table(benchmark)


def _table(benchmark: Row) -> Table:
    told = "" if benchmark["target"] is None else f", told t = {benchmark['target']:g}"
    title = f"\n{neutral.shorten(benchmark['name'])}{told}: {numbers.count(benchmark['items'])} items"
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text("model"), no_wrap=True)
    for heading in ("right", "wrong", "abst."):
        table.add_column(Text(heading), justify="right", no_wrap=True)
    for target in benchmark["targets"]:
        table.add_column(Text(f"t={target['t']:.3g}"), justify="right", no_wrap=True)
    for model in benchmark["models"]:
        shares = (shown(model[key]) for key in ("correct", "wrong", "abstained"))
        cells = (neutral.shorten(model["model"], WIDTH), *shares, *(_score(row) for row in model["scores"]))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _score(row: Row) -> str:
    """`−0.05 #2`: score and rank."""
    rank = f" #{row['rank']}" if row.get("rank") is not None else ""
    return f"{points(row) or 'none'}{rank}"
