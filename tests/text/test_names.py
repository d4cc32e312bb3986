"""One key for the spellings of a name, stable under repetition; keys that name nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.text.generic import names_nothing
from analyzer.text.lexicon import word_set
from analyzer.text.names import Directory, Name, folded, normal_name

TYPES = ("person", "organisation", "place", "work", "event", "group", "product", "other")
PIECES = sorted(
    word_set(
        "the The Mr. Dr. General Prime Minister King St. J. R. U.S. US UN Inc. Co. Jr. Sr. s 's s' ’s and of in São "
        "Łódź Ефре́мов (Bob) “Bill” court(s) de van Smith smith O'Brien AT&T Yahoo! - – É ß ﬁ İ former late President "
        "AFRICA Major"
    )
)
NAMES = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(" ".join))


@settings(max_examples=1500, deadline=None)
@given(NAMES, st.sampled_from(TYPES))
def test_a_key_is_its_own_key(name: str, type: str) -> None:
    key = normal_name(name, type)
    assert normal_name(key, type) == key


@settings(max_examples=1500, deadline=None)
@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    once = folded(name)
    assert folded(once) == once


@pytest.mark.parametrize("type", ["person", "organisation", "place", "other"])
def test_case_articles_and_possessives_do_not_move_a_key(type: str) -> None:
    assert len({normal_name(f"{a}{b}{c}", type) for a in ("", "the ", "The ") for b in ("Elbonia", "ELBONIA")
                for c in ("", "'s", "’s")}) == 1  # fmt: skip


@pytest.mark.parametrize(
    ("type", "spellings"),
    [
        ("person", ["J. R. R. Tolkien", "J.R.R. Tolkien", "JRR Tolkien"]),
        ("person", ["Ефре́мов", "Ефремов"]),
        ("person", ["Zoë Peña", "Zoe Pena", "ZOË PEÑA’S"]),
        ("person", ["Robert “Bob” Roe", "Robert (Bob) Roe", "Robert Roe"]),
        ("person", ["quarterback Jo Roe", "former President Jo Roe", "Major-General Jo Roe", "Jo Roe Jr.", "Jo Roe"]),
        ("place", ["U.S.", "USA", "the United States of America", "United States"]),
        ("place", ["Łódź", "Lodz"]),
        ("organisation", ["ELBONIA The Royal Bakery", "Royal Bakery, Inc.", "The Royal Bakery S.p.A"]),
    ],
)
def test_spellings_share_a_key(type: str, spellings: list[str]) -> None:
    assert len({normal_name(s, type) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("a", "b", "type"),
    [
        ("Jo Roe Sr.", "Jo Roe Jr.", "person"),
        ("Jo Roe III", "Jo Roe", "person"),
        ("General Motors", "Motors", "other"),
        ("Justice League", "League", "other"),
        ("किताब", "कताब", "other"),
    ],
)
def test_what_tells_two_things_apart_stays(a: str, b: str, type: str) -> None:
    assert normal_name(a, type) != normal_name(b, type)


@pytest.mark.parametrize(
    "key",
    ["court", "treaty", "king", "national anthem", "american embassy", "supreme court", "prime minister", "the", "i've",
     "president of the republic", "customers", "children", "agencies"],
)  # fmt: skip
def test_a_key_of_common_words_names_nothing(key: str) -> None:
    assert names_nothing(key)


@pytest.mark.parametrize(
    "key",
    ["department of state", "house of lords", "university of oslo", "world bank", "united states", "south africa",
     "french republic", "american university", "defense ministry", "west bank", "united nations"],
)  # fmt: skip
def test_a_key_that_says_which_is_kept(key: str) -> None:
    assert not names_nothing(key)


def test_a_place_and_a_common_word_are_no_surnames() -> None:
    known = Directory([Name("Historic Elbonia", "person"), Name("Elbonia", "place"), Name("Fair Act", "person"),
                       Name("Act", "other")])  # fmt: skip
    assert known.lookup("Elbonia", "place")[0] == "elbonia"
    assert known.lookup("Act", "other")[0] == "act"
