"""Noun frames: what a noun says of its holder ("X is the capital of Y", "Y's capital, X") and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.frames import Frame, Role
from analyzer.text.facts.grammar import conjuncts, prepositions
from analyzer.text.facts.holders import Said, first_conjunct, having_of, holders
from analyzer.text.facts.roles import KIN
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import ASKED, noun_truth, truth
from analyzer.text.facts.verbs import bearers

_NO_NOUNS = frozenset(("PERSON", "GPE", "LOC", "DATE", "TIME", "NORP", "CARDINAL", "MONEY", "LANGUAGE"))
_SITUATING = ("in", "on", "at")
_KEEPING = ("of", "at", "for", "in", "with", "from", "to")
_CHAIN = 4  # "professor in the department of X of the faculty of Y at Z"


def noun_frames(tree: Tree, lemmas: Lemmas, n: int) -> Iterator[Frame]:
    """A frame for each holder of the noun n, and one of form event when it has an owner and a time or place."""
    inside = tree.tags[n] in ("NNP", "NNPS") and tree.entity[n] >= 0
    if tree.label(n) in _NO_NOUNS or (inside and tree.deps[n] != "appos"):
        return
    said = list(holders(tree, lemmas, n))
    having = having_of(tree, lemmas, n)
    owned = having or tree.has(n, "prep", "poss")
    if not said and not owned:
        return
    names, slots = _names(tree, lemmas, n), _slots(tree, n)
    slots += tuple(Role("poss", b) for s in having for b, _ in bearers(tree, s, up=False))
    asked = ASKED if tree.words[-1] == "?" else ""
    seen, group = set(), _coordination(tree, n)
    for one in said:
        for bearer, above in bearers(tree, one.holder, up=True):
            if bearer in seen or bearer == n or (one.pattern == "inverted" and bearer in group):
                continue
            seen.add(bearer)
            state = noun_truth(tree, n) or asked
            for verb in (one.verb, above):
                state = state or (truth(tree, lemmas, verb) if verb >= 0 else "")
            around = (*slots, *_around(tree, n, one))
            yield Frame("noun", n, names, (Role("holder", bearer), *around), one.pattern, state)
    if having:
        yield Frame(
            "noun", n, names, slots, "having", noun_truth(tree, n) or asked or truth(tree, lemmas, tree.heads[n])
        )
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


def _slots(tree: Tree, n: int) -> tuple[Role, ...]:
    roles = [Role("self", n), *_prepositional(tree, n)]
    group = _coordination(tree, n)
    for other in group:  # "president and CEO of Acme": the parser hangs "of" on either
        if not any(r.slot in ("of", "at", "for") for r in roles):
            roles += [r for r in _prepositional(tree, other) if r.words and r.words[0] > n]
    for c in (c for m in (n, *(g for g in group if g < n)) for c in tree.children[m]):
        if tree.deps[c] == "poss":
            roles += [Role("poss", b) for o in conjuncts(tree, c) for b, _ in bearers(tree, o, up=False)]
        elif tree.deps[c] == "nummod":
            roles.append(Role("number", c))
        elif tree.deps[c] == "compound" and tree.pos[c] == "NOUN" and tree.entity[c] < 0 and tree.heads[c] == n:
            roles.append(Role("kind", c))
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
    top = first_conjunct(tree, n)
    return [c for c in conjuncts(tree, top) if c != n and tree.pos[c] in ("NOUN", "PROPN")]


def _around(tree: Tree, n: int, said: Said) -> list[Role]:
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
