"""What every estimator returns, and the words it may use to say how far its number can be trusted.

A number that is undefined is `None` with a status that says why; it is never NaN, a guess or an exception. In the array
forms, which serve 10^5 slices at once, NaN stands where an `Estimate` holds None (Arrow turns it to null with
`from_pandas=True`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.str_]

STATUSES: dict[str, str] = {
    "ok": "computed, nothing to warn of",
    "clipped": "an end of the interval, or the value, lay outside the possible range and was moved to its edge",
    "empty": "nothing was counted, so there is no value",
    "one_unit": "a single unit: no variance can be estimated, the interval is everything that is possible",
    "no_singletons": "nothing was seen exactly once: the value is 0, only its upper limit says anything",
    "all_singletons": "everything was seen exactly once: the value is 1, only its lower limit says anything",
    "no_doubletons": "nothing was seen exactly twice: a fallback formula was used",
    "all_once": "everything was seen exactly once: nothing can be said about other sizes",
    "one_singleton": "one singleton and no doubleton: too little for the correction, the uncorrected value stands",
    "beyond_twice": "extrapolated beyond twice the data: not to be trusted",
    "beyond_range": "extrapolated beyond the range in which the estimator is valid",
    "unreachable": "no sample size reaches this target under the fitted model",
    "too_few_groups": "fewer than two groups: no jackknife variance",
    "no_variance": "all replicates are equal, so no variance can be estimated: the interval is everything possible",
    "too_few_frequencies": "fewer than two distinct frequencies: no line can be fitted",
    "slope_above_minus_one": "the fitted line is too flat for Simple Good-Turing (slope > -1): no discounts",
    "zeros_replaced": "a frequency in a denominator was 0 and 1 was added, as the source does",
    "not_measured": "the errors of the extractor were not measured, so nothing was corrected",
    "partly_measured": "some errors of the extractor were not measured and are not corrected",
    "too_few_documents": "the variance rests on so few documents that the interval is not to be believed",
    "too_few_singletons": "too few singletons of functional declared relations to tell how many are split off",
    "vacuous": "the bound says nothing at this size",
    "conditions_not_met": "a condition of the theorem fails, so there is no bound",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its interval and where it came from.

    `numerator` and `denominator` are the counts behind a rate, `unit` what was counted as one independent
    observation. `status` is a key of `STATUSES`.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    method: str = ""
    status: str = "ok"
    numerator: int | None = None
    denominator: int | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is not one of {', '.join(STATUSES)}")


class RateArrays(NamedTuple):
    """Rates of many slices: four arrays of one shape; NaN in `value`, `low`, `high` means None."""

    value: Floats
    low: Floats
    high: Floats
    status: Texts


def check_confidence(confidence: float) -> float:
    """`confidence` if it is a probability strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie strictly between 0 and 1, got {confidence}")
    return float(confidence)


def clip_unit(low: float, high: float, status: str = "ok") -> tuple[float, float, str]:
    """Ends moved into [0, 1]; an "ok" becomes "clipped" only if one of them really moved."""
    inside_low, inside_high = min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)
    moved = (inside_low, inside_high) != (low, high)
    return inside_low, inside_high, "clipped" if moved and status == "ok" else status
