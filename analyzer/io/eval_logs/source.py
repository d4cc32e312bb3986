"""Records of a log file of any container: JSON lines, an array, one object, CSV, Parquet. Memory is one record's.

Unlike a corpus, logs are written by Python programs that put NaN and Infinity into JSON; both are read.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.io.files import InputFile, open_input
from analyzer.io.lines import BOM, elements, lines
from analyzer.io.objects import kind, parse, whole_characters
from analyzer.io.parquet import MAGIC, UNREADABLE
from analyzer.io.readers import suffix
from analyzer.io.records import Fault, Record, Unusable, fault
from analyzer.io.streams import BROKEN, HEAD, Source, blocks

_PAGES = 1 << 20  # bytes of a Parquet column chunk buffered at once
_ROWS = 256  # Parquet rows turned into Python objects at once

csv.field_size_limit(64 << 20)  # the default of 128 KiB refuses long answers; records are bounded anyway


def records(file: InputFile, max_bytes: int) -> Iterator[Record | Fault]:
    """Every record of a JSON, CSV, TSV or Parquet file as an object, or why there is none."""
    with opened(file) as (source, head):
        if not head:
            yield fault(0, "empty_file", "zero bytes")
            return
        if head.startswith(MAGIC):
            yield from _parquet(source)
            return
        try:
            stream = blocks(source, file.path, head)
            start = next(stream, b"")
        except Unusable as error:
            yield fault(0, error.reason, error.detail)
            return
        except BROKEN as error:
            yield fault(0, "corrupt_stream", error)
            return
        stream = chain((start,), stream)
        ending = suffix(file.path)
        if ending in (".csv", ".tsv"):
            found = _delimited(stream, max_bytes, "\t" if ending == ".tsv" else ",")
        else:
            found = _json(start, stream, max_bytes, ending)
        first = next(found, None)
        yield fault(0, "empty_file", "no record in it") if first is None else first
        yield from found


@contextmanager
def opened(file: InputFile) -> Iterator[tuple[Source, bytes]]:
    """The open file, at its beginning, and its first bytes."""
    with open_input(file.uri) as stream:
        source = Source(stream, file.uri)
        head = source.read(HEAD)
        source.seek(0)
        yield source, head


def load(data: bytes) -> dict[str, Any]:
    """One object, NaN and Infinity allowed. Raises `Unusable`."""
    if b"NaN" in data or b"Infinity" in data:
        try:
            value = json.loads(whole_characters(data), strict=False)
        except (ValueError, RecursionError) as error:
            raise Unusable("malformed_json", type(error).__name__) from None
    else:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            value, _ = parse(data, (), repair=True)
    if not isinstance(value, dict):
        raise Unusable("malformed_json", f"{kind(value)} where an object is expected")
    return value


def objects(found: Iterator[Any]) -> Iterator[Record | Fault]:
    """Lines as parsed objects; faults pass."""
    for line in found:
        if isinstance(line, Fault):
            yield line
            continue
        try:
            yield Record(line.number, load(line.data))
        except Unusable as error:
            yield fault(line.number, error.reason, error.detail)


def _json(start: bytes, stream: Iterator[bytes], max_bytes: int, ending: str) -> Iterator[Record | Fault]:
    begin = start.removeprefix(BOM).lstrip()
    first_line = begin.split(b"\n", 1)[0].strip() if b"\n" in begin else b""
    if first_line == b"[" or (begin.startswith(b"[") and ending == ".json"):
        return objects(elements(stream, max_bytes, array=True))
    if first_line == b"{" or ending == ".json":
        return objects(elements(stream, max_bytes, array=False))
    return objects(lines(stream, max_bytes))


def _delimited(stream: Iterator[bytes], max_bytes: int, delimiter: str) -> Iterator[Record | Fault]:
    number = 0
    try:
        reader = csv.reader(_text(stream, max_bytes), delimiter=delimiter)
        header = [name.strip() for name in next(reader, [])]
        for number, row in enumerate(reader, 1):
            if len(row) == len(header):
                yield Record(number, dict(zip(header, row, strict=True)))
            elif row:
                yield fault(number, "malformed_row", f"{len(row)} fields where the header names {len(header)}")
    except csv.Error as error:
        yield fault(number + 1, "malformed_row", error)
    except Unusable as error:
        yield fault(number + 1, error.reason, error.detail)
    except BROKEN as error:
        yield fault(number + 1, "corrupt_stream", error)


def _text(stream: Iterator[bytes], max_bytes: int) -> Iterator[str]:
    """Lines with their ends, for csv, which joins those inside quotes; NUL, which it refuses, becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest = ""
    for block in chain(stream, (b"",)):
        *whole, last = decoder.decode(block, final=not block).replace("\0", "\ufffd").split("\n")
        for piece in whole:
            yield f"{rest}{piece}\n"
            rest = ""
        rest += last
        if len(rest) > max_bytes:
            raise Unusable("line_too_long", f"a line longer than {max_bytes} bytes: is a quote missing?")
    if rest:
        yield rest


def _parquet(source: Source) -> Iterator[Record | Fault]:
    number = 0
    try:
        file = pq.ParquetFile(pa.PythonFile(source, mode="r"), buffer_size=_PAGES, pre_buffer=False)
        for batch in file.iter_batches(batch_size=_ROWS, use_threads=False):
            for value in batch.to_pylist():
                number += 1
                yield Record(number, value)
        if not number:
            yield fault(0, "empty_file", "no record in it")
    except UNREADABLE as error:
        yield fault(number + 1 if number else 0, "corrupt_stream", f"Parquet: {type(error).__name__}")
