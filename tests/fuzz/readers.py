"""Files of a corpus: whatever the bytes are, every record is a record or a fault, in order, and nothing is left out."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.io import readers
from analyzer.io.corpus import documents
from analyzer.io.files import InputFile
from analyzer.io.lines import lines
from analyzer.io.readers import records
from analyzer.io.records import MAX_DETAIL, REASONS, Record
from analyzer.settings import IngestSettings
from tests.fuzz import mutate
from tests.io import make

DEFAULT = IngestSettings()
TIGHT = IngestSettings(max_line_bytes=60, max_text_chars=20, invalid_utf8="reject", private_suffixes=True)
CODECS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": lambda data: gzip.compress(data, 1), ".zst": make.zstd, ".bz2": lambda data: bz2.compress(data, 1)
}  # fmt: skip
ROWS = (
    {"id": 1, "text": "Tessa Orlane was born in Velmar.", "url": "https://a.example.org/x?y", "source": "a"},
    {"id": "2", "text": "é 漢字 \ud83d\ude00", "meta": {"pile_set_name": "Books"}, "domain": None},
    {"raw_content": "two\nlines", "source_domain": "b.org"},
    {"text": ["one", "two"], "meta": {"pile_set_name": "x"}},
    {"text": None}, {"text": ""}, {"content": "body"}, ["text"], "bare", 3,
)  # fmt: skip


@cache
def seeds() -> dict[str, bytes]:
    """Valid files, by the suffix under which they are read."""
    rows = b"".join(mutate.dumped(row) + b"\n" for row in ROWS)
    page = make.wet(("https://example.org/a", b"Velmar is a town."), ("http://b.org", b"second"), gzipped=False)
    return {
        ".jsonl": rows,
        ".json": b"[" + b",\n".join(mutate.dumped(row) for row in ROWS) + b"]",
        ".ndjson": b'{\n "text": "pretty"\n}\n{\n "text": "printed"\n}\n',
        ".txt": "Dear all,\r\nVelmar is a town. é\n".encode(),
        ".warc.wet": page,
        ".parquet": b"",
    }


@cache
def parquets() -> tuple[bytes, ...]:
    """Parquet files of several codecs, encodings, types and layouts."""
    text = [f"row {i} of many" for i in range(20)]
    tables = (
        (pa.table({"id": list(range(20)), "text": text}), {"row_group_size": 5, "compression": "none"}),
        (pa.table({"text": [text[:2], None] * 10, "url": text}), {"compression": "zstd", "write_page_checksum": True}),
        (pa.table({"text": pa.array(text).dictionary_encode()}), {"compression": "gzip"}),
        (pa.table({"text": [b"caf\xe9", b"ok"], "source": [{"a": 1}, None]}), {"compression": "snappy"}),
        (pa.table({"id": [1.5, None], "meta": [{"pile_set_name": "x"}] * 2, "text": ["a", "b"]}), {"version": "1.0"}),
    )
    made = []
    for table, options in tables:
        sink = io.BytesIO()
        pq.write_table(table, sink, **options)
        made.append(sink.getvalue())
    return tuple(made)


def lines_case(rng: Random, folder: Path) -> None:
    """Plain JSON lines: as many records and faults as there are lines that are not blank."""
    data = _changed(rng, seeds()[".jsonl"])
    name = "x.jsonl"
    if data.startswith((b"PAR1", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh")) or _is_array(name, data):
        data = b"\n" + data[8:]
    found = check(folder, name, data)
    if readers._split(name, data[: 1 << 16]) is lines and found != 0:
        assert found == sum(
            bool(line.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\x0b\x0c")) for line in data.split(b"\n")
        )


def any_case(rng: Random, folder: Path) -> None:
    """Any format under any name, plain or compressed, whole or damaged."""
    suffix = rng.choice(list(seeds()))
    data = _changed(rng, rng.choice(parquets()) if suffix == ".parquet" else seeds()[suffix])
    name = f"x{suffix if rng.random() < 0.8 else rng.choice(list(seeds()))}"
    check(folder, name, data)


def compressed_case(rng: Random, folder: Path) -> None:
    """Damage outside of the compression, inside of it, or both."""
    suffix, codec = rng.choice([s for s in seeds() if s != ".parquet"]), rng.choice(list(CODECS))
    data = seeds()[suffix]
    data = CODECS[codec](_changed(rng, data) if rng.random() < 0.5 else data)
    if rng.random() < 0.3:
        data += CODECS[rng.choice(list(CODECS))](seeds()[suffix])
    data = mutate.mutated(rng, data) if rng.random() < 0.7 else data
    check(folder, f"x{suffix}{codec if rng.random() < 0.9 else rng.choice(list(CODECS))}", data)


def parquet_case(rng: Random, folder: Path) -> None:
    """Parquet with a few bytes changed: in a page, in the footer, anywhere."""
    check(folder, "x.parquet", mutate.mutated(rng, rng.choice(parquets()), rng.choice(parquets())))


def wet_case(rng: Random, folder: Path) -> None:
    """WARC framing that lies."""
    check(folder, "x.warc.wet", mutate.mutated(rng, seeds()[".warc.wet"], seeds()[".warc.wet"]))


def check(folder: Path, name: str, data: bytes) -> int:
    """Reads the bytes as a corpus file in two ways; gives the number of records seen (0: the file as a whole)."""
    path = folder / name
    path.write_bytes(data)
    file = InputFile(str(path), name, len(data), "")
    count = 0
    for settings in (DEFAULT, TIGHT):
        items = list(records(file, settings))
        numbers = [item.number for item in items]
        assert numbers in ([0], list(range(1, len(items) + 1))), "a record is twice there, or left out"
        for item in items:
            assert isinstance(item, Record) or (item.reason in REASONS and len(item.detail) <= MAX_DETAIL)
        found = list(documents(file, settings))
        assert len(found) == len(items), "read is not kept + rejected"
        for document in found:
            if hasattr(document, "text"):
                for name_ in ("text", "domain", "source", "url", "user_id", "doc_id"):
                    assert "\0" not in (getattr(document, name_) or "")
                    (getattr(document, name_) or "").encode()
        count = count or (0 if numbers == [0] else len(items))
    return count


def _changed(rng: Random, data: bytes) -> bytes:
    return mutate.junk(rng) if rng.random() < 0.2 else mutate.mutated(rng, data, seeds()[".json"])


def _is_array(name: str, data: bytes) -> bool:
    return readers._split(name, data[: 1 << 16]) is not lines


TARGETS = {
    "lines": lines_case, "any format": any_case, "compressed": compressed_case, "parquet": parquet_case, "wet": wet_case
}  # fmt: skip
