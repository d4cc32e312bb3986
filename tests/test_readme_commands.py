"""Every `monofact` command in README is run, in README's order, with small files of the names it uses."""

from __future__ import annotations

import builtins
import csv
import gzip
import json
import re
import shlex
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.cli import main
from tests import tiny
from tests.conftest import SAMPLES
from tests.evaluation import gold_samples
from tests.evaluation.test_commands import log as counted_log
from tests.evaluation.test_commands import scored
from tests.test_readme import README, commands

pytestmark = pytest.mark.spark

# What a command names and this corpus does not hold, and what stands for it here.
INSTEAD = {"s3://bucket/dolma/": "dolma/", "forum=": "north=", "crawl": "south-press", "wiki=": "north="}
# Audits by what marks them: the last stage that is run here. What follows is as in the audits that are run whole, and
# compared with other audits by tests/test_base.py and tests/spark/test_sampling.py.
UNTIL = {
    "--domain-field": "ingest", "run-january": "extract", "--sample-documents": "extract", "--sample-keys": "count",
}  # fmt: skip
FEWER = {"sweep": ("--thresholds", ".7", "--bandings", "32x4")}  # one setting, not the twelve that it tries unasked
SAMPLE_RULES = "data/samples/gate.toml"  # of another corpus: what they come to here is an answer, whatever it is
RULES = """
[[rule]]
kind = "rejects"
at_most = 0.5
[[rule]]
kind = "rise"
measure = "in_corpus"
at_most = 0.0
[[rule]]
kind = "quality"
measure = "precision"
take = "point"
at_least = 0.1
"""


def words(command: str) -> list[str]:
    """What follows `monofact`, up to what the shell does next, with names that are there."""
    for name, here in INSTEAD.items():
        command = command.replace(name, here)
    found = shlex.split(command.partition("&&")[0])
    found = found[next(i for i, word in enumerate(found) if word.endswith("monofact")) + 1 :]
    found += FEWER.get(found[0], ())
    until = next((stage for mark, stage in UNTIL.items() if found[0] == "audit" and mark in found), None)
    return [*found, "--until", until] if until else found


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
    """The files and finished runs that README's commands name, small; some commands have a folder of their own."""
    corpus, run, _ = audited
    at = tmp_path_factory.mktemp("readme")
    shutil.copytree(corpus.parent, at / "corpus")
    of_january = ("adding/run-january", "adding/run-february")
    for name in ("run", "quick", "lean", *of_january, "signing/run", "signing/last-release"):
        shutil.copytree(run, at / name)
    shutil.copytree(corpus.parent, at / "adding" / "corpus" / "january")
    _stored(at / "stored")
    rules = at / SAMPLE_RULES
    rules.parent.mkdir(parents=True)
    shutil.copy(SAMPLES / rules.name, rules)
    (at / "signing" / "gate.toml").write_text(RULES, encoding="utf-8")
    (at / "signing" / "card").symlink_to(at / "card")
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


def _stored(at: Path) -> None:
    """JSON lines and Parquet with the fields of Dolma, and settings."""
    (at / "dolma").mkdir(parents=True)
    (at / "more").mkdir()
    found = [{"id": str(i), "source": source, "text": text} for i, (source, text) in enumerate(tiny.DOCUMENTS)]
    lines = "".join(json.dumps(row) + "\n" for row in found)
    (at / "dolma" / "a.json.gz").write_bytes(gzip.compress(lines.encode()))
    pq.write_table(pa.Table.from_pylist(found), at / "more" / "b.parquet")
    (at / "audit.toml").write_text("[estimate]\nmin_statements = 3\n")


@pytest.fixture
def signals() -> Iterator[None]:
    """`audit` installs a handler that ends the process."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("command", commands())
def test_a_command_of_readme_does_what_it_says(folder, command, signals, monkeypatch, capsys):
    apart = {"s3://": "stored", "january": "adding", "last-release": "signing"}
    at = folder / next((name for mark, name in apart.items() if mark in command), "")
    monkeypatch.chdir(at)
    monkeypatch.setattr(builtins, "input", lambda _: "r")
    if "--base run-january" in command:
        late = tiny.write(folder / "late", documents=[("west", "Edric Sonn died in Kallan in 1980.")]).read_bytes()
        (at / "corpus" / "january" / "late.jsonl.gz").write_bytes(gzip.compress(late))
    with pytest.raises(SystemExit) as ended:
        main(words(command))
    told = capsys.readouterr().err
    judged = SAMPLE_RULES in command and told.rstrip().endswith(("PASSED", "FAILED", "COULD NOT BE JUDGED"))
    assert judged or not ended.value.code, told
    given = words(command)
    if "--out" in given:
        assert (at / given[given.index("--out") + 1]).exists()


@pytest.mark.slow
def test_the_demo_ends_as_readme_shows(spark, signals, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for line in (("sample", "factbook", "--out", "demo/corpus"), ("audit", "demo/corpus", "--out", "demo/run")):
        with pytest.raises(SystemExit) as ended:
            main(list(line))
        assert not ended.value.code
    told = capsys.readouterr().err.replace(str(tmp_path), "…")
    (shown,) = re.findall(r"<!-- output -->\s+```text\n(.*?)```", README, re.DOTALL)
    lines, wanted = ([line.rstrip() for line in text.splitlines()] for text in (told, shown))
    assert lines[-len(wanted) :] == wanted


def test_a_command_that_cannot_be_run_would_fail(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        main(words(".venv/bin/monofact what-if run --keep nowhere=1"))
    assert ended.value.code == 2 and "nowhere" in capsys.readouterr().err
