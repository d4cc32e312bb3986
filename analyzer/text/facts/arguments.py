"""Subjects and answers: the span of a token's phrase, how it refers, its type, and its key if the sentence gives it."""

from __future__ import annotations

from analyzer.text.dates import iso_date
from analyzer.text.facts.grammar import noun_phrase
from analyzer.text.facts.records import Argument
from analyzer.text.facts.roles import POSTNOMINALS
from analyzer.text.facts.tree import Tree
from analyzer.text.lexicon import HONORIFICS, word_set
from analyzer.text.names import folded
from analyzer.text.numbers import canonical_number

TYPES = {
    "PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place", "WORK_OF_ART": "work",
    "LAW": "work", "EVENT": "event", "NORP": "group", "PRODUCT": "product", "LANGUAGE": "other",
}  # fmt: skip
_NUMBERS = word_set("CARDINAL QUANTITY MONEY PERCENT ORDINAL")
PRONOUNS = {
    "he": "person", "him": "person", "his": "person", "himself": "person", "she": "person",
    "her": "person", "hers": "person", "herself": "person", "who": "person", "whom": "person", "it": "thing",
    "its": "thing", "itself": "thing",
    "they": "any", "them": "any", "their": "any", "which": "thing", "that": "thing", "whose": "any",
    "i": "speaker", "me": "speaker", "my": "speaker", "we": "speaker", "us": "speaker", "our": "speaker",
}  # fmt: skip
# Nouns that with "the", "this" or a possessive point back at a name of that type: "the company", "the film".
NOMINALS = {
    noun: kind
    for kind, nouns in {
        "organisation": "company firm corporation organization organisation agency institute foundation bank club band "
        "group university college school charity startup publisher airline label studio association society party",
        "place": "country city town village state province region island district county republic kingdom territory "
        "municipality nation river lake mountain",
        "work": "film movie book novel album song play series show poem painting opera symphony",
        "person": "author artist actor actress singer politician scientist writer composer painter player poet",
        "event": "battle war tournament election festival conference",
    }.items()
    for noun in nouns.split()
}
POINTING = word_set("the this")
# Nouns that the name of an organisation may carry behind it: "the Real group", "the Civic Platform political party".
_BORNE = word_set(
    "company firm corporation newspaper magazine party band label brand group website site chain foundation team club "
    "organization organisation charity orchestra airline network studio"
)
_ROLES = HONORIFICS | word_set(
    "ceo cfo cto coo vp chairman chairwoman founder co-founder owner manager partner member officer "
    "executive director chair head dean fellow coach author actor"
)
_BOUND = word_set("this that these those such same other another former latter aforementioned following")
_GENERIC = word_set("something anything nothing everything one ones someone anyone everyone thing things lot lots")


def argument(tree: Tree, i: int, max_tokens: int, of: bool = True) -> Argument:
    """The argument headed by token i. A phrase longer than `max_tokens` is of kind long."""
    lower = tree.lower[i]
    if lower in PRONOUNS:
        return _span(tree, i, i + 1, "pronoun", PRONOUNS[lower])
    if tree.pos[i] == "PRON" or lower in _GENERIC:
        return _span(tree, i, i + 1, "clause", "other")
    label = tree.label(i)
    if label in ("DATE", "TIME"):
        return _date(tree, i)
    if label in _NUMBERS or (tree.pos[i] == "NUM" and not label):
        return _number(tree, i, of)
    if lower in POSTNOMINALS and (not tree.has(i, "compound") if not label else _length(tree, i) == 1):
        named = i - 2 if i > 1 and tree.words[i - 1] == "," else i - 1
        if named < 0 or tree.label(named) not in ("PERSON", "ORG"):
            return _span(tree, i, i + 1, "clause", "other")
        return _name(tree, named, TYPES[tree.label(named)])  # "AIM Your Way, LLC"
    if label or (tree.pos[i] == "PROPN" and lower not in _ROLES) or _is_acronym(tree, i):
        return _name(tree, i, TYPES.get(label, "other"))
    bearing = _bearing(tree, i)
    if bearing >= 0:
        return _name(tree, bearing, "organisation")
    first, past = noun_phrase(tree, i, of)
    if any(tree.tags[c] == "CD" for c in tree.children[i]) and (number := _number(tree, i, of)).kind == "number":
        return number
    if lower in NOMINALS and any(tree.lower[c] in POINTING and tree.deps[c] == "det" for c in tree.children[i]):
        bare = all(tree.deps[c] in ("det", "punct", "relcl", "appos", "cc", "conj", "acl") for c in tree.children[i])
        if bare:
            return _span(tree, first, past, "nominal", NOMINALS[lower])
    if tree.pos[i] not in ("NOUN", "PROPN", "ADJ", "X", "SYM", "VERB", "OTHER"):
        return _span(tree, first, past, "clause", "other")
    return _phrase(tree, first, past, max_tokens)


def _length(tree: Tree, i: int) -> int:
    first, past, _ = tree.entities[tree.entity[i]]
    return past - first


def _is_acronym(tree: Tree, i: int) -> bool:
    """Capitals that the tagger took for a noun, in a sentence that is not all in capitals: "CSRN was founded"."""
    word = tree.words[i]
    return tree.pos[i] == "NOUN" and len(word) > 2 and word.isupper() and word.isalpha() and not tree.text.isupper()


