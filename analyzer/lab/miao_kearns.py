"""The n-gram experiment of Miao and Kearns (arXiv 2502.08666) on generated facts of the same shape.

19,999 facts of six fields, each put floor(Pareto(gamma)) times into a pool, 5,000 training samples of the pool, a
Markov chain of order 2 over words, 5,000 generations. They call the sampling "with replacement"; their code samples
without, and there the monofact rate f1/n overstates the missing mass by 1/(1 - rho), rho the share of the pool that was
taken. Both are run here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from analyzer.lab import ngrams
from analyzer.lab.ngrams import START, NGram
from analyzer.lab.worlds import prompt_law
from analyzer.stats.estimate import Floats, Ints

GAMMAS = (1.0, 1.25, 1.5, 2.0, 2.25, 4.0)
FACTS, TRAINED, GENERATED = 19_999, 5_000, 5_000
ORDER = 3  # a Markov chain whose state is two words
EPSILON = 0.1  # bins of probability end at powers of 1 - EPSILON
VARIETY = 10_000  # first names and words of titles; twice as many last names
LEAST = 1e-10  # probability of a step that training never took, where miscalibration is computed

# Published pairs (monofact rate, hallucination), read off the trend figure, and of the six gammas above the titles
# (monofact rate) and bars (hallucination, miscalibration) of another figure. The titles agree with 2,500 samples with
# replacement, not with 5,000; what they were computed on is not said.
PUBLISHED_TREND = ((0.21, 0.09), (0.27, 0.14), (0.5, 0.30), (0.75, 0.41), (0.95, 0.45))
PUBLISHED_BARS = ((0.355, 0.197, 0.033), (0.567, 0.327, 0.155), (0.67, 0.378, 0.158), (0.788, 0.418, 0.54),
                  (0.807, 0.42, 0.475), (0.869, 0.434, 0.78))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One gamma and way of sampling, means over replicates; the last three are None where no text was generated.

    `hallucination` counts distinct strings that are no fact over all generations, as the paper does, `any_false` every
    generation that is no fact. `miscalibration` is the paper's too: over the pool's facts alone, each as often as it
    stands there, both distributions scaled to sum to 1 on them; it is not Kalai and Vempala's.
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
    miscalibration: float | None


def facts(rng: np.random.Generator, count: int = FACTS) -> list[list[str]]:
    """Distinct facts "actor, costar, movie, director, genre, year" as words.

    An actor is known for one to four movies; a movie has one director, genre, year and actor named as the costar.
    Names are a first and a last name, titles one to four words; popular ones recur as Zipf's law has it.
    """
    actors, movies, directors = count * 2 // 5 + count // 20, count * 3 // 5, count * 2 // 5
    known_for = rng.choice(movies, (actors, 4), p=prompt_law("zipf", movies, 0.5))
    people = _names(rng, actors + directors)
    titles = _titles(rng, movies)
    director = actors + rng.choice(directors, movies, p=prompt_law("zipf", directors, 0.5))
    genre = rng.choice(20, movies, p=prompt_law("zipf", 20))
    year = rng.integers(1930, 2025, movies)
    costar = rng.integers(actors, size=movies)
    titles_known = rng.integers(1, 5, actors)
    found: dict[tuple[str, ...], None] = {}
    for name, movies_known, how_many in zip(people, known_for, titles_known, strict=False):  # directors come after
        for movie in movies_known[:how_many]:
            fact = (*name, *people[costar[movie]], *titles[movie], *people[director[movie]], f"g{genre[movie]},",
                    str(year[movie]))  # fmt: skip
            found[fact] = None
    return [list(fact) for fact in found][:count]


def rates(gamma: float, replacement: bool, replicates: int, seed: int) -> list[tuple[float, float, float]]:
    """(monofact rate, share of the pool in facts that were not sampled, rho) of each replicate."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(replicates):
        pool = _pool(gamma, FACTS, rng)
        counts = _sample(pool, replacement, rng)
        mass = float(pool[counts == 0].sum() / pool.sum())
        found.append((float(np.sum(counts == 1)) / TRAINED, mass, TRAINED / float(pool.sum())))
    return found


