"""Shingles against their definition, spelled out on strings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.settings import DedupSettings
from analyzer.text.normalize import normalise
from analyzer.text.shingles import shingles

FIVE = DedupSettings()


def by_definition(text: str, ngram: int) -> set[bytes]:
    normalised = normalise(text)
    words = normalised.split(" ")
    runs = [" ".join(words[i : i + ngram]) for i in range(len(words) - ngram + 1)] or [normalised]
    return {run.encode("utf-8", "surrogatepass") for run in runs}


def test_shingles_are_the_word_ngrams_of_the_normalised_text() -> None:
    text = "Paris is the capital of France. Paris is the capital of France!"
    assert shingles(text, FIVE) == {
        b"paris is the capital of",
        b"is the capital of france",
        b"the capital of france paris",
        b"capital of france paris is",
        b"of france paris is the",
        b"france paris is the capital",
    }


def test_a_text_of_fewer_words_than_the_ngram_is_one_shingle_as_a_whole() -> None:
    assert shingles("Paris, in France", FIVE) == {b"paris in france"}
    assert shingles("one two three four", FIVE) == {b"one two three four"}
    assert shingles("one two three four five", FIVE) == {b"one two three four five"}


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0"])
def test_an_empty_text_has_the_empty_shingle(text: str) -> None:
    assert shingles(text, FIVE) == {b""}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The  “ﬁrst” Day.", "the first day"),
        ("caf\u00e9 au lait", "cafe\u0301 au lait"),
        ("İstanbul", "i\u0307stanbul"),
        ("a\u00a0b", "a b"),
    ],
)
def test_texts_with_one_text_hash_have_equal_shingles(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert shingles(one, FIVE) == shingles(other, FIVE)


@pytest.mark.parametrize(("one", "other"), [("!!!", "???"), ("😀 😀", "😀"), ("की", "का"), ("", "!")])
def test_different_short_texts_have_different_shingles(one: str, other: str) -> None:
    assert shingles(one, FIVE).isdisjoint(shingles(other, FIVE))


@settings(deadline=None)  # the first non-ASCII text builds a table of marks
@given(st.text(alphabet=st.characters()) | st.text(alphabet="ab é\u0301 İΣς中😀._\n\ud800"), st.integers(1, 6))
def test_shingles_equal_their_definition_on_any_text(text: str, ngram: int) -> None:
    assert shingles(text, DedupSettings(ngram=ngram)) == by_definition(text, ngram)
