"""How many singletons are none: sigma, the share that a second name of the same thing split off.

Prompts that may be one thing under two names are known by their names alone. Whether they are one shows in their
answers, where the relation has one right answer: two names of one thing agree about as often as two statements about
one name do (alpha), two things only by coincidence (beta). A singleton s with k likely other names, of which at least
one has an answer equal to its own (E = 1) or none has (E = 0), is then

    T(s) = (E - c) / (a - c)     c = 1 - (1 - beta)^k     a = 1 - (1 - alpha) (1 - beta)^(k - 1)

split off in expectation, since E[E] = a if one of the k is the same thing and c if none is; T is 0 without likely
names. sigma = sum w T / sum w over the singletons of usable relations, w their statements. This is the `split_rate` of
`correct_for_extraction`. Names that share nothing the blocks look for are not seen, so sigma errs low.

The moment estimator with known misclassification is Rogan and Gladen's (1978, Am. J. Epidemiology 107:71).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.stats.estimate import Estimate, check_confidence, clip_unit
from analyzer.stats.intervals import hull, student_quantile
from analyzer.stats.units import effective_size

LEAST_CONTRAST = 0.3  # a - c below it: an equal answer tells too little, and one singleton would move the whole sum
MOST_COINCIDENCE = 0.1  # beta: things whose names look alike (relatives, branches) share easy answers more often still
LEAST_PROMPTS = 10  # of a relation: fewer say nothing about how often two things have one answer
LEAST_REPEATED = 10  # repeated prompts before a relation's own agreement is used
LEAST_STATEMENTS = 30  # singleton statements below which no share is told

METHOD = (
    "likely other names whose answer is equal, less coincidence, in functional typed relations; cluster-robust "
    "interval; errs low: names that look unlike are not seen"
)


@dataclass(frozen=True, slots=True)
class SplitSums:
    """Sums over the singletons of usable relations; t = w T. Per cluster squares, and products over pairs of
    singletons that are each other's likely name, whose evidence is the same."""

    statements: int  # sum w
    equal: int  # sum w of those with an equal answer under a likely other name
    clusters: int
    t: float
    t2: float
    tw: float
    w2: float
    pair_tt: float
    pair_tw: float
    pair_ww: float


def relation_rates(relations: Iterable[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """relation -> (alpha, beta) of the usable ones among the rows of `relations`.

    Usable: declared, functional, with answers that are hard to hit by chance. beta is the share of equal pairs among
    the answers of two prompts of the relation (1 / effective answers), alpha the agreement of repeated statements, of
    the relation itself or of all where it has few repeats (1 if there are none at all).
    """
    rows = [r for r in relations if r["tier"] == "typed" and r["functional"] and r["prompts"] >= LEAST_PROMPTS]
    repeated = [(r["agreement"], r["repeated_prompts"]) for r in rows if r["agreement"] is not None]
    weight = sum(n for _, n in repeated)
    overall = sum(share * n for share, n in repeated) / weight if weight else 1.0
    found = {}
    for r in rows:
        own = r["agreement"] if r["repeated_prompts"] >= LEAST_REPEATED else None
        alpha = overall if own is None else own
        beta = 1 / r["effective_answers"] if r["effective_answers"] else 0.0
        if alpha - beta >= LEAST_CONTRAST and beta <= MOST_COINCIDENCE:
            found[r["relation"]] = (float(alpha), float(beta))
    return found


def split_rate(sums: SplitSums, confidence: float = 0.95) -> Estimate:
    """sigma with its interval: a ratio over clusters, V = (sum d^2 + 2 sum over pairs d d') / W^2, d = t - sigma w."""
    check_confidence(confidence)
    counts = (sums.equal, sums.statements, "cluster")
    if sums.statements < LEAST_STATEMENTS or sums.clusters < 2:
        return Estimate(None, None, None, confidence, METHOD, "too_few_singletons", *counts)
    w = float(sums.statements)
    s = sums.t / w
    within = sums.t2 - 2 * s * sums.tw + s * s * sums.w2
    across = sums.pair_tt - s * sums.pair_tw + s * s * sums.pair_ww
    variance = max(within + 2 * across, 0.0) / w**2
    effective = max(float(effective_size(np.asarray(w), np.asarray(sums.w2))), 1.0)
    quantile = student_quantile(confidence, effective - 1)
    value = min(max(s, 0.0), 1.0)
    low, high = hull(np.asarray(value), np.asarray(variance), np.asarray(effective), quantile)
    inside_low, inside_high, status = clip_unit(float(low), float(high), "ok" if value == s else "clipped")
    return Estimate(value, inside_low, inside_high, confidence, METHOD, status, *counts)
