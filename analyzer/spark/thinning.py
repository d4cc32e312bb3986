"""mentions, documents, clusters -> what `stats.thinning` needs, for any chances f of documents to be kept.

A cell is (prompt, cluster, document) with the document's chance f. All products of 1 - f are kept as a number of
certain documents and a sum of logarithms, so that one factor can be taken out again; sums of real numbers run over
decimals, whose result does not hang on the order of rows.
"""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.spark.plan import Plan
from analyzer.stats.thinning import Moments, Profile, Thinned

# A cluster that is dropped with less than this chance counts as certain: 1/q would swamp what it is added to.
LEAST_CHANCE = 1e-9
DECIMAL = "decimal(38,18)"
UNIT = ("prompt_id", "cluster_id")


def places(documents: DataFrame, clusters: DataFrame, plan: Plan) -> DataFrame:
    """Documents that may be kept: weight, how often one is then seen; chance f, and ln(1-f) where it is not certain."""
    weight = F.lit(plan.rest)
    where = documents.select("doc_id", "domain", "source", "words")
    for kind in ("source", "domain"):  # the domain's weight goes before the source's
        rules = getattr(plan, kind)
        if rules:
            given = where.sparkSession.createDataFrame(
                pa.table({kind: [name for name, _ in rules], f"{kind}_weight": [float(w) for _, w in rules]})
            )
            where = where.join(F.broadcast(given), on=kind, how="left")
            weight = F.coalesce(F.col(f"{kind}_weight"), weight)
    kept = F.least(weight, F.lit(1.0))
    certain = kept > 1 - LEAST_CHANCE
    return (
        where.join(clusters.select("doc_id", "cluster_id"), on="doc_id", how="inner")
        .select(
            "doc_id", "domain", "words", "cluster_id", F.greatest(weight, F.lit(1.0)).alias("weight"), kept.alias("f"),
            certain.cast("int").alias("sure"),
            F.when(certain, F.lit(0)).otherwise(F.log1p(-kept)).cast(DECIMAL).alias("lost"),
        )
        .where("f > 0")
    )  # fmt: skip


def cells(mentions: DataFrame, places: DataFrame) -> DataFrame:
    """One row a (prompt, cluster, document), with what the document and its cluster hold of the prompt.

    t: expected statements that this document alone adds to its cluster; h: chance that no other document of the cluster
    answers the prompt. Of the cluster, equal in all its rows: m expected statements, c statements, gone = 1 - p with
    `unit_sure` and `unit_lost` behind it, weight. `head` marks one row a cluster.
    """
    stated = mentions.where(~F.col("abstention")).select("prompt_id", "doc_id", "sentence_hash").distinct()
    sentence = Window.partitionBy(*UNIT, "sentence_hash")
    rows = stated.join(places, on="doc_id", how="inner").select(
        "*",
        F.sum("sure").over(sentence).alias("s_sure"),
        _exact("lost").over(sentence).alias("s_lost"),
        (F.col("doc_id") == F.min("doc_id").over(sentence)).alias("first"),
    )
    alone = _product(F.col("s_sure") - F.col("sure"), F.col("s_lost") - F.col("lost"))
    stays = 1 - _product(F.col("s_sure"), F.col("s_lost"))
    of_document = ("doc_id", "domain", "f", "weight", "sure", "lost")
    per_document = rows.groupBy(*UNIT, *of_document).agg(
        _exact(alone).cast("double").alias("t"),
        _exact(F.when(F.col("first"), stays).otherwise(0.0)).alias("m_part"),
        F.sum(F.col("first").cast("long")).alias("c_part"),
    )
    unit = Window.partitionBy(*UNIT)
    sure, lost = F.sum("sure").over(unit), _exact("lost").over(unit)
    gone = _product(sure, lost)
    certain = gone < LEAST_CHANCE
    return per_document.select(
        *UNIT, *[name for name in of_document if name not in ("weight", "sure", "lost")], "t",
        _product(sure - F.col("sure"), lost - F.col("lost")).alias("h"),
        _exact("m_part").over(unit).cast("double").alias("m"),
        F.sum("c_part").over(unit).alias("c"),
        F.when(certain, 0.0).otherwise(gone).alias("gone"),
        certain.cast("long").alias("unit_sure"),
        F.when(certain, F.lit(0).cast(DECIMAL)).otherwise(lost).cast(DECIMAL).alias("unit_lost"),
        F.max("weight").over(unit).alias("weight"),
        (F.col("doc_id") == F.min("doc_id").over(unit)).alias("head"),
    )  # fmt: skip


