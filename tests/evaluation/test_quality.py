"""What each measure counts, on links written by hand: no model, so that nothing but the counting is tried."""

from __future__ import annotations

import pytest

from analyzer.evaluation import quality_entities, quality_keys, quality_pronouns, quality_spans
from analyzer.evaluation.links import Found, Link, find, overlap, strata
from analyzer.evaluation.mapping import knowledgenet, redocred
from analyzer.evaluation.quality_keys import Named
from analyzer.evaluation.shares import Item, Tally
from analyzer.io.gold import Entity, EntityDocument, GoldFact, PronounDocument, SpanDocument
from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor, functional_relations
from tests.evaluation.gold_samples import PRONOUNS, place

TEXT = "Tessa Orlane was born in Velmar in 1902; she died in Dunmere. Elsewhere Maud Pereth was born in Kallan."


def link(relation: str, subject: str, answer: str, key: str = "", tier: str = "typed", sentence: int = 0) -> Link:
    return Link(
        relation, tier, place(TEXT, subject), place(TEXT, answer), sentence, key or subject.lower(), answer.lower()
    )


def fact(relation: str, subject: str, answer: str, thing: str = "") -> GoldFact:
    return GoldFact(relation, place(TEXT, subject), place(TEXT, answer), thing, "")


def document(*facts: GoldFact, asked: tuple[str, ...] = ("DATE_OF_BIRTH", "PLACE_OF_BIRTH"), until: int = len(TEXT)):
    return SpanDocument("d", TEXT, facts, (((0, until), frozenset(asked)),))


def counts(tally: Tally) -> dict[Item, tuple[int, int]]:
    return {item: (s.estimate.numerator, s.estimate.denominator) for item, s in tally.shares(0.95)}


def spans(gold: SpanDocument, *links: Link) -> dict[Item, tuple[int, int]]:
    tally = Tally()
    quality_spans.measure([gold], [Found(links, links)], tally)
    return counts(tally)


def test_precision_counts_links_of_the_properties_that_the_passage_was_asked_for():
    found = spans(
        document(fact("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar"), until=61),
        link("place of birth", "Tessa Orlane", "Velmar"),
        link("date of birth", "Tessa Orlane", "1902"),  # asked for, not in gold: wrong
        link("place of death", "she", "Dunmere"),  # KnowledgeNet does not know it
        link("residence", "she", "Dunmere"),  # not asked for here
        link("place of birth", "Maud Pereth", "Kallan"),  # outside of the passage
        link("bear in", "Maud Pereth", "Kallan", tier="open"),
    )
    assert found[Item("precision", "document", tier="typed")] == (1, 2)
    assert found[Item("precision", "document", "DATE_OF_BIRTH", "typed")] == (0, 1)
    assert found[Item("precision_span_overlap", "document", tier="typed")] == (1, 2)


def test_a_mention_is_each_name_of_the_subject_and_a_fact_all_of_them():
    gold = document(fact("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar"), fact("PLACE_OF_BIRTH", "she", "Velmar"),
                    fact("DATE_OF_BIRTH", "Tessa Orlane", "1902"))  # fmt: skip
    found = spans(gold, link("place of birth", "Orlane", "Velmar"))
    assert found[Item("mention_recall", "document", tier="typed")] == (1, 3)
    assert found[Item("fact_recall", "document", tier="typed")] == (1, 2)
    assert found[Item("precision", "document", tier="typed")] == (1, 1)  # an overlap is a match


def test_any_link_takes_open_relations_and_either_direction():
    gold = document(fact("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar"), fact("DATE_OF_BIRTH", "Tessa Orlane", "1902"))
    found = spans(gold, link("give birth to", "Velmar", "Tessa Orlane", tier="open"))
    assert found[Item("any_link", "document")] == (1, 2)
    assert found[Item("fact_recall", "document", tier="typed")] == (0, 2)


def test_singletons_are_what_our_own_counting_states_once_and_the_strata_add_up():
    gold = document(fact("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar"))
    found = spans(
        gold,
        link("place of birth", "Tessa Orlane", "Velmar", key="a"),
        link("place of birth", "she", "Velmar", key="a", sentence=1),
        link("place of birth", "Maud Pereth", "Kallan", key="b"),
    )
    item = Item("precision", "document", tier="typed", stratum="singleton")
    assert found[item] == (0, 1)
    assert found[Item("precision", "document", tier="typed", stratum="other")] == (1, 2)


def test_two_answers_in_one_sentence_are_one_statement_and_two_documents_are_two():
    one = Found((), (link("spouse", "she", "Velmar", key="a"), link("spouse", "she", "Kallan", key="a")))
    assert strata([one]) == {("a", "spouse"): "singleton"}
    assert strata([one, one]) == {("a", "spouse"): "other"}


def test_a_key_is_split_when_it_is_not_the_majority_of_its_thing_and_mixed_when_it_holds_two():
    tally = Tally()
    named = [Named("Q1", key, "r", f"d{i}") for i, key in enumerate(["orlane", "tessa orlane", "tessa orlane", "sonn"])]
    quality_keys.keys([*named, Named("Q2", "sonn", "r", "d9")], tally)
    assert counts(tally)[Item("key_split_rate", "document", tier="typed")] == (2, 5)
    assert counts(tally)[Item("mixed_key_rate", "document", tier="typed")] == (1, 3)


