"""What must not move a number: the order, names, formats and partitions of the files, and copies of documents.

Three variants of the sample corpus are audited beside the plain one. Whatever is counted by cluster must come out equal
to the last bit; what is counted by mention or document must move exactly as copies move it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer import ids, pipeline
from analyzer.io.runs import Run
from analyzer.settings import Config
from tests.golden.reference import Row
from tests.golden.samples import CORPUS, SETTINGS, packed, unpacked

pytestmark = pytest.mark.spark

Rows = list[tuple[object, ...]]
Audit = Callable[[Path, int], Run]
TABLES = ("prompts", "facts", "relations", "splits", "spectra", "growth", "bounds", "risk")
# Columns that count copies, by table.
COPIES = {
    "prompts": ("mentions", "statements", "documents", "abstentions"),
    "facts": ("mentions", "documents"),
    "risk": ("raw_rate", "document_rate", "documents", "removed_by_dedup"),
}
ADDED = (
    "Marta Ostrel was born in Saltmere in 1911. Marta Ostrel died in Fennick in 1970. "
    "Ostrel Mills was founded in 1936 by Marta Ostrel."
)


@pytest.fixture(scope="module")
def audit_of(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """Audits a folder with a number of shuffle partitions."""

    def run(corpus: Path, partitions: int) -> Run:
        out = tmp_path_factory.mktemp("run") / "run"
        with _partitions(spark, partitions):
            return pipeline.audit(str(corpus), str(out), Config.load(SETTINGS), until="estimate").run

    return run


@pytest.fixture(scope="module")
def rearranged(audit_of: Audit, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Lines in another order, one file split in two, other names, every other compression, Parquet; 7 partitions."""
    folder = tmp_path_factory.mktemp("rearranged")
    people, places, companies, archive = (_shuffled(name) for name in _FILES)
    half = len(people) // 2
    _write(folder / "p" / "second.jsonl.bz2", people[:half])
    _write(folder / "p" / "first.ndjson", people[half:])
    _write(folder / "towns.jsonl.zst", places)
    _write(folder / "letters.jsonl.gz", archive)
    pq.write_table(pa.Table.from_pylist([json.loads(line) for line in companies]), folder / "firms.parquet")
    _notes(folder / "z")
    return audit_of(folder, 7)


