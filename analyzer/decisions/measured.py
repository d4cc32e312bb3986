"""Where the numbers of each kind of rule come from: the tables of a run, a quality card, a comparison with a base."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from analyzer.decisions.judge import Number, Verdict, verdict
from analyzer.decisions.rules import Rule
from analyzer.errors import ConfigError, nearest
from analyzer.io.records import REASONS
from analyzer.io.runs import Run
from analyzer.report import neutral, numbers
from analyzer.stats import clopper_pearson

# Statuses of a number that must not be acted on although it is there.
UNUSABLE = ("beyond_range", "beyond_twice", "conditions_not_met", "vacuous", "unreachable", "too_small")
CONFIDENCE = 0.95  # of a share of copies taken as a sample
WIDTH = 120  # characters of a slice's name in a subject
REST = "corrupt_stream"  # a reject that stands for the unreadable rest of a file, however many records that held

Found = tuple[list[Number], int, str]  # the numbers, how many the rule's conditions left out, why there may be none


@dataclass(frozen=True, slots=True)
class Sources:
    """What rules judge: a run, the rows of a card fit for it and the table `differences` from its base to it; or words
    that say why there are none."""

    run: Run
    quality: Sequence[Mapping[str, Any]] | str
    differences: pa.Table | str


def judged(rules: Sequence[Rule], sources: Sources) -> tuple[Verdict, ...]:
    """Every rule with what came of it, in order. `ConfigError` for a statistic or reason that does not exist."""
    found = []
    for rule in rules:
        given, left_out, nothing = _READERS[rule.kind](rule, sources)
        found.append(verdict(rule, given, left_out, nothing))
    return tuple(found)


def _estimate(rule: Rule, sources: Sources) -> Found:
    where, run = rule.where, sources.run
    table = ds.dataset(run.files("estimate", "estimates"), filesystem=run.filesystem, format="parquet")
    wanted = ds.field("statistic") == where["statistic"]
    for column, key in (("key", "key"), ("unit", "unit"), ("slice_kind", "slices")):
        wanted &= ds.field(column) == where[key]
    rows = table.to_table(filter=wanted).to_pylist()
    if not rows:
        names = sorted(pc.unique(table.to_table(columns=["statistic"])["statistic"]).to_pylist())
        if names and where["statistic"] not in names:
            raise ConfigError(f"{rule.name}: no statistic {where['statistic']!r}{nearest(where['statistic'], names)}")
    found, nothing = _slices(rule, rows)
    large = [row for row in found if (row["denominator"] or 0) >= where["n_at_least"]]
    nothing = nothing or f"no such slice has N of at least {where['n_at_least']:,}"
    return [_of_estimate(rule, row) for row in large], len(found) - len(large), nothing


def _of_estimate(rule: Rule, row: Mapping[str, Any]) -> Number:
    subject = f"{row['statistic']} of {_place(row)}"
    missing, no_interval = "", row["low"] is None and row["high"] is None
    if row["value"] is None or row["status"] in UNUSABLE:
        missing = numbers.words(row["status"])
    elif no_interval and not numbers.is_counted(row["method"]) and rule.where["take"] == "value":
        missing = 'an estimate without an interval; take = "point" judges it as it is'
    note = numbers.words(row["status"]) if row["status"] == "partly_measured" else ""
    n = f"N = {row['denominator']:,}" if row["denominator"] is not None else ""
    sample = "; ".join(part for part in row["method"].split("; ") if part.startswith("from a sample"))
    return _taken(rule, subject, row, 0.0, 1.0, missing, "; ".join(filter(None, (n, note, sample))))


def _taken(
    rule: Rule, subject: str, row: Mapping[str, Any], least: float, most: float, missing: str, note: str
) -> Number:
    """The value with its interval, or the value or an end of the interval by itself. An end that is not there is the
    least or the most that the number can be."""
    take = rule.where["take"]
    if take == "value":
        low, high = row["low"], row["high"]
        if (low is None) != (high is None):
            low, high = (least if low is None else low), (most if high is None else high)
        return Number(subject, row["value"], low, high, missing, note, None if low is None else row["confidence"])
    name = "value" if take == "point" else take
    shown = subject if take == "point" else f"{'lower' if take == 'low' else 'upper'} limit of {subject}"
    absent = "" if row[name] is not None else f"it has no {shown.partition(' of ')[0]}"
    return Number(shown, row[name], missing=missing or absent, note=note)


def _rejects(rule: Rule, sources: Sources) -> Found:
    wanted = [rule.where["stage"]] if rule.where["stage"] else ["ingest", "extract"]
    counts = {stage: sources.run.finished(stage).counts for stage in wanted}
    reason = rule.where["reason"]
    known = sorted({*REASONS, *(name for c in counts.values() for name in c.rejected)})
    if reason is not None and reason not in known:
        raise ConfigError(f"{rule.name}: no reason {reason!r}{nearest(reason, known)}")
    lost = sum(sum(n for name, n in c.rejected.items() if reason in (None, name)) for c in counts.values())
    read = counts[wanted[0]].read  # a document that extraction rejects was a record, too
    rests = sum(c.rejected.get(REST, 0) for c in counts.values())
    subject = f"share of {'records' if wanted[0] == 'ingest' else 'documents'} rejected"
    subject += f" as {reason}" if reason else ""
    if not read:
        return [], 0, "nothing was read"
    note = f"{lost:,} of {read:,}"
    if rests and reason in (None, REST):
        note += f", and the unreadable rest of {rests:,} files, of unknown length"
        return [Number(subject, lost / read, lost / read, 1.0, note=note)], 0, ""
    return [Number(subject, lost / read, note=note)], 0, ""


def _quality(rule: Rule, sources: Sources) -> Found:
    if isinstance(sources.quality, str):
        return [], 0, sources.quality
    where = rule.where
    known = sorted({row["measure"] for row in sources.quality})
    if where["measure"] not in known:
        raise ConfigError(f"{rule.name}: no measure {where['measure']!r} in the card{nearest(where['measure'], known)}")
    names = ("measure", "level", "relation", "tier", "stratum")
    rows = [row for row in sources.quality if all(row[name] == where[name] for name in names)]
    rows = [row for row in rows if where["gold"] in ("*", row["gold"])]
    of = ", ".join(f"{name} {where[name]}" for name in names[1:] if where[name] not in ("*", "all"))
    found = [
        _taken(
            rule,
            f"{row['measure']} ({of}) on {row['gold']}",
            row,
            0.0,
            1.0,
            "" if row["value"] is not None else numbers.words(row["status"]),
            f"{row['numerator']:,} of {row['denominator']:,}",
        )
        for row in rows
    ]
    return found, 0, f"the card holds no {where['measure']} ({of})"


def _deduplication(rule: Rule, sources: Sources) -> Found:
    where = rule.where
    if "duplication" not in sources.run.finished("dedup").tables:
        return [], 0, "the run was made by a version that did not count what deduplication removes"
    found, nothing = _slices(rule, _rows(sources.run.table("duplication"), slice_kind=where["slices"]))
    large = [row for row in found if row["documents"] >= where["documents_at_least"]]
    nothing = nothing or f"no such slice has {where['documents_at_least']:,} documents"
    return [_removed(row, where["sample"]) for row in large], len(found) - len(large), nothing


def _removed(row: Mapping[str, Any], sample: bool) -> Number:
    """A count of this run; as a sample of its kind, with an interval over clusters.

    The effective number of documents (sum m)^2 / sum m^2 is at least documents / largest cluster, which stands in the
    table: with it Clopper and Pearson's limits err on the wide side.
    """
    subject = f"share of {_place(row)} that deduplication removes"
    note = f"{row['removed']:,} of {row['documents']:,} documents"
    if not sample:
        return Number(subject, row["share"], note=note)
    effective = row["documents"] / max(1, min(row["largest"], row["documents"]))
    low, high = clopper_pearson(row["share"] * effective, effective, CONFIDENCE)
    return Number(subject, row["share"], low, high, note=note, confidence=CONFIDENCE)


def _rise(rule: Rule, sources: Sources) -> Found:
    table = sources.differences
    if isinstance(table, str):
        return [], 0, table
    where = rule.where
    found, nothing = _slices(rule, _rows(table, measure=where["measure"], slice_kind=where["slices"]))
    sizes = [min(row["statements_a"], row["statements_b"]) for row in found]
    large = [row for row, size in zip(found, sizes, strict=True) if size >= max(1, where["n_at_least"])]
    if where["slice"] == "*" and where["slices"] != "corpus":  # what is too small to compare is no failure of the rule
        large = [row for row in large if row["difference"] is not None]
    nothing = nothing or "no such slice is large enough in both runs to be compared"
    judged = [
        _taken(
            rule,
            f"rise of the singleton rate of {_place(row)}",
            row | {"value": row["difference"]},
            -1.0,
            1.0,
            "" if row["difference"] is not None else numbers.words(row["status"]),
            f"at N = {row['n']:,}" if row["n"] is not None else "each run whole",
        )
        for row in large
    ]
    return judged, len(found) - len(large), nothing


def _slices(rule: Rule, rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The rows of the rule's slices, by name, and what to say if there is none."""
    name, kind = rule.where["slice"], rule.where["slices"]
    ordered = sorted(rows, key=lambda row: row["slice"])
    if kind == "corpus" or name == "*":
        return ordered, "" if ordered else f"the run has no such number for slices of kind {kind}"
    found = [row for row in ordered if row["slice"] == name]
    names = [neutral.shorten(row["slice"], WIDTH) for row in ordered]
    return found, "" if found else f"no {kind} {name!r}{nearest(name, names)}"


def _rows(table: pa.Table, **wanted: str) -> list[dict[str, Any]]:
    keep = None
    for column, value in wanted.items():
        here = pc.equal(table[column], value)
        keep = here if keep is None else pc.and_(keep, here)
    rows: list[dict[str, Any]] = table.filter(keep).to_pylist()
    return rows


def _place(row: Mapping[str, Any]) -> str:
    return (
        "the corpus" if row["slice_kind"] == "corpus" else f"{row['slice_kind']} {neutral.shorten(row['slice'], WIDTH)}"
    )


_READERS: Mapping[str, Callable[[Rule, Sources], Found]] = {
    "estimate": _estimate,
    "rejects": _rejects,
    "quality": _quality,
    "deduplication": _deduplication,
    "rise": _rise,
}
