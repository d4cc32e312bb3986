"""Stretches of quoted speech in a text: what stands in them is somebody's word, not the text's."""

from __future__ import annotations

import re

_PAIRED = re.compile(r"“([^“”]{0,4000})”")
_STRAIGHT = re.compile(r'"')
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
_OPENS = re.compile(r"(?:^|[\s(\[—–-])$")


def quoted(text: str) -> list[tuple[int, int]]:
    """(start, end) of the insides of double quotes, in order; an unclosed quote ends with its paragraph."""
    found = [(m.start(1), m.end(1)) for m in _PAIRED.finditer(text)]
    if '"' in text:
        start = 0
        for gap in _PARAGRAPH.finditer(text):
            found += _straight(text, start, gap.start())
            start = gap.end()
        found += _straight(text, start, len(text))
    return sorted(found)


def _straight(text: str, start: int, end: int) -> list[tuple[int, int]]:
    marks = [m.start() for m in _STRAIGHT.finditer(text, start, end)]
    return [(a + 1, b) for a, b in zip(marks[::2], [*marks[1::2], end], strict=False)]
