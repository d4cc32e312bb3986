"""Corpus text in Markdown: shown as it is, whatever it says. No HTML, no link, no table cell of its own making."""

from __future__ import annotations

import re

from analyzer.report import neutral

# Letters, digits and these stay; every other ASCII sign becomes a character reference, which no Markdown reader takes
# for markup and no HTML reader for a tag.
_PLAIN = frozenset(" .-/,")
_ADDRESS = re.compile(r"(?i)\bwww\.")  # GitHub links it unasked; `://` and `@` are references already


def escaped(text: str, width: int = neutral.NAME_WIDTH) -> str:
    """The neutralised text of at most `width` characters as Markdown that shows exactly it.

    >>> escaped("a|b")
    'a&#124;b'
    """
    shown = "".join(_reference(c) for c in neutral.shorten(text, width))
    return _ADDRESS.sub(lambda found: found[0][:-1] + "&#46;", shown)


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of cells that are Markdown already; a bar in one does not end it."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "&#124;") for cell in line) + " |" for line in lines)


def _reference(c: str) -> str:
    return c if not c.isascii() or c.isalnum() or c in _PLAIN else f"&#{ord(c)};"
