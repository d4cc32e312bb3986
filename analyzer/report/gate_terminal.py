"""What a gate said on a terminal: a line a rule, then the numbers that did not pass. Names enter as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from analyzer.report import neutral

SHOWN = 20
WORDS = {"passed": "PASSED", "failed": "FAILED", "unjudged": "COULD NOT BE JUDGED"}
STYLES = {"passed": "green", "failed": "red", "undecided": "yellow", "unjudged": "yellow"}


def closing(outcome: str, rules: Sequence[tuple[str, str, str, str]], numbers: Sequence[tuple[str, str, str]]) -> Group:
    """rules: (name, outcome, what it counts as, reason); numbers: (subject, outcome, reason) of those not passed."""
    parts = []
    for name, found, counts_as, reason in rules:
        word = found if found == counts_as else f"{found}, counts as {counts_as}"
        parts.append(Text.assemble((f"{word:<10}", STYLES[found]), f" {neutral.shorten(name, 60)}: ", _safe(reason)))
    parts += [
        Text.assemble("  ", (found, STYLES[found]), f" {neutral.shorten(subject, 80)}: ", _safe(reason))
        for subject, found, reason in numbers[:SHOWN]
    ]
    if len(numbers) > SHOWN:
        parts.append(Text(f"  and {len(numbers) - SHOWN:,} more"))
    return Group(*parts, Text(WORDS[outcome], style="bold"))


def _safe(text: str) -> str:
    return neutral.neutralise(text)
