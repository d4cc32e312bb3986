"""Are the keys canonical? What the correct mentions of known things are counted under.

key_split_rate  correct mentions that fall on another key than most mentions of their thing; the first of two equally
                frequent keys in the order of the alphabet is the majority. A wrongly resolved pronoun counts here, too
mixed_key_rate  keys that hold correct mentions of two things or more
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.evaluation.shares import DOCUMENT, Item, Tally


@dataclass(frozen=True, slots=True)
class Named:
    """A correct mention: the gold set's id of its subject, our key, its relation and document."""

    thing: str
    key: str
    relation: str
    document: str


def keys(named: Sequence[Named], tally: Tally) -> None:
    """Both rates. A mixed key belongs to the first document that uses it."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    things: dict[str, set[str]] = defaultdict(set)
    first: dict[str, str] = {}
    for mention in named:
        used[mention.thing][mention.key] += 1
        things[mention.key].add(mention.thing)
        first.setdefault(mention.key, mention.document)
    majority = {thing: min(counts, key=lambda k: (-counts[k], k)) for thing, counts in used.items()}
    for mention in named:
        split = mention.key != majority[mention.thing]
        tally.pooled(Item("key_split_rate", DOCUMENT, mention.relation, "typed"), mention.document, split)
    for key, held in things.items():
        tally.add(Item("mixed_key_rate", DOCUMENT, tier="typed"), first[key], len(held) > 1)
