"""Re-DocRED (Tan et al. 2022): Wikipedia introductions with entities, their mentions and Wikidata relations.

Texts come as tokens; they are joined as a person would write them, because a sentence splitter and a parser read
"Inc ." and "Smith 's" differently from a text. Every offset follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from analyzer.io.gold import Entity, EntityDocument, Gold, Span, list_of, read, text_of, whole
from analyzer.io.records import Unusable

_LEFT = frozenset(".,;:!?%)]}'’”…") | {"'s", "’s", "n't", "n’t", "'re", "'ve", "'ll", "'d", "'m", "..."}
_RIGHT = frozenset("([{$£€#“‘")


def read_redocred(paths: Sequence[str]) -> Gold[EntityDocument]:
    """Documents in the order of the files."""
    return read(paths, _document)


def _document(row: dict[str, Any]) -> EntityDocument:
    sentences = list_of(row, "sents", list)
    if not all(isinstance(token, str) for tokens in sentences for token in tokens):
        raise Unusable("missing_field", "sents holds what is no text")
    text, places = _written(sentences)
    if not text:
        raise Unusable("missing_field", "sents holds no token")
    entities = tuple(_entity(mentions, places, text) for mentions in list_of(row, "vertexSet", list))
    triples = frozenset(_triple(label, len(entities)) for label in list_of(row, "labels"))
    return EntityDocument(text_of(row, "title"), text, entities, triples)


def _written(sentences: Sequence[Sequence[str]]) -> tuple[str, list[list[Span]]]:
    """The tokens as running text, and the span of each by sentence."""
    text = ""
    places: list[list[Span]] = []
    for tokens in sentences:
        opened = False  # inside a pair of straight quotes, within a sentence
        glue = False
        spans: list[Span] = []
        for token in tokens:
            straight = token in ('"', "''", "``")
            if text and not glue and not (token in _LEFT or (straight and opened)):
                text += " "
            spans.append((len(text), len(text) + len(token)))
            text += token
            opened = not opened if straight else opened
            glue = token in _RIGHT or (straight and opened)
        places.append(spans)
    return text, places


def _entity(mentions: list[Any], places: Sequence[Sequence[Span]], text: str) -> Entity:
    names: set[tuple[Span, str]] = set()
    types: Counter[str] = Counter()
    for mention in mentions:
        if not isinstance(mention, dict):
            raise Unusable("missing_field", "a mention in vertexSet is no object")
        sentence, position = whole(mention, "sent_id"), mention.get("pos")
        if not isinstance(position, list) or len(position) != 2 or not all(type(p) is int for p in position):
            raise Unusable("missing_field", "pos of a mention is no pair of token numbers")
        start, end = position
        if not (0 <= sentence < len(places) and 0 <= start < end <= len(places[sentence])):
            raise Unusable("bad_offset", f"a mention at token {start}..{end} of sentence {sentence} is not in the text")
        span = (places[sentence][start][0], places[sentence][end - 1][1])
        names.add((span, text[slice(*span)]))
        types[text_of(mention, "type")] += 1
    if not names:
        raise Unusable("missing_field", "an entity in vertexSet has no mention")
    return Entity(max(types, key=lambda t: (types[t], t)), tuple(sorted(names)))


def _triple(label: dict[str, Any], entities: int) -> tuple[int, str, int]:
    head, relation, tail = whole(label, "h"), text_of(label, "r"), whole(label, "t")
    if not (0 <= head < entities and 0 <= tail < entities):
        raise Unusable("bad_offset", f"a label relates entity {head} to {tail}, there are {entities}")
    return head, relation, tail
