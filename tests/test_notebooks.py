"""Every notebook runs from top to bottom, on small sizes."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    notebook: Path, audited: tuple, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, run, _ = audited
    monkeypatch.setenv("MONOFACT_RUN", str(run))
    monkeypatch.setenv("MONOFACT_SMALL", "1")
    runpy.run_path(str(notebook))
    assert len(capsys.readouterr().out) > 100
