"""Which 64-bit keys were there before: sorted runs of doubling length, eight bytes a key, no Python object a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.int64]


class Seen:
    """`add` marks the keys that are new. 10^7 keys are 80 MB; two of them collide with probability 3e-6."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: list[Keys] = []

    def add(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """For each key, in order, True the first time it is given, here or in an earlier call."""
        _, first = np.unique(keys, return_index=True)
        new = np.zeros(len(keys), dtype=np.bool_)
        new[first] = True
        for run in self._runs:
            place = np.searchsorted(run, keys)
            new &= ~((place < len(run)) & (run[np.minimum(place, len(run) - 1)] == keys))
        fresh = np.sort(keys[new])
        while self._runs and len(self._runs[-1]) <= len(fresh):
            fresh = np.sort(np.concatenate([self._runs.pop(), fresh]), kind="stable")
        if len(fresh):
            self._runs.append(fresh)
        return new
