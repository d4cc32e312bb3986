"""The rate that a perfect extractor would have found, and a lower limit that stays valid although ours is not perfect.

Missed mentions, invented mentions and names that were not merged all inflate the singleton rate, so an uncorrected rate
is no lower bound on anything. Merged names, copies and clustering deflate it; leaving those alone is safe.

The corrections undo what happened last first: invented statements are removed, then split names joined, then what was
missed is added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp

from analyzer.stats.coverage import log_decay
from analyzer.stats.estimate import Estimate, check_confidence
from analyzer.stats.good_turing import good_turing_missing_mass
from analyzer.stats.growth import missing_mass_after
from analyzer.stats.intervals import clopper_pearson
from analyzer.stats.spectrum import Spectrum

Measured = float | tuple[float, float] | None

# Good-Toulmin's series is believed while its standard deviation is below this share of its value; beyond it a single
# frequent key moves the result more than all singletons do, and Chao and Jost's extrapolation, which errs low, stands.
BELIEVABLE = 0.05
_UPPER = ("other_precision", "split_rate", "key_split_rate")  # the larger they are, the smaller is the rate


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of the tornado table: one measured error and what it moves. Rates, not differences.

    `estimate` and `limit` are what was measured and the conservative end of its interval; `alone` is the rate with this
    correction only, `alone_low` the same at the limit, `without` the rate with every correction but this.
    """

    name: str
    estimate: float
    limit: float
    alone: float | None
    alone_low: float | None
    without: float | None


@dataclass(frozen=True, slots=True)
class CorrectedRate:
    """The corrected rate (`estimate.low` is the conservative lower limit, there is no upper), and how it came about."""

    estimate: Estimate
    uncorrected: float | None
    missing: tuple[str, ...]
    tornado: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class _Errors:
    """Error rates as used in the formula; the defaults are those of a perfect extractor."""

    singleton_precision: float = 1.0
    other_precision: float = 1.0
    split_rate: float = 0.0
    key_split_rate: float = 0.0
    recall: float = 1.0


def correct_for_extraction(
    f1: int,
    n: int,
    *,
    recall: Measured,
    singleton_precision: Measured,
    other_precision: Measured,
    split_rate: Measured,
    key_split_rate: Measured = None,
    spectrum: Spectrum | None = None,
    rate_low: float | None = None,
    confidence: float = 0.95,
) -> CorrectedRate:
    """Correct f1/n (statements of singletons over statements) for what an audit measured of the extractor.

        rate = pi1 f1 (1 - sigma) / (pi1 f1 + pi2 (n - f1)) x M(1/q - 1)/M(0)

    singleton_precision, other_precision
        pi1, pi2: share of the singletons, and of the other statements, that the text really makes. Precision among
        singletons is far below the overall one and must be measured by itself.
    split_rate
        sigma: share of the true singletons whose fact stands elsewhere under another name.
    key_split_rate
        Used where sigma is not given: share of the mentions, singletons or not, that fall on another key than their
        thing's own, which an audit against known things measures. How many singletons that makes depends on how often
        things are repeated; `joined` says it.
    recall
        q: share of mentions that were found. What was found is a sample of share q, so the missing mass of the whole is
        M at s = 1/q - 1 more data: Good-Toulmin's series where s <= 1 and its deviation is below 5 % of it, otherwise
        the factor A^(sn) of Chao and Jost, which errs low. Needs `spectrum`. Facts that no text form lets the extractor
        find are outside of every correction.

    Each is a float (taken as the conservative limit itself), a pair (hits, trials) which need not be whole where trials
    are clustered, or None: not measured, then the correction is not made and the status says so. Without
    other_precision it counts as 1, which errs low.

    The lower limit takes every pair at its one-sided Clopper-Pearson limit and the rate at `rate_low`, the lower limit
    of a `leave_one_unit_out` at this confidence (default: Wilson's for independent statements), each at its share of
    (1 - confidence)/2, so that all hold together; and the smaller of the two factors for recall.
    """
    check_confidence(confidence)
    if n < 0 or not 0 <= f1 <= n:
        raise ValueError(f"f1 must lie between 0 and n, got {f1} of {n}")
    method = "corrected for extraction errors, conservative lower limit"
    given = _given(recall, singleton_precision, other_precision, split_rate, key_split_rate, spectrum)
    names = ("singleton_precision", "other_precision", "split_rate", "recall")
    known = given.keys() | ({"split_rate"} if "key_split_rate" in given else set())
    missing = tuple(name for name in names if name not in known)
    if n == 0:
        return CorrectedRate(Estimate(None, confidence=confidence, method=method, status="empty"), None, missing, ())
    if "singleton_precision" not in given:
        given.pop("other_precision", None)  # by itself it would raise the rate
    if not given:
        nothing = Estimate(None, None, None, confidence, method, "not_measured", f1, n)
        return CorrectedRate(nothing, f1 / n, missing, ())

    uncertain = sum(isinstance(x, tuple) for x in given.values()) + 1
    tail = (1 - confidence) / 2 / uncertain
    best, worst = _Errors(), _Errors()
    for name, share in given.items():
        best = replace(best, **{name: _point(share)})
        worst = replace(worst, **{name: _limit(share, tail, upper=name in _UPPER)})
    if rate_low is None:
        found = spectrum if spectrum is not None and spectrum.n == n else Spectrum.from_frequencies(*_two_rows(f1, n))
        rate_low = good_turing_missing_mass(found, 1 - 2 * tail, "wilson").low or 0.0
    value = _corrected(f1 / n, best, spectrum, cautious=False)
    low = _corrected(min(rate_low, f1 / n), worst, spectrum, cautious=True)
    if value is None or low is None:
        status = "empty"
    else:
        low = min(low, value)
        status = "partly_measured" if missing else "no_singletons" if f1 == 0 else "ok"
    estimate = Estimate(value, low, None, confidence, method, status, f1, n)
    return CorrectedRate(estimate, f1 / n, missing, _tornado(f1 / n, given, best, worst, spectrum))


