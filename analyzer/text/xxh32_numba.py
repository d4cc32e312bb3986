"""xxHash 32 with seed 0, compiled (xxHash specification 0.1.1, section XXH32)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Function = TypeVar("Function", bound=Callable[..., Any])

U = np.uint32
PRIME_1, PRIME_2, PRIME_3 = U(0x9E3779B1), U(0x85EBCA77), U(0xC2B2AE3D)
PRIME_4, PRIME_5 = U(0x27D4EB2F), U(0x165667B1)


def _inlined(function: Function) -> Function:
    return cast(Function, njit(cache=True, nogil=True, inline="always")(function))


@_inlined
def _rotate(x: np.uint32, bits: int) -> np.uint32:
    return U((x << U(bits)) | (x >> U(32 - bits)))


@_inlined
def _read(data: Bytes, at: np.uintp) -> np.uint32:
    """Four bytes, little-endian; with an unsigned index the compiler makes one load of them."""
    one, two, three = np.uintp(1), np.uintp(2), np.uintp(3)
    low = U(data[at]) | U(U(data[at + one]) << U(8))
    return U(low | U(U(data[at + two]) << U(16)) | U(U(data[at + three]) << U(24)))


@_inlined
def _lane(lane: np.uint32, data: Bytes, at: np.uintp) -> np.uint32:
    return U(_rotate(U(lane + U(_read(data, at) * PRIME_2)), 13) * PRIME_1)


@njit(cache=True, nogil=True)
def xxh32(data: Bytes, start: int, end: int) -> np.uint32:
    """The hash of data[start:end]."""
    at, stop = np.uintp(start), np.uintp(end)
    size = stop - at
    if size >= np.uintp(16):
        one, two, three, four = U(PRIME_1 + PRIME_2), PRIME_2, U(0), U(U(0) - PRIME_1)
        while at + np.uintp(16) <= stop:
            one = _lane(one, data, at)
            two = _lane(two, data, at + np.uintp(4))
            three = _lane(three, data, at + np.uintp(8))
            four = _lane(four, data, at + np.uintp(12))
            at += np.uintp(16)
        h = U(U(_rotate(one, 1) + _rotate(two, 7)) + U(_rotate(three, 12) + _rotate(four, 18)))
    else:
        h = PRIME_5
    h = U(h + U(size))
    while at + np.uintp(4) <= stop:
        h = U(_rotate(U(h + U(_read(data, at) * PRIME_3)), 17) * PRIME_4)
        at += np.uintp(4)
    while at < stop:
        h = U(_rotate(U(h + U(U(data[at]) * PRIME_5)), 11) * PRIME_1)
        at += np.uintp(1)
    h = U((h ^ (h >> U(15))) * PRIME_2)
    h = U((h ^ (h >> U(13))) * PRIME_3)
    return U(h ^ (h >> U(16)))