def _bearing(tree: Tree, i: int) -> int:
    """The head of the name that stands before the noun of what it names, or -1."""
    if tree.lower[i] not in _BORNE:
        return -1
    for c in reversed(tree.children[i]):
        if (
            c < i
            and tree.deps[c] in ("compound", "nmod")
            and tree.label(c) in ("ORG", "PRODUCT", "WORK_OF_ART", "NORP")
        ):
            return c if tree.pos[c] == "PROPN" else -1
    return -1


def _span(tree: Tree, first: int, past: int, kind: str, type: str, value: str = "") -> Argument:
    start, end = tree.starts[first], tree.ends[past - 1]
    return Argument(start, end, kind, type, tree.text[start:end], value)


def _date(tree: Tree, i: int) -> Argument:
    first, past, _ = tree.entities[tree.entity[i]]
    first, past = _whole_date(tree, first, past)
    whole = tree.text[tree.starts[first] : tree.ends[past - 1]]
    date = iso_date(whole)
    if date is None:
        return _span(tree, first, past, "clause", "date")
    return _span(tree, first, past, "date", "date", date)


def _whole_date(tree: Tree, first: int, past: int) -> tuple[int, int]:
    """The tagger sometimes splits "31 December , 1963": take neighbours in as long as the whole stays a date."""
    best = first, past
    for extra in (1, 2):
        if past + extra <= len(tree.words) and tree.tags[past + extra - 1] == "CD":
            longer = tree.text[tree.starts[first] : tree.ends[past + extra - 1]]
            date = iso_date(longer)
            if date is not None and "-" in date:
                best = first, past + extra
    return best


def _number(tree: Tree, i: int, of: bool) -> Argument:
    first, past = noun_phrase(tree, i, of and tree.label(i) != "MONEY")
    if past - first > 8:
        first, past = i, i + 1
    if tree.tags[i] == "CD" and tree.entity[i] >= 0:
        first, past = min(first, tree.entities[tree.entity[i]][0]), max(past, tree.entities[tree.entity[i]][1])
    if first and tree.words[first - 1] in ("$", "€", "£"):
        first -= 1
    number = canonical_number(tree.text[tree.starts[first] : tree.ends[past - 1]])
    if number is None or (not any(c.isdigit() for c in number)):
        return _span(tree, first, past, "clause", "number")
    return _span(tree, first, past, "number", "number", number)


def _name(tree: Tree, i: int, type: str) -> Argument:
    number = tree.entity[i]
    first, past = (i, i + 1) if number < 0 else tree.entities[number][:2]
    while first and _joins(tree, first - 1, first, past, number):
        first -= 1
    if number < 0:
        while past < len(tree.words) and _joins(tree, past, first, past, number) and tree.deps[past] != "appos":
            past += 1
    while first < past - 1 and (tree.lower[first] in ("the", "a", "an") or tree.pos[first] == "OTHER"):
        first += 1
    if type == "event" and first and _is_year(tree, first - 1):
        first -= 1  # "the 2002 World Cup" is another than that of 2006
    opened = next((t for t in range(first, past) if tree.words[t] == "("), past)
    if opened > first and ")" not in tree.words[opened:past]:
        past = opened  # "Qatar Petroleum (QP"
    while past - 1 > first and (
        tree.tags[past - 1] == "POS"
        or (tree.words[past - 1][-1] not in ".)!" and not tree.words[past - 1][-1].isalnum())
    ):
        past -= 1
    return _span(tree, first, past, "name", type)


def _is_year(tree: Tree, i: int) -> bool:
    return tree.tags[i] == "CD" and len(tree.words[i]) == 4 and tree.words[i].isdigit()


def _joins(tree: Tree, j: int, first: int, past: int, number: int) -> bool:
    """Whether the proper noun j belongs to the name [first, past)."""
    if tree.pos[j] != "PROPN" or (tree.entity[j] >= 0 and tree.entity[j] != number) or tree.lower[j] in _ROLES:
        return False
    return first <= tree.heads[j] < past and tree.deps[j] in ("compound", "nmod", "amod", "flat")


def _phrase(tree: Tree, first: int, past: int, max_tokens: int) -> Argument:
    text = tree.text[tree.starts[first] : tree.ends[past - 1]]
    words = folded(text).split()
    while words and words[0] in ("the", "a", "an"):
        del words[0]
    kind = "phrase" if len(words) <= max_tokens else "long"
    if any(tree.tags[t] == "PRP$" or tree.lower[t] in _BOUND for t in range(first, past)):
        kind = "clause"  # "her tenure", "this agreement": nothing outside the document
    if not any(w[0].isalpha() for w in words):
        kind = "clause"
    return _span(tree, first, past, kind, "phrase", " ".join(words).strip("\"'“”.,"))


def names_in(tree: Tree) -> list[tuple[int, str, str]]:
    """(offset, text, type) of every name in the sentence: entities and runs of proper nouns outside them."""
    found: dict[int, tuple[int, str, str]] = {}
    for i in range(len(tree.words)):
        label = tree.label(i)
        if (label in TYPES and label != "NORP") or (not label and tree.pos[i] == "PROPN"):
            name = _name(tree, i, TYPES.get(label, "other"))
            kept = found.get(name.start)
            if name.text[:1].isalpha() and (kept is None or len(kept[1]) < len(name.text)):
                found[name.start] = (name.start, name.text, name.type)
    return [found[start] for start in sorted(found)]
