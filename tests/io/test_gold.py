"""Gold data are read to the character; a row that cannot be used is counted and named, and nothing else happens."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from analyzer.errors import AnalyzerError, InputError
from analyzer.io.gold_gap import read_gap
from analyzer.io.gold_knowledgenet import read_knowledgenet
from analyzer.io.gold_redocred import read_redocred
from tests.evaluation import gold_samples as samples


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [str(path)]


def said(document):
    """(relation, subject, answer, id) with the texts at the spans."""
    return {
        (f.relation, document.text[slice(*f.subject)], document.text[slice(*f.answer)], f.subject_id)
        for f in document.facts
    }


def test_knowledgenet_spans_hold_the_surfaces_that_were_marked(tmp_path):
    gold = read_knowledgenet(jsonl(tmp_path / "kn.jsonl", samples.flat()))
    assert len(gold.documents) == len(samples.PASSAGES) and gold.rejected == {}
    expected = {(p, s.partition("#")[0], a, i or "") for _, facts in samples.PASSAGES for p, s, a, i in facts}
    assert {fact for document in gold.documents for fact in said(document)} == expected


def test_the_published_form_says_the_same_whatever_its_offsets_count_from(tmp_path):
    flat = read_knowledgenet(jsonl(tmp_path / "flat.jsonl", samples.flat()))
    (whole,) = read_knowledgenet(jsonl(tmp_path / "kn.json", samples.published())).documents
    assert said(whole) == {fact for document in flat.documents for fact in said(document)}
    assert [whole.text[slice(*span)] for span, _ in whole.asked] == [text for text, _ in samples.PASSAGES]
    assert all(names == frozenset(samples.ASKED) for _, names in whole.asked)


def test_passages_of_one_document_are_joined_in_their_order_and_every_span_moves_along(tmp_path):
    rows = samples.flat()
    for i, row in enumerate(rows):
        row |= {"doc": "one", "fold": 1, "start": 1000 - i}
    (document,) = read_knowledgenet(jsonl(tmp_path / "kn.jsonl", rows)).documents
    assert document.text.startswith(samples.PASSAGES[-1][0]) and len(document.asked) == len(rows)
    apart = read_knowledgenet(jsonl(tmp_path / "2.jsonl", samples.flat())).documents
    assert said(document) == {fact for passage in apart for fact in said(passage)}


def test_only_the_folds_asked_for_are_read(tmp_path):
    paths = jsonl(tmp_path / "kn.jsonl", samples.flat())
    first, second, all_ = (read_knowledgenet(paths, folds).documents for folds in ({1}, {2}, set()))
    assert {d.name for d in first}.isdisjoint(d.name for d in second)
    assert len(first) + len(second) == len(all_)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"facts": None}, "missing_field"),
        ({"facts": [3]}, "missing_field"),
        ({"text": 7}, "missing_field"),
        ({"fold": True}, "missing_field"),
        ({"start": "0"}, "missing_field"),
        ({"annotated_properties": [{}]}, "missing_field"),
        ({"text": "Somebody else was born elsewhere, in another year."}, "bad_offset"),
    ],
)
def test_a_malformed_passage_is_counted_and_named_and_the_others_are_read(tmp_path, change, reason):
    rows = samples.flat()
    rows[2] |= change
    gold = read_knowledgenet(jsonl(tmp_path / "kn.jsonl", rows))
    assert gold.rejected == {reason: 1} and len(gold.documents) == len(rows) - 1
    assert gold.examples[0].startswith("kn.jsonl:3: ")
    assert "Somebody" not in gold.examples[0]


@pytest.mark.parametrize("start", [-1, -10, 10**9, 2**53])
def test_offsets_outside_of_the_text_are_named(tmp_path, start):
    rows = samples.flat()
    rows[0]["facts"][0] |= {"subject_start": start, "subject_end": start + 3}
    assert read_knowledgenet(jsonl(tmp_path / "kn.jsonl", rows)).rejected == {"bad_offset": 1}


def test_redocred_reads_as_a_person_would_write_it_and_every_name_stands_at_its_span(tmp_path):
    (document,) = read_redocred(jsonl(tmp_path / "re.json", [samples.DOCUMENT])).documents
    assert document.text.startswith("Tessa Orlane (born 4 May 1902 in Velmar) was a painter. Orlane married Edric Sonn")
    assert [name for e in document.entities for _, name in e.names] == [
        "Tessa Orlane", "Orlane", "4 May 1902", "Velmar", "Edric Sonn", "Edric Sonn", "Kestrel Works",
        "Velmar University",
    ]  # fmt: skip
    assert all(document.text[slice(*span)] == name for e in document.entities for span, name in e.names)
    assert (4, "P112", 3) in document.triples and len(document.triples) == 5


def test_quotes_and_contractions_are_written_as_in_a_text(tmp_path):
    tokens = ["She", "called", "it", '"', "Old", "Mill", '"', ",", "did", "n't", "she", "?", "Ann", "'s", "(", "1", ")"]
    rows = [{"title": "t", "sents": [tokens, ['"', "Yes", '"']], "vertexSet": [], "labels": []}]
    (document,) = read_redocred(jsonl(tmp_path / "re.json", rows)).documents
    assert document.text == 'She called it "Old Mill", didn\'t she? Ann\'s (1) "Yes"'


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("labels", [{"r": "P1", "h": 0, "t": 99}], "bad_offset"),
        ("labels", [{"r": "P1", "h": -1, "t": 0}], "bad_offset"),
        ("labels", {}, "missing_field"),
        ("sents", [["a", 3]], "missing_field"),
        ("sents", [], "missing_field"),
        ("vertexSet", [[]], "missing_field"),
        ("vertexSet", [[{"type": "PER", "sent_id": 0, "pos": [3, 999]}]], "bad_offset"),
        ("vertexSet", [[{"type": "PER", "sent_id": -1, "pos": [0, 1]}]], "bad_offset"),
        ("vertexSet", [[{"type": "PER", "sent_id": 0, "pos": [True, 2]}]], "missing_field"),
        ("title", " ", "missing_field"),
    ],
)
def test_a_malformed_document_is_counted_and_named(tmp_path, key, value, reason):
    gold = read_redocred(jsonl(tmp_path / "re.json", [samples.DOCUMENT, samples.DOCUMENT | {key: value}]))
    assert (len(gold.documents), gold.rejected) == (1, {reason: 1}) and "re.json:2" in gold.examples[0]


def test_gap_spans_hold_pronoun_and_names(tmp_path):
    path = tmp_path / "gap.tsv"
    path.write_text(samples.gap().replace("\n", "\r\n"), encoding="utf-8")
    gold = read_gap([str(path)])
    assert [d.text[slice(*d.pronoun)] for d in gold.documents] == ["she", "she", "He"]
    assert [[flag for _, flag in d.names] for d in gold.documents] == [[True, False], [False, True], [False, False]]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("TRUE", "maybe", "missing_field"), ("\t0\t", "\t-1\t", "bad_offset"), ("\t0\t", "\t²\t", "bad_offset"),
     ("\t0\t", "\t99999999999\t", "bad_offset"), ("\tMaud Pereth\t", "\t\t", "bad_offset")],
)  # fmt: skip
def test_a_malformed_row_of_gap_is_counted_and_named(tmp_path, old, new, reason):
    lines = samples.gap().splitlines()
    lines[1] = lines[1].replace(old, new, 1)
    path = tmp_path / "gap.tsv"
    path.write_text("\n".join([*lines, "cut\toff"]), encoding="utf-8")
    gold = read_gap([str(path)])
    assert len(gold.documents) == 2 and "gap.tsv:2" in gold.examples[0]
    assert sum(gold.rejected.values()) == 2 and gold.rejected[reason] >= 1


def test_compressed_files_are_read_and_a_truncated_one_keeps_what_stood_before(tmp_path):
    data = "".join(json.dumps(row) + "\n" for row in samples.flat() * 400).encode()
    whole, cut = tmp_path / "kn.jsonl.gz", tmp_path / "cut.jsonl.gz"
    whole.write_bytes(gzip.compress(data))
    cut.write_bytes(gzip.compress(data)[:-200])
    assert len(read_knowledgenet([str(whole)]).documents) == len(samples.PASSAGES)
    gold = read_knowledgenet([str(cut)])
    assert gold.documents and gold.rejected == {"corrupt_stream": 1}


@pytest.mark.parametrize("reader", [read_knowledgenet, read_redocred, read_gap])
@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"{}", b"[]", b"\x00\xff\xfe", b"[[[[[", b'"', b"null\n", b"\x1f\x8b\x08x"]
)
def test_a_file_of_rubbish_is_one_clear_line(tmp_path, reader, data):
    path = tmp_path / "gold.json"
    path.write_bytes(data)
    with pytest.raises(InputError, match="no gold document could be read") as error:
        reader([str(path)])
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl"):
        read_knowledgenet([str(tmp_path / "none.jsonl")])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@profile(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_replaces_a_part_of_a_row_it_is_read_or_counted(tmp_path_factory, data):
    """Any value anywhere in a row of any format: an AnalyzerError at most."""
    kinds = [(samples.flat(), read_knowledgenet), (samples.published(), read_knowledgenet)]
    rows, reader = data.draw(st.sampled_from([*kinds, ([samples.DOCUMENT], read_redocred)]))
    source = rows[0]
    row = json.loads(json.dumps(source))
    at = row
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans()):
            at = at[key]
        else:
            at[key] = data.draw(JSON)
            break
    path = tmp_path_factory.mktemp("gold") / "g.json"
    path.write_text(json.dumps(row), encoding="utf-8")
    try:
        gold = reader([str(path)])
    except AnalyzerError as error:
        assert "\n" not in str(error)
    else:
        assert len(gold.documents) + sum(gold.rejected.values()) == 1
