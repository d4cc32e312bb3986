"""Life dates in brackets after a name: "Marie Curie (born 7 November 1867; died 4 July 1934)", "(1867–1934)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.text.dates import MONTHS, iso_date, year_of

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\.?,?\s+\d{{3,4}}|(?:{_MONTH})\.?\s+\d{{1,2}},?\s+\d{{3,4}}|"
    rf"(?:(?:{_MONTH})\.?\s+)?\d{{3,4}})"
)
_BRACKET = re.compile(r"\(([^()]{3,240})\)")
_RANGE = re.compile(
    rf"(?:^|[;,:]\s*)(?:born\s+|b\.\s*|\*\s*)?(?:in\s+)?(?P<born>{_DATE})(?:\s+(?:in|at)\s+[^;()\d–—]{{2,60}}|,\s*[^;()\d–—]{{2,60}})?"
    rf"\s*(?:[–—-]|to\b|;|,)\s*(?:died\s+|d\.\s*|†\s*)?(?:[^;()\d–—,]{{2,40}},\s*)?(?P<died>{_DATE})(?=$|[\s,;)])",
    re.IGNORECASE,
)
_BORN = re.compile(
    rf"(?:\bborn|\bb\.|\*)\s*(?:on\s+|in\s+|[^;()\d]{{0,40}}?[,;]?\s)?(?P<born>{_DATE})(?=$|[\s,;)])", re.IGNORECASE
)
_DIED = re.compile(rf"(?:\bdied|\bd\.|†)\s*(?:on\s+|in\s+)?(?P<died>{_DATE})(?=$|[\s,;)])", re.IGNORECASE)
_STOP = re.compile(r"[;–—†]|\bdied\b|\bd\.|\s-\s")
# A range shorter than this is a term of office or a career, one longer than a human life is a dynasty.
_LEAST_YEARS, _MOST_YEARS = 18, 112


@dataclass(frozen=True, slots=True)
class Life:
    """A birth or death in brackets: where the name ends, the date's span, and from where to where it is spoken of."""

    name_end: int
    event: str
    start: int
    end: int
    since: int
    until: int


def life_dates(text: str) -> Iterator[Life]:
    """The births ("born") and deaths ("died") of each bracket of life dates."""
    if "(" not in text:
        return
    for bracket in _BRACKET.finditer(text):
        inside, offset = bracket[1], bracket.start(1)
        lived = _RANGE.search(inside)
        if lived is not None and _plausible(lived["born"], lived["died"]):
            found = {"born": lived.span("born"), "died": lived.span("died")}
        else:
            found = {
                group: match.span(group)
                for group, match in (("born", _BORN.search(inside)), ("died", _DIED.search(inside)))
                if match is not None
            }
        for event, (start, end) in found.items():
            stop = _STOP.search(inside, end)
            until = stop.start() if stop else len(inside)
            since = max((m.end() for m in _STOP.finditer(inside, 0, start)), default=0)
            yield Life(
                _name_end(text, bracket.start()), event, offset + start, offset + end, offset + since, offset + until
            )


def _name_end(text: str, at: int) -> int:
    """Offset before the bracket, and before another bracket that stands in between: "X (Polish: Y) (born ...)"."""
    before = text[:at].rstrip()
    if before.endswith(")") and "(" in before:
        return text.rindex("(", 0, at)
    return len(before) - 1 if before.endswith(",") else at


def _plausible(born: str, died: str) -> bool:
    first, last = iso_date(born), iso_date(died)
    years = (year_of(first), year_of(last)) if first and last else (None, None)
    if years[0] is None or years[1] is None:
        return False
    return _LEAST_YEARS <= years[1] - years[0] <= _MOST_YEARS
