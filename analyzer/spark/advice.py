"""Which domains hold the corpus' singletons, and which would lower its rate most if there were more of them.

Every document is left out in thought (`thinning` at f = 1): what that takes from A and N is, on average, what one more
document of its domain would add. The same with one group of clusters left out after the other gives the jackknife's
replicates; only prompts that one or two clusters outside the group hold can change by that, so it is one more join.
All numbers are whole at f = 1, so no sum hangs on the order of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.io.runs import Run
from analyzer.schemas.plans import ADVICE
from analyzer.settings import EstimateSettings
from analyzer.spark import session, tables, thinning
from analyzer.spark.estimate import GROUPS
from analyzer.spark.plan import Plan
from analyzer.stats.intervals import jackknife_interval
from analyzer.stats.thinning import Growth, marginal_change

PER = 1_000_000  # words that a change is told for
WHOLE = -1  # the group of nothing left out
ITEMS = ("da", "dn", "held", "words")
Row = dict[str, Any]
Sums = dict[int, dict[str, float]]  # by group; without the group, for WHOLE with everything


def of_run(spark: SparkSession, run: Run, settings: EstimateSettings) -> pa.Table:
    """The table advice of a finished run, the surest and largest fall of the rate first."""
    documents, clusters, mentions = (tables.read(spark, run, name) for name in ("documents", "clusters", "mentions"))
    risk = run.table("risk").to_pylist()
    large = [row["domain"] for row in risk if row["statements"] >= settings.min_statements]
    with session.sized(spark, run.finished("extract").rows("mentions")):
        kept = grouped(thinning.places(documents, clusters, Plan()), documents).localCheckpoint()
        cells = grouped(thinning.cells(mentions, kept.drop("cluster_domain", "g")), documents).localCheckpoint()
        wanted = spark.createDataFrame(pa.table({"domain": pa.array(large, pa.string())}))
        corpus, domains = sums(cells, kept, wanted)
        total = dict(map(tuple, kept.groupBy("domain").agg(F.sum("words")).collect()))
    doubled = _doubled(run)
    rows = [
        _row(place, total.get(place["domain"], 0), corpus, domains.get(place["domain"]), doubled, settings)
        for place in risk
    ]
    rows.sort(key=lambda r: (r["change_high"] is None, r["change_high"] or 0.0, -r["singletons"], r["domain"]))
    return pa.Table.from_pylist(rows, ADVICE.schema)


def grouped(rows: DataFrame, documents: DataFrame) -> DataFrame:
    """Rows with a cluster_id, with the domain that it counts in, and its group by its representative's text."""
    representative = documents.select(
        F.col("doc_id").alias("cluster_id"),
        F.col("domain").alias("cluster_domain"),
        F.pmod(F.xxhash64("text_hash"), F.lit(GROUPS)).alias("g"),
    )
    return rows.join(representative, on="cluster_id", how="inner")


def sums(cells: DataFrame, kept: DataFrame, wanted: DataFrame) -> tuple[Sums, dict[str, Sums]]:
    """a and n of the corpus, and of each wanted domain da, dn, words and held: what its clusters hold of a.

    cells, kept: as of `thinning` with every f = 1, `grouped`.
    """
    head = cells.where("head")
    in_group = head.groupBy("prompt_id", "g").agg(F.count("*").alias("y"), F.sum("m").alias("m_g"))
    total = in_group.groupBy("prompt_id").agg(F.sum("y").alias("r"), F.sum("m_g").alias("m_all"))
    groups = in_group.join(total, on="prompt_id", how="inner").select(
        "*", (F.col("r") - F.col("y")).alias("r_left"), (F.col("m_all") - F.col("m_g")).alias("m_left")
    )
    near = groups.where("r_left between 1 and 2").select("prompt_id", F.col("g").alias("other"), "r_left", "m_left")
    counting = head.drop("domain").withColumnRenamed("cluster_domain", "domain")
    known, there = (rows.join(total, on="prompt_id", how="inner") for rows in (cells, counting))
    words = kept.select("domain", "g", F.lit("words").alias("item"), F.col("words").cast("double").alias("x"))
    parts = [
        _left_out(known, near, "da", lambda r, m: F.col("t") * _once(r) - F.col("h") * _twice(r) * (m - F.col("m"))),
        _left_out(there, near, "held", lambda r, _: F.col("m") * _once(r)),
        _own(known.select("domain", "g", F.lit("dn").alias("item"), F.col("t").alias("x"))),
        _own(words),
    ]
    union = reduce(DataFrame.unionByName, parts).join(F.broadcast(wanted), on="domain", how="left_semi")
    found = union.groupBy("domain", "g", "item").agg(F.sum("x").alias("x")).toArrow().to_pylist()
    domains: dict[str, Sums] = {}
    for row in sorted(found, key=lambda row: (row["domain"], row["g"])):
        domains.setdefault(row["domain"], {}).setdefault(row["g"], dict.fromkeys(ITEMS, 0.0))[row["item"]] = row["x"]
    return _corpus(groups), {name: _without(found) for name, found in domains.items()}


