"""Small worlds whose truth is known, shared by the tests of the estimators."""

import numpy as np

from analyzer.stats import Spectrum, UnitCounts


def zipf(size, exponent):
    weight = np.arange(1, size + 1, dtype=float) ** -exponent
    return weight / weight.sum()


def clustered(rng, units, topics, within, facts=6.0, repeat=0.3):
    """(unit, key): each unit is about one topic and states 1 + Poisson(facts - 1) facts, each perhaps repeatedly."""
    per_unit = 1 + rng.poisson(facts - 1, units)
    unit = np.repeat(np.arange(units), per_unit)
    topic = np.repeat(rng.choice(len(topics), units, p=topics), per_unit)
    key = topic * len(within) + rng.choice(len(within), len(unit), p=within)
    times = rng.geometric(1 - repeat, len(unit))
    return np.repeat(unit, times), np.repeat(key, times)


def from_documents(*documents):
    """Unit counts of documents written as words: from_documents("AAB", "BC")."""
    unit = [i for i, words in enumerate(documents) for _ in words]
    return UnitCounts.from_arrays(unit, [word for words in documents for word in words])


def spectrum_with(n, *frequencies, keys=None):
    """A spectrum with the given f_1, f_2, ..., filled up to n draws (and to `keys` keys) with more frequent keys."""
    counts = [r for r, f in enumerate(frequencies, 1) for _ in range(f)]
    left = n - sum(counts)
    more = (keys - len(counts)) if keys is not None else int(left > 0)
    if more:
        counts += [left // more + (i < left % more) for i in range(more)]
    return Spectrum.from_counts(counts)
