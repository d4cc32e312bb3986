"""For display only: personal data masked, characters that steer a terminal made visible. Counting uses the raw text."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
# seven digits or more with the separators people write in phone, card and account numbers; a year range has eight
# digits too, so 1939-1945 is left alone
_NUMBER = re.compile(r"(?<![\w])\+?\(?\d(?:[ ().\-/]{0,2}\d){6,24}(?!\w)")
_YEARS = re.compile(r"[12]\d{3}\s?[-/]\s?[12]\d{3}")
_DATE = re.compile(r"[12]\d{3}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.][12]\d{3}")


def mask(text: str) -> str:
    """E-mail and IP addresses, phone numbers and other long numbers replaced by their kind in brackets."""
    text = _EMAIL.sub("[email]", text)
    text = _IPV6.sub(lambda m: "[ip]" if sum(c.isalnum() for c in m[0]) >= 3 and _colons(m[0]) else m[0], text)
    text = _IPV4.sub("[ip]", text)
    return _NUMBER.sub(lambda m: m[0] if _YEARS.fullmatch(m[0]) or _DATE.fullmatch(m[0]) else _kind(m[0]), text)


def _colons(text: str) -> bool:
    """An IPv6 address has seven colons or a `::`; a time like 12:30:45 has neither."""
    return "::" in text or text.count(":") == 7


def _kind(number: str) -> str:
    return "[phone]" if number.startswith(("+", "(")) or re.search(r"\d[ .\-/()]", number) else "[number]"


def printable(text: str) -> str:
    """Control, bidirectional and other invisible characters as `\\x1b`, `\\u202e`: safe on a terminal.

    Escape sequences in a corpus could otherwise clear the screen or reorder what is read.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
