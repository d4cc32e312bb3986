"""The n-gram experiment of Miao and Kearns (arXiv 2502.08666) on generated facts of the same shape.

19,999 facts of six fields, each put floor(Pareto(gamma)) times into a pool, 5,000 training samples of the pool, a
Markov chain of order 2 over words, 5,000 generations. They call the sampling "with replacement"; their code samples
without, and there the monofact rate f1/n overstates the missing mass by 1/(1 - rho), rho the share of the pool that was
taken. Both are run here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.lab import ngrams

GAMMAS = (1.0, 1.25, 1.5, 2.0, 2.25, 4.0)
FACTS, TRAINED, GENERATED = 19_999, 5_000, 5_000
POOLS = {"actor": 4_000, "costar": 4_000, "movie": 12_000, "director": 3_000, "genre": 20, "year": 90}


@dataclass(frozen=True, slots=True)
class Point:
    """One gamma and way of sampling, means over replicates; `hallucination` is None where no text was generated.

    `hallucination` counts distinct strings that are no fact over all generations, as the paper does, `any_false` every
    generation that is no fact.
    """

    gamma: float
    replacement: bool
    replicates: int
    monofact: float
    monofact_sd: float
    missing_mass: float
    sampled: float  # rho: training samples over the pool
    hallucination: float | None
    any_false: float | None


def facts(rng: np.random.Generator, count: int = FACTS) -> list[list[str]]:
    """Distinct facts, six fields of one or two words each."""
    found: dict[tuple[str, ...], None] = {}
    while len(found) < count:
        fields = []
        for name, pool in POOLS.items():
            value = int(rng.integers(pool))
            fields += [f"{name}{value}"] if name in ("genre", "year") else [f"{name}{value % 50}", f"{name[0]}{value}"]
        found[tuple(fields)] = None
    return [list(fact) for fact in found]


def rates(gamma: float, replacement: bool, replicates: int, seed: int) -> list[tuple[float, float, float]]:
    """(monofact rate, share of the pool in facts that were not sampled, rho) of each replicate."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(replicates):
        pool = np.floor(1 + rng.pareto(gamma, FACTS)).astype(np.int64)
        counts = _sample(pool, replacement, rng)
        mass = float(pool[counts == 0].sum() / pool.sum())
        found.append((float(np.sum(counts == 1)) / TRAINED, mass, TRAINED / float(pool.sum())))
    return found


def point(gamma: float, replacement: bool, replicates: int = 20, seed: int = 1, generate: int = 0) -> Point:
    """Means over replicates; text is generated from the chain of `generate` of them."""
    drawn = np.array(rates(gamma, replacement, replicates, seed))
    texts = [_generated(gamma, replacement, seed + i) for i in range(generate)]
    distinct, every = np.mean(texts, axis=0) if texts else (None, None)
    return Point(
        gamma=gamma,
        replacement=replacement,
        replicates=replicates,
        monofact=float(drawn[:, 0].mean()),
        monofact_sd=float(drawn[:, 0].std(ddof=1)) if replicates > 1 else 0.0,
        missing_mass=float(drawn[:, 1].mean()),
        sampled=float(drawn[:, 2].mean()),
        hallucination=None if distinct is None else float(distinct),
        any_false=None if every is None else float(every),
    )


def _sample(pool: np.ndarray, replacement: bool, rng: np.random.Generator) -> np.ndarray:
    if replacement:
        return rng.multinomial(TRAINED, pool / pool.sum())
    return rng.multivariate_hypergeometric(pool, TRAINED, method="marginals")


def _generated(gamma: float, replacement: bool, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    known = facts(rng)
    pool = np.floor(1 + rng.pareto(gamma, FACTS)).astype(np.int64)
    counts = _sample(pool, replacement, rng)
    chain = ngrams.fit((known[i] for i in np.repeat(np.arange(FACTS), counts)), order=3)
    true = {" ".join(fact) for fact in known}
    false = [text for _ in range(GENERATED) if (text := " ".join(chain.generate(rng))) not in true]
    return len(set(false)) / GENERATED, len(false) / GENERATED