def _given(
    recall: Measured,
    singleton: Measured,
    other: Measured,
    split: Measured,
    key_split: Measured,
    spectrum: Spectrum | None,
) -> dict[str, float | tuple[float, float]]:
    """What was measured, by name; an audit of no trials and a recall without a spectrum count as not measured."""
    everything: dict[str, Measured] = {
        "singleton_precision": singleton,
        "other_precision": other,
        "split_rate": split,
        "key_split_rate": key_split if split is None else None,
        "recall": recall if spectrum is not None and spectrum.r else None,
    }
    measured = {k: v for k, v in everything.items() if v is not None and not (isinstance(v, tuple) and v[1] == 0)}
    for name, value in measured.items():
        point = _point(value)
        if not 0 <= point <= 1 or (name == "recall" and point == 0):
            raise ValueError(f"{name} is a share between 0 and 1 (recall above 0), got {value}")
    return measured


def _point(value: float | tuple[float, float]) -> float:
    return value[0] / value[1] if isinstance(value, tuple) else float(value)


def _limit(value: float | tuple[float, float], tail: float, upper: bool) -> float:
    """The end of the interval that makes the rate smaller, wrong with probability `tail`."""
    if not isinstance(value, tuple):
        return float(value)
    return clopper_pearson(value[0], value[1], 1 - 2 * tail)[1 if upper else 0]


def _two_rows(f1: int, n: int) -> tuple[list[int], list[int]]:
    """A spectrum of f1 singletons and everything else in one key, when nothing more is known."""
    rest = n - f1
    if rest == 1:
        return [1], [n]
    rows = [(1, f1)] * (f1 > 0) + [(rest, 1)] * (rest > 1)
    return [r for r, _ in rows], [f for _, f in rows]


def _corrected(rate: float, errors: _Errors, spectrum: Spectrum | None, cautious: bool) -> float | None:
    """The formula of `correct_for_extraction`; None if no statement is left."""
    true_singles, true_others = errors.singleton_precision * rate, errors.other_precision * (1 - rate)
    if true_singles + true_others <= 0:
        return None
    merged = true_singles * (1 - errors.split_rate) / (true_singles + true_others)
    merged = joined(merged, errors.key_split_rate, cautious)
    return merged * (_recall_factor(errors, spectrum, cautious) if spectrum is not None else 1.0)


def joined(rate: float, key_split_rate: float, cautious: bool) -> float:
    """The rate S of unsplit keys, if a share s of the mentions falls on a key of its own.

    With m_j the share of the statements whose prompt stands j times, rate = s + (1-s)(S + sum_{j>=2} m_j s^(j-1)), and
    the sum lies between 0 and s(1-S). Solved for S with the sum 0, or with its upper end where `cautious`.
    """
    s = key_split_rate
    if s <= 0:
        return rate
    if s >= 1:
        return 0.0
    once = (rate - s) / (1 - s)
    return max(0.0, (once - s) / (1 - s) if cautious else once)


def _recall_factor(errors: _Errors, spectrum: Spectrum, cautious: bool) -> float:
    """M(1/q - 1)/M(0) <= 1 of the spectrum without invented and split singletons."""
    if errors.recall >= 1 or spectrum.f(1) == 0:
        return 1.0
    s = 1 / errors.recall - 1
    f1 = spectrum.f(1) * errors.singleton_precision * (1 - errors.split_rate)
    seen = f1 / spectrum.n
    f1 *= joined(seen, errors.key_split_rate, cautious) / seen if seen > 0 else 1.0
    decay, _ = log_decay(spectrum.n, f1, spectrum.f(2) * errors.other_precision)
    chao_jost = exp(s * spectrum.n * decay) if decay < 0 else 1.0
    now = f1 / spectrum.n
    if s > 1 or now <= 0:
        return chao_jost
    mass, deviation = missing_mass_after(spectrum, s)
    series = 1 + errors.other_precision * (mass - spectrum.f(1) / spectrum.n) / now
    believable = 0 < series <= 1 and deviation <= BELIEVABLE * mass
    if not believable:
        return chao_jost
    return min(series, chao_jost) if cautious else series


def _tornado(
    rate: float, given: dict[str, float | tuple[float, float]], best: _Errors, worst: _Errors, spectrum: Spectrum | None
) -> tuple[Correction, ...]:
    perfect = _Errors()
    rows = []
    for name in given:
        estimate, limit, none = getattr(best, name), getattr(worst, name), getattr(perfect, name)
        alone = _corrected(rate, replace(perfect, **{name: estimate}), spectrum, cautious=False)
        alone_low = _corrected(rate, replace(perfect, **{name: limit}), spectrum, cautious=True)
        without = _corrected(rate, replace(best, **{name: none}), spectrum, cautious=False)
        rows.append(Correction(name, estimate, limit, alone, alone_low, without))
    return tuple(rows)
