"""Inspect logs: `.json` (one object whose `samples` may be gigabytes) and `.eval` (a zip with one member a sample).

A sample that ran several epochs is there once an epoch: the rows share an item id and differ in `epoch`. One scorer is
kept: the one asked for, else the first that the log declares. Values are C, I, P (partial), N (no answer), or numbers.
`match`, `includes` and `exact` score a refusal as I, so grades of a log without N are searched for phrases.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, cast

import pyarrow as pa

from analyzer.errors import ConfigError
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, Scalar, mapping, number, stem, text, texts, whole
from analyzer.io.eval_logs.source import load, objects, opened
from analyzer.io.files import InputFile
from analyzer.io.lines import elements
from analyzer.io.records import Fault, Record, Unusable, fault
from analyzer.io.streams import BROKEN, Source, blocks

NAME = "inspect"
LETTERS: dict[str, Scalar] = {"C": "correct", "I": "wrong", "P": 0.5, "N": "abstained"}
_TARGETS = ("t", "target_confidence", "confidence_target", "confidence_threshold")
_TOPICS = ("topic", "category", "subject", "domain", "type")
_ZSTD = 93  # zip's number for zstandard, which Python's zipfile reads only from 3.14 on
_LOCAL = struct.Struct("<26xHH")  # of a zip member's local header: lengths of its name and of its extra field
# What a damaged archive raises beside BROKEN: each decompressor has an error of its own, an encrypted member is a
# RuntimeError, an offset or a name that cannot be is a ValueError.
_BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, ValueError,
    OverflowError, *BROKEN,
)  # fmt: skip
_TOKEN = re.compile(rb'["{}\[\]]')


def fits(value: dict[str, Any]) -> bool:
    """A log's header, by its keys."""
    return isinstance(value.get("eval"), dict) and "status" in value


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    with opened(file) as (source, head):
        found = _zipped(source, options) if head.startswith(b"PK\x03\x04") else _plain(file, source, head, options)
        header: dict[str, Any] = {}
        for record in found:
            if isinstance(record, Fault):
                yield record
            elif record.number == 0:
                header = cast("dict[str, Any]", record.value)
            else:
                yield _row(file, record.number, cast("dict[str, Any]", record.value), header, options, notes)


def header(source: Source, head: bytes, name: str, max_bytes: int) -> dict[str, Any] | None:
    """What stands before the samples of a `.json` log, or None when it is no log."""
    try:
        return next(_split(blocks(source, name, head), max_bytes))[0]
    except (Unusable, StopIteration, *BROKEN):
        return None


def _row(file: InputFile, record: int, value: dict[str, Any], log: dict[str, Any], options: ReadOptions,
         notes: Notes) -> Row | Fault:  # fmt: skip
    about, scores = mapping(log.get("eval")), mapping(value.get("scores"))
    name = _scorer(file, about, scores, options.filter)
    if name:
        notes.chosen["scorer"] = name
    score = scores.get(name) if name else None
    output, metadata, arguments = (
        mapping(place) for place in (value.get("output"), value.get("metadata"), about.get("task_args"))
    )
    if text(value.get("id")) is None:
        return fault(record, "no_item_id", "a sample without id")
    response = text(output.get("completion"))
    if response is None and isinstance(score, dict):
        response = text(score.get("answer"))
    return Row(
        record,
        item_id=text(value["id"]),
        model=text(about.get("model")),
        benchmark=text(about.get("task")) or stem(file),
        epoch=whole(value.get("epoch")),
        target=_first(_TARGETS, metadata, arguments),
        topic=next((found for key in _TOPICS if (found := text(metadata.get(key)))), None),
        question=_question(value.get("input")),
        golds=texts(value.get("target")),
        response=response,
        grade=_grade(score),
        error=bool(value.get("error")),
        confidence=_confidence(score, metadata),
        filter=name,
    )


def _scorer(file: InputFile, about: dict[str, Any], scores: dict[str, Any], asked: str | None) -> str | None:
    if asked is not None:
        if scores and asked not in scores:
            raise ConfigError(f"{file.path}: no scorer {asked!r}: it has {', '.join(scores)}")
        return asked
    listed = about.get("scorers")
    declared = [text(s.get("name")) for s in listed if isinstance(s, dict)] if isinstance(listed, list) else []
    return next((name for name in declared if name in scores), next(iter(scores), None))


def _grade(score: Any) -> Scalar:
    value = mapping(score).get("value")
    if isinstance(value, str):
        return LETTERS.get(value.strip(), value)
    return value if isinstance(value, int | float) else None


