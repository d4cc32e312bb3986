"""What a singleton rate lets one say about the error of a calibrated base model.

Lower and upper bound of Theorem 2 of Kalai, Nachum, Vempala and Zhang 2025 (arXiv 2509.04664, "KNVZ"), literally and
in a refinement of its proof that is ours; the bound of Kalai and Vempala 2024 (arXiv 2311.14648, "KV24"); and sums of
such bounds over strata.

Throughout: `rate` is the singleton rate (monofact rate for KV24), `n` the number of training samples (a real number,
because clustered statements are worth fewer), `wrong_answers` |E|, the plausible wrong answers of a prompt, `delta` the
miscalibration taken off, `gamma` the chance that the bound may fail. The error is weighted by how often prompts occur.
A bound that says nothing is kept, negative or not, with status "vacuous"; one whose premise fails has no value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

from analyzer.stats.estimate import STATUSES

PAPER_GAMMA = 0.01  # both papers print their constants for a chance of failure of 1 %


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on the error, with everything that went in; `value` is None when its conditions are not met."""

    value: float | None
    rate: float | None
    n: float
    slack: float | None
    wrong_answers: float | None
    delta: float
    gamma: float
    conditions: str
    status: str

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is not one of {', '.join(STATUSES)}")


@dataclass(frozen=True, slots=True)
class Stratum:
    """One relation, or any other part of the prompts, of a stratified bound.

    `n` statements weigh the stratum; `samples`, how many independent ones they are worth, goes into the slack
    (`n` itself if not given).
    """

    rate: float
    n: float
    wrong_answers: float
    delta: float = 0.0
    samples: float | None = None


LOWER = (
    "Independent samples without errors; each prompt has one right answer, written in one way and equally likely among "
    "|E|+1; the model answers prompts as often as the corpus states them and is miscalibrated by at most delta at the "
    "threshold 1/|E|."
)
UPPER = "There is a calibrated model this good: it repeats what it saw and else guesses or says that it does not know."
VEMPALA = (
    "Independent documents with at most one fact each; unseen facts look like falsehoods, of which there are "
    "wrong_answers a fact; delta is the model's miscalibration over adaptive bins."
)
MEMORISER = (
    "Error of the calibrated model that repeats what it saw and else draws from the prior of the answers; not a bound "
    "for every model."
)


def theorem2_slack(n: float, gamma: float = PAPER_GAMMA) -> float:
    """Finite-sample term of Theorem 2: (35 + 6 ln N)/sqrt N as printed for gamma = .01, else 6 ln(3N/gamma)/sqrt N."""
    return (35 + 6 * log(n)) / sqrt(n) if gamma == PAPER_GAMMA else 6 * log(3 * n / gamma) / sqrt(n)


def theorem2_lower(
    rate: float, n: float, wrong_answers: float, delta: float = 0.0, gamma: float = PAPER_GAMMA
) -> Bound:
    """err >= sr - 2/min|E| - slack - delta with probability 1 - gamma (KNVZ, Theorem 2 and appendix B)."""
    return _lower(rate, n, wrong_answers, delta, gamma, LOWER, lambda: (rate - theorem2_slack(n, gamma), 2.0))


def theorem2_upper(rate: float, n: float, wrong_answers: float, gamma: float = PAPER_GAMMA) -> Bound:
    """err <= sr - sr/(max|E|+1) + 13/sqrt N for some calibrated model (KNVZ, Theorem 2).

    `wrong_answers` is the largest |E| here. For gamma other than .01 the slack is 5 sqrt(ln(5/gamma)/N) (appendix B).
    """
    _check(rate, delta=0.0, gamma=gamma)
    if not _usable(n, wrong_answers):
        return Bound(None, rate, n, None, wrong_answers, 0.0, gamma, UPPER, "conditions_not_met")
    slack = 13 / sqrt(n) if gamma == PAPER_GAMMA else 5 * sqrt(log(5 / gamma) / n)
    value = rate - rate / (wrong_answers + 1) + slack
    return Bound(value, rate, n, slack, wrong_answers, 0.0, gamma, UPPER, "vacuous" if value >= 1 else "ok")


