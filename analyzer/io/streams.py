"""The bytes of a file, decompressed as they are read: what its first bytes announce is held against its name.

pyarrow reports every truncated gzip, zstd and bz2 stream (zstandard's own reader ends silently), reads several members
or frames as one (but not an empty bz2 stream between two others, which it reports as truncated), and refuses zstd
windows above 128 MiB. A zstd frame without a checksum can hold a changed byte that nobody can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from analyzer.errors import InputError
from analyzer.io.records import Unusable
from analyzer.logs import mask

# What a compressed file may grow to: text shrinks to a third or a tenth, logs to a hundredth. bz2 and zstd can promise
# a million times their size, so without a limit a file of one megabyte keeps a worker busy for days. Up to FREE_BYTES,
# some seconds of work, any ratio is free.
MAX_RATIO = 1_000
FREE_BYTES = 1 << 30

# One block at most is lost with the place where a stream breaks: its lines before that place are never seen.
BLOCK = 1 << 16
HEAD = 16

_MAGIC = (
    ("gzip", re.compile(rb"\x1f\x8b\x08")),
    ("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")),  # a frame, or a skippable one before it
    ("bz2", re.compile(rb"BZh[1-9](\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)")),  # a block, or the end mark
)
CODECS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd", ".bz2": "bz2"}

BROKEN = (OSError, pa.ArrowException, EOFError)  # what reading a damaged file raises


class Source:
    """An open file whose own read errors are an `InputError`: a lost connection is no damaged file."""

    closed = False

    def __init__(self, file: BinaryIO, uri: str) -> None:
        self._file = file
        self._uri = uri

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise InputError(f"{mask(self._uri)}: reading failed: {mask(str(error.strerror or error))[:200]}") from None

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def close(self) -> None:
        """Whoever opened the file closes it."""

    def flush(self) -> None:
        """pyarrow asks for it."""


def codec(name: str, head: bytes) -> str | None:
    """The codec that the first bytes announce. Raises `Unusable` when the name promises another one."""
    found = next((kind for kind, magic in _MAGIC if magic.match(head)), None)
    promised = next((kind for suffix, kind in CODECS.items() if name.lower().endswith(suffix)), None)
    if promised and found != promised:
        raise Unusable("corrupt_stream", f"named {promised}, but its first bytes are {found or 'not compressed'}")
    return found


def blocks(source: Source, name: str, head: bytes) -> Iterator[bytes]:
    """Decompressed blocks of at most BLOCK bytes. Raises one of BROKEN where the stream breaks."""
    kind = codec(name, head)
    if kind is None:
        while block := source.read(BLOCK):
            yield block
        return
    stream = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), kind)
    # Not `read`, which loses the buffer it made when the stream is broken: 64 KB a file, until the worker is full.
    room, grown = bytearray(BLOCK), 0
    while count := stream.readinto(room):
        grown += count
        if grown > FREE_BYTES and grown > MAX_RATIO * source.tell():
            raise EOFError(f"{grown} bytes from {source.tell()}: more than {MAX_RATIO} times, a decompression bomb?")
        yield bytes(room[:count])
