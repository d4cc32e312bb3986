"""When two texts are exact copies: the form that is hashed, and the counts of a text that a reader expects."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLANK = 0x20

# ASCII without letters, digits and "_" becomes blank, capitals become small: the rule of `blanked`, ten times faster.
_ASCII = bytes(ord(chr(c).lower()) if chr(c).isalnum() or chr(c) == "_" else BLANK for c in range(128)) + bytes(128)


def normalise(text: str) -> str:
    """The form whose hash is `text_hash`: equal for texts that differ only in case, white space and punctuation.

    NFKC first, because the same page extracted twice differs in ligatures, full-width letters, no-break spaces and
    composed against decomposed accents, and nobody reads those as another text. Then lower case and runs of what is
    not a letter, mark, digit or `_` to one blank. Marks (the vowels of Hindi, Arabic points) are kept although `\\W`
    would drop them: without them different words fall together. A text of symbols only keeps its symbols.

    >>> normalise("The  “ﬁrst” Day.") == normalise("the first day")
    True
    """
    if text.isascii():
        folded = _collapsed(np.frombuffer(text.encode().translate(_ASCII), np.uint8)).tobytes().decode()
    else:
        folded = _collapsed(_blanked(text)).tobytes().decode("utf-32-le", "surrogatepass")
    return folded or " ".join(text.split())


def blanked(text: str) -> str:
    """Lower case and NFKC, with a blank for every code point that parts words: the form before blanks are collapsed."""
    return _blanked(text).tobytes().decode("utf-32-le", "surrogatepass")


def _blanked(text: str) -> NDArray[np.uint32]:
    # small letters twice: NFKC yields capitals (℃), and some small letters compose where the capital did not (J̌)
    lowered = unicodedata.normalize("NFKC", text.lower()).lower()
    points = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), "<u4").copy()
    points[_separators()[points]] = BLANK
    return points


def _collapsed(units: NDArray[Any]) -> NDArray[Any]:
    """The bytes or code points without the blanks that follow a blank, lead or trail."""
    word = units != BLANK
    kept = word.copy()
    kept[1:] |= word[:-1]
    result = units[kept]
    return np.asarray(result[:-1] if len(result) and result[-1] == BLANK else result)


def words(text: str) -> int:
    """Number of runs of non-blank characters."""
    return len(text.split())


@cache
def _separators() -> NDArray[np.bool_]:
    """For each code point, whether it parts words. A table, because a regular expression takes four times as long."""
    points = map(chr, range(sys.maxunicode + 1))
    kept = (c.isalnum() or c == "_" or unicodedata.category(c)[0] == "M" for c in points)
    return ~np.fromiter(kept, bool, sys.maxunicode + 1)