def test_a_pronoun_that_was_resolved_to_somebody_else_is_a_split():
    born = ("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar", "Q1")
    gold = document(fact(*born), fact("PLACE_OF_BIRTH", "she", "Dunmere", "Q1"))
    right = link("place of birth", "Tessa Orlane", "Velmar", key="tessa orlane")
    found = spans(gold, right, link("place of birth", "she", "Dunmere", key="maud pereth"))
    assert found[Item("precision", "document", tier="typed")] == (2, 2)
    assert found[Item("key_split_rate", "document", tier="typed")] == (1, 2)


def entities(*triples: tuple[int, str, int]) -> EntityDocument:
    names = ("Tessa Orlane", "Velmar", "1902", "Maud Pereth", "Kallan")
    held = tuple(Entity("PER" if " " in n else "LOC", ((place(TEXT, n), n),)) for n in names)
    return EntityDocument("t", TEXT, held, frozenset(triples))


def pairs(gold: EntityDocument, *links: Link) -> dict[Item, tuple[int, int]]:
    tally = Tally()
    quality_entities.measure([gold], [Found(links, links)], tally)
    return counts(tally)


def test_a_pair_that_gold_relates_otherwise_is_wrong_and_one_it_does_not_relate_is_unknown():
    found = pairs(
        entities((0, "P19", 1), (3, "P27", 4)),
        link("place of birth", "Tessa Orlane", "Velmar"),  # right
        link("place of birth", "Maud Pereth", "Kallan"),  # related otherwise: wrong
        link("date of birth", "Tessa Orlane", "1902"),  # not related: unknown
        link("place of birth", "Tessa Orlane", "Dunmere"),  # no entity: not judged
        link("occupation", "Tessa Orlane", "Velmar"),  # a relation that gold does not know
    )
    assert found[Item("precision", "document", tier="typed")] == (1, 2)
    assert found[Item("unknown_pairs", "document", tier="typed")] == (1, 3)
    assert found[Item("precision_strict", "document", tier="typed")] == (1, 3)
    assert found[Item("fact_recall", "document", tier="typed")] == (1, 2)


def test_an_inverse_property_says_the_same():
    found = pairs(entities((3, "P40", 0)), link("child of", "Tessa Orlane", "Maud Pereth"))
    assert found[Item("precision", "document", tier="typed")] == (1, 1)


def test_a_pronoun_is_the_entity_whose_key_it_got():
    found = pairs(entities((0, "P20", 1), (3, "P20", 4)), link("place of death", "she", "Velmar", key="tessa orlane"))
    assert found[Item("precision", "document", tier="typed")] == (1, 1)
    wrong = pairs(entities((0, "P20", 1), (3, "P27", 1)), link("place of death", "she", "Velmar", key="maud pereth"))
    assert wrong[Item("precision", "document", tier="typed")] == (0, 1)


def test_alias_pairs_are_counted_over_pairs_of_names():
    text = "Tessa Orlane met Orlane and Carl Orlane Brandt, whom Brandt knew"
    spots = [place(text, name) for name in ("Tessa Orlane", "Orlane#2", "Carl Orlane Brandt", "Brandt#2")]
    a, b, c, d = ((spot, text[slice(*spot)]) for spot in spots)
    tally = Tally()
    gold = EntityDocument("t", text, (Entity("PER", (a, b)), Entity("PER", (c, d))), frozenset())
    quality_entities.aliases(gold, "t", tally)
    assert counts(tally)[Item("alias_precision", "document")] == (2, 2)
    assert counts(tally)[Item("alias_recall", "document")] == (2, 2)
    assert counts(tally)[Item("alias_f1", "document", stratum="PER")] == (4, 4)


@pytest.mark.parametrize(("a", "b", "met"), [((0, 2), (1, 3), True), ((0, 2), (2, 3), False), ((5, 6), (0, 9), True)])
def test_spans_overlap_when_they_share_a_character(a, b, met):
    assert overlap(a, b) is overlap(b, a) is met


def test_every_mapped_relation_but_the_open_ended_ones_is_declared():
    """A name that the extractor no longer uses would silently measure nothing."""
    declared = functional_relations().keys()
    assert knowledgenet().keys() <= declared
    assert len(redocred().keys() & declared) >= 25


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings())


def test_pronouns_are_resolved_declined_or_not_judged(extractor):
    documents = [
        PronounDocument(str(i), text, place(text, pronoun), ((place(text, a), a_meant), (place(text, b), b_meant)))
        for i, (text, pronoun, a, a_meant, b, b_meant) in enumerate(PRONOUNS)
    ]
    tally = Tally()
    quality_pronouns.measure(documents, extractor, tally)
    found = counts(tally)
    assert found[Item("pronoun_precision", "document", stratum="feminine")] == (1, 1)
    assert found[Item("pronoun_recall", "document")] == (1, 2)
    assert found[Item("pronoun_declined", "document")] == (2, 3)
    assert found[Item("pronoun_declined", "document", stratum="masculine")] == (1, 1)


def test_links_stand_where_the_text_names_subject_and_answer(extractor):
    text = "Tessa   Orlane was born in Velmar. She\ndied in Dunmere in 1981. She was not born in Kallan."
    (found,) = find([text], extractor)
    for level in (found.sentence, found.document):
        born = next(link for link in level if link.relation == "place of birth")
        assert (text[slice(*born.subject)], text[slice(*born.answer)]) == ("Tessa   Orlane", "Velmar")
        died = next(link for link in level if link.relation == "place of death")
        assert (text[slice(*died.subject)], text[slice(*died.answer)]) == ("She", "Dunmere")
        assert not any("Kallan" in text[slice(*link.answer)] for link in level)
    assert next(link.key for link in found.document if link.relation == "place of death") == "tessa orlane"
