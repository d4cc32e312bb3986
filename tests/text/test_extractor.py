"""The extractor's contract: offsets, accounting, order, memo, settings."""

from collections.abc import Iterator

import pytest

from analyzer.errors import ConfigError, SetupError
from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor, Mention, extract_facts, functional_relations, pipes
from analyzer.text.facts.sentence import may_hold
from analyzer.text.facts.tree import tree_of

CURIE = (
    "Marie Curie, a Polish physicist, was born in\nWarsaw on 7 November 1867. She was educated at the University of "
    "Paris and married Pierre Curie. Apple Inc. was founded by Steve Jobs in 1976.\n\nIt is not known where John Smith "
    "was born. Paris, the capital of France, is large."
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings())


def facts(found: Iterator[Mention] | tuple[Mention, ...]) -> set[tuple[str, str, str]]:
    return {(m.subject, m.relation, m.answer) for m in found}


def test_plain_text_gives_canonical_facts(extractor: Extractor) -> None:
    (found,) = extractor.extract([CURIE])
    assert {
        ("marie curie", "date of birth", "1867-11-07"),
        ("marie curie", "place of birth", "warsaw"),
        ("marie curie", "nationality", "poland"),
        ("marie curie", "educated at", "university of paris"),
        ("apple", "founder", "steve jobs"),
        ("apple", "date founded", "1976"),
        ("france", "capital", "paris"),
        ("john smith", "place of birth", ""),
    } <= facts(found.mentions)


def test_offsets_are_code_points_of_the_given_text(extractor: Extractor) -> None:
    text = "😀 " + CURIE
    (found,) = extractor.extract([text])
    assert found.mentions
    for m in found.mentions:
        assert " ".join(text[m.subject_start : m.subject_end].split()) == m.subject_text
        assert " ".join(text[m.relation_start : m.relation_end].split()) == m.relation_text
        assert m.abstention or " ".join(text[m.answer_start : m.answer_end].split()) == m.answer_text
        assert m.sentence_start <= m.subject_start < m.subject_end <= m.sentence_end


def test_every_candidate_is_kept_or_counted_under_one_reason(extractor: Extractor) -> None:
    texts = [CURIE, "He was born in 1900. The committee founded it in 1901. Was Jane Doe born in Texas?", ""]
    for found in extractor.extract(texts):
        dropped = sum(n for item, n in found.counts.items() if item.startswith("dropped_"))
        assert found.counts["candidates"] == found.counts["mentions"] + dropped
        assert found.counts["mentions"] == len(found.mentions)
        assert found.counts["abstentions"] == sum(m.abstention for m in found.mentions)


def test_one_extraction_a_text_in_order_whatever_the_batches() -> None:
    texts = [f"Jane Doe{i} Smith was born in 19{i:02}." for i in range(30)]
    small = [x.mentions for x in Extractor(ExtractSettings(batch_tokens=100)).extract(texts)]
    large = [x.mentions for x in Extractor(ExtractSettings()).extract(texts)]
    assert small == large
    assert len(large) == 30


def test_the_memo_does_not_change_a_result() -> None:
    texts = [CURIE, CURIE, "Jane Doe was born in 1950. " + CURIE]
    without = [x.mentions for x in Extractor(ExtractSettings(memo_sentences=0, batch_tokens=100)).extract(texts)]
    assert [x.mentions for x in Extractor(ExtractSettings()).extract(texts)] == without


def test_extraction_is_lazy(extractor: Extractor) -> None:
    def endless() -> Iterator[str]:
        while True:
            yield CURIE * 20

    assert next(extractor.extract(endless())).mentions


def test_equal_sentences_share_a_hash_and_others_do_not(extractor: Extractor) -> None:
    (found,) = extractor.extract(
        ["Jane Doe was born in 1950.\n\nJANE DOE  was born in 1950.\n\nJane Doe died in 1999."]
    )
    hashes = {m.sentence: m.sentence_hash for m in found.mentions}
    assert hashes[0] != hashes[2]
    assert hashes.get(1, hashes[0]) == hashes[0]


def test_a_list_is_one_statement_of_several_mentions(extractor: Extractor) -> None:
    (found,) = extractor.extract(["Apple Inc. was founded by Steve Jobs, Steve Wozniak and Ronald Wayne."])
    founders = [m for m in found.mentions if m.relation == "founder"]
    assert {m.answer for m in founders} == {"steve jobs", "steve wozniak", "ronald wayne"}
    assert len({(m.sentence_hash, m.subject, m.relation) for m in founders}) == 1


