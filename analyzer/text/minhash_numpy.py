"""MinHash signatures with numpy and xxhash: no compiler needed, same bytes as `minhash_numba`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from xxhash import xxh32_intdigest

from analyzer.text.shingles import normalised_bytes, spans

Words = NDArray[np.uint32]
Counts = NDArray[np.int64]

# Shingles permuted at once: 128 permutations of them are 1 MB, which stays in the cache and bounds a long document.
BLOCK = 2_048


def sketch(texts: pa.Array, ngram: int, a: Words, b: Words) -> tuple[Words, Counts]:
    """Signatures (n, P) and numbers of distinct shingle hashes (n,) of n texts; permutation p is a[p] * h + b[p]."""
    signatures = np.empty((len(texts), len(a)), np.uint32)
    counts = np.empty(len(texts), np.int64)
    for row, text in enumerate(texts):
        hashes = shingle_hashes(text.as_py(), ngram)
        signatures[row] = minima(hashes, a, b)
        counts[row] = len(hashes)
    return signatures, counts


def shingle_hashes(text: str, ngram: int) -> Words:
    """xxh32 of every shingle, each value once, in no particular order: only their minima and their number are used."""
    normalised = normalised_bytes(text)
    starts, ends = spans(normalised, ngram)
    parts = map(normalised.__getitem__, map(slice, starts.tolist(), ends.tolist()))
    distinct = set(map(xxh32_intdigest, parts))
    return np.fromiter(distinct, np.uint32, len(distinct))


def minima(hashes: Words, a: Words, b: Words) -> Words:
    """Least value of every permutation over the hashes: (P,)."""
    mixed = mix32(hashes)
    least = np.full(len(a), 0xFFFFFFFF, np.uint32)
    for start in range(0, len(mixed), BLOCK):
        permuted = np.multiply.outer(a, mixed[start : start + BLOCK])
        permuted += b[:, None]
        np.minimum(least, permuted.min(axis=1), out=least)
    return least


def mix32(hashes: Words) -> Words:
    """The finaliser of MurmurHash3, by which datasketch's affine32 scheme spreads the bits before it permutes."""
    h = hashes ^ (hashes >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h
