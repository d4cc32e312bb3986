"""Input files for the tests of this folder, all written on the spot."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from warcio.warcwriter import WARCWriter

from analyzer.io.corpus import Document, Reject, documents
from analyzer.io.files import InputFile, list_files
from analyzer.settings import IngestSettings

DEFAULT = IngestSettings()


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue().to_pybytes())


CODECS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstd, ".bz2": bz2.compress}


def lines(*records: Any) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def texts(count: int) -> bytes:
    return lines(*({"text": f"document {i} of many, with a few words in it"} for i in range(1, count + 1)))


def write(folder: Path, name: str, data: bytes) -> InputFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return list_files([str(path)])[0]


def read(folder: Path, name: str, data: bytes, settings: IngestSettings = DEFAULT) -> list[Document | Reject]:
    return list(documents(write(folder, name, data), settings))


def kept(items: Sequence[Document | Reject]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def rejected(items: Sequence[Document | Reject]) -> list[tuple[str, int]]:
    """(reason, record) of each reject."""
    return [(item.reason, item.record) for item in items if isinstance(item, Reject)]


def wet(*documents: tuple[str, bytes], gzipped: bool = True) -> bytes:
    """A WET file as Common Crawl writes it: warcinfo first, one gzip member a record."""
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=gzipped)
    writer.write_record(writer.create_warcinfo_record("sample.warc.wet.gz", {"software": "test"}))
    for url, text in documents:
        record = writer.create_warc_record(
            url, "conversion", payload=io.BytesIO(text), length=len(text), warc_content_type="text/plain"
        )
        writer.write_record(record)
    return sink.getvalue()
