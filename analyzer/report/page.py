"""The page of a run: a summary's figures as text, in the digits that they deserve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.report import cells, charts, glossary, html, more, numbers
from analyzer.report.model import Bound, Cell, Domain, Estimate, Relation, Step, Summary

DASH = "–"
COUNTS = ("prompts_seen_once", "chao1", "ichao1", "distinct")  # statistics that are numbers of things, not shares

ITEMS = {
    "read": "read",
    "kept": "kept",
    "documents": "documents",
    "words": "words",
    "sentences": "sentences",
    "sentences_skipped": "skipped: cannot state a fact",
    "sentences_parsed": "parsed",
    "candidates": "candidate facts",
    "mentions": "mentions kept",
    "abstentions": "of them abstentions",
    "characters": "characters of text",
    "answered_mentions": "mentions with an answer",
    "joined": "joined: lists of one sentence, sentences repeated in a cluster",
    "statements": "statements counted (N)",
    "unexplained": "not explained by any count: please report",
}


def render(summary: Summary) -> str:
    """The page of a summary: half a megabyte with the default `report.top` of 100 rows, whatever the corpus."""
    return html.render(
        "page.html.j2",
        title=summary.title,
        s=summary,
        g=glossary,
        figures={
            "domains": charts.domains(summary.domains),
            "units": charts.units(summary.domains),
            "spectrum": charts.spectrum(summary.spectrum, summary.line),
            "growth": charts.growth(summary.growth),
        },
        comparison=_comparison(summary.domains),
        more=more.rows(summary.growth, summary.accounting),
        more_said=more.sentence(summary.growth),
        steps=cells.STEPS,
        coloured=cells.COLOURED,
        shade=cells.step,
        estimate=_estimate,
        domain=_domain,
        cell=_cell,
        relation=_relation,
        bound=_bound,
        step=_step,
        setting=_setting,
        split_kind=_split_kind,
        share=numbers.share,
        counted=numbers.counted,
        interval=numbers.interval,
        at_least=numbers.at_least,
    )


def _comparison(domains: Sequence[Domain]) -> str:
    """The caption of raw against deduplicated against corrected."""
    measured = any(row.corrected_rate is not None for row in domains)
    return (
        "By mention a copy passes for support; by cluster near-duplicates count once. "
        + ("Corrected: without the extractor's measured errors. " if measured else "")
        + ("" if measured else "No rate is corrected here: the extractor's errors were not measured. ")
        + "Domains of different size must not be compared by these. Mind where the axis starts."
    )


def _estimate(row: Estimate) -> dict[str, str]:
    """One statistic as text: its value or, in words, why there is none."""
    is_share = row.denominator is not None or (row.value is not None and 0 <= row.value <= 1 and not _is_count(row))
    if row.value is None:
        value, spread = numbers.words(row.status), ""
    elif is_share and numbers.is_counted(row.method):
        value, spread = numbers.counted(row.value), ""
    elif is_share:
        value = numbers.share(row.value, row.low, row.high, row.denominator)
        spread = numbers.interval(row.value, row.low, row.high)
    else:
        value = numbers.plain(row.value)
        spread = f"{numbers.plain(row.low)}{DASH}{numbers.plain(row.high)}" if None not in (row.low, row.high) else ""
    over = f"{row.numerator:,} / {row.denominator:,}" if row.numerator is not None and row.denominator else ""
    return {"value": value, "interval": spread, "counts": over, "status": numbers.words(row.status)}


def _is_count(row: Estimate) -> bool:
    return any(row.statistic.startswith(name) for name in COUNTS)


def _domain(row: Domain) -> dict[str, str]:
    """A domain's figures as text. Rates without an interval of their own get the digits that N justifies."""
    unranked = numbers.words(row.status) if row.status != "ok" else "not compared"
    return {
        "rank": str(row.rank) if row.rank is not None else DASH,
        "equal": numbers.share(row.rarefied_rate, row.rarefied_low, row.rarefied_high, row.common_n) or unranked,
        "equal_interval": numbers.interval(row.rarefied_rate, row.rarefied_low, row.rarefied_high),
        "rate": numbers.share(row.singleton_rate, row.low, row.high, row.statements) or "undefined",
        "interval": numbers.interval(row.singleton_rate, row.low, row.high),
        "raw": numbers.share(row.raw_rate, n=row.statements) or "undefined",
        "document": numbers.share(row.document_rate, n=row.statements) or "undefined",
        "cluster": numbers.share(row.singleton_rate, n=row.statements) or "undefined",
        "corrected": numbers.share(row.corrected_rate, n=row.statements) or numbers.words("not_measured"),
        "corrected_low": f"at least {numbers.at_least(row.corrected_low)}" if row.corrected_low is not None else "",
        "bound": numbers.at_least(row.bound) if row.bound is not None and row.bound_status == "ok" else
        numbers.words(row.bound_status).partition(":")[0],
        "removed": numbers.counted(row.removed_by_dedup) or "no documents",
    }  # fmt: skip


def _cell(row: Cell) -> dict[str, str]:
    return {
        "rate": numbers.share(row.singleton_rate, row.low, row.high, row.statements),
        "interval": numbers.interval(row.singleton_rate, row.low, row.high),
        "short": f"{100 * row.singleton_rate:.0f}",
    }


def _relation(row: Relation) -> dict[str, str]:
    agreement = numbers.share(row.agreement, n=row.repeated_prompts)
    rate = row.rate
    return {
        "agreement": agreement or "no repeats",
        "functional": ("yes" if row.functional else "no") + f" ({numbers.words(row.functional_by)})",
        "effective": numbers.plain(row.effective_answers) or "no repeats",
        "rate": _estimate(rate)["value"] if rate else "not estimated",
        "interval": _estimate(rate)["interval"] if rate else "",
    }


def _bound(row: Bound) -> dict[str, str]:
    upper = row.bound.endswith("upper")
    if row.status != "ok" or row.value is None:
        value = numbers.words(row.status if row.status != "ok" else "missing").partition(":")[0]
    else:
        value = numbers.at_most(row.value) if upper else numbers.at_least(row.value)
    return {
        "name": glossary.BOUND_NAMES.get(row.bound, row.bound),
        "value": value,
        "rate": numbers.share(row.rate, n=round(row.n)) or "undefined",
        "n": f"{numbers.count(row.n)} {row.n_kind}",
        "slack": f"{row.slack:.2g}" if row.slack is not None else "undefined",
        "wrong": numbers.plain(row.wrong_answers) or "not used",
        "delta": f"{row.delta:.2g}",
        "gamma": f"{row.gamma:g}",
        "covered": numbers.share(row.covered, n=round(row.n)),
        "conditions": glossary.NOTHING_COVERED if not row.relations else row.conditions.replace("wrong_answers", "|E|"),
    }


def _step(row: Step) -> dict[str, str]:
    if row.kind == "drop" and row.item not in ITEMS:
        label = f"dropped: {row.item.replace('_', ' ')}"
    else:
        label = ITEMS.get(row.item, row.item)
    shown = "" if row.share is None else numbers.percent(row.share, 1 if row.share >= 0.001 or row.share == 0 else 4)
    width = 100 if row.share is None else min(100.0, max(0.0, 100 * row.share))
    return {"label": label, "share": shown, "width": f"{width:.1f}"}


def _split_kind(kind: str) -> str:
    return glossary.SPLIT_KINDS.get(kind, kind)


def _setting(value: Any) -> str:
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else str(value)
