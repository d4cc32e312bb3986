"""The page of a sweep holds every cell, says where estimates decided, and refuses what it cannot read."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer import cli
from analyzer.commands import dedup
from analyzer.errors import ConfigError
from analyzer.report.sweep_page import render
from tests.report import builders
from tests.report.test_page import Elements, assert_inert


def cell(threshold: float, bands: int, rows: int, rate: float | None, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "threshold": threshold, "bands": bands, "rows": rows, "found": 0.5, "documents": 1_000, "clusters": 900,
        "removed": 0.1, "singleton_rate": rate, "low": rate and rate - 0.02, "high": rate and rate + 0.02,
        "confidence": 0.95, "numerator": 4_000, "n": 9_000, "units": 800, "verification": "estimate", "method": "m",
        "status": "ok" if rate is not None else "empty",
    }  # fmt: skip
    return row | other


CELLS = [
    cell(0.7, 16, 8, 0.61, verification="run"),
    cell(0.7, 16, 8, 0.60),
    cell(0.7, 32, 4, 0.62, removed=0.3, clusters=700),
    cell(0.9, 16, 8, 0.50, removed=0.05),
    cell(0.9, 32, 4, 0.55),
]


def page(rows: list[dict[str, Any]], shown: str = "/data/run") -> str:
    return render(builders.table("sweep", rows), shown)


def test_every_cell_is_shown_with_its_interval_and_n():
    html = page(CELLS)
    assert_inert(html)
    text = "".join(Elements(html).text)
    for rate in ("60.0–64.0", "58.0–62.0", "48.0–52.0", "53.0–57.0"):
        assert rate in text, rate
    assert "32 x 4" in text and "16 x 8" in text and "700 clusters" in text and "N 9,000" in text


def test_the_page_says_that_estimates_decided_and_what_the_run_itself_has():
    text = "".join(Elements(page(CELLS)).text)
    assert "decided by the estimate" in text
    assert "threshold 0.7, banding 16 x 8" in text and "from 50" in text and "to 62" in text


def test_bars_run_from_the_least_to_the_largest_value_of_the_grid():
    html = page(CELLS)
    assert html.count("width: 100.0%") == 2 and html.count("width: 0.0%") == 2


def test_without_a_statement_there_is_no_rate_to_compare():
    html = page([cell(0.7, 16, 8, None, verification="run"), cell(0.7, 16, 8, None)])
    assert "no rate to compare" in html
    assert_inert(html)


@pytest.mark.parametrize("text", builders.HOSTILE)
def test_a_hostile_name_of_a_run_is_inert(text):
    assert_inert(page(CELLS, text))


@pytest.mark.parametrize(("option", "value"), [("--thresholds", "high"), ("--bandings", "16")])
def test_settings_that_cannot_be_read_are_one_line_and_exit_code_2(option, value, tmp_path, capsys):
    (tmp_path / "run.toml").write_text("")
    with pytest.raises(SystemExit) as end:
        cli.main(["sweep", str(tmp_path), "--out", str(tmp_path / "out"), option, value, "--quiet"])
    assert end.value.code == 2
    assert option in capsys.readouterr().err


def test_bandings_are_read_as_written():
    assert dedup._bandings("32x4, 16X8") == [(32, 4), (16, 8)]
    with pytest.raises(ConfigError):
        dedup._bandings("32x4x2")
