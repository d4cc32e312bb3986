"""The Is-It-Valid reduction: what telling valid from invalid responses costs, and the error it forces on a model.

Kalai, Nachum, Vempala and Zhang 2025 (arXiv 2509.04664, "KNVZ"), section 3. A model that gives response r of prompt c
the probability p(r | c) is read as a classifier: "valid" iff p(r | c) > 1/K, K = min_c |E_c|, E_c the wrong responses
of c. On the mixture D of one half training pairs and one half wrong responses (c as in training, r uniform on E_c) it
errs

    err_iiv = 1/2 P(training pair not above 1/K) + 1/2 mean_c [share of E_c above 1/K],

and the model's own rate of errors is at least 2 err_iiv - max_c |V_c| / K - delta (Theorem 1; Corollary 1 if there is
one prompt), delta = |P(generation above 1/K) - P(training pair above 1/K)|. With one valid response a prompt, as in
multiple choice, it is at least 2 (1 - 1/(K+1)) times the least err_iiv of any threshold (Theorem 4).

Variances are those of ratios over prompts, linearised, Student's t with one degree less than there are prompts: the
training pairs, generations and wrong responses of a prompt move together, whatever the model. With a single prompt each
draw is a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from analyzer.evaluation.candidates import Candidates, Curve, curve
from analyzer.stats.estimate import Estimate, Floats
from analyzer.stats.intervals import LEAST_VARIANCE, student_quantile

TOLERANCE = 1e-6  # by which a prompt's probabilities may sum to more than 1: what rounding of their logarithms does

INVALID_TRAINING = "some training pairs are invalid: the theorems assume p(V) = 1"
NOT_A_DISTRIBUTION = "the probabilities of a prompt's responses sum to more than 1"
NOT_MULTIPLE_CHOICE = "a prompt has more than one valid response"
NO_GENERATIONS = "no generations: delta was not measured"


@dataclass(frozen=True, slots=True)
class Reduction:
    """Every term of the reduction for one model; sizes count distinct responses of the prompts used."""

    prompts: int
    prompts_left_out: int
    wrong_least: int  # K = min |E_c|
    valid_most: int  # max |V_c|
    threshold: float  # ln(1/K)
    error: Estimate
    missed: Estimate
    accepted: Estimate
    err_iiv: Estimate
    delta: Estimate
    theorem1: Estimate
    opt: Estimate
    opt_threshold: float
    theorem4: Estimate
    delta_star: float | None
    failed: tuple[str, ...]


def reduce(given: Candidates, confidence: float = 0.95, wrong_answers: int | None = None) -> Reduction | None:
    """All terms for one model; None if no prompt has both a training pair and a wrong response.

    `wrong_answers` is min |E_c| where `given.wrong` marks a uniform sample of E_c; otherwise it marks all of it.
    Prompts without a training pair or without a wrong response are left out and counted: it speaks of the others.
    Where a premise fails a bound has no value, status "conditions_not_met", and `failed` says which premise.
    """
    used = (given.per_prompt(given.trained) > 0) & (given.per_prompt(given.wrong) > 0)
    c = given.of_prompts(used)
    if c.prompts == 0:
        return None
    wrong_least = int(c.per_prompt(c.wrong).min()) if wrong_answers is None else wrong_answers
    valid_most = int(c.per_prompt(c.valid).max())
    failed = _failed(c, valid_most)
    shares = _Shares.of(c, c.logprob > -log(wrong_least), confidence)
    line = curve(c)
    best = int(np.argmin(line.err_iiv))
    opt = _opt(line, best, shares)
    premises = INVALID_TRAINING not in failed and NOT_A_DISTRIBUTION not in failed
    choice = premises and NOT_MULTIPLE_CHOICE not in failed
    measured = NO_GENERATIONS not in failed
    return Reduction(
        prompts=c.prompts,
        prompts_left_out=given.prompts - c.prompts,
        wrong_least=wrong_least,
        valid_most=valid_most,
        threshold=-log(wrong_least),
        error=_error(c, confidence),
        missed=shares.estimate((1, 0, 0)),
        accepted=shares.estimate((0, 1, 0)),
        err_iiv=shares.estimate((0.5, 0.5, 0)),
        delta=shares.delta() if measured else Estimate(None, method="difference of shares", status="empty"),
        theorem1=shares.theorem1(valid_most / wrong_least) if premises and measured else _no_bound("Theorem 1"),
        opt=opt,
        opt_threshold=float(line.threshold[best]),
        theorem4=_theorem4(opt, wrong_least) if choice else _no_bound("Theorem 4"),
        delta_star=2 * shares.value((0.5, 0.5, 0)) - valid_most / wrong_least if premises else None,
        failed=failed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shares:
    """(missed, accepted, shown): training pairs not above the threshold, wrong responses above, generations above."""

    values: Floats
    covariance: Floats  # 3 x 3
    quantile: float
    confidence: float
    unit: str
    units: int

    @classmethod
    def of(cls, c: Candidates, above: np.ndarray, confidence: float) -> _Shares:
        n, generations = int(c.trained.sum()), int(c.generated.sum())
        weight, drawn = c.per_prompt(c.trained), c.per_prompt(c.generated)
        wrong_above = c.per_prompt(above & c.wrong) / c.per_prompt(c.wrong)
        missed, shown = c.per_prompt(c.trained * ~above), c.per_prompt(c.generated * above)
        values = np.array([missed.sum() / n, weight @ wrong_above / n, shown.sum() / max(generations, 1)])
        if c.prompts == 1:  # every draw is a unit; E_c is listed and adds no variance
            variances = [values[0] * (1 - values[0]) / n, 0.0, values[2] * (1 - values[2]) / max(generations, 1)]
            quantile = float(student_quantile(confidence, n - 1))
            return cls(values, np.diag(variances), quantile, confidence, "response", n)
        influence = np.stack([
            (missed - values[0] * weight) / n,
            weight * (wrong_above - values[1]) / n,
            (shown - values[2] * drawn) / max(generations, 1),
        ])  # fmt: skip
        covariance = influence @ influence.T * c.prompts / (c.prompts - 1)
        quantile = float(student_quantile(confidence, c.prompts - 1))
        return cls(values, covariance, quantile, confidence, "prompt", c.prompts)

    def value(self, weights: tuple[float, float, float]) -> float:
        return float(np.asarray(weights) @ self.values)

    def half_width(self, weights: tuple[float, float, float]) -> float:
        """Student's half width; where nothing varies, Wilson's limit of a share of 0: no certainty from agreement."""
        a = np.asarray(weights)
        variance = float(a @ self.covariance @ a)
        if variance > LEAST_VARIANCE:
            return self.quantile * sqrt(variance)
        return float(np.abs(a).max()) * _half_width_of_none(self.quantile, self.units)

    def estimate(self, weights: tuple[float, float, float]) -> Estimate:
        """A share with its interval inside [0, 1]."""
        value, half = self.value(weights), self.half_width(weights)
        low, high = max(value - half, 0.0), min(value + half, 1.0)
        clipped = (low, high) != (value - half, value + half)
        return Estimate(
            value, low, high, self.confidence, "ratio over prompts, linearised", "clipped" if clipped else "ok",
            unit=self.unit,
        )  # fmt: skip

    def delta(self) -> Estimate:
        """|shown - (1 - missed)|; the interval is that of the signed difference, folded at 0."""
        signed, half = self.value((1, 0, 1)) - 1, self.half_width((1, 0, 1))
        low = max(abs(signed) - half, 0.0)
        high = min(max(abs(signed - half), abs(signed + half)), 1.0)
        return Estimate(
            abs(signed), low, high, self.confidence, "difference of paired shares, folded at 0", unit=self.unit
        )

    def theorem1(self, ratio: float) -> Estimate:
        """2 err_iiv - ratio - delta: the lesser of the bounds with delta and -delta, and of their limits."""
        both = []
        for sign in (1, -1):
            weights = (1.0 - sign, 1.0, -1.0 * sign)
            both.append((self.value(weights) + sign - ratio, self.half_width(weights)))
        value = min(bound for bound, _ in both)
        low, high = min(bound - half for bound, half in both), min(bound + half for bound, half in both)
        method = "Theorem 1: 2 err_iiv - max|V|/min|E| - delta"
        status = "ok" if value > 0 else "vacuous"
        return Estimate(value, low, high, self.confidence, method, status, unit=self.unit)


def _opt(line: Curve, best: int, shares: _Shares) -> Estimate:
    """The least error on D of a threshold. The lower limit is the least of the thresholds' lower limits: it holds for
    whichever threshold is truly best. The upper one is that of the threshold chosen, and the value errs low."""
    least = _half_width_of_none(shares.quantile, shares.units)
    half = np.where(line.deviation**2 > LEAST_VARIANCE, shares.quantile * line.deviation, least)
    low, high = float(np.min(line.err_iiv - half)), float(line.err_iiv[best] + half[best])
    method = "least error on D of a threshold, judged on the same rows"
    return Estimate(
        float(line.err_iiv[best]), max(low, 0.0), min(high, 0.5), shares.confidence, method, unit=shares.unit
    )


def _theorem4(opt: Estimate, wrong_least: int) -> Estimate:
    """2 (1 - 1/C) of the least err_iiv over thresholds, C = min|E_c| + 1: for some threshold err_iiv is no less."""
    factor = 2 * (1 - 1 / (wrong_least + 1))
    value, low, high = (factor * x if x is not None else 0.0 for x in (opt.value, opt.low, opt.high))
    status = "ok" if value > 0 else "vacuous"
    return Estimate(
        value, low, high, opt.confidence, "Theorem 4: 2 (1 - 1/C) opt over thresholds", status, unit=opt.unit
    )


def _error(c: Candidates, confidence: float) -> Estimate:
    """Share of the generations that are invalid: what the bounds are bounds on."""
    drawn = c.per_prompt(c.generated)
    total, wrong = int(drawn.sum()), c.per_prompt(c.generated * ~c.valid)
    if total == 0:
        return Estimate(None, method="share of generations", status="empty")
    value, one = float(wrong.sum() / total), c.prompts == 1
    units = total if one else c.prompts
    influence = (wrong - value * drawn) / total
    variance = value * (1 - value) / total if one else units / (units - 1) * float(influence @ influence)
    quantile = float(student_quantile(confidence, units - 1))
    half = quantile * sqrt(variance) if variance > LEAST_VARIANCE else _half_width_of_none(quantile, units)
    return Estimate(
        value, max(value - half, 0.0), min(value + half, 1.0), confidence, "share of generations, linearised", "ok",
        int(wrong.sum()), total, "response" if one else "prompt",
    )  # fmt: skip


def _half_width_of_none(quantile: float, units: int) -> float:
    """Upper end of Wilson's interval (1927) of a share of 0 of so many units, all of [0, 1] where t is infinite."""
    return quantile**2 / (units + quantile**2) if np.isfinite(quantile) else 1.0


def _failed(c: Candidates, valid_most: int) -> tuple[str, ...]:
    found = []
    if bool(np.any(c.trained[~c.valid])):
        found.append(INVALID_TRAINING)
    if bool(np.any(c.per_prompt(np.exp(c.logprob)) > 1 + TOLERANCE)):
        found.append(NOT_A_DISTRIBUTION)
    if valid_most > 1:
        found.append(NOT_MULTIPLE_CHOICE)
    if not c.generated.any():
        found.append(NO_GENERATIONS)
    return tuple(found)


def _no_bound(method: str) -> Estimate:
    return Estimate(None, method=method, status="conditions_not_met")
