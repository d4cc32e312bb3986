"""n-gram language models over tokens, smoothed or not: poor learners, whose every probability can be written out.

A model of order n predicts a token from the n - 1 before it (fewer at the start of a text). Unsmoothed it repeats what
followed that context in training and backs off to the longest context it has seen; with `smoothing` k it adds k to
every count over its vocabulary.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from analyzer.stats.estimate import Floats

START, END = "<s>", "</s>"
Context = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NGram:
    """Counts of what followed each context of up to order - 1 tokens."""

    order: int
    smoothing: float
    vocabulary: tuple[str, ...]  # sorted, END among it
    words: frozenset[str]  # the same, to look up
    counts: dict[Context, Counter[str]]
    ready: dict[Context, tuple[list[str], Floats]] = field(default_factory=dict, repr=False)  # to draw from, as needed

    def distribution(self, before: Sequence[str]) -> dict[str, float]:
        """P(next token | the last order - 1 tokens of `before`), tokens of probability 0 left out."""
        context = self._known(before)
        found = self.counts[context]
        total = found.total() + self.smoothing * len(self.vocabulary)
        if not self.smoothing:
            return {token: count / total for token, count in found.items()}
        return {token: (found[token] + self.smoothing) / total for token in self.vocabulary}

    def logprob(self, before: Sequence[str], continuation: Sequence[str]) -> float:
        """Natural logarithm of the probability of a continuation; minus infinity if it is impossible."""
        tokens, total = list(before), 0.0
        for token in continuation:
            found = self.counts[self._known(tokens)]
            known = found[token] + (self.smoothing if token in self.words else 0.0)
            p = known / (found.total() + self.smoothing * len(self.vocabulary))
            if p == 0:
                return float("-inf")
            total += log(p)
            tokens.append(token)
        return total

    def generate(self, rng: np.random.Generator, before: Sequence[str] = (), most: int = 100) -> list[str]:
        """Tokens drawn one after another until END or `most` of them; END is not among them."""
        tokens, start = list(before), len(before)
        while len(tokens) - start < most:
            names, below = self._drawable(tokens)
            token = names[int(np.searchsorted(below, rng.random() * below[-1], side="right"))]
            if token == END:
                break
            tokens.append(token)
        return tokens[start:]

    def _drawable(self, before: Sequence[str]) -> tuple[list[str], Floats]:
        """The next tokens in order and the probability of each and those before it."""
        context = self._known(before)
        if context not in self.ready:
            found = self.distribution(before)
            names = sorted(found)
            self.ready[context] = names, np.cumsum([found[name] for name in names])
        return self.ready[context]

    def _known(self, before: Sequence[str]) -> Context:
        """The longest end of `before`, of at most order - 1 tokens, that was seen in training."""
        padded = [START, *before]
        for length in range(min(self.order - 1, len(padded)), -1, -1):
            context = tuple(padded[len(padded) - length :])
            if context in self.counts:
                return context
        return ()


def fit(texts: Iterable[Sequence[str]], order: int, smoothing: float = 0.0) -> NGram:
    """The n-gram model of tokenised texts. `order` >= 1; order 2 is a bigram model."""
    if order < 1 or smoothing < 0:
        raise ValueError(f"order must be at least 1 and smoothing not negative, got {order} and {smoothing}")
    counts: dict[Context, Counter[str]] = defaultdict(Counter)
    for text in texts:
        tokens = [START, *text, END]
        for i in range(1, len(tokens)):
            for length in range(min(order - 1, i) + 1):
                counts[tuple(tokens[i - length : i])][tokens[i]] += 1
    vocabulary = tuple(sorted(counts[()]))
    return NGram(order, smoothing, vocabulary, frozenset(vocabulary), dict(counts))
