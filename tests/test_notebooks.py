"""Every notebook runs from top to bottom, on small sizes."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
OF_A_RUN = "reading_a_report"


def test_the_notebooks_are_there() -> None:
    names = {"reading_a_report", "the_bound", "theorems_tried", "corpus_to_model", "confidence_targets"}
    assert {path.stem for path in NOTEBOOKS} == names


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    notebook: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("MONOFACT_SMALL", "1")
    if notebook.stem == OF_A_RUN:  # the others need no Spark
        monkeypatch.setenv("MONOFACT_RUN", str(request.getfixturevalue("audited")[1]))
    runpy.run_path(str(notebook))
    assert len(capsys.readouterr().out) > 100
