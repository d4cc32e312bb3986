"""The page of a quality card: what was measured of the extractor, on what, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.report import html, numbers

Row = Mapping[str, Any]

# measure -> (its name, what is counted), in the order of the page
MEASURES: dict[str, tuple[str, str]] = {
    "precision": ("Precision", "Right mentions among those that can be judged."),
    "precision_span_overlap": (
        "Precision, span overlap",
        "The data set's own criterion: gold mentions matched over these and the mentions that match none.",
    ),
    "precision_strict": ("Precision, unknown as wrong", "The same where a pair that gold does not relate is wrong."),
    "precision_unsure_wrong": ("Precision, unsure as wrong", "The same where what a person was unsure of is wrong."),
    "unknown_pairs": ("Unknown pairs", "Mentions between two entities that gold does not relate, so nobody can judge."),
    "unsure": ("Unsure", "Statements of which the person who marked them was unsure."),
    "mention_recall": ("Mention recall", "Gold mentions that were found."),
    "fact_recall": ("Fact recall", "Gold facts of which at least one mention was found."),
    "any_link": (
        "Any link",
        "Gold facts whose subject and answer some mention joins, by a declared or an open relation.",
    ),
    "key_split_rate": (
        "Key-split rate",
        "Right mentions counted under another key than most mentions of their thing: each may pass for a singleton.",
    ),
    "mixed_key_rate": ("Mixed-key rate", "Keys that hold right mentions of two things or more."),
    "alias_precision": ("Alias precision", "Pairs of names joined by the extractor which gold joins, too."),
    "alias_recall": ("Alias recall", "Pairs of names joined by gold which the extractor joins, too."),
    "alias_f1": ("Alias F1", "Harmonic mean of the two, of all pairs together."),
    "pronoun_precision": ("Pronoun precision", "Resolved pronouns that got the name which a person says they mean."),
    "pronoun_recall": ("Pronoun recall", "Pronouns that mean one of the two names and got it."),
    "pronoun_declined": ("Pronouns declined", "Pronouns for which nobody is named: their mention is dropped."),
}
STRATA = {
    "all": "all",
    "singleton": "stated once",
    "other": "stated more often",
    "PER": "persons",
    "ORG": "organisations",
    "LOC": "places",
    "MISC": "other names",
    "TIME": "dates",
    "NUM": "numbers",
}
INPUTS = {
    "recall": "Recall",
    "singleton_precision": "Precision among what is stated once",
    "other_precision": "Precision among what is stated more often",
    "key_split_rate": "Key-split rate",
}
BY_RELATION = ("precision", "mention_recall", "fact_recall")
DOCUMENT = "document"
KINDS = {
    "knowledgenet": "web and encyclopedia passages whose facts are marked exhaustively for the properties asked for",
    "redocred": "introductions of encyclopedia articles with entities and the relations between them",
    "gap": "pronouns chosen for being ambiguous, each with two names",
    "marks": "statements of a run, marked by a person",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A share as text."""

    value: str
    interval: str
    counts: str
    effective: str


def render(card: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """The page of a card (quality.json as a mapping) and its rows (the table `quality`)."""
    sets = [_gold(source, [row for row in rows if row["gold"] == source["name"]]) for source in card["gold"]]
    return html.render(
        "quality.html.j2",
        title="How good are the facts?",
        verdict=_verdict(card["inputs"]),
        caveats=_caveats(card["inputs"]),
        sets=sets,
        inputs=[
            (tier, [(INPUTS[name], figure(value), value["gold"]) for name, value in sorted(given.items())])
            for tier, given in card["inputs"].items()
        ],
        measures=[MEASURES[name] for name in MEASURES if any(row["measure"] == name for row in rows)],
        extractor=sorted(card["extractor"].items()),
        fingerprint=card["fingerprint"],
        confidence=sorted({numbers.percent(row["confidence"], 0) for row in rows}),
    )


def figure(row: Row) -> Figure:
    """Value, interval and counts in the digits that the interval justifies; why there is none in words."""
    if row["value"] is None:
        return Figure(numbers.words(str(row.get("status", "empty"))), "", "", "")
    value, low, high = row["value"], row["low"], row["high"]
    return Figure(
        numbers.share(value, low, high, row["denominator"]),
        numbers.interval(value, low, high),
        f"{row['numerator']:,} / {row['denominator']:,}",
        f"{row['effective']:,.0f}" if row["effective"] is not None else "",
    )


def _gold(source: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    order = {name: i for i, name in enumerate(MEASURES)}
    strata = {name: i for i, name in enumerate(STRATA)}
    pooled = sorted(
        (row for row in rows if row["relation"] == "*" and row["measure"] in order),
        key=lambda r: (order[r["measure"]], r["level"], strata.get(r["stratum"], len(strata)), r["stratum"], r["tier"]),
    )
    return {
        "source": source,
        "kind": KINDS.get(source["kind"], source["kind"]),
        "rejected": sum(source.get("rejected", {}).values()),
        "pooled": [
            (MEASURES[row["measure"]][0], _stratum(row), _tier(row), row["level"], figure(row)) for row in pooled
        ],
        "relations": _relations(rows),
    }


def _stratum(row: Row) -> str:
    return STRATA.get(row["stratum"], str(row["stratum"]))


def _tier(row: Row) -> str:
    return {"*": "both", "typed": "declared"}.get(row["tier"], str(row["tier"]))


def _relations(rows: Sequence[Row]) -> list[tuple[str, list[Figure | None]]]:
    """(relation, precision, mention recall, fact recall) at document level, those with most items first."""
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row["level"] == DOCUMENT and row["relation"] != "*" and row["stratum"] == "all" and row["tier"] == "typed":
            found.setdefault(row["relation"], {})[row["measure"]] = row
    weight = {name: max(row["denominator"] for row in of.values()) for name, of in found.items()}
    return [
        (name, [figure(found[name][m]) if m in found[name] else None for m in BY_RELATION])
        for name in sorted(found, key=lambda n: (-weight[n], n))
        if any(m in found[name] for m in BY_RELATION)
    ]


def _verdict(inputs: Mapping[str, Mapping[str, Row]]) -> str:
    """The one sentence: precision where it matters most, and recall."""
    tier = "all" if "singleton_precision" in inputs.get("all", {}) else "typed"
    given = inputs.get(tier, {})
    once, recall = given.get("singleton_precision"), given.get("recall")
    what = "the statements" if tier == "all" else "the statements of declared relations"
    parts = []
    if once:
        shown = figure(once)
        parts.append(f"Of {what} that stand once, {shown.value} are right ({shown.interval})")
    if recall:
        shown = figure(recall)
        parts.append(f"{'o' if parts else 'O'}f what a person finds, {shown.value} is found ({shown.interval})")
    return "; ".join(parts) + "." if parts else "Nothing that corrects a rate was measured here."


def _caveats(inputs: Mapping[str, Mapping[str, Row]]) -> list[str]:
    missing = [INPUTS[name].lower() for name in INPUTS if name not in inputs.get("typed", {})]
    told = []
    if missing:
        told.append(f"Not measured for declared relations: {', '.join(missing)}. Corrected rates will say so.")
    if "singleton_precision" not in inputs.get("all", {}):
        told.append(
            "Open relations were not measured: no gold set knows them. A run that counts them is corrected only in its "
            "slice of declared relations, until a sample of it is marked (monofact quality --annotate RUN)."
        )
    told.append("Gold sets are other texts than yours; a marked sample of the run itself is the better measure.")
    return told
