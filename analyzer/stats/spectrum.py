"""The frequency spectrum: how many keys were seen exactly r times. All estimators of independent draws start here."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from analyzer.stats.estimate import Floats

PIECE = 1 << 22  # counts sorted at once: 10^8 keys must not need a second and a third copy of themselves


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Frequencies of frequencies: `frequencies[i]` keys were seen exactly `r[i]` times, r ascending, nothing zero.

    **Not additive**: the spectrum of two shards is not the sum of their spectra, because a key that is a singleton of
    each is a doubleton of both. Merge counts by key first, then build the spectrum.

    Everything is a Python int, so sums neither overflow nor lose digits whatever the size of the corpus.
    """

    r: tuple[int, ...]
    frequencies: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.r) != len(self.frequencies):
            raise ValueError(f"{len(self.r)} counts r but {len(self.frequencies)} frequencies: they come in pairs")
        if any(r < 1 for r in self.r) or any(f < 1 for f in self.frequencies):
            raise ValueError("counts and frequencies must be at least 1: leave out keys that were not seen")
        if any(a >= b for a, b in pairwise(self.r)):
            raise ValueError("counts r must be ascending and free of duplicates")

    @classmethod
    def from_counts(cls, counts: Iterable[Any]) -> Spectrum:
        """From one positive whole number a key (how often it was seen)."""
        given = counts if isinstance(counts, np.ndarray) else np.asarray(list(counts))
        tally: Counter[int] = Counter()
        for start in range(0, len(given) if given.ndim else 1, PIECE):
            values = _whole(given[start : start + PIECE] if given.ndim else given, "count")
            if values.size and int(values.min()) < 1:
                raise ValueError("a count is zero or negative: leave out keys that were not seen")
            r, f = np.unique(values, return_counts=True)
            tally.update(dict(zip(r.tolist(), f.tolist(), strict=True)))
        ordered = sorted(tally.items())
        return cls(tuple(r for r, _ in ordered), tuple(f for _, f in ordered))

    @classmethod
    def from_frequencies(cls, r: Iterable[Any], f_r: Iterable[Any]) -> Spectrum:
        """From pairs (r, number of keys seen exactly r times), in any order; a repeated r is refused."""
        counts, frequencies = _whole(r, "count r"), _whole(f_r, "frequency f_r")
        if len(counts) != len(frequencies):
            raise ValueError(f"{len(counts)} counts r but {len(frequencies)} frequencies: they come in pairs")
        if len(set(counts.tolist())) != len(counts):
            raise ValueError("a count r occurs twice: add the frequencies of the same r before")
        order = np.argsort(counts, kind="stable")
        return cls(tuple(counts[order].tolist()), tuple(frequencies[order].tolist()))

    @property
    def n(self) -> int:
        """Sample size: sum of r f_r."""
        return sum(r * f for r, f in zip(self.r, self.frequencies, strict=True))

    @property
    def s_obs(self) -> int:
        """Distinct keys observed: sum of f_r."""
        return sum(self.frequencies)

    def f(self, r: int) -> int:
        """f_r, the number of keys seen exactly r times."""
        at = bisect_left(self.r, r)
        return self.frequencies[at] if at < len(self.r) and self.r[at] == r else 0

    def arrays(self) -> tuple[Floats, Floats]:
        """(r, f_r) as float64 arrays, for vectorised sums."""
        return np.array(self.r, dtype=np.float64), np.array(self.frequencies, dtype=np.float64)


def _whole(values: Iterable[Any], what: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A one-dimensional int64 array; refuses booleans, fractions, text and what does not fit."""
    array = np.asarray(values if isinstance(values, np.ndarray) else list(values))
    if array.ndim != 1:
        raise ValueError(f"one {what} a key is needed, got an array of {array.ndim} dimensions")
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.dtype.kind == "f":
        if not np.all(np.isfinite(array)) or np.any(array != np.floor(array)) or np.any(np.abs(array) >= 2.0**63):
            raise ValueError(f"a {what} is not a whole number")
    elif array.dtype.kind == "u":
        if int(array.max()) >= 2**63:
            raise ValueError(f"a {what} does not fit 64 bits")
    elif array.dtype.kind != "i":
        raise ValueError(f"a {what} is not a whole number (type {array.dtype})")
    return array.astype(np.int64)