def test_a_model_that_is_not_installed_names_the_command() -> None:
    with pytest.raises(SetupError, match="pip install"):
        Extractor(ExtractSettings(model="no_such_pipeline"))


def test_tiers_choose_relations() -> None:
    for tier in ("typed", "open"):
        mentions = next(iter(extract_facts([CURIE], ExtractSettings(tiers=tier))))
        assert {m.tier for m in mentions} == {tier}


def test_functional_relations_are_declared() -> None:
    assert functional_relations()["date of birth"] is True
    assert functional_relations()["spouse"] is False


def test_a_users_relation_is_extracted(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's fixture
    table = tmp_path / "more.toml"
    table.write_text(
        '[[relation]]\nname = "mascot"\nsubject = "organisation"\nanswer = "other|person|product|organisation|work"\n'
        'functional = true\npatterns = [{ noun = "mascot", link = "of|poss -> holder" }]\n'
    )
    settings = ExtractSettings(relations=str(table))
    mentions = next(iter(extract_facts(["The mascot of Duolingo Inc. is Duo Keyshanc."], settings)))
    assert ("duolingo", "mascot", "duo keyshanc") in facts(iter(mentions))


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("[[relation]]\nname = 3\n", "relation 1"),
        ('[[relation]]\nname = "x"\nsubject = "persona"\nanswer="date"\nfunctional=true\npatterns=[]\n', "subject"),
        (
            '[[relation]]\nname = "x"\nsubject = "person"\nanswer="date"\nfunctional=true\npatterns=[{verbs="a"}]\n',
            "verbs",
        ),
        ('[[relation]]\nname = "x"\nsubject = "person"\nanswer="date"\nfunctional=1\npatterns=[]\n', "functional"),
        (
            '[[relation]]\nname = "x"\nsubject = "person"\nanswer="date"\nfunctional=true\npatterns=[{verb="a"}]\n',
            "link",
        ),
        ("[[relation]\n", "not TOML"),
        ("[relations]\n", "relations"),
    ],
)
def test_a_bad_table_names_the_row_and_the_key(tmp_path, toml: str, names: str) -> None:  # type: ignore[no-untyped-def]  # pytest's fixture
    table = tmp_path / "bad.toml"
    table.write_text(toml)
    with pytest.raises(ConfigError, match=names):
        Extractor(ExtractSettings(relations=str(table)), warm=False)


@pytest.mark.parametrize(
    "text",
    [
        "The Committee was founded in 1950 by John Smith.",
        "The Government founded Acme Corporation in 1950.",
        "It was founded by Products in 1950.",
    ],
)
def test_a_subject_that_names_nothing_outside_its_document_is_no_key(text: str, extractor: Extractor) -> None:
    (found,) = extractor.extract([text])
    assert not {m.subject for m in found.mentions} & {"committee", "government", "products", "it"}


def test_an_ambiguous_pronoun_is_dropped_and_a_clear_one_is_resolved(extractor: Extractor) -> None:
    clear, unclear = extractor.extract(
        ["Jane Doe is a singer. She was born in 1950.", "Jane Doe met Mary Jones in Paris. She was born in 1950."]
    )
    assert ("jane doe", "date of birth", "1950") in facts(clear.mentions)
    assert not any(m.relation == "date of birth" for m in unclear.mentions)
    assert unclear.counts["dropped_unresolved_pronoun"] >= 1


def test_the_subjects_type_is_no_part_of_its_key(extractor: Extractor) -> None:
    (found,) = extractor.extract(["Apple Inc. was founded in 1976.\n\nApple was founded by Steve Jobs."])
    assert {m.subject for m in found.mentions} == {"apple"}


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("Jane Doe was born in 1950.", True),
        ("She was born in 1950.", True),
        ("The company was founded in 1950.", True),
        ("There were 12 inhabitants per square kilometre in 1950.", False),
        ("Most of these companies have been sold for 3 dollars.", False),
    ],
)
def test_a_sentence_is_read_where_something_in_it_can_be_a_subject(
    sentence: str, read: bool, extractor: Extractor
) -> None:
    (doc,) = pipes.parsed(extractor._model.nlp, [sentence])
    assert may_hold(tree_of(doc, sentence)) is read


def test_sentences_that_can_hold_no_fact_are_counted(extractor: Extractor) -> None:
    text = "There were 12 inhabitants per square kilometre in 1950.\n\nclick here\n\nJane Doe was born in 1950."
    (found,) = extractor.extract([text])
    assert (found.counts["sentences"], found.counts["sentences_skipped"]) == (3, 2)
