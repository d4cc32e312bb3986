"""The corrected companions of the singleton rates.

Recall and precision come from the user, who measured them, or from a quality card, each with the number of items behind
it; a slice that holds other tiers than the measured one is not corrected. The split rate comes from there, too, or else
it is the run's own estimate, which the method then says. Beside a key-split rate that was measured, which sees names
that look unlike, the run's own estimate only may lower the limit.

An estimate of splits alone makes no corrected rate: without recall and precision `corrected_singleton_rate` has no
value, and what splits change stands apart as `split_corrected_singleton_rate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from analyzer.settings import EstimateSettings
from analyzer.stats import Spectrum, correct_for_extraction, leave_one_unit_out_arrays
from analyzer.stats.split_rate import SplitSums, split_rate

SUMS = ("a", "n", "units", "a2", "am", "m2")
ALONE = ("corpus", "domain")  # slices that show what splits alone change
Row = dict[str, Any]
SpectrumOf = Callable[[Row], Spectrum | None]


def split_estimate(sums: SplitSums, settings: EstimateSettings) -> Row:
    """The row of `estimates` with the run's own sigma."""
    e = split_rate(sums, settings.confidence)
    return {
        "slice_kind": "corpus",
        "slice": "*",
        "key": "prompt",
        "unit": "cluster",
        "units": sums.clusters,
        "statistic": "split_rate",
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "confidence": e.confidence,
        "numerator": e.numerator,
        "denominator": e.denominator,
        "method": e.method,
        "status": e.status,
    }


def estimates(
    rates: Sequence[Row], spectrum: SpectrumOf, settings: EstimateSettings, sums: SplitSums | None
) -> Iterator[Row]:
    """Corrected companions of `rates` (sums of slices with their rate, key prompt, unit cluster)."""
    joint = 1 - (1 - settings.confidence) / 2  # each of two limits at half the error, so that both hold together
    own = split_rate(sums, joint) if sums is not None and settings.split_rate is None else None
    estimated = own is not None and own.value is not None
    lows = _lows(rates, joint) if estimated else [row["low"] for row in rates]
    for row, low in zip(rates, lows, strict=True):
        given = _given(row, settings)
        audited = given["recall"] is not None or given["singleton_precision"] is not None
        covered = _covered(row, settings)
        if all(value is None for value in given.values()) and (settings.split_rate is None or not covered):
            yield _row(row, "corrected_singleton_rate", method="none", status="not_measured")
        elif audited and estimated:
            yield _with_own_splits(row, spectrum(row), settings, given, own, low, joint)
        else:
            e = _correct(row, spectrum(row), given, settings.split_rate, row["low"], settings.confidence)
            yield _row(row, "corrected_singleton_rate", e, f"{e.method}; {_splits(settings, given)}")
        if estimated and row["slice_kind"] in ALONE:
            yield _splits_alone(row, own, low, settings.confidence)


def _covered(row: Row, settings: EstimateSettings) -> bool:
    """Whether a slice holds nothing but the tier that the errors were measured on."""
    return settings.measured_tier == "all" or (row["slice_kind"], row["slice"]) == ("tier", settings.measured_tier)


def _given(row: Row, settings: EstimateSettings) -> Row:
    """What was measured of the extractor: a share, or (hits, trials) where the items behind it are known."""
    found: Row = {}
    for name in ("recall", "singleton_precision", "other_precision", "key_split_rate"):
        value, trials = getattr(settings, name), getattr(settings, f"{name}_trials")
        found[name] = (value * trials, trials) if value is not None and trials else value
    return found if _covered(row, settings) else dict.fromkeys(found)


def _splits(settings: EstimateSettings, given: Row) -> str:
    if settings.split_rate is not None:
        return "split rate as given"
    return "split names not corrected" if given["key_split_rate"] is None else "key-split rate as measured"


def _with_own_splits(
    row: Row,
    spectrum: Spectrum | None,
    settings: EstimateSettings,
    given: Row,
    own: Any,
    low: float | None,
    joint: float,
) -> Row:
    """The value at sigma, the lower limit at sigma's upper limit; with a measured key-split rate the value at that."""
    worst = _correct(row, spectrum, given, own.high, low, joint)
    if given["key_split_rate"] is not None:
        best = _correct(row, spectrum, given, None, row["low"], settings.confidence)
        least = min((e.low for e in (best, worst) if e.low is not None), default=None)
        method = f"{best.method}; key-split rate as measured, limit also by the table splits"
    else:
        best, least = _correct(row, spectrum, given, own.value, low, joint), worst.low
        method = f"{best.method}; split rate as estimated from the table splits"
    ends = {"low": least, "confidence": settings.confidence}
    return _row(row, "corrected_singleton_rate", best, method) | ends


def _splits_alone(row: Row, own: Any, low: float | None, confidence: float) -> Row:
    """S (1 - sigma), nothing else corrected."""
    known = row["value"] is not None
    return _row(
        row,
        "split_corrected_singleton_rate",
        method="corrected for split names alone, as estimated from the table splits; conservative lower limit",
        status="partly_measured" if known else row["status"],
    ) | {
        "value": row["value"] * (1 - own.value) if known else None,
        "low": low * (1 - own.high) if known and low is not None else None,
        "confidence": confidence,
    }


def _correct(
    row: Row,
    spectrum: Spectrum | None,
    given: Row,
    split: float | None,
    low: float | None,
    confidence: float,
) -> Any:
    return correct_for_extraction(
        row["a"],
        row["n"],
        **given,
        split_rate=split,
        spectrum=spectrum,
        rate_low=low,
        confidence=confidence,
    ).estimate


def _lows(rates: Sequence[Row], confidence: float) -> list[float | None]:
    """Lower limits of the rates at another confidence."""
    column: dict[str, Any] = {
        name: np.array([row[name] for row in rates], dtype=np.float64) for name in (*SUMS, "cross")
    }
    cross = column.pop("cross")
    found = leave_one_unit_out_arrays(**column, doubleton_cross=cross, confidence=confidence)
    return [None if np.isnan(low) else float(low) for low in found.low]


def _row(row: Row, statistic: str, e: Any = None, method: str = "", status: str = "") -> Row:
    ends = {"value": None, "low": None, "high": None, "confidence": None}
    if e is not None:
        ends = {"value": e.value, "low": e.low, "high": e.high, "confidence": e.confidence}
    at = {name: row[name] for name in ("slice_kind", "slice", "key", "unit", "units")}
    counts = {"numerator": row["a"], "denominator": row["n"]}
    told = {"method": method, "status": e.status if e is not None else status}
    return {**at, "statistic": statistic, **counts, **ends, **told}
