"""From a parsed sentence to its candidates and names: the part of the extraction that no document can change."""

from __future__ import annotations

from analyzer.text.facts.arguments import PRONOUNS, names_in
from analyzer.text.facts.brackets import life_dates
from analyzer.text.facts.evidence import relabel
from analyzer.text.facts.frames import Frame
from analyzer.text.facts.grammar import is_predicate
from analyzer.text.facts.nouns import noun_frames
from analyzer.text.facts.openly import openly
from analyzer.text.facts.records import Candidate, SentenceFacts
from analyzer.text.facts.table import Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import ABSTAINING
from analyzer.text.facts.typed import typed
from analyzer.text.facts.verbs import verb_frames
from analyzer.text.names import Name

_PROPER = frozenset(("NNP", "NNPS"))
_OWNING = ("agent", "patient", "holder", "of", "poss", "compound")
_SAYING = frozenset(("nsubj", "nsubjpass", "appos", "poss", "relcl", "acl"))
_GIVING = frozenset(("NNP", "NNPS", "CD"))


def read_sentence(
    tree: Tree, found: list[Frame], rules: Table, lemmas: Lemmas, tiers: str, max_tokens: int
) -> SentenceFacts:
    """Typed candidates first; an open one over the same two arguments is the same statement in other words and left
    out."""
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
    for i, pos in enumerate(tree.pos):
        if pos != "AUX" and is_predicate(tree, i):
            found += verb_frames(tree, lemmas, i)
        if pos in ("NOUN", "PROPN"):
            found += noun_frames(tree, lemmas, i)
    return found


def may_link(tree: Tree, found: list[Frame]) -> bool:
    """Whether some frame, read without entities, says something of a name: then entities are worth tagging."""
    if next(life_dates(tree.text), None) is not None:
        return True
    for frame in found:
        if frame.truth and frame.truth not in ABSTAINING:
            continue
        named = {r.token for r in frame.roles if r.slot in _OWNING and _mentions(tree, r.token, _PROPER)}
        if not named:
            continue
        given = {r.token for r in frame.roles if _mentions(tree, r.token, _GIVING)}
        if len(given | named) > 1 or any(r.slot == "holder" and r.token in named for r in frame.roles):
            return True
    return False


def _mentions(tree: Tree, i: int, tags: frozenset[str]) -> bool:
    if tree.tags[i] in tags or tree.lower[i] in PRONOUNS:
        return True
    return any(tree.tags[c] in tags for c in tree.children[i])


def may_hold(tags: list[str], deps: list[str]) -> bool:
    """Whether the sentence has a proper noun or number and something that is said of anything: no list of names."""
    return not _GIVING.isdisjoint(tags) and not _SAYING.isdisjoint(deps)
