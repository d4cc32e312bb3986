"""What the keys of a declared pattern do, shown with a user's own table."""

from pathlib import Path

import pytest

from analyzer.errors import ConfigError
from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor

HEAD = '[[relation]]\nname = "ally"\nsubject = "organisation"\nanswer = "organisation"\nfunctional = false\n'


def stated(table: str, sentence: str, folder: Path) -> set[tuple[str, str]]:
    path = folder / f"{len(list(folder.iterdir()))}.toml"  # a table is read once a process
    path.write_text(table, encoding="utf-8")
    extractor = Extractor(ExtractSettings(relations=str(path), tiers="typed"), warm=False)
    (found,) = extractor.extract([sentence])
    return {(m.subject, m.answer) for m in found.mentions if m.relation == "ally"}


def test_a_symmetric_relation_holds_both_ways(tmp_path: Path) -> None:
    pattern = 'patterns = [{ verb = "join", link = "agent -> patient" }]\n'
    sentence = "Acme Corporation joined Foobar Inc. in 1950."
    assert stated(HEAD + pattern, sentence, tmp_path) == {("acme", "foobar")}
    both = {("acme", "foobar"), ("foobar", "acme")}
    assert stated(HEAD + "symmetric = true\n" + pattern, sentence, tmp_path) == both


@pytest.mark.parametrize(("sure", "found"), [("", set()), (', sure = "answer"', {("acme", "marie curie")})])
def test_sure_believes_the_words_against_the_tagger(sure: str, found: set[tuple[str, str]], tmp_path: Path) -> None:
    pattern = f'patterns = [{{ verb = "acquire", link = "agent -> patient"{sure} }}]\n'
    assert stated(HEAD + pattern, "Acme Corporation acquired Marie Curie in 1950.", tmp_path) == found


@pytest.mark.parametrize(("without", "found"), [("", {("acme", "foobar")}), (', without = "patient"', set())])
def test_without_asks_for_an_empty_slot(without: str, found: set[tuple[str, str]], tmp_path: Path) -> None:
    pattern = f'patterns = [{{ verb = "sell", link = "agent -> to"{without} }}]\n'
    assert stated(HEAD + pattern, "Acme Corporation sold ships to Foobar Inc. in 1950.", tmp_path) == found


def test_answer_and_like_of_a_pattern_replace_those_of_the_relation(tmp_path: Path) -> None:
    relation = HEAD + 'like = "xyz"\n'
    row = 'verb = "settle", link = "agent -> in"'
    sentence = "Acme Corporation settled in Berlin in 1950."
    assert stated(relation + f"patterns = [{{ {row} }}]\n", sentence, tmp_path) == set()
    assert stated(relation + f'patterns = [{{ {row}, answer = "place", like = "" }}]\n', sentence, tmp_path) == {
        ("acme", "berlin")
    }


def test_person_stands_for_any_noun_of_persons(tmp_path: Path) -> None:
    table = HEAD.replace('subject = "organisation"', 'subject = "person"')
    pattern = 'patterns = [{ noun = "@person", link = "holder -> for" }]\n'
    assert stated(table + pattern, "Jane Doe is a biologist for Acme Corporation.", tmp_path) == {("jane doe", "acme")}
    assert stated(table + pattern, "Jane Doe is a problem for Acme Corporation.", tmp_path) == set()


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ('verb = "join", link = "agent -> patient", sure = "verb"', "sure"),
        ('verb = "join", link = "agent -> patient", answer = "planet"', "planet"),
        ('verb = "join", link = "agent -> patient", like = "("', "like"),
        ('verb = "join", link = "agent -> patient", without = 1', "without"),
    ],
)
def test_a_wrong_key_of_a_pattern_is_named(pattern: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "relations.toml"
    path.write_text(HEAD + f"patterns = [{{ {pattern} }}]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=told) as raised:
        Extractor(ExtractSettings(relations=str(path)), warm=False)
    assert "pattern 1" in str(raised.value)


def test_symmetric_is_true_or_false(tmp_path: Path) -> None:
    path = tmp_path / "relations.toml"
    path.write_text(HEAD + 'symmetric = "yes"\npatterns = [{ verb = "join", link = "agent -> patient" }]\n', "utf-8")
    with pytest.raises(ConfigError, match="symmetric"):
        Extractor(ExtractSettings(relations=str(path)), warm=False)
