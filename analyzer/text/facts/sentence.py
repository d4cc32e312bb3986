"""From a parsed sentence to its candidates and names: the part of the extraction that no document can change."""

from __future__ import annotations

from analyzer.text.facts.arguments import names_in
from analyzer.text.facts.evidence import relabel
from analyzer.text.facts.frames import Frame
from analyzer.text.facts.grammar import is_predicate
from analyzer.text.facts.nouns import noun_frames
from analyzer.text.facts.openly import openly
from analyzer.text.facts.records import Candidate, SentenceFacts
from analyzer.text.facts.table import Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.typed import typed
from analyzer.text.facts.verbs import verb_frames
from analyzer.text.names import Name

_PROPER = frozenset(("NNP", "NNPS"))
_GIVING = frozenset(("NNP", "NNPS", "CD"))


def read_sentence(tree: Tree, rules: Table, lemmas: Lemmas, tiers: str, max_tokens: int) -> SentenceFacts:
    """Typed candidates first; an open one over the same two arguments is the same statement in other words and left out."""
    found = frames(tree, lemmas)
    relabel(tree, found)
    kept: list[Candidate] = []
    if tiers != "open":
        kept += typed(tree, found, rules, lemmas, max_tokens)
    if tiers != "typed":
        taken = {(c.subject.start, c.answer.start) for c in kept} | {(c.answer.start, c.subject.start) for c in kept}
        seen: set[tuple[int, int, str]] = set()
        for c in openly(tree, found, lemmas, max_tokens):
            key = c.subject.start, c.answer.start, c.relation
            if key[:2] not in taken and key not in seen:
                seen.add(key)
                kept.append(c)
    names = tuple((start, Name(text, type)) for start, text, type in names_in(tree))
    return SentenceFacts(tuple(kept), names)


def frames(tree: Tree, lemmas: Lemmas) -> list[Frame]:
    """All frames of a sentence, in token order."""
    found: list[Frame] = []
    for i, pos in enumerate(tree.pos):
        if pos != "AUX" and is_predicate(tree, i):
            found += verb_frames(tree, lemmas, i)
        if pos in ("NOUN", "PROPN"):
            found += noun_frames(tree, lemmas, i)
    return found


def may_hold(tags: list[str], deps: list[str]) -> bool:
    """Whether entities are worth tagging: a proper noun or number, and something it can be said of."""
    proper = sum(tag in _PROPER for tag in tags)
    giving = sum(tag in _GIVING for tag in tags)
    pronoun = any(tag in ("PRP", "PRP$") for tag in tags)
    return (
        giving > 0
        and (proper > 0 or pronoun)
        and any(d in ("nsubj", "nsubjpass", "appos", "poss", "relcl", "acl") for d in deps)
    )
