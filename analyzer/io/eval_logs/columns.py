"""Any JSONL, JSON array, CSV, TSV or Parquet with one answer a row: columns by mapping, or by the names people use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain, islice
from typing import Any, cast

from analyzer.errors import ConfigError, InputError
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, Scalar, least, member, number, stem, text, texts, whole
from analyzer.io.eval_logs.source import records
from analyzer.io.files import InputFile
from analyzer.io.readers import suffix
from analyzer.io.records import Fault, Record, fault

NAME = "columns"
FIRST = 1000  # records whose names are looked at; a JSON object may leave out what it has no value for
SHOWN = 12  # column names an error lists
_FIXED = (".csv", ".tsv", ".parquet")  # every record has every column

# The first name that is there counts. A bare `subject` is an entity here, as in question sets about facts.
NAMES: dict[str, tuple[str, ...]] = {
    "model": ("model", "model_name", "model_id", "llm"),
    "benchmark": ("benchmark", "task", "task_name", "dataset", "eval", "evaluation_name"),
    "item_id": ("item_id", "id", "question_id", "sample_id", "example_id", "instance_id", "doc_id", "qid", "uid"),
    "epoch": ("epoch", "repeat", "trial", "sample_index"),
    "target": ("target_confidence", "confidence_target", "confidence_threshold", "t"),
    "topic": ("topic", "category", "domain", "subset"),
    "subject": ("subject", "subj", "entity"),
    "relation": ("relation", "prop", "property", "predicate"),
    "question": ("question", "problem", "prompt", "query", "input"),
    "gold": ("gold", "gold_answer", "correct_answer", "reference", "possible_answers", "answers", "target", "answer"),
    "response": ("response", "model_response", "prediction", "predicted_answer", "completion", "model_answer",
                 "generated_text", "output"),
    "grade": ("grade", "outcome", "is_correct", "correct", "judgement", "judgment", "verdict", "exact_match", "acc",
              "score"),
    "confidence": ("confidence", "verbal_confidence", "stated_confidence", "probability"),
    "logprob": ("logprob", "log_prob", "answer_logprob", "logprobability"),
    "frequency": ("frequency", "corpus_count", "count", "popularity", "s_pop"),
    "error": ("error",),
}  # fmt: skip


def gradable(value: dict[str, Any], options: ReadOptions) -> bool:
    """Whether a record's names let it be graded."""
    columns = choose(dict.fromkeys(value), options.mapping)
    return "grade" in columns or {"gold", "response"} <= columns.keys()


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    found = records(file, options.max_record_bytes)
    first = list(islice(found, FIRST))
    named: dict[str, None] = {}
    for record in first:
        if isinstance(record, Record):
            named.update(dict.fromkeys(cast("dict[str, Any]", record.value)))
    if not named:
        yield from chain((item for item in first if isinstance(item, Fault)), found)
        return
    columns = choose(named, options.mapping)
    notes.chosen |= columns
    graded = "grade" in columns
    if not graded and not {"gold", "response"} <= columns.keys():
        raise InputError(
            f"{file.path}: no column with a grade, nor both a gold answer and a response: it has "
            f"{', '.join(list(named)[:SHOWN])}: say --map grade=COLUMN, or --format"
        )
    unseen = {role: column for role, column in options.mapping.items() if column not in named}
    if unseen and suffix(file.path) in _FIXED:
        raise _absent(file, named, unseen)
    for record in chain(first, found):
        if isinstance(record, Fault):
            yield record
            continue
        value = cast("dict[str, Any]", record.value)
        if unseen:
            unseen = {role: column for role, column in unseen.items() if member(value, column) is None}
        yield _row(file, record.number, value, columns, graded, options)
    if unseen:
        raise _absent(file, named, unseen)


def _absent(file: InputFile, named: Mapping[str, None], unseen: Mapping[str, str]) -> ConfigError:
    role, column = next(iter(unseen.items()))
    known = ", ".join(list(named)[:SHOWN])
    return ConfigError(f"--map {role}={column}: {file.path} has no column {column!r}: it has {known}")


def choose(named: Mapping[str, None], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field -> column: what the user says, else the first usual name that the first records have."""
    taken = set(mapping.values())
    columns = dict(mapping)
    for role, names in NAMES.items():
        usual = next((name for name in names if name in named and name not in taken), None)
        if role not in columns and usual is not None:
            columns[role] = usual
            taken.add(usual)
    return columns


def _row(
    file: InputFile, record: int, value: dict[str, Any], columns: Mapping[str, str], graded: bool, options: ReadOptions
) -> Row | Fault:
    def get(role: str) -> Any:
        return member(value, columns[role]) if role in columns else None

    epoch, target = get("epoch"), get("target")
    if epoch is not None and epoch != "" and whole(epoch) is None:
        return fault(record, "bad_epoch", "the epoch is no whole number")
    if target is not None and target != "" and number(target) is None:
        return fault(record, "bad_target", "the confidence target is no number")
    return Row(
        record,
        item_id=text(get("item_id")),
        model=text(get("model")),
        benchmark=text(get("benchmark")) or stem(file),
        epoch=whole(epoch),
        target=number(target),
        topic=text(get("topic")),
        subject=text(get("subject")),
        relation=text(get("relation")),
        question=text(get("question")),
        golds=texts(get("gold")),
        response=_response(get("response")),
        grade=_grade(get("grade")),
        graded=graded,
        error=get("error") not in (None, "", False, "false", "False", 0),
        confidence=_confidence(get("confidence"), options.confidence_scale),
        logprob=number(get("logprob")),
        frequency=least(get("frequency")),
    )


def _confidence(value: Any, scale: float) -> float | None:
    """On the log's scale, also written `85%`; a text that is no number is NaN, so that it is counted."""
    if not isinstance(value, str):
        return number(value)
    if not value.strip():
        return None
    percent = number(value.strip().removesuffix("%")) if value.strip().endswith("%") else None
    if percent is not None:
        return percent / 100 * scale
    found = number(value)
    return math.nan if found is None else found


def _grade(value: Any) -> Scalar:
    return value if isinstance(value, bool | int | float | str) or value is None else "unreadable"


def _response(value: Any) -> str | None:
    """The text; of a list the first, because further samples are further epochs, which a row cannot hold."""
    return text(value[0]) if isinstance(value, list) and value else text(value)
