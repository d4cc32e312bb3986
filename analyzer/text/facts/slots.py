"""Slots of a row filled from a frame: its roles, and what the parser hung elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzer.text.facts.frames import Frame, Role
from analyzer.text.facts.grammar import SUBJECTS, is_predicate, prepositions, subjects
from analyzer.text.facts.roles import is_person_noun
from analyzer.text.facts.table import Row
from analyzer.text.facts.tree import Tree
from analyzer.text.facts.verbs import bearers

_CLIMB = 4  # steps from a noun to the one that the sentence is about
_CLOSE = 3  # tokens from one of two coordinated verbs to the other
# Inside an object ("a degree in physics from X", "degrees from A and B") nothing but phrases is crossed.
_INSIDE = frozenset(("prep", "pobj", "conj", "appos"))


def fill(tree: Tree, frame: Frame, slot: str, row: Row) -> list[Role]:
    """Roles in a slot; "patient at" is the preposition inside the patient,
    "with from" that inside what follows "with"; "phrase" is the noun itself."""
    outer, _, inner = slot.partition(" ")
    if inner == "poss":
        return [
            Role(slot, o)
            for r in frame.filling(outer)
            if tree.lower[r.token] in row.via
            for o in _owners(tree, r.token)
        ]
    if inner and frame.form == "verb":
        return [r for top in _tops(tree, frame, outer, row.via) for r in _inside(tree, top, slot, inner, row.via)]
    if slot == "where" and frame.form == "verb":
        return [Role(slot, i) for i in _where(tree, frame.head)]
    found = frame.filling("self" if slot == "phrase" else slot)
    if not found and frame.form == "verb":
        found = _shared(tree, frame.head, slot)
    if frame.pattern == "relative" and slot in ("agent", "patient"):
        return [replace(r, token=_which(tree, frame.head, r.token)) for r in found]
    return [r for r in found if not _accompanies(tree, frame, r)]


def _which(tree: Tree, v: int, i: int) -> int:
    """What "which" means when the parser hangs its clause on a person: "a partner of Acme, which she founded"."""
    if (
        tree.entity[i] >= 0
        or not is_person_noun(tree.lower[i])
        or "which" not in (tree.lower[c] for c in tree.children[v])
    ):
        return i
    named = [n for w, n in prepositions(tree, i) if tree.lower[w[0]] in ("of", "at") and n < v]
    return named[-1] if named else i


def implied(tree: Tree, v: int) -> list[int]:
    """Whose gerund it is: "Prior to joining Acme, she ..."."""
    prior = tree.heads[tree.heads[v]]
    if tree.deps[v] != "pcomp" or tree.lower[prior] != "prior" or not is_predicate(tree, tree.heads[prior]):
        return []
    return subjects(tree, tree.heads[prior])


def above(tree: Tree, i: int) -> list[int]:
    """Whom the common noun i belongs to in its phrase: "Acme is a maker of airships based in Oslo" speaks of Acme."""
    for _ in range(_CLIMB):
        if tree.pos[i] != "NOUN" or tree.entity[i] >= 0:
            return []
        if tree.deps[i] in ("attr", "oprd", "appos"):
            return [b for b, _ in bearers(tree, i, up=True) if b != i]
        prep = tree.heads[i]
        if tree.deps[i] == "pobj" and tree.lower[prep] == "of":
            i = tree.heads[prep]
        elif tree.deps[i] == "conj":
            i = prep
        else:
            return []
    return []


def _tops(tree: Tree, frame: Frame, outer: str, via: frozenset[str]) -> list[int]:
    """The role `outer` of a verb, and the nouns in `via` that the parser lists with something else: "received an award
    from X and a degree from Y"."""
    tops = {r.token for r in frame.filling(outer)}
    if via:
        tops |= {c for c in tree.kids(frame.head, "conj") if tree.lower[c] in via}
        tops |= {n for _, n in prepositions(tree, frame.head) if tree.lower[n] in via and outer == "patient"}
    return sorted(tops)


def _inside(tree: Tree, top: int, slot: str, inner: str, via: frozenset[str]) -> Iterator[Role]:
    """Objects of the preposition `inner` within the phrase of `top`, if one of the nouns above them is in `via`."""
    stack = [(top, not via)]
    while stack:
        i, met = stack.pop()
        met = met or tree.lower[i].removesuffix("s").removesuffix("'").removesuffix("’") in via
        for c in tree.children[i]:
            if tree.deps[c] not in _INSIDE:
                continue
            stack.append((c, met))
            if met and tree.deps[c] == "pobj" and tree.lower[i] == inner:
                yield Role(slot, c, (i,))
            elif met and tree.deps[c] == "conj" and tree.deps[i] == "pobj" and tree.lower[tree.heads[i]] == inner:
                yield Role(slot, c, (tree.heads[i],))


def _shared(tree: Tree, v: int, slot: str) -> list[Role]:
    """What the parser hangs on the first of two verbs although it follows the second: "born and raised in Oslo"."""
    first = tree.heads[v]
    if tree.deps[v] != "conj" or v - first > _CLOSE or tree.tags[v] != tree.tags[first] or tree.has(v, *SUBJECTS):
        return []
    return [Role(slot, n, w) for w, n in prepositions(tree, first) if w[0] > v and tree.lower[w[-1]] == slot]


def _owners(tree: Tree, n: int) -> Iterator[int]:
    """Whose n is: "Acme's headquarters", "the headquarters of Acme"."""
    for c in tree.kids(n, "poss", "compound"):
        yield from (b for b, _ in bearers(tree, c, up=False))
    for words, noun in prepositions(tree, n):
        if tree.lower[words[0]] == "of":
            yield noun


def _accompanies(tree: Tree, frame: Frame, role: Role) -> bool:
    """Whether it is the place of things beside: "based in Oslo with offices in Rome", not "lives with him in Rome"."""
    if frame.form != "verb" or not role.words or tree.heads[role.words[0]] == frame.head:
        return False
    noun = tree.heads[role.words[0]]
    with_it = tree.deps[noun] == "pobj" and tree.lower[tree.heads[noun]] == "with"
    return with_it and tree.tags[noun] in ("NN", "NNS") and not is_person_noun(tree.lower[noun].removesuffix("s"))


def _where(tree: Tree, v: int) -> list[int]:
    """What "where" stands for: "the University of Oslo, where she taught"."""
    while tree.deps[v] == "conj" and not tree.has(v, "nsubj", "nsubjpass"):
        v = tree.heads[v]
    if tree.deps[v] != "relcl" or not any(tree.lower[c] == "where" for c in tree.kids(v, "advmod")):
        return []
    return [b for b, _ in bearers(tree, tree.heads[v], up=False)]