def point(gamma: float, replacement: bool, replicates: int = 20, seed: int = 1, generate: int = 0) -> Point:
    """Means over replicates; text is generated from the chain of `generate` of them."""
    drawn = np.array(rates(gamma, replacement, replicates, seed))
    texts = [_generated(gamma, replacement, seed + i) for i in range(generate)]
    means = [float(x) for x in np.mean(texts, axis=0)] if texts else [None, None, None]
    return Point(
        gamma=gamma,
        replacement=replacement,
        replicates=replicates,
        monofact=float(drawn[:, 0].mean()),
        monofact_sd=float(drawn[:, 0].std(ddof=1)) if replicates > 1 else 0.0,
        missing_mass=float(drawn[:, 1].mean()),
        sampled=float(drawn[:, 2].mean()),
        hallucination=means[0],
        any_false=means[1],
        miscalibration=means[2],
    )


def miscalibration(true: Floats, model: Floats) -> float:
    """1/2 sum over bins |p(B) - g(B)|, bins ((1-eps)^(i+1), (1-eps)^i] of g; both are scaled to sum to 1 first."""
    p, g = true / true.sum(), model / model.sum()
    place = np.floor(np.log(np.maximum(g, LEAST)) / np.log(1 - EPSILON)).astype(np.int64)
    return float(np.abs(np.bincount(place, p - g)).sum() / 2)


def _generated(gamma: float, replacement: bool, seed: int) -> tuple[float, float, float]:
    """(distinct false strings over generations, false generations, miscalibration) of one chain."""
    rng = np.random.default_rng(seed)
    known = facts(rng)
    pool = _pool(gamma, len(known), rng)
    counts = _sample(pool, replacement, rng)
    chain = ngrams.fit((known[i] for i in np.repeat(np.arange(len(known)), counts)), ORDER)
    true = {" ".join(fact) for fact in known}
    false = [text for _ in range(GENERATED) if (text := " ".join(chain.generate(rng))) not in true]
    shown = np.array([_probability(chain, fact) for fact in known])
    off = miscalibration((pool * pool).astype(np.float64), pool * shown)
    return len(set(false)) / GENERATED, len(false) / GENERATED, off


def _probability(chain: NGram, fact: Sequence[str]) -> float:
    """Of a whole fact; a step that training never took from its state has the probability LEAST."""
    tokens, total = [START, *fact, ngrams.END], 0.0
    for i in range(1, len(tokens)):
        following = chain.counts.get(tuple(tokens[max(0, i - ORDER + 1) : i]), Counter())
        total += log(following[tokens[i]] / following.total() if following[tokens[i]] else LEAST)
    return exp(total)


def _pool(gamma: float, count: int, rng: np.random.Generator) -> Ints:
    return np.floor(1 + rng.pareto(gamma, count)).astype(np.int64)


def _sample(pool: Ints, replacement: bool, rng: np.random.Generator) -> Ints:
    if replacement:
        return np.asarray(rng.multinomial(TRAINED, pool / pool.sum()), dtype=np.int64)
    return np.asarray(rng.multivariate_hypergeometric(pool, TRAINED, method="marginals"), dtype=np.int64)


def _names(rng: np.random.Generator, count: int) -> list[list[str]]:
    first = rng.choice(VARIETY, count, p=prompt_law("zipf", VARIETY, 0.5))
    last = rng.choice(2 * VARIETY, count, p=prompt_law("zipf", 2 * VARIETY, 0.5))
    return [[f"f{i}", f"l{k},"] for i, k in zip(first, last, strict=True)]


def _titles(rng: np.random.Generator, count: int) -> list[list[str]]:
    """The comma is part of the last word, as in the paper's texts."""
    length = rng.integers(1, 5, count)
    words = rng.choice(VARIETY, (count, 4), p=prompt_law("zipf", VARIETY, 0.5))
    return [[*(f"t{word}" for word in row[: k - 1]), f"t{row[k - 1]},"] for row, k in zip(words, length, strict=True)]
