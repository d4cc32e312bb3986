"""Language models that learn a corpus of lives from its text alone and answer its questions by going on writing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analyzer.lab import ngrams
from analyzer.lab.biographies import Corpus, tokens

ORDER = 9  # at the last word of a date it still sees "NAME SURNAME was born on 5 May"
MOST = 6  # tokens of an answer

Learner = Callable[[Corpus, int], list[str]]


def ngram(corpus: Corpus, seed: int) -> list[str]:
    """Responses of an unsmoothed n-gram model: what followed the longest context that it has seen, drawn."""
    rng = np.random.default_rng(seed)
    model = ngrams.fit((tokens(fact.sentence) for fact in corpus.sentences), ORDER)
    return [_answer(model.generate(rng, tokens(fact.beginning), MOST)) for fact in corpus.asked]


def _answer(continuation: list[str]) -> str:
    """The words up to the full stop."""
    end = continuation.index(".") if "." in continuation else len(continuation)
    return " ".join(continuation[:end])
