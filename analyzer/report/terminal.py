"""The end of a run on a terminal: the verdict and the riskiest domains. Corpus strings enter neutralised and as `Text`,
which rich takes for text: neither an escape sequence nor `[red]` in a domain's name has any effect."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from analyzer.report import neutral, numbers
from analyzer.report.model import Domain, Summary

SHOWN = 10  # domains; a screen, not a report
WIDTH = 22  # characters of a domain's name: the numbers need the rest of 80 columns


def closing_table(summary: Summary) -> Group:
    """Verdict, caveats and, when there is one, the table of the first domains."""
    parts: list[Text | Table] = [Text(summary.verdict.sentence, style="bold")]
    parts += [Text(caveat) for caveat in summary.verdict.caveats]
    parts += [
        Text(f"  {row.slice_kind} {neutral.shorten(row.slice, WIDTH)}: {row.removed:,} of {row.documents:,} documents")
        for row in summary.deduplication.vanishing[:SHOWN]
    ]
    if summary.domains:
        parts += [Text(""), _table(summary.domains[:SHOWN], summary.corpus.domains)]
    return Group(*parts)


def _table(rows: tuple[Domain, ...], total: int) -> Table:
    title = f"{len(rows)} of {total:,} domains, by the lower limit at equal N" if total > 1 else "1 domain"
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    table.add_column(Text("rank"), justify="right", min_width=4)
    table.add_column(Text("domain"), no_wrap=True)
    for heading in ("at equal N", "rate", "N"):  # 80 columns hold no more
        table.add_column(Text(heading), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row)))
    return table


def _cells(row: Domain) -> tuple[str, ...]:
    return (
        "" if row.rank is None else str(row.rank),
        neutral.shorten(row.domain, WIDTH),
        _rate(row.rarefied_rate, row.rarefied_low, row.rarefied_high, row.common_n) or numbers.words(row.status),
        _rate(row.singleton_rate, row.low, row.high, row.statements) or "undefined",
        numbers.count(row.statements),
    )


def _rate(value: float | None, low: float | None, high: float | None, n: int | None) -> str:
    """`92.5 % (90.1–94.2)`."""
    limits = numbers.interval(value, low, high).removesuffix(f"{numbers.SPACE}%")
    return numbers.share(value, low, high, n) + (f" ({limits})" if limits else "")
