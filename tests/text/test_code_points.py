"""The table of normal forms against the definition that makes it."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.text.code_points import CONTEXT, GROWTH, LIMIT, forms
from analyzer.text.normalize import blanked

FREE = "".join(chr(c) for c in range(LIMIT) if forms().lengths[c] != CONTEXT and not 0xD800 <= c < 0xE000)
CHANGED = "".join(c for c in FREE if c.lower() != c or unicodedata.decomposition(c))


def in_a_row(text: str) -> str:
    table = forms()
    places = [(int(table.starts[ord(c)]), int(table.lengths[ord(c)])) for c in text]
    return b"".join(table.data[start : start + length].tobytes() for start, length in places).decode()


@given(st.text(alphabet=FREE) | st.text(alphabet=CHANGED) | st.text(alphabet="AbΩσςﬁ½é한中😀‘ \u00a0_"))
@settings(max_examples=500, deadline=None)
def test_without_context_the_form_of_a_text_is_that_of_its_code_points_in_a_row(text: str) -> None:
    assert in_a_row(text) == blanked(text)


def test_what_depends_on_its_neighbours_is_marked() -> None:
    for point in ("Σ", "𝚺", "\u0301", "\u0345", "\u1161", "\u11a8", "\u093c", "\u3099", "\uff9e"):
        assert forms().lengths[ord(point)] == CONTEXT, f"U+{ord(point):04X}"
    for point in ("a", "é", "İ", "σ", "ς", "–", "中", "한", "😀", "\ufe0f"):
        assert forms().lengths[ord(point)] != CONTEXT, f"U+{ord(point):04X}"
    assert len(FREE) > 0.97 * LIMIT


def test_the_forms_of_ascii_are_a_byte_each_in_order() -> None:
    assert forms().lengths[:128].tolist() == [1] * 128
    assert forms().starts[:128].tolist() == list(range(128))


def test_no_form_grows_beyond_the_room_that_kernels_keep() -> None:
    assert all(len(in_a_row(c).encode()) <= GROWTH * len(c.encode()) for c in FREE)
