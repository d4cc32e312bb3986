"""JSON records: what is mended, what is rejected, and where one record ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from analyzer.io.lines import elements
from analyzer.io.records import Fault, Line
from analyzer.settings import IngestSettings
from tests.io.make import kept, lines, read, rejected, texts

REJECT = IngestSettings(invalid_utf8="reject")
GOOD = b'{"text": "good"}\n'


@pytest.mark.parametrize(
    "line",
    [
        b'{"text": "cut',
        b"plain text",
        b'["text"]',
        b"17",
        b"null",
        b"true",
        b'"a bare string"',
        b'{"text": NaN}',
        b'{"text": "a", "score": NaN}',
        b'{"text": "a"} {"text": "b"}',
        b"{'text': 'a'}",
        b'{"text": "raw \x01 control"}',
        b'{"text": "a", "text": "b"}',
        b'{"text": "a", "url": "http://a.org", "url": "http://b.org"}',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"text": "a", "text": ' + b"[" * 1_010 + b"]" * 1_010 + b"}",
    ],
)
def test_what_is_no_object_is_malformed_and_the_next_line_is_read(tmp_path: Path, line: bytes) -> None:
    items = read(tmp_path, "x.jsonl", GOOD + line + b"\n" + GOOD)
    assert rejected(items) == [("malformed_json", 2)]
    assert [d.record for d in kept(items)] == [1, 3]


def test_a_name_that_is_twice_elsewhere_or_is_a_value_is_no_fault(tmp_path: Path) -> None:
    data = b'{"text": "a", "kind": "text", "meta": {"text": 1, "x": 1, "x": 2}, "n": 1, "n": 2}\n'
    assert kept(read(tmp_path, "x.jsonl", data))[0].text == "a"


def test_blank_lines_crlf_and_byte_order_mark_are_no_records(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "one"}\r\n\r\n  \t\n\n{"text": "two"}\r\n\xef\xbb\xbf{"text": "three"}'
    items = read(tmp_path, "x.jsonl", data)
    assert [(d.record, d.text, d.repaired) for d in kept(items)] == [
        (1, "one", False),
        (2, "two", False),
        (3, "three", False),
    ]
    assert len(items) == 3


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"text": "caf\xe9 \xff"}', "caf\ufffd \ufffd"),
        (rb'{"text": "lone \ud800 high"}', "lone \ufffd high"),
        (rb'{"text": "lone \uDC00 low"}', "lone \ufffd low"),
        (rb'{"text": "\ud83d\ude00 and \ud83d"}', "😀 and \ufffd"),
        (rb'{"text": "\\ud800 is escaped, \ud800 is not"}', "\\ud800 is escaped, \ufffd is not"),
        (b'{"text": "raw surrogate \xed\xa0\x80"}', "raw surrogate \ufffd\ufffd\ufffd"),
    ],
)
def test_bytes_that_are_no_character_are_repaired_or_rejected(tmp_path: Path, line: bytes, text: str) -> None:
    (document,) = kept(read(tmp_path, "x.jsonl", line))
    assert (document.text, document.repaired) == (text, True)
    document.text.encode()
    assert rejected(read(tmp_path, "x.jsonl", line, REJECT)) == [("invalid_utf8", 1)]


@pytest.mark.parametrize("line", [rb'{"text": "a\u0000b"}', b'{"text": "a\x00b"}'])
def test_nul_is_stripped_and_flagged(tmp_path: Path, line: bytes) -> None:
    for settings in (IngestSettings(), REJECT):
        (document,) = kept(read(tmp_path, "x.jsonl", line, settings))
        assert (document.text, document.repaired) == ("ab", True)


def test_control_and_bidi_characters_stay_in_the_text(tmp_path: Path) -> None:
    text = "\x1b[31m red \u202e abc \u2028 \x85 \x1f"
    (document,) = kept(read(tmp_path, "x.jsonl", lines({"text": text})))
    assert (document.text, document.repaired) == (text, False)


# one record over several lines


OBJECTS: list[dict[str, Any]] = [
    {"text": 'quotes " and \\ and ]}, [{', "n": [1, {"a": []}]},
    {"text": "é \n 漢字", "empty": {}},
    {"text": "three"},
]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.json", json.dumps(OBJECTS)),
        ("x.json", "\ufeff  " + json.dumps(OBJECTS, indent=2) + "\n\n"),
        ("x.jsonl", json.dumps(OBJECTS, indent=1)),
        ("x.json", "\n".join(json.dumps(o, indent=4) for o in OBJECTS)),
        ("x.jsonl", "\r\n".join(json.dumps(o, indent="\t") for o in OBJECTS)),
        ("x.json", "\n".join(json.dumps(o) for o in OBJECTS)),
    ],
)
def test_arrays_and_pretty_printed_objects_are_read(tmp_path: Path, name: str, data: str) -> None:
    items = read(tmp_path, name, data.encode())
    assert rejected(items) == []
    assert [(d.record, d.text) for d in kept(items)] == [(i, o["text"]) for i, o in enumerate(OBJECTS, 1)]


def test_one_pretty_printed_object_is_one_record(tmp_path: Path) -> None:
    assert len(read(tmp_path, "dataset_info.json", json.dumps({"a": {"b": [1, 2]}, "c": "d"}, indent=2).encode())) == 1


def test_an_array_that_is_cut_or_continued_is_reported(tmp_path: Path) -> None:
    data = json.dumps(OBJECTS).encode()
    assert rejected(read(tmp_path, "x.json", data[:-1])) == [("corrupt_stream", 3)]
    assert rejected(read(tmp_path, "x.json", data[:-9])) == [("corrupt_stream", 3)]
    assert rejected(read(tmp_path, "x.json", data + b"\n{}")) == [("malformed_json", 4)]
    assert rejected(read(tmp_path, "x.json", b'[{"text":"a"}, 7, "s", null]')) == [
        ("malformed_json", n) for n in (2, 3, 4)
    ]
    assert rejected(read(tmp_path, "x.json", b"[]")) == [("empty_file", 0)]


def test_an_element_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    data = json.dumps([{"text": "a"}, {"text": "[" * 500_000}, {"text": "c"}]).encode()
    items = read(tmp_path, "x.json", data, IngestSettings(max_line_bytes=10_000))
    assert rejected(items) == [("line_too_long", 2)]
    assert [d.record for d in kept(items)] == [1, 3]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    max_leaves=8,
)


@hypothesis(deadline=None)
@given(st.lists(st.dictionaries(st.text(), VALUES), max_size=5), st.integers(1, 9), st.sampled_from([None, 0, 2]))
def test_elements_come_out_whole_wherever_blocks_end(objects: list[Any], size: int, indent: int | None) -> None:
    for array in (True, False):
        text = json.dumps(objects, indent=indent) if array else "\n".join(json.dumps(o, indent=indent) for o in objects)
        data = text.encode()
        blocks = iter([data[i : i + size] for i in range(0, len(data), size)])
        got = list(elements(blocks, 1 << 20, array=array))
        assert not [item for item in got if isinstance(item, Fault)]
        assert [json.loads(item.data) for item in got if isinstance(item, Line)] == objects


@hypothesis(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")).filter(str.strip))
def test_any_text_survives_the_way_through_json(tmp_path: Path, text: str) -> None:
    for ascii_only in (True, False):
        data = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
        (document,) = kept(read(tmp_path, "x.jsonl", data))
        assert (document.text, document.repaired) == (text, False)


def test_details_never_hold_text(tmp_path: Path) -> None:
    secret = b"hunter2"
    data = b"\n".join(
        [secret, b'{"text": ["' + secret + b'", 1]}', b'{"x": "' + secret + b'"}', b'"' + secret + b'"', texts(1)]
    )
    items = read(tmp_path, "x.jsonl", data)
    assert len(rejected(items)) == 4
    assert "hunter2" not in repr([item for item in items if item not in kept(items)])
