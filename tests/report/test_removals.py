"""The list of documents to leave out keeps one of each cluster, and says nothing that could take another along."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer import cli
from analyzer.errors import ConfigError, InputError
from analyzer.io import runs
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.report import removals
from analyzer.schemas import TABLES

# (document, user id, cluster): a cluster of three, a pair, a single one
WORLD = [("a", "u1", "a"), ("b", "=2+3", "a"), ("c", "u3", "a"), ("d", "u4", "e"), ("e", "u5", "e"), ("f", "u6", "f")]


def run(folder: Path, world: list[tuple[str, str | None, str]]) -> Run:
    """A run directory with the two tables that are read."""
    opened = runs.opened(str(folder / "run"), create=True)
    opened.write(runs.SETTINGS, "")
    sizes = {head: sum(other == head for *_, other in world) for *_, head in world}
    documents = [{"doc_id": d, "user_id": u, "path": "p.jsonl", "record": 9 - i} for i, (d, u, _) in enumerate(world)]
    clusters = [
        {"doc_id": d, "cluster_id": c, "size": sizes[c], "is_representative": d == c, "method": "near"}
        for d, _, c in world
    ]
    for stage, name, rows in (("ingest", "documents", documents), ("dedup", "clusters", clusters)):
        schema = TABLES[name].schema
        plain = pa.schema([pa.field(f.name, f.type) for f in schema])
        (folder / "run" / stage / name).mkdir(parents=True)
        for number in range(0, len(rows), 4):  # several files, as Spark writes them
            part = pa.Table.from_pylist(rows[number : number + 4], schema=plain)
            pq.write_table(part, folder / "run" / stage / name / f"part-{number}.parquet")
        counts = Counts(len(rows), len(rows))
        opened.commit(Manifest(stage, "0", counts, {name: opened.written(stage, name)}, {}, {}, "0"))
    return opened


def test_one_document_of_each_cluster_stays(tmp_path):
    table = removals.removals(run(tmp_path, WORLD)).to_pylist()
    assert [row["doc_id"] for row in table] == ["d", "c", "b"]  # by path and record
    assert {row["survivor"] for row in table} == {"a", "e"}
    assert not {row["doc_id"] for row in table} & {"a", "e", "f"}
    assert {row["survivor"]: row["size"] for row in table} == {"a": 3, "e": 2}
    kept = len(WORLD) - len(table)
    assert kept == len({head for *_, head in WORLD})


def test_parquet_and_csv_hold_the_same_rows(tmp_path):
    opened = run(tmp_path, WORLD)
    removals.write(opened, tmp_path / "out.parquet")
    removals.write(opened, tmp_path / "out.csv")
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    with (tmp_path / "out.csv").open(newline="") as stream:
        read = list(csv.DictReader(stream))
    assert [tuple(row) for row in read] == [removals.COLUMNS] * 3
    assert [row["doc_id"] for row in read] == [row["doc_id"] for row in rows]
    assert [row["user_id"] for row in rows][-1] == "=2+3"
    assert read[-1]["user_id"] == "'=2+3"  # a cell of a spreadsheet may not start a formula


def test_a_list_of_user_ids_holds_one_a_line(tmp_path):
    removals.write(run(tmp_path, WORLD), tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text().splitlines() == ["u4", "u3", "=2+3"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("f", "u3", "f"), "1 more documents"),  # a kept document bears a removed id
        (("f", None, "f"), None),  # nobody asks for the id of a document that stays
        (("g", None, "a"), "1 documents have none"),
        (("g", "u\n9", "a"), "1 break a line"),
        (("g", "u3", "a"), None),  # two documents bear one id, and both are to go
    ],
)
def test_a_list_of_user_ids_that_would_take_others_along_is_refused(tmp_path, change, why):
    opened = run(tmp_path, [*WORLD[:5], change])
    if why is None:
        assert removals.write(opened, tmp_path / "out.txt").num_rows >= 3
        return
    with pytest.raises(InputError, match=why):
        removals.write(opened, tmp_path / "out.txt")
    assert not (tmp_path / "out.txt").exists()
    assert removals.write(opened, tmp_path / "out.csv").num_rows >= 3


def test_nothing_is_overwritten_and_no_draft_stays(tmp_path):
    opened = run(tmp_path, WORLD)
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        removals.write(opened, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "mine"
    with pytest.raises(ConfigError, match="must end in"):
        removals.write(opened, tmp_path / "out.json")
    with pytest.raises(InputError, match="cannot be written"):
        removals.write(opened, tmp_path / "nowhere" / "out.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "run"]


def test_the_command_writes_the_file_and_leaves_the_run_as_it_was(tmp_path, capsys):
    opened = run(tmp_path, WORLD)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")}
    with pytest.raises(SystemExit) as end:
        cli.main(["dedup-export", opened.root, "--out", str(tmp_path / "out.parquet"), "--json"])
    assert end.value.code == 0
    printed: Any = capsys.readouterr().out
    assert '"documents": 3' in printed
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")} == before
