"""Frames: who does what to whom, where and when, as (slot, token) roles around a verb, a noun or a bracket.

A frame is read off the tree without knowing any relation; declared relations (`table`) and open ones pick pairs of
roles.
Verb frames (`verbs`) have the slots agent, patient, complement, when and every preposition, the voice normalised:
"X was
founded by Y" and "Y founded X" give the same roles. Noun frames (`nouns`) say that `holder` is the noun ("X is the
capital
of Y", "X, capital of Y", "Y's capital X", "physicist X") with of, poss, compound, nationality, self and every
preposition.
"""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.text.facts.grammar import noun_phrase
from analyzer.text.facts.tree import Tree


@dataclass(frozen=True, slots=True)
class Role:
    """A slot and the token that heads what fills it; `words` are the preposition tokens in between."""

    slot: str
    token: int
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """`words`: the lemma of the head and its longer names ("executive", "chief executive"); `truth`: see `truth`."""

    form: str
    head: int
    words: tuple[str, ...]
    roles: tuple[Role, ...]
    pattern: str
    truth: str

    def filling(self, slot: str) -> list[Role]:
        """The roles in this slot."""
        return [r for r in self.roles if r.slot == slot]


def relation_span(tree: Tree, frame: Frame, role: Role) -> tuple[int, int]:
    """Token range of the words that say the relation: the head, and the preposition of the answer where it follows."""
    if frame.form == "verb":
        words = [frame.head, *role.words]
        return min(words), max(words) + 1
    if role.slot == "self":
        return frame.head, frame.head + 1
    return noun_phrase(tree, frame.head, of=False)
