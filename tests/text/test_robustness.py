"""Any string is a text: no exception, bounded time, the accounting holds."""

import random
import time

import pytest

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor

HOSTILE = {
    "empty": "",
    "blank": " \n\t\r\n\u00a0\u3000 ",
    "a word": "Warsaw",
    "one megabyte without a blank": "x" * 1_000_000,
    "capitals without a blank": "Xy1" * 100_000,
    "nested brackets": "Paris " + "(" * 10_000 + "born 1900" + ")" * 10_000 + " is the capital of France.",
    "many brackets": "John Smith (born 1900) " * 2_000,
    "quotes": '"' * 20_000 + " Jane Doe was born in 1950.",
    "emoji": "😀 Jane Doe 👩‍👩‍👧 was born in Warsaw 🎂 on 3 May 1950. 🎉" * 50,
    "right to left": "ولدت ماري كوري في وارسو عام 1867. מארי קירי נולדה בוורשה. Marie Curie \u202eeiruC\u202c was "
    "born in 1867.",
    "surrogate": "Jane Doe \ud800 was born in 1950.",
    "nul": "Jane\x00Doe was born in 1950.\x00",
    "combining": "Z" + "\u0301" * 5_000 + " was born in 1950 in Paris.",
    "dots": "J. " * 50_000,
    "commas": "Paris, London, Rome, " * 3_000,
    "newlines": "Jane Doe\nwas born\n\n" * 5_000,
    "separators": "Jane Doe\u2028was born in 1950\u2029in Paris\x0b\x0c.\x85",
}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_in_bounded_time(name: str, extractor: Extractor) -> None:
    start = time.process_time()
    (found,) = extractor.extract([HOSTILE[name]])
    assert time.process_time() - start < 30
    dropped = sum(n for item, n in found.counts.items() if item.startswith("dropped_"))
    assert found.counts["candidates"] == len(found.mentions) + dropped


def test_ten_thousand_random_strings_are_read(extractor: Extractor) -> None:
    source = random.Random(1)
    alphabet = (
        [chr(source.randrange(1, 0x2FFF)) for _ in range(80)]
        + list("abcXYZ 019.,;:!?()[]\"'“”‘’-–\n\t  ")
        + [" was born in ", " Paris ", " John Smith ", " 1950 ", " the ", "'s ", " is ", "\r\n\r\n", "\U0001f600"]
    )
    strings = ["".join(source.choices(alphabet, k=source.randrange(30))) for _ in range(10_000)]
    found = list(extractor.extract(strings))
    assert len(found) == len(strings)
    for text, extraction in zip(strings, found, strict=True):
        for m in extraction.mentions:
            assert 0 <= m.subject_start < m.subject_end <= len(text)
            assert 0 <= m.answer_start <= m.answer_end <= len(text)


def test_a_text_of_many_sentences_keeps_its_order_and_offsets(extractor: Extractor) -> None:
    text = " ".join(f"Jane Doe{i} Smith was born in {1800 + i}." for i in range(150))
    (found,) = extractor.extract([text])
    births = [m for m in found.mentions if m.relation == "date of birth"]
    assert len(births) >= 140
    assert [m.sentence for m in births] == sorted(m.sentence for m in births)
    assert all(text[m.answer_start : m.answer_end] == m.answer_text == m.answer for m in births)
