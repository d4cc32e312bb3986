"""A small transformer trained from scratch on a corpus of lives, on the CPU or a GPU. Needs the extra `lab`.

A decoder of two layers over words: enough to memorise what it reads, small enough to be trained in minutes. It reads
sentences in random order, a number of epochs over all of them, so a fact that stands often is seen often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.errors import SetupError
from analyzer.lab.biographies import Corpus, Fact, tokens
from analyzer.lab.learners import Learner, Trained
from analyzer.stats.estimate import Floats

PAD, END = 0, 1
LENGTH = 12  # words of the longest sentence and its end
TOGETHER = 1024  # beginnings asked at once


@dataclass(frozen=True, slots=True)
class Size:
    """Width, heads and layers of the decoder, and how long it is trained.

    After 20 epochs at these sizes it gives back every fact that it has read; after 3 about a quarter of them.
    """

    width: int = 128
    heads: int = 4
    layers: int = 2
    epochs: int = 20
    batch: int = 32
    rate: float = 2e-3


def learner(size: Size | None = None) -> Learner:
    """A learner that trains a transformer of this size. Digits may differ between processors, not between runs."""

    def learn(corpus: Corpus, seed: int) -> Trained:
        return _train(corpus, seed, size or Size())

    return learn


def parameters(corpus: Corpus, size: Size | None = None) -> int:
    """How many weights the model of a corpus has."""
    words = _vocabulary(corpus)
    return sum(p.numel() for p in _model(_torch(), len(words) + 2, size or Size()).parameters())


@dataclass(frozen=True, slots=True, eq=False)
class _Transformer:
    """`Any` where torch's types would stand: it is an extra."""

    torch: Any
    model: Any
    words: list[str]
    code: dict[str, int]
    device: str

    def answers(self, asked: Sequence[Fact], seed: int) -> list[str]:
        rng = np.random.default_rng(seed)
        found = [""] * len(asked)
        rows = [self._codes(fact.beginning) for fact in asked]
        for length in sorted({len(row) for row in rows}):  # of one length, so that no padding is read
            at = [i for i, row in enumerate(rows) if len(row) == length]
            texts = np.array([rows[i] for i in at], dtype=np.int64)
            while texts.shape[1] < LENGTH:
                p = np.exp(self._next(texts))
                p /= p.sum(axis=1, keepdims=True)
                drawn = (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1).clip(max=p.shape[1] - 1)
                texts = np.concatenate([texts, drawn[:, None]], axis=1)
            for i, row in zip(at, texts[:, length:].tolist(), strict=True):
                found[i] = self._text(row)
        return found

    def logprobs(self, beginnings: Sequence[str], choices: Sequence[str]) -> Floats:
        found = np.zeros((len(beginnings), len(choices)))
        for length in sorted({len(tokens(text)) for text in beginnings}):
            at = [i for i, text in enumerate(beginnings) if len(tokens(text)) == length]
            starts = np.array([self._codes(beginnings[i]) for i in at], dtype=np.int64)
            for k, choice in enumerate(choices):
                texts = starts
                for code in self._codes(choice + " ."):
                    found[at, k] += self._next(texts)[:, code]
                    texts = np.concatenate([texts, np.full((len(texts), 1), code)], axis=1)
        return found

    def _next(self, texts: np.ndarray) -> Floats:
        """ln P(next word) after each text, (texts, vocabulary)."""
        parts = []
        with self.torch.no_grad():
            for start in range(0, len(texts), TOGETHER):
                rows = self.torch.from_numpy(texts[start : start + TOGETHER]).to(self.device)
                last = _scores(self.torch, self.model, rows)[:, -1].double()
                parts.append(self.torch.log_softmax(last, dim=-1).cpu().numpy())
        return np.concatenate(parts)

    def _codes(self, text: str) -> list[int]:
        """A word never read is PAD, which the model was never trained to read."""
        return [self.code.get(word, PAD) for word in text.split()]

    def _text(self, codes: Sequence[int]) -> str:
        row = [self.words[code - 2] if code > END else "" for code in codes]
        return " ".join(row[: row.index(".")] if "." in row else row)


def _train(corpus: Corpus, seed: int, size: Size) -> Trained:
    torch = _torch()
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # sums then do not hang on the number of cores; of so small a model two gain little
    device = "cuda" if torch.cuda.is_available() else "cpu"
    words = _vocabulary(corpus)
    code = {word: i + 2 for i, word in enumerate(words)}
    sentences = [[code[word] for word in tokens(fact.sentence)] + [END] for fact in corpus.sentences]
    data = torch.tensor([row + [PAD] * (LENGTH - len(row)) for row in sentences], device=device)
    model = _model(torch, len(words) + 2, size).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=size.rate)
    steps = size.epochs * -(-len(data) // size.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, size.rate, total_steps=steps)
    rng = np.random.default_rng(seed)
    model.train()
    for _ in range(size.epochs):
        for rows in np.array_split(rng.permutation(len(data)), -(-len(data) // size.batch)):
            batch = data[torch.from_numpy(rows).to(device)]
            scores = _scores(torch, model, batch[:, :-1])
            loss = torch.nn.functional.cross_entropy(
                scores.reshape(-1, scores.shape[-1]), batch[:, 1:].reshape(-1), ignore_index=PAD
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    model.eval()
    return _Transformer(torch, model, words, code, device)


def _vocabulary(corpus: Corpus) -> list[str]:
    return sorted({word for fact in corpus.sentences for word in tokens(fact.sentence)})


def _model(torch: Any, vocabulary: int, size: Size) -> Any:
    nn = torch.nn
    layer = nn.TransformerEncoderLayer(
        size.width, size.heads, 4 * size.width, dropout=0.0, batch_first=True, norm_first=True
    )
    return nn.ModuleDict({
        "word": nn.Embedding(vocabulary, size.width),
        "place": nn.Embedding(LENGTH, size.width),
        "layers": nn.TransformerEncoder(layer, size.layers, enable_nested_tensor=False),
        "out": nn.Linear(size.width, vocabulary),
    })  # fmt: skip


def _scores(torch: Any, model: Any, rows: Any) -> Any:
    """Scores of the next word after each, (rows, length, vocabulary); no word sees a later one."""
    length = rows.shape[1]
    mask = torch.nn.Transformer.generate_square_subsequent_mask(length, device=rows.device)
    inside = model["word"](rows) + model["place"](torch.arange(length, device=rows.device))
    return model["out"](model["layers"](inside, mask=mask, is_causal=True))


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise SetupError("the transformer needs torch: pip install 'monofact[lab]'") from None
    return torch
