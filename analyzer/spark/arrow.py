"""Between pyarrow schemas and Spark: types, and record batches that satisfy a declared schema.

`mapInArrow` does not cast: an int64 column where Spark was told `int` fails the job. Every batch function therefore
ends in `batch(...)` or `cast(...)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import types as T  # noqa: N812 - the name every Spark code base uses

_ATOMIC: dict[pa.DataType, T.DataType] = {
    pa.string(): T.StringType(),
    pa.int64(): T.LongType(),
    pa.int32(): T.IntegerType(),
    pa.float64(): T.DoubleType(),
    pa.bool_(): T.BooleanType(),
    pa.binary(): T.BinaryType(),
}


def spark_type(kind: pa.DataType) -> T.DataType:
    """The Spark type of one of the types our schemas use."""
    if pa.types.is_list(kind):
        return T.ArrayType(spark_type(kind.value_type))
    return _ATOMIC[kind]


def spark_schema(schema: pa.Schema) -> T.StructType:
    """The Spark schema of a table. Columns are nullable in Spark: Parquet readers make them so anyway."""
    return T.StructType([T.StructField(f.name, spark_type(f.type), True) for f in schema])


def nullable(schema: pa.Schema) -> pa.Schema:
    """The schema without descriptions and non-null marks: what a batch handed to Spark looks like."""
    return pa.schema([pa.field(f.name, f.type) for f in schema])


def batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows, as tuples in the schema's order, as one record batch."""
    plain = nullable(schema)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(plain)
    arrays = [pa.array(column, f.type) for column, f in zip(columns, plain, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=plain)


def batches(rows: Iterable[Sequence[Any]], schema: pa.Schema, size: int = 2_000) -> Iterator[pa.RecordBatch]:
    """A stream of rows as record batches of at most `size` rows."""
    pending: list[Sequence[Any]] = []
    for row in rows:
        pending.append(row)
        if len(pending) >= size:
            yield batch(pending, schema)
            pending = []
    if pending:
        yield batch(pending, schema)
