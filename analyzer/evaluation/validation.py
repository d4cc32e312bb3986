"""Rarity held against errors, as a table and as one sentence.

For every model and for all pooled, for each of the three targets: the rate by exposure bucket, Spearman's correlation,
and a prediction fitted on one half of the questions and judged on the other. By topic: what was predicted of the
domain of that name, and what came. Coverage goes first: below a floor nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from analyzer.evaluation import rarity, resample
from analyzer.evaluation.rarity import TARGETS, Bucket, Graded
from analyzer.schemas.validation import VALIDATION
from analyzer.stats.estimate import Estimate
from analyzer.stats.intervals import clopper_pearson

POOLED = "*"
FEW_VALUES = 12  # exposures with at most so many distinct values are buckets of their own
LEAST_TOPICS = 4  # below it a rank correlation over topics says nothing


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of one benchmark, row by row. `exposure` NaN: the question was not understood."""

    model: np.ndarray
    topic: np.ndarray
    key: np.ndarray  # int64 key of the item, the same for all models
    exposure: np.ndarray
    outcome: np.ndarray  # index into rarity.OUTCOMES


@dataclass(frozen=True, slots=True)
class Coverage:
    """Questions (not answers) of a benchmark, and how many of them the corpus knows."""

    items: int
    understood: int
    subject: int
    prompt: int

    @property
    def share(self) -> float:
        """Share of the questions of whose subject the corpus states anything."""
        return self.subject / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`floor`: coverage below which no claim is made. `seed`: of the bootstrap."""

    floor: float = 0.3
    confidence: float = 0.95
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence on one benchmark, and what it rests on."""

    benchmark: str
    sentence: str
    claimed: bool


def validate(
    benchmark: str, answers: Answers, coverage: Coverage | None, predicted: Mapping[str, Estimate], settings: Settings
) -> tuple[pa.Table, Verdict]:
    """The rows of VALIDATION for a benchmark and its verdict.

    `coverage` is None when the log itself says how frequent a question is. `predicted` holds the audit's rate of a
    domain by name; topics of that name are compared with it.
    """
    rows = list(_coverage_rows(benchmark, coverage, settings)) if coverage else []
    enough = coverage is None or coverage.share >= settings.floor
    known = ~np.isnan(answers.exposure)
    edges = _edges(answers.exposure[known])
    pooled: dict[str, tuple[tuple[Bucket, ...], Estimate, rarity.Prediction]] = {}
    models = [POOLED, *sorted(set(answers.model.tolist()))]
    for model in models if known.any() else []:
        chosen = known & ((answers.model == model) | (model == POOLED))
        graded = _graded(answers, chosen)
        for target in TARGETS:
            found = (
                rarity.by_exposure(graded, target, edges, settings.confidence),
                rarity.correlation(graded, target, settings.seed, settings.confidence),
                rarity.predicted(graded, target, settings.seed, settings.confidence),
            )
            at = {"model": model, "benchmark": benchmark, "target": target}
            rows += _target_rows(at, graded, target, *found, enough)
            rows += _topic_rows(at, answers, chosen, target, predicted, settings, enough)
            if model == POOLED:
                pooled[target] = found
    sentence, claimed = _sentence(answers, coverage, pooled, settings, len(models) - 1)
    return pa.Table.from_pylist(rows, schema=VALIDATION.schema), Verdict(benchmark, sentence, claimed)


def _graded(answers: Answers, chosen: np.ndarray) -> Graded:
    item = np.unique(answers.key[chosen], return_inverse=True)[1].astype(np.int64)
    half = (answers.key[chosen] & 1).astype(np.int64)  # a bit of a hash: the same half for all models, in any order
    return Graded(answers.exposure[chosen], answers.outcome[chosen], item, half)


def _edges(exposure: np.ndarray) -> tuple[float, ...]:
    values = np.unique(exposure)
    if 0 < len(values) <= FEW_VALUES:
        return tuple(float(value) for value in values)
    return tuple(float(edge) for edge in rarity.EDGES)


def _coverage_rows(benchmark: str, coverage: Coverage, settings: Settings) -> Iterator[dict[str, Any]]:
    for name in ("understood", "subject", "prompt"):
        count = getattr(coverage, name)
        low, high = clopper_pearson(count, coverage.items, settings.confidence)
        estimate = Estimate(
            count / coverage.items,
            low,
            high,
            settings.confidence,
            "Clopper-Pearson",
            "ok",
            count,
            coverage.items,
            "item",
        )
        at = {"model": POOLED, "benchmark": benchmark, "target": ""}
        yield _row(at, "coverage", POOLED, f"{name}_share", estimate)


