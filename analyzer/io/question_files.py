"""Questions of a benchmark that no model has answered yet: JSONL, JSON, CSV, TSV or Parquet, one question a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.errors import ConfigError, InputError
from analyzer.io import files
from analyzer.io.eval_logs.columns import NAMES
from analyzer.io.eval_logs.rows import member, text
from analyzer.io.eval_logs.source import records
from analyzer.io.records import Fault

ROLES = ("item_id", "topic", "subject", "relation", "question")
MAX_RECORD_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its text, or the subject and relation it asks for, or both."""

    item_id: str
    topic: str | None
    subject: str | None
    relation: str | None
    question: str | None


def read_questions(paths: Sequence[str], mapping: Mapping[str, str]) -> tuple[list[Question], Counter[str]]:
    """All questions in order of path and record, and how many records were rejected, by reason.

    Columns are those `mapping` names (role -> column), else the usual names. Raises InputError if none can be read.
    """
    for role in mapping:
        if role not in ROLES:
            raise ConfigError(f"--map {role}=...: known are {', '.join(ROLES)}")
    found: list[Question] = []
    rejected: Counter[str] = Counter()
    for file in files.list_files(list(paths)):
        for record in records(file, MAX_RECORD_BYTES):
            if isinstance(record, Fault):
                rejected[record.reason] += 1
            elif isinstance(record.value, dict) and (question := _question(record.value, mapping, len(found) + 1)):
                found.append(question)
            else:
                rejected["no_question"] += 1
    if not found:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(rejected.items()))
        raise InputError(
            f"no question could be read ({reasons or 'no record'}): a record needs a question, or a subject; "
            "say --map question=COLUMN"
        )
    return found, rejected


def _question(value: dict[str, Any], mapping: Mapping[str, str], number: int) -> Question | None:
    def get(role: str) -> str | None:
        if role in mapping:
            return text(member(value, mapping[role])) or None
        return next((found for name in NAMES[role] if (found := text(value.get(name)))), None)

    question, subject = get("question"), get("subject")
    if question is None and subject is None:
        return None
    return Question(get("item_id") or str(number), get("topic"), subject, get("relation"), question)
