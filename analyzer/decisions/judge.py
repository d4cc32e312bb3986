"""A number against a limit: passed, failed, undecided or unjudged; and what that makes of a rule and of a gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from analyzer.decisions.rules import PASS, Rule
from analyzer.stats.intervals import student_quantile

PASSED, FAILED, UNDECIDED, UNJUDGED = OUTCOMES = ("passed", "failed", "undecided", "unjudged")
WORST = (FAILED, UNJUDGED, UNDECIDED, PASSED)  # what a rule's numbers make of it: the first of these that occurs
EXIT = {PASSED: 0, FAILED: 1, UNJUDGED: 2}
DEGREES = 19  # of the jackknife with 20 groups; intervals that rest on more have thinner tails than is assumed here


@dataclass(frozen=True, slots=True)
class Number:
    """What a rule judges. `low` and `high` None: counted, so there is nothing to be unsure of.

    `confidence`: of the interval, None if its ends are certain. `missing` says why there is no number, or why the one
    there is must not be used.
    """

    subject: str
    value: float | None
    low: float | None = None
    high: float | None = None
    missing: str = ""
    note: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A number and what a rule makes of it."""

    number: Number
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule with its judgements. `left_out`: numbers that its conditions left out; `outcome`: one of OUTCOMES."""

    rule: Rule
    judgements: tuple[Judgement, ...]
    left_out: int
    outcome: str
    reason: str

    @property
    def counts_as(self) -> str:
        """passed, failed or unjudged: an undecided rule counts as the file says."""
        if self.outcome != UNDECIDED:
            return self.outcome
        return PASSED if self.rule.undecided == PASS else FAILED


def judge(rule: Rule, number: Number) -> Judgement:
    """Compare a number with the rule's limit. With an interval: passed if all of it keeps the limit, failed if none."""
    if number.value is None or number.missing:
        return Judgement(number, UNJUDGED, number.missing or "there is no number")
    shown = f"{number.value:.4g}" + (f" ({number.low:.4g} to {number.high:.4g})" if _uncertain(number) else "")
    low, high = (number.low, number.high) if _uncertain(number) else (number.value, number.value)
    assert low is not None and high is not None
    kept, broken = (high <= rule.limit, low > rule.limit) if rule.at_most else (low >= rule.limit, high < rule.limit)
    outcome = PASSED if kept else FAILED if broken else UNDECIDED
    straddles = ": the interval holds the limit" if outcome == UNDECIDED else ""
    note = f"; {number.note}" if number.note else ""
    return Judgement(number, outcome, f"{shown}, asked is {rule.asked}{straddles}{note}")


def verdict(rule: Rule, numbers: Sequence[Number], left_out: int, nothing: str) -> Verdict:
    """A rule over its numbers: it fails if one fails. `nothing`: why there may be none.

    It passes only if every number does, which many numbers make no likelier; but among many one fails by chance. What
    fails by itself and not among so many (Holm 1979, Scand. J. Statist. 6:65) is undecided.
    """
    judged = _beyond_chance(rule, [judge(rule, number) for number in numbers])
    if not judged:
        outcome = PASSED if rule.if_none == PASS else UNJUDGED
        return Verdict(rule, (), left_out, outcome, nothing)
    counts = {outcome: sum(j.outcome == outcome for j in judged) for outcome in OUTCOMES}
    worst = next(outcome for outcome in WORST if counts[outcome])
    if len(judged) == 1:
        return Verdict(rule, judged, left_out, worst, judged[0].reason)
    told = ", ".join(f"{n:,} {outcome}" for outcome, n in counts.items() if n)
    return Verdict(rule, judged, left_out, worst, f"{len(judged):,} numbers: {told}")


def _beyond_chance(rule: Rule, judged: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements, those failed ones taken back that chance explains among as many intervals."""
    estimated = [i for i, j in enumerate(judged) if j.outcome != UNJUDGED and j.number.confidence is not None]
    found = list(judged)
    order = sorted(estimated, key=lambda i: -_distance(rule, judged[i].number))
    kept = True
    for rank, i in enumerate(order):
        number, left = judged[i].number, len(estimated) - rank
        among = 1 - (1 - (number.confidence or 0)) / left  # of an interval for the numbers not yet rejected together
        kept = kept and _distance(rule, number) > float(student_quantile(among, DEGREES))
        if judged[i].outcome == FAILED and not kept:
            reason = f"{judged[i].reason}; beyond it by itself, not among {len(estimated):,} numbers"
            found[i] = replace(judged[i], outcome=UNDECIDED, reason=reason)
    return tuple(found)


def _distance(rule: Rule, number: Number) -> float:
    """How far beyond the limit the value lies, in standard errors as its interval has them; negative if it keeps it."""
    assert number.value is not None and number.low is not None and number.high is not None
    beyond = number.value - rule.limit if rule.at_most else rule.limit - number.value
    half = number.value - number.low if rule.at_most else number.high - number.value
    if half <= 0:
        return inf if beyond > 0 else -inf
    return beyond / half * float(student_quantile(number.confidence or 0.0, DEGREES))


def overall(verdicts: Sequence[Verdict]) -> str:
    """passed, failed or unjudged: failed if a rule counts as failed, else unjudged if one could not be judged."""
    found = {verdict.counts_as for verdict in verdicts}
    return FAILED if FAILED in found else UNJUDGED if UNJUDGED in found else PASSED


def _uncertain(number: Number) -> bool:
    return number.low is not None and number.high is not None
