"""Frames: who does what to whom, where and when, as (slot, token) roles around a verb, a noun or a bracket.

A frame is read off the tree without knowing any relation; declared relations (`table`) and open ones pick pairs of roles.
Verb frames have the slots agent, patient, complement, when, where and every preposition; voice is normalised ("X was
founded by Y" and "Y founded X" give the same roles). Noun frames say that `holder` is the noun ("X is the capital of Y",
"X, capital of Y", "Y's capital X", "physicist X") with of, poss, compound, nationality, self and every preposition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.text.facts.grammar import (
    conjuncts,
    is_passive,
    is_predicate,
    noun_phrase,
    prepositions,
    subjects,
)
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import noun_truth, truth
from analyzer.text.lexicon import word_set

_BE = word_set("be become remain serve stay")
_NAMING = word_set("name appoint elect make crown declare nominate call choose select consider")
_DATE_LABELS = ("DATE", "TIME")
_AS = re.compile(r"as\b")


@dataclass(frozen=True, slots=True)
class Role:
    """A slot and the token that heads what fills it; `words` are the preposition tokens in between."""

    slot: str
    token: int
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """`words`: the lemma of the head and its longer names ("executive", "chief executive"); `truth`: see `truth`."""

    form: str
    head: int
    words: tuple[str, ...]
    roles: tuple[Role, ...]
    pattern: str
    truth: str

    def filling(self, slot: str) -> list[Role]:
        """The roles in this slot."""
        return [r for r in self.roles if r.slot == slot]


def frames(tree: Tree, lemmas: Lemmas) -> Iterator[Frame]:
    """All frames of a sentence, verbs and nouns in token order."""
    for i in range(len(tree.words)):
        if is_predicate(tree, i) and tree.pos[i] != "AUX":
            yield from _verb(tree, lemmas, i)
        if tree.pos[i] in ("NOUN", "PROPN") and tree.deps[i] != "punct":
            yield from _noun(tree, lemmas, i)


def _verb(tree: Tree, lemmas: Lemmas, v: int) -> Iterator[Frame]:
    lemma = lemmas.lemma(tree.lower[v], tree.tags[v])
    particles = [tree.lower[c] for c in tree.kids(v, "prt")]
    if lemma == "be" and not particles:
        lemma = "be"
    said_of = subjects(tree, v)
    passive = is_passive(tree, v)
    roles = [Role("patient" if passive else "agent", s) for s in said_of]
    roles += [Role("patient", o) for c in tree.kids(v, "dobj") if not passive for o in conjuncts(tree, c)]
    roles += [Role("complement", o) for c in tree.kids(v, "attr", "oprd") for o in conjuncts(tree, c)]
    roles += [Role("complement", o) for c in tree.kids(v, "dobj") if passive for o in conjuncts(tree, c)]
    if tree.deps[v] == "relcl" and not passive and not tree.has(v, "dobj", "attr", "acomp", "ccomp", "xcomp"):
        wh = [c for c in tree.children[v] if tree.lower[c] in ("where", "when", "who") or tree.deps[c] == "nsubj"]
        if wh and all(tree.lower[c] not in ("who", "which", "that", "where", "when") for c in wh):
            roles.append(Role("patient", tree.heads[v]))
    for words, noun in prepositions(tree, v):
        slot = " ".join(tree.lower[w] for w in words)
        if passive and slot == "by":
            roles.append(Role("agent" if tree.label(noun) not in _DATE_LABELS else "by", noun, words))
        else:
            roles.append(Role(slot, noun, words))
        for inner, place in prepositions(tree, noun):
            if len(inner) == 1 and tree.lower[inner[0]] in ("in", "at", "on", "near") and slot != "of":
                roles.append(Role(tree.lower[inner[0]], place, inner))
    roles += [Role("when", c) for c in tree.kids(v, "npadvmod") if tree.label(c) in _DATE_LABELS]
    if roles:
        names = (" ".join((lemma, *particles)), lemma) if particles else (lemma,)
        pattern = "passive" if passive else "relative" if tree.deps[v] == "relcl" else "verb"
        yield Frame("verb", v, names, tuple(roles), pattern, truth(tree, lemmas, v))


def _noun(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[Frame]:
    words = _noun_names(tree, lemmas, n)
    shared = _slots(tree, n)
    for pattern, holder, predicate in _holders(tree, lemmas, n):
        state = noun_truth(tree, n) or (truth(tree, lemmas, predicate) if predicate >= 0 else "")
        if predicate < 0 and tree.words[-1] == "?":
            state = "asked"
        yield Frame("noun", n, words, (Role("holder", holder), *shared), pattern, state)
    if any(r.slot in ("in", "on", "at") for r in shared) and any(r.slot in ("of", "poss") for r in shared):
        yield Frame("event", n, words, shared, "nominal", "asked" if tree.words[-1] == "?" else noun_truth(tree, n))


def _noun_names(tree: Tree, lemmas: Lemmas, n: int) -> tuple[str, ...]:
    """ "officer", "executive officer", "chief executive officer"; "date" also as "date of birth"."""
    lemma = lemmas.lemma(tree.lower[n], "NNS" if tree.tags[n] in ("NNS", "NNPS") else "NN")
    names = [lemma]
    i = n - 1
    while i >= 0 and tree.heads[i] in range(i + 1, n + 1) and tree.deps[i] in ("amod", "compound", "nmod", "punct"):
        if tree.entity[i] >= 0 and tree.entity[i] != tree.entity[n]:
            break
        names.append(f"{tree.lower[i]} {names[-1]}".replace("- ", "-").replace(" -", "-"))
        i -= 1
    for prep, noun in prepositions(tree, n):
        bare = tree.pos[noun] == "NOUN" and not tree.has(noun, "det", "poss", "amod", "compound")
        if bare and tree.lower[prep[0]] in ("of", "in"):
            names.append(f"{lemma} {tree.lower[prep[0]]} {tree.lower[noun]}")
    return tuple(names)


def _slots(tree: Tree, n: int) -> tuple[Role, ...]:
    roles = [Role("self", n)]
    for words, noun in prepositions(tree, n):
        roles.append(Role(" ".join(tree.lower[w] for w in words), noun, words))
        if (
            tree.pos[noun] == "NOUN" and tree.lower[words[0]] == "of"
        ):  # "date of birth of X", "member of the board of X"
            roles += [Role("of", inner, w) for w, inner in prepositions(tree, noun) if tree.lower[w[0]] in ("of", "at")]
            roles += [Role("poss", c) for c in tree.kids(noun, "poss")]
    for c in tree.children[n]:
        if tree.deps[c] == "poss":
            roles += [Role("poss", o) for o in conjuncts(tree, c)]
        elif tree.deps[c] in ("amod", "compound", "nmod") and tree.entity[c] != tree.entity[n]:
            label = tree.label(c)
            if label in ("NORP", "LANGUAGE"):
                roles.append(Role("nationality", c))
            elif label:
                roles.append(Role("compound", c))
    return tuple(roles)


def _holders(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[tuple[str, int, int]]:
    """(pattern, token of which n is said, verb whose truth counts or -1)."""
    top = n
    while tree.deps[top] == "conj" and tree.pos[tree.heads[top]] in ("NOUN", "PROPN"):
        top = tree.heads[top]
    dep, head = tree.deps[top], tree.heads[top]
    if dep in ("attr", "oprd") and is_predicate(tree, head):
        for s in subjects(tree, head):
            yield "copula", s, head
    elif dep == "nsubj" and lemmas.lemma(tree.lower[head], tree.tags[head]) == "be":
        for c in tree.kids(head, "attr"):  # "the capital of France is Paris"
            for o in conjuncts(tree, c):
                yield "inverted", o, head
    elif dep == "appos":
        if tree.deps[head] in ("attr", "oprd") and is_predicate(tree, tree.heads[head]) and tree.pos[head] == "NOUN":
            for s in subjects(tree, tree.heads[head]):
                yield "copula", s, tree.heads[head]
        else:
            yield "apposition", head, -1
    elif dep == "pobj" and tree.lower[head] == "as" and is_predicate(tree, tree.heads[head]):
        v = tree.heads[head]
        for s in [o for c in tree.kids(v, "dobj") for o in conjuncts(tree, c)] or subjects(tree, v):
            yield "as", s, v
    elif dep == "dobj" and lemmas.lemma(tree.lower[head], tree.tags[head]) in _BE:
        for s in subjects(tree, head):
            yield "copula", s, head
    elif dep in ("compound", "nmod", "amod") and tree.pos[head] == "PROPN" and tree.entity[head] != tree.entity[top]:
        if tree.label(head) in ("PERSON", "") and n < head:
            yield "title", head, -1
    elif dep == "nmod" or (dep == "dep" and tree.pos[head] == "PROPN"):
        yield "apposition", head, -1
    for c in tree.kids(n, "appos"):
        if tree.pos[c] in ("PROPN", "NUM") or tree.entity[c] >= 0:
            for o in conjuncts(tree, c):
                yield "apposition", o, -1


def relation_span(tree: Tree, frame: Frame, role: Role) -> tuple[int, int]:
    """Token range of the words that say the relation: the head, and the preposition of the answer where it follows."""
    if frame.form == "verb":
        words = [frame.head, *role.words]
        return min(words), max(words) + 1
    if role.slot == "self":
        return frame.head, frame.head + 1
    return noun_phrase(tree, frame.head, of=False)
