"""Exact copies: what counts as the same text, and what must not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text.normalize import normalise, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The first day.", "the  FIRST\n\tday"),
        ("“Quoted” – text…", "quoted text"),
        ("a\u00a0b", "a b"),
        ("ﬁnance", "finance"),
        ("ＦＵＬＬ", "full"),
        ("cafe\u0301", "café"),
        ("J\u030cet", "ǰet"),
        ("20℃", "20°c"),
    ],
)
def test_copies_that_differ_in_case_space_and_punctuation_have_one_form(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ab c", "a bc"),
        ("की", "का"),
        ("كَتَبَ", "كُتِبَ"),
        ("snake_case", "snake case"),
        ("😀", "👍"),
        ("!!!", "???"),
        ("1.5", "15"),
    ],
)
def test_texts_that_a_reader_tells_apart_keep_two_forms(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_shortcut_agrees_with_the_unicode_rule(text: str) -> None:
    assert normalise(f"{text} é") == f"{_folded(text)} é".strip()
    assert normalise(text) == (_folded(text) or " ".join(text.split()))


def _folded(text: str) -> str:
    return " ".join("".join(c.lower() if c.isalnum() or c == "_" else " " for c in text).split())


@given(st.text())
def test_normal_form_holds_words_and_single_blanks_only(text: str) -> None:
    form = normalise(text)
    assert form == " ".join(form.split())
    if any(c.isalnum() for c in form):
        assert all(c.isalnum() or c in "_ " or unicodedata.category(c)[0] == "M" for c in form)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=50), st.sampled_from([" ", "\n\n", ", ", " – ", "\t"]))
def test_separators_between_words_do_not_matter(text: str, separator: str) -> None:
    assert normalise(separator.join(["begin", text, "end"])) == normalise(" ".join(["begin", text, "end"]))


def test_words_are_runs_of_non_blanks() -> None:
    assert words(" two  words\n") == 2
    assert words("") == words(" \n") == 0
