"""How much more data: what the growth curve says of a corpus half as large again, twice and four times as large."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.report import numbers
from analyzer.report.model import GrowthPoint, Step

LEAST_CHANGE = 0.005  # of the rate: below half a point a change is called none


def rows(growth: Sequence[GrowthPoint], accounting: Sequence[Step]) -> list[dict[str, str]]:
    """Each larger corpus: its size, what it has more of statements and words like these, and the rate expected there.

    Words are in proportion to statements. Empty where there is no curve.
    """
    here = _here(growth)
    if here is None:
        return []
    words = next((step.count for step in accounting if step.item == "words"), None)
    found = []
    for point in growth:
        if point.statements <= here.statements:
            continue
        factor = point.statements / here.statements
        found.append(
            {
                "size": f"{factor:.3g} times",
                "statements": numbers.count(point.statements - here.statements),
                "words": numbers.count(_three(words * (factor - 1))) if words else "not counted",
                "rate": numbers.share(point.value, point.low, point.high) or "undefined",
                "interval": numbers.interval(point.value, point.low, point.high),
                "status": numbers.words(point.status),
            }
        )
    return found


def sentence(growth: Sequence[GrowthPoint]) -> str:
    """What twice the data would do to the rate. "" where the curve does not say."""
    here = _here(growth)
    twice = next((p for p in growth if here and p.value is not None and _twice(p, here)), None)
    if here is None or here.value is None or twice is None or twice.value is None:
        return ""
    shown = numbers.share(twice.value, twice.low, twice.high)
    spread = numbers.interval(twice.value, twice.low, twice.high, " to ")
    change = here.value - twice.value
    if abs(change) < LEAST_CHANGE:
        effect = "about what it is now: more of the same would not mend it"
    else:
        effect = f"{abs(100 * change):.2g} points {'less' if change > 0 else 'more'} than now"
    return (
        f"Twice as much data of the same kind would leave a singleton rate of {shown}"
        f"{f' ({spread})' if spread else ''}, {effect}. Text of another kind, or sources that state the same facts "
        "independently, may do more; copies do nothing."
    )


def _here(growth: Sequence[GrowthPoint]) -> GrowthPoint | None:
    return next((p for p in growth if p.method == "observed" and p.value is not None and p.statements > 0), None)


def _twice(point: GrowthPoint, here: GrowthPoint) -> bool:
    return abs(point.statements / here.statements - 2) < 1e-6 and point.status != "beyond_twice"


def _three(number: float) -> float:
    """To three digits: a proportion deserves no more."""
    return float(f"{number:.3g}")
