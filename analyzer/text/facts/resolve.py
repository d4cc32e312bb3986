"""From candidates to mentions: which name a word means in its document, and which candidates are no fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.text.facts.evidence import looks_personal
from analyzer.text.facts.records import Argument, Candidate, Mention, SentenceFacts
from analyzer.text.facts.truth import ABSTAINING
from analyzer.text.generic import names_nothing
from analyzer.text.lexicon import STYLES
from analyzer.text.names import Directory, folded

# A pronoun may mean the document's dominant person only if that one has this share of the mentions of persons.
DOMINANT = 0.6

# A name that starts within so many characters opens its sentence: "The ".
_OPENING = 4


class Document:
    """What is known of one document while its sentences are gone through in order."""

    __slots__ = (
        "_counts", "_directory", "_doubtful", "_lead", "_read", "_sentence", "_so_far", "_things",
        "_topics",
    )  # fmt: skip

    def __init__(self, sentences: Sequence[SentenceFacts]) -> None:
        names = [name for sentence in sentences for _, name in sentence.names]
        self._directory = Directory(names)
        self._counts: Counter[str] = Counter()
        for name in names:
            key, kind, _ = self._directory.lookup(name.text, name.type)
            if kind == "person":
                self._counts[key] += 1
        self._so_far: dict[str, int] = {}
        self._doubtful: set[str] = set()  # untyped names that may be persons: rivals of any "she"
        self._things: dict[str, dict[str, int]] = {}
        self._topics: set[str] = set()  # names that a sentence is about: only they may be meant by "he" or "it"
        self._sentence: SentenceFacts | None = None
        self._read = 0  # names of the sentence that are taken note of
        self._lead = (0, 0)  # span of what stands first in it of all that something is said of

    def named(self, sentence: SentenceFacts, before: int) -> None:
        """Take note of the names of a sentence that stand before an offset."""
        if sentence is not self._sentence:
            self._sentence, self._read, self._lead = sentence, 0, _lead(sentence)
        while self._read < len(sentence.names) and sentence.names[self._read][0] < before:
            start, name = sentence.names[self._read]
            self._read += 1
            key, kind, _ = self._directory.lookup(name.text, name.type)
            if kind == "person":
                self._so_far.setdefault(key, start)
            elif kind == "other" and looks_personal(name.text):
                self._doubtful.add(key)
            else:
                self._things.setdefault(kind, {}).setdefault(key, start)
            if self._lead[0] <= start < self._lead[1]:
                self._topics.add(key)

    def identify(self, found: Argument, types: frozenset[str]) -> tuple[str, str, str] | str:
        """(key, type, resolution) of a subject or a named answer, or the reason why it is nobody in particular."""
        if found.kind == "name":
            key, kind, alias = self._directory.lookup(found.text, found.type)
            if " " not in key and not alias and self._lone(found, kind, types):
                return "lone_name"
            if names_nothing(key) or (kind == "other" and " " not in key and not types):
                return "generic_name"
            if kind == "group":
                return "group_subject"
            if not any(c.isalpha() for c in key) or len(key) < 2:
                return "bare_value"
            return key, _typed(kind, types), "alias" if alias else "name"
        if found.kind == "pronoun":
            return self._pronoun(found, types)
        if found.kind == "nominal":
            things = self._things.get(found.type, {}) if found.type != "person" else self._so_far
            if len(things) == 1 and next(iter(things)) in self._topics:
                return next(iter(things)), found.type, "nominal"
            return "unresolved_nominal"
        return "bare_value" if found.kind in ("date", "number") else "unnamed_subject"

    def surface(self, found: Argument, key: str) -> str:
        """A name as written; for what stands for a name, the document's first spelling of it."""
        return found.text if found.kind == "name" else self._directory.surface(key)

    def _lone(self, found: Argument, type: str, types: frozenset[str]) -> bool:
        """A single name that is a person's: it names somebody only inside its document."""
        if found.text.split()[0].lower() in STYLES:
            return False
        return next(iter(types)) == "person" if len(types) == 1 else type == "person"

    def _pronoun(self, found: Argument, types: frozenset[str]) -> tuple[str, str, str] | str:
        if found.type == "person":
            who = self._person()
            if who:
                return (who, "person", "pronoun") if " " in who else "lone_name"
        elif found.type == "thing":
            things = [
                (k, t) for t, keys in self._things.items() for k in keys if t in ("organisation", "work", "product")
            ]
            if len(things) == 1 and things[0][0] in self._topics:
                return (*things[0], "pronoun")
        return "first_person" if found.type == "speaker" else "unresolved_pronoun"

    def _person(self) -> str:
        """Whom "he" or "she" means here, "" when there is a choice: the document's only person so far, or the one it
        mostly speaks of."""
        if len(self._so_far) == 1 and not self._doubtful:
            only = next(iter(self._so_far))
            return only if only in self._topics else ""
        total = self._counts.total()
        for key, count in self._counts.items():
            if key in self._so_far and key in self._topics and count >= DOMINANT * total and " " in key:
                return key
        return ""


