"""Every `monofact` command in README is run: here, with small files of the names it uses, or by the test it lists."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
from pathlib import Path

import pytest

from analyzer.cli import main
from tests.conftest import ROOT
from tests.evaluation import gold_samples
from tests.evaluation.test_commands import log as counted_log
from tests.evaluation.test_commands import scored
from tests.test_readme import commands

# Commands that start Spark or ask on the terminal: words of them -> where they are run, and what must stand there.
ELSEWHERE: dict[tuple[str, ...], tuple[str, str]] = {
    ("audit", "--base"): ("tests/test_base.py", "base="),
    ("audit", "--quality"): ("tests/evaluation/test_quality_command.py", '"--quality"'),
    ("audit",): ("tests/faults/test_refusals.py", '"audit"'),
    ("quality", "--annotate"): ("tests/evaluation/test_quality_marks.py", "annotate"),
    ("what-if",): ("tests/spark/test_what_if.py", '"what-if"'),
    ("export",): ("tests/report/test_card.py", '"export"'),
    ("diff",): ("tests/decisions/test_told.py", '"diff"'),
    ("gate",): ("tests/decisions/test_told.py", '"gate"'),
}
HERE = [line for line in commands() if "--out sheet.csv" in line]
HERE += [line for line in commands() if not any(set(key) <= set(shlex.split(line)) for key in ELSEWHERE)]


def words(command: str) -> list[str]:
    found = shlex.split(command)
    return found[next(i for i, word in enumerate(found) if word.endswith("monofact")) + 1 :]


def rows(path: Path, found: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(found[0]))
            writer.writeheader()
            writer.writerows(found)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(audited, tmp_path_factory) -> Path:
    """The files that README's commands name, small."""
    corpus, run, _ = audited
    at = tmp_path_factory.mktemp("readme")
    shutil.copytree(corpus.parent, at / "corpus")
    shutil.copytree(run, at / "run")
    gold = gold_samples.write(at / "gold")
    gold["knowledgenet"].write_text(json.dumps(gold_samples.published()), encoding="utf-8")
    for kind, name in (
        ("knowledgenet", "train.json"),
        ("redocred", "dev_revised.json"),
        ("gap", "gap-development.tsv"),
    ):
        shutil.copy(gold[kind], at / name)
    verdicts = ("correct", "wrong")
    judged = [
        {"id": i, "model": f"m{m}", "category": "a", "judge.verdict": verdicts[(i + m) % 2], "response": "x"}
        for i in range(30) for m in range(2)
    ]  # fmt: skip
    rows(at / "samples.jsonl", [row | {"benchmark": "one"} for row in judged])
    rows(at / "results.csv", [row | {"benchmark": "two"} for row in judged])
    asked = ["When was Tessa Orlane born?", "Who founded Kestrel Works?", "When did Maud Pereth die?"]
    rows(at / "questions.jsonl", [{"id": i, "question": question} for i, question in enumerate(asked)])
    answers = [
        {"id": i, "model": "m", "question": q, "grade": ("correct", "wrong")[i % 2]} for i, q in enumerate(asked)
    ]
    rows(at / "logs" / "answers.jsonl", [dict(answer) for answer in answers])
    counted = [json.loads(line) for line in counted_log(at / "answers.jsonl").read_text().splitlines()]
    rows(at / "answers.jsonl", [{"count": row.pop("seen"), **row} for row in counted])
    scored(at / "scored.jsonl")
    return at


@pytest.mark.parametrize("command", HERE)
def test_a_command_of_readme_does_what_it_says(folder, command, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    if "--marks" in command:
        marked = list(csv.DictReader((folder / "sheet.csv").open(encoding="utf-8-sig")))
        rows(folder / "marks.csv", [row | {"mark": "right"} for row in marked])
    with pytest.raises(SystemExit) as ended:
        main(words(command))
    assert not ended.value.code, capsys.readouterr().err
    given = words(command)
    if "--out" in given:
        assert (folder / given[given.index("--out") + 1]).exists()


@pytest.mark.parametrize("key", ELSEWHERE)
def test_what_is_not_run_here_is_run_by_another_test(key):
    path, mark = ELSEWHERE[key]
    assert mark in (ROOT / path).read_text(encoding="utf-8")
