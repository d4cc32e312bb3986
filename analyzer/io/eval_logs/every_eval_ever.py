"""every_eval_ever: `<uuid>_samples.jsonl`, instance-level rows of schema `instance_level_eval`. It has no state for an
abstention, so answers graded wrong are searched for phrases."""

from __future__ import annotations

import re
from typing import Any, cast

from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, mapping, member, number, text, texts
from analyzer.io.eval_logs.source import records
from analyzer.io.files import InputFile
from analyzer.io.records import Fault, fault

NAME = "every_eval_ever"
_TOPICS = ("topic", "category", "subject", "domain")


def fits(value: dict[str, Any]) -> bool:
    """An instance row, by its keys."""
    return {"evaluation_id", "sample_id", "evaluation"} <= value.keys() and ("model_id" in value or "input" in value)


def companion(file: InputFile) -> bool:
    """The aggregate beside the instances: `<uuid>.json`."""
    return bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json", file.path.rsplit("/", 1)[-1]))


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    for record in records(file, options.max_record_bytes):
        if isinstance(record, Fault):
            yield record
            continue
        value = cast("dict[str, Any]", record.value)
        if not fits(value):
            yield fault(record.number, "not_a_row", "evaluation_id, sample_id and evaluation are expected")
            continue
        grade = member(value, "evaluation.is_correct")
        score = number(member(value, "evaluation.score"))
        notes.chosen["grade"] = "is_correct"
        metadata = mapping(value.get("metadata"))
        yield Row(
            record.number,
            item_id=text(value["sample_id"]),
            model=text(value.get("model_id")),
            benchmark=text(value.get("evaluation_name")),
            topic=next((found for key in _TOPICS if (found := text(metadata.get(key)))), None),
            question=text(member(value, "input.raw")),
            golds=texts(member(value, "input.reference")),
            response=_response(value),
            # a score between 0 and 1 is partial credit even where is_correct had to be true or false
            grade=score if score is not None and 0 < score < 1 else grade if isinstance(grade, bool) else score,
            knows_abstention=False,
            error=bool(value.get("error")),
        )


def _response(value: dict[str, Any]) -> str | None:
    """The first raw output; of several turns the extracted final answer, else the assistant's last message."""
    raw = texts(member(value, "output.raw"))
    if raw:
        return raw[0]
    attributions = value.get("answer_attribution")
    for entry in reversed(attributions) if isinstance(attributions, list) else ():
        if isinstance(entry, dict) and entry.get("is_terminal"):
            return text(entry.get("extracted_value"))
    messages = value.get("messages")
    for entry in reversed(messages) if isinstance(messages, list) else ():
        if isinstance(entry, dict) and entry.get("role") == "assistant":
            return text(entry.get("content")) or ""
    return None
