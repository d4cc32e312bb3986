"""Answers to score, made of counts or drawn from models whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from analyzer import ids
from analyzer.schemas.evaluation import ABSTAINED, CORRECT, ITEMS, WRONG

# Right, wrong, abstained of 100 birthdays in each of four buckets of how often the name stands in a corpus, as graded
# in Embers of Autoregression (McCoy et al. 2024).
BIRTHDAYS = {
    "gpt-4-0613": ((99, 1, 0), (91, 4, 5), (56, 35, 9), (23, 47, 30)),
    "gpt-3.5-turbo-0613": ((99, 1, 0), (86, 10, 4), (38, 40, 22), (9, 33, 58)),
    "claude-3-opus": ((98, 2, 0), (88, 9, 3), (54, 37, 9), (16, 50, 34)),
    "llama-3-70b-chat": ((95, 5, 0), (85, 12, 3), (54, 33, 13), (17, 42, 41)),
    "gemini-1.0-pro": ((97, 3, 0), (63, 36, 1), (21, 79, 0), (5, 94, 1)),
}


def item(**values: Any) -> dict[str, Any]:
    row = {field.name: None for field in ITEMS.schema} | {
        "model": "m", "benchmark": "b", "item_id": "0", "epoch": 1, "outcome": CORRECT, "outcome_by": "grade",
        "format": "columns", "source_path": "x", "record": 1,
    }  # fmt: skip
    row |= values
    return row | {"item_key": ids.key64(row["benchmark"], row["item_id"])}


def batches(rows: Iterable[dict[str, Any]], size: int = 1000) -> list[pa.RecordBatch]:
    return pa.Table.from_pylist(list(rows), schema=ITEMS.schema).to_batches(max_chunksize=size)


def counted(model: str, right: int, wrong: int, abstained: int, **values: Any) -> list[dict[str, Any]]:
    """Items 0, 1, ... of a model: first the right ones, then the wrong ones, then the abstentions."""
    outcomes = [CORRECT] * right + [WRONG] * wrong + [ABSTAINED] * abstained
    start = values.pop("start", 0)
    return [item(model=model, item_id=str(start + i), outcome=outcome, **values) for i, outcome in enumerate(outcomes)]


def birthdays() -> list[dict[str, Any]]:
    return [
        row
        for model, buckets in BIRTHDAYS.items()
        for bucket, counts in enumerate(buckets, 1)
        for row in counted(model, *counts, benchmark="birthdays", topic=str(bucket), start=100 * bucket)
    ]


def believing(n: int, seed: int, *, power: float = 1.0, threshold: float = 0.0, **values: Any) -> list[dict[str, Any]]:
    """A model whose answer is right with probability p, uniform on (0, 1), the same for every `seed`.

    It states p ** power, and answers where p > threshold.
    """
    random = np.random.default_rng(seed)
    p, u = random.random(n), random.random(n)
    outcome = np.where(p <= threshold, ABSTAINED, np.where(u < p, CORRECT, WRONG))
    return [
        item(item_id=str(i), outcome=outcome[i].item(), confidence=float(p[i] ** power), **values) for i in range(n)
    ]
