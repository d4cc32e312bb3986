"""A parsed sentence as plain Python lists: what the rules read, safe outside spaCy's memory zone and quick to walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spacy.attrs import DEP, HEAD, IDX, LENGTH, TAG
from spacy.tokens import Doc

from analyzer.text.facts.model import Model
from analyzer.text.facts.roles import is_office

POS = {
    "NNP": "PROPN", "NNPS": "PROPN", "NN": "NOUN", "NNS": "NOUN", "CD": "NUM", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ",
    "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "VB": "VERB", "VBD": "VERB", "VBG": "VERB", "VBN": "VERB", "VBP": "VERB",
    "VBZ": "VERB", "MD": "AUX", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WP$": "PRON", "WDT": "PRON", "EX": "PRON",
    "IN": "ADP", "TO": "PART", "POS": "PART", "RP": "PART", "DT": "DET", "PDT": "DET", "CC": "CCONJ", "AFX": "ADJ",
    "$": "SYM", "FW": "X", "WRB": "ADV", "UH": "INTJ",
}  # fmt: skip

_HELD = frozenset(("PERSON", "ORG"))


@dataclass(frozen=True, slots=True)
class Tree:
    """Parallel lists over tokens. `entity[i]` indexes `entities` (first token, past the last, label), -1 outside."""

    text: str
    words: list[str]
    lower: list[str]
    tags: list[str]
    pos: list[str]
    deps: list[str]
    heads: list[int]
    children: list[list[int]]
    starts: list[int]
    ends: list[int]
    entities: list[tuple[int, int, str]]
    entity: list[int]

    def kids(self, i: int, *deps: str) -> list[int]:
        """Children of i with one of these labels, in order."""
        below = self.children[i]
        return [c for c in below if self.deps[c] in deps] if below else []

    def has(self, i: int, *deps: str) -> bool:
        """Whether i has a child with one of these labels."""
        for c in self.children[i]:  # a loop: `any` over a generator takes three times as long  # noqa: SIM110
            if self.deps[c] in deps:
                return True
        return False

    def label(self, i: int) -> str:
        """Entity label of token i, "" outside."""
        return self.entities[self.entity[i]][2] if self.entity[i] >= 0 else ""

    def subtree(self, i: int) -> Iterator[int]:
        """i and everything below it, in no particular order."""
        stack = [i]
        while stack:
            token = stack.pop()
            yield token
            stack.extend(self.children[token])


def tree_of(doc: Doc, text: str) -> Tree:
    """The tree of a parsed sentence, without entities. Read as one array: token objects cost four times as much, and
    `doc.text`, which is `text`, is put together from them."""
    columns = doc.to_array([TAG, DEP, HEAD, IDX, LENGTH])
    tag_ids, dep_ids, _, starts, lengths = (columns[:, k].tolist() for k in range(5))
    offsets = columns[:, 2].astype("int64").tolist()
    heads = [i + offset for i, offset in enumerate(offsets)]
    children: list[list[int]] = [[] for _ in heads]
    for i, head in enumerate(heads):
        if head != i:
            children[head].append(i)
    words = [text[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    tags = [_string(doc, t) for t in tag_ids]
    return Tree(
        text, words, [w.lower() for w in words], tags, list(map(_part, words, tags)),
        [_string(doc, d) for d in dep_ids], heads, children, starts,
        [start + length for start, length in zip(starts, lengths, strict=True)], [], [-1] * len(heads),
    )  # fmt: skip


def add_entities(tree: Tree, doc: Doc) -> None:
    """Put the entities of the tagged sentence into its tree, in place."""
    for e in doc.ents:
        inside = range(e.start, e.end)
        if any(tree.deps[t] in ("nsubj", "nsubjpass") and tree.heads[t] in inside for t in inside):
            continue  # an "entity" that holds a whole clause is the tagger's mistake
        if e.label_ in _HELD and any(is_office(tree.lower[t]) for t in inside if tree.heads[t] not in inside):
            continue  # "Emeritus of Economics", "General Counsel": what somebody is
        tree.entity[e.start : e.end] = [len(tree.entities)] * len(inside)
        tree.entities.append((e.start, e.end, e.label_))


def _part(word: str, tag: str) -> str:
    """Part of speech; "CEO" and "mathematician" are nouns although the tagger takes them for names."""
    if tag in ("NNP", "NNPS") and is_office(word):
        return "NOUN"
    return POS.get(tag, "OTHER")


_STRINGS: dict[int, str] = {}  # labels by their content hash, the same in every process


def _string(doc: Doc, key: int) -> str:
    found = _STRINGS.get(key)
    if found is None:
        found = _STRINGS[key] = doc.vocab.strings[key]
    return found


class Lemmas:
    """spaCy's rule lemmatizer on its own tables, for single words; remembers what it has seen."""

    __slots__ = ("_model", "lemma")

    def __init__(self, model: Model) -> None:
        self._model = model
        self.lemma = lru_cache(maxsize=20_000)(self._lemma)

    def _lemma(self, word: str, tag: str) -> str:
        """`_plain`, with "co-" kept in front of the verb."""
        if word.startswith("co-"):
            return "co-" + self._lemma(word[3:], tag)
        return self._plain(word, tag)

    def _plain(self, word: str, tag: str) -> str:
        """Lemma of a lower-case word with a Penn tag; the word itself where no rule leads to a known form."""
        part = {"N": "noun", "V": "verb", "J": "adj", "M": "verb"}.get(tag[:1], "")
        if part not in self._model.lemma_rules or tag in ("NN", "VB", "JJ", "MD", "NNP"):
            return word
        exceptions = self._model.lemma_exceptions.get(part, {})
        if word in exceptions:
            return exceptions[word][0]
        index, unknown = self._model.lemma_index.get(part, frozenset()), ""
        if word in index and tag not in ("VBD", "VBN", "VBZ", "VBG", "NNS"):
            return word
        for old, new in self._model.lemma_rules[part]:
            if word.endswith(old):
                form = word[: len(word) - len(old)] + new
                if form in index:
                    return form
                unknown = unknown or (form if form.isalpha() else "")
        return unknown or word
