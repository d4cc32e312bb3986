"""What a gate said as Markdown, for the summary of a CI job. Names of a corpus can neither format, link nor mention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.decisions.judge import EXIT, PASSED, WORST, Judgement, Verdict, overall
from analyzer.report.markdown import escaped

SHOWN = 20  # numbers listed a rule; judgements.parquet holds all
WIDTH = 600  # characters of a line of text
SIGNS = {"passed": "✅ passed", "failed": "❌ failed", "undecided": "❔ undecided", "unjudged": "⚠️ not judged"}
WORDS = {"passed": "The run passes", "failed": "The run fails", "unjudged": "The run could not be judged"}


def summary(verdicts: Sequence[Verdict]) -> str:
    """The whole summary."""
    return "\n".join(_lines(verdicts)) + "\n"


def _lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    found = overall(verdicts)
    yield f"### {WORDS[found]} (exit code {EXIT[found]})"
    yield ""
    yield "| rule | outcome | what was found |"
    yield "|---|---|---|"
    for verdict in verdicts:
        counted = f" (counts as {verdict.counts_as})" if verdict.outcome != verdict.counts_as else ""
        name, found_out = escaped(verdict.rule.name, WIDTH), escaped(told(verdict), WIDTH)
        yield f"| {name} | {SIGNS[verdict.outcome]}{counted} | {found_out} |"
    for verdict in verdicts:
        listed = worth_listing(verdict)
        if listed:
            yield ""
            yield f"**{escaped(verdict.rule.name, WIDTH)}**"
            yield ""
            yield from (
                f"- {SIGNS[j.outcome]}: {escaped(j.number.subject, WIDTH)}: {escaped(j.reason, WIDTH)}"
                for j in listed[:SHOWN]
            )
            if len(listed) > SHOWN:
                yield f"- and {len(listed) - SHOWN:,} more"


def told(verdict: Verdict) -> str:
    """What a rule found, in a line."""
    subject = f"{verdict.judgements[0].number.subject}: " if len(verdict.judgements) == 1 else ""
    left = f"; {verdict.left_out:,} too small to be judged" if verdict.left_out else ""
    return f"{subject}{verdict.reason}{left}"


def worth_listing(verdict: Verdict) -> list[Judgement]:
    """The numbers that did not pass, of a rule over several: failed ones first."""
    if len(verdict.judgements) < 2:
        return []
    return [j for outcome in WORST for j in verdict.judgements if j.outcome == outcome != PASSED]
