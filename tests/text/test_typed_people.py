"""Whom a pronoun means: only somebody a sentence was about."""

import pytest

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor

MEANT = [
    ("Jane Doe is a physicist. She was born in Ohio.", "jane doe"),
    ("Jane Doe (born 1950) is a Canadian poet. In 1970 she moved to Paris.", "jane doe"),
    ("John Smith was born in Ohio in 1950 and he studied at Harvard University.", "john smith"),
    ("Acme Corporation makes cars. It was founded in 1950.", "acme"),
]
NOT_MEANT = [
    "He was the son of John Smith. He was born in Ohio.",
    "In 1990 she reported to Jane Doe. She was born in Ohio.",
    "The company was praised by John Smith. He was born in Ohio.",
    "John Smith met Bob Brown. He was born in Ohio.",
    "Jane Doe was praised by Ann Lee and Bob Brown. She was born in Ohio.",
    "Named after Miles Davis, his early years were spent in Ohio. He was born in Ohio.",
]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings())


@pytest.mark.parametrize(("text", "key"), MEANT)
def test_a_pronoun_means_the_one_whom_the_text_is_about(extractor: Extractor, text: str, key: str) -> None:
    (found,) = extractor.extract([text])
    assert key in {m.subject for m in found.mentions if m.resolution == "pronoun"}


@pytest.mark.parametrize("text", NOT_MEANT)
def test_a_pronoun_that_may_mean_another_means_nobody(extractor: Extractor, text: str) -> None:
    (found,) = extractor.extract([text])
    assert [m.subject for m in found.mentions if m.resolution == "pronoun"] == []


def test_a_composer_based_somewhere_is_no_organisation_with_headquarters(extractor: Extractor) -> None:
    text = "Jane Doe is a composer based in Amsterdam."
    found = {(m.subject, m.relation) for e in extractor.extract([text]) for m in e.mentions}
    assert ("jane doe", "occupation") in found
    assert ("jane doe", "headquarters") not in found
