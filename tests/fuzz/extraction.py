"""Any text through the parser, and any tree through the rules: parsers err, so the rules see trees that no text has."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from spacy.tokens import Doc, Span

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor
from analyzer.text.facts.resolve import Document
from analyzer.text.facts.sentence import may_hold, read_sentence
from analyzer.text.facts.tree import add_entities, tree_of
from tests.fuzz import mutate

DEPS = (
    "ROOT", "nsubj", "nsubjpass", "dobj", "pobj", "prep", "conj", "cc", "appos", "poss", "case", "amod", "compound",
    "attr", "acomp", "xcomp", "ccomp", "relcl", "acl", "advcl", "agent", "aux", "auxpass", "neg", "mark", "det",
    "nummod", "punct", "dative", "pcomp", "npadvmod", "dep", "expl", "oprd", "quantmod", "prt", "advmod", "csubj",
)  # fmt: skip
TAGS = ("NNP", "NNPS", "NN", "NNS", "VBD", "VBZ", "VBN", "VBG", "VB", "IN", "DT", "CD", "JJ", "PRP", "PRP$", "CC", "TO",
        "RB", "MD", "WP", "WDT", ",", ".", "POS", "-LRB-", "``", "FW", "XX", "_SP")  # fmt: skip
LABELS = ("PERSON", "ORG", "GPE", "LOC", "DATE", "CARDINAL", "MONEY", "NORP", "WORK_OF_ART", "FAC", "EVENT", "QUANTITY")
SETTINGS = ExtractSettings(memo_sentences=200)


@cache
def extractor() -> Extractor:
    return Extractor(SETTINGS)


def text_case(rng: Random, folder: Path) -> None:
    """A short text: offsets lie inside of it, and every candidate is a mention or counted as dropped."""
    texts = [mutate.text(rng, 60) for _ in range(8)]
    for text, found in zip(texts, extractor().extract(texts), strict=True):
        dropped = sum(n for item, n in found.counts.items() if item.startswith("dropped_"))
        assert found.counts["candidates"] == len(found.mentions) + dropped
        for m in found.mentions:
            assert 0 <= m.subject_start < m.subject_end <= len(text)
            assert 0 <= m.answer_start <= m.answer_end <= len(text)
            assert m.subject and m.relation
            f"{m.subject}{m.relation}{m.answer}{m.surface}{m.answer_text}".encode("utf-8", "surrogatepass")


def tree_case(rng: Random, folder: Path) -> None:
    """Random words, tags, dependencies and entities over a random tree."""
    nlp = extractor()._model.nlp
    length = rng.randrange(1, 25)
    words = [rng.choice(mutate.WORDS) for _ in range(length)]
    order = rng.sample(range(length), length)  # whoever comes later hangs off somebody earlier: no circle
    heads = [0] * length
    for place, token in enumerate(order):
        heads[token] = token if place == 0 else order[rng.randrange(place)]
    deps = ["ROOT" if heads[i] == i else rng.choice(DEPS) for i in range(length)]
    tags = [rng.choice(TAGS) for _ in range(length)]
    spaces = [rng.random() < 0.9 for _ in range(length)]
    doc = Doc(nlp.vocab, words=words, spaces=spaces, heads=heads, deps=deps, tags=tags)
    at = 0
    spans = []
    while at < length:
        end = min(length, at + 1 + rng.randrange(4))
        if rng.random() < 0.4:
            spans.append(Span(doc, at, end, label=rng.choice(LABELS)))
        at = end
    doc.set_ents(spans)
    tree = tree_of(doc, doc.text)
    may_hold(tree)
    add_entities(tree, doc)
    found = read_sentence(tree, extractor()._rules, extractor()._lemmas, "all", SETTINGS.max_answer_tokens)
    Document([found])
    for c in found.candidates:
        for side in (c.subject, c.answer):
            assert 0 <= side.start <= side.end <= len(doc.text)


TARGETS = {"text to facts": text_case, "tree to facts": tree_case}
