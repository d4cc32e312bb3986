"""Do the intervals of `monofact score` cover what they say? `python -m benchmarks.score_coverage [REPETITIONS]`.

Two models answer items of shared difficulty; truths come from two million items. Printed is how often the 95 % interval
of the score and of the paired difference holds the truth, beside a t interval on the same points.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from scipy import special

from analyzer.evaluation import limits
from analyzer.evaluation.grades import Shares
from analyzer.stats.estimate import Floats

REPETITIONS = 2000
Z = float(special.ndtri(0.975))
SIZES, TARGETS = (50, 100, 400, 1000), (0.0, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class World:
    """`skill`: log-odds of a right answer, one a model; `idle`: how readily each abstains; `spread` of difficulty."""

    name: str
    skill: tuple[float, float]
    idle: tuple[float, float]
    spread: float


WORLDS = (
    World("alike", (0.5, 0.5), (0.2, 0.2), 1.5),
    World("one abstains", (0.6, 0.4), (0.1, 0.6), 1.5),
    World("strong", (3.0, 2.6), (0.3, 0.3), 1.0),
    World("weak", (-1.5, -1.2), (0.3, 0.0), 1.0),
    World("unrelated", (0.5, 0.0), (0.2, 0.2), 0.0),
)


def draw(world: World, n: int, random: np.random.Generator) -> tuple[Shares, Shares]:
    """Answers of both models to n items."""
    difficulty = random.standard_normal(n) * world.spread
    out = []
    for skill, idle in zip(world.skill, world.idle, strict=True):
        right = special.expit(skill - difficulty)
        answered = random.random(n) >= idle * (1 - right)
        hit = random.random(n) < right
        correct, wrong = (answered & hit).astype(float), (answered & ~hit).astype(float)
        out.append(Shares(np.arange(n), correct, wrong, 1 - correct - wrong, np.zeros(n)))
    return out[0], out[1]


def covered(world: World, n: int, repetitions: int, truth: tuple[Shares, Shares]) -> dict[float, list[float]]:
    """Target -> share of intervals that hold the truth: score, its t interval, paired difference, its t interval."""
    random = np.random.default_rng([n, len(world.name)])
    hits = {t: np.zeros(4) for t in TARGETS}
    quantile = float(special.stdtrit(n - 1, 0.975))
    truths = {}
    for t in TARGETS:
        x, y = (found.points(t / (1 - t)) for found in truth)
        truths[t] = float(x.mean()), float((x - y).mean())
    for _ in range(repetitions):
        a, b = draw(world, n, random)
        for t in TARGETS:
            k = t / (1 - t)
            x, y = a.points(k), b.points(k)
            one = limits.score(limits.parts(a), k, Z)
            two = limits.paired(limits.parts(a), limits.parts(b), limits.correlation(x, y), k, Z)
            alone, apart = truths[t]
            hits[t] += (
                one.low <= alone <= one.high,
                holds(x, alone, quantile),
                two.low <= apart <= two.high,
                holds(x - y, apart, quantile),
            )
    return {t: list(found / repetitions) for t, found in hits.items()}


def holds(x: Floats, truth: float, quantile: float) -> bool:
    """Whether Student's interval for the mean of x holds the truth."""
    return bool(abs(float(x.mean()) - truth) <= quantile * float(x.std(ddof=1)) / len(x) ** 0.5)


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    print(f"{'world':<14}{'items':>6}{'t':>6}{'score':>9}{'(t int.)':>9}{'paired':>9}{'(t int.)':>9}")
    for world in WORLDS:
        big = draw(world, 2_000_000, np.random.default_rng(0))
        for n in SIZES:
            for t, found in covered(world, n, repetitions, big).items():
                print(f"{world.name:<14}{n:>6}{t:>6}" + "".join(f"{share:>9.3f}" for share in found), flush=True)


if __name__ == "__main__":
    main()
