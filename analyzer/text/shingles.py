r"""Shingles: the word n-grams by which texts are compared, and the one place that says what a word is.

A text is lowered by `str.lower`; its words are the maximal runs of `\w` of `re` (letters, digits and marks that Unicode
counts as alphanumeric, and the underscore); joined by single spaces and encoded as UTF-8 they are the normalised text.
A shingle is the part of the normalised text from one word's start to the end of the word `ngram - 1` further on.
No word holds a space byte, so the normalised text alone says where its words are.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from analyzer.settings import DedupSettings

WORD = re.compile(r"\w+")
SPACE = 0x20

Offsets = NDArray[np.int64]


def shingles(text: str, settings: DedupSettings) -> set[bytes]:
    """The distinct shingles of a text; a text of fewer than `ngram` words is one shingle, a text without words b""."""
    normalised = normalise(text)
    starts, ends = spans(normalised, settings.ngram)
    return {normalised[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)}


def normalise(text: str) -> bytes:
    """The words of the lowered text, joined by single spaces."""
    return " ".join(WORD.findall(text.lower())).encode()


def spans(normalised: bytes, ngram: int) -> tuple[Offsets, Offsets]:
    """Start and end of every shingle in the normalised text, in bytes, repeats included."""
    spaces = np.flatnonzero(np.frombuffer(normalised, np.uint8) == SPACE)
    starts = np.concatenate(([0], spaces + 1))
    ends = np.concatenate((spaces, [len(normalised)]))
    if len(starts) < ngram:
        return starts[:1], ends[-1:]
    return starts[: len(starts) - ngram + 1], ends[ngram - 1 :]
