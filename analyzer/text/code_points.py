"""The normal form code point by code point, for kernels that read UTF-8 instead of Python strings.

`normalize.blanked` mostly works on each code point alone. The exceptions are known: a mark or a Hangul vowel may merge
with or change places with what stands before it (Unicode Standard Annex 15, normalisation boundaries), and the small
form of a capital sigma depends on its neighbours. Those code points are `CONTEXT` here, and a text that holds one is
normalised by the Python definition. All other texts are the blanked forms of their code points in a row. The table is
made by the definition itself, so it cannot say anything else.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.text.normalize import blanked

# Code points from here on (rare ideographs, tags, private use) are as good as CONTEXT. The table then takes 1 MB and
# 0.1 s; all of Unicode would take 9 MB and 1 s in every worker.
LIMIT = 0x20000

# A form of more bytes than twice its code point's (the Arabic ligatures) is CONTEXT, so that twice a text holds it.
GROWTH = 2

CONTEXT = 255  # in place of a length


class Forms(NamedTuple):
    """Of every code point below LIMIT: bytes of its form, or CONTEXT, and where they start in `data`, as UTF-8."""

    lengths: NDArray[np.uint8]
    starts: NDArray[np.int32]
    data: NDArray[np.uint8]


@cache
def forms() -> Forms:
    """The table; one run of the definition makes all forms, parted by a code point that no other one turns into."""
    joint = chr(LIMIT)
    points = ["\0" if 0xD800 <= point < 0xE000 else chr(point) for point in range(LIMIT)]  # UTF-8 has no surrogates
    encoded = [form.encode() for form in blanked(joint.join(points)).split(joint)]
    lengths = np.fromiter(map(len, encoded), np.int64, LIMIT)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    own = np.searchsorted([0x80, 0x800, 0x10000], np.arange(LIMIT), side="right") + 1  # bytes of the code point
    lengths[_depends(joint, points) | (lengths > GROWTH * own)] = CONTEXT
    data = np.frombuffer(b"".join(encoded), np.uint8)
    return Forms(lengths.astype(np.uint8), starts.astype(np.int32), data)


def _depends(joint: str, points: list[str]) -> NDArray[np.bool_]:
    """Whether the form of a code point may differ between texts, or change what stands before it."""
    lowered = joint.join(points).lower()
    firsts = [part[:1] for part in unicodedata.normalize("NFKD", lowered).split(joint)]
    merging = _seconds(points) | {chr(jamo) for jamo in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    moves = np.fromiter((unicodedata.combining(c) != 0 or c in merging for c in firsts), bool, len(points))
    compatible = unicodedata.normalize("NFKC", lowered).split(joint)
    sigma = np.fromiter((p == "Σ" or "Σ" in c for p, c in zip(points, compatible, strict=True)), bool, len(points))
    return np.asarray(moves | sigma)


def _seconds(points: list[str]) -> set[str]:
    """What stands second in a canonical decomposition in two: it may merge with what stands before it."""
    parts = [decomposed.split() for decomposed in filter(None, map(unicodedata.decomposition, points))]
    return {chr(int(pair[1], 16)) for pair in parts if len(pair) == 2 and not pair[0].startswith("<")}
