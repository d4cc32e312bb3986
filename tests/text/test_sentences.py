"""Sentences: boundaries, exact offsets, bounded time."""

import time

import pytest

from analyzer.text.sentences import may_state_fact, names_in, sentences


def cut(text: str, limit: int = 1_200) -> list[str]:
    return [text[a:b] for a, b in sentences(text, limit)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rained. She left.", ["It rained.", "She left."]),
        ("Mr. Smith met Dr. A. B. Jones. They spoke.", ["Mr. Smith met Dr. A. B. Jones.", "They spoke."]),
        ("He lives in the U.S. The law changed.", ["He lives in the U.S.", "The law changed."]),
        ("The U.S. Senate voted.", ["The U.S. Senate voted."]),
        ("It cost 3.5 million. Ask why!  Really?", ["It cost 3.5 million.", "Ask why!", "Really?"]),
        ('He said "Go." Then he went.', ['He said "Go."', "Then he went."]),
        ("Apple Inc. was founded in 1976. It grew.", ["Apple Inc. was founded in 1976.", "It grew."]),
        ("Contact us\n\nJane Doe was born in 1900.", ["Contact us", "Jane Doe was born in 1900."]),
        ("* first item\n* Second item", ["first item", "Second item"]),
        ("", []),
        (" \n\t\u3000 ", []),
    ],
)
def test_boundaries(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


def test_a_hard_wrapped_line_does_not_end_a_sentence() -> None:
    text = (
        "In an effort to increase their political and economic power, the British and\n"
        "French competed to acquire the better share of lands.  Tribes were allies of\n"
        "both."
    )
    assert len(cut(text)) == 2


def test_a_short_line_before_a_capital_ends_a_sentence() -> None:
    text = "Summary of the Year\nThe United States recognized Afghanistan, then under the rule of King Amanullah."
    assert cut(text)[0] == "Summary of the Year"


def test_long_sentences_are_split_within_the_limit_and_lose_no_word() -> None:
    text = "alpha beta, and gamma delta; epsilon " * 200
    parts = cut(text, 100)
    assert max(map(len, parts)) <= 100
    assert " ".join(parts).split() == text.split()


@pytest.mark.parametrize("text", ["x" * 1_000_000, "(" * 10_000 + "a" + ")" * 10_000, ". " * 300_000, "\n" * 1_000_000])
def test_time_is_bounded_on_hostile_text(text: str) -> None:
    start = time.process_time()
    parts = list(sentences(text))
    assert all(0 <= a < b <= len(text) and b - a <= 1_200 for a, b in parts)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("She was born in Warsaw.", True),
        ("It opened in 1990.", True),
        ("In fact, NASA is often right.", True),
        ("iPods are sold here.", False),
        ("MyShop may collect your name.", True),
        ("Was he born in Warsaw?", False),
        ("It does not do much.", False),
        ("this is what we do every day.", False),
        ("Click here to see more of them.", False),
        ("I'm told that I have 3 of them.", False),
        ("Она родилась в Варшаве.", True),
    ],
)
def test_prefilter_keeps_sentences_in_which_something_can_be_a_subject(sentence: str, kept: bool) -> None:
    assert may_state_fact(sentence) is kept


def test_a_first_word_is_a_name_where_its_text_says_so_elsewhere() -> None:
    text = "Sweden's army is small. Great things cost great effort. They left Sweden. It was Great."
    spans = list(sentences(text))
    assert names_in(text, spans) == {"Sweden"}  # "Great" stands in lower case as well
    assert [may_state_fact(text[a:b], names_in(text, spans)) for a, b in spans] == [True, False, True, True]
