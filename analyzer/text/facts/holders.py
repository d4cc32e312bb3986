"""Of whom a noun is said: copula, apposition, title, "as", "one of", lists of kin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.text.facts.grammar import SUBJECTS, conjuncts, is_predicate, subjects
from analyzer.text.facts.roles import KIN, POSTNOMINALS, is_person_noun
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.verbs import bearers
from analyzer.text.lexicon import word_set

_BE = word_set("be become remain serve stay")
_POSTS = word_set("role position post job title career duty tenure appointment function capacity")
_APART = frozenset(("dep", "npadvmod", "advcl", "ccomp", "nsubj", "nsubjpass", "parataxis"))
_FINITE = ("VBD", "VBZ", "VBP")
_CLIMB = 6  # steps up a tree in search of a clause
_ASIDE = frozenset(("GPE", "LOC", "FAC", "DATE"))
_SINGULAR = ("is", "was")  # of two names joined by "and": the title of one work, cut in two


@dataclass(frozen=True, slots=True)
class Said:
    """Of which token the noun is said, in what pattern, and the verb whose truth counts (or -1)."""

    pattern: str
    holder: int
    verb: int


def holders(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[Said]:
    """Of which tokens the noun n is said; a token may come more than once."""
    top = _one_of(tree, first_conjunct(tree, n))
    dep, head = tree.deps[top], tree.heads[top]
    apart = list(_apart(tree, top, head)) if dep in _APART else []
    if apart:
        yield from apart
    elif (dep in ("attr", "oprd") and is_predicate(tree, head)) or (dep == "conj" and _is_be(tree, lemmas, head)):
        said_of = subjects(tree, head)
        cut = len(said_of) > 1 and tree.lower[head] in _SINGULAR and all(tree.entity[s] < 0 for s in said_of)
        for s in () if cut else said_of:
            yield Said("copula", s, head)
    elif dep in SUBJECTS and _is_be(tree, lemmas, head):
        for c in tree.kids(head, "attr", "acomp"):  # "the capital of France is Paris", "the language is French"
            for o in conjuncts(tree, c):
                yield Said("inverted", o, head)
    elif dep == "appos":
        while tree.lower[head] in POSTNOMINALS and tree.deps[head] == "appos":
            head = tree.heads[head]  # "Hugh McColl, Jr., the chairman of X"
        for s in _born_elsewhere(tree, lemmas, n, head):
            yield Said("apposition", s, -1)
    elif dep == "pobj" and tree.lower[head] in ("as", "of"):
        yield from _posts(tree, top, head)
    elif dep == "dobj" and lemmas.lemma(tree.lower[head], tree.tags[head]) in _BE:
        for s in subjects(tree, head):
            yield Said("copula", s, head)
    elif _is_title(tree, top, head):
        for o in conjuncts(tree, head) if tree.tags[n] == "NNS" else [head]:
            yield Said("title", o, -1)
    elif dep == "nmod" or (dep == "dep" and tree.pos[head] == "PROPN"):
        yield Said("apposition", head, -1)
    verb = head if dep == "dobj" and having_of(tree, lemmas, n) else -1
    for o in _named_kin(tree, n):
        yield Said("apposition", o, verb)
    for c in tree.kids(n, "appos"):
        if tree.pos[c] in ("PROPN", "NUM") or tree.entity[c] >= 0:
            for o in conjuncts(tree, c) if tree.tags[n] in ("NNS", "NNPS") else [c]:
                yield Said("apposition", o, verb)


def _named_kin(tree: Tree, n: int) -> list[int]:
    """The names in "two children, Ann and Bob", which the parser takes for a list of three."""
    listed = tree.kids(n, "conj")
    if tree.tags[n] != "NNS" or not listed or tree.lower[n].removesuffix("s") not in KIN | {"children"}:
        return []
    named = [o for o in conjuncts(tree, listed[0]) if o >= listed[0]]
    between = tree.words[n + 1 : listed[0]]
    return named if "," in between and "and" not in between and all(tree.pos[o] == "PROPN" for o in named) else []


def _born_elsewhere(tree: Tree, lemmas: Lemmas, n: int, head: int) -> list[int]:
    """Of whom an apposition speaks: "was born in Oslo, Norway, the son of X" says it of the subject, not of Norway."""
    if tree.label(head) not in _ASIDE or not is_person_noun(lemmas.lemma(tree.lower[n], tree.tags[n])):
        return [head]
    above = head
    for _ in range(_CLIMB):
        above = tree.heads[above]
        if is_predicate(tree, above):
            return subjects(tree, above)
    return [head]


def _is_be(tree: Tree, lemmas: Lemmas, v: int) -> bool:
    return lemmas.lemma(tree.lower[v], tree.tags[v]) == "be"


def _one_of(tree: Tree, n: int) -> int:
    """ "one" in "one of the founders of X"."""
    prep = tree.heads[n]
    if tree.deps[n] == "pobj" and tree.lower[prep] == "of" and tree.lower[tree.heads[prep]] == "one":
        return tree.heads[prep]
    return n


def _posts(tree: Tree, n: int, prep: int) -> Iterator[Said]:
    """ "served as CEO", "named her as CEO"; "his role as CEO", "held the position of CEO"."""
    v = tree.heads[prep]
    if tree.lower[prep] == "as" and is_predicate(tree, v):
        objects = [o for c in tree.kids(v, "dobj") if c < prep for o in conjuncts(tree, c)]
        for s in objects if objects and not _is_post(tree, objects[0]) else subjects(tree, v):
            yield Said("as", s, v)
    elif _is_post(tree, v):
        owners = [b for c in tree.kids(v, "poss") for b, _ in bearers(tree, c, up=False)]
        governor = tree.heads[v]
        if tree.deps[v] == "dobj" and is_predicate(tree, governor) and not owners:
            for s in subjects(tree, governor):
                yield Said("as", s, governor)
        for o in owners:
            yield Said("as", o, -1)


def _is_post(tree: Tree, n: int) -> bool:
    return tree.lower[n].removesuffix("s") in _POSTS


def _apart(tree: Tree, n: int, v: int) -> Iterator[Said]:
    """ "A native of Brooklyn, Jane Doe studied": the noun opens the sentence, a comma and the subject follow."""
    if not is_predicate(tree, v) or not tree.has(n, "prep", "compound", "poss"):
        return
    if any(tree.pos[t] == "AUX" or tree.tags[t] in _FINITE or tree.tags[t] == "PRP" for t in range(n)):
        return
    following = [s for s in tree.kids(v, *SUBJECTS) if s > n]
    if following and "," in tree.words[n : following[0]]:
        for s in conjuncts(tree, following[0]):
            yield Said("apposition", s, -1)


def _is_title(tree: Tree, n: int, head: int) -> bool:
    """Whether n is a title in front of a person's name: "physicist Marie Curie"."""
    if tree.deps[n] not in ("compound", "nmod", "amod") or tree.pos[head] != "PROPN" or n > head:
        return False
    return tree.entity[head] != tree.entity[n] and tree.label(head) in ("PERSON", "")


def having_of(tree: Tree, lemmas: Lemmas, n: int) -> list[int]:
    """Who has n: "they have two children, Ann and Bob"."""
    v = tree.heads[n]
    if tree.deps[n] == "dobj" and lemmas.lemma(tree.lower[v], tree.tags[v]) == "have" and is_predicate(tree, v):
        return subjects(tree, v)
    return []


def first_conjunct(tree: Tree, n: int) -> int:
    while tree.deps[n] == "conj" and tree.pos[tree.heads[n]] in ("NOUN", "PROPN"):
        n = tree.heads[n]
    return n
