"""The sentences behind a fact. Tables hold no text, so the sources are read again and checked before anything is shown.

`find` scans mentions for a subject, `sentences` reads the documents, `of_run` does both for a run directory.
"""

from __future__ import annotations

import dataclasses
import heapq
import json
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from rich.table import Table
from rich.text import Text

from analyzer import ids
from analyzer.errors import AnalyzerError, RunStateError
from analyzer.io import corpus, runs
from analyzer.io.files import InputFile
from analyzer.io.runs import Run
from analyzer.report import neutral
from analyzer.settings import IngestSettings
from analyzer.text import redact

LIMIT = 20
COLUMNS = ("doc_id", "sentence", "sentence_start", "sentence_end", "subject", "relation", "answer", "answer_start",
           "abstention", "pattern")  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A mention: where a text states a fact. Ordered by document and position. Offsets are in code points."""

    doc_id: str
    sentence: int
    answer_start: int
    relation: str
    answer: str
    subject: str
    sentence_start: int
    sentence_end: int
    abstention: bool
    pattern: str
    path: str = ""
    record: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A mention with its sentence, fit to be shown. `text` is empty unless `status` is ok."""

    path: str
    record: int
    start: int
    end: int
    subject: str
    relation: str
    answer: str
    abstention: bool
    text: str
    status: str  # ok, or unreadable, or changed: the source is not what was audited


@dataclass(frozen=True, slots=True)
class Evidence:
    """The first sentences of all the mentions that were found."""

    mentions: int
    sentences: tuple[Sentence, ...]

    def as_dicts(self) -> dict[str, Any]:
        """JSON-able: how many mentions there are, and the sentences."""
        return {"mentions": self.mentions, "sentences": [dataclasses.asdict(row) for row in self.sentences]}

    def table(self) -> Table:
        """For a terminal; every cell is plain text to rich."""
        title = f"{len(self.sentences)} of {self.mentions:,} mentions"
        table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
        several = len({row.subject for row in self.sentences}) > 1  # one spelling of things with keys of their own
        for heading in ("where", *["subject"] * several, "relation", "answer", "sentence"):
            table.add_column(Text(heading), overflow="fold")
        for row in self.sentences:
            answer = "(unknown or denied)" if row.abstention else row.answer
            shown = row.text if row.status == "ok" else f"({STATUS[row.status]})"
            cells = (f"{row.path}:{row.record}", *[row.subject] * several, row.relation, answer, shown)
            table.add_row(*map(Text, cells))
        return table


STATUS = {
    "unreadable": "the source cannot be read",
    "changed": "the source has changed since the audit",
}


def find(
    mentions: ds.Dataset, documents: ds.Dataset, subject: str, relation: str | None = None, limit: int = LIMIT
) -> tuple[int, tuple[Place, ...]]:
    """How many mentions there are of a subject (and a relation), and the first `limit` by document and position.

    The subject is taken as the tables have it; if none has it so, letter case is ignored; if it is none of theirs, as
    texts write it, which finds what an alias gave another key. Holds `limit` rows in memory.
    """
    as_written = subject.strip().lower()
    columns = [name for name in ("subject", "surface") if name in mentions.schema.names]  # older runs have no surface
    for condition in (
        pc.field("subject") == subject,
        *(pc.utf8_lower(pc.field(name)) == as_written for name in columns),
    ):
        total, first = _scan(mentions, condition, relation, limit)
        if total:
            break
    wanted = pa.array(sorted({place.doc_id for place in first}), pa.string())
    read = documents.to_table(columns=["doc_id", "path", "record"], filter=pc.field("doc_id").isin(wanted))
    at = {row["doc_id"]: row for row in read.to_pylist()}
    return total, tuple(
        dataclasses.replace(place, path=at[place.doc_id]["path"], record=at[place.doc_id]["record"])
        for place in first
        if place.doc_id in at
    )


def sentences(
    places: Sequence[Place], read_document: Callable[[str, int], str | None], *, show: bool = False
) -> tuple[Sentence, ...]:
    """The sentences of these places, neutralised, and masked unless `show`.

    `read_document(path, record)` gives a record's text. It must hash to the place's `doc_id`: offsets into another
    text would show a sentence that was never evidence.
    """
    texts: dict[tuple[str, int], str | None] = {}
    shown = []
    for place in places:
        at = (place.path, place.record)
        if at not in texts:
            texts = {at: _read(read_document, *at)}  # places come by document: one text at a time is held
        shown.append(_sentence(place, texts[at], show))
    return tuple(shown)


def of_run(run: str, subject: str, relation: str | None = None, *, limit: int = LIMIT, show: bool = False) -> Evidence:
    """The evidence for a subject in a run directory, read from the files that were audited."""
    opened = runs.opened(run)
    inputs, ingest = sources(opened)

    def read_document(path: str, record: int) -> str | None:
        found = corpus.document(inputs[path], record, ingest) if path in inputs else None
        return found.text if found else None

    mentions, documents = (
        ds.dataset(opened.files(stage, name), filesystem=opened.filesystem, format="parquet")
        for stage, name in (("extract", "mentions"), ("ingest", "documents"))
    )
    total, places = find(mentions, documents, subject, relation, limit)
    return Evidence(total, sentences(places, read_document, show=show))


def sources(opened: Run) -> tuple[dict[str, InputFile], IngestSettings]:
    """The files that a run read, by the paths of its tables, and how it read them."""
    listed, settings = opened.read(runs.INPUTS), opened.read(runs.SETTINGS)
    if listed is None or settings is None:
        raise RunStateError(f"{opened.shown()}: the run does not say what it read; run `monofact audit` again")
    inputs = {entry["path"]: InputFile(**entry) for entry in json.loads(listed)}
    return inputs, IngestSettings(**tomllib.loads(settings).get("ingest", {}))


def _scan(
    mentions: ds.Dataset, condition: pc.Expression, relation: str | None, limit: int
) -> tuple[int, tuple[Place, ...]]:
    if relation is not None:
        condition = condition & (pc.field("relation") == relation)
    total = 0

    def places() -> Iterator[Place]:
        nonlocal total
        for batch in mentions.to_batches(columns=list(COLUMNS), filter=condition):
            total += batch.num_rows
            yield from (Place(**row) for row in batch.to_pylist())

    first = heapq.nsmallest(limit, places())
    return total, tuple(first)


def _read(read_document: Callable[[str, int], str | None], path: str, record: int) -> str | None:
    try:
        return read_document(path, record)
    except (OSError, AnalyzerError):
        return None


def _sentence(place: Place, text: str | None, show: bool) -> Sentence:
    def safe(corpus_text: str) -> str:
        return neutral.neutralise(corpus_text if show else redact.mask(corpus_text))

    status, found = "ok", ""
    if text is None:
        status = "unreadable"
    elif ids.document_id(place.path, place.record, text) != place.doc_id:
        status = "changed"
    else:
        # blanks of any kind become one space: a line break would otherwise show as an escape
        found = safe(" ".join(text[place.sentence_start : place.sentence_end].split()))
    return Sentence(
        path=neutral.neutralise(place.path),
        record=place.record,
        start=place.sentence_start,
        end=place.sentence_end,
        subject=safe(place.subject),
        relation=neutral.neutralise(place.relation),
        answer=safe(place.answer),
        abstention=place.abstention,
        text=found,
        status=status,
    )
