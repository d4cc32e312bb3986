"""A parsed sentence as plain Python lists: what the rules read, safe outside spaCy's memory zone and quick to walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc

from analyzer.text.facts.model import Model

POS = {
    "NNP": "PROPN", "NNPS": "PROPN", "NN": "NOUN", "NNS": "NOUN", "CD": "NUM", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ",
    "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "VB": "VERB", "VBD": "VERB", "VBG": "VERB", "VBN": "VERB", "VBP": "VERB",
    "VBZ": "VERB", "MD": "AUX", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WP$": "PRON", "WDT": "PRON", "EX": "PRON",
    "IN": "ADP", "TO": "PART", "POS": "PART", "RP": "PART", "DT": "DET", "PDT": "DET", "CC": "CCONJ", "AFX": "ADJ",
    "$": "SYM", "FW": "X", "WRB": "ADV", "UH": "INTJ",
}  # fmt: skip


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
        return [c for c in self.children[i] if self.deps[c] in deps]

    def has(self, i: int, *deps: str) -> bool:
        """Whether i has a child with one of these labels."""
        return any(self.deps[c] in deps for c in self.children[i])

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


def tree_of(doc: Doc) -> Tree:
    """The tree of a parsed (and, if the gate let it through, entity-tagged) sentence."""
    tags, heads, deps = [], [], []
    children: list[list[int]] = [[] for _ in doc]
    starts, ends, words = [], [], []
    for token in doc:
        tags.append(token.tag_)
        deps.append(token.dep_)
        head = token.head.i
        heads.append(head)
        words.append(token.text)
        starts.append(token.idx)
        ends.append(token.idx + len(token.text))
        if head != token.i:
            children[head].append(token.i)
    entities = [
        (e.start, e.end, e.label_)
        for e in doc.ents
        if not any(deps[t] in ("nsubj", "nsubjpass") and e.start <= heads[t] < e.end for t in range(e.start, e.end))
    ]  # an "entity" that holds a whole clause is the tagger's mistake
    entity = [-1] * len(words)
    for number, (first, past, _) in enumerate(entities):
        entity[first:past] = [number] * (past - first)
    lower = [w.lower() for w in words]
    pos = [POS.get(tag, "OTHER") for tag in tags]
    return Tree(doc.text, words, lower, tags, pos, deps, heads, children, starts, ends, entities, entity)


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
