"""The verdict says what may be repeated, case by case."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.model import Bound, Estimate
from analyzer.report.verdict import verdict
from tests.report import builders


def estimate(row):
    return Estimate(**{k: v for k, v in row.items() if k not in ("slice_kind", "slice")})


def bound(*args, **kw):
    return Bound(**{k: v for k, v in builders.bound(*args, **kw).items() if k not in ("slice_kind", "slice")})


def say(rate=None, corrected=None, bounds=(), prompts=10, documents=5, delta_measured=False):
    rate = rate or estimate(builders.rate())
    return verdict(rate, corrected, bounds, prompts=prompts, documents=documents, delta_measured=delta_measured)


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_finding_names_n_unit_and_interval():
    found = plain(say().sentence)
    assert "38.2 % of the 123,258 answered statements" in found
    assert "95 % interval 37.4 to 39.1 %" in found and "one cluster of near-duplicate documents" in found


def test_an_uncorrected_rate_is_said_to_be_inflated_and_no_lower_bound():
    found = say()
    assert found.status == "uncorrected"
    assert "inflate" in found.caveats[0] and "no lower bound" in found.caveats[0]


def test_a_corrected_rate_is_told_with_its_lower_limit():
    found = say(corrected=estimate(builders.estimate("corrected_singleton_rate", 0.301, low=0.2799, high=0.33)))
    assert found.status == "corrected" and "at least 27 %" in plain(found.caveats[0])
    assert "no lower bound" not in found.caveats[0]


def test_a_rate_corrected_in_part_is_still_no_lower_bound():
    row = builders.estimate("corrected_singleton_rate", 0.301, low=0.27, high=0.33, status="partly_measured")
    found = say(corrected=estimate(row))
    assert found.status == "uncorrected" and "no lower bound" in found.caveats[0]


def test_a_vacuous_bound_is_called_vacuous_and_no_sign_of_safety():
    found = say(bounds=[bound(value=-0.2, status="vacuous")])
    assert found.bound_status == "vacuous"
    assert "vacuous" in found.caveats[1] and "no sign of safety" in found.caveats[1] and "-0.2" not in found.caveats[1]


def test_a_bound_is_rounded_down_and_told_with_what_it_assumes():
    found = plain(say(bounds=[bound(value=0.2269)]).caveats[1])
    assert "lower bound is 22 %" in found and "assumed, not measured" in found and "41.2 % of the statements" in found
    assert "as much as the extraction" in found


def test_the_effective_refined_bound_is_the_headline():
    literal, effective = bound(value=0.3, n_kind="literal"), bound(value=0.11)
    assert "11" in say(bounds=[literal, effective]).caveats[1].split(":")[0]


def test_unmet_conditions_give_no_bound():
    found = say(bounds=[bound(value=None, status="conditions_not_met")])
    assert "No lower bound is given (conditions not met)" in found.caveats[1]
    found = say(bounds=[bound(value=None, status="conditions_not_met", relations=0, covered=0.0)])
    assert "none of these is stated often enough here" in found.caveats[1]


def test_without_an_interval_the_figure_must_not_be_compared():
    found = say(rate=estimate(builders.rate(low=None, high=None, status="one_unit")))
    assert found.status == "no_interval" and "do not compare" in found.caveats[0] and "interval" not in found.sentence


def test_no_statements_is_not_a_rate_of_zero():
    found = say(rate=estimate(builders.rate(None, None, None, denominator=0, numerator=0, status="empty")), prompts=0)
    assert found.status == "empty" and "No answered statement was found in 5 documents" in found.sentence
    assert "not a rate of zero" in found.caveats[0] and "%" not in found.sentence


@pytest.mark.parametrize("denominator", [None, 7])
def test_statements_without_a_rate_say_so(denominator):
    found = say(rate=estimate(builders.rate(None, None, None, denominator=denominator, status="undefined")))
    assert found.status == "undefined" and "has no value: undefined" in found.sentence


SHARE = st.none() | st.floats(0, 1)


@given(SHARE, SHARE, SHARE, st.none() | st.integers(0, 10**12), SHARE, st.sampled_from(["ok", "vacuous", "other"]))
def test_no_verdict_ever_shows_a_gap_as_a_number(value, low, high, n, bound_value, status):
    low, high = (min(low, high), max(low, high)) if low is not None and high is not None else (low, high)
    found = say(
        rate=estimate(builders.rate(value, low, high, denominator=n)), bounds=[bound(value=bound_value, status=status)]
    )
    text = " ".join((found.sentence, *found.caveats))
    assert not re.search(r"None|nan|inf\b", text) and text.endswith(".")
