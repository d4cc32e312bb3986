"""A sample of a run's statements for a person to mark: singletons and the rest, typed and open, as many of each.

Simple random sampling in each stratum by a hash of the statement and a seed, so the sample hangs on nothing else. A
singleton's word-for-word repeats are one statement, as they are counted; what stands in several clusters is drawn by
document, which is a statement of N up to copies that deduplication would join.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from analyzer.evaluation.shares import OTHER, SINGLETON

TIERS = ("typed", "open")
STRATA = tuple((stratum, tier) for stratum in (SINGLETON, OTHER) for tier in TIERS)
COLUMNS = ("doc_id", "sentence", "sentence_start", "sentence_end", "subject", "relation", "answer", "answer_start",
           "pattern", "prompt_id", "sentence_hash")  # fmt: skip
_LEAST = np.uint64(np.iinfo(np.uint64).max)

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, order=True)
class Drawn:
    """A statement that was drawn: `key` identifies it, `statements` is the size of its stratum."""

    doc_id: str
    sentence: int
    answer_start: int
    relation: str
    answer: str
    subject: str
    sentence_start: int
    sentence_end: int
    pattern: str
    key: str
    stratum: str
    tier: str
    statements: int


def draw(mentions: ds.Dataset, prompts: pa.Table, n: int, seed: int = 0) -> list[Drawn]:
    """At most n statements. `prompts`: prompt_id, tier, clusters, cluster_statements of the run, 17 bytes a prompt."""
    answered = prompts.filter(pc.field("clusters") > 0).sort_by("prompt_id")
    ids = answered["prompt_id"].to_numpy()
    many = (answered["clusters"].to_numpy() > 1).astype(np.int64)
    untyped = pc.not_equal(answered["tier"], TIERS[0]).to_numpy(zero_copy_only=False).astype(np.int64)
    strata = 2 * many + untyped
    sizes = np.bincount(strata, answered["cluster_statements"].to_numpy(), len(STRATA)).astype(np.int64)
    quotas = shares(n, [int(size) for size in sizes])
    kept: list[dict[int, Drawn]] = [{} for _ in STRATA]
    for batch in mentions.to_batches(columns=list(COLUMNS), filter=~pc.field("abstention")):
        if not len(ids):
            break
        prompt = batch["prompt_id"].to_numpy()
        at = np.minimum(np.searchsorted(ids, prompt), len(ids) - 1)
        of = np.where(ids[at] == prompt, strata[at], -1)
        for i, (quota, least) in enumerate(zip(quotas, kept, strict=True)):
            mine = np.flatnonzero(of == i)
            if not quota or not len(mine):
                continue
            part = batch.take(pa.array(mine))
            keys = _keys(part, by_document=STRATA[i][0] == OTHER, seed=seed)
            _keep(least, keys, part, quota, (*STRATA[i], int(sizes[i])))
    return sorted(drawn for least in kept for drawn in least.values())


def shares(n: int, sizes: list[int]) -> list[int]:
    """How many to draw of each stratum: equally many, what a small one lacks goes to the others."""
    quotas = [0] * len(sizes)
    left = n
    while left > 0:
        open_ = [i for i, size in enumerate(sizes) if quotas[i] < size]
        if not open_:
            break
        for i in open_[:left]:
            more = min(max(left // len(open_), 1), sizes[i] - quotas[i])
            quotas[i] += more
        left = n - sum(quotas)
    return quotas


def _keys(batch: pa.RecordBatch, by_document: bool, seed: int) -> Keys:
    parts = [batch["prompt_id"].to_numpy(), batch["sentence_hash"].to_numpy()]
    if by_document:
        parts.append(np.array([int(name[:16], 16) for name in batch["doc_id"].to_pylist()], dtype=np.uint64))
    mixed = _mix(np.full(batch.num_rows, seed, dtype=np.uint64))
    for part in parts:
        mixed = _mix(mixed ^ part.astype(np.uint64))
    return mixed


def _mix(x: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection; every bit out hangs on every bit in."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _keep(
    least: dict[int, Drawn], keys: Keys, batch: pa.RecordBatch, quota: int, stratum: tuple[str, str, int]
) -> None:
    """Add the statements whose keys are among the `quota` least so far; of equal keys the first mention stays."""
    bound = _LEAST if len(least) < quota else np.uint64(max(least))
    here = np.unique(keys)[:quota]
    wanted = np.flatnonzero(keys <= min(bound, here[-1]))
    for i, row in zip(wanted, batch.take(pa.array(wanted)).to_pylist(), strict=True):
        key = int(keys[i])
        drawn = _drawn(row, key, stratum)
        least[key] = min(drawn, least.get(key, drawn))
    for key in sorted(least)[quota:]:
        del least[key]


def _drawn(row: Mapping[str, object], key: int, stratum: tuple[str, str, int]) -> Drawn:
    about = {name: value for name, value in row.items() if name not in ("prompt_id", "sentence_hash")}
    return Drawn(**about, key=f"{key:016x}", stratum=stratum[0], tier=stratum[1], statements=stratum[2])  # type: ignore[arg-type]  # the columns of `mentions` are Drawn's own fields


def places(documents: ds.Dataset, names: list[str]) -> dict[str, tuple[str, int]]:
    """doc_id -> (path, record) of these documents."""
    wanted = pa.array(sorted(set(names)), pa.string())
    found = documents.to_table(columns=["doc_id", "path", "record"], filter=pc.field("doc_id").isin(wanted))
    return {row["doc_id"]: (row["path"], row["record"]) for row in found.to_pylist()}
