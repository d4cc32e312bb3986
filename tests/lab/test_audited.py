"""Corrections made from an audit of some items: about right, and their lower limit holds."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.lab import audited
from analyzer.lab.audited import EXTRACTORS, Audited, Extractor

REPLICATES = 25


@pytest.fixture(scope="module")
def rows() -> dict[str, Audited]:
    return {row.extractor: row for row in audited.table(1, REPLICATES, 10_000, 15_000)}


def test_an_extractor_does_what_it_says() -> None:
    rng = np.random.default_rng(1)
    mention = rng.integers(10_000, size=50_000)
    seen = audited.see(mention, Extractor(recall=0.6, invented=0.2, split=0.1), rng)
    assert seen.found.mean() == pytest.approx(0.6, abs=0.01)
    assert (seen.own < 0).mean() == pytest.approx(0.2, abs=0.001)
    joined = audited.see(mention, Extractor(buckets=1_000), rng)
    assert len(np.unique(joined.key)) == 1_000


def test_the_lower_limit_of_a_corrected_rate_holds_under_every_extractor(rows: dict[str, Audited]) -> None:
    assert rows.keys() == EXTRACTORS.keys()
    for row in rows.values():
        assert row.holds >= 0.96, row  # all of 25, or all but one: 97.5 % is promised


@pytest.mark.parametrize("extractor", ["perfect", "misses", "invents", "splits"])
def test_each_correction_recovers_the_missing_mass_within_its_error(extractor: str, rows: dict[str, Audited]) -> None:
    row = rows[extractor]
    assert row.corrected == pytest.approx(row.missing_mass, abs=4 * row.deviation / REPLICATES**0.5 + 0.002)


@pytest.mark.parametrize("extractor", ["misses", "misses half", "invents", "splits", "all of it"])
def test_uncorrected_rates_are_no_lower_bound_and_corrected_ones_are_nearer(
    extractor: str, rows: dict[str, Audited]
) -> None:
    row = rows[extractor]
    assert row.observed > row.missing_mass + 0.02
    assert abs(row.corrected - row.missing_mass) < (row.observed - row.missing_mass) / 2


def test_where_half_is_missed_or_keys_are_merged_the_rate_errs_low(rows: dict[str, Audited]) -> None:
    for name in ("misses half", "merges", "all of it"):
        assert rows[name].low < rows[name].corrected <= rows[name].missing_mass
