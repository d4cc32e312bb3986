"""Every experiment that needs no corpus tool, by name: a function of a seed that returns rows of one table.

`small` runs the same at sizes that take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from analyzer.lab import (
    audited,
    biographies,
    bounds,
    documents,
    extraction_errors,
    learners,
    letters,
    miao_kearns,
    models,
    policies,
    scored,
    windows,
    worlds,
)
from analyzer.stats.estimate import Estimate

Rows = list[dict[str, Any]]


def bounds_tried(seed: int = 1, small: bool = False) -> Rows:
    """Bounds against the exact error of three models, by N, law and |E|: do they hold, and how loose are they?"""
    rng = np.random.default_rng(seed)
    sizes = (1_000, 10_000) if small else (1_000, 10_000, 100_000, 1_000_000)
    rows: Rows = []
    for law, exponent in (("uniform", 1.0), ("zipf", 1.0), ("pareto", 1.5), ("geometric", 1.0)):
        for n in sizes:
            for plausible in (2, 20, 365):
                mu = worlds.prompt_law(law, n, exponent, rng)
                world = worlds.arbitrary_facts(mu, plausible, rng=rng)
                sample = worlds.draw(world, n, rng)
                for name, model in (
                    ("memoriser", models.memoriser(world, sample)),
                    ("guesser", models.guesser(world, sample, 0.5)),
                    ("abstainer", models.abstainer(world, sample)),
                ):
                    at = {"law": law, "n": n, "wrong_answers": plausible - 1, "model": name}
                    at |= {"singleton_rate": sample.singleton_rate, "missing_mass": sample.missing_mass(world)}
                    for trial in bounds.trials(world, sample, model, best=name == "memoriser"):
                        rows.append(at | asdict(trial) | {"holds": trial.holds, "loose": trial.loose})
    return rows


def terms_dropped(seed: int = 1, small: bool = False) -> Rows:
    """Each bound without one of its terms, in a world where that makes it false."""
    return [asdict(case) | {"false": case.false, "true_with_it": case.true_with_it} for case in bounds.dropped(seed)]


def extraction(seed: int = 1, small: bool = False) -> Rows:
    """What extraction errors, copies and sampling do to a rate, predicted, corrected and true."""
    size = 50_000 if small else extraction_errors.N
    return [asdict(row) for row in extraction_errors.table(seed, size, size * 3 // 2)]


def audits(seed: int = 1, small: bool = False) -> Rows:
    """Corrected rates from audits of a few hundred items, and how often their lower limit holds."""
    replicates, n = (10, 5_000) if small else (200, audited.N)
    return [asdict(row) for row in audited.table(seed, replicates, n, n * 3 // 2)]


def clustered(seed: int = 1, small: bool = False) -> Rows:
    """Rates of clustered documents with repeats and copies, in domains that share prompts: bias and coverage."""
    return [asdict(row) for row in documents.tried(seed, *((10, 400) if small else (200, documents.DOCUMENTS)))]


def reductions(seed: int = 1, small: bool = False) -> Rows:
    """Error, err_iiv and delta of models of a world, exact and as `monofact iiv` finds them from draws."""
    return [asdict(row) for row in scored.recovered(seed, *((5, 5_000) if small else (200, 20_000)))]


def language_models(seed: int = 1, small: bool = False) -> Rows:
    """The same terms of n-gram models of lives, where they are asked where somebody was born."""
    corpus = biographies.build(seed, *((200, 60) if small else (1_500, 300)))
    rows: Rows = []
    for order, smoothing in ((3, 0.0), (5, 0.0), (9, 0.0), (9, 0.001), (9, 0.1)):
        found = scored.terms_of_lives(corpus, learners.ngram(corpus, seed, order, smoothing))
        rows.append({"learner": "n-gram", "order": order, "smoothing": smoothing, **found})
    return rows


def ngram_windows(seed: int = 1, small: bool = False) -> Rows:
    """n-gram models of orders 2 to 6 against the share of facts beyond their window, averaged over ten seeds."""
    found = [windows.windows(seed + i, subjects=100 if small else 400) for i in range(2 if small else 10)]
    return [
        {"order": rows[0].order, **{name: float(np.mean([getattr(row, name) for row in rows]))
                                    for name in ("beyond", "error", "opt", "theorem3", "least_error", "theorem4")}}
        for rows in zip(*found, strict=True)
    ]  # fmt: skip


def pronouns(seed: int = 1, small: bool = False) -> Rows:
    """Corollary 2: the two prompts, for models of orders 2 to 10."""
    found = (windows.pronouns(order) for order in range(2, 11))
    return [{"order": row.order, "error": row.error, "theorem3": row.theorem3, "least_error": row.least_error,
             "theorem4": row.reduction.theorem4.value} for row in found]  # fmt: skip


def letter_counting(seed: int = 1, small: bool = False) -> Rows:
    """Subwords against characters, over ten seeds."""
    rows: Rows = []
    for i in range(2 if small else 10):
        for learner in letters.compare(seed + i, tested=300 if small else 1_000):
            values = {k: v.value if isinstance(v, Estimate) else v for k, v in _fields(learner)}
            rows.append({"seed": seed + i, **values})
    return rows


def confidence_targets(seed: int = 1, small: bool = False) -> Rows:
    """Points of every threshold policy under binary grading and three confidence targets."""
    return [asdict(row) for row in policies.scores(policies.beliefs(seed))]


def monofacts(seed: int = 1, small: bool = False) -> Rows:
    """The published n-gram grid, with and without replacement."""
    gammas = miao_kearns.GAMMAS[::2] if small else miao_kearns.GAMMAS
    return [
        asdict(miao_kearns.point(gamma, replacement, 5 if small else 100, seed, generate=0 if small else 1))
        for gamma in gammas for replacement in (False, True)
    ]  # fmt: skip


EXPERIMENTS: dict[str, Callable[[int, bool], Rows]] = {
    "bounds_tried": bounds_tried,
    "terms_dropped": terms_dropped,
    "extraction": extraction,
    "audits": audits,
    "clustered": clustered,
    "reductions": reductions,
    "language_models": language_models,
    "ngram_windows": ngram_windows,
    "pronouns": pronouns,
    "letter_counting": letter_counting,
    "confidence_targets": confidence_targets,
    "monofacts": monofacts,
}


def _fields(learner: letters.Learner) -> Iterator[tuple[str, Any]]:
    for name in learner.__dataclass_fields__:
        yield name, getattr(learner, name)
