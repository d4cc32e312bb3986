"""What a sampled audit says of itself: that it is one, of what share, what its interval holds, what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from analyzer.report import numbers
from analyzer.report.model import Estimate, Sample, Verdict

WHOLE = "whole_singleton_rate"
TITLE = " (from a sample)"


def sample(stages: Sequence[Mapping[str, Any]], estimates: Iterable[Estimate]) -> Sample | None:
    """From the notes in the manifests of extract and count; None for an audit of everything."""
    whole = next((e for e in estimates if e.statistic == WHOLE), None)
    notes = {str(stage.get("stage")): (stage.get("notes") or {}).get("sample") for stage in stages}
    if (found := notes.get("extract")) is not None:
        return Sample("documents", found["share"], found["clusters"], found["of_clusters"], whole)
    if (found := notes.get("count")) is not None:
        return Sample("keys", found["share"], found["mentions"], found["of_mentions"], whole)
    return None


def of_dict(found: Mapping[str, Any] | None) -> Sample | None:
    """As stored in summary.json."""
    if found is None:
        return None
    return Sample(**{**found, "whole": Estimate(**found["whole"]) if found["whole"] else None})


def told(verdict: Verdict, rate: Estimate, found: Sample | None) -> Verdict:
    """The verdict as that of a sample; itself for an audit of everything."""
    if found is None:
        return verdict
    sentence, caveats = (_of_documents if found.kind == "documents" else _of_keys)(verdict, rate, found)
    return replace(verdict, sentence=sentence, caveats=(*caveats, *verdict.caveats))


def _of_documents(verdict: Verdict, rate: Estimate, found: Sample) -> tuple[str, tuple[str, ...]]:
    percent = f"{100 * found.share:.4g}{numbers.SPACE}%"
    drawn = f"This is a sample: {percent} of the corpus, {found.drawn:,} of {found.of:,} clusters of near-duplicates."
    whole = found.whole
    if whole is None or whole.value is None or rate.value is None:
        return f"{drawn} It is too small to say anything of the whole. {verdict.sentence}", ()
    shown = numbers.share(whole.value, whole.low, whole.high, rate.denominator)
    limits = numbers.interval(whole.value, whole.low, whole.high, " to ")
    sentence = (
        f"{drawn} In the whole corpus an estimated {shown} of the answered statements answer a question that it "
        f"answers in only one independent place ({_confidence(whole)}interval {limits}, extrapolated; one place is one "
        "cluster of near-duplicate documents)."
    )
    own = numbers.share(rate.value, rate.low, rate.high, rate.denominator)
    return sentence, (
        "The interval holds the drawing of the sample and every way in which the rate may fall as documents are "
        "added, from not at all to as fast as it fell at the end of the sample; the estimate between them rests on a "
        "model of growth.",
        f"The sample's own rate, {own}, is not the corpus': with fewer documents more facts stand alone. The same "
        "holds for every domain, source and relation below: their order at equal N can be read, their values for the "
        "whole cannot. What only documents outside the sample state is not in this run.",
    )


def _of_keys(verdict: Verdict, rate: Estimate, found: Sample) -> tuple[str, tuple[str, ...]]:
    every = round(1 / found.share)
    drawn = (
        f"This is a sample: one prompt in {every} was counted, with all its mentions, and every frequent prompt "
        f"({found.drawn:,} of {found.of:,} mentions). By its estimate: "
    )
    whole, caveats = found.whole, []
    if whole is not None and whole.value is not None:
        limits = numbers.interval(whole.value, whole.low, whole.high, " to ")
        caveats.append(
            f"A count of all prompts would find a rate of {limits or numbers.share(whole.value)} "
            f"({_confidence(whole)}interval over which prompts were drawn). The interval above holds that and which "
            "documents the corpus happens to have."
        )
    caveats.append(
        "Numbers of statements, and the spectrum, are estimates for the whole corpus. Second names of one thing, "
        "answers beyond an n-gram window and bounds are not estimated from a sample; intervals at equal N and of "
        "growth leave out which prompts were drawn."
    )
    return drawn + verdict.sentence, tuple(caveats)


def _confidence(of: Estimate) -> str:
    return f"{100 * of.confidence:.4g}{numbers.SPACE}% " if of.confidence else ""
