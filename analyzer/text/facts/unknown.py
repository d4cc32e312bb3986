"""Abstentions about declared relations: "X's date of birth is unknown", "it is not known where X was born"."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.frames import Frame
from analyzer.text.facts.grammar import conjuncts, prepositions
from analyzer.text.facts.table import Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.lexicon import word_set

_UNKNOWN = word_set(
    "unknown uncertain unclear disputed debated contested unrecorded unconfirmed undocumented unsettled "
    "controversial undetermined unspecified undisclosed secret lost"
)
_KNOWING = word_set("know record document establish determine certain clear agree settle confirm")
_ASKING = {"where": "place", "when": "date", "who": "person"}
_CLAUSES = ("ccomp", "csubj", "csubjpass", "nsubj", "advcl")


def unknowns(tree: Tree, frame: Frame, rules: Table, lemmas: Lemmas) -> Iterator[tuple[str, int, frozenset[str]]]:
    """(relation, token of the subject, types of the subject) of the prompts that the frame leaves without an answer."""
    if frame.form != "verb":
        return
    if _doubted(tree, frame.head, lemmas):
        for role in frame.roles:
            if role.slot not in ("agent", "patient"):
                continue
            asked = rules.asked.get(_asking(tree, role.token, rules, lemmas))
            if asked is not None:
                for owner in _owners(tree, role.token):
                    yield asked[0], owner, asked[1]
    if tree.deps[frame.head] in _CLAUSES and _doubted(tree, tree.heads[frame.head], lemmas):
        wanted = {_ASKING.get(tree.lower[c]) for c in tree.children[frame.head]}
        for row in rules.find("verb", frame.words):
            if wanted & row.answer:
                for role in (r for slot in row.subject_slots for r in frame.filling(slot)):
                    yield row.relation, role.token, row.subject


def _asking(tree: Tree, n: int, rules: Table, lemmas: Lemmas) -> str:
    """The noun n, or "date of birth" where that asks for a relation."""
    lemma = lemmas.lemma(tree.lower[n], tree.tags[n])
    for _, noun in prepositions(tree, n):
        longer = f"{lemma} of {tree.lower[noun]}"
        lemma = longer if longer in rules.asked else lemma
    return lemma


def _owners(tree: Tree, n: int) -> list[int]:
    found = [o for c in tree.kids(n, "poss") for o in conjuncts(tree, c)]
    for prep, noun in prepositions(tree, n):
        if tree.lower[prep[0]] == "of":
            found += [noun, *_owners(tree, noun)] if tree.pos[noun] == "NOUN" else [noun]
    return found


def _doubted(tree: Tree, v: int, lemmas: Lemmas) -> bool:
    """ "is unknown", "is disputed", "is not known"."""
    around = {v, *tree.kids(v, "acomp", "attr", "oprd", "ROOT")}
    if any(tree.lower[i] in _UNKNOWN for i in around):
        return True
    known = any(lemmas.lemma(tree.lower[i], tree.tags[i]) in _KNOWING for i in around)
    return known and any(
        tree.deps[c] == "neg" or tree.lower[c] in ("never", "little", "nobody", "none")
        for i in around
        for c in tree.children[i]
    )