def missing_mass_lower(rate: float, n: float, gamma: float, has_idk: bool = True) -> float:
    """Lower limit of the missing mass MM with probability 1 - gamma/2, at least 0.

    sr - 4.42 sqrt(ln(10/gamma)/N) (KNVZ, Lemma 1 at gamma/2) or, when no sample is an "I don't know",
    sr - 1/N - 2.42 sqrt(ln(8/gamma)/N) (McAllester and Ortiz 2003, as KNVZ's Corollary 3, at gamma/2).
    """
    half = 4.42 * sqrt(log(10 / gamma) / n) if has_idk else 1 / n + 2.42 * sqrt(log(8 / gamma) / n)
    return max(rate - half, 0.0)


def refined_lower(
    rate: float, n: float, wrong_answers: float, delta: float = 0.0, gamma: float = PAPER_GAMMA, has_idk: bool = True
) -> Bound:
    """err >= MM_L - sqrt(a MM_L) - 2/min|E| - delta, a = 2 ln(3N/gamma) ln(6/gamma)/N, MM_L as `missing_mass_lower`.

    **A refinement of the proof of Theorem 2, not in the paper.** The proof bounds the sum of squared prompt masses
    inside Hoeffding's inequality by ln(3N/gamma)/N; keeping the missing mass MM itself as a factor makes the deviation
    sqrt(a MM) instead of a constant. x - sqrt(a x) is negative up to x = a and rises from there: below, it counts as 0.
    """

    def learned() -> tuple[float, float]:
        mass = missing_mass_lower(rate, n, gamma, has_idk)
        a = 2 * log(3 * n / gamma) * log(6 / gamma) / n
        return max(mass - sqrt(a * mass), 0.0), 2.0

    return _lower(
        rate, n, wrong_answers, delta, gamma, "Refinement of the paper's proof, not in the paper. " + LOWER, learned
    )


def kalai_vempala_lower(
    rate: float, n: float, wrong_answers: float, delta: float = 0.0, gamma: float = PAPER_GAMMA
) -> Bound:
    """Hallucinations >= monofact rate - miscalibration - 3|F|/(gamma |H|) - sqrt(6 ln(6/gamma)/n) (KV24, Corollary 1).

    |F|/|H|, facts over plausible falsehoods, is 1/wrong_answers. At gamma = .01 the headline constants are used:
    300 |F|/|H| and 7/sqrt n.
    """

    def learned() -> tuple[float, float]:
        if gamma == PAPER_GAMMA:
            return rate - 7 / sqrt(n), 300.0
        return rate - sqrt(6 * log(6 / gamma) / n), 3 / gamma

    return _lower(rate, n, wrong_answers, delta, gamma, VEMPALA, learned)


def nonuniform_lower(
    rate: float, n: float, effective_answers: float, delta: float = 0.0, gamma: float = PAPER_GAMMA,
    has_idk: bool = True,
) -> Bound:  # fmt: skip
    """MM_L (1 - sum pi^2) - delta: error of the calibrated memoriser when answers are not equally likely.

    `effective_answers` is 1 / sum of squared answer shares; it is reported as `wrong_answers` + 1. Our derivation, not
    in the paper; a model that exploits a skewed prior better may err less.
    """
    _check(rate, delta, gamma)
    wrong = effective_answers - 1
    if not _usable(n, wrong, least=0.0):
        return Bound(None, rate, n, None, wrong, delta, gamma, MEMORISER, "conditions_not_met")
    mass = missing_mass_lower(rate, n, gamma, has_idk)
    value = mass * (1 - 1 / effective_answers) - delta
    return Bound(value, rate, n, rate - mass, wrong, delta, gamma, MEMORISER, "vacuous" if value <= 0 else "ok")


