"""A small transformer trained from scratch on a corpus of lives, on the CPU or a GPU. Needs the extra `lab`.

A decoder of two layers over words: enough to memorise what it reads, small enough to be trained in a minute. It reads
sentences in random order, a number of epochs over all of them, so a fact that stands often is seen often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.errors import SetupError
from analyzer.lab.biographies import Corpus, tokens

PAD, END = 0, 1
LENGTH = 12  # words of the longest sentence and its end


@dataclass(frozen=True, slots=True)
class Size:
    """Width, heads and layers of the decoder, and how long it is trained."""

    width: int = 128
    heads: int = 4
    layers: int = 2
    epochs: int = 40
    batch: int = 128
    rate: float = 2e-3


def learner(size: Size | None = None) -> Any:
    """A learner (see `learners.Learner`) that trains a transformer of this size."""

    def answer(corpus: Corpus, seed: int) -> list[str]:
        return _train_and_ask(corpus, seed, size or Size())

    return answer


def parameters(corpus: Corpus, size: Size | None = None) -> int:
    """How many weights the model of a corpus has."""
    words = _vocabulary(corpus)
    return sum(p.numel() for p in _model(_torch(), len(words) + 2, size or Size()).parameters())


def _train_and_ask(corpus: Corpus, seed: int, size: Size) -> list[str]:
    torch = _torch()
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
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
    return _ask(torch, model, corpus, code, words, device)


def _ask(torch: Any, model: Any, corpus: Corpus, code: dict[str, int], words: list[str], device: str) -> list[str]:
    """The likeliest continuation of each question's beginning, word by word; a name never read is unknown to it."""
    model.eval()
    found = []
    with torch.no_grad():
        for fact in corpus.asked:
            row = [code.get(word, PAD) for word in tokens(fact.beginning)]
            start = len(row)
            while len(row) < LENGTH:
                scores = _scores(torch, model, torch.tensor([row], device=device))
                best = int(scores[0, -1, END:].argmax()) + END
                if best == END or words[best - 2] == ".":
                    break
                row.append(best)
            found.append(" ".join(words[i - 2] for i in row[start:]))
    return found


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