def _confidence(score: Any, metadata: dict[str, Any]) -> float | None:
    return _first(("confidence",), mapping(mapping(score).get("metadata")), metadata)


def _first(names: tuple[str, ...], *places: dict[str, Any]) -> float | None:
    return next((found for place in places for n in names if (found := number(place.get(n))) is not None), None)


def _question(value: Any) -> str | None:
    """The input's text, or that of its last message by the user."""
    if isinstance(value, list):
        messages = [m for m in value if isinstance(m, dict) and m.get("role") == "user"]
        return text(messages[-1].get("content")) if messages else None
    return text(value)


# the two containers: each yields the header as record 0, then the samples from 1


def _plain(file: InputFile, source: Source, head: bytes, options: ReadOptions) -> Iterator[Record | Fault]:
    try:
        log, samples = next(_split(blocks(source, file.path, head), options.max_record_bytes))
        yield Record(0, log)
        for found in objects(elements(samples, options.max_record_bytes, array=True)):
            # `elements` also says that more stands behind the array: here that is the rest of the log
            if not (isinstance(found, Fault) and found.detail.startswith("there is more behind")):
                yield found
    except Unusable as error:
        yield fault(0, error.reason, error.detail)
    except BROKEN as error:
        yield fault(0, "corrupt_stream", error)


def _split(stream: Iterator[bytes], max_bytes: int) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    """(members before `samples`, the stream from the bracket that opens it), once; the header is all that is held."""
    buffer, position, depth, key, in_string = bytearray(), 0, 0, -1, False
    for block in stream:
        buffer += block
        while token := (re.compile(rb'["\\]') if in_string else _TOKEN).search(buffer, position):
            position = token.end()
            if token[0] == b"\\":
                if position == len(buffer):
                    position -= 1
                    break
                position += 1
            elif token[0] == b'"':
                in_string = not in_string
                key = position - 1 if in_string and depth == 1 else key
            elif token[0] in b"{[":
                if token[0] == b"[" and depth == 1 and re.fullmatch(rb'"samples"\s*:\s*\[', buffer[key:position]):
                    members = bytes(buffer[:key]).rstrip().removesuffix(b",") + b"}"
                    yield load(members), chain((bytes(buffer[position - 1 :]),), stream)
                    return
                depth += 1
            else:
                depth -= 1
        if len(buffer) > max_bytes:
            raise Unusable("line_too_long", f"more than {max_bytes} bytes before its samples")
    yield load(bytes(buffer)), iter((b"[]",))


def _zipped(source: Source, options: ReadOptions) -> Iterator[Record | Fault]:
    try:
        archive = zipfile.ZipFile(cast("BinaryIO", source))
        names = {info.filename: info for info in archive.infolist()}
        start = names.get("header.json") or names.get("_journal/start.json")
        if start is None:
            raise Unusable("malformed_json", "no header.json in the archive: is it an Inspect log?")
        if start.file_size > options.max_record_bytes:
            raise Unusable("line_too_long", f"a header longer than {options.max_record_bytes} bytes")
        log = load(_member(archive, source, start))
        yield Record(0, log if isinstance(log.get("eval"), dict) else {"eval": log})
    except Unusable as error:
        yield fault(0, error.reason, error.detail)
        return
    except _BAD_ZIP as error:
        yield fault(0, "corrupt_stream", type(error).__name__)
        return
    samples = sorted(name for name in names if name.startswith("samples/") and name.endswith(".json"))
    for record, name in enumerate(samples, 1):
        if names[name].file_size > options.max_record_bytes:
            yield fault(record, "line_too_long", f"longer than {options.max_record_bytes} bytes")
            continue
        try:
            yield Record(record, load(_member(archive, source, names[name])))
        except Unusable as error:
            yield fault(record, error.reason, error.detail)
        except _BAD_ZIP as error:
            yield fault(record, "corrupt_stream", type(error).__name__)


def _member(archive: zipfile.ZipFile, source: Source, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type != _ZSTD:
        return archive.read(info)
    source.seek(info.header_offset)
    name, extra = _LOCAL.unpack(source.read(_LOCAL.size))
    source.seek(info.header_offset + _LOCAL.size + name + extra)
    packed = source.read(info.compress_size)
    room = bytearray(info.file_size + 1)  # `read` would lose its buffer when the stream is broken
    count = pa.CompressedInputStream(pa.BufferReader(packed), "zstd").readinto(room)
    if count != info.file_size:
        raise Unusable("corrupt_stream", "a member is not as long as the archive says")
    return bytes(room[:count])
