"""MinHash signatures and the keys of their bands (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
section 3.4).

A signature equals, bit for bit, that of `datasketch.MinHash(num_perm, seed, scheme="affine32", hashfunc=xxh32)` fed
with the text's shingles. datasketch draws the permutations; a vectorised kernel applies them, 13 times faster than
`update` with numpy and 130 times with numba (extra `fast`), which reads Arrow's buffers and no Python strings
(`benchmarks/minhash.py`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analyzer.errors import SetupError
from analyzer.settings import DedupSettings
from analyzer.text import minhash_numpy
from analyzer.text.shingles import shingles

__all__ = [
    "band_keys",
    "exact_jaccard",
    "from_binary",
    "hashed_shingles",
    "jaccard",
    "kernel_name",
    "permutations",
    "shingles",
    "signatures",
    "sketch",
    "to_binary",
]

Kernel = Literal["auto", "numpy", "numba"]
Signatures = NDArray[np.uint32]

SCHEME = "affine32"


class _KernelModule(Protocol):
    def sketch(
        self, texts: pa.Array, ngram: int, a: Signatures, b: Signatures
    ) -> tuple[Signatures, NDArray[np.int64]]: ...

    def shingle_hashes(self, texts: pa.Array, ngram: int) -> tuple[Signatures, NDArray[np.int64]]: ...


def signatures(texts: pa.Array, settings: DedupSettings, kernel: Kernel = "auto") -> Signatures:
    """(n, P) uint32 minima of n texts, P = settings.permutations."""
    return sketch(texts, settings, kernel)[0]


def sketch(texts: pa.Array, settings: DedupSettings, kernel: Kernel = "auto") -> tuple[Signatures, NDArray[np.int64]]:
    """Signatures (n, P) and the number of distinct shingle hashes (n,) of n texts, none of them null."""
    _demand_texts(texts)
    a, b = permutations(settings.permutations, settings.seed)
    if len(texts) == 0:
        return np.empty((0, len(a)), np.uint32), np.empty(0, np.int64)
    return _module(kernel).sketch(texts, settings.ngram, a, b)


def hashed_shingles(texts: pa.Array, settings: DedupSettings, kernel: Kernel = "auto") -> list[NDArray[np.uint32]]:
    """The distinct shingle hashes (xxh32) of each of n texts, ascending: the sets that the signatures sample.

    Two different shingles of a pair of texts with k shingles in all share a hash with chance about k / 2^32 each, so
    the Jaccard similarity of two such sets is that of the texts to within k / 2^32.
    """
    _demand_texts(texts)
    if len(texts) == 0:
        return []
    hashes, ends = _module(kernel).shingle_hashes(texts, settings.ngram)
    return [np.sort(own) for own in np.split(hashes, ends[:-1])]


def _demand_texts(texts: pa.Array) -> None:
    if texts.null_count:
        raise ValueError(f"{texts.null_count} of {len(texts)} texts are null: give an empty text instead")


def _module(kernel: Kernel) -> _KernelModule:
    compiled = None if kernel == "numpy" else _compiled()
    if kernel == "numba" and compiled is None:
        raise SetupError("the numba kernel does not load: `pip install 'monofact[fast]'`, or take kernel \"numpy\"")
    return compiled or minhash_numpy


@lru_cache(maxsize=8)
def permutations(number: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Odd factors and offsets, each (P,) uint32, of the permutations h -> a h + b mod 2^32 that datasketch draws."""
    from datasketch import MinHash

    a, b = MinHash(num_perm=number, seed=seed, scheme=SCHEME).permutations
    return np.ascontiguousarray(a), np.ascontiguousarray(b)


def band_keys(signatures: Signatures, settings: DedupSettings) -> NDArray[np.int64]:
    """(n, bands) 64-bit keys: equal bands of two signatures have equal keys, others collide as 64 random bits do.

    The state starts at the band's number and takes in one minimum a step; every step ends in a bijection of 64 bits
    that mixes all of them. A sum of minima would not do: minima are small, so sums of unrelated bands are often equal.
    """
    bands, rows = settings.bands, settings.rows
    minima = signatures[:, : bands * rows].reshape(len(signatures), bands, rows).astype(np.uint64)
    state = np.broadcast_to(_mix64(np.arange(1, bands + 1, dtype=np.uint64)), minima.shape[:2])
    for row in range(rows):
        state = _mix64(state ^ minima[:, :, row])
    return state.view(np.int64)


def jaccard(a: Signatures, b: Signatures) -> NDArray[np.float64]:
    """Estimated Jaccard similarity of the texts of a[i] and b[i]: the share of equal minima, sd sqrt(J(1-J)/P)."""
    return np.asarray((a == b).mean(axis=1), np.float64)


def exact_jaccard(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """Jaccard similarity of two sets of hashes, each without repeats."""
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)


def to_binary(signatures: Signatures) -> pa.Array:
    """Signatures as a binary column, each 4 P bytes, little-endian."""
    width = pa.binary(4 * signatures.shape[1])
    data = pa.py_buffer(np.ascontiguousarray(signatures, "<u4").tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(width, len(signatures), [None, data]).cast(pa.binary())


def from_binary(column: pa.Array, settings: DedupSettings) -> Signatures:
    """The signatures of a binary column; pyarrow raises ArrowInvalid where one has not settings.permutations minima."""
    fixed = column.cast(pa.binary(4 * settings.permutations))
    minima = np.frombuffer(fixed.buffers()[1], "<u4").reshape(-1, settings.permutations)
    return minima[fixed.offset : fixed.offset + len(fixed)]


def kernel_name() -> Literal["numpy", "numba"]:
    """The kernel that "auto" takes on this machine; both give the same bytes."""
    return "numba" if _compiled() else "numpy"


@lru_cache(maxsize=1)
def _compiled() -> _KernelModule | None:
    """The compiled kernel, if numba is there and works."""
    try:
        from analyzer.text import minhash_numba
    except (ImportError, RuntimeError):  # RuntimeError: numba finds no folder where it may keep compiled code
        return None
    return minhash_numba


def _mix64(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The 64-bit finaliser of splitmix64 (Steele, Lea, Flood 2014, variant 13 of Stafford): a bijection."""
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
