"""KnowledgeNet (Mesquita et al. 2019): passages of web pages with facts at character spans and Wikidata ids.

Reads the published file (a document a line, `passages` inside it) and a flat form of it (a passage a line). Facts are
marked exhaustively for the properties that a passage lists, and only for those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from analyzer.io.gold import Gold, GoldFact, Span, SpanDocument, inside, list_of, read, text_of, whole
from analyzer.io.records import Unusable

_KEYS = {  # of a fact: in the published file, in the flat one
    "relation": ("propertyName", "property"),
    "subject_start": ("subjectStart", "subject_start"),
    "subject_end": ("subjectEnd", "subject_end"),
    "subject": ("subjectText", "subject"),
    "subject_id": ("subjectUri", "subject_uri"),
    "answer_start": ("objectStart", "object_start"),
    "answer_end": ("objectEnd", "object_end"),
    "answer": ("objectText", "object"),
    "answer_id": ("objectUri", "object_uri"),
}


def read_knowledgenet(paths: Sequence[str], folds: Collection[int] = ()) -> Gold[SpanDocument]:
    """Documents of these folds (all without folds), passages of the flat form joined by a blank, in name order."""
    pieces: dict[str, list[tuple[int, SpanDocument]]] = defaultdict(list)

    def parse(row: dict[str, Any]) -> SpanDocument:
        fold = whole(row, "fold") if folds or "fold" in row else 0
        found = _document(row) if "passages" in row else _passage(row)
        if folds and fold not in folds:
            return found
        name = f"{fold}/{found.name}"
        pieces[name].append((row.get("start", 0), replace(found, name=name)))
        return found

    gold = read(paths, parse)
    joined = tuple(_joined([piece for _, piece in sorted(group, key=_start)]) for _, group in sorted(pieces.items()))
    return Gold(joined, gold.rejected, gold.examples)


def _start(piece: tuple[int, SpanDocument]) -> int:
    return piece[0]


def _document(row: dict[str, Any]) -> SpanDocument:
    text = text_of(row, "documentText")
    facts: list[GoldFact] = []
    asked: list[tuple[Span, frozenset[str]]] = []
    for passage in list_of(row, "passages"):
        span = inside((whole(passage, "passageStart"), whole(passage, "passageEnd")), text, "passage")
        names = list_of(passage, "exhaustivelyAnnotatedProperties")
        asked.append((span, frozenset(text_of(p, "propertyName") for p in names)))
        facts += [_fact(fact, text, span[0]) for fact in list_of(passage, "facts")]
    return SpanDocument(text_of(row, "documentId"), text, tuple(facts), tuple(asked))


def _passage(row: dict[str, Any]) -> SpanDocument:
    text = text_of(row, "text")
    whole(row, "start")
    facts = tuple(_fact(fact, text, 0) for fact in list_of(row, "facts"))
    names = frozenset(list_of(row, "annotated_properties", str))
    return SpanDocument(text_of(row, "doc"), text, facts, (((0, len(text)), names),))


def _fact(fact: dict[str, Any], text: str, passage: int) -> GoldFact:
    value = {name: fact.get(keys[0], fact.get(keys[1])) for name, keys in _KEYS.items()}
    subject, answer = (_span(value, side, text, passage) for side in ("subject", "answer"))
    subject_id, answer_id = (value[f"{side}_id"] or "" for side in ("subject", "answer"))
    if not isinstance(subject_id, str) or not isinstance(answer_id, str):
        raise Unusable("missing_field", "the id of a subject or object is no text")
    return GoldFact(text_of(value, "relation"), subject, answer, subject_id, answer_id)


def _span(value: dict[str, Any], side: str, text: str, passage: int) -> Span:
    """Offsets count from the document or from the passage: the surface that the row repeats says from which."""
    start, end = whole(value, f"{side}_start"), whole(value, f"{side}_end")
    surface = text_of(value, side)
    for base in (0, passage):
        if text[base + start : base + end] == surface:
            return inside((base + start, base + end), text, side)
    raise Unusable("bad_offset", f"the text at {side} {start}..{end} is not the {side} that the row names")


def _joined(passages: Sequence[SpanDocument]) -> SpanDocument:
    if len(passages) == 1:
        return passages[0]
    text = ""
    facts: list[GoldFact] = []
    asked: list[tuple[Span, frozenset[str]]] = []
    for passage in passages:
        at = len(text)
        facts += [replace(f, subject=_moved(f.subject, at), answer=_moved(f.answer, at)) for f in passage.facts]
        asked += [(_moved(span, at), names) for span, names in passage.asked]
        text += passage.text + " "
    return SpanDocument(passages[0].name, text, tuple(facts), tuple(asked))


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by
