"""Corpus text made fit to be looked at: it may not steer a page or a terminal, fill it, or name a person unasked.

str in, str out. Escaping for HTML is the template's work; this is what stays to be done beside it.
"""

from __future__ import annotations

from analyzer.text.redact import printable

NAME_WIDTH = 32  # characters of a name in a table or beside an axis
TITLE_WIDTH = 300  # characters of a name in its tooltip: a name of a megabyte must not become a page of a megabyte


def neutralise(text: str) -> str:
    """The text with every character that does not show itself written as an escape.

    >>> neutralise("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return printable(text)


def shorten(text: str, width: int = NAME_WIDTH) -> str:
    """The neutralised text, at most `width` characters, cut with an ellipsis; an empty name says so."""
    shown = neutralise(text[: width + 1])
    if not shown.strip():
        return "(blank)"
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def tooltip(text: str) -> str:
    """The full name for a title attribute; beyond TITLE_WIDTH it is cut and its length is told."""
    shown = neutralise(text[:TITLE_WIDTH])
    return shown if len(text) <= TITLE_WIDTH else f"{shown}… ({len(text):,} characters)"


def initials(text: str) -> str:
    """A name or an answer of which only the outline shows: `Ada Lovelace, 1815` becomes `A… L… ####`.

    >>> initials("Ada Lovelace, 1815")
    'A… L… ####'
    """
    return neutralise(" ".join(_outline(token) for token in text.split()))


def _outline(token: str) -> str:
    letters = [c for c in token if c.isalnum()]
    if "@" in token or "://" in token:
        return "[address]"
    if not letters:
        return token
    if any(c.isdigit() for c in letters):
        return "#" * min(len(letters), 8)
    return letters[0] + "…"
