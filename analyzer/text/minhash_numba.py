"""MinHash signatures compiled by numba (extra `fast`): from Arrow's string buffers, same bytes as `minhash_numpy`.

Every document goes through three loops while it is in the cache: its normal form by the table of `code_points`, the
hashes of its shingles, and the permutations. Documents with a code point whose form depends on its neighbours are
normalised by the Python definition first. numba promotes uint32 * uint32 to uint64, so every product is cut back to
32 bits explicitly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from analyzer.text.code_points import CONTEXT, GROWTH, LIMIT, forms
from analyzer.text.normalize import BLANK
from analyzer.text.shingles import normalised_bytes, utf8
from analyzer.text.xxh32_numba import xxh32

Words = NDArray[np.uint32]
Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

U = np.uint32
REFUSED = np.int64(-1)  # in place of a number of words


def sketch(texts: pa.Array, ngram: int, a: Words, b: Words) -> tuple[Words, Offsets]:
    """Signatures (n, P) and numbers of distinct shingle hashes (n,) of n texts; permutation p is a[p] * h + b[p]."""
    hashes, ends = shingle_hashes(texts, ngram)
    signatures = np.full((len(texts), len(a)), 0xFFFFFFFF, np.uint32)
    _permute(hashes, ends, a, b, signatures)
    return signatures, np.diff(ends, prepend=0)


def shingle_hashes(texts: pa.Array, ngram: int) -> tuple[Words, Offsets]:
    """xxh32 of the shingles of every text, each value once a text, in no order; and (n,) where each text's end."""
    data, offsets = utf8(texts)
    hashes, ends, refused = _hash(data, offsets, ngram, *forms())
    if not len(refused):
        return hashes, ends
    strings = texts.take(pa.array(refused)).to_pylist()
    normalised = [normalised_bytes(text) for text in strings]
    joined = np.frombuffer(b"".join(normalised), np.uint8)
    own, own_ends = _hash_normalised(joined, np.cumsum([0, *map(len, normalised)], dtype=np.int64), ngram)
    return _merged(hashes, ends, refused, own, own_ends)


def _compiled(function: Function) -> Function:
    return cast(Function, njit(cache=True, nogil=True)(function))


@_compiled
def _hash(
    data: Bytes, offsets: Offsets, ngram: int, lengths: Bytes, starts: NDArray[np.int32], table: Bytes
) -> tuple[Words, Offsets, Offsets]:
    """Hashes and their ends, as `shingle_hashes`, and the texts that were refused, whose hashes are missing."""
    texts = len(offsets) - 1
    longest = 0
    for d in range(texts):
        longest = max(longest, offsets[d + 1] - offsets[d])
    form = np.empty(GROWTH * longest + 1, np.uint8)
    word_ends = np.empty(GROWTH * longest + 1, np.int64)
    hashes = np.empty(offsets[texts] - offsets[0] + texts, np.uint32)  # a word takes two of the GROWTH x bytes
    ends, refused = np.empty(texts, np.int64), np.empty(texts, np.int64)
    filled, refusals = 0, 0
    for d in range(texts):
        words = _fold(data, offsets[d], offsets[d + 1], lengths, starts, table, form, word_ends)
        if words == REFUSED:
            refused[refusals] = d
            refusals += 1
        else:
            filled = _hash_words(form, word_ends, words, 0, ngram, hashes, filled)
        ends[d] = filled
    return hashes[:filled].copy(), ends, refused[:refusals].copy()


