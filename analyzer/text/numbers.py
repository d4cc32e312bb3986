"""Numbers, quantities and money in one spelling: "2.1 million people" is 2100000 people, "$3 bn" 3000000000 usd."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "m": 10**6, "mn": 10**6, "bn": 10**9, "k": 10**3, "tn": 10**12,
}  # fmt: skip
_MONEY = {"$": "usd", "us$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr", "dollars": "usd", "dollar": "usd",
          "euros": "eur", "euro": "eur", "pounds sterling": "gbp"}  # fmt: skip
_NAMES = {
    "square kilometres": "km2", "square kilometers": "km2", "sq km": "km2", "km²": "km2", "square miles": "mi2",
    "square mile": "mi2", "sq mi": "mi2", "kilometres": "km", "kilometers": "km", "kilometre": "km", "kilometer": "km",
    "metres": "m", "meters": "m", "metre": "m", "meter": "m", "miles": "mi", "mile": "mi", "feet": "ft", "foot": "ft",
    "percent": "%", "per cent": "%", "inhabitants": "people", "residents": "people", "persons": "people",
    "employees": "employees",
}  # fmt: skip
_DIGITS = re.compile(
    r"^(?P<money>us\$|[$€£¥₹])?\s*(?P<sign>[-−])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*-?"
    r"(?P<scale>(?:hundred|thousand|million|billion|trillion|bn|mn|tn|m|k)\b)?\s*(?P<rest>.{0,40})$"
)
_LEAD = re.compile(
    r"^(?:about|around|some|nearly|almost|over|more than|less than|roughly|approximately|at least|up to|an estimated|"
    r"estimated|just|only|a total of|the|an|a)\s+"
)


def canonical_number(text: str) -> str | None:
    """The number with its unit, or None when the text does not begin with one. Decimal, never binary floating point."""
    folded = " ".join(text.lower().split()).strip(" .,;()")
    while (lead := _LEAD.match(folded)) and len(folded) > lead.end():
        folded = folded[lead.end() :]
    match = _DIGITS.match(folded)
    if match is None:
        return _spelled(folded)
    value = Decimal(match["number"].replace(",", "")) * _SCALES.get(match["scale"] or "", 1)
    amount = f"{'-' if match['sign'] else ''}{_plain(value)}"
    return _with_unit(amount, match["money"], match["rest"])


def _spelled(folded: str) -> str | None:
    """ "three hundred and forty two" -> 342; the words after the last number word are its unit."""
    words = folded.replace("-", " ").split()
    total = group = used = 0
    for i, word in enumerate(words):
        if word in _UNITS or word in _TENS:
            group += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif len(word) > 2 and word in _SCALES and used:
            scale = _SCALES[word]
            group = max(group, 1) * scale
            total, group = (total, group) if scale == 100 else (total + group, 0)
        elif not (word == "and" and used):
            break
        used = i + 1
    if not used:
        return None
    while words[used - 1] == "and":
        used -= 1
    return _with_unit(str(total + group), None, " ".join(words[used:]))


def _with_unit(amount: str, money: str | None, rest: str) -> str | None:
    unit = rest.strip(" .,")
    if unit and not re.fullmatch(r"[\w²%/. $-]+", unit):
        return None
    unit = _MONEY.get(money or "", "") or _MONEY.get(unit, "") or _NAMES.get(unit, unit)
    return f"{amount} {unit}".strip()


def _plain(value: Decimal) -> str:
    whole = value.to_integral_value()
    return str(whole) if value == whole else format(value.normalize(), "f")
