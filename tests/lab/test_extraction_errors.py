"""What distorts a rate does so as its formula says, and each correction takes it back."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.lab import extraction_errors
from analyzer.lab.extraction_errors import Distorted

SEEDS = range(3, 11)

# Figures of an independent simulation of the same world (N = 200,000 statements of 300,000 keys, Zipf's law): observed
# rate, and what the correction made of it, None where none was made.
PUBLISHED: dict[tuple[str, float], tuple[float, float | None]] = {
    ("missed, series", 0.9): (0.19279, 0.18512), ("missed, extrapolation", 0.9): (0.19279, 0.18484),
    ("missed, series", 0.7): (0.21138, 0.18569), ("missed, extrapolation", 0.7): (0.21138, 0.18236),
    ("missed, series", 0.5): (0.23592, 0.19555), ("missed, extrapolation", 0.5): (0.23592, 0.17295),
    ("missed, extrapolation", 0.3): (0.27063, 0.14185),
    ("invented", 0.02): (0.20127, 0.18497), ("invented", 0.05): (0.22572, 0.18497),
    ("invented", 0.1): (0.26647, 0.18497), ("invented", 0.2): (0.34797, 0.18497),
    ("split", 0.02): (0.20277, None), ("split", 0.05): (0.22986, None),
    ("split", 0.1): (0.27385, None), ("split", 0.2): (0.36144, None),
    ("merged", 1e5): (0.10957, None), ("merged", 3e5): (0.15506, None),
    ("merged", 1e6): (0.17497, None), ("merged", 1e7): (0.18401, None),
    ("copied", 0.1): (0.15108, 0.18497), ("copied", 0.3): (0.09974, 0.18497),
    ("copied 3 times", 0.3): (0.06778, 0.18497),
    ("sampled", 0.1): (0.3056, 0.27504), ("sampled", 0.25): (0.23655, 0.17741),
    ("sampled", 0.5): (0.18587, 0.09294), ("sampled", 0.9): (0.14503, 0.01450),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> list[list[Distorted]]:
    return [extraction_errors.table(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def rows(tables: list[list[Distorted]]) -> dict[tuple[str, float], Distorted]:
    return {(row.distortion, row.strength): row for row in tables[0]}


def test_every_distortion_moves_the_rate_as_its_formula_predicts(rows: dict[tuple[str, float], Distorted]) -> None:
    for row in rows.values():
        assert row.observed == pytest.approx(row.predicted, rel=0.02), row


@pytest.mark.parametrize("distortion", ["missed", "invented", "split", "copied", "copied 3 times", "sampled"])
def test_every_correction_takes_the_rate_back(distortion: str, rows: dict[tuple[str, float], Distorted]) -> None:
    for row in (r for r in rows.values() if r.distortion == distortion):
        if distortion == "missed" and row.strength <= 0.5:  # from twice the data on an extrapolation that errs low
            assert 0.75 * row.true < row.corrected < row.true
        else:
            assert row.corrected == pytest.approx(row.true, rel=0.06), row
        assert abs(row.corrected - row.true) < abs(row.observed - row.true)


def test_limits_never_exceed_the_true_rate_and_merging_only_lowers_it(
    rows: dict[tuple[str, float], Distorted],
) -> None:
    limited = [row for row in rows.values() if row.corrected_low is not None]
    assert len(limited) == 20
    for row in limited:
        assert row.corrected_low <= row.true + 1e-9, row


def test_published_comparisons_come_out_within_sampling_error(tables: list[list[Distorted]]) -> None:
    """One draw and the mean of ours differ by sd sqrt(1 + 1/n); 4.5 of it, Student's t at 7 degrees, is 3 in 1,000."""
    for (distortion, strength), published in PUBLISHED.items():
        same = [row for table in tables for row in table if (row.distortion, row.strength) == (distortion, strength)]
        assert len(same) == len(SEEDS)
        for value, name in zip(published, ("observed", "corrected"), strict=True):
            ours = np.array([getattr(row, name) for row in same])
            error = float(ours.std(ddof=1)) * (1 + 1 / len(ours)) ** 0.5
            assert value is None or abs(value - ours.mean()) <= 4.5 * error, (distortion, strength, name, ours.mean())
