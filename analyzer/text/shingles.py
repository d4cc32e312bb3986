"""Shingles: the word n-grams by which texts are compared.

They are cut from the normalised text, the one whose hash makes exact copies (`normalize.normalise`): copies have equal
shingles, and a short text is compared by the whole of what its hash covers. A shingle is the part of the normalised
text, as UTF-8, from one word's start to the end of the word `ngram - 1` further on. Words are what single blanks
separate, and no other character holds that byte, so the bytes alone say where the words are.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analyzer.settings import DedupSettings
from analyzer.text.normalize import BLANK, normalise

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


def utf8(texts: pa.Array) -> tuple[NDArray[np.uint8], Offsets]:
    """The bytes of a column of texts, not copied, and where each text starts and the last one ends: (n + 1,)."""
    wide = texts.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    bounds = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    return np.frombuffer(data or b"", np.uint8), bounds
