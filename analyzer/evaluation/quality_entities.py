"""Re-DocRED: entities with their names, and relations between entities. A link is judged by the two entities it joins.

precision          links of a relation that both know, between entities that gold relates: those that gold relates so.
                   A pair that gold relates only otherwise is wrong; a pair that gold does not relate is unknown
unknown_pairs      links between two entities of a relation that both know whose pair gold does not relate
precision_strict   the same precision with every unknown pair counted as wrong: the truth lies between the two
fact_recall        gold triples of a relation that both know which some link states. Many need several sentences
any_link           the same triples whose entities any link joins, declared or open, in either direction
alias_precision, alias_recall, alias_f1   pairs of names of one document: in one cluster of ours and of gold's, over
                   the pairs in one of ours, in one of gold's, and both together (types as gold has them)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from analyzer.evaluation.links import LEVELS, Found, Link, overlap, strata
from analyzer.evaluation.mapping import redocred
from analyzer.evaluation.quality_keys import Named, keys
from analyzer.evaluation.shares import DOCUMENT, Item, Tally
from analyzer.io.gold import Entity, EntityDocument
from analyzer.text.names import Directory, Name, normal_name

TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "other", "TIME": "date", "NUM": "number"}
Triple = tuple[int, str, int]


def measure(documents: Sequence[EntityDocument], found: Sequence[Found], tally: Tally) -> None:
    """Everything above; the links at both levels, the names once."""
    stated = strata(found)
    named: list[Named] = []
    for number, (document, links) in enumerate(zip(documents, found, strict=True)):
        name = f"{number}/{document.name}"  # two documents may have one title
        by_key = _by_key(document.entities)
        for level in LEVELS:
            pairs = [(link, *_entities(link, document, by_key)) for link in links.at(level)]
            _precision(document, name, pairs, level, stated, tally)
            _recall(document, name, pairs, level, tally)
            if level == DOCUMENT:
                named += _named(document, name, pairs)
        aliases(document, name, tally)
    keys(named, tally)


Pair = tuple[Link, frozenset[int], frozenset[int]]


def _by_key(entities: Sequence[Entity]) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for i, entity in enumerate(entities):
        for _, surface in entity.names:
            found[normal_name(surface, TYPES.get(entity.type, "other"))].add(i)
    return {key: frozenset(held) for key, held in found.items()}


def _entities(
    link: Link, document: EntityDocument, by_key: Mapping[str, frozenset[int]]
) -> tuple[frozenset[int], frozenset[int]]:
    """The entities at the link's spans; gold marks no pronouns, so where a span is no name its key decides."""
    sides = []
    for span, key in ((link.subject, link.key), (link.answer, link.answer_key)):
        at = {i for i, e in enumerate(document.entities) if any(overlap(span, where) for where, _ in e.names)}
        sides.append(frozenset(at) or by_key.get(key, frozenset()))
    return sides[0], sides[1]


def _meanings(link: Link, heads: Iterable[int], tails: Iterable[int]) -> set[Triple]:
    """The gold triples that would say what the link says."""
    known = redocred().get(link.relation, ()) if link.tier == "typed" else ()
    tails = tuple(tails)
    return {(t, p, h) if inverse else (h, p, t) for p, inverse in known for h in heads for t in tails}


def _precision(
    document: EntityDocument,
    name: str,
    pairs: Sequence[Pair],
    level: str,
    stated: Mapping[tuple[str, str], str],
    tally: Tally,
) -> None:
    related = {frozenset((h, t)) for h, _, t in document.triples}
    for link, heads, tails in pairs:
        meanings = _meanings(link, heads, tails)
        if not meanings:
            continue
        right = not meanings.isdisjoint(document.triples)
        judged = right or any(frozenset((h, t)) in related for h in heads for t in tails)
        tally.pooled(Item("unknown_pairs", level, link.relation, "typed"), name, not judged)
        tally.pooled(Item("precision_strict", level, link.relation, "typed"), name, right)
        if judged:
            tally.pooled(Item("precision", level, link.relation, "typed"), name, right)
            if level == DOCUMENT:
                stratum = stated[link.key, link.relation]
                tally.pooled(Item("precision", level, link.relation, "typed", stratum), name, right)


def _recall(document: EntityDocument, name: str, pairs: Sequence[Pair], level: str, tally: Tally) -> None:
    said = {m: link.relation for link, heads, tails in pairs for m in _meanings(link, heads, tails)}
    joined = {frozenset((h, t)) for _, heads, tails in pairs for h in heads for t in tails}
    properties = {p for known in redocred().values() for p, _ in known}
    for triple in sorted(document.triples):
        if triple[1] in properties:
            tally.pooled(Item("fact_recall", level, triple[1], "typed"), name, triple in said)
            tally.pooled(Item("any_link", level, triple[1]), name, frozenset((triple[0], triple[2])) in joined)


def _named(document: EntityDocument, name: str, pairs: Sequence[Pair]) -> list[Named]:
    """The correct links with one entity as subject; an entity is one thing inside its document."""
    return [
        Named(f"{name}/{min(heads)}", link.key, link.relation, name)
        for link, heads, tails in pairs
        if len(heads) == 1 and not _meanings(link, heads, tails).isdisjoint(document.triples)
    ]


def aliases(document: EntityDocument, name: str, tally: Tally) -> None:
    """Pairs of names, for all types together and by gold's type of both names (a pair of two types counts for all)."""
    mentions = sorted((span, surface, e.type, i) for i, e in enumerate(document.entities) for span, surface in e.names)
    directory = Directory(Name(surface, TYPES.get(kind, "other")) for _, surface, kind, _ in mentions)
    ours: dict[str, Counter[str]] = defaultdict(Counter)
    cells: Counter[tuple[str, str, int]] = Counter()
    theirs: dict[str, Counter[int]] = defaultdict(Counter)
    for _, surface, kind, entity in mentions:
        key = directory.lookup(surface, TYPES.get(kind, "other"))[0]
        for stratum in ("all", kind):
            ours[stratum][key] += 1
            theirs[stratum][entity] += 1
            cells[stratum, key, entity] += 1
    for stratum in sorted(ours):
        together = sum(_pairs(n) for (s, _, _), n in cells.items() if s == stratum)
        clustered, gold = (sum(map(_pairs, counts[stratum].values())) for counts in (ours, theirs))
        tally.add(Item("alias_precision", DOCUMENT, stratum=stratum), name, together, clustered)
        tally.add(Item("alias_recall", DOCUMENT, stratum=stratum), name, together, gold)
        tally.add(Item("alias_f1", DOCUMENT, stratum=stratum), name, 2 * together, clustered + gold)


def _pairs(n: int) -> int:
    return n * (n - 1) // 2
