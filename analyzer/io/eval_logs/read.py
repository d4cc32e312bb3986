"""Logs -> batches of the table `items`. One pass, memory bounded by a batch, the first rows of a file, and eight bytes
for every answer read: what tells a duplicate.

Every record is an item or a reject: `Log.read == Log.kept + sum(Log.rejected)`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from analyzer import ids
from analyzer.errors import InputError
from analyzer.io import files
from analyzer.io.eval_logs.abstention import Detector, detector
from analyzer.io.eval_logs.detect import reader
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.outcomes import decide, read_grade
from analyzer.io.eval_logs.rows import GOLD_BETWEEN, Notes, Row, stem
from analyzer.io.eval_logs.seen import Seen
from analyzer.io.files import InputFile
from analyzer.io.records import Fault
from analyzer.schemas.documents import REJECTS
from analyzer.schemas.evaluation import ABSTAINED, ITEMS, WRONG

# A grader that never says "abstained" in so many rows is taken for one that cannot.
PEEK = 20_000
STAGE = "score"

Item = dict[str, Any]
Sink = Callable[[pa.RecordBatch], None]


@dataclass(slots=True)
class Log:
    """What a reading did. Filled while `items` is consumed."""

    read: int = 0
    kept: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    files: dict[str, Notes] = field(default_factory=dict)
    passed_over: dict[str, str] = field(default_factory=dict)
    phrases: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)  # -> decided, confirmed, ..., first
    agreement: Counter[tuple[str, str]] = field(default_factory=Counter)  # (the log's grade, ours), with grading=match


def items(
    paths: str | Sequence[str],
    mapping: Mapping[str, str] | None = None,
    *,
    options: ReadOptions | None = None,
    log: Log | None = None,
    rejects: Sink | None = None,
) -> Iterator[pa.RecordBatch]:
    """The answers in evaluation logs, as record batches of schema `ITEMS`, in order of path and record.

    paths: files, folders, globs or URIs. mapping: field -> column, for logs in columns (also `options.mapping`).
    log: is filled with what was chosen, counted and passed over. rejects: is handed batches of schema `REJECTS`.
    Raises `InputError` when nothing can be read, `ConfigError` when an option does not fit a log.
    """
    options = options or ReadOptions()
    if mapping:
        options = _with_mapping(options, mapping)
    log = log if log is not None else Log()
    found = files.list_files([paths] if isinstance(paths, str) else list(paths))
    phrases = detector(options.phrases)
    seen = Seen()
    epochs: Counter[int] = Counter()
    for file in found:
        chosen = reader(file, options)
        if isinstance(chosen, str):
            log.passed_over[file.path] = chosen
            continue
        name, module = chosen
        notes = log.files.setdefault(file.path, Notes(name))
        rows = module.rows(file, options, notes)
        yield from _batches(_known(file, rows), file, notes, options, phrases, log, rejects, (seen, epochs))
    if not log.read:
        raise InputError("the logs hold no record: name files of items, not of aggregates")


def _with_mapping(options: ReadOptions, mapping: Mapping[str, str]) -> ReadOptions:
    return replace(options, mapping={**options.mapping, **mapping})


def _known(file: InputFile, rows: Iterator[Row | Fault]) -> Iterator[tuple[Row | Fault, bool]]:
    """Each row with whether its grader knows abstentions; where the format does not say, the first PEEK rows do."""
    held: list[Row | Fault] = []
    for row in rows:
        if isinstance(row, Row) and row.knows_abstention is not None:
            yield row, row.knows_abstention
            continue
        held.append(row)
        told = isinstance(row, Row) and row.graded and read_grade(row.grade, None) == ABSTAINED
        if told or len(held) >= PEEK:
            yield from ((item, told) for item in chain(held))
            held.clear()
            yield from ((item, told) for item in rows)
    yield from ((item, False) for item in held)


def _batches(
    rows: Iterator[tuple[Row | Fault, bool]], file: InputFile, notes: Notes, options: ReadOptions, phrases: Detector,
    log: Log, rejects: Sink | None, memory: tuple[Seen, Counter[int]],
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    ready: list[Item] = []
    faults: list[Item] = []
    for row, knows in rows:
        log.read += 1
        answer = row if isinstance(row, Fault) else _item(row, knows, file, notes, options, phrases, log)
        if isinstance(answer, Fault):
            faults.append(_reject(file, answer.number, answer.reason, answer.detail))
        else:
            ready.append(answer)
        if len(ready) >= options.batch_rows or len(faults) >= options.batch_rows:
            yield from _finish(ready, faults, file, options, log, rejects, memory)
            ready, faults = [], []
    yield from _finish(ready, faults, file, options, log, rejects, memory)


def _item(
    row: Row, knows: bool, file: InputFile, notes: Notes, options: ReadOptions, phrases: Detector, log: Log
) -> Item | Fault:
    identity = row.item_id or (f"q:{ids.digest(row.question, size=8)}" if row.question else None)
    if identity is None and row.subject:
        identity = f"s:{ids.digest(row.subject, row.relation or '', size=8)}"
    if identity is None:
        return Fault(row.record, "no_item_id", "neither an id nor a question")
    model = options.model or row.model or stem(file)
    benchmark = options.benchmark or row.benchmark or stem(file)
    if row.target is not None and not 0 <= row.target < 1:
        return Fault(row.record, "bad_target", "a confidence target lies at 0 or above and below 1")
    outcome, by = decide(row, knows, phrases, options)
    _audit(log, phrases, (model, benchmark), row, file, outcome, by, knows)
    if options.grading == "match" and row.graded:
        log.agreement[read_grade(row.grade, options.correct_at), outcome] += 1
    return {
        "model": model,
        "benchmark": benchmark,
        "target": row.target,
        "item_id": identity,
        "item_key": ids.key64(benchmark, identity),
        "epoch": row.epoch if row.epoch is not None else 1,
        "topic": row.topic,
        "subject": row.subject,
        "relation": row.relation,
        "question": row.question,
        "gold": GOLD_BETWEEN.join(row.golds) if row.golds else None,
        "response": row.response,
        "outcome": outcome,
        "outcome_by": by,
        "confidence": _probability(row.confidence, options.confidence_scale, notes),
        "logprob": _logprob(row.logprob, notes),
        "frequency": row.frequency if row.frequency is not None and math.isfinite(row.frequency) else None,
        "filter": row.filter,
        "format": notes.format,
        "source_path": file.path,
        "record": row.record,
    }


def _probability(value: float | None, scale: float, notes: Notes) -> float | None:
    """A confidence in [0, 1]; NaN or one beyond is no confidence, and counted: the answer itself is sound."""
    if value is None:
        return None
    if math.isnan(value) or not 0 <= value / scale <= 1:
        notes.count("confidence not a number" if math.isnan(value) else "confidence out of range")
        return None
    return value / scale


def _logprob(value: float | None, notes: Notes) -> float | None:
    if value is None:
        return None
    if math.isnan(value) or value > 0:
        notes.count("log-probability unusable")
        return None
    return value if math.isfinite(value) else None


def _audit(
    log: Log, phrases: Detector, group: tuple[str, str], row: Row, file: InputFile, outcome: str, by: str, knows: bool
) -> None:
    """Count what phrases decided, and where they agree or not with a grader that knows abstentions."""
    if outcome == ABSTAINED:
        confirmed = by in ("grade", "empty_response")
        phrase = (phrases.find(row.response or "") or "none") if confirmed else by.partition(":")[2]
        place = 1 if confirmed else 0
    elif outcome == WRONG and knows and row.response:
        phrase, place = phrases.find(row.response) or "", 2
    else:
        return
    if phrase:
        tally = log.phrases.setdefault((*group, phrase), [0, 0, 0, file.path, row.record])
        tally[place] += 1


def _finish(
    ready: list[Item], faults: list[Item], file: InputFile, options: ReadOptions, log: Log, rejects: Sink | None,
    memory: tuple[Seen, Counter[int]],
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    seen, epochs = memory
    if ready and options.duplicates == "epochs":
        for item in ready:
            key = ids.key64(*_identity(item))
            epochs[key] += 1
            item["epoch"] = epochs[key]
    elif ready:
        keys = np.array([ids.key64(*_identity(item), str(item["epoch"])) for item in ready], dtype=np.int64)
        new = seen.add(keys)
        for item, first in zip(ready, new.tolist(), strict=True):
            if not first:
                detail = "an earlier record has this model, benchmark, target, item and epoch"
                faults.append(_reject(file, item["record"], "duplicate_id", detail))
        ready = [item for item, first in zip(ready, new.tolist(), strict=True) if first]
    log.kept += len(ready)
    log.rejected.update(fault["reason"] for fault in faults)
    if faults and rejects is not None:
        rejects(pa.RecordBatch.from_pylist(sorted(faults, key=lambda fault: fault["record"]), schema=REJECTS.schema))
    if ready:
        yield pa.RecordBatch.from_pylist(ready, schema=ITEMS.schema)


def _identity(item: Item) -> tuple[str, str, str, str]:
    target = item["target"]
    return item["model"], item["benchmark"], "" if target is None else repr(target), item["item_id"]


def _reject(file: InputFile, record: int, reason: str, detail: str) -> Item:
    return {"stage": STAGE, "reason": reason, "path": file.path, "record": record, "detail": detail}
