"""What `monofact iiv` reads, made from models of the laboratory, whose error, err_iiv and delta are known exactly.

Of a model of a world, draws: training pairs from the world, generations from the model, and every plausible wrong
answer with its probability. Of a language model of lives, the questions where somebody was born: all plausible answers
are known there, the cities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.evaluation.candidates import Candidates, curve
from analyzer.evaluation.is_it_valid import Reduction, reduce
from analyzer.lab import models, worlds
from analyzer.lab.biographies import CITIES, Corpus
from analyzer.lab.learners import Trained
from analyzer.lab.models import FAVOURED, IDK, Model
from analyzer.lab.worlds import World
from analyzer.stats.estimate import Estimate

BIRTHPLACE = "place of birth"
SHARES = 1_000  # a probability as whole generations: the reduction's terms are then exact to three digits


@dataclass(frozen=True, slots=True)
class Recovered:
    """A term of the reduction of one model over replicates: exact, as estimated on average, and how often the 95 %
    interval held the exact value."""

    model: str
    term: str
    replicates: int
    exact: float
    estimate: float
    coverage: float


def candidates(world: World, model: Model, drawn: int, rng: np.random.Generator) -> Candidates:
    """Every answer of every prompt with the model's probability, `drawn` training pairs and `drawn` generations."""
    count = models.sizes(world).astype(np.int64)
    if np.all(world.alpha == 1) and not np.any(model.mass[:, IDK] > 0):
        count[:, IDK] = 0  # never said: no answer of these prompts
    prompt, group = (np.repeat(axis.ravel(), count.ravel()) for axis in np.indices(count.shape))
    p = (model.mass / np.maximum(count, 1))[prompt, group]
    with np.errstate(divide="ignore"):
        logprob = np.log(p)
    true = (models.training(world) / np.maximum(count, 1))[prompt, group]
    wrong = group >= FAVOURED
    draws = (rng.multinomial(drawn, world.mu[prompt] * shares).astype(np.int64) for shares in (true, p))
    trained, generated = draws
    return Candidates(prompt.astype(np.int64), logprob, ~wrong, wrong, trained, generated, world.prompts)


def records(given: Candidates) -> Iterator[dict[str, Any]]:
    """The same as records of the file that `monofact iiv` reads; probabilities of 0 as the logarithm -1000."""
    columns = (given.prompt, given.logprob, given.valid, given.trained, given.generated)
    for i, (prompt, logprob, valid, trained, generated) in enumerate(zip(*columns, strict=True)):
        row = {"prompt": f"prompt {prompt}", "response": f"answer {i}", "logprob": max(float(logprob), -1000.0),
               "valid": bool(valid)}  # fmt: skip
        yield row
        yield from [row | {"origin": "train"}] * int(trained)
        yield from [row | {"origin": "generated"}] * int(generated)


def recovered(seed: int = 1, replicates: int = 100, drawn: int = 20_000) -> list[Recovered]:
    """Exact terms of the models of one world against what the reduction makes of draws from them."""
    rng = np.random.default_rng(seed)
    answers = rng.integers(10, 40, 200)
    world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 200, 0.5), answers, alpha=0.8, rng=rng)
    sample = worlds.draw(world, 200, rng)
    noise = rng.dirichlet([0.5] * 4, world.prompts) * (models.sizes(world) > 0)
    tried = {
        "memoriser": models.memoriser(world, sample),
        "guesser": models.guesser(world, sample),
        "sharp guesser": models.guesser(world, sample, 0.1),
        "abstainer": models.abstainer(world, sample),
        "noise": Model(noise / noise.sum(axis=1, keepdims=True)),
    }
    rows = []
    for name, model in tried.items():
        exact = models.terms(world, model)
        truth = {"error": exact.error, "err_iiv": exact.err_iiv, "delta": exact.delta, "theorem1": exact.theorem1}
        found = [_reduced(candidates(world, model, drawn, rng)) for _ in range(replicates)]
        for term, value in truth.items():
            estimates: list[Estimate] = [getattr(reduction, term) for reduction in found]
            limits = [(e.low, e.high) for e in estimates if e.low is not None and e.high is not None]
            held = [low - 1e-9 <= value <= high + 1e-9 for low, high in limits]
            mean = float(np.mean([e.value for e in estimates if e.value is not None]))
            rows.append(Recovered(name, term, replicates, value, mean, sum(held) / replicates))
    return rows


def of_lives(corpus: Corpus, model: Trained) -> tuple[Candidates, float]:
    """A language model on the questions where somebody was born, and the mass that it puts on no city at all.

    Its probabilities are taken among the cities; a question that is asked twice counts twice.
    """
    asked = [fact for fact in corpus.asked if fact.relation == BIRTHPLACE]
    times = Counter(fact.beginning for fact in asked)
    right = {fact.beginning: CITIES.index(fact.answer) for fact in asked}
    p = np.exp(model.logprobs(list(times), CITIES))
    lost = 1 - float(np.average(p.sum(axis=1), weights=list(times.values())))
    p = np.where(p.sum(axis=1, keepdims=True) > 0, p, 1.0)  # no city at all: any of them
    p /= p.sum(axis=1, keepdims=True)
    valid = np.arange(len(CITIES)) == np.array(list(right.values()))[:, None]
    often = np.array(list(times.values()))[:, None] * SHARES
    with np.errstate(divide="ignore"):
        logprob = np.log(p).ravel()
    return Candidates(
        prompt=np.repeat(np.arange(len(times)), len(CITIES)),
        logprob=logprob,
        valid=valid.ravel(),
        wrong=~valid.ravel(),
        trained=(valid * often).ravel(),
        generated=np.rint(p * often).astype(np.int64).ravel(),
        prompts=len(times),
    ), lost


def terms_of_lives(corpus: Corpus, model: Trained) -> dict[str, float | None]:
    """Error, err_iiv, delta, the bounds, and `miscalibration`: the largest difference between the shares of
    generations and of right answers above any probability (delta is the one at 1/min|E|)."""
    given, lost = of_lives(corpus, model)
    found, line = _reduced(given), curve(given)
    return {
        "error": found.error.value, "err_iiv": found.err_iiv.value, "delta": found.delta.value,
        "theorem1": found.theorem1.value, "opt": found.opt.value, "theorem4": found.theorem4.value,
        "miscalibration": float(np.abs(line.generated - line.trained).max()), "lost": lost,
    }  # fmt: skip


def _reduced(given: Candidates) -> Reduction:
    found = reduce(given)
    if found is None:
        raise ValueError("no prompt was drawn that has a wrong answer")
    return found
