"""From a parsed sentence to its candidates and names: the part of the extraction that no document can change."""

from __future__ import annotations

from itertools import pairwise

from analyzer.text.facts.arguments import NOMINALS, names_in
from analyzer.text.facts.evidence import relabel
from analyzer.text.facts.frames import Frame
from analyzer.text.facts.grammar import SUBJECTS, is_predicate
from analyzer.text.facts.nouns import noun_frames
from analyzer.text.facts.openly import openly
from analyzer.text.facts.records import Candidate, SentenceFacts
from analyzer.text.facts.table import Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.typed import typed
from analyzer.text.facts.verbs import verb_frames
from analyzer.text.lexicon import word_set
from analyzer.text.names import Name

_PROPER = frozenset(("NNP", "NNPS"))
_THIRD = word_set("he she it they his her its their")


def read_sentence(tree: Tree, rules: Table, lemmas: Lemmas, tiers: str, max_tokens: int) -> SentenceFacts:
    """Typed candidates first; an open one over the same two arguments is the same statement in other words and left
    out."""
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
    names = tuple((start, Name(text, kind)) for start, text, kind in names_in(tree))
    return SentenceFacts(tuple(kept), names)


def frames(tree: Tree, lemmas: Lemmas) -> list[Frame]:
    """All frames of a sentence, in token order."""
    found: list[Frame] = []
    said_of = {head for head, dep in zip(tree.heads, tree.deps, strict=True) if dep in SUBJECTS}
    for i, pos in enumerate(tree.pos):
        # All that `is_predicate` can be true of: asking it of every token was a tenth of the rules' time.
        may_be = pos == "VERB" or i in said_of or tree.deps[i] == "acomp"
        if may_be and pos != "AUX" and is_predicate(tree, i):
            found += verb_frames(tree, lemmas, i)
        if pos in ("NOUN", "PROPN"):
            found += noun_frames(tree, lemmas, i)
    return found


def may_hold(tree: Tree) -> bool:
    """Whether something in the sentence can be a subject: a name, a third person, or "the company".

    A sentence with numbers and common nouns alone yields nothing, and tagging its entities costs as much as parsing it.
    """
    if not _PROPER.isdisjoint(tree.tags) or not _THIRD.isdisjoint(tree.lower):
        return True
    return any(after in NOMINALS and word in ("the", "this") for word, after in pairwise(tree.lower))
