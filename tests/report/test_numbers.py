"""No more digits than the interval justifies; limits are rounded outward, bounds in the safe direction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report import numbers


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [
        (0.38214, 0.3741, 0.3902, "38.2 %"),
        (0.38214, 0.25, 0.50, "38 %"),
        (0.38214, 0.3820, 0.3823, "38.214 %"),
        (0.38214, 0.3815, 0.3825, "38.21 %"),
        (0.5, 0.498, 0.502, "50.00 %"),
        (1.0, 1.0, 1.0, "100 %"),
        (0.0, None, None, "0 %"),
        (0.0123, None, None, "1.2 %"),
    ],
)
def test_a_share_has_the_digits_of_its_interval(value, low, high, shown):
    assert numbers.share(value, low, high).replace(numbers.SPACE, " ") == shown


def test_without_an_interval_the_number_of_draws_decides():
    assert numbers.share(6 / 7, n=7) == f"86{numbers.SPACE}%"
    assert numbers.share(0.123456, n=10**8) == f"12.346{numbers.SPACE}%"


def test_a_gap_is_empty_not_zero():
    assert numbers.share(None) == "" and numbers.interval(0.5, None, 0.6) == "" and numbers.plain(None) == ""


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_printed_interval_covers_the_computed_one(a, b, c):
    low, value, high = sorted((a, b, c))
    text = numbers.interval(value, low, high, " ").replace(numbers.SPACE, "").rstrip("%")
    shown_low, shown_high = (float(part) / 100 for part in text.split(" "))
    assert shown_low <= low + 1e-8 and shown_high >= high - 1e-8
    assert shown_low >= 0 and shown_high <= 1


@given(st.floats(0, 1))
def test_lower_bounds_round_down_and_upper_bounds_up(value):
    least, most = (
        float(f(value).replace(numbers.SPACE, "").rstrip("%")) / 100 for f in (numbers.at_least, numbers.at_most)
    )
    assert least <= value + 1e-8 and most >= value - 1e-8


def test_an_unknown_status_is_told_in_its_own_words():
    assert numbers.words("some_new_status") == "some new status" and numbers.words("") == "not estimated"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1 / 340, "0.29"), (0.1538, "15"), (0.5, "50"), (0.97, "97.0"), (0.9991, "99.910"), (1.0, "100")],
)
def test_a_counted_share_is_0_or_100_only_if_none_or_all_are(value, shown):
    assert numbers.counted(value) == f"{shown}\u202f%"
    assert numbers.counted(None) == ""


def test_a_count_of_a_sample_is_an_estimate():
    assert numbers.is_counted("counted, not estimated")
    assert numbers.is_counted("counted, not estimated: MinHash, verified")
    assert not numbers.is_counted("counted, not estimated; from a sample of 10 % of the prompts")
