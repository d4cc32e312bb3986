"""The quicker way through a spaCy pipeline gives what spaCy gives, whatever else is in the batch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc
from thinc.api import Ops, get_current_ops, set_current_ops

from analyzer.errors import SetupError
from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor, model, networks, pipes
from analyzer.text.facts.model import SteadyOps, installed_model, load_model

SENTENCES = [
    "Marie Curie, a Polish physicist, was born in Warsaw on 7 November 1867.",
    "Apple Inc. was founded by Steve Jobs and Steve Wozniak in April 1976, in Los Altos.",
    "No.",
    "She said that it wasn't theirs; the founder of Acme (1849-1934) couldn't have known.",
    "In 1804 , the 3rd Duke bought 40% of the land -- for $2.5 million -- from his cousin's widow .",
    "Lisbon",
    "Ich bin ein Berliner, er sagte es 1963 in Berlin.",
    *(f"The town of Newton {i} lies {i} km north of Oldham and has {i * 37} inhabitants." for i in range(40)),
]


@pytest.fixture(scope="module")
def quick() -> model.Model:
    return load_model("auto")


def annotations(doc: Doc) -> tuple[Any, ...]:
    tokens = [(t.text, t.tag_, t.dep_, t.head.i) for t in doc]
    return tokens, [(e.start, e.end, e.label_) for e in doc.ents]


def run(found: model.Model, texts: list[str]) -> list[Doc]:
    docs = pipes.parsed(found.nlp, texts)
    pipes.annotate(found.nlp.get_pipe("ner"), docs)
    return docs


def test_annotations_are_those_of_spacy(quick: model.Model) -> None:
    stock = spacy.load(installed_model("auto"), exclude=["attribute_ruler", "lemmatizer"])
    expected = [annotations(doc) for doc in stock.pipe(SENTENCES)]
    assert [annotations(doc) for doc in run(quick, SENTENCES)] == expected
    assert any(entities for _, entities in expected)


def test_every_part_of_the_default_networks_is_quickened_and_gives_the_same_floats() -> None:
    stock = spacy.load(installed_model("auto"))
    docs = [stock.make_doc(text) for text in SENTENCES]
    shared = stock.get_pipe("tok2vec").predict(docs)
    own = stock.get_pipe("ner").model.get_ref("tok2vec").predict(docs)
    assert networks.quicken(stock) == 4  # embedding and encoder, of tok2vec and of ner
    assert all(np.array_equal(a, b) for a, b in zip(shared, stock.get_pipe("tok2vec").predict(docs), strict=True))
    assert np.array_equal(own, stock.get_pipe("ner").model.get_ref("tok2vec").predict(docs))


def test_a_sentence_is_parsed_alike_in_any_company(quick: model.Model) -> None:
    alone = [run(quick, [text])[0] for text in SENTENCES]
    together = run(quick, SENTENCES)
    turned = run(quick, SENTENCES[::-1])[::-1]
    for a, b, c in zip(alone, together, turned, strict=True):
        assert annotations(a) == annotations(b) == annotations(c)
        assert np.array_equal(a.tensor, b.tensor)
        assert np.array_equal(a.tensor, c.tensor)


@pytest.mark.parametrize("inner", [64, 96, 288, 576])
def test_a_row_of_a_product_has_the_same_bits_in_any_company(inner: int) -> None:
    source = np.random.default_rng(1)
    left, right = (source.standard_normal((n, inner)).astype("f") for n in (300, 106))
    ops = SteadyOps()
    whole = ops.gemm(left, right, trans2=True)
    for rows in range(1, 70):
        assert np.array_equal(ops.gemm(left[7 : 7 + rows], right, trans2=True), whole[7 : 7 + rows])
    out = np.empty((3, 106), dtype="f")
    assert ops.gemm(left[:3], right, trans2=True, out=out) is out
    assert np.array_equal(out, whole[:3])


def test_networks_of_another_shape_are_left_alone() -> None:
    blank = spacy.blank("en")
    config = {
        "model": {
            "@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 32, "depth": 1,
            "embed_size": 50, "window_size": 2, "maxout_pieces": 3, "subword_features": True,
        }
    }  # fmt: skip
    blank.add_pipe("tok2vec", config=config)
    blank.initialize()
    assert networks.quicken(blank) == 1  # the embedding alone: the window is five tokens wide


def test_a_component_that_is_no_network_is_run() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    (doc,) = pipes.parsed(blank, ["One. Two."])
    assert len(list(doc.sents)) == 2


def test_distinct_rows_are_told_apart_even_when_their_mixed_columns_collide() -> None:
    rows = np.array([[1, 2], [3, 4], [1, 2]], dtype="uint64")
    found, place = networks.distinct(rows)
    assert len(found) == 2
    assert np.array_equal(found[place], rows)
    inverse = pow(int(networks._MULTIPLIERS[1]), -1, 2**64)
    clash = (int(networks._MULTIPLIERS[0]) * inverse) % 2**64  # the second column that outweighs a first of 1
    rows = np.array([[1, 0], [0, clash], [1, 0]], dtype="uint64")
    found, place = networks.distinct(rows)
    assert len(found) == 2
    assert np.array_equal(found[place], rows)


def test_words_beyond_the_known_ones_are_forgotten(quick: model.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "KNOWN_WORDS", 0)
    with pipes.zone(quick.nlp):
        pipes.parsed(quick.nlp, ["Qwortzblik was born in Grumfeld."])
        assert "Qwortzblik" in quick.nlp.vocab.strings
    assert "Qwortzblik" not in quick.nlp.vocab.strings
    monkeypatch.setattr(pipes, "KNOWN_WORDS", 10**9)
    with pipes.zone(quick.nlp):
        pipes.parsed(quick.nlp, ["Qwortzblik was born in Grumfeld."])
    assert "Qwortzblik" in quick.nlp.vocab.strings


def test_a_gpu_is_asked_for_before_the_pipeline_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    load = spacy.load
    monkeypatch.setattr(model, "prefer_gpu", lambda: asked.append("gpu"))
    monkeypatch.setattr(spacy, "load", lambda *args, **options: (asked.append("load"), load(*args, **options))[1])
    load_model("auto")
    assert asked == ["gpu", "load"]


def test_matrix_products_of_a_gpu_are_left_alone() -> None:
    before = get_current_ops()
    other = type("OtherOps", (Ops,), {"name": "other", "xp": np})()
    try:
        set_current_ops(other)
        model.use_faster_ops()
        assert get_current_ops() is other
    finally:
        set_current_ops(before)


def test_a_folder_with_another_pipeline_serves_as_well(tmp_path: Path) -> None:
    other = spacy.load(installed_model("auto"), exclude=["attribute_ruler"])
    other.add_pipe("sentencizer", first=True)  # no network, and it marks sentences before the parser does
    other.to_disk(tmp_path / "other")
    (found,) = Extractor(ExtractSettings(model=str(tmp_path / "other"))).extract([SENTENCES[0]])
    assert ("marie curie", "date of birth", "1867-11-07") in {(m.subject, m.relation, m.answer) for m in found.mentions}


@pytest.mark.parametrize("missing", ["tagger", "parser", "ner"])
def test_a_pipeline_that_lacks_a_component_is_named_with_it(missing: str, tmp_path: Path) -> None:
    spacy.load(installed_model("auto"), exclude=[missing]).to_disk(tmp_path / "poor")
    with pytest.raises(SetupError, match=f"poor.* has no {missing}"):
        load_model(str(tmp_path / "poor"))
