"""Where everything went: records, sentences, candidates and mentions; every drop with its reason.

What the counts do not explain is a line of its own ("unexplained"), never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from analyzer.report.model import Step

DROPPED = "dropped_"
COUNTED = "estimate"  # the stage whose rows are the answered statements


def steps(
    stages: Sequence[Mapping[str, Any]],
    accounts: pa.Table | None,
    rejects: pa.Table | None,
    characters: int | None = None,
) -> tuple[Step, ...]:
    """The accounting in order: each stage's `read = kept + rejected{reason}`, with what extraction dropped.

    `accounts` is the table of that name, summed here over domains. `rejects` holds (stage, reason, count), the
    `rejects` table grouped; it fills in for a stage whose own counts are not given. `characters` are those of the
    documents that were kept.
    """
    given = _rejects(rejects)
    parts = {"ingest": list(_size("ingest", "characters", characters)), "extract": list(_extraction(_totals(accounts)))}
    lines: list[Step] = []
    mentions: int | None = None
    for stage in stages:
        name = str(stage["stage"])
        lines += _counted(stage, mentions) if name == COUNTED else _stage(stage)
        lines += parts.pop(name, [])
        mentions = stage.get("kept") if name == "count" else mentions
    told = {str(stage["stage"]) for stage in stages}
    for name in [name for name in given if name not in told]:
        lines += [Step(name, reason, n, None, "drop") for reason, n in sorted(given[name].items())]
    return (*lines, *(step for rest in parts.values() for step in rest))


def total(accounts: pa.Table, item: str) -> int | None:
    """The sum of one item over domains, None if no domain counted it."""
    return _totals(accounts).get(item)


def _stage(stage: Mapping[str, Any]) -> Iterator[Step]:
    name, read, kept = str(stage["stage"]), stage.get("read"), stage.get("kept")
    if read is None or kept is None:
        return
    rejected: Mapping[str, int] = stage.get("rejected") or {}
    yield Step(name, "read", read, None, "in")
    for reason in sorted(rejected):
        yield Step(name, reason, rejected[reason], _share(rejected[reason], read), "drop")
    yield from _rest(name, read - kept - sum(rejected.values()), read)
    yield Step(name, "kept", kept, _share(kept, read), "out")


def _counted(stage: Mapping[str, Any], mentions: int | None) -> Iterator[Step]:
    """From answered mentions to statements: one sentence's list is one, and so is a sentence repeated in a cluster."""
    name, read, statements = str(stage["stage"]), stage.get("read"), stage.get("kept")
    if mentions is None or read is None or statements is None:
        yield from _stage(stage)
        return
    yield Step(name, "answered_mentions", mentions, None, "in")
    yield Step(name, "joined", mentions - read, _share(mentions - read, mentions), "drop")
    yield from _rest(name, read - statements, mentions)
    yield Step(name, "statements", statements, _share(statements, mentions), "out")


def _size(stage: str, item: str, number: int | None) -> Iterator[Step]:
    if number is not None:
        yield Step(stage, item, number, None, "size")


def _extraction(totals: Mapping[str, int]) -> Iterator[Step]:
    """Three waterfalls, because sentences, candidates and mentions are not the same thing."""
    where = "extract"
    for item in ("documents", "words"):
        if item in totals:
            yield Step(where, item, totals[item], None, "size")
    if "sentences" in totals:
        sentences, skipped = totals["sentences"], totals.get("sentences_skipped", 0)
        yield Step(where, "sentences", sentences, None, "in")
        yield Step(where, "sentences_skipped", skipped, _share(skipped, sentences), "drop")
        yield Step(where, "sentences_parsed", sentences - skipped, _share(sentences - skipped, sentences), "out")
    if "candidates" in totals:
        candidates, mentions = totals["candidates"], totals.get("mentions", 0)
        dropped = {item: n for item, n in sorted(totals.items()) if item.startswith(DROPPED)}
        yield Step(where, "candidates", candidates, None, "in")
        for item, n in dropped.items():
            yield Step(where, item.removeprefix(DROPPED), n, _share(n, candidates), "drop")
        yield from _rest(where, candidates - mentions - sum(dropped.values()), candidates)
        yield Step(where, "mentions", mentions, _share(mentions, candidates), "out")
    if "abstentions" in totals:
        yield Step(
            where, "abstentions", totals["abstentions"], _share(totals["abstentions"], totals.get("mentions", 0)), "out"
        )


def _rest(stage: str, rest: int, whole: int) -> Iterator[Step]:
    if rest:
        yield Step(stage, "unexplained", rest, _share(rest, whole), "unexplained")


def _totals(accounts: pa.Table | None) -> dict[str, int]:
    if accounts is None or accounts.num_rows == 0:
        return {}
    grouped = accounts.group_by("item").aggregate([("count", "sum")])
    return dict(zip(grouped["item"].to_pylist(), grouped["count_sum"].to_pylist(), strict=True))


def _rejects(rejects: pa.Table | None) -> dict[str, dict[str, int]]:
    """The counts by stage and reason, stages in order. Columns by position, since Arrow names a count as it likes."""
    found: dict[str, dict[str, int]] = {}
    columns = [column.to_pylist() for column in rejects.columns] if rejects is not None else [[], [], []]
    for stage, reason, n in sorted(zip(*columns, strict=True)):
        found.setdefault(stage, {})[reason] = n
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
