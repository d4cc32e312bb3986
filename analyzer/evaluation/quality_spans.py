"""KnowledgeNet: facts at spans, marked exhaustively for some properties of each passage. Declared relations only.

A link and a gold mention match when both their subjects and their answers share a character.

precision               links of a property that the passage was asked for which match a gold mention of it
precision_span_overlap  gold mentions matched / (those + links that match none): the data set's own criterion
mention_recall          gold mentions that some link of their property matches
fact_recall             gold facts of which some mention is matched; a fact is all mentions of a property with an answer
                        span: their subjects are names of one thing ("Maud Pereth", "she"), the fact stands once
any_link                gold facts whose subject and answer any link joins, declared or open, in either direction
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from analyzer.evaluation.links import LEVELS, Found, Link, overlap, strata
from analyzer.evaluation.mapping import knowledgenet
from analyzer.evaluation.quality_keys import Named, keys
from analyzer.evaluation.shares import DOCUMENT, Item, Tally
from analyzer.io.gold import GoldFact, Span, SpanDocument


def measure(documents: Sequence[SpanDocument], found: Sequence[Found], tally: Tally) -> None:
    """Everything above at both levels, and what `quality_keys` says of the keys."""
    stated = strata(found)
    named: list[Named] = []
    for document, links in zip(documents, found, strict=True):
        for level in LEVELS:
            typed = [(known, link) for link in links.at(level) if (known := _property(link)) is not None]
            _precision(document, typed, level, stated, tally)
            _recall(document, typed, level, tally)
            _any_link(document, links.at(level), level, tally)
        named += _named(document, links.document)
    keys(named, tally)


def _property(link: Link) -> str | None:
    return knowledgenet().get(link.relation) if link.tier == "typed" else None


def matches(link: Link, fact: GoldFact) -> bool:
    return overlap(link.subject, fact.subject) and overlap(link.answer, fact.answer)


def _asked(document: SpanDocument, link: Link, name: str) -> bool:
    return any(name in names and overlap(span, link.answer) for span, names in document.asked)


def _precision(
    document: SpanDocument,
    typed: Sequence[tuple[str, Link]],
    level: str,
    stated: Mapping[tuple[str, str], str],
    tally: Tally,
) -> None:
    wrong: dict[str, int] = defaultdict(int)
    for name, link in typed:
        if not _asked(document, link, name):
            continue
        right = any(fact.relation == name and matches(link, fact) for fact in document.facts)
        wrong[name] += not right
        tally.pooled(Item("precision", level, name, "typed"), document.name, right)
        if level == DOCUMENT:
            stratum = stated[link.key, link.relation]
            tally.pooled(Item("precision", level, name, "typed", stratum), document.name, right)
    for name in sorted({fact.relation for fact in document.facts} | wrong.keys()):
        hit = sum(
            fact.relation == name and any(n == name and matches(link, fact) for n, link in typed)
            for fact in document.facts
        )
        tally.pooled(Item("precision_span_overlap", level, name, "typed"), document.name, hit, hit + wrong[name])


def _recall(document: SpanDocument, typed: Sequence[tuple[str, Link]], level: str, tally: Tally) -> None:
    for (name, _), mentions in _facts(document).items():
        hits = [any(n == name and matches(link, fact) for n, link in typed) for fact in mentions]
        tally.pooled(Item("mention_recall", level, name, "typed"), document.name, sum(hits), len(hits))
        tally.pooled(Item("fact_recall", level, name, "typed"), document.name, any(hits))


def _any_link(document: SpanDocument, links: Sequence[Link], level: str, tally: Tally) -> None:
    for (name, _), mentions in _facts(document).items():
        joined = any(matches(link, fact) or _reversed(link, fact) for fact in mentions for link in links)
        tally.pooled(Item("any_link", level, name), document.name, joined)


def _reversed(link: Link, fact: GoldFact) -> bool:
    return overlap(link.answer, fact.subject) and overlap(link.subject, fact.answer)


def _facts(document: SpanDocument) -> Mapping[tuple[str, Span], list[GoldFact]]:
    facts: dict[tuple[str, Span], list[GoldFact]] = defaultdict(list)
    for fact in document.facts:
        facts[fact.relation, fact.answer].append(fact)
    return facts


def _named(document: SpanDocument, links: Sequence[Link]) -> list[Named]:
    """The correct links whose gold subject has an id: which key each thing is counted under."""
    named: list[Named] = []
    for link in links:
        name = _property(link)
        ids = {f.subject_id for f in document.facts if f.relation == name and matches(link, f) and f.subject_id}
        if name is not None and len(ids) == 1:  # with two the span does not say who is meant
            named.append(Named(min(ids), link.key, name, document.name))
    return named