def changes(cells: DataFrame) -> DataFrame:
    """The cells with what they do to A and N, given everything else.

    nobody: chance that no other cluster answers the prompt; da, dn: change of E[A] and E[N] by keeping the document.
    """
    head = F.col("head")
    sure, open_ = head & (F.col("unit_sure") == 1), head & (F.col("unit_sure") == 0)
    prompts = cells.groupBy("prompt_id").agg(
        F.sum(sure.cast("long")).alias("k_sure"),
        _exact(F.when(open_, F.col("unit_lost")).otherwise(0)).alias("k_lost"),
        _exact(F.when(open_, F.col("m") / F.col("gone")).otherwise(0.0)).alias("k_ratio"),
        _exact(F.when(sure, F.col("m")).otherwise(0.0)).alias("k_certain"),
    )
    own = F.col("unit_sure") == 1
    rest_sure, rest_lost = F.col("k_sure") - F.col("unit_sure"), F.col("k_lost") - F.col("unit_lost")
    ratio = F.col("k_ratio") - F.when(own, F.lit(0.0)).otherwise(F.col("m") / F.col("gone")).cast(DECIMAL)
    certain = F.col("k_certain") - F.when(own, F.col("m")).otherwise(F.lit(0.0)).cast(DECIMAL)
    none = F.exp(rest_lost.cast("double"))
    others = (
        F.when(rest_sure == 0, none * ratio.cast("double"))
        .when(rest_sure == 1, none * certain.cast("double"))
        .otherwise(0.0)
    )
    return (
        cells.join(prompts, on="prompt_id", how="inner")
        .withColumn("nobody", _product(rest_sure, rest_lost))
        .withColumn("da", F.col("t") * F.col("nobody") - F.col("h") * others)
        .withColumn("dn", F.col("t"))
        .withColumn("prompt_gone", _product(F.col("k_sure"), F.col("k_lost")))
    )


def thinned(changes: DataFrame) -> tuple[Thinned, float]:
    """(sums, expected prompts with an answer) of a corpus thinned by the chances in `changes`, which is read twice."""
    m, c, nobody = F.col("m"), F.col("c"), F.col("nobody")
    # E[M^2] of a cluster is c m where its documents say the same and at most that where they do not.
    per_prompt = (
        changes.where("head")
        .groupBy("prompt_id", "prompt_gone")
        .agg(
            _real(m * nobody).alias("a"), _real(m).alias("n"), _real(c * m * nobody).alias("a2"),
            _real(c * m - m * m).alias("nn"),
        )
    )  # fmt: skip
    a, n, a2 = F.col("a"), F.col("n"), F.col("a2")
    whole = _row(per_prompt.agg(
        _real(a).alias("a"), _real(n).alias("n"), _real(1 - F.col("prompt_gone")).alias("prompts"),
        _real(a2 - a * a).alias("aa"), _real(a2 - a * n).alias("an"), _real("nn").alias("nn"),
    ))  # fmt: skip
    chance = F.col("f") * (1 - F.col("f"))
    da, dn = F.col("da"), F.col("dn")
    random = changes.where(chance > 0)
    rate = whole["a"] / whole["n"] if whole["n"] else 0.0
    squares = [_real(v * chance).alias(name) for name, v in (("aa", da * da), ("an", da * dn), ("nn", dn * dn))]
    per_document = random.groupBy("doc_id", "f").agg(_real(da).alias("da"), _real(dn).alias("dn"))
    z = chance * (da - rate * dn) * (da - rate * dn)
    documents = _row(per_document.agg(*squares, _real(z).alias("z"), _real(z * z).alias("z2")))
    single = _row(random.agg(*squares))
    effective = documents["z"] ** 2 / documents["z2"] if documents["z2"] > 0 else 0.0
    parts = (_moments(documents), _moments(single), _moments(whole))
    return Thinned(whole["a"], whole["n"], *parts, _shared(changes), effective), whole["prompts"]