def _target_rows(
    at: dict[str, str], graded: Graded, target: str, buckets: Sequence[Bucket], correlation: Estimate,
    prediction: rarity.Prediction, enough: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for bucket in buckets:
        yield _row(at, "bucket", label(bucket), "rate", bucket.rate, low=bucket.low, high=bucket.high)
    yield _row(at, "overall", POOLED, "spearman", correlation, enough)
    yield _row(at, "overall", POOLED, "auc", prediction.auc, enough)
    yield _row(at, "overall", POOLED, "calibration_in_the_large", prediction.in_the_large, enough)
    for name, value in (("brier", prediction.brier), ("brier_constant", prediction.brier_constant)):
        status = "ok" if value is not None else "empty"
        estimate = Estimate(value, method="mean squared error on the half not fitted", status=status, unit="item")
        yield _row(at, "overall", POOLED, name, estimate, enough)
    for number, level in enumerate(prediction.levels, 1):
        shown = Estimate(level.predicted, method="isotonic regression on the other half", unit="item")
        yield _row(at, "level", str(number), "predicted", shown, enough)
        yield _row(at, "level", str(number), "observed", level.observed, enough)
    kept, hit = rarity.hits(graded, target)
    if len(hit):
        risk = rarity.fitted(kept.exposure, hit)
        for exposure, value in zip(risk.exposure.tolist(), risk.value.tolist(), strict=True):
            fit = Estimate(value, method="isotonic regression on all answers", unit="item")
            yield _row(at, "fit", POOLED, "risk", fit, enough, low=exposure)


def _topic_rows(
    at: dict[str, str], answers: Answers, chosen: np.ndarray, target: str, predicted: Mapping[str, Estimate],
    settings: Settings, enough: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    topics = sorted({topic for topic in answers.topic[chosen].tolist() if topic})
    pairs: list[tuple[float, float]] = []
    for topic in topics:
        kept, hit = rarity.hits(_graded(answers, chosen & (answers.topic == topic)), target)
        observed = rarity.share(hit, kept.item, settings.confidence)
        yield _row(at, "topic", topic, "observed", observed, enough)
        audit = predicted.get(topic)
        if audit is not None and audit.value is not None:
            yield _row(at, "topic", topic, "predicted", audit, enough)
            if observed.value is not None:
                pairs.append((audit.value, observed.value))
    if pairs:
        yield _row(at, "overall", POOLED, "spearman_over_topics", _over_topics(pairs), enough)


def _over_topics(pairs: Sequence[tuple[float, float]]) -> Estimate:
    """Spearman's correlation of predicted and observed rates over topics; no interval: topics are no sample."""
    method = f"Spearman's correlation over {len(pairs)} topics"
    if len(pairs) < LEAST_TOPICS:
        return Estimate(None, method=method, status="too_few_groups", unit="topic")
    x, y = (resample.codes(np.asarray(side)) for side in zip(*pairs, strict=True))
    value = resample.spearman(x, y, np.ones(len(pairs)))
    return Estimate(value, method=method, status="ok" if value is not None else "no_variance", unit="topic")


def label(bucket: Bucket) -> str:
    """0, 1, 3-9, 1000+"""
    if bucket.high is None:
        return f"{bucket.low:g}+"
    return f"{bucket.low:g}" if bucket.high == bucket.low + 1 else f"{bucket.low:g}-{bucket.high - 1:g}"


def _row(
    at: dict[str, str], part: str, group: str, statistic: str, estimate: Estimate, enough: bool = True, *,
    low: float | None = None, high: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        **at, "part": part, "group": group, "statistic": statistic, "exposure_low": low, "exposure_high": high,
        "value": estimate.value, "low": estimate.low, "high": estimate.high, "confidence": estimate.confidence,
        "numerator": estimate.numerator, "denominator": estimate.denominator, "unit": estimate.unit,
        "method": estimate.method, "status": estimate.status if enough or estimate.status != "ok" else "low_coverage",
    }  # fmt: skip


def _sentence(
    answers: Answers, coverage: Coverage | None,
    pooled: Mapping[str, tuple[tuple[Bucket, ...], Estimate, rarity.Prediction]], settings: Settings, models: int,
) -> tuple[str, bool]:  # fmt: skip
    """What a statistician would sign: a direction only if the interval of the correlation excludes 0."""
    if coverage is not None and coverage.share < settings.floor:
        return (
            f"No claim: the corpus states anything about the subjects of {coverage.subject} of {coverage.items} "
            f"questions ({coverage.share:.0%}), below the floor of {settings.floor:.0%}; it is not what these "
            "questions are about, or the extractor does not find it.",
            False,
        )
    if not pooled:
        return "No claim: no question could be looked up.", False
    buckets, correlation, prediction = pooled["error_given_attempted"]
    if correlation.value is None or correlation.low is None or correlation.high is None:
        return "No claim: exposure or errors do not vary, so nothing can be correlated.", False
    limits = f"{correlation.confidence:.0%} interval {correlation.low:.2f} to {correlation.high:.2f}"
    basis = (
        f"Spearman {correlation.value:.2f}, {limits}; {_count(answers)} questions, {models} model{'s' * (models > 1)}"
    )
    ends = [bucket.rate.value for bucket in buckets if bucket.rate.value is not None]
    if correlation.low <= 0 <= correlation.high:
        return f"No association of rarity and error given attempted can be claimed ({basis}).", False
    if correlation.low > 0:
        return f"Rarer facts are answered better, the opposite of what rarity predicts ({basis}).", True
    first, last = f"{ends[-1]:.3f} where facts are most frequent", f"{ends[0]:.3f} where they are rarest"
    way = {"rises": f"at every step, from {first} to {last}", "mixed": f"though not at every step: {first}, {last}"}
    steps = way.get(rarity.direction(buckets), "over the questions as a whole")
    judged = prediction.auc
    power = (
        " A prediction from counts alone, fitted on half of the questions, tells the other half's errors apart with "
        f"an AUC of {judged.value:.2f} ({judged.low:.2f} to {judged.high:.2f})."
        if judged.value is not None and judged.low is not None and judged.high is not None
        else ""
    )
    return (
        f"The rarer the fact, the more often an answer is wrong: error given attempted rises {steps} ({basis}).{power} "
        "This is an association; it does not show that rarity is the cause.",
        True,
    )


def _count(answers: Answers) -> int:
    return len(np.unique(answers.key[~np.isnan(answers.exposure)]))
