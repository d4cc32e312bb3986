"""Parquet input: needed columns only, broken files and pages reported, text decoded by us."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.io.corpus import preview
from analyzer.settings import IngestSettings
from tests.io.make import kept, read, rejected, write


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def sample(rows: int = 30, group: int = 10) -> bytes:
    table = pa.table({"id": list(range(rows)), "text": [f"row {i} " * 20 for i in range(rows)], "score": [0.5] * rows})
    return parquet(table, row_group_size=group, write_page_checksum=True, compression="none", use_dictionary=False)


def test_rows_become_documents_across_row_groups(tmp_path: Path) -> None:
    documents = kept(read(tmp_path, "x.parquet", sample(200, 70)))
    assert [d.record for d in documents] == list(range(1, 201))
    assert documents[199].text == "row 199 " * 20
    assert documents[199].user_id == "199"


def test_only_needed_columns_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    original = pq.ParquetFile.iter_batches

    def spy(self: pq.ParquetFile, *args: Any, columns: list[str], **options: Any) -> Any:
        asked.append(columns)
        return original(self, *args, columns=columns, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", spy)
    assert len(kept(read(tmp_path, "x.parquet", sample(5)))) == 5
    assert asked == [["id", "text"]]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1 not a footer PAR1", b"something else entirely", sample()[:-20]])
def test_a_broken_footer_rejects_the_file(tmp_path: Path, data: bytes) -> None:
    assert rejected(read(tmp_path, "x.parquet", data)) == [("corrupt_stream", 0)]


def test_a_broken_page_rejects_the_rest_from_its_row_on(tmp_path: Path) -> None:
    data = bytearray(sample(30, 10))
    data[data.index(b"row 15 row 15")] ^= 1
    items = read(tmp_path, "x.parquet", bytes(data))
    assert [d.record for d in kept(items)] == list(range(1, 11))
    assert rejected(items) == [("corrupt_stream", 11)]


def test_a_file_without_rows_is_an_empty_file(tmp_path: Path) -> None:
    assert rejected(read(tmp_path, "x.parquet", sample(0))) == [("empty_file", 0)]


def test_a_parquet_file_named_json_is_read_by_its_first_bytes(tmp_path: Path) -> None:
    assert len(kept(read(tmp_path, "x.jsonl", sample(3)))) == 3


def test_text_columns_of_every_arrow_type(tmp_path: Path) -> None:
    plain = pa.array(["a text", None, ""])
    columns = {
        "large": plain.cast(pa.large_string()),
        "binary": plain.cast(pa.binary()),
        "dictionary": plain.dictionary_encode(),
        "list": pa.array([["a", "text"], None, [""]]),
    }
    for name, column in columns.items():
        items = read(tmp_path, f"{name}.parquet", parquet(pa.table({"text": column})))
        assert [d.text for d in kept(items)] == ["a\n\ntext" if name == "list" else "a text"]
        assert rejected(items) == [("missing_text", 2), ("empty_text", 3)]
    for column in (pa.array([1]), pa.array([{"a": "b"}])):
        assert rejected(read(tmp_path, "x.parquet", parquet(pa.table({"text": column})))) == [("missing_text", 1)]


def test_text_that_is_not_utf8_is_repaired_and_flagged(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"caf\xe9", b"fine\x00"], pa.binary()).buffers())
    data = parquet(pa.table({"text": broken, "source": broken}))
    first, second = kept(read(tmp_path, "x.parquet", data))
    assert (first.text, first.repaired, first.source) == ("caf\ufffd", True, "caf\ufffd")
    assert (second.text, second.repaired) == ("fine", True)
    assert rejected(read(tmp_path, "x.parquet", data, IngestSettings(invalid_utf8="reject"))) == [("invalid_utf8", 1)]


def test_members_of_structs_are_fields(tmp_path: Path) -> None:
    table = pa.table({"text": ["t", "u"], "meta": [{"pile_set_name": "Github", "n": 1}, None]})
    first, second = kept(read(tmp_path, "x.parquet", parquet(table)))
    assert (first.source, second.source) == ("Github", "x")


def test_files_with_other_columns_are_counted_row_by_row(tmp_path: Path) -> None:
    data = parquet(pa.table({"label": [1, 2], "n": [1, 2]}))
    assert rejected(read(tmp_path, "x.parquet", data)) == [("missing_text", 1), ("missing_text", 2)]


def test_the_preset_is_chosen_from_the_schema(tmp_path: Path) -> None:
    table = pa.table({n: [""] for n in ("text", "id", "dump", "url", "date", "file_path", "language")})
    (choice,) = preview([write(tmp_path, "x.parquet", parquet(table))], IngestSettings())
    assert choice.fields.preset == "fineweb"
