"""Is the gold answer in the response? For logs without a grade, where a match is all there is to grade by.

Both sides become lower-cased words without punctuation, dates become ISO dates, and one of the gold answers has to
stand in the response as a run of whole words. It is no judge: paraphrases count as wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMES = rf"(?P<month>{_MONTHS})[a-z]*\.?"
_DATES = (
    re.compile(rf"\b{_NAMES} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_NAMES},? (?P<year>\d{{4}})\b"),
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NO_WORD = re.compile(r"[^\w.\-]+|(?<!\d)[.\-]|[.\-](?!\d)|_")
_FINAL = re.compile(r"\b(?:final answer|answer)\s*(?:is|:)\s*")


def matches(golds: Sequence[str], response: str) -> bool:
    """True if one gold answer stands in the response; one of a single character has to be the (final) answer itself."""
    text = words(response)
    for gold in golds:
        wanted = words(gold)
        if not wanted:
            continue
        if len(wanted) > 1:
            if f" {wanted} " in f" {text} ":
                return True
        elif words(_FINAL.split(response.lower())[-1]).partition(" ")[0] == wanted:
            return True
    return False


def words(text: str) -> str:
    """Normalised words with single blanks between them."""
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).casefold())
    for date in _DATES:
        plain = date.sub(_iso, plain)
    return " ".join(_NO_WORD.sub(" ", plain).split())


def _iso(found: re.Match[str]) -> str:
    month = _MONTHS.split("|").index(found["month"]) + 1
    return f"{found['year']}-{month:02d}-{int(found['day']):02d}"
