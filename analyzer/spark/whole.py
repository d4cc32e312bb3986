"""What the estimates of a sampled audit say: the rate of the whole corpus, and that everything else is of a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analyzer.schemas import BOUNDS
from analyzer.spark import slices
from analyzer.spark.bounds import Bounds
from analyzer.stats import UnitRows
from analyzer.stats.estimate import Estimate
from analyzer.stats.sampling import rate_from_prompts, rate_of_whole, variance_between_units

WHOLE = "whole_singleton_rate"
NO_BOUND = "no bound is given from a sample: the theorems speak of everything that a model was trained on"


@dataclass(frozen=True, slots=True)
class Sampled:
    """Clusters, of which one in `multiple` was parsed, or prompts, of which one in `every` was counted.

    `share` is the share asked for; `multiple` is what it came to, by number of clusters.
    """

    kind: str  # documents or keys
    share: float
    multiple: float = 1.0
    every: int = 1

    @property
    def source(self) -> str:
        """Said after the method of an estimate for the whole."""
        return (
            f"from a sample of {100 * self.share:.4g} % of the {'clusters' if self.kind == 'documents' else 'prompts'}"
        )

    @property
    def method(self) -> str:
        """Said after the method of every other estimate: of clusters a sample is a smaller corpus, of prompts not."""
        return f"{self.source}, of the sample at its size" if self.kind == "documents" else self.source


def variances(sums: pa.Table, sampled: Sampled | None) -> Any:
    """What sampling prompts adds to the variance of each slice's leave-one-unit-out rate; 0 where nothing was drawn."""
    if sampled is None or sampled.kind != "keys":
        return 0.0
    single, n, other, within = (sums[name].to_numpy() for name in ("a", "n", "drawn_other", "drawn_within"))
    return variance_between_units(single / n, n, sampled.every, other, within)


def estimates(
    rates: pa.Table,
    alone: tuple[UnitRows, Sequence[UnitRows]] | None,
    sampled: Sampled,
    confidence: float,
) -> Iterator[dict[str, Any]]:
    """The row `whole_singleton_rate` of the corpus. `alone` is its spectrum and the jackknife's, None if small."""
    row = next(slices.rows(slices.at(rates, slice_kind="corpus", key="prompt", unit="cluster")), None)
    if row is None:
        return
    if sampled.kind == "keys":
        drawn = row["drawn_single"], row["drawn_other"]
        found = rate_from_prompts(row["a"], row["n"], sampled.every, *drawn, confidence)
    elif alone is not None:
        found = rate_of_whole(*alone, sampled.multiple, confidence)
    else:
        found = Estimate(None, confidence=confidence, method="extrapolation of a sample", status="too_few_groups")
    at = {"slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "units": row["units"]}
    counts = {"numerator": found.numerator, "denominator": found.denominator, "confidence": confidence}
    ends = {"value": found.value, "low": found.low, "high": found.high, "status": found.status}
    yield {**at, **counts, **ends, "statistic": WHOLE, "method": found.method}


def labelled(rows: Iterable[dict[str, Any]], sampled: Sampled) -> Iterator[dict[str, Any]]:
    """The same rows, each saying what it is of."""
    for row in rows:
        of = sampled.source if row["statistic"] == WHOLE else sampled.method
        yield row | {"method": f"{row['method']}; {of}"}


def no_bounds(found: Bounds) -> Bounds:
    """The bounds without their values: a sample's hold for nobody who trains on the whole."""
    blank = {"value": None, "status": "conditions_not_met", "conditions": NO_BOUND}
    table = found.table
    for name, value in blank.items():
        at, field = table.schema.get_field_index(name), BOUNDS.schema.field(name)
        table = table.set_column(at, field, pa.repeat(pa.scalar(value, field.type), table.num_rows))
    return Bounds(table, dict.fromkeys(found.refined, (None, "conditions_not_met")))
