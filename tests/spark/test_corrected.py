"""What a quality card measured reaches the corrected rates whole: the items behind each measure, the tier, the keys."""

from __future__ import annotations

import pytest

from analyzer.settings import EstimateSettings
from analyzer.spark import corrected
from analyzer.stats.split_rate import SplitSums

RATE = {
    "slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "units": 400, "a": 400, "n": 1000,
    "a2": 450.0, "am": 1000.0, "m2": 2600.0, "cross": 100.0, "value": 0.4, "low": 0.36, "high": 0.44,
}  # fmt: skip
OWN = SplitSums(400, 50, 400, 40.0, 40.0, 44.0, 440.0, 0.0, 0.0, 0.0)  # the run's own sigma is .1


def rate(row=RATE, sums=None, **settings):
    found = corrected.estimates([row], lambda row: None, EstimateSettings(**settings), sums)
    return next(row for row in found if row["statistic"] == "corrected_singleton_rate")


def test_fewer_items_behind_a_measure_lower_the_limit_and_not_the_value():
    exact, many, few = (rate(singleton_precision=0.9, singleton_precision_trials=n) for n in (None, 5000.0, 50.5))
    assert exact["value"] == pytest.approx(many["value"]) == pytest.approx(few["value"])
    assert few["low"] < many["low"] < exact["low"] <= exact["value"]


def test_a_slice_of_other_tiers_than_the_measured_one_stays_uncorrected():
    measured = {"singleton_precision": 0.9, "recall": 0.5, "measured_tier": "typed"}
    assert (rate(**measured)["value"], rate(**measured)["status"]) == (None, "not_measured")
    assert rate({**RATE, "slice_kind": "tier", "slice": "open"}, **measured)["status"] == "not_measured"
    typed = rate({**RATE, "slice_kind": "tier", "slice": "typed"}, **measured)
    assert typed["value"] == pytest.approx(0.9 * 0.4 / (0.9 * 0.4 + 0.6))
    assert rate(sums=OWN, **measured)["status"] == "not_measured"


def test_a_measured_key_split_rate_joins_what_it_split_and_is_named():
    row = rate(singleton_precision=1.0, other_precision=1.0, key_split_rate=0.05)
    assert row["value"] == pytest.approx((0.4 - 0.05) / 0.95) and "key-split rate as measured" in row["method"]


def test_beside_a_measured_key_split_rate_the_runs_own_splits_only_lower_the_limit():
    measured = {"singleton_precision": 0.9, "other_precision": 0.95, "key_split_rate": 0.001}
    alone, both = rate(**measured), rate(sums=OWN, **measured)
    assert both["value"] == pytest.approx(alone["value"]) and both["low"] < alone["low"]
    assert "limit also by the table splits" in both["method"]


def test_a_split_rate_that_a_user_gives_outranks_the_measured_keys():
    row = rate(singleton_precision=0.9, key_split_rate=0.2, split_rate=0.3)
    assert row["value"] == pytest.approx(0.9 * 0.4 * 0.7 / (0.9 * 0.4 + 0.6)) and "as given" in row["method"]
