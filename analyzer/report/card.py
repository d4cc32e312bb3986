"""The audit card: a run's corpus-wide numbers for a dataset card, as one object and as Markdown.

Every number comes with what was counted, the unit, the interval, the method, the status, and what it does not show.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.io.runs import Run
from analyzer.report import numbers
from analyzer.report.markdown import escaped, table

DOMAINS = 10  # ranked domains shown; all are in `risk`
STAGES = ("ingest", "dedup", "extract", "count", "estimate")
Card = dict[str, Any]

# (statistic, key): name, and what the number must not be taken for.
SHOWN = {
    ("singleton_rate", "prompt"): (
        "singleton rate",
        "Not the share of questions that a model will get wrong: it estimates how much of what such text says the "
        "corpus does not support at all. Missed and spurious mentions inflate it; it holds for what the extractor can "
        "read, in the mix of this corpus, and falls as a corpus grows, so corpora of other size do not compare.",
    ),
    ("corrected_singleton_rate", "prompt"): (
        "singleton rate, corrected for the extractor's measured errors",
        "Not free of errors that were not measured: the status says which. Its lower limit is the figure to rely on.",
    ),
    ("sample_coverage", "prompt"): (
        "sample coverage",
        "Not the share of the world's facts that the corpus holds: the share of statements like its own.",
    ),
    ("share_of_prompts_seen_once", "prompt"): (
        "share of prompts seen once",
        "Not the singleton rate: every prompt weighs the same here, however often it is stated, and no theorem speaks "
        "of it.",
    ),
    ("low_exposure_mass_4", "prompt"): (
        "statements of prompts that at most 4 clusters hold",
        "Not a share that a model must miss: what a model retains after four exposures is not known from the corpus.",
    ),
    ("singleton_rate", "fact"): (
        "monofact rate (Kalai and Vempala 2024)",
        "Two different answers to one question are two facts here, so conflicts and lists raise it.",
    ),
}
UNITS = {("singleton_rate", unit) for unit in ("document", "mention", "source")}
RAW = (
    "The same statements with another unit of independence, copies not joined (document, mention) or all that one "
    "source says taken together (source). Not the headline: copies are no independent evidence."
)
BOUND = (
    "Speaks of a calibrated base model that always answers, on prompts with one right answer, asked as often as the "
    "corpus states them; neither of a tuned model nor of one that may abstain. The rate that goes in is not corrected."
)


def card(run: Run) -> Card:
    """The card of a finished run as one object: plain data, names as the corpus has them."""
    text = run.read("report/summary.json")
    if text is None:
        raise InputError(f"{run.shown()}: the run has no report; `monofact report {run.shown()}` writes it")
    summary = json.loads(text)
    manifests = {stage: run.finished(stage) for stage in STAGES}
    return {
        "card": "monofact audit card",
        "schema_version": summary["schema_version"],
        "versions": summary["versions"],
        "finding": summary["verdict"]["sentence"],
        "caveats": summary["verdict"]["caveats"],
        "numbers": [*_estimates(run), *_bounds(run), *_duplicates(run)],
        "records": {
            stage: {"read": m.counts.read, "kept": m.counts.kept, "rejected": dict(m.counts.rejected)}
            for stage, m in manifests.items()
        },
        "domains": _domains(run),
        "settings": {stage: manifests[stage].settings for stage in ("dedup", "extract", "count", "estimate")},
        "fingerprints": {stage: m.fingerprint for stage, m in manifests.items()},
    }


def _estimates(run: Run) -> list[Card]:
    rows = run.table("estimates")
    corpus = rows.filter(pc.field("slice_kind") == "corpus").to_pylist()
    by = {(row["statistic"], row["key"], row["unit"]): row for row in corpus}
    found = []
    for (statistic, key), (name, silent) in SHOWN.items():
        row = by.get((statistic, key, "cluster"))
        if row is not None:
            found.append(_number(name, row, silent))
    for statistic, unit in sorted(UNITS):
        row = by.get((statistic, "prompt", unit))
        if row is not None:
            found.append(_number(f"singleton rate with {unit}s as units", row, RAW))
    return found


def _number(name: str, row: Mapping[str, Any], silent: str) -> Card:
    columns = ("value", "low", "high", "confidence", "numerator", "denominator", "unit", "method", "status")
    return {"name": name, **{column: row[column] for column in columns}, "does_not_show": silent}


def _bounds(run: Run) -> list[Card]:
    rows = run.table("bounds").filter(pc.field("slice_kind") == "corpus")
    return [_bound(row) for row in rows.sort_by([("bound", "ascending"), ("n_kind", "ascending")]).to_pylist()]


def _bound(row: Mapping[str, Any]) -> Card:
    name = f"{row['bound']}, {row['n_kind']} n"
    more = ("rate", "slack", "wrong_answers", "delta", "gamma", "covered", "conditions")
    return {
        "name": f"bound on a model's error: {name}", "value": row["value"], "low": None, "high": None,
        "confidence": 1 - row["gamma"], "numerator": None, "denominator": round(row["n"]), "unit": "cluster",
        "method": name, "status": row["status"], "does_not_show": BOUND, **{column: row[column] for column in more},
    }  # fmt: skip


def _duplicates(run: Run) -> list[Card]:
    rows = run.table("duplication").filter(pc.field("slice_kind") == "corpus").to_pylist()
    return [
        {
            "name": "share of documents that are near-duplicates of another", "value": row["share"], "low": None,
            "high": None, "confidence": None, "numerator": row["removed"], "denominator": row["documents"],
            "unit": "document", "method": "counted, not estimated: MinHash, verified", "status": "ok",
            "does_not_show": "Not what was removed: nothing was. Passages that longer texts share are not in it.",
        }
        for row in rows
    ]  # fmt: skip


def _domains(run: Run) -> list[Card]:
    risk = run.table("risk").sort_by([("rank", "ascending"), ("statements", "descending"), ("domain", "ascending")])
    columns = ("rank", "domain", "statements", "singletons", "singleton_rate", "low", "high", "common_n",
               "rarefied_rate", "rarefied_low", "rarefied_high", "status")  # fmt: skip
    return [{name: row[name] for name in columns} for row in risk.slice(0, DOMAINS).to_pylist()]


def to_json(found: Card) -> str:
    """Strict JSON in ASCII: no NaN, no control character, no text that is not escaped."""
    return json.dumps(found, indent=1, allow_nan=False) + "\n"


def to_markdown(found: Card) -> str:
    """A section for a dataset card. Names of the corpus are shown, never obeyed."""
    rows = [_row(number) for number in found["numbers"]]
    headings = ("number", "value", "interval", "counted", "unit", "method", "status")
    silent = dict.fromkeys((number["name"], number["does_not_show"]) for number in found["numbers"])
    domains = [_domain(row) for row in found["domains"]]
    records = [
        (stage, *(numbers.count(row[name]) for name in ("read", "kept")),
         escaped(", ".join(f"{reason} {n:,}" for reason, n in sorted(row["rejected"].items())) or "none", 200))
        for stage, row in found["records"].items()
    ]  # fmt: skip
    versions = ", ".join(f"{escaped(name)} {escaped(version)}" for name, version in found["versions"].items())
    prints = ", ".join(f"{stage} `{escaped(print_)}`" for stage, print_ in found["fingerprints"].items())
    return "\n".join(
        [
            "## What the corpus supports only once (monofact audit card)", "",
            f"**{found['finding']}**", "", *(f"- {caveat}" for caveat in found["caveats"]), "",
            table(headings, rows), "",
            "### What these numbers do not show", "", *(f"- {name}: {text}" for name, text in _merged(silent)), "",
            "### Domains, by the lower limit of their rate at equal N", "",
            table(("rank", "domain", "rate at equal N", "interval", "rate in the corpus", "N", "status"), domains), "",
            "### Records", "", table(("stage", "read", "kept", "rejected"), records), "",
            f"Schema {found['schema_version']}; {versions}. Fingerprints: {prints}.", "",
        ]
    )  # fmt: skip


def _merged(silent: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What several numbers share is said once."""
    by: dict[str, list[str]] = {}
    for name, text in silent:
        by.setdefault(text, []).append(name)
    return [("; ".join(names), text) for text, names in by.items()]


