"""Word lists are written as text, one blank between words."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The distinct words of a text."""
    return frozenset(text.split())
