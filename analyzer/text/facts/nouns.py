"""Noun frames: what a noun says of its holder ("X is the capital of Y", "Y's capital, X") and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.text.facts.frames import Frame, Role
from analyzer.text.facts.grammar import SUBJECTS, conjuncts, is_predicate, prepositions, subjects
from analyzer.text.facts.roles import KIN, POSTNOMINALS, is_person_noun
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import ASKED, noun_truth, truth
from analyzer.text.facts.verbs import bearers
from analyzer.text.lexicon import word_set

_BE = word_set("be become remain serve stay")
_POSTS = word_set("role position post job title career duty tenure appointment function capacity")
_NO_NOUNS = frozenset(("PERSON", "GPE", "LOC", "DATE", "TIME", "NORP", "CARDINAL", "MONEY", "LANGUAGE"))
_SITUATING = ("in", "on", "at")
_KEEPING = ("of", "at", "for", "in", "with", "from")
_APART = frozenset(("dep", "npadvmod", "advcl", "ccomp", "nsubj", "nsubjpass", "parataxis"))
_ASIDE = frozenset(("GPE", "LOC", "FAC", "DATE"))
_CLIMB = 6  # steps up a tree in search of a clause
_CHAIN = 4  # "professor in the department of X of the faculty of Y at Z"


@dataclass(frozen=True, slots=True)
class _Said:
    """Of which token the noun is said, in what pattern, and the verb whose truth counts (or -1)."""

    pattern: str
    holder: int
    verb: int


def noun_frames(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[Frame]:
    """A frame for each holder of the noun n, and one of form event when it has an owner and a time or place."""
    inside = tree.tags[n] in ("NNP", "NNPS") and tree.entity[n] >= 0
    if tree.label(n) in _NO_NOUNS or (inside and tree.deps[n] != "appos"):
        return
    said = list(_holders(tree, lemmas, n))
    having = _having(tree, lemmas, n)
    owned = having or tree.has(n, "prep", "poss")
    if not said and not owned:
        return
    names, slots = _names(tree, lemmas, n), _slots(tree, n)
    slots += tuple(Role("poss", b) for s in having for b, _ in bearers(tree, s, up=False))
    asked = ASKED if tree.words[-1] == "?" else ""
    seen = set()
    for one in said:
        for bearer, above in bearers(tree, one.holder, up=True):
            if bearer in seen or bearer == n:
                continue
            seen.add(bearer)
            state = noun_truth(tree, n) or asked
            for verb in (one.verb, above):
                state = state or (truth(tree, lemmas, verb) if verb >= 0 else "")
            around = (*slots, *_around(tree, n, one))
            yield Frame("noun", n, names, (Role("holder", bearer), *around), one.pattern, state)
    filled = {r.slot for r in slots}
    if owned and filled & {*_SITUATING} and filled & {"of", "poss"}:
        state = asked or noun_truth(tree, n) or (truth(tree, lemmas, tree.heads[n]) if having else "")
        yield Frame("event", n, names, slots, "nominal", state)


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


def _having(tree: Tree, lemmas: Lemmas, n: int) -> list[int]:
    """Who has n: "they have two children, Ann and Bob"."""
    v = tree.heads[n]
    if tree.deps[n] == "dobj" and lemmas.lemma(tree.lower[v], tree.tags[v]) == "have" and is_predicate(tree, v):
        return subjects(tree, v)
    return []


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
            if label == "PERSON" and any(tree.has(o, "case") for o in conjuncts(tree, c)):
                roles += [Role("poss", o) for o in conjuncts(tree, c)]  # "Ralph and Andrea's daughter"
            elif label in ("NORP", "LANGUAGE"):
                roles.append(Role("nationality", c))
            elif label:
                roles.append(Role("compound", c))
    return tuple(roles)


def _prepositional(tree: Tree, n: int, depth: int = 0) -> list[Role]:
    """Objects of the noun's prepositions, and of theirs where a common noun stands between: "member of the board of X",
    "date of X's birth"; not beyond a person ("son of the mayor of X")."""
    roles = []
    for words, noun in prepositions(tree, n):
        slot = " ".join(tree.lower[w] for w in words)
        roles += [Role(slot, b, words) for b, _ in bearers(tree, noun, up=False)]
        common = tree.pos[noun] == "NOUN" and tree.entity[noun] < 0 and tree.lower[noun].removesuffix("s") not in KIN
        if not common or slot not in _KEEPING or depth >= _CHAIN:
            continue
        if slot == "of":
            roles += [Role("poss", b) for c in tree.kids(noun, "poss") for b, _ in bearers(tree, c, up=False)]
            roles += [r for r in _prepositional(tree, noun, depth + 1) if r.slot in ("of", "at")]
        else:
            roles += [r for r in _prepositional(tree, noun, depth + 1) if r.slot == "of"]
    return roles


def _coordination(tree: Tree, n: int) -> list[int]:
    """The nouns coordinated with n, without n."""
    top = _first_conjunct(tree, n)
    return [c for c in conjuncts(tree, top) if c != n and tree.pos[c] in ("NOUN", "PROPN")]


def _first_conjunct(tree: Tree, n: int) -> int:
    while tree.deps[n] == "conj" and tree.pos[tree.heads[n]] in ("NOUN", "PROPN"):
        n = tree.heads[n]
    return n


def _around(tree: Tree, n: int, said: _Said) -> list[Role]:
    """What stands not with the noun but with its holder or its verb.

    "his wife Jane", "Gestapo chief Heinrich Müller", "mathematician George Stibitz of Bell Labs" (kept by the name);
    "was professor for ten years at X", "X, where he was professor" (kept by the verb).
    """
    if said.pattern == "title":
        holder = said.holder
        roles = [Role("poss", b) for c in tree.kids(holder, "poss") if c < n for b, _ in bearers(tree, c, up=False)]
        roles += [
            Role("compound", c) for c in tree.kids(holder, "compound", "nmod") if c < n and tree.label(c) == "ORG"
        ]
        nations = [c for c in tree.kids(holder, "amod", "compound", "nmod") if c < n and tree.label(c) == "NORP"]
        roles += [Role("nationality", c) for c in nations]
        return roles + [Role("of", o, w) for w, o in prepositions(tree, holder) if tree.lower[w[0]] in ("of", "at")]
    if said.pattern not in ("copula", "as") or said.verb < 0:
        return []
    roles = []
    for words, noun in prepositions(tree, said.verb):
        slot = " ".join(tree.lower[w] for w in words)
        if words[0] > n and slot in _KEEPING:
            roles += [Role(slot, b, words) for b, _ in bearers(tree, noun, up=False)]
    v = said.verb
    if tree.deps[v] == "relcl" and any(tree.lower[c] == "where" for c in tree.kids(v, "advmod")):
        roles += [Role("where", b) for b, _ in bearers(tree, tree.heads[v], up=False)]
    return roles


def _holders(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[_Said]:
    top = _one_of(tree, _first_conjunct(tree, n))
    dep, head = tree.deps[top], tree.heads[top]
    apart = list(_apart(tree, top, head)) if dep in _APART else []
    if apart:
        yield from apart
    elif dep in ("attr", "oprd", "conj") and is_predicate(tree, head):
        for s in subjects(tree, head) if dep != "conj" or _is_be(tree, lemmas, head) else ():
            yield _Said("copula", s, head)
    elif dep in SUBJECTS and _is_be(tree, lemmas, head):
        for c in tree.kids(head, "attr"):  # "the capital of France is Paris"
            for o in conjuncts(tree, c):
                yield _Said("inverted", o, head)
    elif dep == "appos":
        while tree.lower[head] in POSTNOMINALS and tree.deps[head] == "appos":
            head = tree.heads[head]  # "Hugh McColl, Jr., the chairman of X"
        for s in _born_elsewhere(tree, lemmas, n, head):
            yield _Said("apposition", s, -1)
    elif dep == "pobj" and tree.lower[head] in ("as", "of"):
        yield from _posts(tree, top, head)
    elif dep == "dobj" and lemmas.lemma(tree.lower[head], tree.tags[head]) in _BE:
        for s in subjects(tree, head):
            yield _Said("copula", s, head)
    elif _is_title(tree, top, head):
        for o in conjuncts(tree, head) if tree.tags[n] == "NNS" else [head]:
            yield _Said("title", o, -1)
    elif dep == "nmod" or (dep == "dep" and tree.pos[head] == "PROPN"):
        yield _Said("apposition", head, -1)
    for o in _named_kin(tree, n):
        yield _Said("apposition", o, -1)
    verb = head if dep == "dobj" and _having(tree, lemmas, n) else -1
    for c in tree.kids(n, "appos"):
        if tree.pos[c] in ("PROPN", "NUM") or tree.entity[c] >= 0:
            for o in conjuncts(tree, c) if tree.tags[n] in ("NNS", "NNPS") else [c]:
                yield _Said("apposition", o, verb)


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


def _posts(tree: Tree, n: int, prep: int) -> Iterator[_Said]:
    """ "served as CEO", "named her as CEO"; "his role as CEO", "held the position of CEO"."""
    v = tree.heads[prep]
    if tree.lower[prep] == "as" and is_predicate(tree, v):
        objects = [o for c in tree.kids(v, "dobj") if c < prep for o in conjuncts(tree, c)]
        for s in objects if objects and not _is_post(tree, objects[0]) else subjects(tree, v):
            yield _Said("as", s, v)
    elif _is_post(tree, v):
        owners = [b for c in tree.kids(v, "poss") for b, _ in bearers(tree, c, up=False)]
        governor = tree.heads[v]
        if tree.deps[v] == "dobj" and is_predicate(tree, governor) and not owners:
            for s in subjects(tree, governor):
                yield _Said("as", s, governor)
        for o in owners:
            yield _Said("as", o, -1)


def _is_post(tree: Tree, n: int) -> bool:
    return tree.lower[n].removesuffix("s") in _POSTS


def _apart(tree: Tree, n: int, v: int) -> Iterator[_Said]:
    """ "A native of Brooklyn, Jane Doe studied": the noun opens the sentence, a comma and the subject follow."""
    if not is_predicate(tree, v) or not tree.has(n, "prep", "compound", "poss"):
        return
    if any(tree.pos[t] not in ("DET", "ADJ", "NOUN", "PROPN", "ADV", "VERB") for t in range(n)):
        return
    following = [s for s in tree.kids(v, *SUBJECTS) if s > n]
    if following and "," in tree.words[n : following[0]]:
        for s in conjuncts(tree, following[0]):
            yield _Said("apposition", s, -1)


def _is_title(tree: Tree, n: int, head: int) -> bool:
    """Whether n is a title in front of a person's name: "physicist Marie Curie"."""
    if tree.deps[n] not in ("compound", "nmod", "amod") or tree.pos[head] != "PROPN" or n > head:
        return False
    return tree.entity[head] != tree.entity[n] and tree.label(head) in ("PERSON", "")
