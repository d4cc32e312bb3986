"""Corrections for extraction errors as a user makes them: from an audit of some items, not from the truth.

A sample of known missing mass is seen through an extractor that misses mentions, invents some, splits names and merges
keys. A person audits a few hundred items. The corrected rate should lie about the truth, and its lower limit below it
as often as its confidence says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.lab.worlds import prompt_law
from analyzer.stats.correction import correct_for_extraction
from analyzer.stats.estimate import Estimate, Ints
from analyzer.stats.spectrum import Spectrum

Bools = npt.NDArray[np.bool_]
N, KEYS = 20_000, 30_000  # mentions drawn, keys that could be drawn
AUDITED = 300  # items of each kind that a person looks at


@dataclass(frozen=True, slots=True)
class Extractor:
    """Chance that a mention is found, share of what is found that is invented, chance that a mention falls on a key of
    its own, and the number of buckets that keys are merged into (0: none are)."""

    recall: float = 1.0
    invented: float = 0.0
    split: float = 0.0
    buckets: int = 0


EXTRACTORS = {
    "perfect": Extractor(),
    "misses": Extractor(recall=0.7),
    "misses half": Extractor(recall=0.5),
    "invents": Extractor(invented=0.1),
    "splits": Extractor(split=0.1),
    "merges": Extractor(buckets=200_000),
    "all of it": Extractor(0.7, 0.1, 0.05, 200_000),
}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Mentions as extracted: the key each was put under, and its own, negative where it was invented."""

    key: Ints
    own: Ints
    found: Bools  # which of the true mentions were found

    def alone(self) -> Bools:
        """Whether a mention's key holds no other."""
        _, place, count = np.unique(self.key, return_inverse=True, return_counts=True)
        return np.asarray(count[place] == 1)


@dataclass(frozen=True, slots=True)
class Audited:
    """An extractor over replicates, means: the missing mass, the rate observed and corrected, its lower limit, and how
    often that limit lay at or below the missing mass (one-sided; (1 + confidence)/2 were exact)."""

    extractor: str
    replicates: int
    missing_mass: float
    observed: float
    corrected: float
    deviation: float  # of corrected minus the missing mass
    low: float
    holds: float


def see(mention: Ints, extractor: Extractor, rng: np.random.Generator) -> Seen:
    """What an extractor makes of mentions, given as codes of their keys."""
    found = rng.random(len(mention)) < extractor.recall
    own = mention[found]
    garbage = round(len(own) * extractor.invented / (1 - extractor.invented))
    own = np.concatenate([own, -1 - np.arange(garbage)])
    names = np.where(rng.random(len(own)) < extractor.split, -1 - garbage - np.arange(len(own)), own)
    key = np.unique(names, return_inverse=True)[1]
    if extractor.buckets:
        key = rng.integers(extractor.buckets, size=int(key.max()) + 1)[key]
    return Seen(key.astype(np.int64), own, found)


def correct(seen: Seen, rng: np.random.Generator, audited: int = AUDITED) -> Estimate:
    """The corrected rate from an audit: `audited` true mentions looked up, singletons and other mentions judged, and
    the right singletons searched for under another name."""
    alone, right = seen.alone(), seen.own >= 0
    _, place, count = np.unique(seen.own, return_inverse=True, return_counts=True)
    elsewhere = count[place] > 1
    r, f = np.unique(np.unique(seen.key, return_counts=True)[1], return_counts=True)
    spectrum = Spectrum.from_frequencies(r, f)
    return correct_for_extraction(
        spectrum.f(1),
        spectrum.n,
        recall=_judged(seen.found, audited, rng),
        singleton_precision=_judged(right[alone], audited, rng),
        other_precision=_judged(right[~alone], audited, rng),
        split_rate=_judged(elsewhere[alone & right], audited, rng),
        spectrum=spectrum,
    ).estimate


def table(seed: int = 1, replicates: int = 200, n: int = N, keys: int = KEYS) -> list[Audited]:
    """Each extractor on the same samples."""
    rows = []
    law = prompt_law("zipf", keys)
    for name, extractor in EXTRACTORS.items():
        rng = np.random.default_rng(seed)
        found = []
        for _ in range(replicates):
            mention = rng.choice(keys, size=n, p=law)
            mass = 1 - float(law[np.unique(mention)].sum())
            seen = see(mention, extractor, rng)
            estimate = correct(seen, rng)
            if estimate.value is None or estimate.low is None:
                raise ValueError("an audit of everything leaves nothing unmeasured")
            found.append((mass, float(seen.alone().mean()), estimate.value, estimate.low))
        mass_, observed, value, low = np.array(found).T
        rows.append(Audited(
            name, replicates, float(mass_.mean()), float(observed.mean()), float(value.mean()),
            float((value - mass_).std(ddof=1)), float(low.mean()), float(np.mean(low <= mass_)),
        ))  # fmt: skip
    return rows


def _judged(right: Bools, audited: int, rng: np.random.Generator) -> tuple[float, float]:
    """(hits, trials) of items drawn without replacement."""
    if len(right) == 0:
        return 0.0, 0.0
    chosen = rng.choice(len(right), min(audited, len(right)), replace=False)
    return float(right[chosen].sum()), float(len(chosen))
