"""Every byte of a file ends in a record or in a fault, whatever is wrong with it."""

from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from analyzer.errors import InputError
from analyzer.io import readers, streams
from analyzer.io.corpus import Reject, documents
from analyzer.io.files import InputFile
from analyzer.io.readers import Fault, Record, format_of, records
from analyzer.io.records import MAX_DETAIL, REASONS
from analyzer.settings import IngestSettings
from tests.io.make import CODECS, DEFAULT, kept, lines, read, rejected, texts, wet, write

MANY = 20_000


@pytest.mark.parametrize("suffix", CODECS)
def test_compression_and_splitting_change_no_text(tmp_path: Path, suffix: str) -> None:
    data, compress = texts(2_000), CODECS[suffix]
    plain = kept(read(tmp_path, "x.jsonl", data))
    assert [d.record for d in plain] == list(range(1, 2_001))
    half = data.index(b"\n", len(data) // 2) + 1
    whole = kept(read(tmp_path, f"x.jsonl{suffix}", compress(data)))
    members = kept(read(tmp_path, f"x.jsonl{suffix}", compress(b"") + compress(data[:100]) + compress(data[100:])))
    first = kept(read(tmp_path, f"a.jsonl{suffix}", compress(data[:half])))
    second = kept(read(tmp_path, f"b.jsonl{suffix}", compress(data[half:])))
    for other in (whole, members, first + second):
        assert [(d.text, d.text_hash) for d in other] == [(d.text, d.text_hash) for d in plain]


@pytest.mark.parametrize("suffix", CODECS)
def test_a_truncated_stream_keeps_its_beginning_and_is_reported(tmp_path: Path, suffix: str) -> None:
    data = CODECS[suffix](texts(MANY))
    for cut in (len(data) // 2, len(data) - 1):
        items = read(tmp_path, f"x.jsonl{suffix}", data[:cut])
        assert 0 < len(kept(items)) < MANY or (suffix == ".bz2" and cut < len(data) - 1)  # its blocks hold 900 kB
        assert rejected(items) == [("corrupt_stream", len(kept(items)) + 1 if kept(items) else 0)]
        assert [d.record for d in kept(items)] == list(range(1, len(kept(items)) + 1))
    with pytest.raises(InputError, match=r"x\.jsonl.*ingest\.on_corrupt"):
        read(tmp_path, f"x.jsonl{suffix}", data[:-1], IngestSettings(on_corrupt="stop"))


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])  # zstd frames need not carry a checksum
def test_a_flipped_bit_is_reported(tmp_path: Path, suffix: str) -> None:
    data = bytearray(CODECS[suffix](texts(MANY)))
    data[len(data) // 2] ^= 0x40
    items = read(tmp_path, f"x.jsonl{suffix}", bytes(data))
    assert rejected(items)[-1][0] == "corrupt_stream"


@pytest.mark.parametrize("suffix", CODECS)
def test_garbage_behind_or_instead_of_a_stream_is_reported(tmp_path: Path, suffix: str) -> None:
    items = read(tmp_path, f"x.jsonl{suffix}", CODECS[suffix](texts(3)) + b"garbage behind it")
    assert rejected(items)[-1][0] == "corrupt_stream"
    assert rejected(read(tmp_path, f"x.jsonl{suffix}", bytes(range(256)))) == [("corrupt_stream", 0)]


def test_suffix_against_first_bytes(tmp_path: Path) -> None:
    assert rejected(read(tmp_path, "plain.jsonl.gz", texts(3))) == [("corrupt_stream", 0)]
    assert rejected(read(tmp_path, "bz2.jsonl.gz", CODECS[".bz2"](texts(3)))) == [("corrupt_stream", 0)]
    assert len(kept(read(tmp_path, "gz.jsonl", gzip.compress(texts(3))))) == 3
    assert len(kept(read(tmp_path, "zst.txt", CODECS[".zst"](b"a text")))) == 1
    assert kept(read(tmp_path, "x.txt", b"BZh is how this text begins"))[0].text.startswith("BZh")


def test_a_line_that_is_too_long_is_passed_over_and_the_next_one_read(tmp_path: Path) -> None:
    data = lines({"text": "one"}, {"text": "x" * 300_000}, {"text": "three"})
    items = read(tmp_path, "x.jsonl", data, IngestSettings(max_line_bytes=1_000))
    assert rejected(items) == [("line_too_long", 2)]
    assert [(d.record, d.text) for d in kept(items)] == [(1, "one"), (3, "three")]


@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.json.gz", "bomb.txt.gz", "bomb.warc.wet.gz"])
def test_a_bomb_of_one_line_does_not_fill_memory(tmp_path: Path, name: str) -> None:
    start = b'[{"text":"' if ".json." in name else b""
    with gzip.open(tmp_path / name, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(200):
            file.write(b"a" * 1_000_000)
        file.write(b"\n" + texts(1) if name == "bomb.jsonl.gz" else b"")
    code = f"""
import resource
from analyzer.io.corpus import Reject, documents
from analyzer.io.files import list_files
from analyzer.settings import IngestSettings
file, = list_files([{str(tmp_path / name)!r}])
settings = IngestSettings(max_line_bytes=1 << 20, max_text_chars=1 << 18)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print([getattr(item, "reason", "kept") for item in documents(file, settings)])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    expected = {
        "bomb.jsonl.gz": ["line_too_long", "kept"],
        "bomb.json.gz": ["line_too_long", "corrupt_stream"],
        "bomb.txt.gz": ["text_too_long"],
        "bomb.warc.wet.gz": ["corrupt_stream"],
    }
    assert out[0] == str(expected[name])
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(out[1]) * unit < 30_000_000


@pytest.mark.parametrize("data", [b"", b"\n \r\n\n", gzip.compress(b"")])
def test_a_file_without_a_record_is_an_empty_file(tmp_path: Path, data: bytes) -> None:
    for name in ("x.jsonl", "x.json", "x.ndjson"):
        assert rejected(read(tmp_path, name, data)) == [("empty_file", 0)]


def test_zero_bytes_are_an_empty_file_in_every_format(tmp_path: Path) -> None:
    for suffix in (*readers.FORMATS, ".jsonl.gz", ".txt.zst"):
        assert rejected(read(tmp_path, f"x{suffix}", b"")) == [("empty_file", 0)]


@pytest.mark.parametrize("name", ["x.docx", "README", "x.gz", "x.parquet.gz", "x.jsonl.lz4", "x.warc.gz"])
def test_an_unknown_name_is_one_reject(tmp_path: Path, name: str) -> None:
    assert rejected(read(tmp_path, name, texts(5))) == [("unknown_format", 0)]


def test_formats_go_by_the_last_suffix_in_any_case() -> None:
    names = ["A.JSONL", "a.b.json.gz", "a.ndjson.zst", "x.TXT.bz2", "CC-MAIN.warc.wet.gz", "p-0.snappy.parquet"]
    assert [format_of(n) for n in names] == ["json", "json", "json", "text", "wet", "parquet"]
    assert format_of("folder.jsonl/readme") is None


def test_a_text_file_is_one_document(tmp_path: Path) -> None:
    (d,) = kept(read(tmp_path, "letters/one.txt", b"\xef\xbb\xbfDear all,\r\n\r\nbye\n"))
    assert d.text == "Dear all,\r\n\r\nbye\n"
    assert (d.source, d.domain, d.record) == ("one", "(none)", 1)
    assert kept(read(tmp_path, "one.txt.gz", gzip.compress(b"same")))[0].text == "same"
    assert rejected(read(tmp_path, "x.txt", b"x" * 50, IngestSettings(max_text_chars=10))) == [("text_too_long", 1)]
    assert rejected(read(tmp_path, "x.txt", b"x" * 11, IngestSettings(max_text_chars=10))) == [("text_too_long", 1)]
    assert rejected(read(tmp_path, "x.txt.gz", gzip.compress(b"cut" * 999)[:-9])) == [("corrupt_stream", 0)]
    assert rejected(read(tmp_path, "x.txt.gz", gzip.compress(b"cut" * 99_999)[:-9])) == [("corrupt_stream", 1)]


# WET


PAGES = (("https://www.example.org/a", "Grüße\nzwei".encode()), ("http://news.example.co.uk/b", b"second page"))


@pytest.mark.parametrize("gzipped", [True, False])
def test_wet_yields_conversion_records_only(tmp_path: Path, gzipped: bool) -> None:
    name = "x.warc.wet.gz" if gzipped else "x.warc.wet"
    first, second = kept(read(tmp_path, name, wet(*PAGES, gzipped=gzipped)))
    assert (first.text, first.url, first.domain, first.source, first.record) == (
        "Grüße\nzwei",
        "https://www.example.org/a",
        "example.org",
        "www.example.org",
        1,
    )
    assert first.user_id is not None
    assert first.user_id.startswith("urn:uuid:")
    assert (second.domain, second.record) == ("example.co.uk", 2)
    assert len(kept(read(tmp_path, "one-member.warc.wet.gz", gzip.compress(wet(*PAGES, gzipped=False))))) == 2


def test_wet_that_ends_early_or_lies_about_a_length_is_reported(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = wet(*PAGES, gzipped=False)
    for cut in (len(whole) - 6, whole.rindex(b"second") - 30):
        assert rejected(read(tmp_path, "x.warc.wet", whole[:cut])) == [("corrupt_stream", 2)]
    for wrong in (b"Content-Length: 5\r", b"Content-Length: -1\r", b"Content-Length: many\r", b"X: 11\r"):
        items = read(tmp_path, "x.warc.wet", whole.replace(b"Content-Length: 11\r", wrong))
        assert [r[0] for r in rejected(items)] == ["corrupt_stream"]
        assert "Content-Length" in next(item.detail for item in items if isinstance(item, Reject))
    assert rejected(read(tmp_path, "x.warc.wet", texts(3))) == [("corrupt_stream", 1)]
    shown = capfd.readouterr()
    assert "second" not in shown.err + shown.out


def test_a_wet_page_that_is_too_long_is_one_reject(tmp_path: Path) -> None:
    data = wet(("http://a.org", b"x" * 500), ("http://b.org", b"short"))
    items = read(tmp_path, "x.warc.wet.gz", data, IngestSettings(max_text_chars=20))
    assert rejected(items) == [("text_too_long", 1)]
    assert [d.record for d in kept(items)] == [2]


# any bytes


HEADS = (
    b"",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"BZh91AY&SY",
    b"PAR1",
    b"WARC/1.0\r\n",
    b"{",
    b"[\n",
    b"[{",
    b"\xef\xbb\xbf",
)
NAMES = [f"x{suffix}{codec}" for suffix, codec in itertools.product(readers.FORMATS, ("", ".gz", ".zst", ".bz2"))]
JSONISH = st.lists(st.sampled_from([*'{}[]",:\\u0d8\n\t ', '"text"', "null", "é"])).map(lambda p: "".join(p).encode())


@hypothesis(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.sampled_from(HEADS), st.one_of(st.binary(max_size=400), JSONISH), st.booleans())
def test_any_bytes_end_in_records_or_faults(tmp_path: Path, name: str, head: bytes, tail: bytes, wrap: bool) -> None:
    data = head + tail
    codec = "." + name.rsplit(".", 1)[-1]
    if wrap and codec in CODECS:
        data = CODECS[codec](data)
    path = tmp_path / name
    path.write_bytes(data)
    file = InputFile(str(path), name, len(data), "")
    for settings in (DEFAULT, IngestSettings(max_line_bytes=20, max_text_chars=5, invalid_utf8="reject")):
        items = list(records(file, settings))
        assert items
        numbers = [item.number for item in items]
        assert numbers == sorted(numbers)
        assert numbers in ([0], list(range(1, len(items) + 1)))  # nothing twice, nothing left out
        for item in items:
            assert isinstance(item, Record) or (item.reason in REASONS and len(item.detail) <= MAX_DETAIL)
        assert len(list(documents(file, settings))) == len(items)


@hypothesis(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["x.parquet", "x.warc.wet.gz", "x.jsonl.zst"]), st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_ends_in_records_or_faults(tmp_path: Path, name: str, at: int, change: int) -> None:
    from tests.io.test_parquet import sample

    data = bytearray(sample() if name == "x.parquet" else wet(*PAGES) if "wet" in name else CODECS[".zst"](texts(50)))
    data[at % len(data)] ^= change
    items = list(records(write(tmp_path, name, bytes(data)), DEFAULT))
    assert items
    assert all(isinstance(item, Record | Fault) for item in items)


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet", "x.warc.wet.gz", "x.txt"])
def test_a_lost_connection_is_an_input_error_and_no_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from tests.io.test_parquet import sample

    data = sample() if "parquet" in name else wet(*PAGES) if "wet" in name else texts(5)
    file = write(tmp_path, name, gzip.compress(data) if name.endswith("l.gz") else data)

    class Lost:
        def __init__(self, opened: BinaryIO) -> None:
            self.opened, self.reads = opened, 0

        def read(self, size: int = -1) -> bytes:
            self.reads += 1
            if self.reads > 1:
                raise OSError(5, "Input/output error")
            return self.opened.read(size)

        def __getattr__(self, name: str) -> object:
            return getattr(self.opened, name)

    original = streams.Source.__init__
    monkeypatch.setattr(streams.Source, "__init__", lambda self, opened, uri: original(self, Lost(opened), uri))
    with pytest.raises(InputError, match="reading failed: Input/output error"):
        list(documents(file, DEFAULT))
