"""Noun frames: what a noun says of its holder ("X is the capital of Y", "Y's capital, X") and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.frames import Frame, Role
from analyzer.text.facts.grammar import conjuncts, is_predicate, prepositions, subjects
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import ASKED, noun_truth, truth
from analyzer.text.facts.verbs import bearers

_BE = ("be", "become", "remain", "serve", "stay")
_NO_NOUNS = frozenset(("PERSON", "GPE", "LOC", "DATE", "TIME", "NORP", "CARDINAL", "MONEY", "LANGUAGE"))
_SITUATING = ("in", "on", "at")


def noun_frames(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[Frame]:
    """A frame for each holder of the noun n, and one of form event when it has an owner and a time or place."""
    if tree.label(n) in _NO_NOUNS or (tree.pos[n] == "PROPN" and tree.entity[n] >= 0 and tree.deps[n] != "appos"):
        return
    holders = list(_holders(tree, lemmas, n))
    owned = tree.has(n, "prep", "poss")
    if not holders and not owned:
        return
    names, slots = _names(tree, lemmas, n), _slots(tree, n)
    asked = ASKED if tree.words[-1] == "?" else ""
    seen = set()
    for pattern, holder, predicate in holders:
        for bearer, above in bearers(tree, holder, up=True):
            if bearer in seen or bearer == n:
                continue
            seen.add(bearer)
            state = noun_truth(tree, n) or asked
            for verb in (predicate, above):
                state = state or (truth(tree, lemmas, verb) if verb >= 0 else "")
            around = (*slots, *_of_holder(tree, n, holder)) if pattern == "title" else slots
            yield Frame("noun", n, names, (Role("holder", bearer), *around), pattern, state)
    filled = {r.slot for r in slots}
    if owned and filled & {*_SITUATING} and filled & {"of", "poss"}:
        yield Frame("event", n, names, slots, "nominal", asked or noun_truth(tree, n))


def _names(tree: Tree, lemmas: Lemmas, n: int) -> tuple[str, ...]:
    """ "officer", "executive officer", "chief executive officer"; "date" also as "date of birth"."""
    lemma = lemmas.lemma(tree.lower[n], "NNS" if tree.tags[n] in ("NNS", "NNPS") else "NN")
    names = [lemma]
    i = n - 1
    while i >= 0 and n - i < 6 and n >= tree.heads[i] > i and tree.deps[i] in ("amod", "compound", "nmod", "punct"):
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
    roles = [Role("self", n), *_prepositional(tree, n)]
    group = _coordination(tree, n)
    for other in group:  # "president and CEO of Acme": the parser hangs "of" on either
        if not any(r.slot in ("of", "at", "for") for r in roles):
            roles += [r for r in _prepositional(tree, other) if r.words and r.words[0] > n]
    for c in (c for m in (n, *(g for g in group if g < n)) for c in tree.children[m]):
        if tree.deps[c] == "poss":
            roles += [Role("poss", b) for o in conjuncts(tree, c) for b, _ in bearers(tree, o, up=False)]
        elif tree.deps[c] in ("amod", "compound", "nmod") and tree.entity[c] != tree.entity[n]:
            label = tree.label(c)
            if label in ("NORP", "LANGUAGE"):
                roles.append(Role("nationality", c))
            elif label:
                roles.append(Role("compound", c))
    return tuple(roles)


def _prepositional(tree: Tree, n: int) -> list[Role]:
    roles = []
    for words, noun in prepositions(tree, n):
        roles += [Role(" ".join(tree.lower[w] for w in words), b, words) for b, _ in bearers(tree, noun, up=False)]
        if tree.pos[noun] == "NOUN" and tree.lower[words[0]] == "of":  # "member of the board of X", "date of X's birth"
            roles += [Role("of", inner, w) for w, inner in prepositions(tree, noun) if tree.lower[w[0]] in ("of", "at")]
            roles += [Role("poss", b) for c in tree.kids(noun, "poss") for b, _ in bearers(tree, c, up=False)]
    return roles


def _coordination(tree: Tree, n: int) -> list[int]:
    """The nouns coordinated with n, without n."""
    top = n
    while tree.deps[top] == "conj" and tree.pos[tree.heads[top]] in ("NOUN", "PROPN"):
        top = tree.heads[top]
    return [c for c in conjuncts(tree, top) if c != n and tree.pos[c] in ("NOUN", "PROPN")]


def _of_holder(tree: Tree, n: int, holder: int) -> list[Role]:
    """ "his wife Jane", "Gestapo chief Heinrich Müller", "mathematician George Stibitz of Bell Labs": kept by the
    name."""
    roles = [Role("poss", b) for c in tree.kids(holder, "poss") if c < n for b, _ in bearers(tree, c, up=False)]
    roles += [Role("compound", c) for c in tree.kids(holder, "compound", "nmod") if c < n and tree.label(c) == "ORG"]
    nations = [c for c in tree.kids(holder, "amod", "compound", "nmod") if c < n and tree.label(c) == "NORP"]
    roles += [Role("nationality", c) for c in nations]
    return roles + [Role("of", o, w) for w, o in prepositions(tree, holder) if tree.lower[w[0]] in ("of", "at")]


def _holders(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[tuple[str, int, int]]:
    """(pattern, token of which n is said, verb whose truth counts or -1)."""
    top = n
    while tree.deps[top] == "conj" and tree.pos[tree.heads[top]] in ("NOUN", "PROPN"):
        top = tree.heads[top]
    dep, head = tree.deps[top], tree.heads[top]
    if dep in ("attr", "oprd") and is_predicate(tree, head):
        for s in subjects(tree, head):
            yield "copula", s, head
    elif dep in ("nsubj", "nsubjpass") and lemmas.lemma(tree.lower[head], tree.tags[head]) == "be":
        for c in tree.kids(head, "attr"):  # "the capital of France is Paris"
            for o in conjuncts(tree, c):
                yield "inverted", o, head
    elif dep == "appos":
        yield "apposition", head, -1
    elif dep == "pobj" and tree.lower[head] == "as" and is_predicate(tree, tree.heads[head]):
        v = tree.heads[head]
        for s in [o for c in tree.kids(v, "dobj") for o in conjuncts(tree, c)] or subjects(tree, v):
            yield "as", s, v
    elif dep == "dobj" and lemmas.lemma(tree.lower[head], tree.tags[head]) in _BE:
        for s in subjects(tree, head):
            yield "copula", s, head
    elif _is_title(tree, top, head):
        for o in conjuncts(tree, head) if tree.tags[n] == "NNS" else [head]:
            yield "title", o, -1
    elif dep == "nmod" or (dep == "dep" and tree.pos[head] == "PROPN"):
        yield "apposition", head, -1
    for c in tree.kids(n, "appos"):
        if tree.pos[c] in ("PROPN", "NUM") or tree.entity[c] >= 0:
            for o in conjuncts(tree, c):
                yield "apposition", o, -1


def _is_title(tree: Tree, n: int, head: int) -> bool:
    """Whether n is a title in front of a person's name: "physicist Marie Curie"."""
    if tree.deps[n] not in ("compound", "nmod", "amod") or tree.pos[head] != "PROPN" or n > head:
        return False
    return tree.entity[head] != tree.entity[n] and tree.label(head) in ("PERSON", "")
