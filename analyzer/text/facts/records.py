"""What the extractor hands over (Mention, Extraction) and what a sentence yields before its document is known
(Candidate)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.text.names import Name


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text states a fact. Subject, relation and answer are canonical keys, `*_text` surfaces.

    Offsets are code points in the document's text. `tier` is typed or open, `resolution` name, alias, pronoun or
    nominal;
    an abstention has the empty answer. `window` is the number of tokens from the end of the subject to the answer.
    `surface` is the subject's name as written; for a pronoun or a nominal the document's first spelling of its name.
    """

    subject: str
    subject_type: str
    relation: str
    answer: str
    answer_type: str
    subject_text: str
    relation_text: str
    answer_text: str
    subject_start: int
    subject_end: int
    relation_start: int
    relation_end: int
    answer_start: int
    answer_end: int
    sentence: int
    sentence_start: int
    sentence_end: int
    sentence_hash: int
    tier: str
    pattern: str
    resolution: str
    abstention: bool
    window: int
    surface: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The mentions of one text and the accounting: candidates == mentions + every dropped_<reason>."""

    mentions: tuple[Mention, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Argument:
    """Subject or answer in its sentence: offsets in the parsed sentence, how it refers, its type.

    `kind` is name, pronoun, nominal ("the company"), date, number, phrase, clause (no argument at all) or none.
    `value` is the key when the sentence alone gives it (dates, numbers, phrases).
    """

    start: int
    end: int
    kind: str
    type: str
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible mention, independent of its document. `truth` is "" for a plain statement, else why it is none."""

    subject: Argument
    answer: Argument
    relation: str
    relation_start: int
    relation_end: int
    relation_text: str
    tier: str
    pattern: str
    truth: str
    window: int
    subject_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """All that a sentence yields: memoised by its exact text, whatever its document. `names` are (start, name)."""

    candidates: tuple[Candidate, ...]
    names: tuple[tuple[int, Name], ...]


NOTHING = SentenceFacts((), ())