@pytest.fixture(scope="module")
def doubled(audit_of: Audit, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every record twice; 1 partition."""
    folder = tmp_path_factory.mktemp("doubled")
    for name in _FILES:
        _write(folder / name, [*_lines(name), *_lines(name)])
    _notes(folder / "notes")
    _notes(folder / "copies")
    return audit_of(folder, 1)


@pytest.fixture(scope="module")
def extended(audit_of: Audit, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One more document, about somebody whom no other mentions."""
    folder = tmp_path_factory.mktemp("extended")
    for name in _FILES:
        _write(folder / name, _lines(name))
    _notes(folder / "notes")
    record = {"id": "new", "source": "town-register", "domain": "biographies", "text": ADDED}
    _write(folder / "more.jsonl", [json.dumps(record)])
    return audit_of(folder, 4)


@pytest.mark.parametrize("table", TABLES)
def test_order_names_formats_and_partitions_move_nothing(audited: Run, rearranged: Run, table: str) -> None:
    assert _rows(rearranged, table) == _rows(audited, table)


@pytest.mark.parametrize("unit", ["mention", "document", "cluster"])
def test_order_names_formats_and_partitions_move_no_estimate(audited: Run, rearranged: Run, unit: str) -> None:
    assert _estimates(rearranged, unit) == _estimates(audited, unit)
    assert len(_estimates(audited, unit)) > 100


def test_order_and_names_move_no_slice_by_source(audited: Run, rearranged: Run) -> None:
    slices = [[row for row in run.table("estimates").to_pylist() if _by_source(row)] for run in (audited, rearranged)]
    assert len(slices[0]) > 20
    assert slices[1] == slices[0]


def test_the_same_records_are_rejected_for_the_same_reasons(audited: Run, rearranged: Run, doubled: Run) -> None:
    reasons = [sorted(run.table("rejects", "ingest")["reason"].to_pylist()) for run in (audited, rearranged, doubled)]
    assert reasons[1] == reasons[0]
    assert reasons[2] == sorted(reasons[0] * 2)


@pytest.mark.parametrize("table", TABLES)
def test_copies_of_every_document_move_nothing_that_is_counted_by_cluster(
    audited: Run, doubled: Run, table: str
) -> None:
    assert _rows(doubled, table, COPIES.get(table, ())) == _rows(audited, table, COPIES.get(table, ()))


def test_copies_of_every_document_move_no_estimate_by_cluster(audited: Run, doubled: Run) -> None:
    assert _estimates(doubled, "cluster") == _estimates(audited, "cluster")


def test_copies_of_every_document_turn_raw_singletons_into_doubletons(audited: Run, doubled: Run) -> None:
    once, twice = ({row["prompt_id"]: row for row in run.table("prompts").to_pylist()} for run in (audited, doubled))
    for count in COPIES["prompts"]:
        assert {key: 2 * row[count] for key, row in once.items()} == {key: row[count] for key, row in twice.items()}
    for unit in ("mention", "document"):
        assert _corpus(audited, unit, "singleton_rate")["numerator"] > 100
        assert _corpus(doubled, unit, "singleton_rate")["value"] == 0.0
    removed = {row["domain"]: row["removed_by_dedup"] for row in doubled.table("risk").to_pylist()}
    assert all(share >= 0.5 for share in removed.values())


@pytest.mark.slow
def test_a_document_with_k_new_prompts_raises_the_singletons_by_exactly_k(audited: Run, extended: Run) -> None:
    before, after = ({row["prompt_id"]: row for row in run.table("prompts").to_pylist()} for run in (audited, extended))
    new = [row for key, row in after.items() if key not in before]
    k, statements = len(new), sum(row["cluster_statements"] for row in new)
    assert k >= 4
    assert {key: after[key] for key in before} == before
    for statistic, gain in (("share_of_prompts_seen_once", k), ("singleton_rate", statements)):
        old, now = (_corpus(run, "cluster", statistic) for run in (audited, extended))
        assert now["numerator"] - old["numerator"] == gain
        assert now["denominator"] - old["denominator"] == gain


@pytest.mark.slow
def test_a_document_with_new_prompts_leaves_the_rates_of_other_domains(audited: Run, extended: Run) -> None:
    names = ("domain", "statements", "singletons", "singleton_rate", "low", "high")
    old, now = (
        {row["domain"]: [row[n] for n in names] for row in run.table("risk").to_pylist()} for run in (audited, extended)
    )
    assert old.pop("biographies") != now.pop("biographies")
    assert old == now


_FILES = ("people.jsonl", "places.jsonl.gz", "companies.jsonl.zst", "archive.jsonl")


def _lines(name: str) -> list[str]:
    return unpacked(CORPUS / name).splitlines()


def _shuffled(name: str) -> list[str]:
    """In the order of their hashes."""
    return sorted(_lines(name), key=ids.digest)


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(packed(path.name, ("\n".join(lines) + "\n").encode()))


def _notes(folder: Path) -> None:
    """The text files keep their names, which are their sources."""
    folder.mkdir()
    for path in (CORPUS / "notes").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())


def _rows(run: Run, table: str, without: tuple[str, ...] = ()) -> Rows:
    """Rows that do not speak of sources, sorted, without some columns."""
    rows = run.table(table).to_pylist()
    names = [name for name in run.table(table).column_names if name not in (*without, "sources")]
    kept = [tuple(row[name] for name in names) for row in rows if row.get("slice_kind") != "source"]
    return sorted(kept, key=repr)


def _estimates(run: Run, unit: str) -> Rows:
    rows = run.table("estimates").to_pylist()
    return [tuple(row.values()) for row in rows if row["unit"] == unit and row["slice_kind"] != "source"]


def _by_source(row: Row) -> bool:
    return "source" in (row["slice_kind"], row["unit"])


def _corpus(run: Run, unit: str, statistic: str) -> Row:
    rows: list[Row] = run.table("estimates").to_pylist()
    at = {"slice_kind": "corpus", "key": "prompt", "unit": unit, "statistic": statistic}
    (row,) = [row for row in rows if all(row[name] == value for name, value in at.items())]
    return row


@contextmanager
def _partitions(spark: Any, number: int) -> Iterator[None]:
    name = "spark.sql.shuffle.partitions"
    before = spark.conf.get(name)
    spark.conf.set(name, str(number))
    try:
        yield
    finally:
        spark.conf.set(name, before)
