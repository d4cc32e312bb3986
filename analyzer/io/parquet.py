"""Parquet files: only the columns that are needed, a few rows at a time, row group by row group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analyzer.io.fields import Fields
from analyzer.io.records import Fault, Record, fault
from analyzer.io.streams import BROKEN, Source

MAGIC = b"PAR1"
ROWS = 64  # read at once: 64 texts of the greatest length allowed are 0.5 GB, ordinary ones a fraction of a MB
_PAGES = 1 << 20  # bytes of a column chunk buffered at once; without it a whole chunk is in memory

# what pyarrow raises for a damaged file, and for values that Python cannot hold
UNREADABLE = (*BROKEN, ValueError, NotImplementedError, OverflowError)


def shape(source: Source) -> dict[str, Any]:
    """An empty record of the file's schema, to recognise its preset. Raises one of UNREADABLE."""
    return {field.name: _empty(field.type) for field in pq.ParquetFile(pa.PythonFile(source, mode="r")).schema_arrow}


def rows(source: Source, choose: Callable[[dict[str, Any]], Fields]) -> Iterator[Record | Fault]:
    """One record a row. The footer is read first; a broken page ends the file with a fault at its row."""
    number = 0
    try:
        file = pq.ParquetFile(
            pa.PythonFile(source, mode="r"), buffer_size=_PAGES, pre_buffer=False, page_checksum_verification=True
        )
        empty = {field.name: _empty(field.type) for field in file.schema_arrow}
        paths = {name: path for name in choose(empty).names if (path := _path(empty, name))}
        columns = sorted({".".join(path) for path in paths.values()}) or list(empty)[:1]
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(batch_size=ROWS, row_groups=[group], columns=columns, use_threads=False):
                values = {name: _values(batch, path) for name, path in paths.items()}
                for i in range(batch.num_rows):
                    number += 1
                    yield Record(number, {name: column[i] for name, column in values.items()})
        if number != file.metadata.num_rows:
            yield fault(number + 1, "corrupt_stream", f"{number} rows where the footer says {file.metadata.num_rows}")
    except UNREADABLE as error:
        yield fault(number + 1 if number else 0, "corrupt_stream", f"Parquet: {error}")


def _empty(kind: pa.DataType) -> Any:
    return {field.name: _empty(field.type) for field in kind} if pa.types.is_struct(kind) else None


def _path(empty: dict[str, Any], name: str) -> tuple[str, ...]:
    """The column, and the members below it, that a field name means; () when there is none."""
    if name in empty:
        return (name,)
    value: Any = empty
    parts = tuple(name.split("."))
    for part in parts:
        if not isinstance(value, dict) or part not in value:
            return ()
        value = value[part]
    return parts


def _values(batch: pa.RecordBatch, path: tuple[str, ...]) -> list[Any]:
    array = batch.column(path[0])
    for part in path[1:]:
        array = pc.struct_field(array, part)
    return _plain(array)


def _plain(array: pa.Array) -> list[Any]:
    """Python values; text as bytes, because Parquet does not promise that it is UTF-8."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return list(array.cast(pa.large_binary()).to_pylist())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        # element by element from the child, so that its text is bytes too
        child, offsets = _plain(array.values), array.offsets.to_pylist()
        return [child[offsets[i] : offsets[i + 1]] if array[i].is_valid else None for i in range(len(array))]
    if pa.types.is_struct(kind):
        return [{} if value.is_valid else None for value in array]  # an object is no text, id or source
    return list(array.to_pylist())
