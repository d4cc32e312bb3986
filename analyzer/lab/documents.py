"""A world of documents: statements that come in clusters, domains that share prompts, copies; its truth is known.

A document belongs to a domain and is about one subject, of which it states a handful of prompts, some of them several
times. Subjects are a domain's own or common to all. Some documents are copied, into their own domain or another. The
missing mass that a rate stands for is that of a new document of the same process: how much of what it would state no
document of the sample states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analyzer.lab.worlds import prompt_law
from analyzer.stats.estimate import Floats, Ints, RateArrays
from analyzer.stats.good_turing import good_turing_missing_mass
from analyzer.stats.spectrum import Spectrum
from analyzer.stats.units import UnitCounts, leave_one_unit_out_arrays

DOCUMENTS = 1_500


@dataclass(frozen=True, slots=True, eq=False)
class DocumentWorld:
    """`domains[d]` is the share of documents in domain d, `subjects[d, s]` the probability that one of them is about
    subject s (rows sum to 1), `prompts[k]` that a statement about a subject is of its k-th prompt.

    A document states `statements` prompts on average (one and a Poisson number more), independently given its subject,
    and each again and again with chance `repeat`. A share `copied` of the documents stands a second time word for word,
    in a domain drawn at random where `abroad`, else in its own.
    """

    domains: Floats
    subjects: Floats
    prompts: Floats
    statements: float = 6.0
    repeat: float = 0.0
    copied: float = 0.0
    abroad: bool = False

    def missing_mass(self, stated: Ints) -> Floats:
        """Share of the next statement of each domain whose prompt is not among `stated`, (domains,)."""
        new = np.ones(self.subjects.shape[1] * len(self.prompts), dtype=np.bool_)
        new[stated] = False
        return np.asarray(self.subjects @ (new.reshape(-1, len(self.prompts)) @ self.prompts), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class DocumentSample:
    """Arrays with an entry a statement: its prompt (subject x prompts + k), document, the cluster of the document (all
    that are copies of one), the document's domain, and whether the document is the original."""

    prompt: Ints
    document: Ints
    cluster: Ints
    domain: Ints
    original: npt.NDArray[np.bool_]


def build(
    rng: np.random.Generator, domains: int = 4, subjects: int = 3_000, shared: float = 0.3, prompts: int = 8
) -> DocumentWorld:
    """Domains of falling size; a share `shared` of each domain's documents is about subjects common to all, the rest
    about subjects of its own, both by Zipf's law with the exponent .8."""
    size = subjects // (domains + 1)
    law = np.zeros((domains, size * (domains + 1)))
    for d in range(domains):
        law[d, :size] = shared * prompt_law("zipf", size, 0.8)
        law[d, size * (d + 1) : size * (d + 2)] = (1 - shared) * prompt_law("zipf", size, 0.8)[rng.permutation(size)]
    weight = 1 / np.arange(1, domains + 1)
    return DocumentWorld(weight / weight.sum(), law, prompt_law("zipf", prompts, 1.0))


