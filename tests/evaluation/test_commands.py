"""`monofact validate`, `predict` and `iiv` as a user runs them."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analyzer.cli import main
from analyzer.io.manifest import Counts, Manifest
from analyzer.schemas import TABLES
from tests.evaluation.test_exposure import counted

PEOPLE = ("Ada Lovelace", "Alan Turing", "Emmy Noether")


def said(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return int(ended.value.code or 0)


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def log(path: Path, seed: int = 1) -> Path:
    rng = random.Random(seed)
    rows = []
    for i in range(200):
        low = (5, 20, 200, 2000)[i % 4]
        for model in ("a", "b"):
            wrong = rng.random() < {5: 0.8, 20: 0.5, 200: 0.2, 2000: 0.02}[low]
            rows.append({"model": model, "id": i, "question": f"<b>{i}</b>?", "grade": "wrong" if wrong else "correct",
                         "seen": f"{low}-{low * 5}", "response": "x"})  # fmt: skip
    return write(path, rows)


def test_validate_by_a_count_column_writes_table_page_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "v"
    assert run("validate", "-", log(tmp_path / "log.jsonl"), "--frequency", "seen", "--out", out, "--json") == 0
    found = said(capsys)
    assert (found["read"], found["kept"], found["verdicts"][0]["claimed"]) == (400, 400, True)
    assert "at every step" in found["verdicts"][0]["sentence"]
    rows = pq.read_table(out / "validation.parquet").to_pylist()
    groups = [r["group"] for r in rows if r["part"] == "bucket" and r["model"] == "*" and r["target"] == "error"]
    assert groups == ["5-19", "20-199", "200-1999", "2000+"]
    page = (out / "validation.html").read_text()
    assert "The rarer the fact" in page and "<script" not in page and page.count("<svg") == 2


def test_validate_refuses_a_claim_when_the_corpus_does_not_know_the_subjects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = counted(tmp_path)
    corpus.write_table("estimate", "risk", TABLES["risk"].schema.empty_table())
    written = {"risk": corpus.written("estimate", "risk")}
    corpus.commit(Manifest("estimate", "x", Counts(0, 0), written, {}, {}, "0", (), {}))
    rows = [
        {"id": i, "question": f"When was {PEOPLE[i % 3]} born?", "grade": i % 2, "model": "m"} for i in range(6)
    ] + [{"id": 99, "question": "How so?", "grade": 1, "model": "m"}]
    given = write(tmp_path / "log.jsonl", rows)
    assert run("validate", corpus.local, given, "--out", tmp_path / "v", "--json", "--floor", "0.5") == 0
    sentence = said(capsys)["verdicts"][0]["sentence"]
    assert sentence.startswith("No claim: the corpus states anything about the subjects of 2 of 7 questions")
    shares = {r["statistic"]: r["numerator"] for r in pq.read_table(tmp_path / "v" / "validation.parquet").to_pylist()
              if r["part"] == "coverage"}  # fmt: skip
    assert shares == {"understood_share": 6, "subject_share": 2, "prompt_share": 2}


def test_predict_names_the_topics_that_the_corpus_cannot_support(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = counted(tmp_path)
    rows = [
        {"id": "1", "topic": "lives", "question": "When was Ada Lovelace born?"},
        {"id": "2", "topic": "lives", "question": "When did Ada Lovelace die?"},
        {"id": "3", "topic": "firms", "question": "Who founded Acme?"},
        {"id": "4", "topic": "firms", "question": "Really?"},
        {"no": "question"},
    ]
    given = write(tmp_path / "q.jsonl", rows)
    assert run("predict", corpus.local, given, "--out", tmp_path / "p", "--json") == 0
    found = said(capsys)
    assert (found["read"], found["kept"], found["rejected"]) == (5, 4, {"no_question": 1})
    share = {(r["topic"], r["statistic"]): (r["numerator"], r["denominator"]) for r in found["topics"]}
    assert share["lives", "unsupported"] == (1, 2) and share["firms", "unsupported"] == (0, 1)
    assert share["*", "not_understood"] == (1, 4)
    rows = pq.read_table(tmp_path / "p" / "predictions.parquet").to_pylist()
    assert [(r["item_id"], r["exposure"], r["risk"], r["risk_by"]) for r in rows] == [
        ("1", 2, 0.0, "memorised"), ("2", 0, 0.9, "guess"), ("3", 5, 0.0, "memorised"), ("4", None, None, "none"),
    ]  # fmt: skip


def test_predict_uses_the_risk_that_a_validation_fitted_and_refuses_one_that_claimed_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = counted(tmp_path)
    assert run("validate", "-", log(tmp_path / "l.jsonl"), "--frequency", "seen", "--out", tmp_path / "v", "-q") == 0
    given = write(
        tmp_path / "q.jsonl", [{"question": "Who founded Acme?"}, {"question": "When was Ada Lovelace born?"}]
    )
    assert run("predict", corpus.local, given, "--fit", tmp_path / "v", "--out", tmp_path / "p", "-q") == 0
    rows = pq.read_table(tmp_path / "p" / "predictions.parquet").to_pylist()
    assert {r["risk_by"] for r in rows} == {"fitted"} and all(r["risk"] > 0.5 for r in rows)
    capsys.readouterr()
    assert run("predict", corpus.local, given, "--fit", tmp_path / "none", "--out", tmp_path / "p2") == 4
    assert "no finished results of `monofact validate`" in capsys.readouterr().err


def scored(path: Path) -> Path:
    rng = random.Random(4)
    rows = []
    for c in range(40):
        right = 0.9 if c % 4 else 0.05
        probabilities = [right, *[(1 - right) / 5] * 5]
        responses = [
            {"prompt": f"p{c}", "response": f"<i>{j}</i>", "logprob": math.log(p), "valid": j == 0}
            for j, p in enumerate(probabilities)
        ]
        rows += responses
        rows.append(responses[0] | {"origin": "train"})
        rows += [responses[j] | {"origin": "generated"} for j in rng.choices(range(6), probabilities, k=2)]
    return write(path, rows)


def test_iiv_states_every_term_and_a_bound_only_with_its_premises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("iiv", scored(tmp_path / "s.jsonl"), "--out", tmp_path / "i", "--json") == 0
    found = said(capsys)
    assert found["read"] == found["kept"] == 40 * 9
    terms = {r["term"]: r for r in pq.read_table(tmp_path / "i" / "iiv.parquet").to_pylist()}
    assert terms["missed"]["value"] == 0.25 and terms["min_wrong"]["value"] == 5
    assert terms["theorem4"]["low"] < terms["theorem4"]["value"] < terms["theorem4"]["high"]
    page = (tmp_path / "i" / "iiv.html").read_text()
    assert "by Theorem 4" in page and "<script" not in page and "<i>" not in page.replace("<i style", "")
    curves = pq.read_table(tmp_path / "i" / "iiv_curve.parquet")
    assert curves.num_rows == len(set(curves["threshold"].to_pylist()))


def test_iiv_rejects_what_contradicts_itself_and_counts_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = {"prompt": "p", "response": "a", "logprob": -0.5, "valid": True, "origin": "train"}
    rows = [
        base, base | {"response": "b", "valid": False, "logprob": -1.5}, base | {"valid": False},
        base | {"logprob": -0.7}, base | {"logprob": float("nan")}, base | {"logprob": 0.1},
        base | {"valid": "maybe"}, base | {"origin": "moon"}, {"prompt": "p"},
    ]  # fmt: skip
    assert run("iiv", write(tmp_path / "s.jsonl", rows), "--out", tmp_path / "i", "--json") == 0
    assert said(capsys)["rejected"] == {
        "contradicted_validity": 1, "contradicted_logprob": 1, "bad_logprob": 2, "bad_valid": 1, "bad_origin": 1,
        "no_prompt_or_response": 1,
    }  # fmt: skip
    assert run("iiv", write(tmp_path / "n.jsonl", [{"a": 1}]), "--out", tmp_path / "n") == 4
    assert "a record needs prompt, response, logprob" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "-", "x.jsonl", "--out", "o"], "name a run directory, or - and --frequency"),
        (["validate", "-", "x.jsonl", "--frequency", "n", "--map", "model", "--out", "o"], "write field=column"),
        (["iiv", "x.jsonl", "--map", "planet=x", "--out", "o"], "known are"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.jsonl").write_text('{"question": "a?", "grade": 1, "n": 2}\n')
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error and len(error.strip().splitlines()) == 1