def _left_out(rows: DataFrame, near: DataFrame, item: str, value: Callable[[Column, Column], Column]) -> DataFrame:
    """(domain, g, item, x): `value` of the holders and statements of the prompt, and its change without each group."""
    whole, without = value(F.col("r"), F.col("m_all")), value(F.col("r_left"), F.col("m_left"))
    own = _own(rows.select("domain", "g", F.lit(item).alias("item"), whole.alias("x")))
    met = rows.join(near, on="prompt_id", how="inner").where("g != other")
    return own.unionByName(
        met.select("domain", F.col("other").alias("g"), F.lit(item).alias("item"), (without - whole).alias("x"))
    )


def _own(rows: DataFrame) -> DataFrame:
    """Each row for the whole, and taken off again where its own group is left out."""
    return rows.withColumn("g", F.lit(WHOLE).cast("long")).unionByName(rows.withColumn("x", -F.col("x")))


def _once(holders: Column) -> Column:
    return (holders == 1).cast("double")


def _twice(holders: Column) -> Column:
    return (holders == 2).cast("double")


def _corpus(groups: DataFrame) -> Sums:
    left, r, m = F.col("r_left"), F.col("r"), F.col("m_all")
    lost = F.when(r == 1, -m).when(left == 1, F.col("m_left")).otherwise(0.0)
    whole = groups.select(
        F.lit(WHOLE).cast("long").alias("g"),
        F.when(r == 1, m).otherwise(0.0).alias("a"),
        F.col("m_g").alias("n"),
    )
    parts = whole.unionByName(groups.select("g", lost.alias("a"), (-F.col("m_g")).alias("n")))
    found = parts.groupBy("g").agg(F.sum("a").alias("a"), F.sum("n").alias("n")).collect()
    return _without({row["g"]: {"a": row["a"], "n": row["n"]} for row in sorted(found)})


def _without(changes: Mapping[int, Mapping[str, float]]) -> Sums:
    """What is there without each group, from the changes that leaving it out makes."""
    whole = changes.get(WHOLE, {})
    return {
        g: {name: x + (0.0 if g == WHOLE else whole.get(name, 0.0)) for name, x in row.items()}
        for g, row in changes.items()
    }


def _doubled(run: Run) -> dict[str, Row]:
    """The domains' own rates at twice their size."""
    growth = run.table("growth")
    rows = growth.filter((pc.field("slice_kind") == "domain") & (pc.field("method") != "rarefaction")).to_pylist()
    size = {row["slice"]: row["statements"] for row in rows if row["method"] == "observed"}
    return {row["slice"]: row for row in rows if row["statements"] == 2 * size[row["slice"]]}


def _row(
    place: Row, words: int, corpus: Sums, domain: Sums | None, doubled: Mapping[str, Row], settings: EstimateSettings
) -> Row:
    at = {"domain": place["domain"], "words": words, "confidence": settings.confidence, "unit": "cluster"}
    counts = {name: place[name] for name in ("statements", "singletons")}
    total = corpus[WHOLE]["a"] if WHOLE in corpus else 0.0
    share = place["singletons"] / total if total else None
    blank = dict.fromkeys(("share_low", "share_high", "change", "change_low", "change_high"))
    twice = doubled.get(place["domain"], {})
    own = {f"doubled_{ours}": twice.get(name) for ours, name in (("rate", "value"), ("low", "low"), ("high", "high"))}
    row = {**at, **counts, "share": share, **blank, **own}
    if domain is None or WHOLE not in domain:
        return row | {"method": "", "status": "too_small"}
    whole, *parts = (_growth(domain[g], corpus[g]) for g in sorted(domain) if g in corpus)
    e = marginal_change(whole, parts, PER, settings.confidence)
    held = [domain[g]["held"] / corpus[g]["a"] for g in sorted(domain) if g in corpus and g != WHOLE and corpus[g]["a"]]
    ends = jackknife_interval(share, held, settings.confidence, whole.statements)
    return row | {
        "share_low": ends.low, "share_high": ends.high, "change": e.value, "change_low": e.low, "change_high": e.high,
        "method": e.method, "status": "beyond_twice" if e.status == "ok" and words < PER else e.status,
    }  # fmt: skip


def _growth(domain: Mapping[str, float], corpus: Mapping[str, float]) -> Growth:
    return Growth(domain["da"], domain["dn"], domain["words"], corpus["a"], corpus["n"])