def _shared(changes: DataFrame) -> float:
    """What two documents that alone hold several prompts add to Var A: the products of different prompts.

    Keeping both takes the statements of both from A, so each such prompt moves by -(t_i + t_j) beyond what either does.
    """
    holder = F.struct("doc_id", "f", "cluster_id")
    two = (
        changes.groupBy("prompt_id")
        .agg(F.count("*").alias("documents"), F.min(holder).alias("i"), F.max(holder).alias("j"), _real("t").alias("t"))
        .where("documents = 2 and i.cluster_id != j.cluster_id and i.f < 1 and j.f < 1")
    )
    together = two.groupBy("i", "j").agg(_real("t").alias("sum"), _real(F.col("t") * F.col("t")).alias("squares"))
    chance = F.col("i.f") * (1 - F.col("i.f")) * F.col("j.f") * (1 - F.col("j.f"))
    products = F.col("sum") * F.col("sum") - F.col("squares")
    return _row(together.agg(_real(chance * products).alias("x")))["x"]


def profiles(cells: DataFrame, most: float) -> list[Profile]:
    """Prompts by the classes of clusters that may answer them, those left out that are seen more than `most` times.

    Left out are those whose expected exposure lies ten standard deviations above `most`.
    """
    head = cells.where("head").select("prompt_id", "weight", "gone", "m")
    classes = head.groupBy("prompt_id", "weight", "gone").agg(F.count("*").alias("n"), _real("m").alias("m"))
    mean = F.sum(F.col("n") * F.col("weight") * (1 - F.col("gone")))
    spread = F.sum(F.col("n") * F.col("weight") * F.col("weight") * (1 - F.col("gone")) * F.col("gone"))
    entry = F.struct("weight", "gone", "n", "m").alias("entry")
    per_prompt = (
        classes.groupBy("prompt_id")
        .agg(F.sort_array(F.collect_list(entry)).alias("entries"), mean.alias("mean"), spread.alias("spread"))
        .where(F.col("mean") - 10 * F.sqrt("spread") <= most)
    )
    profile = F.transform(
        "entries", lambda e: F.struct(*(e[name].alias(name) for name in ("weight", "gone", "n")))
    ).alias("profile")
    placed = per_prompt.select(profile, F.posexplode("entries").alias("at", "entry"))
    found = placed.groupBy("profile", "at").agg(_real("entry.m").alias("m")).groupBy("profile")
    rows = found.agg(F.sort_array(F.collect_list(F.struct("at", "m"))).alias("statements")).toArrow().to_pylist()
    return sorted((_profile(row) for row in rows), key=lambda p: (p.weight, p.kept, p.clusters))


def _profile(row: dict[str, list[dict[str, float]]]) -> Profile:
    classes = row["profile"]
    return Profile(
        tuple(e["weight"] for e in classes),
        tuple(1 - e["gone"] for e in classes),
        tuple(int(e["n"]) for e in classes),
        tuple(e["m"] for e in row["statements"]),
    )


def trained(cells: DataFrame) -> float:
    """Expected statements as often as they are seen."""
    return _row(cells.where("head").agg(_real(F.col("m") * F.col("weight")).alias("n")))["n"]


def _product(sure: Column, lost: Column) -> Column:
    """prod (1 - f): 0 with a certain factor among them."""
    return F.when(sure > 0, 0.0).otherwise(F.exp(lost.cast("double")))


def _exact(column: Column | str) -> Column:
    """A sum that does not hang on the order of rows."""
    value = F.col(column) if isinstance(column, str) else column
    return F.sum(value.cast(DECIMAL))


def _real(column: Column | str) -> Column:
    return _exact(column).cast("double")


def _row(frame: DataFrame) -> dict[str, float]:
    row = frame.first()
    return {name: float(value or 0.0) for name, value in (row.asDict() if row else {}).items()}


def _moments(row: dict[str, float]) -> Moments:
    return Moments(row["aa"], row["an"], row["nn"])
