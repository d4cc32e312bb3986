"""The command on a finished run: what it tells, what it leaves untouched, what it refuses."""

from __future__ import annotations

import json

import pytest

from analyzer import cli
from analyzer.io import results, runs
from tests import tiny

pytestmark = pytest.mark.spark


def told(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main(["what-if", *map(str, arguments), "--json"])
    out = capsys.readouterr()
    return ended.value.code, json.loads(out.out.splitlines()[-1]) if out.out else out.err


@pytest.mark.slow
def test_dropping_a_domain_is_what_an_audit_without_it_finds(audited, capsys, tmp_path, spark):
    from analyzer import pipeline

    rest = [document for document in tiny.DOCUMENTS if document[0] == "south"]
    corpus = tiny.write(tmp_path / "corpus", documents=rest)
    pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(), until="count")
    prompts = runs.opened(str(tmp_path / "run")).table("prompts").to_pylist()
    n = sum(row["cluster_statements"] for row in prompts)
    within = {r: sum(row["cluster_statements"] for row in prompts if row["clusters"] <= r) for r in (1, 2, 4)}
    before = tiny.tables(audited[1])
    code, found = told(capsys, audited[1], "--drop", "domain:north", "--out", tmp_path / "out")
    assert code == 0
    by = {row["statistic"]: row for row in found["what_if"]}
    rate = by["singleton_rate"]
    assert (rate["value"], rate["low"], rate["high"]) == (within[1] / n,) * 3
    assert (rate["numerator"], rate["denominator"], by["statements"]["value"]) == (within[1], n, n)
    assert by["prompts"]["value"] == len(prompts)
    assert by["documents"]["value"] == len(rest)
    for r, held in within.items():
        assert by[f"low_exposure_mass_{r}"]["value"] == pytest.approx(held / n)
    assert results.read(tmp_path / "out", "what_if", "what-if").to_pylist() == found["what_if"]
    assert tiny.tables(audited[1]) == before


def test_epochs_leave_the_rate_and_move_the_low_exposure_mass(audited, capsys):
    _, found = told(capsys, audited[1], "--keep", "north=3", "--keep", "south=2", "--advise")
    by = {row["statistic"]: row for row in found["what_if"]}
    assert by["singleton_rate"]["value"] == by["singleton_rate"]["now"]
    assert by["statements"]["value"] == by["statements"]["now"]
    assert by["statements_seen"]["value"] > 2 * by["statements"]["now"] - 1
    assert by["low_exposure_mass_1"]["value"] == 0 < by["low_exposure_mass_1"]["now"]
    shares = {row["domain"]: row["share"] for row in found["advice"]}
    assert sum(shares.values()) == pytest.approx(1)
    assert all(row["status"] for row in found["advice"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((), "say what to keep"), (("--keep", "nort=.5"), "did you mean 'north'"), (("--keep", "north=x"), "NAME=WEIGHT")],
)
def test_what_cannot_be_meant_is_refused_before_spark_starts(audited, capsys, arguments, message):
    code, error = told(capsys, audited[1], *arguments)
    assert code == 2
    assert message in error