@_compiled
def _fold(
    data: Bytes,
    start: int,
    end: int,
    lengths: Bytes,
    starts: NDArray[np.int32],
    table: Bytes,
    form: Bytes,
    word_ends: Offsets,
) -> np.int64:
    """Write the normal form of the UTF-8 in data[start:end] and where its words end; their number, or REFUSED.

    Refused are texts with a CONTEXT code point and those without a word, whose symbols are kept. Blanks come at random:
    so every byte is written, and what follows overwrites a second blank, as a branch would be foretold wrongly once a
    word.
    """
    at, stop, one = np.uintp(start), np.uintp(end), np.uintp(1)
    to, words = np.uintp(0), np.uintp(0)
    after_blank = one
    while at < stop:
        lead = data[at]
        at += one
        first, length = np.uintp(lead), one  # the forms of ASCII are a byte each, in order
        if lead >= 0x80:
            rest = one if lead < 0xE0 else (np.uintp(2) if lead < 0xF0 else np.uintp(3))
            point = np.uintp(lead) & (np.uintp(0x3F) >> rest)
            for _ in range(rest):
                point = (point << np.uintp(6)) | (np.uintp(data[at]) & np.uintp(0x3F))
                at += one
            if point >= np.uintp(LIMIT) or lengths[point] == CONTEXT:
                return REFUSED
            first, length = np.uintp(starts[point]), np.uintp(lengths[point])
        for i in range(length):
            byte = table[first + np.uintp(i)]
            blank = np.uintp(byte == BLANK)
            form[to] = byte
            word_ends[words] = to
            words += blank & (one - after_blank)
            to += one - (blank & after_blank)
            after_blank = blank
    if not after_blank:
        word_ends[words] = to
        words += one
    return np.int64(words) if words else REFUSED


@_compiled
def _hash_normalised(data: Bytes, offsets: Offsets, ngram: int) -> tuple[Words, Offsets]:
    """As `_hash`, of texts in normal form."""
    texts = len(offsets) - 1
    word_ends = np.empty(len(data) + 1, np.int64)
    hashes = np.empty(len(data) + texts, np.uint32)
    ends = np.empty(texts, np.int64)
    filled = 0
    for d in range(texts):
        words = 0
        for at in range(offsets[d], offsets[d + 1] + 1):
            if at == offsets[d + 1] or data[at] == BLANK:
                word_ends[words] = at
                words += 1
        filled = _hash_words(data, word_ends, words, offsets[d], ngram, hashes, filled)
        ends[d] = filled
    return hashes[:filled].copy(), ends


@_compiled
def _hash_words(
    form: Bytes, word_ends: Offsets, words: np.int64 | int, start: int, ngram: int, hashes: Words, filled: int
) -> int:
    """Append the distinct hashes of the shingles of a text from `start` on to `hashes`; the number of hashes then."""
    shingles = max(1, words - ngram + 1)
    reach = min(ngram, words) - 1
    slots = 64
    while slots < 2 * shingles:
        slots *= 2
    seen = np.zeros(slots, np.uint32)  # open addressing; 0 is an empty place
    zero = False
    for i in range(shingles):
        h = xxh32(form, start, word_ends[i + reach])
        start = word_ends[i] + 1
        place = np.int64(h) & (slots - 1)
        while seen[place] != 0 and seen[place] != h:
            place = (place + 1) & (slots - 1)
        if seen[place] == h and (h != 0 or zero):
            continue
        zero = zero or h == 0
        seen[place] = h
        hashes[filled] = h
        filled += 1
    return filled


@_compiled
def _merged(hashes: Words, ends: Offsets, refused: Offsets, own: Words, own_ends: Offsets) -> tuple[Words, Offsets]:
    """The hashes of all texts in order, those of the refused ones put where they are missing."""
    merged, merged_ends = np.empty(len(hashes) + len(own), np.uint32), np.empty(len(ends), np.int64)
    begin, own_begin, filled, r = 0, 0, 0, 0
    for d in range(len(ends)):
        part = hashes[begin : ends[d]]
        begin = ends[d]
        if r < len(refused) and refused[r] == d:
            part = own[own_begin : own_ends[r]]
            own_begin = own_ends[r]
            r += 1
        merged[filled : filled + len(part)] = part
        filled += len(part)
        merged_ends[d] = filled
    return merged, merged_ends


@_compiled
def _permute(hashes: Words, ends: Offsets, a: Words, b: Words, signatures: Words) -> None:
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
