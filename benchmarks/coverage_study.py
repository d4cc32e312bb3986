"""Do the intervals hold what they promise? Worlds whose missing mass is known, drawn again and again.

    python benchmarks/coverage_study.py [--replicates 1000] [--rarefied 300] [--seed 1]

For every world the table shows the mean true missing mass, the bias of the estimator, the share of replicates whose
nominal 95 % interval holds the truth, and the mean width of the interval. Seeded: the same numbers every time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.stats import Spectrum, UnitCounts, UnitRows, good_turing_missing_mass, rarefied_estimate
from analyzer.stats.estimate import Estimate, Floats, Ints
from analyzer.stats.units import Interval, leave_one_unit_out_from_sums

GROUPS = 20  # of the jackknife
PROMISED = 0.95


@dataclass(frozen=True)
class Slice:
    """A part of a world: how many units it has, and the weights of the topics they are about."""

    units: int
    topics: Floats


@dataclass(frozen=True)
class World:
    """Units of 1 + Poisson(facts - 1) facts, each stated 1 + geometric(repeat) times.

    clustered: all facts of a unit are about one topic; otherwise each fact draws its own. A key is (topic, fact of the
    topic), the facts of a topic have the weights `within`.
    """

    name: str
    slices: tuple[Slice, ...]
    within: Floats
    facts: float
    repeat: float
    clustered: bool

    @property
    def keys(self) -> int:
        return len(self.slices[0].topics) * len(self.within)

    def key_weights(self, part: Slice) -> Floats:
        """Share of a slice's statements that each key has in the long run, shape (keys,)."""
        return np.outer(part.topics, self.within).ravel()

    def held_by_unit(self, part: Slice) -> Floats:
        """Chance that a unit of the slice holds each key, shape (keys,)."""
        if self.clustered:
            absent = (1 - self.within) * np.exp(-(self.facts - 1) * self.within)
            return np.outer(part.topics, 1 - absent).ravel()
        p = self.key_weights(part)
        return 1 - (1 - p) * np.exp(-(self.facts - 1) * p)

    def statements_per_unit(self) -> float:
        return self.facts / (1 - self.repeat)

    def draw(self, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        """(unit, key, slice of each unit); one row a statement."""
        sizes = [part.units for part in self.slices]
        facts = 1 + rng.poisson(self.facts - 1, sum(sizes))
        unit = np.repeat(np.arange(sum(sizes)), facts)
        home = np.repeat(np.arange(len(sizes)), sizes)
        draws = [facts[home == s].sum() if not self.clustered else sizes[s] for s in range(len(sizes))]
        topic = np.concatenate(
            [rng.choice(len(p.topics), d, p=p.topics) for p, d in zip(self.slices, draws, strict=True)]
        )
        topic = np.repeat(topic, facts) if self.clustered else topic
        key = topic * len(self.within) + rng.choice(len(self.within), len(unit), p=self.within)
        times = rng.geometric(1 - self.repeat, len(unit))
        return np.repeat(unit, times), np.repeat(key, times), home


def zipf(size: int, exponent: float) -> Floats:
    weight = np.arange(1, size + 1, dtype=np.float64) ** -exponent
    return weight / weight.sum()


def worlds() -> Iterator[World]:
    one, topics, facts = np.ones(1), zipf(3000, 0.9), zipf(60, 1.0)
    yield World("iid Zipf, 1 statement a unit", (Slice(5000, zipf(100_000, 1.0)),), one, 1, 0.0, False)
    yield World("iid Zipf, 6 facts a unit", (Slice(1500, topics),), facts, 6, 0.0, False)
    yield World("clustered and repeating", (Slice(1500, topics),), facts, 6, 0.3, True)
    yield World("clustered and repeating, 6000 units", (Slice(6000, topics),), facts, 6, 0.3, True)
    yield World("heavy tail, clustered", (Slice(1500, zipf(50_000, 0.7)),), zipf(20, 0.5), 4, 0.2, True)
    yield World("near-uniform", (Slice(2000, zipf(20_000, 0.05)),), one, 1, 0.0, False)
    yield World("near-uniform, clustered", (Slice(1500, zipf(2_000, 0.05)),), np.full(20, 0.05), 4, 0.2, True)
    yield World("entities, most of 8 facts each", (Slice(1500, zipf(3000, 0.05)),), np.full(8, 1 / 8), 10, 0.2, True)
    yield World("100 units, clustered", (Slice(100, topics),), facts, 6, 0.3, True)
    yield World("30 units, clustered", (Slice(30, topics),), facts, 6, 0.3, True)
    yield World("30 units, nothing repeats", (Slice(30, zipf(20_000, 0.05)),), facts, 6, 0.3, True)
    rng = np.random.default_rng(7)
    parts = tuple(Slice(units, rng.permutation(topics)) for units in (2000, 800, 300, 100, 40))
    yield World("5 slices sharing keys", parts, facts, 6, 0.3, True)


@dataclass
class Tally:
    """Running sums for one row of the table."""

    truth: float = 0.0
    error: float = 0.0
    held: int = 0
    width: float = 0.0
    draws: int = 0

    def add(self, estimate: Estimate, truth: float) -> None:
        assert estimate.value is not None and estimate.low is not None and estimate.high is not None
        self.truth += truth
        self.error += estimate.value - truth
        self.held += estimate.low <= truth <= estimate.high
        self.width += estimate.high - estimate.low
        self.draws += 1

    def row(self) -> str:
        share = self.held / self.draws
        noise = 1.96 * np.sqrt(share * (1 - share) / self.draws)
        return (
            f"{self.truth / self.draws:9.4f} {self.error / self.draws:+9.5f} {100 * share:8.1f} ±{100 * noise:4.1f}"
            f" {self.width / self.draws:9.4f}"
        )


def leave_one_out(inside: npt.NDArray[np.bool_], counts: UnitCounts, interval: Interval) -> Estimate:
    """Rate of the slice of the units where `inside`, singletons judged on all of `counts`."""
    mine = inside[counts.unit]
    units, unit = np.unique(counts.unit[mine], return_inverse=True)
    key, c = counts.key[mine], counts.count[mine].astype(np.float64)
    held = counts.key_units()[key]
    m = np.bincount(unit, weights=c)
    a = np.bincount(unit, weights=c * (held == 1))
    return leave_one_unit_out_from_sums(
        a.sum(),
        m.sum(),
        len(units),
        (a * a).sum(),
        (a * m).sum(),
        (m * m).sum(),
        _cross(counts, inside),
        PROMISED,
        interval,
    )


def _cross(counts: UnitCounts, inside: npt.NDArray[np.bool_]) -> float:
    """sum of 2 A_ij A_ji over the pairs of units that lie both inside the slice."""
    two = counts.key_units()[counts.key] == 2
    pair, c = counts.unit[two].reshape(-1, 2), counts.count[two].reshape(-1, 2).astype(np.float64)
    both = inside[pair].all(axis=1)
    _, at = np.unique(pair[both, 0] * counts.units + pair[both, 1], return_inverse=True)
    return float(2 * (np.bincount(at, c[both, 0]) * np.bincount(at, c[both, 1])).sum())


def esty(key: Ints) -> Estimate:
    """f1/N with Esty's interval, every statement taken for an independent draw."""
    return good_turing_missing_mass(Spectrum.from_counts(np.unique(key, return_counts=True)[1]), PROMISED, "esty")


def study_rates(world: World, replicates: int, seed: int) -> dict[tuple[str, str], Tally]:
    """Leave-one-unit-out with its three intervals and, for a world of one slice, f1/N with Esty's."""
    rng = np.random.default_rng(seed)
    weights = [world.key_weights(part) for part in world.slices]
    tallies: dict[tuple[str, str], Tally] = {}
    intervals: tuple[Interval, ...] = ("hull", "wilson", "wald")
    for _ in range(replicates):
        unit, key, home = world.draw(rng)
        counts = UnitCounts.from_arrays(unit, key)
        seen = np.unique(key)
        for s, part in enumerate(world.slices):
            name = world.name if len(world.slices) == 1 else f"{world.name}: {part.units} units"
            truth = 1 - float(weights[s][seen].sum())
            for interval in intervals:
                estimate = leave_one_out(home == s, counts, interval)
                tallies.setdefault((name, f"leave-one-unit-out, {interval}"), Tally()).add(estimate, truth)
            if len(world.slices) == 1:
                tallies.setdefault((name, "f1/N, Esty"), Tally()).add(esty(key), truth)
    return tallies


def study_rarefied(world: World, replicates: int, seed: int) -> dict[tuple[str, str], Tally]:
    """Unit-rarefied rate of the first slice by itself at 1/10, 1/4 and 1/2 of its statements, and whole."""
    rng = np.random.default_rng(seed)
    part, tallies = world.slices[0], dict[tuple[str, str], Tally]()
    weights, held, size = world.key_weights(part), world.held_by_unit(part), world.statements_per_unit()
    for _ in range(replicates):
        unit, key, home = world.draw(rng)
        mine = home[unit] == 0
        counts = UnitCounts.from_arrays(unit[mine], key[mine])
        group = rng.integers(0, GROUPS, counts.units)
        parts = [counts.without(group == g) for g in range(GROUPS) if np.any(group == g)]
        rows, deleted = _rows(counts), [_rows(c) for c in parts]
        for share in (0.1, 0.25, 0.5, 1.0):
            target = share * part.units * size if share < 1 else rows.n
            if target > rows.n:  # a tiny draw may hold less than half of the mean
                continue
            known = target / size - 1 if share < 1 else part.units - 1
            truth = float((weights * (1 - held) ** known).sum())
            label = f"rarefied to {share:g} N, jackknife of {GROUPS}"
            tallies.setdefault((world.name, label), Tally()).add(rarefied_estimate(rows, deleted, target), truth)
    return tallies


def _rows(counts: UnitCounts) -> UnitRows:
    r, _, statements = counts.rows()
    return UnitRows(r, statements, counts.units)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--rarefied", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="worlds whose name contains this")
    options = parser.parse_args()
    print(f"{'world':38} {'estimator':36} {'truth':>9} {'bias':>9} {'covered %':>14} {'width':>9}")
    for world in worlds():
        if options.only not in world.name:
            continue
        tallies = study_rates(world, options.replicates, options.seed)
        if len(world.slices) == 1:
            tallies |= study_rarefied(world, options.rarefied, options.seed)
        for (name, estimator), tally in tallies.items():
            print(f"{name:38} {estimator:36} {tally.row()}", flush=True)


if __name__ == "__main__":
    main()
