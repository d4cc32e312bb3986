"""Dates as ISO 8601 prefixes with the precision that the text gives: 1867, 1867-11, 1867-11-07; nothing is filled
in."""

from __future__ import annotations

import re
from collections.abc import Callable

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name[:n]: i for i, name in enumerate(_NAMES, 1) for n in (3, len(name))} | {"sept": 9}

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{3,4})"
_ERA = r"(?:\s*(?P<era>b\.?\s?c\.?(?:\s?e\.?)?|a\.?d\.?|c\.?e\.?))?"
_LEAD = re.compile(
    r"^(?:(?:on|in|since|by|of|from|until|during|the|year|date|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"late|early|mid|autumn|spring|summer|winter|fall)[\s,-]+)+"
)

_FORMS = tuple(
    re.compile(f"{form}{_ERA}$")
    for form in (
        rf"{_DAY}\s+(?:of\s+)?{_MONTH}\s*,?\s+{_YEAR}",
        rf"{_MONTH}\s+(?:the\s+)?{_DAY}\s*,?\s+{_YEAR}",
        rf"{_MONTH}\s*(?:of\s+|,\s*)?(?P<year>\d{{4}})",
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        r"(?:a\.?d\.?\s*)?(?P<year>\d{3,4})",
        r"(?P<year>\d{1,2})(?=\s*(?:b\.?\s?c|a\.?d))",
    )
)
_ABOUT = re.compile(r"^(?:c\.|ca\.?|circa|about|around|approximately)\s*(?=\d)")
_DECADE = re.compile(r"^(\d{3})0'?s$")
_CENTURY = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)\s+century" + _ERA + "$")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def iso_date(text: str) -> str | None:
    """Canonical date, or None when the text is no calendar date (a duration, "last year", 31 February, a bare month).

    A decade is "186x", a century "19th century", years before Christ are negative ("-0044"). An approximate
    year ("circa 1500") keeps the mark: "~1500" is another answer than 1500.
    """
    folded = " ".join(text.lower().replace("\u2013", "-").split()).strip(" .,;()[]'\"")
    folded = re.sub(r"\s+([.,])", r"\1", _LEAD.sub("", folded))
    about = _ABOUT.match(folded)
    folded = folded[about.end() :] if about else folded
    found = _calendar(folded) or _decade(folded) or _century(folded)
    return f"~{found}" if found and about else found


def year_of(date: str) -> int | None:
    """The year of a canonical date that has one."""
    match = re.match(r"^~?(-?\d{4})(?:-|$)", date)
    return int(match[1]) if match else None


def _calendar(folded: str) -> str | None:
    for form in _FORMS:
        match = form.match(folded)
        if match is not None:
            return _iso(match.groupdict().get)
    return None


def _iso(get: Callable[[str], str | None]) -> str | None:
    year, month, day = int(get("year") or 0), get("month"), int(get("day") or 0)
    number = MONTHS.get(month, 0) if month and not month.isdigit() else int(month or 0)
    if (month and not 1 <= number <= 12) or (day and (not number or day > _DAYS[number - 1])):
        return None
    parts = [f"{'-' if (get('era') or '').startswith('b') else ''}{year:04}"]
    if month:
        parts.append(f"{number:02}")
    if get("day"):
        if day < 1:
            return None
        parts.append(f"{day:02}")
    return "-".join(parts)


def _decade(folded: str) -> str | None:
    match = _DECADE.match(folded)
    return f"{match[1]}x" if match else None


def _century(folded: str) -> str | None:
    match = _CENTURY.match(folded)
    if match is None:
        return None
    number = int(match[1])
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} century{' bc' if (match['era'] or '').startswith('b') else ''}"
