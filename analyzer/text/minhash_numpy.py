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
    hashes, ends = shingle_hashes(texts, ngram)
    signatures = np.empty((len(texts), len(a)), np.uint32)
    for row, own in enumerate(np.split(hashes, ends[:-1])):
        signatures[row] = minima(own, a, b)
    return signatures, np.diff(ends, prepend=0)


def shingle_hashes(texts: pa.Array, ngram: int) -> tuple[Words, Counts]:
    """xxh32 of the shingles of every text, each value once a text, in no order; and (n,) where each text's end."""
    parts = [_distinct(text.as_py(), ngram) for text in texts]
    return np.concatenate(parts), np.cumsum([len(part) for part in parts], dtype=np.int64)


def _distinct(text: str, ngram: int) -> Words:
    normalised = normalised_bytes(text)
    starts, ends = spans(normalised, ngram)
    bounds = zip(starts.tolist(), ends.tolist(), strict=True)
    distinct = {xxh32_intdigest(normalised[start:end]) for start, end in bounds}
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
