"""Gold data sets -> documents with what a person found in them. A malformed row is a fault with its number, no trace.

Three kinds of truth: facts at their character spans (KnowledgeNet), entities with their mentions and the relations
between them (Re-DocRED), and the person that a pronoun means (GAP). One file a format reads each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from analyzer.errors import InputError
from analyzer.io.files import InputFile, list_files
from analyzer.io.objects import kind
from analyzer.io.readers import records
from analyzer.io.records import Fault, Unusable, fault
from analyzer.settings import IngestSettings

Span = tuple[int, int]  # code points: start, past the end

MAX_FAULTS = 20  # named one by one; the rest is only counted


@dataclass(frozen=True, slots=True)
class GoldFact:
    """A fact that a person marked in a text. Ids are the gold set's own names of things, "" where it has none."""

    relation: str
    subject: Span
    answer: Span
    subject_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class SpanDocument:
    """A text, the facts marked in it, and which relations were marked exhaustively in which part of it."""

    name: str
    text: str
    facts: tuple[GoldFact, ...]
    asked: tuple[tuple[Span, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing and the names it has in a text, each with its span, in the order of the text."""

    type: str
    names: tuple[tuple[Span, str], ...]


@dataclass(frozen=True, slots=True)
class EntityDocument:
    """A text, its entities, and relations between them as (head, relation, tail), heads and tails by index."""

    name: str
    text: str
    entities: tuple[Entity, ...]
    triples: frozenset[tuple[int, str, int]]


@dataclass(frozen=True, slots=True)
class PronounDocument:
    """A text with one pronoun and two names; the pronoun means those whose flag is set (one of them, or neither)."""

    name: str
    text: str
    pronoun: Span
    names: tuple[tuple[Span, bool], tuple[Span, bool]]


Document = TypeVar("Document", SpanDocument, EntityDocument, PronounDocument)


@dataclass(frozen=True, slots=True)
class Gold(Generic[Document]):
    """What was read: documents, how many rows were malformed and why, the first of them as path:row."""

    documents: tuple[Document, ...]
    rejected: dict[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


def read(paths: Sequence[str], parse: Callable[[dict[str, Any]], Document]) -> Gold[Document]:
    """JSON lines or arrays, compressed or not; `parse` raises `Unusable` for an object that it cannot use.

    Raises `InputError` for a file that is not there, and when not one document could be read.
    """
    found: list[Document] = []

    def parsed(file: InputFile) -> Iterator[Fault]:
        for item in records(file, IngestSettings()):
            if isinstance(item, Fault):
                yield item
                continue
            try:
                if not isinstance(item.value, dict):
                    raise Unusable("malformed_json", f"{kind(item.value)} where an object is expected")
                found.append(parse(item.value))
            except Unusable as error:
                yield fault(item.number, error.reason, error.detail)

    return collect(paths, parsed, found)


def collect(
    paths: Sequence[str], faults: Callable[[InputFile], Iterator[Fault]], found: list[Document]
) -> Gold[Document]:
    """Go through the files; `faults` appends documents to `found` and yields what is none."""
    why: Counter[str] = Counter()
    named: list[str] = []
    for file in list_files(paths):
        for bad in faults(file):
            why[bad.reason] += 1
            if len(named) < MAX_FAULTS:
                named.append(f"{file.path or file.uri}:{bad.number}: {bad.reason}: {bad.detail}")
    if not found:
        raise InputError(f"no gold document could be read: {named[0] if named else 'the files hold none'}")
    return Gold(tuple(found), dict(sorted(why.items())), tuple(named))


def text_of(row: dict[str, Any], name: str) -> str:
    """A text field that must be there, not blank, without half characters."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Unusable("missing_field", f"{name} is {kind(value)}, a text is needed")
    return value


def list_of(row: dict[str, Any], name: str, element: type = dict) -> list[Any]:
    """A list field that must be there, whose elements are of one type."""
    value = row.get(name)
    if not isinstance(value, list) or not all(isinstance(part, element) for part in value):
        raise Unusable("missing_field", f"{name} is no list of {element.__name__}")
    return value


def whole(row: dict[str, Any], name: str) -> int:
    """A whole number that must be there."""
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable("missing_field", f"{name} is {kind(value)}, a whole number is needed")
    return value


def inside(span: Span, text: str, name: str) -> Span:
    """The span, if it holds at least one character of the text."""
    if not 0 <= span[0] < span[1] <= len(text):
        raise Unusable("bad_offset", f"{name} {span[0]}..{span[1]} lies outside of the text of {len(text)} characters")
    return span
