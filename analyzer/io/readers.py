"""A file -> its records: the format by name and first bytes, then one reader each. Memory is bounded by one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from analyzer.io import parquet, wet
from analyzer.io.fields import PLAIN, WET, Fields, choose, has, names
from analyzer.io.files import InputFile, open_input
from analyzer.io.lines import BOM, elements, lines
from analyzer.io.objects import parse
from analyzer.io.records import Fault, Line, Record, Unusable, fault
from analyzer.io.streams import BROKEN, CODECS, HEAD, Source, blocks
from analyzer.settings import IngestSettings

FIRST = 20  # records looked at to recognise a layout

__all__ = ["Fault", "Record", "format_of", "layout", "records", "suffix"]


def layout(file: InputFile, settings: IngestSettings) -> tuple[Fields, tuple[str, ...]]:
    """The fields to read and the names of those that the first records have; looks at FIRST records at most.

    The first record whose text field is there decides, so that a defective first line does not."""
    kind = format_of(file.path)
    if kind in STREAMED:
        return STREAMED[kind].fields, STREAMED[kind].fields.names
    decided: Fields | None = None
    found: dict[str, None] = {}
    for value in _first(file, settings):
        fields = choose(value, settings)
        found.update(dict.fromkeys(names(value) if isinstance(value, dict) else (fields.text,)))
        if decided is None and (isinstance(value, str) or has(value, fields.text)):
            decided = fields
    return decided or choose({}, settings), tuple(found)


def records(file: InputFile, settings: IngestSettings, fields: Fields | None = None) -> Iterator[Record | Fault]:
    """Every record of a file in order, or why there is none; whatever its bytes are, they never raise.

    fields: what `layout` found. Without it Parquet files choose their own, and an object that has a field twice passes.
    Raises `InputError` when the file cannot be opened or its store fails, which a retry may mend."""
    with open_input(file.uri) as opened:
        source = Source(opened, file.uri)
        head = source.read(HEAD)
        source.seek(0)
        if not head:
            yield fault(0, "empty_file", "zero bytes")
            return
        found = _read(file, source, head, settings, fields)
        first = next(found, None)
        if first is None:
            yield fault(0, "empty_file", "no record in it")
            return
        yield first
        yield from found


def _read(
    file: InputFile, source: Source, head: bytes, settings: IngestSettings, fields: Fields | None
) -> Iterator[Record | Fault]:
    kind = format_of(file.path)
    if kind is None:
        yield fault(0, "unknown_format", f"the name ends in none of {', '.join(FORMATS)} (also with .gz, .zst, .bz2)")
    elif kind == "parquet" or (kind == "json" and head.startswith(parquet.MAGIC)):
        yield from parquet.rows(source, lambda empty: fields or choose(empty, settings))
    else:
        try:
            stream = blocks(source, file.path, head)
            start = next(stream, b"")
        except Unusable as error:
            yield fault(0, error.reason, error.detail)
        except BROKEN as error:
            yield fault(0, "corrupt_stream", error)
        else:
            stream = chain((start,) if start else (), stream)
            if kind in STREAMED:
                yield from STREAMED[kind].records(stream, _bytes(settings))
            else:
                yield from _objects(file.path, start, stream, settings, fields)


def _objects(
    path: str, start: bytes, stream: Iterator[bytes], settings: IngestSettings, fields: Fields | None
) -> Iterator[Record | Fault]:
    wanted = fields.names if fields else ()
    for line in _split(path, start)(stream, settings.max_line_bytes):
        if isinstance(line, Fault):
            yield line
            continue
        try:
            value, mended = parse(line.data, wanted, repair=settings.invalid_utf8 == "repair")
        except Unusable as error:
            yield fault(line.number, error.reason, error.detail)
        else:
            yield Record(line.number, value, mended)


def _split(path: str, start: bytes) -> Callable[[Iterator[bytes], int], Iterator[Line | Fault]]:
    """One record a line, unless the first line shows that records span lines: a lone `[` or `{` (pretty-printed), or
    in a `.json` file anything that opens an array."""
    begin = start.removeprefix(BOM).lstrip()
    first_line = begin.split(b"\n", 1)[0].strip() if b"\n" in begin else b""
    if first_line == b"[" or (begin.startswith(b"[") and suffix(path) == ".json"):
        return lambda stream, limit: elements(stream, limit, array=True)
    if first_line == b"{":
        return lambda stream, limit: elements(stream, limit, array=False)
    return lines


def _whole(stream: Iterator[bytes], limit: int) -> Iterator[Record | Fault]:
    """A text file is one document."""
    text = bytearray()
    try:
        for block in stream:
            text += block
            if len(text) > limit:
                yield fault(1, "text_too_long", f"more than {limit} bytes, ingest.max_text_chars allows no more")
                return
    except BROKEN as error:
        yield fault(1, "corrupt_stream", error)
        return
    yield Record(1, {"text": bytes(text.removeprefix(BOM))})


@dataclass(frozen=True, slots=True)
class Streamed:
    """A format that is read from front to back and has fields of its own."""

    suffixes: tuple[str, ...]
    fields: Fields
    records: Callable[[Iterator[bytes], int], Iterator[Record | Fault]]  # of blocks; so many bytes a text at most


STREAMED = {
    "text": Streamed((".txt",), PLAIN, _whole),
    "wet": Streamed((".warc.wet", ".wet"), WET, wet.conversions),
}
# Formats by how a name ends; the first that fits counts.
FORMATS = {
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    **{suffix: kind for kind, streamed in STREAMED.items() for suffix in streamed.suffixes},
    ".parquet": "parquet",
}


def _bytes(settings: IngestSettings) -> int:
    """Bytes above which a text certainly has too many characters: UTF-8 takes four at most."""
    return 4 * settings.max_text_chars


def _first(file: InputFile, settings: IngestSettings) -> Iterator[dict[str, Any] | str]:
    with open_input(file.uri) as opened:
        source = Source(opened, file.uri)
        head = source.read(HEAD)
        source.seek(0)
        if format_of(file.path) == "parquet" or head.startswith(parquet.MAGIC):
            try:
                yield parquet.shape(source)
            except parquet.UNREADABLE:
                return  # `records` says so
        elif head:
            for item in islice(_read(file, source, head, settings, None), FIRST):
                if isinstance(item, Record):
                    yield item.value


def format_of(path: str) -> str | None:
    """json, text, wet or parquet, from the name alone; None when it ends in nothing that can be read."""
    name = path.rsplit("/", 1)[-1].lower()
    bare = _without_codec(name)
    kind = next((kind for suffix, kind in FORMATS.items() if bare.endswith(suffix)), None)
    return None if kind == "parquet" and bare != name else kind


def suffix(path: str) -> str:
    """The last suffix before that of the compression: `.json` for `a.json.gz`."""
    return "." + _without_codec(path.lower()).rsplit(".", 1)[-1]


def _without_codec(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in CODECS if name.endswith(suffix)), name)
