"""Shingles: the word n-grams by which texts are compared.

They are cut from the normalised text, the one whose hash makes exact copies (`normalize.normalise`): copies have equal
shingles, and a short text is compared by the whole of what its hash covers. A shingle is the part of the normalised
text, as UTF-8, from one word's start to the end of the word `ngram - 1` further on. Words are what single blanks
separate, and no other character holds that byte, so the bytes alone say where the words are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analyzer.settings import DedupSettings
from analyzer.text.normalize import normalise

BLANK = 0x20

Offsets = NDArray[np.int64]


def shingles(text: str, settings: DedupSettings) -> set[bytes]:
    """The distinct shingles of a text; one of fewer than `ngram` words is one shingle as a whole, an empty one b""."""
    normalised = normalised_bytes(text)
    starts, ends = spans(normalised, settings.ngram)
    return {normalised[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)}


def normalised_bytes(text: str) -> bytes:
    """The normalised text in UTF-8; a lone surrogate, which no Arrow column can hold, is encoded as it stands."""
    return normalise(text).encode("utf-8", "surrogatepass")


def spans(normalised: bytes, ngram: int) -> tuple[Offsets, Offsets]:
    """Start and end of every shingle in the normalised text, in bytes, repeats included."""
    blanks = np.flatnonzero(np.frombuffer(normalised, np.uint8) == BLANK)
    starts = np.concatenate(([0], blanks + 1))
    ends = np.concatenate((blanks, [len(normalised)]))
    if len(starts) < ngram:
        return starts[:1], ends[-1:]
    return starts[: len(starts) - ngram + 1], ends[ngram - 1 :]
