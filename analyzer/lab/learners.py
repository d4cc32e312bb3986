"""Language models that learn a corpus of lives from its text alone and answer its questions by going on writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analyzer.lab import ngrams
from analyzer.lab.biographies import Corpus, Fact, tokens
from analyzer.lab.ngrams import NGram
from analyzer.stats.estimate import Floats

ORDER = 9  # at the last word of a date it still sees "NAME SURNAME was born on 5 May"
MOST = 6  # tokens of an answer


class Trained(Protocol):
    """A model that has read a corpus."""

    def answers(self, asked: Sequence[Fact], seed: int) -> list[str]:
        """The words up to the full stop that go on each beginning, drawn from the model."""
        ...

    def logprobs(self, beginnings: Sequence[str], choices: Sequence[str]) -> Floats:
        """ln P(the answer is this choice, full stop and all), shape (beginnings, choices); may be minus infinity."""
        ...


Learner = Callable[[Corpus, int], Trained]


@dataclass(frozen=True, slots=True, eq=False)
class NGramOfLives:
    """An n-gram model of the sentences of a corpus."""

    model: NGram

    def answers(self, asked: Sequence[Fact], seed: int) -> list[str]:
        rng = np.random.default_rng(seed)
        return [_answer(self.model.generate(rng, tokens(fact.beginning), MOST)) for fact in asked]

    def logprobs(self, beginnings: Sequence[str], choices: Sequence[str]) -> Floats:
        rows = [
            [self.model.logprob(tokens(beginning), [*tokens(choice), "."]) for choice in choices]
            for beginning in beginnings
        ]
        return np.array(rows, dtype=np.float64)


def ngram(corpus: Corpus, seed: int, order: int = ORDER, smoothing: float = 0.0) -> Trained:
    """An n-gram model; unsmoothed it goes on as the longest context that it has seen did. The seed has no part."""
    return NGramOfLives(ngrams.fit((tokens(fact.sentence) for fact in corpus.sentences), order, smoothing))


def _answer(continuation: Sequence[str]) -> str:
    """The words up to the full stop."""
    end = continuation.index(".") if "." in continuation else len(continuation)
    return " ".join(continuation[:end])
