"""Verb frames: the roles around a main verb, whatever its voice, with what conjuncts share."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.frames import Frame, Role
from analyzer.text.facts.grammar import RELATIVE, SUBJECTS, conjuncts, is_passive, is_predicate, prepositions, subjects
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import truth

_DATE_LABELS = ("DATE", "TIME")
_PLACING = ("in", "at", "on", "near")
_WH = ("who", "whom", "which", "that", "where", "when", "whose")
# "lived and worked in Leningrad": the second verb's arguments are the first's too when this close.
_SHARING_TOKENS = 4
# "the town of Villa Rica" is Villa Rica.
_CONTAINERS = frozenset(
    [
        "town",
        "city",
        "village",
        "state",
        "county",
        "province",
        "island",
        "district",
        "suburb",
        "borough",
        "municipality",
        "kingdom",
    ]
)
_CLIMB = 6  # steps up a tree in search of a clause


def verb_frames(tree: Tree, lemmas: Lemmas, v: int) -> Iterator[Frame]:
    """The frame of the verb v, if anything fills a role."""
    participle = tree.deps[v] == "acomp" or (tree.tags[v] == "JJ" and tree.lower[v].endswith("ed"))
    lemma = lemmas.lemma(tree.lower[v], "VBN" if participle else tree.tags[v])
    particles = [tree.lower[c] for c in tree.kids(v, "prt")]
    passive = is_passive(tree, v)
    state = truth(tree, lemmas, v)
    roles = []
    for s in subjects(tree, v):
        for bearer, predicate in bearers(tree, s, up=True):
            roles.append(Role("patient" if passive else "agent", bearer))
            state = state or (truth(tree, lemmas, predicate) if predicate >= 0 else "")
    roles += _objects(tree, v, passive)
    roles += _adjuncts(tree, v, passive)
    sharing = _sharing(tree, v)
    if sharing >= 0 and is_passive(tree, sharing) == passive:
        roles += [*_objects(tree, sharing, passive), *_adjuncts(tree, sharing, passive)]
    if roles:
        names = (" ".join((lemma, *particles)), lemma) if particles else (lemma,)
        pattern = "passive" if passive else "relative" if tree.deps[v] == "relcl" else "verb"
        yield Frame("verb", v, names, tuple(roles), pattern, state)


def bearers(tree: Tree, i: int, up: bool) -> list[tuple[int, int]]:
    """(token, verb that says so or -1) for the names that a common noun stands for in its sentence.

    "the CEO, Jane Doe" is Jane Doe; with `up`, the company in "Acme is a company that ..." or "Acme, a company ..."
    is Acme.
    """
    if tree.lower[i] in RELATIVE and tree.deps[i] not in SUBJECTS:
        return [(_antecedent(tree, i), -1)]
    if tree.tags[i] == "PRP$":
        return [(owner(tree, i), -1)]
    if tree.entity[i] >= 0 or not _is_common(tree, i):
        return [(i, -1)]
    if tree.lower[i] in _CONTAINERS:
        named = [c for p in tree.kids(i, "prep") if tree.lower[p] == "of" for c in tree.kids(p, "pobj")]
        if named and tree.pos[named[0]] == "PROPN":
            return [(named[0], -1)]
    below = [o for c in tree.kids(i, "appos") if tree.pos[c] == "PROPN" for o in conjuncts(tree, c)]
    if below:
        return [(b, -1) for b in below]
    if (name := _followed_by(tree, i)) >= 0:
        return [(name, -1)]
    top = i
    while up and tree.deps[top] == "conj" and tree.pos[tree.heads[top]] == "NOUN":
        top = tree.heads[top]  # "Acme is a publisher and a company based in Leeds"
    i, head = (top, tree.heads[top]) if tree.deps[top] == "attr" else (i, tree.heads[i])
    if up and tree.deps[i] in ("attr", "oprd") and is_predicate(tree, head):
        above = subjects(tree, head)
        return [(a, head) for a in above] or [(i, -1)]
    if up and tree.deps[i] == "appos" and tree.pos[head] == "PROPN":
        return [(head, -1)]
    return [(i, -1)]


def _is_common(tree: Tree, i: int) -> bool:
    """A common noun, or a capitalised one that "a" or "an" makes common: "Acme is a Development Firm based in ..."."""
    return tree.pos[i] == "NOUN" or (
        tree.pos[i] == "PROPN"
        and tree.deps[i] == "attr"
        and any(tree.lower[c] in ("a", "an") for c in tree.kids(i, "det"))
    )


def _followed_by(tree: Tree, i: int) -> int:
    """The name that follows a common noun without a comma and that the parser hung elsewhere: "husband of broadcaster
    Jane Doe"; -1 without one."""
    name = i + 1
    if name >= len(tree.words) or tree.pos[name] != "PROPN" or tree.tags[i] != "NN":
        return -1
    while tree.deps[name] in ("compound", "nmod") and tree.heads[name] > name and tree.pos[tree.heads[name]] == "PROPN":
        name = tree.heads[name]
    return name if tree.deps[name] == "appos" and tree.heads[name] < i else -1


