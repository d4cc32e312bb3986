"""Walking a dependency tree (spaCy's English labels): coordination, subjects, prepositions, noun phrases."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.tree import Tree
from analyzer.text.lexicon import word_set

NOMINAL = frozenset(("NOUN", "PROPN", "NUM", "PRON", "X", "SYM", "ADJ"))
RELATIVE = word_set("who which that whom")
SUBJECTS = ("nsubj", "nsubjpass")
# Verbs whose infinitive is stated to have happened: "went on to found X", "managed to win".
IMPLICATIVE = word_set("go come manage begin start proceed help continue happen turn get choose")
# "After founding Acme, she ...", "known for founding Acme": the gerund happened, and to the subject.
GERUND_PREPOSITIONS = frozenset(("after", "before", "since", "until", "by", "while", "upon", "for", "to", "on"))
# "including" lists examples of the noun; the others give reasons and compare.
_NO_PREPOSITIONS = frozenset(("including", "because", "than", "unlike", "despite", "except", "regardless", "whether"))
_PLACES = ("GPE", "LOC", "FAC")
_DEPTH = 6  # chains of inherited subjects longer than this are parse errors
_LOOSE = ("relcl", "appos", "advcl", "parataxis", "ccomp", "dep", "cc", "conj", "preconj", "acl", "intj", "meta")
_INNER_PUNCTUATION = frozenset(("-", "'", "/", "–", "%", "$", "."))


def conjuncts(tree: Tree, i: int) -> list[int]:
    """i and the nouns coordinated with it, in order; "Milan, Italy" is one place, not two coordinated ones."""
    found, stack = [i], [i]
    while stack:
        h = stack.pop()
        for c in tree.children[h]:
            listed = tree.deps[c] == "conj" and tree.pos[c] in NOMINAL
            listed = listed and not _is_address(tree, h, c) and not _is_misplaced(tree, h, c)
            if listed or (
                tree.deps[c] == "appos" and tree.has(c, "conj") and tree.entity[c] >= 0 and _alike(tree, h, c)
            ):
                found.append(c)
                stack.append(c)
            elif tree.deps[c] == "prep" and tree.lower[c] == "including":  # "parties including A and B"
                stack.extend(p for p in tree.kids(c, "pobj") if p not in found)
                found.extend(p for p in tree.kids(c, "pobj") if p not in found)
    return sorted(found)


def _is_address(tree: Tree, h: int, c: int) -> bool:
    return (
        tree.label(h) in _PLACES
        and tree.label(c) in _PLACES
        and not tree.has(h, "cc")
        and not tree.has(c, "conj", "cc")
    )


def _is_misplaced(tree: Tree, h: int, c: int) -> bool:
    """A common noun with its own "of" beside a name: "publisher of the Post and officer of Acme" lists two offices."""
    if tree.entity[h] < 0 or tree.pos[c] != "NOUN" or tree.entity[c] >= 0 or tree.deps[h] != "pobj":
        return False
    return any(tree.lower[p] == "of" for p in tree.kids(c, "prep"))


def _alike(tree: Tree, h: int, c: int) -> bool:
    return tree.label(h) == tree.label(c) != ""


def is_predicate(tree: Tree, i: int) -> bool:
    """A main verb, or anything the parser gave a subject."""
    if tree.deps[i] in ("aux", "auxpass", "amod", "compound", "case"):
        return False
    if tree.deps[i] == "acomp":
        return tree.pos[i] in ("ADJ", "VERB") and tree.has(i, "prep")
    return tree.pos[i] == "VERB" or tree.has(i, *SUBJECTS)


def is_passive(tree: Tree, v: int) -> bool:
    """Its subject undergoes it: "was founded", "founded in 1890" after a noun, or shared with such a verb."""
    if tree.deps[v] == "acomp":
        return True
    if tree.tags[v] not in ("VBN", "VBD"):
        return False
    if tree.has(v, "nsubjpass", "auxpass"):
        return True
    done_by = tree.has(v, "agent") and not tree.has(v, "dobj", "aux")
    coordinated = tree.deps[v] == "conj" and not tree.has(v, "nsubj")
    if done_by and (tree.tags[v] == "VBN" or tree.deps[v] == "advcl" or coordinated):
        return True  # "with the United States represented by ...", "though burdened by ...", "and ruled by ..."
    if tree.has(v, "nsubj", "aux"):
        return False
    if (tree.deps[v] == "acl" and (tree.tags[v] == "VBN" or tree.pos[tree.heads[v]] == "NOUN")) or (
        tree.deps[v] in ("advcl", "amod", "dep", "parataxis", "appos", "prep") and tree.tags[v] == "VBN"
    ):
        return not tree.has(v, "dobj")
    shared = tree.deps[v] == "conj" and tree.tags[v] == "VBN" and not tree.has(v, "dobj")
    return shared and is_passive(tree, tree.heads[v])


def subjects(tree: Tree, v: int, depth: int = 0) -> list[int]:
    """Tokens that the verb v is said of: its own, the antecedent of a relative clause, or those of the governing
    verb."""
    head, dep = tree.heads[v], tree.deps[v]
    own = tree.kids(v, *SUBJECTS) or _before_bracket(tree, v)
    if own:
        found: list[int] = []
        for s in own:
            found.extend(_antecedents(tree, v, s) if tree.lower[s] in RELATIVE else conjuncts(tree, s))
        return found
    if depth > _DEPTH or head == v:
        return []
    if dep == "conj" and is_predicate(tree, head):
        return subjects(tree, head, depth + 1)
    if dep == "xcomp" and is_predicate(tree, head):
        raised = tree.kids(head, "dobj")
        return conjuncts(tree, raised[0]) if raised else subjects(tree, head, depth + 1)
    if dep == "acl" and tree.tags[v] in ("VBG", "VBN", "VBD"):
        return [head]
    if dep == "pcomp" and tree.lower[head] in GERUND_PREPOSITIONS:
        above = tree.heads[head]
        if tree.lower[above] == "prior":  # "prior to joining Acme, she ..."
            above = tree.heads[above]
        return subjects(tree, above, depth + 1) if is_predicate(tree, above) else []
    if dep == "acomp" and is_predicate(tree, head):
        return subjects(tree, head, depth + 1)
    if dep in ("advcl", "dep", "parataxis", "prep") and tree.tags[v] in ("VBG", "VBN"):
        if tree.pos[head] in ("NOUN", "PROPN"):
            return [head]
        return subjects(tree, head, depth + 1) if is_predicate(tree, head) else []
    return []


def _before_bracket(tree: Tree, v: int) -> list[int]:
    """ "Jane Doe (born 8 April 1938) is ...": where the parser takes the bracket for a clause, its first name."""
    for c in tree.kids(v, "csubj"):
        for t in tree.kids(c, "npadvmod", "nsubj", "dep"):
            if t < c and tree.pos[t] == "PROPN" and tree.words[t + 1] == "(":
                return [t]
    return []


def _antecedents(tree: Tree, v: int, relative: int) -> list[int]:
    """The noun a relative pronoun stands for; "which" is no person: "Doe, president of Acme, which makes ..."."""
    while tree.deps[v] == "conj":
        v = tree.heads[v]
    if tree.deps[v] != "relcl":
        return []
    noun = tree.heads[v]
    if tree.lower[relative] != "which" or tree.label(noun) != "PERSON":
        return [noun]
    before = relative - 2 if relative and tree.words[relative - 1] == "," else relative - 1
    return (
        [before] if before > noun and tree.pos[before] in ("NOUN", "PROPN") and tree.label(before) != "PERSON" else []
    )


def prepositions(tree: Tree, i: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """(preposition tokens, noun) pairs that hang off i: "in" Paris, "out of" print; coordination flattened."""
    for c in tree.children[i]:
        if tree.deps[c] in ("prep", "agent") and tree.lower[c] not in _NO_PREPOSITIONS:
            yield from _objects(tree, (c,))
        elif tree.deps[c] == "prt":
            for p in tree.kids(c, "prep"):
                yield from _objects(tree, (p,))


def _objects(tree: Tree, chain: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
    for c in tree.children[chain[-1]]:
        if tree.deps[c] == "pobj":
            for noun in conjuncts(tree, c):
                yield chain, noun
        elif tree.deps[c] == "prep" and len(chain) < 3:
            yield from _objects(tree, (*chain, c))
        elif tree.deps[c] == "conj" and tree.pos[c] == "ADP":
            yield from _objects(tree, (*chain[:-1], c))


def noun_phrase(tree: Tree, h: int, of: bool = True) -> tuple[int, int]:
    """(first, past the last) token of the phrase headed by h: no clauses, appositions, conjuncts; "of" phrases if
    `of`."""
    first = last = h
    for c in tree.children[h]:
        if tree.deps[c] in _LOOSE:
            continue
        if tree.deps[c] == "punct" and tree.words[c] not in _INNER_PUNCTUATION:
            continue
        if c > h:
            if tree.deps[c] == "prep" and not (of and tree.lower[c] == "of"):
                continue
            if tree.deps[c] in ("punct", "advmod", "npadvmod", "nmod"):
                continue
        for t in tree.subtree(c):
            if tree.deps[t] != "punct" or first < t < last:
                first, last = min(first, t), max(last, t)
    if tree.entity[h] >= 0:
        a, b, _ = tree.entities[tree.entity[h]]
        first, last = min(first, a), max(last, b - 1)
    return first, last + 1
