"""Display: personal data masked, terminal control made visible."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text.redact import mask, printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jane.doe+x@mail.example.org now", "write to [email] now"),
        ("call +44 20 7946 0958.", "call [phone]."),
        ("call (555) 123-4567", "call [phone]"),
        ("card 4111111111111111", "card [number]"),
        ("from 192.168.10.1:", "from [ip]:"),
        ("at 2001:db8:0:0:0:0:0:1 it", "at [ip] it"),
        ("at fe80::1ff:fe23 it", "at [ip] it"),
    ],
)
def test_personal_data_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the war of 1939-1945",
        "born on 1971-06-28",
        "on 28.06.1971",
        "at 12:30:45",
        "version 3.11",
        "9,382,227 people",
        "std::pair",
    ],
)
def test_years_dates_times_and_counts_stay(text: str) -> None:
    assert mask(text) == text


def test_masking_is_fast_on_hostile_text() -> None:
    started = time.perf_counter()
    for text in ("1 " * 50_000, "a@" * 50_000, ":" * 100_000, "1.1." * 30_000, "a." * 50_000 + "@"):
        mask(text)
    assert time.perf_counter() - started < 5


def test_escape_sequences_and_bidi_overrides_are_shown_not_obeyed() -> None:
    assert printable("\x1b[2Jgone \u202eabc\x00\n\u2028") == "\\x1b[2Jgone \\u202eabc\\x00\\x0a\\u2028"
    assert printable("plain é 漢字 😀") == "plain é 漢字 😀"


@given(st.text())
def test_printable_text_is_printable(text: str) -> None:
    assert printable(text).isprintable()