def draw(world: DocumentWorld, documents: int, rng: np.random.Generator) -> DocumentSample:
    """So many documents, and the copies of some of them."""
    domain = rng.choice(len(world.domains), documents, p=world.domains)
    subject = np.zeros(documents, dtype=np.int64)
    for d in range(len(world.domains)):
        of = domain == d
        subject[of] = rng.choice(world.subjects.shape[1], int(of.sum()), p=world.subjects[d])
    document = np.repeat(np.arange(documents), 1 + rng.poisson(world.statements - 1, documents))
    prompt = subject[document] * len(world.prompts) + rng.choice(len(world.prompts), len(document), p=world.prompts)
    often = rng.geometric(1 - world.repeat, len(document))
    document, prompt = np.repeat(document, often), np.repeat(prompt, often)

    twice = np.flatnonzero(rng.random(documents) < world.copied)
    rows = np.flatnonzero(np.isin(document, twice))
    home = domain[twice] if not world.abroad else rng.integers(len(world.domains), size=len(twice))
    copy = np.searchsorted(twice, document[rows])
    return DocumentSample(
        prompt=np.concatenate([prompt, prompt[rows]]),
        document=np.concatenate([document, documents + copy]),
        cluster=np.concatenate([document, document[rows]]),
        domain=np.concatenate([domain[document], home[copy]]),
        original=np.arange(len(document) + len(rows)) < len(document),
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """An estimator in a world, over replicates: `bias` of its mean against the true missing mass, how often its 95 %
    interval holds the truth, and the standard deviation of its error."""

    world: str
    estimator: str
    slice: str
    replicates: int
    missing_mass: float
    estimate: float
    bias: float
    deviation: float
    coverage: float | None


def variants(base: DocumentWorld) -> dict[str, DocumentWorld]:
    """The same subjects and domains, from independent statements to copies in other domains."""
    return {
        "independent": replace(base, statements=1.0),
        "clustered": base,
        "clustered, repeats": replace(base, repeat=0.3),
        "copies": replace(base, repeat=0.3, copied=0.3),
        "copies abroad": replace(base, repeat=0.3, copied=0.3, abroad=True),
    }


def tried(seed: int, replicates: int = 200, documents: int = DOCUMENTS) -> list[Tried]:
    """Every world and estimator, of the whole corpus and of each domain."""
    found = []
    for name, world in variants(build(np.random.default_rng(seed))).items():
        rng = np.random.default_rng(seed + 1)
        rows: dict[tuple[str, str], list[tuple[float, float, float, float]]] = {}
        for _ in range(replicates):
            for key, row in _once(world, draw(world, documents, rng)).items():
                rows.setdefault(key, []).append(row)
        found += [_tried(name, key, np.array(values)) for key, values in rows.items()]
    return found


def rates(sample: DocumentSample, domains: int, unit: str) -> RateArrays:
    """Leave-one-unit-out rates of the domains, with prompts counted over the whole corpus, and last of the corpus.

    `unit` is "document", or "cluster": then a cluster counts where its original is, copies' statements once.
    """
    keep = sample.original if unit == "cluster" else np.ones(len(sample.prompt), dtype=np.bool_)
    units = sample.cluster if unit == "cluster" else sample.document
    names, first = np.unique(units[keep], return_index=True)
    home = sample.domain[keep][first]
    counts = UnitCounts.from_arrays(units[keep], sample.prompt[keep])
    a, m = counts.unit_singletons().astype(np.float64), counts.unit_statements().astype(np.float64)
    inside = [home == d for d in range(domains)] + [np.ones(len(names), dtype=np.bool_)]
    sums = [
        (a[of].sum(), m[of].sum(), of.sum(), (a[of] ** 2).sum(), (a * m)[of].sum(), (m[of] ** 2).sum(),
         _cross(counts, of))
        for of in inside
    ]  # fmt: skip
    return leave_one_unit_out_arrays(*np.array(sums, dtype=np.float64).T)


def closed_rates(sample: DocumentSample, domains: int) -> Floats:
    """Cluster-level rates of each domain by itself, as if the others did not exist."""
    keep = sample.original
    alone = [UnitCounts.from_arrays(sample.cluster[of], sample.prompt[of]).sums()
             for of in (keep & (sample.domain == d) for d in range(domains))]  # fmt: skip
    return np.array([sums["a"] / sums["n"] for sums in alone])


def _once(world: DocumentWorld, sample: DocumentSample) -> dict[tuple[str, str], tuple[float, float, float, float]]:
    """(truth, estimate, low, high) by (estimator, slice)."""
    domains = len(world.domains)
    mass = world.missing_mass(sample.prompt)
    truth = [*mass.tolist(), float(world.domains @ mass)]
    names = [*(f"domain {d}" for d in range(domains)), "corpus"]
    r, f = np.unique(np.unique(sample.prompt, return_counts=True)[1], return_counts=True)
    simple = good_turing_missing_mass(Spectrum.from_frequencies(r, f))
    if simple.value is None or simple.low is None or simple.high is None:
        raise ValueError("a sample with statements has a rate")
    found = {("f1/n", "corpus"): (truth[-1], simple.value, simple.low, simple.high)}
    for unit in ("document", "cluster"):
        rate = rates(sample, domains, unit)
        for i, name in enumerate(names):
            found[unit, name] = (truth[i], float(rate.value[i]), float(rate.low[i]), float(rate.high[i]))
    for i, value in enumerate(closed_rates(sample, domains)):
        found["closed world", names[i]] = (truth[i], float(value), np.nan, np.nan)
    return found


def _tried(world: str, key: tuple[str, str], values: Floats) -> Tried:
    truth, estimate, low, high = values.T
    covered = None if np.isnan(low).any() else float(np.mean((low <= truth) & (truth <= high)))
    off = estimate - truth
    return Tried(
        world, *key, len(values), float(truth.mean()), float(estimate.mean()), float(off.mean()),
        float(off.std(ddof=1)), covered,
    )  # fmt: skip


def _cross(counts: UnitCounts, inside: npt.NDArray[np.bool_]) -> float:
    """The second sum of the variance (see `analyzer.stats.units`) over pairs of units that both lie in a slice."""
    two = counts.key_units()[counts.key] == 2
    pair, statements = counts.unit[two].reshape(-1, 2), counts.count[two].reshape(-1, 2).astype(np.float64)
    both = inside[pair].all(axis=1)
    _, at = np.unique(pair[both, 0] * counts.units + pair[both, 1], return_inverse=True)
    return float(2 * (np.bincount(at, statements[both, 0]) * np.bincount(at, statements[both, 1])).sum())
