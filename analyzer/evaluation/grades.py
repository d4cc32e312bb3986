"""Items in batches -> arrays a group: what each model answered to each item, epochs grouped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analyzer.schemas.evaluation import OUTCOMES
from analyzer.stats.estimate import Floats, Ints

Bools = npt.NDArray[np.bool_]
ALL = "*"
_COLUMNS = ("model", "benchmark", "target", "topic", "item_key", "outcome", "confidence", "logprob")


@dataclass(frozen=True, order=True, slots=True)
class Group:
    """Answers that are scored together. `target` is the confidence target the model was told, NaN-free; None: none."""

    benchmark: str
    target: tuple[float, ...]  # () or (t,): so that groups without one have an order
    model: str

    @property
    def told(self) -> float | None:
        return self.target[0] if self.target else None


@dataclass(frozen=True)
class Answers:
    """A group's answers, by item. Rows are sorted by item; `outcome` is an index into OUTCOMES.

    key (rows,) of the item; outcome, stated, logprob (rows,); topic (rows,) index into `topics`, -1 for none.
    """

    key: Ints
    outcome: npt.NDArray[np.int8]
    stated: Floats
    logprob: Floats
    topic: npt.NDArray[np.int32]
    topics: tuple[str, ...]

    @cached_property
    def starts(self) -> Ints:
        """(items,) first row of each item."""
        return np.flatnonzero(np.r_[True, self.key[1:] != self.key[:-1]]) if len(self.key) else np.zeros(0, np.int64)

    @cached_property
    def keys(self) -> Ints:
        """(items,) distinct keys, ascending."""
        return self.key[self.starts]

    @cached_property
    def counts(self) -> npt.NDArray[np.int32]:
        """(items, 4) rows of each outcome."""
        out = np.zeros((len(self.starts), len(OUTCOMES)), dtype=np.int32)
        for number in range(len(OUTCOMES) if len(self.key) else 0):  # a mask at a time: one byte a row, not 32
            out[:, number] = np.add.reduceat(self.outcome == number, self.starts, dtype=np.int32)
        return out

    @cached_property
    def item_topic(self) -> npt.NDArray[np.int32]:
        """(items,) topic; rows that disagree count by the first name in order."""
        return np.minimum.reduceat(self.topic, self.starts) if len(self.key) else self.topic

    def shares(self, among: Bools | None = None) -> Shares:
        """Scorable items, as shares of their scorable epochs; `among` (items,) picks some of the items."""
        counts = self.counts if among is None else self.counts[among]
        keys = self.keys if among is None else self.keys[among]
        scorable = counts[:, :3].sum(axis=1)
        usable = scorable > 0
        parts = counts[usable, :3] / scorable[usable, None]
        unscorable = counts[:, 3] / np.maximum(counts.sum(axis=1), 1)
        return Shares(keys[usable], parts[:, 0], parts[:, 1], parts[:, 2], unscorable)


@dataclass(frozen=True, slots=True)
class Shares:
    """(items,) each: key, and the shares of an item's epochs that are correct, wrong, abstained: they sum to 1.

    unscorable (all items,): share of epochs that cannot be scored; items of nothing else are not in the other arrays.
    """

    key: Ints
    correct: Floats
    wrong: Floats
    abstained: Floats
    unscorable: Floats

    @property
    def items(self) -> int:
        return len(self.key)

    @property
    def attempted(self) -> Floats:
        return self.correct + self.wrong

    def points(self, penalty: float) -> Floats:
        """(items,) score: 1 for a right answer, -penalty for a wrong one, 0 for an abstention."""
        return self.correct - penalty * self.wrong

    def at(self, keys: Ints) -> Shares:
        """The items of these keys, all of which must be here."""
        rows = np.searchsorted(self.key, keys)
        return Shares(keys, self.correct[rows], self.wrong[rows], self.abstained[rows], np.zeros(len(keys)))


def collect(batches: Iterable[pa.RecordBatch]) -> dict[Group, Answers]:
    """Answers by group, groups and items in order, whatever the order and the size of the batches."""
    groups: dict[Group, int] = {}
    topics: dict[str, int] = {}
    parts: list[tuple[npt.NDArray[np.int32], ...]] = []
    for batch in batches:
        table = pa.Table.from_batches([batch]).select(list(_COLUMNS))
        parts.append(_columns(table, groups, topics))
    if not parts:
        return {}
    columns = [list(column) for column in zip(*parts, strict=True)]
    parts.clear()
    group, key, outcome, stated, logprob, topic = (np.concatenate(_taken(column)) for column in columns)
    names = sorted(topics)
    rank = np.array([names.index(name) for name in topics] + [-1], dtype=np.int32)  # -1 stays -1: the last entry
    topic = rank[topic]
    order = np.lexsort((outcome, key, group))
    bounds = np.searchsorted(group[order], np.arange(len(groups) + 1))
    out = {}
    for found, number in sorted(groups.items()):
        rows = order[bounds[number] : bounds[number + 1]]
        out[found] = Answers(key[rows], outcome[rows], stated[rows], logprob[rows], topic[rows], tuple(names))
    return out


def pooled(answers: Iterable[Answers]) -> Answers:
    """Several models' answers as one, without their confidences: an item that all answered stays one observation."""
    parts = list(answers)
    key = np.concatenate([part.key for part in parts])
    order = np.argsort(key, kind="stable")
    return Answers(
        key[order],
        np.concatenate([part.outcome for part in parts])[order],
        np.broadcast_to(np.nan, len(key)),
        np.broadcast_to(np.nan, len(key)),
        np.concatenate([part.topic for part in parts])[order],
        parts[0].topics,
    )


def _taken(column: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """The pieces of a column, which is emptied: while the next columns are joined, this one is there once."""
    taken = column[:]
    column.clear()
    return taken


def _columns(table: pa.Table, groups: dict[Group, int], topics: dict[str, int]) -> tuple[npt.NDArray[np.int32], ...]:
    codes = []
    values = []
    for name in ("model", "benchmark", "target"):
        encoded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        codes.append(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))
        values.append(encoded.dictionary.to_pylist())
    packed = (codes[0] * len(values[1]) + codes[1]) * len(values[2]) + codes[2]
    distinct, place = np.unique(packed, return_inverse=True)
    numbers = []
    for code in distinct.tolist():
        rest, told = divmod(code, len(values[2]))
        model, benchmark = divmod(rest, len(values[1]))
        target = values[2][told]
        found = Group(values[1][benchmark], () if target is None else (target,), values[0][model])
        numbers.append(groups.setdefault(found, len(groups)))
    topic = table["topic"].combine_chunks().dictionary_encode()
    names = [topics.setdefault(name, len(topics)) for name in topic.dictionary.to_pylist()]
    index = topic.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    outcome = pa.compute.index_in(table["outcome"].combine_chunks(), pa.array(OUTCOMES))
    return (
        np.array(numbers, dtype=np.int32)[place],
        table["item_key"].to_numpy(),
        outcome.to_numpy(zero_copy_only=False).astype(np.int8),
        table["confidence"].to_numpy(),
        table["logprob"].to_numpy(),
        np.array([*names, -1], dtype=np.int32)[index],
    )
