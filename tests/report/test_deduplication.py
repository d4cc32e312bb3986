"""What a removal would take is shown with its evidence, and a source that nearly vanishes raises the alarm."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from analyzer.report.page import render
from analyzer.report.summary import from_json, summarise, to_json
from analyzer.report.terminal import closing_table
from analyzer.schemas import TABLES
from analyzer.settings import ReportSettings
from tests.report import builders
from tests.report.test_page import Elements, assert_inert


def sliced(kind: str, name: str, documents: int, removed: int, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "slice_kind": kind,
        "slice": name,
        "documents": documents,
        "clusters": documents - removed,
        "removed": removed,
        "removed_exact": removed // 2,
        "share": removed / documents,
        "shared_documents": removed,
        "largest": 7,
    }
    return row | other


def repeated(kind: str, name: str, share: float | None, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "slice_kind": kind, "slice": name, "clusters": 50, "sentences": 400, "repeated_sentences": 40,
        "characters": 10_000, "repeated_characters": round(10_000 * (share or 0)), "share": share,
        "low": None if share is None else share - 0.05, "high": None if share is None else share + 0.05,
        "confidence": 0.95, "unit": "cluster", "method": "m", "status": "ok" if share is not None else "empty",
    }  # fmt: skip
    return row | other


def member(place: int, number: int, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "place": place, "cluster_id": f"c{place}", "size": 9, "domains": 2, "member": number, "doc_id": f"d{number}",
        "path": f"part-{place}.jsonl", "record": number, "domain": "mirror.example", "is_representative": number == 1,
        "method": "near", "jaccard": 0.8123,
    }  # fmt: skip
    return row | other


DUPLICATES = {
    "duplication": [
        sliced("corpus", "*", 1_000, 240),
        sliced("domain", "mirror.example", 200, 190),
        sliced("domain", "small.example", 19, 19),
        sliced("domain", "whole.example", 781, 31),
        sliced("source", "dump", 20, 18),
    ],
    "crossings": [
        {"domain": "mirror.example", "counted_in": "whole.example", "clusters": 150, "documents": 190},
        {"domain": "whole.example", "counted_in": "mirror.example", "clusters": 2, "documents": 3},
    ],
    "largest_clusters": [member(1, 2), member(1, 1), member(2, 1, size=4)],
    "repeats": [repeated("domain", "whole.example", 0.1), repeated("domain", "mirror.example", 0.4),
                repeated("corpus", "*", 0.15), repeated("domain", "none.example", None)],
}  # fmt: skip
NOTES = {
    "buckets": [{"least": 2, "most": 2, "buckets": 40}, {"least": 3, "most": 4, "buckets": 5}],
    "largest_buckets": [{"members": 812, "band": 3, "doc_id": "aa"}, {"members": 5, "band": 1, "doc_id": "gone"}],
}


def tables(**other: Any) -> dict[str, pa.Table]:
    rows = DUPLICATES | other
    places = pa.table({"doc_id": ["aa"], "path": ["part-9.jsonl"], "record": [77]})
    return builders.tables() | {name: builders.table(name, found) for name, found in rows.items()} | {
        "bucket_places": places
    }  # fmt: skip


def shown(settings: ReportSettings | None = None, **other: Any) -> Any:
    stages = [{"stage": "dedup", "read": 1_000, "kept": 1_000, "rejected": {}, "notes": NOTES}]
    return summarise(tables(**other), builders.run(stages=stages), settings or ReportSettings())


def on_terminal(summary: Any) -> str:
    console = Console(file=StringIO(), width=300)
    console.print(closing_table(summary))
    return console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO of above


def test_the_alarm_names_what_nearly_vanishes_and_spares_what_is_small_or_only_thinned():
    found = shown().deduplication
    assert [(row.slice_kind, row.slice) for row in found.vanishing] == [
        ("domain", "mirror.example"),
        ("source", "dump"),
    ]
    assert "1 of 3 domains and 1 of 1 sources" in found.alarm


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (ReportSettings(vanish_documents=19), ["mirror.example", "small.example", "dump"]),
        (ReportSettings(vanish_share=0.91), ["mirror.example"]),
        (ReportSettings(vanish_share=0.96), []),
    ],
)
def test_the_alarm_follows_its_settings(settings, names):
    found = shown(settings).deduplication
    assert [row.slice for row in found.vanishing] == names
    assert (found.alarm is None) == (not names)


def test_the_alarm_stands_in_the_verdict_the_terminal_the_page_and_the_summary():
    summary = shown()
    alarm = summary.deduplication.alarm
    assert summary.verdict.caveats[0] == alarm
    assert "mirror.example" not in alarm  # a verdict holds no text of the corpus
    assert alarm in on_terminal(summary)
    assert "domain mirror.example: 190 of 200 documents" in on_terminal(summary)
    text = "".join(Elements(render(summary)).text)
    assert text.count(alarm) == 2
    assert json.loads(to_json(summary))["deduplication"]["vanishing"][0]["slice"] == "mirror.example"


def test_without_an_alarm_none_is_shown_anywhere():
    calm = shown(duplication=[sliced("corpus", "*", 1_000, 31), sliced("domain", "whole.example", 1_000, 31)])
    assert calm.deduplication.alarm is None
    assert "nearly empties" not in render(calm) + on_terminal(calm)


def test_evidence_is_where_documents_stand_representative_first_and_never_their_text():
    html = "".join(Elements(render(shown())).text)
    assert "part-1.jsonl:1 (near 0.81), part-1.jsonl:2 (near 0.81) and 7 more" in html
    assert "812 texts with part-9.jsonl:77" in html and "gone" not in html
    stored = TABLES["largest_clusters"].schema.names
    assert not {"text", "subject", "answer", "sentence"} & set(stored)


def test_slices_come_by_what_they_would_lose_and_repeats_by_characters_the_corpus_first():
    found = shown().deduplication
    assert [row.slice for row in found.slices] == ["mirror.example", "whole.example", "small.example", "dump"]
    assert [row.slice for row in found.repeats] == ["*", "mirror.example", "whole.example", "none.example"]
    assert [row.documents for row in found.crossings] == [190, 3]
    html = "".join(Elements(render(shown())).text)
    assert "35–45" in html and "no statements" in html  # an undefined share is said, not left blank


def test_long_tables_are_cut_at_the_setting_and_say_so():
    many = [sliced("domain", f"d{i:03}", 100, 50 - i) for i in range(50)]
    ways = [{"domain": f"d{i:03}", "counted_in": "x", "clusters": 1, "documents": i} for i in range(50)]
    found = shown(ReportSettings(top=10), duplication=[sliced("corpus", "*", 5_000, 300), *many], crossings=ways)
    assert len(found.deduplication.slices) == len(found.deduplication.crossings) == 10
    assert "10 of 50 pairs" in "".join(Elements(render(found)).text)


def test_a_stored_summary_comes_back_as_it_was():
    summary = shown()
    assert from_json(to_json(summary)) == summary
    assert render(from_json(to_json(summary))) == render(summary)


def test_a_run_without_these_tables_says_that_nothing_was_counted():
    html = render(summarise(builders.tables(), builders.run(), ReportSettings()))
    assert "No duplicates were counted in this run." in html and "No sentence was counted." in html


@pytest.mark.parametrize("text", builders.HOSTILE)
def test_hostile_names_and_paths_are_inert(text):
    rows = {
        "duplication": [sliced("corpus", "*", 1_000, 990), sliced("domain", text, 100, 99)],
        "crossings": [{"domain": text, "counted_in": text, "clusters": 1, "documents": 2}],
        "largest_clusters": [member(1, 1, path=text, domain=text)],
        "repeats": [repeated("domain", text, 0.3)],
    }
    summary = shown(**rows)
    assert_inert(render(summary))
    assert "\x1b" not in on_terminal(summary)
