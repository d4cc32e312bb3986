"""In how many independent places does the corpus answer a question? Items of a benchmark looked up in a run.

Subjects go through the canonicaliser that made the run's keys. The tables are scanned batch by batch for the keys that
are asked for, so memory follows the benchmark, not the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from analyzer import ids
from analyzer.errors import ConfigError
from analyzer.evaluation.questions import Asked, Form, parse
from analyzer.io.runs import Run
from analyzer.text.names import normal_name

UNITS = {"mention": "mentions", "document": "documents", "cluster": "clusters", "source": "sources"}
BY_PROMPT, BY_SUBJECT, NOT_ASKED = "prompt", "subject", "not_understood"


@dataclass(frozen=True, slots=True)
class Found:
    """What the corpus holds for one item: `by` says what was looked up.

    `prompt` is the number of units that answer the question, None if the run has no such relation; `subject` the
    largest number of units over the subject's prompts, 0 if the corpus states nothing of it.
    """

    by: str
    relation: str
    prompt: int | None
    subject: int

    @property
    def exposure(self) -> int | None:
        """The count that predicts: the prompt's, else the subject's; None if the question was not understood."""
        if self.by == NOT_ASKED:
            return None
        return self.subject if self.prompt is None else self.prompt


def look_up(
    run: Run, items: Sequence[tuple[str | None, str | None, str | None]], forms: Sequence[Form], unit: str = "cluster"
) -> list[Found]:
    """What the run holds for each (subject, relation, question); a given subject goes before the question."""
    if unit not in UNITS:
        raise ConfigError(f"--unit {unit}: must be one of {', '.join(UNITS)}")
    relations = {str(name) for name in run.table("relations", columns=["relation"])["relation"].to_pylist()}
    asked = [_asked(subject, relation, question, forms) for subject, relation, question in items]
    names = {a: _keys(a) for a in asked if a is not None}
    subjects = sorted({name for keys in names.values() for name in keys})
    by_subject: dict[str, int] = {}
    by_prompt: dict[int, int] = {}
    for prompt, subject, count in _rows(run, UNITS[unit], subjects):
        by_subject[subject] = max(by_subject.get(subject, 0), count)
        by_prompt[prompt] = count
    return [
        _found(a, names[a], relations, by_prompt, by_subject) if a else Found(NOT_ASKED, "", None, 0) for a in asked
    ]


def _asked(subject: str | None, relation: str | None, question: str | None, forms: Sequence[Form]) -> Asked | None:
    read = parse(question, forms) if question else None
    if not subject:
        return read
    return Asked(subject, read.subject_type if read else "", relation or (read.relation if read else ""))


def _keys(asked: Asked) -> tuple[str, ...]:
    """Keys that the subject may have: of its type if the question tells it, else of any."""
    kinds = (asked.subject_type,) if asked.subject_type else ("person", "organisation", "place", "other")
    return tuple(dict.fromkeys(normal_name(asked.subject, kind) for kind in kinds))


def _rows(run: Run, column: str, subjects: list[str]) -> Iterator[tuple[int, str, int]]:
    files = run.files("count", "prompts")
    if not files or not subjects:
        return
    prompts = ds.dataset(files, filesystem=run.filesystem, format="parquet")
    wanted = pc.field("subject").isin(pa.array(subjects, pa.string()))
    for batch in prompts.to_batches(columns=["prompt_id", "subject", column], filter=wanted):
        yield from zip(*(batch.column(i).to_pylist() for i in range(3)), strict=True)


def _found(
    asked: Asked, keys: tuple[str, ...], relations: set[str], by_prompt: dict[int, int], by_subject: dict[str, int]
) -> Found:
    subject = max(by_subject.get(key, 0) for key in keys)
    if asked.relation not in relations:
        return Found(BY_SUBJECT, asked.relation, None, subject)
    prompt = max(by_prompt.get(ids.prompt_id(key, asked.relation), 0) for key in keys)
    return Found(BY_PROMPT, asked.relation, prompt, subject)
