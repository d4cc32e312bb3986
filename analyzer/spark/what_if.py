"""A finished run -> what its audit would say of a sampled or repeated corpus. The run is only read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.io.runs import Run
from analyzer.schemas.plans import WHAT_IF
from analyzer.spark import session, tables, thinning
from analyzer.spark.estimate import EXPOSURES
from analyzer.spark.plan import Plan
from analyzer.stats.estimate import Estimate
from analyzer.stats.thinning import METHOD, Thinned, exposure_mass, thinned_count, thinned_rate

SEEN = (1, *EXPOSURES)
Row = dict[str, Any]


def known(run: Run) -> dict[str, set[str]]:
    """The run's domains and sources."""
    slices = run.table("duplication", columns=["slice_kind", "slice"])
    return {
        kind: set(slices.filter(pc.equal(slices["slice_kind"], kind))["slice"].to_pylist())
        for kind in ("domain", "source")
    }


def of_run(spark: SparkSession, run: Run, plan: Plan, confidence: float) -> tuple[pa.Table, int]:
    """(table what_if, clusters of three or more documents that are kept by chance: they may fall apart in a sample)."""
    now = _now(run)
    documents, clusters, mentions = (tables.read(spark, run, name) for name in ("documents", "clusters", "mentions"))
    with session.sized(spark, run.finished("extract").rows("mentions")):
        places = thinning.places(documents, clusters, plan).localCheckpoint()
        cells = thinning.cells(mentions, places).localCheckpoint()
        changes = thinning.changes(cells).localCheckpoint()
        sums, prompts = thinning.thinned(changes)
        seen = thinning.trained(cells)
        mass = exposure_mass(thinning.profiles(cells, max(SEEN)), SEEN)
        chance = F.col("f") * (1 - F.col("f"))
        size = [F.sum(x.cast(thinning.DECIMAL)).cast("double") for x in (
            F.col("f"), chance, F.col("f") * F.col("words"), chance * F.col("words") * F.col("words"),
        )]  # fmt: skip
        kept = [float(x or 0.0) for x in places.agg(*size).first() or ()]
        whole = [float(x or 0) for x in documents.agg(F.count("*"), F.sum("words")).first() or ()]
        chained = places.where(chance > 0).join(clusters.where("size > 2"), on="doc_id", how="left_semi")
        loose = chained.select("cluster_id").distinct().count()
    rows = [
        *_rates(sums, now, confidence),
        _counted("statements", sums.statements, sums.variance_of_statements(), now["statements"], confidence),
        _expected("singletons", sums.singletons, now["singletons"]),
        _expected("prompts", prompts, now["prompts"]),
        _counted("documents", kept[0], kept[1], whole[0], confidence),
        _counted("words", kept[2], kept[3], whole[1], confidence),
        _expected("statements_seen", seen, now["statements"]),
    ]
    for r, held in zip(SEEN, mass, strict=True):
        value = held / seen if seen else None
        row = _expected(f"low_exposure_mass_{r}", value, now.get(f"low_exposure_mass_{r}"))
        rows.append(row | {"numerator": held, "denominator": seen, "status": "ok" if seen else "empty"})
    return pa.Table.from_pylist(rows, WHAT_IF.schema), loose


def _now(run: Run) -> dict[str, float]:
    estimates = run.table("estimates")
    headline = (pc.field("slice_kind") == "corpus") & (pc.field("key") == "prompt") & (pc.field("unit") == "cluster")
    found: dict[str, float] = {}
    for row in estimates.filter(headline).to_pylist():
        found[row["statistic"]] = row["value"]
        if row["statistic"] == "singleton_rate":
            found |= {"statements": row["denominator"], "singletons": row["numerator"]}
            found["low_exposure_mass_1"] = row["value"]
        if row["statistic"] == "share_of_prompts_seen_once":
            found["prompts"] = row["denominator"]
    return {"statements": 0, "singletons": 0, "prompts": 0} | found


def _rates(sums: Thinned, now: dict[str, float], confidence: float) -> list[Row]:
    rate = thinned_rate(sums, confidence)
    value, low, high = (None if x is None else 1 - x for x in (rate.value, rate.high, rate.low))
    seen = Estimate(value, low, high, confidence, rate.method, rate.status)
    counts = {"denominator": sums.statements}
    return [
        _row("singleton_rate", rate, now.get("singleton_rate")) | counts | {"numerator": sums.singletons},
        _row("sample_coverage", seen, now.get("sample_coverage"))
        | counts
        | {"numerator": sums.statements - sums.singletons},
    ]


def _counted(statistic: str, expected: float, variance: float, now: float, confidence: float) -> Row:
    return _row(statistic, thinned_count(expected, variance, confidence), now)


def _expected(statistic: str, value: float | None, now: float | None) -> Row:
    return _row(statistic, Estimate(value, method=METHOD), now)


def _row(statistic: str, e: Estimate, now: float | None) -> Row:
    ends = {"value": e.value, "low": e.low, "high": e.high, "confidence": e.confidence}
    told = {"method": e.method, "status": e.status, "unit": "cluster"}
    return {"statistic": statistic, "now": now, "numerator": None, "denominator": None, **ends, **told}