def delta_star(rate: float, n: float, wrong_answers: float, gamma: float = PAPER_GAMMA) -> float | None:
    """The miscalibration at which Theorem 2 stops saying anything: sr - 2/min|E| - slack; None if conditions fail.

    A model that only repeats what it saw and else says that it does not know errs never and has delta = MM.
    """
    return theorem2_lower(rate, n, wrong_answers, 0.0, gamma).value


LowerBound = Callable[[float, float, float, float, float], Bound]


def stratified_lower(
    strata: Sequence[Stratum], gamma: float = PAPER_GAMMA, bound: LowerBound = theorem2_lower
) -> Bound:
    """sum_g (N_g/N) max(0, bound of stratum g at gamma/G): one relation of two answers no longer voids the whole.

    By the union bound all G hold together with probability 1 - gamma. It speaks of prompts drawn in the corpus' own mix
    of strata. Strata whose conditions fail count as 0, which is true of any error. `bound` is `theorem2_lower`,
    `refined_lower` or `kalai_vempala_lower`. The reported `slack` is all that the weighted rate loses on the way except
    delta, `delta` the weighted one, `wrong_answers` the least of those that met the conditions.
    """
    total = sum(s.n for s in strata)
    conditions = f"In each of {len(strata)} strata, prompts drawn in their own mix. "
    if not strata or total <= 0:
        return Bound(None, None, total, None, None, 0.0, gamma, conditions, "conditions_not_met")
    share = gamma / len(strata)
    parts = [
        (s.n / total, s, bound(s.rate, s.n if s.samples is None else s.samples, s.wrong_answers, s.delta, share))
        for s in strata
    ]
    rate = sum(weight * s.rate for weight, s, _ in parts)
    delta = sum(weight * s.delta for weight, s, _ in parts)
    met = [(weight, b) for weight, _, b in parts if b.value is not None]
    conditions += parts[0][2].conditions
    if not met:
        return Bound(None, rate, total, None, None, delta, gamma, conditions, "conditions_not_met")
    value = sum(weight * max(b.value or 0.0, 0.0) for weight, b in met)
    least = min(b.wrong_answers for _, b in met if b.wrong_answers is not None)
    status = "ok" if value > 0 else "vacuous"
    return Bound(value, rate, total, rate - value, least, delta, gamma, conditions, status)


def samples_for_slack(slack: float, gamma: float = PAPER_GAMMA) -> int:
    """The least whole N from which on the slack of Theorem 2 is at most `slack`; it falls for every N > exp(2)."""
    if not slack > 0:
        raise ValueError(f"slack must be positive, got {slack}")
    low, high = int(exp(2)), 16
    while theorem2_slack(high, gamma) > slack:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if theorem2_slack(middle, gamma) > slack else (low, middle)
    return high


def _lower(
    rate: float, n: float, wrong_answers: float, delta: float, gamma: float, conditions: str,
    learned: Callable[[], tuple[float, float]],
) -> Bound:  # fmt: skip
    """rate - slack - c/|E| - delta, where `learned` gives (rate - slack, c) and is asked only if conditions hold."""
    _check(rate, delta, gamma)
    if not _usable(n, wrong_answers):
        return Bound(None, rate, n, None, wrong_answers, delta, gamma, conditions, "conditions_not_met")
    after_slack, per_answer = learned()
    value = after_slack - per_answer / wrong_answers - delta
    status = "ok" if value > 0 else "vacuous"
    return Bound(value, rate, n, rate - after_slack, wrong_answers, delta, gamma, conditions, status)


def _usable(n: float, wrong_answers: float, least: float = 1.0) -> bool:
    return n >= 1 and isfinite(n) and wrong_answers >= least


def _check(rate: float, delta: float, gamma: float) -> None:
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1, got {rate}")
    if not delta >= 0:
        raise ValueError(f"delta is an absolute difference of probabilities and cannot be {delta}")
    if not 0 < gamma < 1:
        raise ValueError(f"gamma must lie strictly between 0 and 1, got {gamma}")
