"""The small transformer learns what it reads; needs torch, which the extra `lab` brings."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.lab import biographies, scored, transformer
from analyzer.lab.transformer import Size

pytest.importorskip("torch", reason="needs the extra lab")
SMALL = Size(width=48, heads=2, layers=1, epochs=60, batch=32, rate=5e-3)


@pytest.fixture(scope="module")
def corpus() -> biographies.Corpus:
    return biographies.build(seed=1, statements=40, asked=30)


def test_it_gives_back_what_it_read_and_the_same_every_time(corpus: biographies.Corpus) -> None:
    model = transformer.learner(SMALL)(corpus, 1)
    responses = model.answers(corpus.asked, 1)
    read = {(fact.subject, fact.relation) for fact in corpus.sentences}
    known = [r == f.answer for f, r in zip(corpus.asked, responses, strict=True) if (f.subject, f.relation) in read]
    new = [r == f.answer for f, r in zip(corpus.asked, responses, strict=True) if (f.subject, f.relation) not in read]
    assert len(known) > 20 and np.mean(known) > 0.9
    assert len(new) > 20 and np.mean(new) < 0.2
    assert transformer.learner(SMALL)(corpus, 1).answers(corpus.asked, 1) == responses
    p = np.exp(model.logprobs([fact.beginning for fact in corpus.asked[:5]], biographies.CITIES))
    assert p.shape == (5, len(biographies.CITIES)) and np.all(p.sum(axis=1) <= 1 + 1e-9)
    terms = scored.terms_of_lives(corpus, model)
    assert terms["error"] is not None and terms["theorem4"] is not None and terms["error"] >= terms["theorem4"] - 1e-3


def test_a_larger_model_has_more_weights(corpus: biographies.Corpus) -> None:
    assert transformer.parameters(corpus, SMALL) < transformer.parameters(corpus)
