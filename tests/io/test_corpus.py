"""Records -> documents: fields, domains, ids, rejects, previews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer import ids, schemas
from analyzer.errors import InputError
from analyzer.io.corpus import MAX_PREVIEWED, Document, Reject, document, documents, preview
from analyzer.io.fields import choose, lookup
from analyzer.io.files import list_files
from analyzer.settings import IngestSettings
from analyzer.text.normalize import normalise
from tests.io.make import DEFAULT, kept, lines, read, rejected, wet, write

DOLMA = {
    "id": "d1",
    "text": "words of dolma",
    "source": "common-crawl",
    "added": "2024-01-01",
    "metadata": {"url": "https://sub.example.org/p"},
}
FINEWEB = {
    "text": "words of fineweb",
    "id": "<urn:uuid:1>",
    "dump": "CC-MAIN-2024-10",
    "url": "https://www.example.co.uk/",
    "date": "2024",
    "file_path": "s3://x",
    "language": "en",
    "language_score": 0.9,
    "token_count": 3,
}
REDPAJAMA = {
    "raw_content": "words of redpajama",
    "url": "http://a.example.org/",
    "source_domain": "a.example.org",
    "nlines": 1,
}
C4 = {"text": "words of c4", "timestamp": "2019-04-25T12:57:54Z", "url": "https://blog.example.com/x"}
PILE = {"text": "words of the pile", "meta": {"pile_set_name": "Github"}}
GENERIC = {"id": 7, "source": "news", "domain": "sport", "url": "http://b.example.org", "text": "plain words"}


@pytest.mark.parametrize(
    ("record", "preset", "user_id", "domain", "source"),
    [
        (DOLMA, "dolma", "d1", "example.org", "common-crawl"),
        (FINEWEB, "fineweb", "<urn:uuid:1>", "example.co.uk", "www.example.co.uk"),
        (REDPAJAMA, "redpajama-v2", None, "example.org", "a.example.org"),
        (C4, "c4", None, "example.com", "blog.example.com"),
        (PILE, "pile", None, "Github", "Github"),
        (GENERIC, "generic", "7", "sport", "news"),
        ({"text": "bare"}, "generic", None, "(none)", "x-train"),
        ({"content": "other name"}, "generic", None, "(none)", "x-train"),
    ],
)
def test_presets(
    tmp_path: Path, record: dict[str, Any], preset: str, user_id: str | None, domain: str, source: str
) -> None:
    name = "x-train.00000-of-01024.json"
    (got,) = kept(read(tmp_path, name, lines(record)))
    assert (got.user_id, got.domain, got.source) == (user_id, domain, source)
    assert got.text in record.values()
    assert choose(record, DEFAULT).preset == preset


def test_pile_lines_may_hold_a_list_or_be_bare_strings(tmp_path: Path) -> None:
    data = lines({"text": ["one", "two"], "meta": {"pile_set_name": "X"}}, "a bare string", {"text": "no meta"})
    got = kept(read(tmp_path, "00.jsonl", data))
    assert [(d.text, d.source) for d in got] == [("one\n\ntwo", "X"), ("a bare string", "00"), ("no meta", "00")]
    assert [d.text for d in kept(read(tmp_path, "01.jsonl", lines("first", "second")))] == ["first", "second"]


def test_the_first_record_that_has_a_text_decides_not_a_defective_one(tmp_path: Path) -> None:
    items = read(tmp_path, "x.jsonl", b'{"cut\n' + lines({"note": 1}, C4))
    assert rejected(items) == [("malformed_json", 1), ("missing_text", 2)]
    assert kept(items)[0].source == "blog.example.com"


def test_explicit_fields_win_and_dotted_paths_reach_members(tmp_path: Path) -> None:
    settings = IngestSettings(
        text_field="doc.body", id_field="doc.key", domain_field="topic", source_field="a.b", url_field="u"
    )
    record = {
        "doc": {"body": "the words", "key": 3},
        "text": "not this",
        "topic": "law",
        "a.b": "court",
        "u": "http://c.org",
    }
    (got,) = kept(read(tmp_path, "x.jsonl", lines(record), settings))
    assert (got.text, got.user_id, got.domain, got.source, got.url) == (
        "the words",
        "3",
        "law",
        "court",
        "http://c.org",
    )
    assert lookup({"a": {"b": 1}, "a.b": 2}, "a.b") == 2


def test_domain_falls_back_from_field_to_url_to_source_to_none(tmp_path: Path) -> None:
    base = {"text": "t", "domain": "d", "url": "http://www.h.org", "source": "s"}
    without = [base, base | {"domain": ""}, base | {"domain": None, "url": "not a url"}, {"text": "t", "domain": [1]}]
    got = kept(read(tmp_path, "x.jsonl", lines(*without)))
    assert [(d.domain, d.source) for d in got] == [("d", "s"), ("h.org", "s"), ("s", "s"), ("(none)", "x")]


def test_private_suffixes_are_a_setting(tmp_path: Path) -> None:
    data = lines({"text": "t", "url": "http://alice.github.io"})
    assert kept(read(tmp_path, "x.jsonl", data))[0].domain == "github.io"
    assert kept(read(tmp_path, "x.jsonl", data, IngestSettings(private_suffixes=True)))[0].domain == "alice.github.io"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"id": 1}, "missing_text"),
        ({"text": None}, "missing_text"),
        ({"text": 5}, "missing_text"),
        ({"text": {"a": "b"}}, "missing_text"),
        ({"text": ["a", 5]}, "missing_text"),
        ({"text": True}, "missing_text"),
        ({"text": ""}, "empty_text"),
        ({"text": " \n\t\u3000"}, "empty_text"),
        ({"text": "\0"}, "empty_text"),
        ({"text": []}, "empty_text"),
        ({"text": "x" * 31}, "text_too_long"),
    ],
)
def test_records_without_usable_text_are_rejected_with_a_reason(tmp_path: Path, record: Any, reason: str) -> None:
    items = read(
        tmp_path, "x.jsonl", lines({"text": "good"}, record, {"text": "x" * 30}), IngestSettings(max_text_chars=30)
    )
    assert rejected(items) == [(reason, 2)]
    assert [d.record for d in kept(items)] == [1, 3]


def test_ids_of_the_user_are_payload_and_may_be_anything(tmp_path: Path) -> None:
    values = [None, 7, "seven", "seven", 1.5, True, [1], {"a": 1}, "", "  x "]
    got = kept(read(tmp_path, "x.jsonl", lines(*({"text": "same", "id": v} for v in values))))
    assert [d.user_id for d in got] == [None, "7", "seven", "seven", "1.5", None, None, None, None, "x"]
    assert len({d.doc_id for d in got}) == len(values)
    assert len({d.text_hash for d in got}) == 1


def test_a_document_holds_what_its_columns_say(tmp_path: Path) -> None:
    text = "Two  words – 漢字."
    (got,) = kept(read(tmp_path, "deep/er/x.jsonl", lines({"text": text})))
    assert got.doc_id == ids.document_id("x.jsonl", 1, text)
    assert got.text_hash == ids.digest(normalise(text)) == ids.digest("two words 漢字")
    assert (got.characters, got.words) == (len(text), 4)
    columns = {name for name in Document.__dataclass_fields__ if name != "text"}
    assert columns == set(schemas.DOCUMENTS.schema.names)
    assert list(Reject.__dataclass_fields__) == schemas.REJECTS.schema.names


def test_a_record_is_read_again_by_path_and_number(tmp_path: Path) -> None:
    settings = IngestSettings(max_line_bytes=200)
    file = write(tmp_path, "x.jsonl", lines({"text": "one"}, {"text": "x" * 300}, {"text": ""}, {"text": "four"}))
    assert [document(file, n, settings) for n in (2, 3, 5, 0)] == [None] * 4
    for found in kept(list(documents(file, settings))):
        assert document(file, found.record, settings) == found
    pages = write(tmp_path, "x.warc.wet.gz", wet(("http://a.org", b"one"), ("http://b.org", b"two")))
    again = document(pages, 2, DEFAULT)
    assert again is not None
    assert again.text == "two"


# preview


def test_preview_opens_one_file_a_layout(tmp_path: Path) -> None:
    for i in range(30):
        write(tmp_path, f"c4/c4-train.{i:05d}-of-00030.json", lines(C4))
    write(tmp_path, "pile/00.jsonl", lines(PILE))
    write(tmp_path, "notes/a.txt", b"words")
    write(tmp_path, "notes/b.docx", b"words")
    choices = preview(list_files([str(tmp_path)]), DEFAULT)
    assert [(c.path, c.fields.preset) for c in choices] == [
        ("c4/c4-train.00000-of-00030.json", "c4"),
        ("notes/a.txt", "plain"),
        ("pile/00.jsonl", "pile"),
    ]
    assert "meta.pile_set_name" in choices[2].available


def test_preview_opens_a_limited_number_of_files(tmp_path: Path) -> None:
    for i in range(MAX_PREVIEWED + 9):
        write(tmp_path, f"{i}/x.jsonl", lines(C4))
    assert len(preview(list_files([str(tmp_path)]), DEFAULT)) == MAX_PREVIEWED


@pytest.mark.parametrize("setting", ["text_field", "id_field", "domain_field", "source_field", "url_field"])
def test_a_wrong_field_name_is_told_before_anything_runs(tmp_path: Path, setting: str) -> None:
    file = write(tmp_path, "x.jsonl", lines(DOLMA))
    with pytest.raises(InputError) as caught:
        preview([file], IngestSettings(**{setting: "txet"}))
    for part in ("x.jsonl", setting, "'txet'", "metadata.url", "text"):
        assert part in str(caught.value)
    preview([write(tmp_path, "x.txt", b"words")], IngestSettings(**{setting: "txet"}))


def test_files_without_any_text_field_are_told_unless_others_have_one(tmp_path: Path) -> None:
    info = write(tmp_path, "info.json", b'{"rows": 3}')
    with pytest.raises(InputError, match=r"info\.json.*rows.*ingest\.text_field"):
        preview([info], DEFAULT)
    assert len(preview([info, write(tmp_path, "x.jsonl", lines(C4))], DEFAULT)) == 2
    preview([info, write(tmp_path, "x.txt", b"words")], DEFAULT)
