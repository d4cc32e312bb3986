"""`monofact score` as a user runs it: what it writes, what it prints, and how it refuses."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.cli import main
from analyzer.io import runs
from analyzer.schemas import TABLES
from analyzer.schemas.evaluation import EVALUATION
from tests.evaluation.answers import batches, believing, birthdays
from tests.io import logs

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e{{7*7}}"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["score", *map(str, arguments)])
    return int(ended.value.code or 0)


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Items as a log in columns."""
    names = ("model", "benchmark", "item_id", "outcome", "topic", "confidence", "target", "response")
    return logs.jsonl(path, [{name: row[name] for name in names if row[name] is not None} for row in rows])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written(tmp_path / "birthdays.jsonl", birthdays())


def test_a_scoring_is_a_run_with_every_table(log, tmp_path, capsys):
    assert run(log, "--out", tmp_path / "out", "--json") == 0
    captured = capsys.readouterr()
    printed = json.loads(captured.out)
    assert printed["summary"]["verdict"]["sentence"] == (
        "The ranking depends on what a mistake costs: gpt-3.5-turbo-0613 is 4th on birthdays with binary grading and "
        "2nd when a wrong answer costs 3 (confidence target 0.75)."
    )
    assert {(f["model"], f["rank_binary"], f["rank"]) for f in printed["summary"]["flips"] if f["t"] == 0.75} == {
        ("gpt-3.5-turbo-0613", 4, 2), ("claude-3-opus", 2, 4)
    }  # fmt: skip
    assert "2000 records read, 2000 kept" in captured.err and "#2" in captured.err
    found = runs.opened(str(tmp_path / "out"))
    manifest = found.finished("score")
    assert (manifest.counts.read, manifest.counts.kept, manifest.rows("items")) == (2000, 2000, 2000)
    assert {table.name for table in EVALUATION} | {"rejects"} == manifest.tables.keys()
    for table in EVALUATION:
        assert pq.read_schema(tmp_path / f"out/score/{table.name}/part-0.parquet").equals(table.schema), table.name
        assert found.table(table.name).num_rows == manifest.rows(table.name)
    assert (tmp_path / "out/_COMPLETE.json").exists()


def test_the_same_command_again_gives_the_same_bytes(log, tmp_path, capsys):
    out = tmp_path / "out"
    kept = []
    for _ in range(2):
        assert run(log, "--out", out, "--quiet") == 0
        kept.append({p.relative_to(out): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
    assert kept[0] == kept[1]
    assert capsys.readouterr() == ("", "")


def test_rejects_say_why_without_a_word_of_the_log(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "correct": 1, "response": "secret"}] * 2)
    assert run(path, "--out", tmp_path / "out", "--quiet") == 0
    (row,) = pq.read_table(tmp_path / "out/score/rejects").to_pylist()
    assert (row["stage"], row["reason"], row["path"], row["record"]) == ("score", "duplicate_id", "x.jsonl", 2)
    assert "secret" not in json.dumps(row) and pa.schema(TABLES["rejects"].schema) is not None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["{log}"], 2, "Missing option '--out'"),
        (["{log}", "--out", "{out}", "-t", "1"], 2, "target 1.0: a confidence target lies at 0 or above and below 1"),
        (["{log}", "--out", "{out}", "--penalty", "-2"], 2, "the points a wrong answer costs are 0 or more"),
        (["{log}", "--out", "{out}", "--map", "grade"], 2, "write field=column"),
        (["{log}", "--out", "{out}", "--map", "grade=no"], 2, "has no column 'no'"),
        (["{log}", "--out", "{out}", "--format", "xml"], 2, "format 'xml' is unknown"),
        (["nowhere.jsonl", "--out", "{out}"], 4, "nowhere.jsonl: no such file or folder"),
        (["{log}", "--out", "{log}"], 4, "is a file; name a directory"),
        (["{log}", "--out", "{full}"], 5, "holds files that are not a run"),
        (["{log}", "--out", "{audit}"], 5, "is the run of an audit; name another directory for scores"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(log, tmp_path, capsys, arguments, code, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").touch()
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "run.toml").write_text("[ingest]\n")
    names = {"log": log, "out": tmp_path / "out", "full": tmp_path / "full", "audit": tmp_path / "audit"}
    assert run(*(argument.format(**names) for argument in arguments)) == code
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1
    assert captured.err.startswith("monofact: ") and message in captured.err


def test_a_scoring_that_failed_can_be_run_again(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "response": "a"}])
    assert run(path, "--out", tmp_path / "out", "--quiet") == 4
    assert not (tmp_path / "out/score/_MANIFEST.json").exists()
    assert run(path, "--out", tmp_path / "out", "--quiet", "--map", "grade=response") == 0


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_hostile_log_can_neither_script_nor_steer_the_page(tmp_path, capsys):
    rows = [
        {"model": HOSTILE + str(m), "benchmark": HOSTILE, "id": i, "topic": HOSTILE, "correct": (i + m) % 2,
         "response": HOSTILE, "confidence": 0.3 + m / 9 + i / 900}
        for i in range(60) for m in (0, 1)
    ]  # fmt: skip
    path = logs.jsonl(tmp_path / "x.jsonl", rows)
    assert run(path, "--out", tmp_path / "out") == 0
    text = (tmp_path / "out/score/score.html").read_text()
    page = Page(text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "img", "link", "form")]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy and policy.startswith("default-src 'none'")
    assert "<script>alert(1)" in page.text and "49" not in re.findall(r"\{\{.*?\}\}|49\b", page.text)[:1]
    assert "\x1b" not in text and "\u202e" not in text
    assert "\x1b" not in capsys.readouterr().err


def test_the_page_shows_what_the_tables_hold(tmp_path):
    rows = [r for t in (None, 0.5, 0.75) for r in believing(400, 3, power=0.5, threshold=t or 0.0, target=t)]
    assert (
        run(written(tmp_path / "told.jsonl", rows), "--out", tmp_path / "out", "--map", "target=target", "--quiet") == 0
    )
    page = Page((tmp_path / "out/score/score.html").read_text())
    for words in ("Told several targets", "ECE, and what it would be", "Credit for “I don't know”", "WildBench"):
        assert words in page.text
    summary = json.loads((tmp_path / "out/score/summary.json").read_text())
    assert [row["target"] for row in summary["behaviour"]] == [0.5, 0.75]
    assert len([tag for tag, _ in page.tags if tag == "svg"]) >= 7


def test_a_page_of_nothing_that_can_be_scored_says_so(tmp_path, capsys):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "correct": None, "response": "a"}])
    assert run(path, "--out", tmp_path / "out") == 0
    assert "No answer in these logs can be scored." in capsys.readouterr().err


def test_the_python_api_works_on_arrow_tables():
    from analyzer.evaluation.scoring import options, score

    tables = score(batches(birthdays()), options(targets=[0, 0.75]))
    assert all(isinstance(table, pa.Table) for table in tables.values())
    assert set(tables["ranks"]["t"].to_pylist()) == {0.0, 0.75}
