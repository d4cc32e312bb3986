"""Evidence is the sentence that was audited, or nothing; shown neutralised, and masked unless asked otherwise."""

from __future__ import annotations

import dataclasses
import io
import json

import pyarrow.dataset as ds
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from analyzer import ids
from analyzer.io import corpus, runs
from analyzer.io.files import list_files
from analyzer.io.manifest import Counts, Manifest
from analyzer.report import evidence
from analyzer.settings import Config
from tests.report import builders

TEXT = "Intro. Ada Lovelace was born in\n1815 \x1b[31m(write ada@example.org). The end."
START, END = 7, len(TEXT) - 9


def world(texts: dict[tuple[str, int], str], subjects=("Ada Lovelace",), relation="born_in", surface="Ada Lovelace"):
    mentions, documents = [], []
    for (path, record), text in texts.items():
        doc_id = ids.document_id(path, record, text)
        documents.append(
            {"doc_id": doc_id, "path": path, "record": record, "user_id": None, "domain": "d", "source": "s",
             "url": None, "characters": len(text), "words": 3, "text_hash": "x", "repaired": False}
        )  # fmt: skip
        for i, subject in enumerate(subjects):
            mentions.append(
                {"doc_id": doc_id, "sentence": 1, "sentence_start": START, "sentence_end": END, "sentence_hash": 1,
                 "prompt_id": 1, "fact_id": 1, "subject": subject, "subject_type": "person", "relation": relation,
                 "answer": "1815", "answer_type": "date", "subject_start": 7, "subject_end": 19, "answer_start": 32 + i,
                 "answer_end": 36, "tier": "typed", "pattern": "p", "resolution": "name", "abstention": False,
                 "window": 3, "surface": surface}
            )  # fmt: skip
    return ds.dataset(builders.table("mentions", mentions)), ds.dataset(builders.table("documents", documents))


def shown(texts, read=None, show=False, **kw):
    total, places = evidence.find(*world(texts), "Ada Lovelace", **kw)
    return total, evidence.sentences(places, read or (lambda path, record: texts[path, record]), show=show)


def test_the_sentence_is_read_at_its_offsets_from_the_source():
    total, (row,) = shown({("a.jsonl", 3): TEXT}, show=True)
    assert total == 1 and (row.path, row.record, row.status) == ("a.jsonl", 3, "ok")
    assert row.text.startswith("Ada Lovelace was born in 1815") and row.text.endswith("(write ada@example.org).")


def test_escape_sequences_are_shown_and_personal_data_masked_unless_asked():
    (_, (row,)), (_, (open_,)) = shown({("a", 1): TEXT}), shown({("a", 1): TEXT}, show=True)
    assert "\x1b" not in row.text + open_.text and "\\x1b[31m" in row.text
    assert "ada@example.org" not in row.text and "[email]" in row.text and "ada@example.org" in open_.text


def test_a_source_that_changed_shows_no_sentence():
    _, (row,) = shown({("a", 1): TEXT}, read=lambda path, record: TEXT.replace("1815", "1816"))
    assert (row.status, row.text) == ("changed", "")


def test_a_source_that_is_gone_shows_no_sentence():
    def gone(path, record):
        raise FileNotFoundError(path)

    _, (row,) = shown({("a", 1): TEXT}, read=gone)
    assert (row.status, row.text) == ("unreadable", "")
    assert shown({("a", 1): TEXT}, read=lambda path, record: None)[1][0].status == "unreadable"


def test_case_is_ignored_only_if_nothing_matches_exactly():
    texts = {("a", 1): TEXT}
    assert evidence.find(*world(texts, ["ADA", "Ada"]), "Ada")[0] == 1
    assert evidence.find(*world(texts, ["ADA", "Ada"]), "ada ")[0] == 2
    assert evidence.find(*world(texts), "Bob")[0] == 0


def test_what_an_alias_gave_another_key_is_found_as_texts_write_it():
    texts = {("a", 1): TEXT}
    total, places = evidence.find(*world(texts, ["Q7259", "Q1"], surface="Ada King"), "ada king")
    assert total == 2 and {place.subject for place in places} == {"Q7259", "Q1"}
    assert evidence.find(*world(texts, ["Q7259", "ada king"], surface="Ada King"), "ada king")[0] == 1
    found = evidence.Evidence(total, evidence.sentences(places, lambda path, record: texts[path, record]))
    stream = io.StringIO()
    Console(file=stream, width=160, color_system=None).print(found.table())
    assert "subject" in stream.getvalue() and "Q7259" in stream.getvalue()


def test_a_relation_narrows_the_search():
    texts = {("a", 1): TEXT}
    assert evidence.find(*world(texts), "Ada Lovelace", "born_in")[0] == 1
    assert evidence.find(*world(texts), "Ada Lovelace", "capital")[0] == 0


def test_the_first_by_document_are_shown_and_all_are_counted():
    texts = {("a", i): TEXT + str(i) for i in range(30)}
    total, rows = shown(texts, limit=4)
    back = dict(reversed(texts.items()))
    assert total == 30 and len(rows) == 4
    assert shown(back, limit=4) == (total, rows)


def test_a_document_with_several_mentions_is_read_once():
    reads = []

    def read(path, record):
        reads.append(path)
        return TEXT

    _, places = evidence.find(*world({("a", 1): TEXT}, ["Ada", "Ada"]), "Ada")
    assert len(evidence.sentences(places, read)) == 2 and reads == ["a"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=80))
def test_whatever_a_text_holds_its_evidence_is_printable(middle):
    text = TEXT[:START] + middle + TEXT[START:]
    _, rows = shown({("p\x1b[0m", 1): text}, show=True)
    found = evidence.Evidence(1, rows)
    stream = io.StringIO()
    Console(file=stream, width=120, color_system=None).print(found.table())
    assert all(c.isprintable() or c == "\n" for c in stream.getvalue())
    assert json.loads(json.dumps(found.as_dicts()))["sentences"][0]["status"] == "ok"


def test_evidence_of_a_run_is_read_from_the_files_that_were_audited(tmp_path):
    source = tmp_path / "corpus" / "part.jsonl"
    source.parent.mkdir()
    source.write_text(json.dumps({"text": "Nothing."}) + "\n" + json.dumps({"text": TEXT}) + "\n", encoding="utf-8")
    (file,) = list_files([str(source)])
    run = runs.opened(str(tmp_path / "run"), create=True)
    run.write(runs.INPUTS, json.dumps([dataclasses.asdict(file)]))
    run.write(runs.SETTINGS, Config().to_toml())
    audited = {(d.path, d.record): d.text for d in corpus.documents(file, Config().ingest)}
    mentions, documents = world({at: text for at, text in audited.items() if text.startswith("Intro")})
    for stage, name, dataset in (("extract", "mentions", mentions), ("ingest", "documents", documents)):
        run.write_table(stage, name, dataset.to_table())
        files = {name: run.written(stage, name)}
        run.commit(Manifest(stage, "f", Counts(1, 1), files, {}, {}, "0"))

    found = evidence.of_run(str(tmp_path / "run"), "Ada Lovelace")
    assert [(row.record, row.status) for row in found.sentences] == [(2, "ok")]
    assert found.sentences[0].text.startswith("Ada Lovelace was born in 1815")

    source.write_text(source.read_text(encoding="utf-8").replace("1815", "1816"), encoding="utf-8")
    assert [row.status for row in evidence.of_run(str(tmp_path / "run"), "Ada Lovelace").sentences] == ["changed"]
