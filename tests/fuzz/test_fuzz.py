"""A short run of every fuzzing target; `make fuzz` runs a million cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import run

SEED = 2_026  # another than that of `make fuzz`
CASES = {
    "page": 3,
    "text to facts": 15,
    "small files": 150,
    "signing a text": 150,
    "summary and terminal": 60,
    "tree to facts": 300,
}


@pytest.mark.parametrize("target", run.TARGETS)
def test_hostile_input_ends_in_an_account_or_an_error_of_ours(target: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    assert run.several(target, SEED, range(CASES.get(target, 350)), folder) == {}


def test_a_finding_is_told_with_the_case_that_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(rng, folder):  # type: ignore[no-untyped-def]  # the signature is that of a target
        if rng.random() < 0.5:
            raise KeyError("x")

    monkeypatch.setitem(run.TARGETS, "lines", breaks)
    found = run.several("lines", 1, range(40), tmp_path)
    ((kind, cases),) = found.items()
    assert kind.startswith("KeyError") and 5 < len(cases) < 35
    with pytest.raises(KeyError):
        run.one("lines", 1, cases[0], tmp_path)
