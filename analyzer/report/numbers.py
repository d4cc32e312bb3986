"""Figures as they are printed: no more digits than the interval justifies, limits rounded outward, gaps in words."""

from __future__ import annotations

import math

MOST_PLACES = 4  # decimals of a percentage; N = 10^10 statements do not justify more
SPACE = "\N{NARROW NO-BREAK SPACE}"

WORDS = {
    "ok": "ok",
    "clipped": "interval cut at 0 or 100 %",
    "empty": "no statements",
    "no_statements": "no statements",
    "undefined": "undefined",
    "missing": "not estimated",
    "too_small": "too small to rank",
    "too_few_units": "too few documents",
    "vacuous": "vacuous: it says nothing at this size",
    "conditions_not_met": "conditions not met",
    "beyond_twice": "beyond twice the observed size: not to be trusted",
    "one_unit": "only one independent unit: no interval",
    "no_singletons": "no singletons",
    "all_singletons": "every prompt is a singleton",
    "all_once": "every prompt stands once",
    "beyond_range": "beyond the range of the estimator",
    "unreachable": "not reachable by more of the same",
    "zeros_replaced": "zero frequencies were replaced",
    "partly_measured": "only some extraction errors were measured",
    "not_measured": "not measured",
    "too_few_singletons": "too few singletons of functional relations to tell",
}


def words(status: str) -> str:
    """A status as a reader would say it."""
    return WORDS.get(status, status.replace("_", " ").strip() or "not estimated")


def count(number: int | float | None) -> str:
    """A whole number with separators; a dash in words where there is none."""
    return "not counted" if number is None else f"{round(number):,}"


def places(half_width: float) -> int:
    """Decimals that an uncertainty justifies: up to its first digit, one more if that digit is 1 or 2."""
    exponent: int = math.floor(math.log10(half_width))
    first = math.floor(half_width / 10.0**exponent + 1e-9)
    return min(MOST_PLACES, max(0, -exponent + (first < 3)))


def share_places(value: float, low: float | None, high: float | None, n: int | None) -> int:
    """Decimals of a percentage: from its interval, else from n draws, else two digits.

    The half width of a 95 % interval for a share of n independent draws is at most .98 / sqrt(n).
    """
    if low is not None and high is not None and high > low:
        return places(50 * (high - low))
    if n:
        return places(98 / math.sqrt(n))
    return _two_digits(value)


def percent(value: float, decimals: int) -> str:
    """`38.2 %`."""
    return f"{100 * value:.{decimals}f}{SPACE}%"


def share(value: float | None, low: float | None = None, high: float | None = None, n: int | None = None) -> str:
    """A share as a percentage with as many decimals as its interval (or else its n) justifies; "" for a gap."""
    return "" if value is None else percent(value, share_places(value, low, high, n))


def is_counted(method: str) -> bool:
    """Whether a number's method says that it was counted; in a sample a count is an estimate, and its method longer."""
    return method.partition(":")[0] == "counted, not estimated"


def counted(value: float | None) -> str:
    """A share that was counted, not estimated: two digits, and never 0 or 100 % of what is some or not all."""
    if value is None:
        return ""
    return percent(value, max(_two_digits(value), _two_digits(1 - value)) if 0 < value < 1 else 0)


def interval(value: float | None, low: float | None, high: float | None, joint: str = "–") -> str:
    """`37.4–39.0 %`, rounded outward so that what is printed covers what was computed; "" without limits."""
    if value is None or low is None or high is None:
        return ""
    decimals = share_places(value, low, high, None)
    return f"{100 * down(low, decimals):.{decimals}f}{joint}{percent(up(high, decimals), decimals)}"


def at_least(value: float) -> str:
    """A lower bound as a percentage of two digits, rounded down."""
    decimals = _two_digits(value)
    return percent(down(value, decimals), decimals)


def at_most(value: float) -> str:
    """An upper bound as a percentage of two digits, rounded up."""
    decimals = _two_digits(value)
    return percent(up(value, decimals), decimals)


def _two_digits(value: float) -> int:
    """Decimals that leave a percentage two digits, for want of an interval."""
    return min(MOST_PLACES, max(0, 1 - math.floor(math.log10(100 * value)))) if value > 0 else 0


def down(share: float, decimals: int) -> float:
    """The share rounded down to decimals of a percentage; a float's last bits do not count."""
    scale = 10.0 ** (decimals + 2)
    return math.floor(share * scale + 1e-7) / scale


def up(share: float, decimals: int) -> float:
    """The share rounded up to decimals of a percentage."""
    scale = 10.0 ** (decimals + 2)
    return math.ceil(share * scale - 1e-7) / scale


def plain(value: float | None) -> str:
    """A number that is not a share, to three digits; whole numbers from a thousand on."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:.3g}"
