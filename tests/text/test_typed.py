"""Every declared relation is read off a sentence that states it, with the right keys, and off no sentence nearby."""

from collections.abc import Iterator

import pytest

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor, functional_relations

STATED = [
    ("Marie Curie was born on 7 November 1867.", "marie curie", "date of birth", "1867-11-07"),
    ("Marie Curie (7 November 1867 – 4 July 1934) was a physicist.", "marie curie", "date of death", "1934-07-04"),
    ("Samuel Waksal, Ph.D. (born September 8, 1947) founded it.", "samuel waksal", "date of birth", "1947-09-08"),
    ("Jane Doe (Leskovac, 11 November 1879 – Belgrade, 13 February 1945).", "jane doe", "date of death", "1945-02-13"),
    ("Jane Doe never married and died in 1950.", "jane doe", "date of death", "1950"),
    ("Marie Curie was born in Warsaw.", "marie curie", "place of birth", "warsaw"),
    ("A native of Chicago, Jane Doe studied law.", "jane doe", "place of birth", "chicago"),
    ("Jane Doe was born in Ajijic, Jalisco, Mexico.", "jane doe", "region of birth", "mexico"),
    ("John Smith died in London.", "john smith", "place of death", "london"),
    ("John Smith died in Ontario.", "john smith", "region of death", "ontario"),
    ("Jane Doe is a Canadian singer.", "jane doe", "nationality", "canada"),
    ("Jane Doe is a Canadian singer.", "jane doe", "occupation", "singer"),
    ("John Smith married Jane Doe.", "john smith", "spouse", "jane doe"),
    ("John Smith married Jane Doe.", "jane doe", "spouse", "john smith"),
    ("Jane Doe was born in Oslo, Norway, the daughter of John Doe.", "jane doe", "child of", "john doe"),
    ("John Doe has two children, Ann Doe and Bob Doe.", "ann doe", "child of", "john doe"),
    ("Jane Doe lives in Seattle.", "jane doe", "residence", "seattle"),
    ("Jane Doe was born and raised in Seattle.", "jane doe", "residence", "seattle"),
    ("Jane Doe moved to Texas in 1990.", "jane doe", "region of residence", "texas"),
    ("Marie Curie won the Nobel Prize in Physics.", "marie curie", "award received", "nobel prize in physics"),
    ("Jane Doe graduated from Harvard University.", "jane doe", "educated at", "harvard university"),
    ("Jane Doe received a degree in physics from Yale University.", "jane doe", "educated at", "yale university"),
    ("Jane Doe moved to Yale University, where she studied law.", "jane doe", "educated at", "yale university"),
    ("Jane Doe graduated with a degree in law from Yale University.", "jane doe", "educated at", "yale university"),
    ("Jane Doe serves on the board of Siemens.", "jane doe", "employer", "siemens"),
    ("Jane Doe is Professor Emeritus of Economics at Yale University.", "jane doe", "employer", "yale university"),
    ("Jane Doe works for Siemens.", "jane doe", "employer", "siemens"),
    ("Prior to joining Siemens, Jane Doe taught physics.", "jane doe", "employer", "siemens"),
    ("NASA astronaut Jane Doe spoke.", "jane doe", "employer", "nasa"),
    ("John Smith, the mayor of Springfield, resigned.", "john smith", "position held", "mayor of springfield"),
    ("Jane Doe is a member of the Labour Party.", "jane doe", "political party", "labour party"),
    ("Acme Corporation was founded in 1950.", "acme", "date founded", "1950"),
    ("Acme Corporation was founded by Jane Doe.", "acme", "founder", "jane doe"),
    ("Acme Corporation is based in Berlin.", "acme", "headquarters", "berlin"),
    ("The Berlin-based company Acme Corporation makes cars.", "acme", "headquarters", "berlin"),
    ("The headquarters of Acme Corporation are in Berlin.", "acme", "headquarters", "berlin"),
    ("Acme Corporation is a maker of airships based in Berlin.", "acme", "headquarters", "berlin"),
    ("Acme Corporation is headquartered in Austin, TX.", "acme", "region of headquarters", "texas"),
    ("Jane Doe is the founder and CEO of Acme Corporation.", "acme", "chief executive", "jane doe"),
    ("Jane Doe is a businesswoman, CEO of Acme Corporation.", "acme", "chief executive", "jane doe"),
    ("Instagram is a subsidiary of Meta Platforms.", "instagram", "parent organisation", "meta platforms"),
    ("Acme Corporation operates in the automotive industry.", "acme", "industry", "automotive industry"),
    ("Acme Steel is an insurance company based in Oslo.", "acme steel", "industry", "insurance"),
    ("Acme Corporation is a manufacturer of bicycles.", "acme", "product", "bicycles"),
    ("Toyota Motor Corporation manufactures cars and trucks.", "toyota motor", "product", "trucks"),
    ("Paris is the capital of France.", "france", "capital", "paris"),
    ("Bergen is a city in Norway.", "bergen", "country", "norway"),
    ("Norway has a population of 5.4 million.", "norway", "population", "5400000"),
    ("Oslo has 700,000 inhabitants.", "oslo", "population", "700000"),
    ("The area of Norway is 385,207 square kilometres.", "norway", "area", "385207 km2"),
    ("Mount Everest lies in Nepal.", "mount everest", "location", "nepal"),
    ("France borders Spain.", "france", "border", "spain"),
    ("France borders Spain.", "spain", "border", "france"),
    ("Norwegian is the official language of Norway.", "norway", "official language", "norwegian"),
    ("Emma was written by Jane Austen.", "emma", "author", "jane austen"),
    ("Ivanhoe is a novel by Walter Scott.", "ivanhoe", "author", "walter scott"),
    ("Steven Spielberg directed Jaws.", "jaws", "director", "steven spielberg"),
    ("Parsifal is an opera by Richard Wagner.", "parsifal", "composer", "richard wagner"),
    ("The Sims was published by Electronic Arts.", "sims", "publisher", "electronic arts"),
    ("The album Thriller was released on November 30, 1982.", "thriller", "release date", "1982-11-30"),
    ("The Battle of Hastings was fought on 14 October 1066.", "battle of hastings", "date of event", "1066-10-14"),
    ("The 2012 Summer Olympics were held in London.", "2012 summer olympics", "place of event", "london"),
    ("Brazil won the 2002 FIFA World Cup.", "2002 fifa world cup", "winner", "brazil"),
]
NOT_STATED = [
    ("John Smith moved the company to Berlin.", "residence"),
    ("Acme Corporation is based in Berlin with offices in Rome.", ("headquarters", "rome")),
    ("Jane Doe was born in Oslo, Norway, the daughter of John Doe.", ("norway", "child of")),
    ("Jane Doe lived in Paris, London and Rome.", "region of residence"),
    ("Jane Doe is a professor of Economics.", "employer"),
    ("Acme Corporation is a Dutch company.", "nationality"),
    ("Belgium is a member of NATO, which is headquartered in Brussels.", ("belgium", "headquarters")),
    ("Acme Corporation is a holding company based in Oslo.", "industry"),
    ("Pride and Prejudice is a novel by Jane Austen.", ("prejudice", "author")),
    ("John Doe does not have a son, Bob Doe.", "child of"),
]


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    yield Extractor(ExtractSettings(tiers="typed"))


@pytest.mark.parametrize(("sentence", "subject", "relation", "answer"), STATED)
def test_a_sentence_that_states_a_declared_relation_gives_its_fact(
    extractor: Extractor, sentence: str, subject: str, relation: str, answer: str
) -> None:
    (found,) = extractor.extract([sentence])
    assert (subject, relation, answer) in {(m.subject, m.relation, m.answer) for m in found.mentions}


def test_every_declared_relation_is_stated_above() -> None:
    assert {relation for _, _, relation, _ in STATED} == set(functional_relations())


@pytest.mark.parametrize(("sentence", "unwanted"), NOT_STATED)
def test_a_sentence_beside_a_relation_gives_no_fact_of_it(
    extractor: Extractor, sentence: str, unwanted: str | tuple[str, str]
) -> None:
    (found,) = extractor.extract([sentence])
    wanted = {unwanted} if isinstance(unwanted, str) else set(unwanted)
    plain = [m for m in found.mentions if not m.abstention]
    assert [m for m in plain if wanted <= {m.subject, m.relation, m.answer}] == []
