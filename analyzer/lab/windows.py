"""Poor model families: what an n-gram model cannot condition on, it must get wrong.

Corollary 2 of Kalai, Nachum, Vempala and Zhang 2025: for the prompts "She lost it and was completely out of" and "He
lost it and was completely out of" any trigram model errs at least half of the time, because both end alike. Generally
an n-gram model sees n - 1 tokens, so a fact whose answer begins `window` tokens after its subject is out of its reach
when window + 1 > n - 1: that is what the column `window` of the mentions table is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.evaluation.candidates import Candidates
from analyzer.evaluation.is_it_valid import Reduction, reduce
from analyzer.lab import choices as multiple_choice
from analyzer.lab import ngrams
from analyzer.lab.choices import Choices, seen_as
from analyzer.lab.ngrams import START, NGram

PRONOUNS = (("She", "her"), ("He", "his"))
SHARED = ["lost", "it", "and", "was", "completely", "out", "of"]
DRAWS = 1_000  # expected counts are scaled to whole draws: the reduction then gives exact terms to three digits


@dataclass(frozen=True, slots=True)
class Pronouns:
    """The n-gram model of one order on the two prompts: its error, what Theorem 3 says of every model of this order,
    the least error that one can have, and the terms of Theorem 4."""

    order: int
    error: float
    theorem3: float
    least_error: float
    reduction: Reduction


@dataclass(frozen=True, slots=True)
class Window:
    """n-gram models of one order against the share of facts whose answer lies beyond their window."""

    order: int
    beyond: float  # share of the facts
    error: float  # share of the answers that the model gets wrong when it draws them
    opt: float  # opt(G): the least error of telling right from wrong of any n-gram model of this order, however trained
    theorem3: float  # 2 (1 - 1/C) opt(G): a lower bound on the error of all of them
    least_error: float  # the least error that one of them can have
    theorem4: float  # 2 (1 - 1/C) times the same of this model's best threshold: a lower bound on `error`


def pronouns(order: int, smoothing: float = 0.0) -> Pronouns:
    """The two prompts, learnt in full by a model of this order, and asked."""
    texts = [[subject, *SHARED, possessive, "mind"] for subject, possessive in PRONOUNS]
    model = ngrams.fit(texts, order, smoothing)
    prompts = [[subject, *SHARED] for subject, _ in PRONOUNS]
    answers = [possessive for _, possessive in PRONOUNS]
    found = _reduction(model, prompts, [[answer] for answer in answers], list(range(2)))
    if found is None or found.error.value is None:
        raise ValueError("two prompts with two answers have every term")
    given = in_sight(prompts, order, [0, 1], 2)
    bound = given.factor * multiple_choice.opt(given)
    return Pronouns(order, found.error.value, bound, multiple_choice.least_error(given), found)


def windows(seed: int, orders: Sequence[int] = (2, 3, 4, 5, 6), subjects: int = 400, answers: int = 20) -> list[Window]:
    """Facts "SUBJECT was ... ANSWER" with 0 to 5 shared words between: every model learns all of them, and is asked.

    The answer of a subject is one of `answers`, drawn evenly; `beyond` is the share of the subjects that the model no
    longer sees when it begins their answer.
    """
    rng = np.random.default_rng(seed)
    words = ["was", "as", "all", "of", "them", "say"]  # the words between; a longer window takes more of them
    gap = rng.integers(1, len(words) + 1, subjects)
    right = rng.integers(0, answers, subjects)
    prompts = [[f"S{i}", *words[: gap[i]]] for i in range(subjects)]
    choices = [[f"A{k}"] for k in range(answers)]
    model_texts = [[*prompt, *choices[right[i]]] for i, prompt in enumerate(prompts)]
    found = []
    for order in orders:
        model = ngrams.fit(model_texts, order)
        terms = _reduction(model, prompts, choices, right.tolist())
        if terms is None or terms.error.value is None or terms.theorem4.value is None:
            raise ValueError("facts with one right answer each have every term")
        beyond = float(np.mean([out_of_reach(int(g), order) for g in gap]))
        given = in_sight(prompts, order, right.tolist(), answers)
        opt, least = multiple_choice.opt(given), multiple_choice.least_error(given)
        row = Window(order, beyond, terms.error.value, opt, given.factor * opt, least, terms.theorem4.value)
        found.append(row)
    return found


def in_sight(prompts: Sequence[Sequence[str]], order: int, right: Sequence[int], answers: int) -> Choices:
    """The prompts as every n-gram model of this order sees them: their last order - 1 words."""
    views = seen_as([tuple([START, *prompt][max(0, len(prompt) + 2 - order) :]) for prompt in prompts])
    even = np.full(len(prompts), 1 / len(prompts))
    return Choices(even, views, np.array(right), np.full(len(prompts), answers))


def _reduction(
    model: NGram, prompts: Sequence[Sequence[str]], choices: Sequence[Sequence[str]], right: Sequence[int]
) -> Reduction | None:
    """The Is-It-Valid terms of a model that is asked each prompt equally often and draws one of the choices."""
    rows: list[tuple[int, float, bool]] = []
    for code, prompt in enumerate(prompts):
        scores = np.array([model.logprob(prompt, choice) for choice in choices])
        mass = np.exp(scores)
        if mass.sum() <= 0:
            mass = np.ones(len(choices))  # all impossible: the model says none of them; it is asked to choose
        rows += [(code, float(p), k == right[code]) for k, p in enumerate(mass / mass.sum())]
    prompt_, mass_, valid = (np.array(column) for column in zip(*rows, strict=True))
    with np.errstate(divide="ignore"):
        logs = np.log(mass_.astype(np.float64))
    flags = valid.astype(np.bool_)
    trained = np.where(flags, DRAWS, 0)
    shown = np.round(mass_ * DRAWS).astype(np.int64)
    return reduce(Candidates(prompt_.astype(np.int64), logs, flags, ~flags, trained, shown, len(prompts)))


def out_of_reach(window: int, order: int) -> bool:
    """Whether an n-gram model of this order cannot see the end of the subject when it begins the answer."""
    return window + 1 > order - 1