def _antecedent(tree: Tree, i: int) -> int:
    """The noun that "which" or "whom" stands for."""
    v = tree.heads[i]
    for _ in range(_CLIMB):
        if tree.deps[v] == "relcl":
            return tree.heads[v]
        v = tree.heads[v]
    return i


def owner(tree: Tree, i: int) -> int:
    """Whom "his" or "her" means in its sentence: "X and his wife", "X ... with his wife"; i itself when in doubt."""
    if tree.lower[i] not in ("his", "her"):
        return i
    noun = tree.heads[i]
    if tree.deps[noun] in ("compound", "nmod"):
        noun = tree.heads[noun]
    if tree.deps[noun] == "conj" and _is_person(tree, tree.heads[noun]) and tree.heads[noun] < i:
        return tree.heads[noun]
    v = noun
    for _ in range(_CLIMB):
        v = tree.heads[v]
        if is_predicate(tree, v):
            break
    above = [s for s in subjects(tree, v) if s < i]
    if len(above) != 1 or not _is_person(tree, above[0]):
        return i
    rivals = (t for t in range(above[0] + 1, i) if tree.label(t) == "PERSON" or tree.tags[t] == "PRP")
    return i if any(tree.entity[t] != tree.entity[above[0]] or tree.entity[t] < 0 for t in rivals) else above[0]


def _is_person(tree: Tree, i: int) -> bool:
    return tree.label(i) == "PERSON" or tree.lower[i] in ("he", "she")


def _objects(tree: Tree, v: int, passive: bool) -> list[Role]:
    slot = "complement" if passive else "patient"
    roles = [
        Role(slot, bearer)
        for c in tree.kids(v, "dobj")
        for o in conjuncts(tree, c)
        for bearer, _ in bearers(tree, o, up=False)
    ]
    roles += [Role("complement", o) for c in tree.kids(v, "attr", "oprd") for o in conjuncts(tree, c)]
    if tree.deps[v] == "relcl" and not passive and not tree.has(v, "dobj", "attr", "acomp", "ccomp", "xcomp"):
        own = tree.kids(v, *SUBJECTS)
        if own and not any(tree.lower[c] in _WH for c in own) and not _asks_where(tree, v):
            roles.append(Role("patient", tree.heads[v]))  # "the firm (that) she founded"
    return roles


def _asks_where(tree: Tree, v: int) -> bool:
    if any(tree.lower[c] in ("where", "when", "why") for c in tree.kids(v, "advmod")):
        return True
    return any(tree.lower[g] in _WH for p in tree.kids(v, "prep") for g in tree.kids(p, "pobj"))


def _adjuncts(tree: Tree, v: int, passive: bool) -> list[Role]:
    roles = []
    for words, noun in prepositions(tree, v):
        slot = " ".join(tree.lower[w] for w in words)
        if passive and slot == "by" and tree.label(noun) not in _DATE_LABELS:
            slot = "agent"
        roles += [Role(slot, bearer, words) for bearer, _ in bearers(tree, noun, up=False)]
        if slot == "of":
            continue
        for inner, place in prepositions(tree, noun):
            inner_slot = " ".join(tree.lower[w] for w in inner)
            placed = tree.pos[place] in ("PROPN", "NUM") or tree.entity[place] >= 0
            if (inner_slot in _PLACING and placed) or (
                inner_slot == "from" and slot == "with"
            ):  # "with a degree from Oxford"
                roles.append(Role(inner_slot, place, inner))
            elif passive and inner_slot == "by" and tree.label(noun) in _DATE_LABELS:
                roles.append(Role("agent", place, inner))  # "founded in 1990 by Jane Doe"
    return roles + [Role("when", c) for c in tree.kids(v, "npadvmod") if tree.label(c) in _DATE_LABELS]


def _sharing(tree: Tree, v: int) -> int:
    """The coordinated verb whose arguments v shares, or -1."""
    if tree.has(v, "dobj", "attr", "acomp", "ccomp", "xcomp", "oprd") or any(
        c > v for c in tree.kids(v, "prep", "agent")
    ):
        return -1
    for c in tree.kids(v, "conj"):
        close = c - v <= _SHARING_TOKENS and tree.tags[c] == tree.tags[v]
        if close and is_predicate(tree, c) and not tree.has(c, *SUBJECTS):
            return c
    return -1
