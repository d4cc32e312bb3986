"""Tables of a run as DataFrames: read by the manifest's file list, written once into a stage's own folder."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.io.runs import WORK, Run
from analyzer.schemas import TABLES
from analyzer.spark.arrow import spark_schema


def read(spark: SparkSession, run: Run, name: str, stage: str | None = None) -> DataFrame:
    """A finished table."""
    schema = spark_schema(TABLES[name].schema)
    files = run.finished(stage or TABLES[name].stage).tables[name]
    if not files:
        return spark.createDataFrame([], schema)
    return spark.read.schema(schema).parquet(*[f"{run.uri}/{file.name}" for file in files])


def write(run: Run, stage: str, name: str, frame: DataFrame) -> None:
    """Write a table, columns in the schema's order, into the stage's folder (which the runner has cleared)."""
    columns = [F.col(f.name).cast(spark_schema(pa.schema([f]))[0].dataType) for f in TABLES[name].schema]
    # Spark's default committer (v1) leaves out the output of failed and of speculative attempts.
    frame.select(*columns).write.mode("errorifexists").parquet(f"{run.uri}/{stage}/{name}")


def checkpoint(spark: SparkSession, run: Run, stage: str, name: str, frame: DataFrame) -> DataFrame:
    """Materialise an intermediate result under the stage's folder and read it back: cuts lineage, computes once."""
    path = f"{run.uri}/{stage}/{WORK}/{name}"
    frame.write.mode("errorifexists").parquet(path)
    return spark.read.schema(frame.schema).parquet(path)
