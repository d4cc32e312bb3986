"""The sample corpus, end to end: against the tables in the repository and against a reference in plain Python."""

from __future__ import annotations

import difflib
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import main
from analyzer.io.runs import Run
from analyzer.stats import leave_one_unit_out_from_sums
from analyzer.text.facts import functional_relations
from tests.golden import expected, readme, reference, samples
from tests.golden.reference import Row
from tests.test_readme import BLOCKS

pytestmark = pytest.mark.spark
near = partial(pytest.approx, rel=1e-9, abs=1e-12)
PLACES = ("corpus", "domain")
SHOWN = 60  # lines of a difference; the command prints the rest into the files


@pytest.fixture(scope="module")
def counted(tables: dict[str, list[Row]], placed: list[Row]) -> dict[str, dict[int, Row]]:
    silent = Counter(m["prompt_id"] for m in tables["mentions"] if m["abstention"])
    found = {key: reference.table(placed, silent, key) for key in ("prompt_id", "fact_id")}
    prompt_of = {m["fact_id"]: m["prompt_id"] for m in placed}
    for fact, row in found["fact_id"].items():
        row["subject_type"] = found["prompt_id"][prompt_of[fact]]["subject_type"]
    return found


# the files in the repository


def test_the_corpus_files_hold_what_their_source_says(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's fixture
    samples.write(tmp_path)
    written, kept = ({p.relative_to(at): p for p in at.rglob("*.*")} for at in (tmp_path, samples.CORPUS))
    assert written.keys() == kept.keys()
    for name, path in written.items():
        assert samples.unpacked(kept[name]) == samples.unpacked(path), name
    assert samples.FACTS.read_text().splitlines() == samples.facts_tsv()


def test_the_page_quotes_the_expected_tables() -> None:
    page = readme.README.read_text(encoding="utf-8")
    assert page.count("$ grep") == 4
    assert readme.quoted(page) == page


@pytest.mark.parametrize("name", expected.NAMES)
def test_the_tables_are_the_expected_ones(audited: Run, name: str) -> None:
    file = samples.EXPECTED / f"{name}.tsv"
    kept, now = file.read_text(encoding="utf-8").splitlines(), expected.lines(audited)[name]
    changes = list(difflib.unified_diff(kept, now, f"expected/{file.name}", "this run", n=0, lineterm=""))
    assert kept == now, "\n".join(
        [*changes[:SHOWN], f"{len(changes)} lines differ; if they should, run: python -m tests.golden.regenerate"]
    )


# the reference


def test_prompts_are_those_of_the_reference(tables: dict[str, list[Row]], counted: dict[str, dict[int, Row]]) -> None:
    found = {row["prompt_id"]: row for row in tables["prompts"]}
    assert found.keys() == counted["prompt_id"].keys()
    for key, wanted in counted["prompt_id"].items():
        whole = [name for name in wanted if name != "agreement"]
        assert {name: found[key][name] for name in whole} == {name: wanted[name] for name in whole}
        assert found[key]["agreement"] == (None if wanted["agreement"] is None else near(wanted["agreement"]))


def test_facts_are_those_of_the_reference(tables: dict[str, list[Row]], counted: dict[str, dict[int, Row]]) -> None:
    found = {row["fact_id"]: row for row in tables["facts"]}
    assert found.keys() == counted["fact_id"].keys()
    for key, wanted in counted["fact_id"].items():
        same = ("mentions", "documents", "clusters", "sources", "relation", "tier")
        assert {name: found[key][name] for name in same} == {name: wanted[name] for name in same}
        assert found[key]["cluster_mentions"] == wanted["cluster_statements"]


def test_relations_sum_up_their_prompts(tables: dict[str, list[Row]], counted: dict[str, dict[int, Row]]) -> None:
    declared = functional_relations()
    answers = Counter(row["relation"] for row in tables["facts"])
    distinct = {(row["relation"], row["answer"]) for row in tables["facts"]}
    for row in tables["relations"]:
        mine = [p for p in counted["prompt_id"].values() if p["relation"] == row["relation"]]
        agreements = [p["agreement"] for p in mine if p["clusters"] >= 2]
        assert row["prompts"] == len(mine)
        assert row["cluster_statements"] == sum(p["cluster_statements"] for p in mine)
        assert row["repeated_prompts"] == len(agreements)
        assert row["agreement"] == (near(sum(agreements) / len(agreements)) if agreements else None)
        assert row["distinct_answers"] == sum(relation == row["relation"] for relation, _ in distinct)
        assert answers[row["relation"]] >= row["distinct_answers"]
        assert row["functional"] == declared.get(row["relation"], False)
        assert (row["functional_by"] == "declared") == (row["relation"] in declared)


@pytest.mark.parametrize(("key", "unit"), [*(("prompt", unit) for unit in reference.UNITS), ("fact", "cluster")])
def test_every_slice_has_the_sums_and_the_rate_of_the_reference(
    tables: dict[str, list[Row]], placed: list[Row], counted: dict[str, dict[int, Row]], key: str, unit: str
) -> None:
    wanted = reference.sums(reference.statements(placed, f"{key}_id", unit), counted[f"{key}_id"])
    rates = _estimates(tables, key, unit, "singleton_rate")
    shares = _estimates(tables, key, unit, f"share_of_{key}s_seen_once")
    assert rates.keys() == wanted.keys() == shares.keys()
    for at, own in wanted.items():
        keys, alone = own.pop("keys"), own.pop("singleton_keys")
        assert (rates[at]["numerator"], rates[at]["denominator"]) == (own["a"], own["n"]), at
        assert rates[at]["units"] == own["units"], at
        assert rates[at]["value"] == near(own["a"] / own["n"]), at
        interval = leave_one_unit_out_from_sums(**own, confidence=0.95)
        assert (rates[at]["low"], rates[at]["high"]) == near((interval.low, interval.high)), at
        assert (shares[at]["numerator"], shares[at]["denominator"]) == (alone, keys), at


def test_domains_add_up_to_the_corpus(tables: dict[str, list[Row]]) -> None:
    rates = _estimates(tables, "prompt", "cluster", "singleton_rate")
    whole = rates["corpus", "*"]
    for kind in reference.KINDS[1:]:
        parts = [row for (of, _), row in rates.items() if of == kind]
        assert sum(row["numerator"] for row in parts) == whole["numerator"]
        weighted = sum(row["denominator"] / whole["denominator"] * row["value"] for row in parts)
        assert weighted == near(whole["value"])


def test_spectra_are_those_of_the_reference(tables: dict[str, list[Row]], placed: list[Row]) -> None:
    found = reference.statements(placed, "prompt_id", "cluster")
    domains = {("domain", s.place[0]) for s in found}
    for kind, name in sorted(domains | {("corpus", "*")}):
        inside = found if kind == "corpus" else {s for s in found if s.place[0] == name}
        rows = [r for r in tables["spectra"] if (r["slice_kind"], r["slice"]) == (kind, name)]
        assert {r["r"]: (r["keys"], r["statements"]) for r in rows} == reference.spectrum(inside)


def _estimates(tables: dict[str, list[Row]], key: str, unit: str, statistic: str) -> dict[tuple[str, str], Row]:
    rows = (r for r in tables["estimates"] if (r["key"], r["unit"], r["statistic"]) == (key, unit, statistic))
    return {(r["slice_kind"], r["slice"]): r for r in rows}


def test_the_page_is_made_of_what_deduplication_found(audited: Run) -> None:
    page = audited.read("report/report.html") or ""
    assert 'id="bucket-table"' in page and "<script" not in page


# what README quotes of this corpus


@pytest.mark.parametrize(
    ("begins", "arguments"),
    [
        ("kept: domain:archive=0", ("what-if", "--drop", "archive", "--keep", "gazetteer=.5", "--keep", "*=2")),
        ("undecided, counts as failed", ("gate", "--rules", str(samples.SAMPLES / "gate.toml"))),
        ('"doc_id","user_id"', ("dedup-export", "--out", "remove.csv")),
    ],
)
def test_readme_shows_what_a_command_says(
    audited: Run, begins: str, arguments: tuple[str, ...], tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    command, *options = arguments
    with pytest.raises(SystemExit):
        main([command, audited.shown(), *options])
    told = "".join(capsys.readouterr())
    told += "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv"))
    (shown,) = [text for kind, text in BLOCKS if kind == "text" and text.startswith(begins)]
    assert "\n".join(_lines(shown)) in "\n".join(_lines(told))


def test_readme_shows_the_repeats(audited: Run) -> None:
    (shown,) = [text for kind, text in BLOCKS if kind == "text" and "repeated / all" in text]
    rows = {row["slice"]: row for row in audited.table("repeats").to_pylist() if row["slice_kind"] in PLACES}
    for line in shown.splitlines()[1:]:
        row = rows[line.split()[0]]
        share, low, high = (f"{row[name]:.3f}".removeprefix("0") for name in ("share", "low", "high"))
        counts = f"{row['repeated_characters']:,} / {row['characters']:,} {row['clusters']} {row['status']}"
        assert line.split()[1:] == f"{share} ({low}–{high}) {counts}".split()


def _lines(text: str) -> list[str]:
    """Without blanks at the ends of lines, which tables pad with, and blank lines."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
