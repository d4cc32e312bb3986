"""The audit card and the command that writes it: every number with all that belongs to it, names harmless."""

from __future__ import annotations

import csv
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer import cli
from analyzer.errors import InputError
from analyzer.io import runs
from analyzer.report import card

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> [x](javascript:1)\x1b[31m\n# mine'


def exported(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main(["export", *map(str, arguments), "--json"])
    out = capsys.readouterr()
    return ended.value.code, json.loads(out.out.splitlines()[-1]) if out.out else out.err


@pytest.fixture
def hostile(audited, tmp_path):
    """A run one of whose domains has a name that wants to be a formula, a tag, a link and an escape sequence."""
    run = tmp_path / "run"
    shutil.copytree(audited[1], run)
    for name in ("risk", "estimates"):
        for path in (run / "estimate" / name).glob("*.parquet"):
            table = pq.read_table(path)
            column = "domain" if name == "risk" else "slice"
            named = pa.array([HOSTILE if x == "north" else x for x in table[column].to_pylist()], pa.string())
            pq.write_table(table.set_column(table.column_names.index(column), table.schema.field(column), named), path)
    return run


def test_every_number_has_all_that_belongs_to_it(audited):
    run = runs.opened(str(audited[1]))
    found = card.card(run)
    wanted = {"value", "low", "high", "confidence", "numerator", "denominator", "unit", "method", "status"}
    for number in found["numbers"]:
        assert wanted < number.keys(), number["name"]
        assert number["status"] and number["method"] and number["unit"] and number["does_not_show"], number["name"]
    by = {number["name"]: number for number in found["numbers"]}
    rate = by["singleton rate"]
    assert rate["value"] == rate["numerator"] / rate["denominator"]
    estimates = [r for r in run.table("estimates").to_pylist() if r["slice_kind"] == "corpus" and r["key"] == "prompt"]
    headline = next(r for r in estimates if (r["statistic"], r["unit"]) == ("singleton_rate", "cluster"))
    assert {name: rate[name] for name in wanted} == {name: headline[name] for name in wanted}
    assert found["records"]["ingest"] == {"read": 8, "kept": 8, "rejected": {}}


def test_the_markdown_tells_every_number_of_the_json(audited):
    found = card.card(runs.opened(str(audited[1])))
    told = card.to_markdown(found)
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    for number in found["numbers"]:
        assert any(row.startswith(f"| {number['name']} |") for row in rows), number["name"]
        assert number["does_not_show"] in told
    assert found["finding"] in told


def test_json_is_strict(audited):
    text = card.to_json(card.card(runs.opened(str(audited[1]))))
    assert text.isascii()

    def refuse(constant):
        raise AssertionError(constant)

    json.loads(text, parse_constant=refuse)


def test_names_of_the_corpus_stay_harmless(hostile, capsys, tmp_path):
    code, told = exported(capsys, hostile, "--out", tmp_path / "out")
    assert code == 0
    markdown = (tmp_path / "out" / "audit-card.md").read_text(encoding="utf-8")
    assert "&#61;cmd&#124;" in markdown
    assert not any(mark in markdown for mark in ("<script", "](", "\x1b", "\n# mine"))
    with (tmp_path / "out" / "risk.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["domain"] for row in csv.DictReader(stream)]
    assert f"'{HOSTILE}" in names
    assert json.loads((tmp_path / "out" / "audit-card.json").read_text())["domains"]
    assert {"audit-card.md", "audit-card.json", "hosts.csv", "hosts.parquet", "risk.csv", "estimates.csv"} <= {
        *told["files"]
    }


def test_an_export_holds_what_was_asked_for_and_is_written_again(audited, capsys, tmp_path):
    for asked, files in (
        (("--hosts", "--small-provider"), ["hosts.csv", "hosts.parquet"]),
        (("--audit-card", "--duckdb"), ["audit-card.json", "audit-card.md", "run.duckdb"]),
    ):
        code, told = exported(capsys, audited[1], "--out", tmp_path / "out", *asked)
        assert (code, told["files"]) == (0, files)
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*files, "_RESULT.json"])


def test_no_table_with_facts_or_names_of_persons_is_exported(audited, capsys, tmp_path):
    from analyzer.commands.export import CSV
    from analyzer.schemas import TABLES

    assert not [name for name in (*CSV, "hosts") if TABLES[name].private]
    code, told = exported(capsys, audited[1], "--out", tmp_path / "out")
    assert code == 0
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.[cjm]*"))
    assert "tessa orlane" not in text.lower()
    assert len(told["files"]) == len(CSV) + 4


def test_a_run_without_a_report_says_how_to_write_one(audited, tmp_path):
    shutil.copytree(audited[1], tmp_path / "run")
    (tmp_path / "run" / "report" / "summary.json").unlink()
    with pytest.raises(InputError, match="monofact report"):
        card.card(runs.opened(str(tmp_path / "run")))
