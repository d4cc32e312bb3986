"""Open relations: what their keys look like, which structures give one, and what is dropped under which reason."""

import pytest

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extraction, Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings(tiers="open"))


def read(extractor: Extractor, text: str) -> Extraction:
    return next(iter(extractor.extract([text])))


def facts(found: Extraction) -> set[tuple[str, str, str]]:
    return {(m.subject, m.relation, m.answer) for m in found.mentions}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Elbonia held an election in 1994.", ("elbonia", "hold election in", "1994")),
        ("In 1994, Elbonia held an election.", ("elbonia", "hold election in", "1994")),
        ("Mary Stone repaired the old organ.", ("mary stone", "repair", "old organ")),
        ("The old organ was repaired by Mary Stone.", ("mary stone", "repair", "old organ")),
        ("Mary Stone has a degree in law from Elbonia College.", ("mary stone", "have degree from", "elbonia college")),
        ("Mary Stone was elected treasurer in 1994.", ("mary stone", "be elect as", "treasurer")),
        ("Mary Stone is the treasurer of Acme Corporation.", ("mary stone", "be treasurer of", "acme")),
        ("Acme Corporation's treasurer, Mary Stone, resigned.", ("mary stone", "be treasurer of", "acme")),
        ("Jo Lee met Acme treasurer Mary Stone.", ("mary stone", "be treasurer of", "acme")),
        ("Mary Stone, who repaired the organ, lives in Dover, Delaware.", ("mary stone", "live in", "delaware")),
        ("The Elbonia Museum in Dover reopened on Monday.", ("elbonia museum", "be in", "dover")),
        ("Mary Stone, educated in Dover, repaired organs.", ("mary stone", "repair", "organs")),
        ("Mary Stone taught at firms including Acme Corp. and Zenith Corp.", ("mary stone", "teach at", "zenith")),
        ("Mary Stone studied at Elbonia College, where she met Jo Lee.", ("mary stone", "study at", "elbonia college")),
    ],
)  # fmt: skip
def test_a_structure_gives_its_fact(extractor: Extractor, text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(read(extractor, text))


def test_a_list_of_answers_is_one_statement(extractor: Extractor) -> None:
    found = read(extractor, "Mary Stone visited Norway, Sweden and Finland.").mentions
    assert {m.answer for m in found} == {"norway", "sweden", "finland"}
    assert len({(m.sentence_hash, m.subject, m.relation) for m in found}) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mary Stone has a piano.", "light_verb"),
        ("Mary Stone took over the management of Acme Corporation in 1994.", "long_relation"),
        ("Mary Stone discussed the matter of taxes in the course of the meeting.", "empty_answer"),
        ("Bill Stone was passed into law on Monday.", "empty_answer"),
        ("Results (Mary Stone) won the prize in 1994.", "no_prose"),
        ("The American Embassy repaired the organ.", "generic_name"),
    ],
)
def test_what_asks_nothing_is_dropped_with_a_reason(extractor: Extractor, text: str, reason: str) -> None:
    found = read(extractor, text)
    assert found.counts.get(f"dropped_{reason}", 0) >= 1
    dropped = sum(n for item, n in found.counts.items() if item.startswith("dropped_"))
    assert found.counts["candidates"] == found.counts["mentions"] + dropped


@pytest.mark.parametrize(
    "text",
    [
        "Anna Roe, Bob Lee, Cara Poe, Dan Moe, Eve Hoe (Dover), Fay Joe, Gus Koe, Hal Noe, Ivy Zoe, Jan Voe of Dover.",
        "Penginapan Dover ini juga terletak dalam jarak berjalan kaki yang singkat dari Elbonia pada 1994.",
        "DEFENSE BUDGET For many years the Soviets have increased their spending.",
    ],
)
def test_lists_foreign_words_and_headings_state_nothing(extractor: Extractor, text: str) -> None:
    assert not read(extractor, text).mentions


def test_keys_are_short_and_made_of_words(extractor: Extractor) -> None:
    text = (
        "Elbonia assisted the Bahamian authorities with maritime security through Acme Corporation. Mary Stone was "
        "born in Dover, took over from Bob Roe in 1994, became known as the Duchess of Dover and was married to Jo "
        "Lee. Acme Corporation, founded in 1990 by Jane Poe, moved its office to Paris after a fire in 2001."
    )
    keys = {m.relation for m in read(extractor, text).mentions}
    assert len(keys) >= 6
    assert all(
        1 <= len(k.split()) <= 3 and k == k.lower() and k.replace(" ", "").replace("-", "").isalpha() for k in keys
    )


def test_which_is_no_person(extractor: Extractor) -> None:
    found = facts(read(extractor, "Bob Roe, President of Crank Software, which produces the Orion toolkit, said no."))
    assert ("crank software", "produce", "orion toolkit") in found
    assert not any(subject == "bob roe" and relation == "produce" for subject, relation, _ in found)
