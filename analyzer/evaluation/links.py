"""What the extractor finds in gold texts, as links between spans, at two levels.

sentence  what a sentence says by itself, pronouns standing for themselves: comparable with published systems
document  mentions as they are counted: names resolved, what is unclear dropped
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.evaluation.shares import DOCUMENT, OTHER, SENTENCE, SINGLETON
from analyzer.io.gold import Span
from analyzer.text.facts import Extractor
from analyzer.text.facts.extractor import places

LEVELS = (SENTENCE, DOCUMENT)


@dataclass(frozen=True, slots=True)
class Link:
    """A plain statement: the spans that it links, and at document level the keys that it is counted under."""

    relation: str
    tier: str
    subject: Span
    answer: Span
    sentence: int
    key: str = ""
    answer_key: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The links of one text at both levels."""

    sentence: tuple[Link, ...]
    document: tuple[Link, ...]

    def at(self, level: str) -> tuple[Link, ...]:
        return self.sentence if level == SENTENCE else self.document


def find(texts: Sequence[str], extractor: Extractor) -> list[Found]:
    """The links of each text; abstentions and whatever is said under a condition or denied are none."""
    by_sentence: list[tuple[Link, ...]] = []
    for cut, facts in extractor.parse(texts):
        links: list[Link] = []
        for i, (sentence, (start, end)) in enumerate(zip(facts, cut.spans, strict=True)):
            place = places(cut.text, start, end) if sentence.candidates else []
            for c in sentence.candidates:
                if not c.truth and c.answer.end > c.answer.start and c.subject.end > c.subject.start:
                    subject, answer = ((place[a.start], place[a.end - 1] + 1) for a in (c.subject, c.answer))
                    links.append(Link(c.relation, c.tier, subject, answer, i))
        by_sentence.append(tuple(links))
    by_document = [
        tuple(
            Link(
                m.relation, m.tier, (m.subject_start, m.subject_end), (m.answer_start, m.answer_end), m.sentence,
                m.subject, m.answer,
            )
            for m in extraction.mentions
            if not m.abstention
        )
        for extraction in extractor.extract(texts)
    ]  # fmt: skip
    return [Found(*levels) for levels in zip(by_sentence, by_document, strict=True)]


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a character: the matching criterion of KnowledgeNet ("span overlap")."""
    return a[0] < b[1] and b[0] < a[1]


def strata(found: Iterable[Found]) -> Mapping[tuple[str, str], str]:
    """Prompt (subject key, relation) -> singleton if the gold texts state it once by our own counting, else other.

    Once means in one sentence. The unit of a run is the cluster of documents; in gold sets, where hardly a thing occurs
    in two documents, that would leave the others empty. It errs on the safe side: what is stated once in a document of
    two statements is wrong more often than what is stated twice.
    """
    statements: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    for number, text in enumerate(found):
        for link in text.document:
            statements[link.key, link.relation].add((number, link.sentence))
    return {prompt: SINGLETON if len(places) == 1 else OTHER for prompt, places in statements.items()}
