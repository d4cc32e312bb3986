"""Hosts by volume, as the public summary of training content of Regulation (EU) 2024/1689, Art. 53(1)(d), lists them.

Its template asks for the top 10 % of the domain names that text was scraped from, by the size of their content; small
and medium providers list the top 5 % or 1,000 names, whichever are fewer. Volume is characters here, copies included:
what was collected, not what is left of it. Text without a URL is told by its source beside the hosts, and is no host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from analyzer.io.runs import Run
from analyzer.schemas.plans import HOSTS
from analyzer.text import domains

SHARE, SMALL_SHARE, SMALL_MOST = 0.10, 0.05, 1_000  # the template's
COUNTED = ("documents", "words", "characters")
# Scheme and authority: all that `domains.host` reads of a URL. Few are distinct, so Python sees few.
FRONT = r"^\s*(?P<front>(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://)?[^/?#]*)"
PARTS = 64  # partial sums that are put together at once: memory stays near what the distinct hosts take


@dataclass(frozen=True, slots=True)
class Listed:
    """The table hosts, how many hosts there are, and by which rule they were listed."""

    table: pa.Table
    hosts: int
    rule: str


def hosts(run: Run, *, small: bool = False, private_suffixes: bool = False) -> Listed:
    """Hosts of a run's documents by their characters. Documents are streamed, distinct hosts held in memory."""
    paths = run.files("ingest", "documents")
    documents = ds.dataset(paths, filesystem=run.filesystem, format="parquet") if paths else None
    batches = documents.to_batches(columns=["url", "source", "words", "characters"]) if documents else ()
    return listed(batches, small=small, private_suffixes=private_suffixes)


def listed(batches: Iterable[pa.RecordBatch], *, small: bool = False, private_suffixes: bool = False) -> Listed:
    """The same of record batches (url, source, words, characters)."""
    parts: list[pa.Table] = []
    for batch in batches:
        parts.append(_fronts(batch))
        parts = [_summed(parts)] if len(parts) >= PARTS else parts
    sums: dict[tuple[str, str], list[int]] = {}
    for row in _summed(parts).to_pylist() if parts else []:
        name = domains.host(row["front"]) if row["front"] is not None else None
        key = ("source", row["source"]) if name is None else ("host", domains.registrable(name, private_suffixes))
        total = sums.setdefault(key, [0, 0, 0])
        for i, column in enumerate(COUNTED):
            total[i] += row[column]
    return _ranked(sums, small)


def _fronts(batch: pa.RecordBatch) -> pa.Table:
    """Sums by scheme and authority, and by source, which counts where there is no host in it."""
    front = pc.struct_field(pc.extract_regex(batch.column("url"), FRONT), "front")
    columns = {name: batch.column(name) for name in ("source", "words", "characters")}
    rows = pa.table({"front": front, **columns, "documents": pc.cast(pc.is_valid(batch.column("source")), pa.int64())})
    return _summed([rows])


def _summed(parts: list[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(parts).group_by(["front", "source"]).aggregate([(name, "sum") for name in COUNTED])
    return rows.rename_columns([name.removesuffix("_sum") for name in rows.column_names]).select(
        ["front", "source", *COUNTED]
    )


def _ranked(sums: dict[tuple[str, str], list[int]], small: bool) -> Listed:
    total = sum(counts[2] for counts in sums.values())
    order = sorted(sums.items(), key=lambda item: (item[0][0] != "host", -item[1][2], item[0][1]))
    number = sum(kind == "host" for (kind, _), _ in order)
    most = min(ceil(SMALL_SHARE * number), SMALL_MOST) if small else ceil(SHARE * number)
    rule = (
        f"top {SMALL_SHARE:.0%} of hosts by characters, at most {SMALL_MOST:,}"
        if small
        else f"top {SHARE:.0%} of hosts by characters"
    )
    rows: list[dict[str, Any]] = []
    cumulated = 0
    for place, ((kind, name), counts) in enumerate(order, start=1):
        ranked = kind == "host"
        cumulated += counts[2] if ranked else 0
        rows.append(
            {
                "rank": place if ranked else None, "host": name, "kind": kind,
                **dict(zip(COUNTED, counts, strict=True)),
                "share": counts[2] / total if total else 0.0,
                "cumulated": cumulated / total if ranked and total else None,
                "listed": ranked and place <= most,
            }
        )  # fmt: skip
    return Listed(pa.Table.from_pylist(rows, HOSTS.schema), number, rule)