def _lead(sentence: SentenceFacts) -> tuple[int, int]:
    """Span of the name that a sentence is about: the name that opens it, or the first of the subjects that stand before
    what is said of them; empty when that is a pronoun."""
    if sentence.names and sentence.names[0][0] <= _OPENING:
        return sentence.names[0][0], sentence.names[0][0] + 1
    said = (c.subject for c in sentence.candidates if c.subject.start <= c.relation_start)
    first = min((s for s in said if s.kind in ("name", "pronoun")), key=lambda s: s.start, default=None)
    return (first.start, first.end) if first is not None and first.kind == "name" else (0, 0)


def _typed(type: str, types: frozenset[str]) -> str:
    """The type that the relation proves, the tagger's where it leaves a choice."""
    return next(iter(types)) if len(types) == 1 else type


def mention(
    document: Document, candidate: Candidate, place: Sequence[int], at: tuple[int, int, int], sentence_hash: int
) -> Mention | str:
    """The mention of a candidate, or the reason why it is dropped.

    `place` maps offsets of the parsed sentence to the text; `at` is (sentence index, start, end).
    """
    abstention = candidate.truth in ABSTAINING
    if candidate.truth and not abstention:
        return candidate.truth
    subject = document.identify(candidate.subject, candidate.subject_types)
    if isinstance(subject, str):
        return subject
    answer = ("", "unknown") if abstention else _answer(document, candidate.answer)
    if isinstance(answer, str):
        return answer
    if subject[0] == answer[0]:
        return "same_name"
    offsets = [
        (place[a], place[b - 1] + 1) if b > a else (place[a - 1] + 1,) * 2
        for a, b in (
            (candidate.subject.start, candidate.subject.end),
            (candidate.relation_start, candidate.relation_end),
            (candidate.answer.start, candidate.answer.end),
        )
    ]
    return Mention(
        *subject[:2], candidate.relation, *answer,
        candidate.subject.text, candidate.relation_text, candidate.answer.text,
        *offsets[0], *offsets[1], *offsets[2],
        *at, sentence_hash, candidate.tier, candidate.pattern, subject[2], abstention, candidate.window,
        document.surface(candidate.subject, subject[0]),
    )  # fmt: skip


def _answer(document: Document, found: Argument) -> tuple[str, str] | str:
    if found.kind in ("date", "number"):
        return found.value, found.kind
    if found.kind in ("phrase", "value"):
        return (found.value, found.type) if found.value else "empty_answer"
    if found.kind == "long":
        return "long_answer"
    if found.kind == "name":
        named = document.identify(found, frozenset())
        if isinstance(named, str):
            key = folded(found.text)
            return (key, found.type) if key else "empty_answer"
        return named[:2]
    if found.kind in ("pronoun", "nominal"):
        named = document.identify(found, frozenset())
        return "unresolved_answer" if isinstance(named, str) else named[:2]
    return "no_answer"
