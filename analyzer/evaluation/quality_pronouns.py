"""GAP: whom an ambiguous pronoun means. Better declined than guessed wrong, so three shares are shown.

pronoun_precision  of the resolved pronouns that can be judged: those that got the name which a person says they mean.
                   A pronoun that means neither name and was given a third one cannot be judged
pronoun_recall     of the pronouns that mean one of the two names: those that got it
pronoun_declined   of all pronouns: those for which the extractor names nobody, so that the mention is dropped
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from analyzer.evaluation.shares import DOCUMENT, Item, Tally
from analyzer.io.gold import PronounDocument, Span
from analyzer.text.facts import Extractor
from analyzer.text.facts.extractor import Cut, places
from analyzer.text.facts.records import Argument, SentenceFacts
from analyzer.text.facts.resolve import Document
from analyzer.text.names import Directory

FEMININE = frozenset(("she", "her", "hers", "herself"))


def measure(documents: Sequence[PronounDocument], extractor: Extractor, tally: Tally) -> None:
    """The three shares, for all pronouns and by their gender."""
    for document, resolved in zip(documents, _resolved(documents, extractor), strict=True):
        key, meant, offered = resolved
        gender = "feminine" if document.text[slice(*document.pronoun)].lower() in FEMININE else "masculine"
        for stratum in ("all", gender):
            tally.add(Item("pronoun_declined", DOCUMENT, stratum=stratum), document.name, not key)
            if meant:
                tally.add(Item("pronoun_recall", DOCUMENT, stratum=stratum), document.name, key in meant)
            if key and (meant or key in offered):
                tally.add(Item("pronoun_precision", DOCUMENT, stratum=stratum), document.name, key in meant)


def _resolved(
    documents: Sequence[PronounDocument], extractor: Extractor
) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Per document the key that the pronoun got ("" if none), and the keys of the names it means and might mean."""
    for document, (cut, facts) in zip(documents, extractor.parse(d.text for d in documents), strict=True):
        directory = Directory(name for sentence in facts for _, name in sentence.names)
        names = [(directory.lookup(document.text[slice(*span)], "person")[0], meant) for span, meant in document.names]
        offered = frozenset(key for key, _ in names)
        meant = frozenset(key for key, flag in names if flag)
        yield _key(cut, facts, document.pronoun), meant, offered


def _key(cut: Cut, facts: Sequence[SentenceFacts], pronoun: Span) -> str:
    """What the pronoun would be counted under if it were the subject of a fact."""
    document = Document(facts)
    here = bisect_right([start for start, _ in cut.spans], pronoun[0]) - 1
    for sentence, parsed in zip(facts[:here], cut.parsed, strict=False):
        document.named(sentence, len(parsed) + 1)
    if here < 0:
        return ""
    at = bisect_right(places(cut.text, *cut.spans[here]), pronoun[0]) - 1
    document.named(facts[here], at)
    text = cut.text[slice(*pronoun)]
    found = document.identify(Argument(at, at + len(text), "pronoun", "person", text), frozenset(("person",)))
    return "" if isinstance(found, str) else found[0]
