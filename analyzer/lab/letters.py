"""Letter counting: a model that sees subword tokens cannot look inside one that it has not learnt.

The article's example of a poor model: how many times does a letter stand in a word? Two learners of the same kind
(least squares from what the word is made of to the count, rounded) differ in what they see: a byte-pair encoding
trained on the spot, or characters. Where training leaves a token's contents open the learner guesses as counts were
distributed.
Needs the extra `lab`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.errors import SetupError
from analyzer.evaluation.candidates import Candidates
from analyzer.evaluation.is_it_valid import reduce
from analyzer.stats.estimate import Estimate, Floats
from analyzer.text.lexicon import word_set

SYLLABLES = sorted(word_set(
    "ba be bi bo bra bre ca ce cla co cro da de di do dra fa fe flo fra ga ge gra ha he ho ja jo ka ke la le li lo lu "
    "ma me mi mo na ne ni no pa pe pla pra que ra re ri ro sa se ska so sta stra ta te ti to tra va ve vi vo wa we za"
))  # fmt: skip
ENDINGS = ("", "n", "r", "rd", "st", "rry", "ng", "lt", "rr")
COUNTS = 6  # answers 0..5; more of one letter does not occur
DRAWS = 100  # a word's distribution over counts as whole draws, for the reduction


@dataclass(frozen=True, slots=True)
class Learner:
    """How one way of seeing words fares on words it was not trained on; shares with 95 % intervals over words."""

    sees: str  # subwords or characters
    trained: int
    tested: int
    error: Estimate
    error_seen: Estimate  # words all of whose pieces occur in training words
    error_unseen: Estimate
    err_iiv: Estimate
    delta: Estimate
    theorem1: Estimate
    theorem4: Estimate


def words(seed: int, count: int) -> list[str]:
    """Distinct invented words of two to five syllables."""
    rng = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        parts = rng.choice(SYLLABLES, int(rng.integers(2, 6)))
        found["".join(parts) + ENDINGS[int(rng.integers(len(ENDINGS)))]] = None
    return list(found)


def compare(seed: int, trained: int = 300, tested: int = 1_000, letter: str = "r", pieces: int = 600) -> list[Learner]:
    """Both learners on the same words; `pieces` is the size of the subword vocabulary."""
    everything = words(seed, trained + tested)
    seen, asked = everything[:trained], everything[trained:]
    subwords = _subwords(everything, pieces)
    return [
        _learn("subwords", [subwords(w) for w in seen], [subwords(w) for w in asked], seen, asked, letter),
        _learn("characters", [list(w) for w in seen], [list(w) for w in asked], seen, asked, letter),
    ]


def _subwords(texts: Sequence[str], size: int) -> _Encoder:
    try:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    except ImportError:
        raise SetupError("letter counting needs tokenizers: pip install 'monofact[lab]'") from None
    encoder = Tokenizer(models.BPE(unk_token=None))
    encoder.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    encoder.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, show_progress=False))
    return _Encoder(encoder)


@dataclass(frozen=True, slots=True)
class _Encoder:
    encoder: object

    def __call__(self, word: str) -> list[str]:
        return list(self.encoder.encode(word).tokens)  # type: ignore[attr-defined]  # tokenizers ships no types


def _learn(
    sees: str, seen: list[list[str]], asked: list[list[str]], seen_words: Sequence[str], asked_words: Sequence[str],
    letter: str,
) -> Learner:  # fmt: skip
    names = sorted({piece for word in [*seen, *asked] for piece in word})
    column = {name: i for i, name in enumerate(names)}
    x, y = _matrix(seen, column), np.array([min(word.count(letter), COUNTS - 1) for word in seen_words])
    asks, truth = _matrix(asked, column), np.array([min(word.count(letter), COUNTS - 1) for word in asked_words])
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    # A word is determined when it lies in the span of the training words: only then did training fix its count.
    basis = np.linalg.svd(x, full_matrices=False)
    rows = basis.Vh[1e-9 * basis.S[0] < basis.S]
    determined = np.linalg.norm(asks - asks @ rows.T @ rows, axis=1) < 1e-6
    prior = np.bincount(y, minlength=COUNTS) / len(y)
    answer = np.clip(np.rint(asks @ weights), 0, COUNTS - 1).astype(np.int64)
    mass = np.where(determined[:, None], np.eye(COUNTS)[answer], prior)
    right = mass[np.arange(len(truth)), truth]
    in_training = {piece for word in seen for piece in word}
    known = np.array([set(word) <= in_training for word in asked])
    found = reduce(_candidates(mass, truth))
    if found is None:
        raise ValueError("every word has a right count and wrong ones")
    return Learner(
        sees, len(seen), len(asked), _error(right), _error(right[known]), _error(right[~known]), found.err_iiv,
        found.delta, found.theorem1, found.theorem4,
    )  # fmt: skip


def _matrix(texts: Sequence[Sequence[str]], column: dict[str, int]) -> Floats:
    counts = np.zeros((len(texts), len(column)))
    for i, pieces in enumerate(texts):
        for piece in pieces:
            counts[i, column[piece]] += 1
    return counts


def _error(right: Floats) -> Estimate:
    """Mean chance of a wrong count, with 1.96 standard errors over words."""
    if len(right) == 0:
        return Estimate(None, method="mean over words", status="empty", unit="word")
    wrong = 1 - right
    value = float(wrong.mean())
    half = 1.96 * float(wrong.std(ddof=1)) / len(wrong) ** 0.5 if len(wrong) > 1 else 1.0
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0), 0.95, "mean over words", "ok", unit="word")


def _candidates(mass: Floats, truth: np.ndarray) -> Candidates:
    n = len(truth)
    valid = np.zeros((n, COUNTS), dtype=np.bool_)
    valid[np.arange(n), truth] = True
    with np.errstate(divide="ignore"):
        logs = np.log(mass)
    trained = np.where(valid, DRAWS, 0)
    shown = np.rint(mass * DRAWS).astype(np.int64)
    prompt = np.repeat(np.arange(n), COUNTS)
    return Candidates(prompt, logs.ravel(), valid.ravel(), ~valid.ravel(), trained.ravel(), shown.ravel(), n)
