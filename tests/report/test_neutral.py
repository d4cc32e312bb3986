"""What is shown of a name is visible, short and, for a singleton, an outline."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.report import neutral


@given(st.text(max_size=200), st.integers(4, 40))
def test_a_shortened_name_is_printable_and_no_longer_than_asked(text, width):
    shown = neutral.shorten(text, width)
    assert shown.isprintable() and len(shown) <= max(width, len("(blank)")) and shown


def test_a_tooltip_of_a_giant_name_is_bounded_and_tells_the_length():
    shown = neutral.tooltip("x" * 1_000_000)
    assert len(shown) < 400 and "1,000,000 characters" in shown


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=2, max_size=20))
def test_an_outline_tells_no_more_than_a_first_letter(word):
    shown = neutral.initials(word)
    assert set(shown) <= {"#"} or shown == word[0] + "…"


def test_addresses_are_not_outlined_but_replaced():
    assert neutral.initials("Ada ada@example.org https://x.example/ada") == "A… [address] [address]"
