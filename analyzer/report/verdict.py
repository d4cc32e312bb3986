"""The finding in sentences: one a manager can repeat and a statistician would sign, then what it must not be taken for.

No corpus text enters a verdict, so it can be shown anywhere as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.report import numbers
from analyzer.report.model import Bound, Estimate, Verdict

UNITS = {
    "cluster": "one cluster of near-duplicate documents",
    "document": "one document",
    "mention": "one mention",
    "source": "one source",
}

COMPLETE = ("ok", "clipped", "no_singletons")  # statuses of a rate that was corrected for every kind of error
NAMES = {"theorem2_refined": "refined form of Theorem 2", "theorem2_literal": "Theorem 2"}


def verdict(
    rate: Estimate,
    corrected: Estimate | None,
    bounds: Sequence[Bound],
    *,
    prompts: int,
    documents: int | None,
    delta_measured: bool,
    alarm: str | None = None,
) -> Verdict:
    """The verdict on a corpus from its singleton rate, the corrected rate if there is one, and its bounds.

    `alarm` is a sentence of its own among the caveats, the first of them.
    """
    first = (alarm,) if alarm else ()
    bound = headline_bound(bounds)
    bound_status = bound.status if bound else "missing"
    if not rate.denominator and not prompts:
        read = f" in {documents:,} documents" if documents else ""
        sentence = f"No answered statement was found{read}, so nothing can be said about what this corpus supports."
        hint = "The accounting shows where records and sentences were dropped. Nothing found is not a rate of zero."
        return Verdict("empty", bound_status, sentence, (*first, hint))
    if rate.value is None:
        sentence = f"{_statements(rate)}, but their singleton rate has no value: {numbers.words(rate.status)}."
        return Verdict("undefined", bound_status, sentence, (*first, _bound(bound, delta_measured)))
    known = corrected is not None and corrected.value is not None and corrected.status in COMPLETE
    caveats = (_extraction(rate, corrected), _bound(bound, delta_measured))
    if rate.low is None or rate.high is None:
        return Verdict("no_interval", bound_status, _finding(rate), (*first, _no_interval(rate), *caveats))
    return Verdict("corrected" if known else "uncorrected", bound_status, _finding(rate), (*first, *caveats))


def headline_bound(bounds: Sequence[Bound]) -> Bound | None:
    """The refined bound at the effective number of samples, the one whose premise statements in clusters can meet."""
    order = (("theorem2_refined", "effective"), ("theorem2_refined", "literal"), ("theorem2_literal", "effective"))
    found = {(bound.bound, bound.n_kind): bound for bound in bounds}
    return next((found[name] for name in order if name in found), None)


def _finding(rate: Estimate) -> str:
    shown = numbers.share(rate.value, rate.low, rate.high, rate.denominator)
    limits = numbers.interval(rate.value, rate.low, rate.high, " to ")
    confidence = f"{100 * rate.confidence:.4g}{numbers.SPACE}% " if rate.confidence else ""
    spread = f"{confidence}interval {limits}; " if limits else ""
    n = f"{rate.denominator:,} " if rate.denominator else ""
    return (
        f"{shown} of the {n}answered statements in this corpus answer a question that it answers "
        f"in only one independent place ({spread}one place is {UNITS.get(rate.unit, rate.unit)})."
    )


def _statements(rate: Estimate) -> str:
    return f"Answered statements were found ({rate.denominator:,})" if rate.denominator else "Prompts were found"


def _no_interval(rate: Estimate) -> str:
    why = "" if rate.status in ("ok", "clipped") else f" ({numbers.words(rate.status)})"
    return f"No interval could be computed{why}: do not compare this figure with another corpus or another run."


def _extraction(rate: Estimate, corrected: Estimate | None) -> str:
    if corrected is None or corrected.value is None:
        return (
            "This rate is not corrected for extraction errors. Missed and spurious mentions inflate it, "
            "so it is no lower bound on what a model will get wrong."
        )
    shown = numbers.share(corrected.value, corrected.low, corrected.high, rate.denominator)
    floor = f", at least {numbers.at_least(corrected.low)}" if corrected.low is not None else ", without a lower limit"
    if corrected.status in COMPLETE:
        return f"Corrected for the extractor's measured errors the rate is {shown}{floor}."
    return (
        f"Corrected for those extraction errors that were measured the rate is {shown}{floor}. "
        "The errors that were not measured inflate it still, so it is no lower bound on what a model will get wrong."
    )


def _bound(bound: Bound | None, delta_measured: bool) -> str:
    if bound is None:
        return "No bound on a model's errors was computed."
    if bound.status == "vacuous":
        return (
            "The theorem's lower bound is vacuous here: its finite-sample terms use up the whole rate. "
            "That is a fact about the size of the sample and no sign of safety."
        )
    if bound.status == "conditions_not_met" and not bound.relations:
        return (
            "No lower bound is given: the theorem speaks of relations with one right answer, "
            "and none of these is stated often enough here."
        )
    if bound.value is None or bound.status != "ok":
        return f"No lower bound is given ({numbers.words(bound.status)})."
    delta = "as measured" if delta_measured else "which was assumed, not measured"
    miscalibration = f"miscalibration {numbers.share(bound.delta)}" if bound.delta else "no miscalibration"
    return (
        f"The theorem's lower bound is {numbers.at_least(bound.value)}: a base model with {miscalibration} "
        f"({delta}) that always answers errs on at least that share of the questions it covers, asked as often as the "
        f"corpus states them ({NAMES.get(bound.bound, bound.bound)}, {bound.n_kind} n, may fail with chance "
        f"{bound.gamma:g}, covers {numbers.share(bound.covered, n=round(bound.n))} of the statements). "
        "The rate that goes in is not corrected for extraction errors, which inflate it: "
        "the bound is worth as much as the extraction."
    )
