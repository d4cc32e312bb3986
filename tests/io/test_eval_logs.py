"""Every format of evaluation log comes out as the same items, once each."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.errors import ConfigError, InputError
from analyzer.io.eval_logs import Log, ReadOptions, items
from analyzer.schemas.evaluation import ITEMS
from tests.io import logs


def read(*paths: Path, log: Log | None = None, **options: Any) -> list[dict[str, Any]]:
    batches = list(items([str(path) for path in paths], options=ReadOptions(**options), log=log))
    assert all(batch.schema == ITEMS.schema for batch in batches)
    return [row for batch in batches for row in batch.to_pylist()]


def outcomes(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["outcome"], row["outcome_by"]) for row in rows]


THREE = [("correct", "grade"), ("wrong", "grade"), ("abstained", "phrase:no_information")]


def test_lm_eval_keeps_one_filter_and_never_counts_twice(tmp_path):
    log = Log()
    rows = read(logs.lm_eval(tmp_path), log=log)
    assert outcomes(rows) == THREE
    assert {(row["model"], row["benchmark"], row["filter"]) for row in rows} == {
        ("some/model", "capitals", "strict-match")
    }
    assert rows[0]["question"] == "Capital of land 0?" and rows[0]["gold"] == "Velmar"
    assert log.rejected == Counter(other_filter=3) and log.read == log.kept + 3
    assert list(log.passed_over.values()) == ["aggregate of a run, no items"]


def test_lm_eval_grades_by_the_filter_asked_for(tmp_path):
    rows = read(logs.lm_eval(tmp_path), filter="flexible-extract")
    assert [row["outcome"] for row in rows] == ["wrong", "wrong", "abstained"]
    with pytest.raises(ConfigError, match="no filter 'loose': it has flexible-extract, strict-match"):
        read(tmp_path, filter="loose")


def test_lm_eval_takes_the_first_of_several_repeats(tmp_path):
    row = {"doc_id": 1, "doc": {}, "target": "x", "resps": [["I don't know", "x"]], "filtered_resps": ["x"],
           "filter": "none", "metrics": ["acc"], "acc": 0.0}  # fmt: skip
    (got,) = read(logs.jsonl(tmp_path / "m" / "samples_t.jsonl", [row]))
    assert (got["response"], got["outcome"]) == ("I don't know", "abstained")


def test_lm_eval_choices_have_no_text_but_a_probability(tmp_path):
    (row,) = read(logs.lm_eval_choices(tmp_path))
    assert (row["outcome"], row["response"], row["topic"]) == ("correct", None, "anatomy")
    assert row["logprob"] == pytest.approx(-0.3132617)  # log of e^-1 / (e^-1 + e^-2)
    (row,) = read(tmp_path, metric="acc_norm")
    assert row["outcome"] == "wrong"


def test_helm_reads_a_run_as_one_and_leaves_perturbed_copies_out(tmp_path):
    log = Log()
    rows = read(logs.helm(tmp_path), log=log)
    assert outcomes(rows) == THREE
    assert {(row["model"], row["benchmark"]) for row in rows} == {("org/model", "capitals:subject=land")}
    assert [row["gold"] for row in rows] == ["Velmar", "Tor", "Lund"]
    assert log.rejected == Counter(perturbed_copy=1)
    assert len(log.passed_over) == 4


@pytest.mark.parametrize("kind", ["json", "eval"])
def test_inspect_groups_epochs_and_keeps_failed_samples_apart(tmp_path, kind):
    path = tmp_path / f"log.{kind}"
    if kind == "json":
        path.write_text(json.dumps(logs.inspect_log(), indent=1))
    else:
        logs.inspect_eval(path)
    rows = sorted(read(path), key=lambda row: (row["item_id"], row["epoch"]))
    assert [(row["item_id"], row["epoch"]) for row in rows] == [
        ("0", 1), ("0", 2), ("1", 1), ("1", 2), ("2", 1), ("2", 2), ("9", 1)
    ]  # fmt: skip
    assert outcomes(rows) == [*(pair for pair in THREE for _ in "12"), ("unscorable", "error")]
    assert {(row["model"], row["benchmark"], row["filter"]) for row in rows[:6]} == {("org/model", "capitals", "match")}
    assert rows[0]["question"] == "Capital of land 0?" and rows[0]["topic"] == "north"
    assert len({row["item_key"] for row in rows}) == 4


def test_inspect_grades_by_the_scorer_asked_for_and_reads_the_target(tmp_path):
    path = tmp_path / "log.json"
    path.write_text(json.dumps(logs.inspect_log(epochs=1, target=0.75)))
    rows = read(path, filter="includes")
    assert [row["outcome"] for row in rows[:3]] == ["wrong", "wrong", "abstained"]
    assert {row["target"] for row in rows[:3]} == {0.75}
    with pytest.raises(ConfigError, match="no scorer 'judge'"):
        read(path, filter="judge")


def test_inspect_zstandard_members_are_read(tmp_path):
    """The tool compresses members with zstandard, which zipfile cannot read; they are found by their local headers."""
    plain = logs.inspect_eval(tmp_path / "plain.eval")
    packed = tmp_path / "packed.eval"
    _with_zstandard(plain, packed)
    assert read(packed) == [{**row, "source_path": "packed.eval"} for row in read(plain)]


def _with_zstandard(source: Path, out: Path) -> None:
    """Write a zip by hand whose members have compression method 93."""
    import struct
    import zipfile
    import zlib

    body, index = b"", b""
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            packed, name = pa.compress(data, codec="zstd", asbytes=True), info.filename.encode()
            sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
            head = struct.pack("<HHHHH", 20, 0, 93, 0, 33) + sizes + struct.pack("<HH", len(name), 0)
            index += struct.pack("<4sH", b"PK\x01\x02", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
            body += b"PK\x03\x04" + head + name + packed
        n = len(archive.infolist())
    out.write_bytes(body + index + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, n, n, len(index), len(body), 0))


def test_simple_evals_letters_know_what_was_not_attempted(tmp_path):
    rows = [
        {"id": "a", "problem": "?", "answer": "x", "predicted_answer": "x", "grade": "A"},
        {"id": "b", "problem": "?", "answer": "x", "predicted_answer": "I don't know", "grade": "B"},
        {"id": "c", "problem": "?", "answer": "x", "predicted_answer": "I don't know", "grade": "C"},
        {"id": "d", "problem": "?", "answer": "x", "predicted_answer": "y", "grade": "the judge rambled"},
        {"id": "e", "is_correct": False, "is_incorrect": False, "is_not_attempted": True},
        {"id": "f", "is_correct": True, "is_incorrect": True, "is_not_attempted": False},
    ]
    log = Log()
    got = read(logs.jsonl(tmp_path / "simpleqa_gpt.jsonl", rows), log=log)
    assert [row["outcome"] for row in got] == ["correct", "wrong", "abstained", "unscorable", "abstained", "unscorable"]
    assert {(row["model"], row["benchmark"]) for row in got} == {("gpt", "simpleqa")}
    # the grader knows abstentions, so its "wrong" stands; that a phrase contradicts it is listed
    assert log.phrases["gpt", "simpleqa", "do_not_know"][:3] == [0, 1, 1]


@pytest.mark.parametrize("kind", ["html", "json"])
def test_simple_evals_own_output_is_read(tmp_path, kind):
    path = logs.simple_evals_page(tmp_path / "simpleqa_gpt-x.html")
    if kind == "json":
        pages = path.read_text().split("<h1>Examples</h1>")[1].split("<hr>")[:-1]
        path.unlink()
        path = tmp_path / "simpleqa_gpt-x_allresults.json"
        path.write_text(json.dumps({"score": 0.3, "metrics": {}, "htmls": pages, "convos": [], "metadata": None}))
    rows = read(path)
    assert outcomes(rows) == THREE
    assert rows[0]["question"] == "Capital of land 0 & sea?"
    assert rows[2]["response"].startswith("I'm sorry")
    assert {(row["model"], row["benchmark"]) for row in rows} == {("gpt-x", "simpleqa")}


def test_every_eval_ever_gains_the_state_it_lacks(tmp_path):
    rows = read(logs.every_eval_ever(tmp_path / "u_samples.jsonl"))
    assert outcomes(rows) == [*THREE, ("unscorable", "error")]
    assert rows[0]["gold"] == "Velmar | VELMAR" and rows[0]["topic"] == "geography"


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "tsv", "parquet"])
def test_columns_are_recognised_in_every_container(tmp_path, kind):
    rows = [
        {"model": "m", "task": "capitals", "id": i, "question": "Q, \"x\"\nline two?", "gold": g, "response": r,
         "is_correct": g == r, "confidence": 0.5, "category": "north"}
        for i, (g, r) in enumerate(logs.ANSWERS)
    ]  # fmt: skip
    path = tmp_path / f"log.{kind}"
    if kind == "jsonl":
        logs.jsonl(path, rows)
    elif kind == "json":
        path.write_text(json.dumps(rows, indent=2))
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t" if kind == "tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    got = read(path)
    assert outcomes(got) == THREE
    assert [row["item_id"] for row in got] == ["0", "1", "2"]
    assert {(row["model"], row["benchmark"], row["topic"], row["confidence"]) for row in got} == {
        ("m", "capitals", "north", 0.5)
    }
    assert {row["question"] for row in got} == {'Q, "x"\nline two?'}


def test_a_mapping_reaches_inside_and_wins_over_names(tmp_path):
    rows = [{"q": "?", "grade": "wrong", "judge": {"verdict": "correct"}, "info": {"t": 0.5}}]
    path = logs.jsonl(tmp_path / "m.jsonl", rows)
    batches = list(items(str(path), {"grade": "judge.verdict", "question": "q", "target": "info.t"}))
    (row,) = batches[0].to_pylist()
    assert (row["outcome"], row["target"], row["model"]) == ("correct", 0.5, "m")
    with pytest.raises(ConfigError, match=r"--map grade=nothing: m.jsonl has no column 'nothing': it has q, grade"):
        list(items(str(path), {"grade": "nothing"}))


def test_a_log_that_cannot_be_graded_says_what_it_has(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "response": "a"}])
    with pytest.raises(InputError, match=r"x.jsonl: no column with a grade.*it has id, response"):
        read(path)


def test_what_lies_beside_the_logs_is_passed_over_and_told(tmp_path):
    (tmp_path / "config.json").write_text('{"temperature": 0, "seed": 1}')
    (tmp_path / "notes.md").write_text("x")
    log = Log()
    logs.every_eval_ever(tmp_path / "a.jsonl")
    assert len(read(tmp_path, log=log)) == 4
    assert log.passed_over == {
        "config.json": "one object without a grade: no items",
        "notes.md": "ends in none of .eval, .html, .jsonl, .ndjson, .json, .csv, .tsv, .parquet",
    }


def test_only_aggregates_is_an_error(tmp_path):
    (tmp_path / "results_1.json").write_text("{}")
    with pytest.raises(InputError, match="no record"):
        read(tmp_path)


def test_the_same_items_whatever_the_batch_size(tmp_path):
    rows = [{"id": i, "model": f"m{i % 3}", "correct": i % 2, "response": "x"} for i in range(50)]
    path = logs.jsonl(tmp_path / "x.jsonl", rows)
    assert read(path, batch_rows=1) == read(path, batch_rows=7) == read(path)
