"""A number against a limit: passed, failed, undecided or unjudged; and what that makes of a rule and of a gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.decisions.rules import PASS, Rule

PASSED, FAILED, UNDECIDED, UNJUDGED = OUTCOMES = ("passed", "failed", "undecided", "unjudged")
WORST = (FAILED, UNJUDGED, UNDECIDED, PASSED)  # what a rule's numbers make of it: the first of these that occurs
EXIT = {PASSED: 0, FAILED: 1, UNJUDGED: 2}


@dataclass(frozen=True, slots=True)
class Number:
    """What a rule judges. `low` and `high` None: counted, so there is nothing to be unsure of.

    `missing` says why there is no number, or why the one there is must not be used.
    """

    subject: str
    value: float | None
    low: float | None = None
    high: float | None = None
    missing: str = ""
    note: str = ""


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
    """A rule over its numbers: it fails if one fails. `nothing`: why there may be none."""
    judged = tuple(judge(rule, number) for number in numbers)
    if not judged:
        outcome = PASSED if rule.if_none == PASS else UNJUDGED
        return Verdict(rule, (), left_out, outcome, nothing)
    counts = {outcome: sum(j.outcome == outcome for j in judged) for outcome in OUTCOMES}
    worst = next(outcome for outcome in WORST if counts[outcome])
    if len(judged) == 1:
        return Verdict(rule, judged, left_out, worst, judged[0].reason)
    told = ", ".join(f"{n:,} {outcome}" for outcome, n in counts.items() if n)
    return Verdict(rule, judged, left_out, worst, f"{len(judged):,} numbers: {told}")


def overall(verdicts: Sequence[Verdict]) -> str:
    """passed, failed or unjudged: failed if a rule counts as failed, else unjudged if one could not be judged."""
    found = {verdict.counts_as for verdict in verdicts}
    return FAILED if FAILED in found else UNJUDGED if UNJUDGED in found else PASSED


def _uncertain(number: Number) -> bool:
    return number.low is not None and number.high is not None
