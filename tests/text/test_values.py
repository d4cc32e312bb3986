"""Canonical dates, numbers and names."""

import pytest

from analyzer.text.dates import iso_date, year_of
from analyzer.text.demonyms import DEMONYMS, country_of
from analyzer.text.names import Directory, Name, normal_name
from analyzer.text.numbers import canonical_number


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("7 November 1867", "1867-11-07"),
        ("November 7, 1867", "1867-11-07"),
        ("Nov. 7 , 1867", "1867-11-07"),
        ("the 3rd of May 1920", "1920-05-03"),
        ("1867-11-07", "1867-11-07"),
        ("November 1867", "1867-11"),
        ("in 1867", "1867"),
        ("44 BC", "-0044"),
        ("c. 1500", "~1500"),
        ("the 1860s", "186x"),
        ("the 21st century", "21st century"),
        ("29 February 1900", "1900-02-29"),
        ("31 February 1900", None),
        ("November 7", None),
        ("last year", None),
        ("three days", None),
        ("74", None),
        ("", None),
    ],
)
def test_dates_keep_the_precision_of_the_text(text: str, iso: str | None) -> None:
    assert iso_date(text) == iso


def test_year_of_a_decade_is_unknown() -> None:
    assert (year_of("1867-11"), year_of("-0044"), year_of("186x")) == (1867, -44, None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2.1 million people", "2100000 people"),
        ("2,100,000 people", "2100000 people"),
        ("about 1,200 square kilometres", "1200 km2"),
        ("$3 bn", "3000000000 usd"),
        ("3 billion dollars", "3000000000 usd"),
        ("three hundred and forty two", "342"),
        ("two million", "2000000"),
        ("twenty-one", "21"),
        ("12 percent", "12 %"),
        ("0.1", "0.1"),
        ("many", None),
    ],
)
def test_numbers_have_one_spelling(text: str, key: str | None) -> None:
    assert canonical_number(text) == key


@pytest.mark.parametrize(
    ("a", "b", "type"),
    [
        ("The United Nations", "United  Nations’", "organisation"),
        ("Apple Inc.", "Apple", "organisation"),
        ("Dr. Marie Curie", "MARIE CURIE's", "person"),
        ("U.S.", "US", "place"),
        ("Martin Luther King Jr.", "Martin Luther King", "person"),
        ("Ｔｏｋｙｏ", "Tokyo", "place"),
    ],
)
def test_spellings_of_a_name_share_a_key(a: str, b: str, type: str) -> None:
    assert normal_name(a, type) == normal_name(b, type)


def test_a_title_is_kept_when_it_is_half_of_the_name() -> None:
    assert normal_name("King Harald", "person") == "king harald"


def directory(*names: tuple[str, str]) -> Directory:
    return Directory(Name(*n) for n in names)


def test_a_unique_surname_means_the_full_name() -> None:
    known = directory(("Marie Curie", "person"), ("Curie", "person"), ("Paris", "place"))
    assert known.lookup("Curie", "person") == ("marie curie", "person", True)


def test_a_shared_surname_means_nobody() -> None:
    known = directory(("Marie Curie", "person"), ("Pierre Curie", "person"), ("Curie", "person"))
    assert known.lookup("Curie", "person")[0] == "curie"


def test_an_acronym_means_the_name_whose_initials_it_has() -> None:
    known = directory(("European Southern Observatory", "organisation"), ("ESO", "organisation"))
    assert known.lookup("ESO", "organisation")[0] == "european southern observatory"


def test_demonyms_of_two_words_and_countries_of_two_words_are_read() -> None:
    assert country_of("Polish") == "poland"
    assert country_of("New Zealander") == "new zealand"
    assert country_of("American") == "united states"
    assert country_of("Parisian") is None
    assert not any(" " in k and k.split()[0] in DEMONYMS.values() for k in DEMONYMS)
