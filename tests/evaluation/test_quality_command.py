"""`monofact quality` from gold files to a card, from a run to marks to a card, and from a card to corrected rates."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analyzer import cli
from analyzer.schemas import QUALITY
from tests import tiny
from tests.evaluation import gold_samples as samples


def monofact(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(a) for a in arguments])
    return int(ended.value.code or 0)


def refused(capsys: pytest.CaptureFixture[str], code: int, word: str, *arguments: object) -> None:
    """The exit code, and one line on stderr that holds the word."""
    capsys.readouterr()
    assert monofact(*arguments) == code
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line.startswith("monofact:")]
    assert len(lines) == 1 and word in lines[0] and "Traceback" not in err and out == ""


@pytest.fixture(scope="module")
def gold(tmp_path_factory) -> dict[str, Path]:
    return samples.write(tmp_path_factory.mktemp("gold"))


@pytest.fixture(scope="module")
def card(gold, tmp_path_factory) -> Path:
    """One card of all three gold sets."""
    folder = tmp_path_factory.mktemp("made") / "card"
    for kind, path in gold.items():
        assert monofact("quality", "--format", kind, path, "--out", folder, "--quiet") == 0
    return folder


def rows(card: Path) -> dict[tuple[str, ...], dict]:
    table = pq.read_table(card / "quality.parquet")
    assert table.schema.equals(QUALITY.schema)
    keys = ("gold", "measure", "level", "relation", "tier", "stratum")
    found = {tuple(row[k] for k in keys): row for row in table.to_pylist()}
    assert len(found) == table.num_rows
    return found


def test_gold_sets_measured_into_one_folder_make_one_card(card):
    found = rows(card)
    assert {key[0] for key in found} == {"knowledgenet: kn.jsonl", "redocred: re.json", "gap: gap.tsv"}
    precision = found["knowledgenet: kn.jsonl", "precision", "document", "*", "typed", "all"]
    facts = sum(len(facts) for _, facts in samples.PASSAGES)
    recall = found["knowledgenet: kn.jsonl", "fact_recall", "document", "*", "typed", "all"]
    assert precision["numerator"] >= 8 and precision["numerator"] >= 0.8 * precision["denominator"]
    assert recall["denominator"] == facts and recall["numerator"] >= 8
    assert found["redocred: re.json", "precision", "document", "*", "typed", "all"]["numerator"] >= 2
    assert all(row["low"] <= row["value"] <= row["high"] for row in found.values() if row["value"] is not None)
    page = (card / "quality.html").read_text(encoding="utf-8")
    assert "gap: gap.tsv" in page and "<script" not in page


def test_a_gold_set_measured_again_replaces_its_rows(card, gold, tmp_path, capsys):
    before = rows(card)
    assert monofact("quality", "--format", "gap", gold["gap"], "--out", card, "--quiet", "--json") == 0
    assert rows(card) == before
    assert json.loads(capsys.readouterr().out)["monofact_quality_card"] == 1


def test_malformed_rows_are_told_and_what_is_left_is_measured(tmp_path, capsys):
    path = tmp_path / "kn.jsonl"
    lines = [json.dumps(row) for row in samples.flat()]
    path.write_text("\n".join([*lines, '{"fold": "x"}', "not json"]), encoding="utf-8")
    assert monofact("quality", "--format", "knowledgenet", path, "--folds", "1,2", "--out", tmp_path / "card") == 0
    assert "2 gold rows could not be read (malformed_json: 1, missing_field: 1)" in capsys.readouterr().err
    source = json.loads((tmp_path / "card" / "quality.json").read_text(encoding="utf-8"))["gold"][0]
    assert source["name"] == "knowledgenet: kn.jsonl, folds 1,2" and source["rejected"]["malformed_json"] == 1


def test_what_cannot_be_measured_is_refused_in_one_line(gold, card, tmp_path, capsys):
    kn, out = gold["knowledgenet"], tmp_path / "out"
    refused(capsys, 2, "--format", "quality", kn, "--out", out)
    refused(capsys, 2, "known are", "quality", "--format", "docred", kn, "--out", out)
    refused(capsys, 2, "--out", "quality", "--format", "knowledgenet", kn)
    refused(capsys, 2, "--annotate RUN", "quality", "--out", out)
    refused(capsys, 2, "--folds", "quality", "--format", "knowledgenet", kn, "--folds", "one", "--out", out)
    refused(capsys, 2, "has none", "quality", "--format", "gap", gold["gap"], "--folds", "1", "--out", out)
    refused(
        capsys, 4, "no document of the folds 9", "quality", "--format", "knowledgenet", kn, "--folds", "9", "--out", out
    )
    refused(capsys, 4, "no gold document", "quality", "--format", "gap", kn, "--out", out)
    refused(capsys, 5, "no quality card", "quality", "--format", "gap", gold["gap"], "--out", gold["gap"].parent)
    narrow = ("--set", "extract.max_answer_tokens=3")
    refused(capsys, 5, "another extractor", "quality", "--format", "gap", gold["gap"], "--out", card, *narrow)
    assert not out.exists()


def test_a_sample_of_a_run_is_marked_and_read_back(audited, card, tmp_path, capsys, monkeypatch):
    _, run, _ = audited
    monkeypatch.chdir(tmp_path)
    assert monofact("quality", "--annotate", run, "-n", "8", "--out", "sheet.csv") == 0
    header, *lines = Path("sheet.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 8 and header.startswith('"mark","subject"')
    assert "Tessa Orlane" in "".join(lines) or "Maud Pereth" in "".join(lines)
    refused(capsys, 4, "exists", "quality", "--annotate", run, "-n", "8", "--out", "sheet.csv")
    refused(capsys, 4, "nothing is marked", "quality", "--marks", "sheet.csv", "--out", "card")

    typed = iter(["r", "w", "q", *"rrrrrrrr"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    assert monofact("quality", "--annotate", run, "-n", "8") == 0
    assert "2 of 8 statements marked" in capsys.readouterr().out
    assert monofact("quality", "--annotate", run, "-n", "8") == 0
    assert "8 of 8 statements marked" in capsys.readouterr().out
    refused(capsys, 4, "another sample", "quality", "--annotate", run, "-n", "7")

    assert monofact("quality", "--marks", "marks.csv", "--out", "card", "--quiet") == 0
    found = rows(Path("card"))
    marked = found["marks: marks.csv", "precision", "document", "*", "*", "all"]
    assert (marked["numerator"], marked["denominator"]) == (7, 8)
    inputs = json.loads(Path("card/quality.json").read_text(encoding="utf-8"))["inputs"]
    assert set(inputs["all"]) == {"singleton_precision", "other_precision"}


@pytest.mark.slow
@pytest.mark.spark
def test_audit_takes_the_card_for_its_corrected_rates(audited, card, tmp_path):
    corpus, _, _ = audited
    run = tmp_path / "run"
    least = ("--set", "estimate.min_statements=3")
    assert (
        monofact("audit", corpus, "--out", run, "--quality", card, *least, "--set", "estimate.recall=.9", "--quiet")
        == 0
    )
    settings = tomllib.loads((run / "run.toml").read_text(encoding="utf-8"))["estimate"]
    assert settings["recall"] == 0.9 and "recall_trials" not in settings
    assert settings["measured_tier"] == "typed" and settings["quality"].startswith("gap: gap.tsv; knowledgenet")
    assert 0 < settings["singleton_precision"] <= 1 and settings["singleton_precision_trials"] > 1
    estimates = pq.read_table(run / "estimate" / "estimates").to_pylist()
    corrected = {(e["slice_kind"], e["slice"]): e for e in estimates if e["statistic"] == "corrected_singleton_rate"}
    assert corrected["corpus", "*"]["status"] == "not_measured" and corrected["corpus", "*"]["value"] is None
    typed = corrected["tier", "typed"]
    assert typed["value"] is not None and typed["low"] < typed["value"]
    assert settings["quality"] in (run / "report" / "summary.json").read_text(encoding="utf-8")


def test_audit_refuses_the_card_of_another_extractor(card, tmp_path, capsys):
    corpus = tiny.write(tmp_path / "corpus")
    narrow = ("--set", "extract.max_answer_tokens=3")
    refused(
        capsys,
        2,
        "max_answer_tokens was 8, is 3",
        "audit",
        corpus,
        "--out",
        tmp_path / "run",
        "--quality",
        card,
        *narrow,
    )
    refused(capsys, 4, "quality.json", "audit", corpus, "--out", tmp_path / "run", "--quality", tmp_path)
    assert not (tmp_path / "run").exists()
