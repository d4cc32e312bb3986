"""What an imperfect extractor, copies and sampling do to a singleton rate, and whether each correction takes it back.

A world of N independent mentions whose keys follow Zipf's law is seen through one distortion at a time. `observed` is
the rate that is then measured, `predicted` what the formula for the distortion says, `corrected` what the estimators of
`analyzer.stats` make of it, `true` the rate that a perfect extractor would have found, or, of a sample of a finite
corpus, the mass of that corpus which it lacks. Errors are known exactly here; `audited` measures them on a few items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp

import numpy as np

from analyzer.lab.worlds import prompt_law
from analyzer.stats.correction import correct_for_extraction
from analyzer.stats.coverage import log_decay
from analyzer.stats.estimate import Ints
from analyzer.stats.good_turing import good_turing_missing_mass, without_replacement
from analyzer.stats.growth import missing_mass_after
from analyzer.stats.spectrum import Spectrum

N, KEYS = 200_000, 300_000  # mentions drawn, keys that could be drawn


@dataclass(frozen=True, slots=True)
class Distorted:
    """One distortion at one strength; see the module. `corrected_low` is the conservative limit, None without one.

    "missed" is corrected twice more: by Good and Toulmin's series alone, and by Chao and Jost's extrapolation alone.
    """

    distortion: str
    strength: float
    observed: float
    predicted: float
    corrected: float
    corrected_low: float | None
    true: float


def table(seed: int = 1, n: int = N, keys: int = KEYS) -> list[Distorted]:
    """Every distortion at every strength, from one base sample."""
    rng = np.random.default_rng(seed)
    mention = rng.choice(keys, size=n, p=prompt_law("zipf", keys))
    base = _Base(mention, _spectrum(mention))
    steps: tuple[tuple[Callable[..., list[Distorted]], tuple[float, ...]], ...] = (
        (_missed, (0.9, 0.7, 0.5, 0.3)),
        (_invented, (0.02, 0.05, 0.1, 0.2)),
        (_split, (0.02, 0.05, 0.1, 0.2)),
        (_merged, (1e5, 3e5, 1e6, 1e7)),
        (_copied, (0.1, 0.3, 0.5)),
        (_copied_thrice, (0.3,)),
    )
    found = [step(base, strength, rng) for step, strengths in steps for strength in strengths]
    return [row for step in found for row in step] + list(_without_replacement(rng, n, keys))


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    mention: Ints
    spectrum: Spectrum

    @property
    def rate(self) -> float:
        return self.spectrum.f(1) / self.spectrum.n


def _spectrum(mention: Ints) -> Spectrum:
    r, f = np.unique(np.unique(mention, return_counts=True)[1], return_counts=True)
    return Spectrum.from_frequencies(r, f)


def _rate(mention: Ints) -> float:
    return float(np.sum(np.unique(mention, return_counts=True)[1] == 1)) / len(mention)


def _correct(
    spectrum: Spectrum, recall: float = 1.0, singleton_precision: float = 1.0, split_rate: float = 0.0
) -> tuple[float, float]:
    found = correct_for_extraction(
        spectrum.f(1), spectrum.n, recall=recall, singleton_precision=singleton_precision, other_precision=1.0,
        split_rate=split_rate, spectrum=spectrum,
    ).estimate  # fmt: skip
    if found.value is None or found.low is None:
        raise ValueError("a spectrum with mentions has a corrected rate")
    return found.value, found.low


def _missed(base: _Base, recall: float, rng: np.random.Generator) -> list[Distorted]:
    """Each mention is found with probability q: the rate is sum_j j f_j (1-q)^(j-1) / N, larger than the true one."""
    seen = _spectrum(base.mention[rng.random(len(base.mention)) < recall])
    r, f = base.spectrum.arrays()
    predicted = float(np.sum(r * f * (1 - recall) ** (r - 1))) / base.spectrum.n
    rate, more = seen.f(1) / seen.n, 1 / recall - 1
    value, low = _correct(seen, recall=recall)
    found = [Distorted("missed", recall, rate, predicted, value, low, base.rate)]
    if more <= 1:  # the series converges
        series = missing_mass_after(seen, more)[0]
        found.append(Distorted("missed, series", recall, rate, predicted, series, None, base.rate))
    decay, _ = log_decay(seen.n, seen.f(1), seen.f(2))
    extrapolated = rate * exp(more * seen.n * decay)
    return [*found, Distorted("missed, extrapolation", recall, rate, predicted, extrapolated, None, base.rate)]


def _invented(base: _Base, share: float, rng: np.random.Generator) -> list[Distorted]:
    """A share of the mentions is garbage that stands once: (1 - eps) sr + eps."""
    garbage = round(len(base.mention) * share / (1 - share))
    mention = np.concatenate([base.mention, -1 - np.arange(garbage)])
    seen = _spectrum(mention)
    value, low = _correct(seen, singleton_precision=base.spectrum.f(1) / seen.f(1))
    return [Distorted("invented", share, seen.f(1) / seen.n, (1 - share) * base.rate + share, value, low, base.rate)]


def _split(base: _Base, chance: float, rng: np.random.Generator) -> list[Distorted]:
    """Each mention falls with probability s on a key of its own: s + (1-s) sum_j j f_j s^(j-1) / N."""
    alone = rng.random(len(base.mention)) < chance
    mention = np.where(alone, -1 - np.arange(len(base.mention)), base.mention)
    seen = _spectrum(mention)
    r, f = base.spectrum.arrays()
    predicted = chance + (1 - chance) * float(np.sum(r * f * chance ** (r - 1))) / base.spectrum.n
    false = seen.f(1) - base.spectrum.f(1)  # true singletons stay singletons under whatever name
    value, low = _correct(seen, split_rate=false / seen.f(1))
    return [Distorted("split", chance, seen.f(1) / seen.n, predicted, value, low, base.rate)]


def _merged(base: _Base, buckets: float, rng: np.random.Generator) -> list[Distorted]:
    """Keys fall at random into B buckets: sr exp(-(d-1)/B) for d distinct keys. Merging only lowers the rate."""
    keys, code = np.unique(base.mention, return_inverse=True)
    bucket = rng.integers(0, int(buckets), len(keys))[code]
    predicted = base.rate * float(np.exp(-(len(keys) - 1) / buckets))
    observed = _rate(bucket)
    return [Distorted("merged", buckets, observed, predicted, observed, observed, base.rate)]


def _copied(base: _Base, share: float, rng: np.random.Generator, copies: int = 1) -> list[Distorted]:
    """A share phi of the documents (one mention each) stands u times more: sr (1-phi)/(1+phi u). Clusters undo it."""
    again = np.flatnonzero(rng.random(len(base.mention)) < share)
    cluster = np.concatenate([np.arange(len(base.mention)), np.repeat(again, copies)])
    mention = base.mention[cluster]
    predicted = base.rate * (1 - share) / (1 + share * copies)
    corrected = _rate(mention[np.unique(cluster, return_index=True)[1]])
    name = "copied" if copies == 1 else f"copied {copies} times"
    return [Distorted(name, share, _rate(mention), predicted, corrected, corrected, base.rate)]


def _copied_thrice(base: _Base, share: float, rng: np.random.Generator) -> list[Distorted]:
    return _copied(base, share, rng, 3)


def _without_replacement(rng: np.random.Generator, n: int, keys: int) -> Iterator[Distorted]:
    """A share rho of a finite corpus: f1/n overstates that corpus' unseen mass, (1 - rho) f1/n does not."""
    whole = 2 * n
    corpus = rng.choice(keys, size=whole, p=prompt_law("zipf", keys))
    for rho in (0.1, 0.25, 0.5, 0.9):
        chosen = rng.permutation(whole)[: round(rho * whole)]
        seen = _spectrum(corpus[chosen])
        unseen = ~np.isin(corpus, corpus[chosen])
        found = good_turing_missing_mass(seen)
        corrected, true = without_replacement(found, rho), float(unseen.mean())
        yield Distorted("sampled", rho, found.value or 0.0, true / (1 - rho), corrected.value or 0.0, None, true)
