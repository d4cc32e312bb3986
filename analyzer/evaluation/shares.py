"""Shares with honest intervals: every row of the table `quality` is a sum over documents divided by another.

Items of one document are alike (one page, one writer, one name that is resolved rightly or wrongly everywhere), so an
exact binomial limit on the number of items is too narrow. A bootstrap over documents would show the spread, but needs a
seed and has no width where all items agree. Clopper and Pearson's limits on the *effective* number of items (Korn and
Graubard 1998, Survey Methodology 24:193) have neither fault: deterministic, exact at independence, wider by the design
effect elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzer.stats import clopper_pearson
from analyzer.stats.estimate import Estimate
from analyzer.stats.intervals import student_quantile

METHOD = "Clopper-Pearson on the effective number of items (Korn and Graubard 1998), documents as clusters"
EVERYTHING = "*"
SENTENCE, DOCUMENT = "sentence", "document"  # levels
SINGLETON, OTHER = "singleton", "other"  # strata

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """What a share is about: the columns of `quality` that name a row."""

    measure: str
    level: str
    relation: str = EVERYTHING
    tier: str = EVERYTHING
    stratum: str = "all"


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval and the number of independent items that this rests on."""

    estimate: Estimate
    effective: float | None


class Tally:
    """Numerators and denominators by item and document, in order of neither."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[Item, dict[str, list[int]]] = defaultdict(dict)

    def add(self, item: Item, document: str, hits: int, of: int = 1) -> None:
        """`hits` of `of` more for an item in a document."""
        counts = self._counts[item].setdefault(document, [0, 0])
        counts[0] += hits
        counts[1] += of

    def pooled(self, item: Item, document: str, hits: int, of: int = 1) -> None:
        """The same for the item's relation and for all relations together."""
        self.add(item, document, hits, of)
        self.add(Item(item.measure, item.level, EVERYTHING, item.tier, item.stratum), document, hits, of)

    def shares(self, confidence: float) -> list[tuple[Item, Share]]:
        """Every item's share, items in order."""
        return [(item, share_of(self._counts[item].values(), confidence)) for item in sorted(self._counts)]


def share_of(documents: Iterable[Iterable[int]], confidence: float = 0.95) -> Share:
    """R = sum y / sum x over documents of (y, x) with 0 <= y <= x, by the method in the module's docstring.

    V(R) = D/(D-1) sum (y - R x)^2 / (sum x)^2 over the D documents with x > 0; the effective number is R(1-R)/V, times
    (t_{n-1}/t_{D-1})^2 because V is estimated from D documents, and at most sum x. Where all items agree V shows
    nothing, and each document counts as one item. One document: nothing is known, status "one_unit".
    """
    rows = np.array([list(row) for row in documents], dtype=np.float64).reshape(-1, 2)
    y, x = rows[rows[:, 1] > 0].T
    n, hits = float(x.sum()), float(y.sum())
    if n == 0:
        return Share(Estimate(None, None, None, confidence, METHOD, "empty", 0, 0, "document"), None)
    value = hits / n
    counts = {"numerator": int(hits), "denominator": int(n), "unit": "document"}
    if len(x) == 1:
        return Share(Estimate(value, 0.0, 1.0, confidence, METHOD, "one_unit", **counts), 1.0)  # type: ignore[arg-type]  # names and types of `counts` are Estimate's own
    effective = _effective(y, x, value, confidence)
    low, high = clopper_pearson(value * effective, effective, confidence)
    return Share(Estimate(value, low, high, confidence, METHOD, "ok", **counts), effective)  # type: ignore[arg-type]  # as above


def _effective(y: Counts, x: Counts, value: float, confidence: float) -> float:
    documents, n = len(x), float(x.sum())
    if value in (0.0, 1.0):
        return float(documents)
    variance = documents / (documents - 1) * float(np.sum((y - value * x) ** 2)) / n**2
    if variance <= 0:
        return float(documents)
    quantiles = student_quantile(confidence, np.array([max(n - 1, 1.0), documents - 1.0]))
    return min(n, value * (1 - value) / variance * float(quantiles[0] / quantiles[1]) ** 2)


def as_row(gold: str, item: Item, share: Share) -> Mapping[str, Any]:
    """The row of `quality`."""
    e = share.estimate
    return {
        "gold": gold,
        "measure": item.measure,
        "level": item.level,
        "relation": item.relation,
        "tier": item.tier,
        "stratum": item.stratum,
        "numerator": e.numerator or 0,
        "denominator": e.denominator or 0,
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "effective": share.effective,
        "confidence": e.confidence,
        "method": e.method,
        "status": e.status,
    }
