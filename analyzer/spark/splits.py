"""prompts, facts, mentions -> splits: pairs of prompts of one relation that may be one prompt under two names.

Never all pairs: prompts are put in blocks by what likely aliases share (`aliases.blocks`), and only prompts of one
block are compared. A block of more than `count.split_block` prompts is left out; how many, and how many prompts were
in none that was compared, is told. Blocks and comparison see names only and cannot depend on order or partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer import ids
from analyzer.schemas import BOOL, INT, SPLITS, TEXT
from analyzer.settings import CountSettings
from analyzer.spark.arrow import batches, spark_schema
from analyzer.text.aliases import blocks, likeness, named
from analyzer.text.names import is_acronym

Keep = Callable[[str, DataFrame], DataFrame]  # materialises an intermediate table under a name

_BLOCKED = pa.schema([("block", INT), ("prompt_id", INT), ("subject", TEXT), ("subject_type", TEXT), ("acronym", BOOL)])
_PAIRS = pa.schema([("a", INT), ("b", INT), ("kind", TEXT), ("distance", INT)])
_SIDE = ("relation", "subject", "subject_type", "clusters", "cluster_statements", "answers")


@dataclass(frozen=True, slots=True)
class Blocking:
    """What was compared: blocks of two prompts or more, those left out as too large, prompts compared with none."""

    blocks: int
    blocks_left_out: int
    prompts_in_them_alone: int


def splits(
    prompts: DataFrame, facts: DataFrame, placed: DataFrame, settings: CountSettings, keep: Keep
) -> tuple[DataFrame, Blocking]:
    """The `splits` table and how much of it a cap left out. `placed`: answered mentions with their clusters."""
    blocked = keep("blocks", _blocked(prompts))
    sizes = blocked.groupBy("block").agg(F.count("*").alias("size")).where(F.col("size") > 1).persist()
    try:
        small = sizes.where(F.col("size") <= settings.split_block).select("block")
        pairs = keep("pairs", _compared(blocked.join(small, on="block", how="left_semi")))
        told = _blocking(blocked, sizes, settings.split_block)
    finally:
        sizes.unpersist()
    return _described(pairs, prompts, facts, placed), told


def _blocked(prompts: DataFrame) -> DataFrame:
    """(block, prompt_id, subject, subject_type, acronym): a row per prompt and block."""

    def run(incoming: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches(_in_blocks(incoming), _BLOCKED)

    wanted = prompts.select("prompt_id", "relation", "subject", "subject_type", "surfaces")
    return wanted.mapInArrow(run, spark_schema(_BLOCKED))


def _in_blocks(incoming: Iterable[pa.RecordBatch]) -> Iterator[tuple[object, ...]]:
    for batch in incoming:
        for row in batch.to_pylist():
            acronym = any(is_acronym(surface) for surface in row["surfaces"] or ())
            for key in sorted(blocks(named(row["subject"], row["subject_type"], acronym))):
                block = ids.key64(row["relation"], key)
                yield block, row["prompt_id"], row["subject"], row["subject_type"], acronym


def _compared(blocked: DataFrame) -> DataFrame:
    """(a, b, kind, distance), a < b, of the pairs in some block that may be one thing."""

    def run(incoming: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches(_in_pairs(incoming), _PAIRS)

    member = F.struct("prompt_id", "subject", "subject_type", "acronym")
    grouped = blocked.groupBy("block").agg(F.collect_list(member).alias("members"))
    return grouped.select("members").mapInArrow(run, spark_schema(_PAIRS)).distinct()


def _in_pairs(incoming: Iterable[pa.RecordBatch]) -> Iterator[tuple[object, ...]]:
    for batch in incoming:
        for (members,) in zip(batch.column("members").to_pylist(), strict=True):
            ready = [(m["prompt_id"], named(m["subject"], m["subject_type"], m["acronym"])) for m in members]
            for (a, one), (b, other) in combinations(sorted(ready, key=lambda r: r[0]), 2):
                found = likeness(one, other)
                if found is not None:
                    yield a, b, found.kind, found.distance


def _blocking(blocked: DataFrame, sizes: DataFrame, most: int) -> Blocking:
    large = F.col("size") > most
    total = sizes.agg(F.count("*"), F.coalesce(F.sum(large.cast("long")), F.lit(0))).first()
    found, left_out = (int(total[0]), int(total[1])) if total else (0, 0)
    if not left_out:
        return Blocking(found, 0, 0)
    met = blocked.select("block", "prompt_id").join(sizes, on="block", how="inner").groupBy("prompt_id")
    alone = met.agg(F.min(large.cast("int")).alias("all_large")).where(F.col("all_large") == 1)
    return Blocking(found, left_out, alone.count())


def _described(pairs: DataFrame, prompts: DataFrame, facts: DataFrame, placed: DataFrame) -> DataFrame:
    """Pairs with the counts of both sides, the better supported first."""
    one, other = _side(prompts, "a"), _side(prompts, "b")
    both = pairs.join(one, on="a", how="inner").join(other, on="b", how="inner")
    # Equal blocks of two relations would be an accident of 64 bits.
    both = both.where(F.col("a_relation") == F.col("b_relation"))
    equal = _equal_answers(pairs, facts)
    homes = _homes(pairs, prompts, placed)
    both = (
        both.join(equal, on=["a", "b"], how="left")
        .join(homes.select(F.col("prompt_id").alias("a"), F.col("home").alias("a_home")), on="a", how="left")
        .join(homes.select(F.col("prompt_id").alias("b"), F.col("home").alias("b_home")), on="b", how="left")
    )
    together = F.coalesce(F.col("a_home") == F.col("b_home"), F.lit(False))
    first = F.struct(F.col("a_clusters"), F.length("a_subject"), F.col("b_subject"), F.col("b"))
    second = F.struct(F.col("b_clusters"), F.length("b_subject"), F.col("a_subject"), F.col("a"))
    ahead = first > second

    def side(name: str, front: bool) -> Column:
        a, b = (F.col(f"{s}_{name}") if name else F.col(s) for s in ("a", "b"))
        return F.when(ahead, a if front else b).otherwise(b if front else a)

    share = F.coalesce("equal", F.lit(0)) / (F.col("a_answers") * F.col("b_answers"))
    named_ = {
        "relation": F.col("a_relation"),
        "prompt_id": side("", True),
        "other_prompt_id": side("", False),
        "subject": side("subject", True),
        "other_subject": side("subject", False),
        "subject_type": side("subject_type", True),
        "other_subject_type": side("subject_type", False),
        "clusters": side("clusters", True),
        "other_clusters": side("clusters", False),
        "statements": side("cluster_statements", True),
        "other_statements": side("cluster_statements", False),
        "agreement": share,
        "singleton": (F.col("a_clusters") == 1) | (F.col("b_clusters") == 1),
        "apart": ~together,
    }
    return both.select("kind", "distance", *(column.alias(name) for name, column in named_.items())).select(
        *SPLITS.schema.names
    )


def _side(prompts: DataFrame, side: str) -> DataFrame:
    columns = [F.col(name).alias(f"{side}_{name}") for name in _SIDE]
    return prompts.select(F.col("prompt_id").alias(side), *columns)


def _equal_answers(pairs: DataFrame, facts: DataFrame) -> DataFrame:
    """(a, b, equal): answers that both prompts of a pair have."""
    one = facts.select(F.col("prompt_id").alias("a"), "answer")
    other = facts.select(F.col("prompt_id").alias("b"), "answer")
    met = pairs.select("a", "b").join(one, on="a", how="inner").join(other, on=["b", "answer"], how="inner")
    return met.groupBy("a", "b").agg(F.count("*").alias("equal"))


def _homes(pairs: DataFrame, prompts: DataFrame, placed: DataFrame) -> DataFrame:
    """(prompt_id, home): the one cluster of a paired prompt that stands in one."""
    paired = pairs.select(F.explode(F.array("a", "b")).alias("prompt_id")).distinct()
    single = prompts.where(F.col("clusters") == 1).select("prompt_id")
    wanted = paired.join(single, on="prompt_id", how="left_semi")
    answered = placed.where(~F.col("abstention")).select("prompt_id", "cluster_id")
    mine = answered.join(wanted, on="prompt_id", how="left_semi")
    return mine.groupBy("prompt_id").agg(F.min("cluster_id").alias("home"))
