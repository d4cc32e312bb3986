"""MinHash signatures compiled by numba (extra `fast`): same bytes as `minhash_numpy`, hashed and permuted in a loop.

numba promotes uint32 * uint32 to uint64, so every product is cut back to 32 bits explicitly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from analyzer.text.shingles import BLANK, normalised_bytes

Words = NDArray[np.uint32]
Function = TypeVar("Function", bound=Callable[..., Any])

U = np.uint32
PRIME_1, PRIME_2, PRIME_3 = U(0x9E3779B1), U(0x85EBCA77), U(0xC2B2AE3D)  # of xxHash 32
PRIME_4, PRIME_5 = U(0x27D4EB2F), U(0x165667B1)


def sketch(texts: pa.Array, ngram: int, a: Words, b: Words) -> tuple[Words, NDArray[np.int64]]:
    """Signatures (n, P) and numbers of distinct shingle hashes (n,) of n texts; permutation p is a[p] * h + b[p]."""
    normalised = [normalised_bytes(text) for text in texts.to_pylist()]
    offsets = np.cumsum([0, *map(len, normalised)], dtype=np.int64)
    hashes, ends = _shingle_hashes(np.frombuffer(b"".join(normalised), np.uint8), offsets, ngram)
    signatures = np.full((len(texts), len(a)), 0xFFFFFFFF, np.uint32)
    _permute(hashes, ends, a, b, signatures)
    return signatures, _distinct(hashes, ends)


def _distinct(hashes: Words, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of different hashes of every text, whose last hash stands before its end; sorts each one's hashes."""
    starts = np.concatenate(([0], ends))[:-1]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        hashes[start:end].sort()
    is_new = np.append(True, hashes[1:] != hashes[:-1])
    is_new[starts] = True
    return np.add.reduceat(is_new, starts, dtype=np.int64)


def _compiled(function: Function) -> Function:
    return cast(Function, njit(cache=True, nogil=True)(function))


@_compiled
def _rotate(x: np.uint32, bits: int) -> np.uint32:
    return U((x << U(bits)) | (x >> U(32 - bits)))


@_compiled
def _read(data: NDArray[np.uint8], at: int) -> np.uint32:
    """Four bytes, little-endian."""
    return U(U(data[at]) | U(data[at + 1]) << U(8) | U(data[at + 2]) << U(16) | U(data[at + 3]) << U(24))


@_compiled
def _lane(lane: np.uint32, data: NDArray[np.uint8], at: int) -> np.uint32:
    return U(_rotate(U(lane + U(_read(data, at) * PRIME_2)), 13) * PRIME_1)


@_compiled
def _xxh32(data: NDArray[np.uint8], start: int, end: int) -> np.uint32:
    """xxHash 32 with seed 0 of data[start:end] (xxHash specification 0.1.1, section XXH32)."""
    at = start
    if end - start >= 16:
        one, two, three, four = U(PRIME_1 + PRIME_2), PRIME_2, U(0), U(U(0) - PRIME_1)
        while at <= end - 16:
            one = _lane(one, data, at)
            two = _lane(two, data, at + 4)
            three = _lane(three, data, at + 8)
            four = _lane(four, data, at + 12)
            at += 16
        h = U(U(_rotate(one, 1) + _rotate(two, 7)) + U(_rotate(three, 12) + _rotate(four, 18)))
    else:
        h = PRIME_5
    h = U(h + U(end - start))
    while at <= end - 4:
        h = U(_rotate(U(h + U(_read(data, at) * PRIME_3)), 17) * PRIME_4)
        at += 4
    while at < end:
        h = U(_rotate(U(h + U(U(data[at]) * PRIME_5)), 11) * PRIME_1)
        at += 1
    h = U((h ^ (h >> U(15))) * PRIME_2)
    h = U((h ^ (h >> U(13))) * PRIME_3)
    return U(h ^ (h >> U(16)))


@_compiled
def _shingle_hashes(data: NDArray[np.uint8], offsets: NDArray[np.int64], ngram: int) -> tuple[Words, NDArray[np.int64]]:
    """xxh32 of the shingles of all normalised texts, repeats included, and where each text's hashes end."""
    texts = len(offsets) - 1
    hashes = np.empty((data == BLANK).sum() + texts, np.uint32)  # as many as words, of which shingles are fewer
    ends = np.empty(texts, np.int64)
    word_starts = np.empty(ngram, np.int64)  # of the last `ngram` words, word w at w % ngram
    filled = 0
    for d in range(texts):
        words, start = 0, offsets[d]
        for at in range(offsets[d], offsets[d + 1] + 1):
            if at < offsets[d + 1] and data[at] != BLANK:
                continue
            word_starts[words % ngram] = start
            words += 1
            start = at + 1
            if words >= ngram:
                hashes[filled] = _xxh32(data, word_starts[words % ngram], at)
                filled += 1
        if words < ngram:
            hashes[filled] = _xxh32(data, offsets[d], offsets[d + 1])
            filled += 1
        ends[d] = filled
    return hashes[:filled], ends


@_compiled
def _permute(hashes: Words, ends: NDArray[np.int64], a: Words, b: Words, signatures: Words) -> None:
    """Lower every document's row of `signatures` (n, P) to the least a[p] * mix(h) + b[p] mod 2^32 over its hashes."""
    at = 0
    for d in range(len(ends)):
        least = signatures[d]
        while at < ends[d]:
            h = hashes[at]
            h = U((h ^ (h >> U(16))) * U(0x85EBCA6B))
            h = U((h ^ (h >> U(13))) * U(0xC2B2AE35))
            h = U(h ^ (h >> U(16)))
            for p in range(len(a)):
                least[p] = min(least[p], U(U(a[p] * h) + b[p]))
            at += 1