def _row(number: Card) -> tuple[str, ...]:
    value, low, high, n = (number[name] for name in ("value", "low", "high", "denominator"))
    at_least = f"at least {numbers.at_least(low)}" if low is not None and high is None else ""
    limits = numbers.interval(value, low, high) or at_least
    confidence = f" ({100 * number['confidence']:.4g} %)" if limits and number["confidence"] else ""
    top = number["numerator"]
    counted = f"{numbers.count(top)} / {numbers.count(n)}" if top is not None else f"n {numbers.count(n)}" if n else ""
    if value is None or value < 0:
        shown = "none" if value is None else "below 0"
    elif numbers.is_counted(number["method"]):
        shown = numbers.counted(value)
    else:
        shown = numbers.share(value, low, high, n)
    return (
        number["name"], shown, limits + confidence, counted, number["unit"],
        escaped(number["method"], 200), numbers.words(number["status"]),
    )  # fmt: skip


def _domain(row: Card) -> tuple[str, ...]:
    return (
        "" if row["rank"] is None else str(row["rank"]), escaped(row["domain"]),
        numbers.share(row["rarefied_rate"], row["rarefied_low"], row["rarefied_high"], row["common_n"]),
        numbers.interval(row["rarefied_rate"], row["rarefied_low"], row["rarefied_high"]),
        numbers.share(row["singleton_rate"], row["low"], row["high"], row["statements"]),
        numbers.count(row["statements"]), numbers.words(row["status"]),
    )  # fmt: skip
