"""WET files (Common Crawl's extracted text): one record for each WARC record of type `conversion`.

warcio reads the headers. The framing is checked here, because its iterator passes over what does not fit (and shows it
on stderr), takes a body that ends early for whole, and reads a line of any length.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

from analyzer.io.records import Fault, Record, fault
from analyzer.io.streams import BROKEN

logging.getLogger("warcio").addHandler(logging.NullHandler())  # its warnings quote the URLs of a corpus
logging.getLogger("warcio").propagate = False

MAX_HEADER = 1 << 16  # bytes of one record's header; Common Crawl's have about 500


class _Broken(EOFError):
    """The framing does not hold; the message says where, without any text."""


class _Bytes:
    """Blocks as a stream with `read` and `readline`, of which the latter is bounded."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._buffer = bytearray()
        self.header = 0  # bytes of the present record's header

    def _fill(self) -> bool:
        block = next(self._blocks, b"")
        self._buffer += block
        return bool(block)

    def read(self, size: int) -> bytes:
        if not self._buffer:
            self._fill()
        return self._take(min(size, len(self._buffer)))

    def readline(self) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0 and self.header + len(self._buffer) <= MAX_HEADER:
            searched = len(self._buffer)
            if not self._fill():
                break
        line = self._take(end + 1 if end >= 0 else len(self._buffer))
        self.header += len(line)
        if self.header > MAX_HEADER:
            raise _Broken(f"a record header of more than {MAX_HEADER} bytes")
        return line

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def conversions(blocks: Iterator[bytes], max_bytes: int) -> Iterator[Record | Fault]:
    """Text (as bytes), id and URL of each conversion record; other records are read past and have no number."""
    stream, loader, number = _Bytes(blocks), ArcWarcRecordLoader(), 1
    try:
        while line := _next_header(stream):
            record = _load(loader, stream, line)
            length = _length(record)
            if record.rec_type != "conversion":
                _pass(stream, length)
                continue
            if length > max_bytes:
                _pass(stream, length)
                yield fault(number, "text_too_long", f"{length} bytes, ingest.max_text_chars allows {max_bytes}")
            else:
                value = {"text": _body(stream, length), "id": _id(record), "url": _header(record, "WARC-Target-URI")}
                yield Record(number, value)
            number += 1
    except BROKEN as error:
        yield fault(number, "corrupt_stream", error)


def _next_header(stream: _Bytes) -> bytes:
    """The line that begins the next record, b"" at the end."""
    stream.header = 0
    while (line := stream.readline()) and not line.strip():
        stream.header = 0
    if line and not line.startswith(b"WARC/"):
        raise _Broken("no WARC record where one should begin: the one before has a wrong Content-Length, or none has")
    return line


def _load(loader: ArcWarcRecordLoader, stream: _Bytes, line: bytes) -> Any:
    try:
        return loader.parse_record_stream(stream, line, "warc", no_record_parse=True)
    except (ArchiveLoadFailed, ValueError, IndexError, KeyError, AttributeError):  # its messages quote the line
        raise _Broken("a WARC header that cannot be parsed") from None


def _length(record: Any) -> int:
    text = str(_header(record, "Content-Length") or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _Broken("a WARC record without a Content-Length")
    return int(text)


def _body(stream: _Bytes, length: int) -> bytes:
    body = bytearray()
    while len(body) < length:
        piece = stream.read(length - len(body))
        if not piece:
            raise _Broken("the file ends inside a record")
        body += piece
    return bytes(body)


def _pass(stream: _Bytes, length: int) -> None:
    while length:
        piece = stream.read(min(length, MAX_HEADER))
        if not piece:
            raise _Broken("the file ends inside a record")
        length -= len(piece)


def _header(record: Any, name: str) -> str | None:
    value: str | None = record.rec_headers.get_header(name)
    return value


def _id(record: Any) -> str | None:
    return (_header(record, "WARC-Record-ID") or "").strip("<>") or None
