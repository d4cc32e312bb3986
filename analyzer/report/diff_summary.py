"""What two runs differ in, in sentences and short lists: for the page, the terminal and --json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from analyzer.report import neutral, numbers

EQUAL_N, IN_CORPUS = "equal_n", "in_corpus"
SHOWN = 100  # slices in a list; the tables hold all
NAMED = 6  # slices named in a sentence
PLACES = ("domain", "source")
MINUS = "\N{MINUS SIGN}"
Row = dict[str, Any]


def summarise(differences: pa.Table, turnover: pa.Table, about: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON-able summary of the tables `differences` and `turnover`; `about` is handed through.

    changed: slices that differ beyond chance. dependent: domains and sources of which no cluster entered or left, but
    whose rate is another because of what else is in the corpus; their difference is a count of these two runs.
    """
    rows, moved = differences.to_pylist(), turnover.to_pylist()
    corpus = {row["measure"]: row for row in rows if row["slice_kind"] == "corpus"}
    total = {row["item"]: row for row in moved if row["slice_kind"] == "corpus"}
    slices = [row for row in rows if row["slice_kind"] != "corpus"]
    changed = sorted((r for r in slices if r["changed"]), key=lambda r: (-abs(r["difference"]), *_at(r)))
    dependent = sorted((r for r in slices if _depends(r)), key=lambda r: (-abs(_turned(r)), *_at(r)))
    places = [row for row in moved if row["item"] == "documents" and row["slice_kind"] in PLACES]
    states = {s: [r for r in places if r["state"] == s] for s in ("new", "gone", "nearly_all_duplicates")}
    return {
        "sentence": _sentence(rows, corpus.get(EQUAL_N), corpus.get(IN_CORPUS), _equal(rows, moved)),
        "notes": _notes(slices, corpus.get(IN_CORPUS), dependent, states, about),
        "equal": _equal(rows, moved),
        "corpus": corpus,
        "turnover": total,
        "changed": changed[:SHOWN],
        "changed_total": len(changed),
        "dependent": [row | {"turned": _turned(row)} for row in dependent[:SHOWN]],
        "dependent_total": len(dependent),
        "states": {name: found[:SHOWN] for name, found in states.items()},
        "states_total": {name: len(found) for name, found in states.items()},
        "places": sorted(places, key=lambda r: (-(r["left"] + r["entered"]), *_at(r)))[:SHOWN],
        "places_total": len(places),
        "slices": [r for r in slices if r["p_value"] is not None],
        "about": dict(about),
    }


def _at(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row.get("measure", ""), row["slice_kind"], row["slice"])


def _turned(row: Mapping[str, Any]) -> int:
    """Statements that more (or fewer) stand alone in B."""
    return int(row["singletons_b"] - row["singletons_a"])


def _depends(row: Mapping[str, Any]) -> bool:
    whole = row["measure"] == IN_CORPUS and row["slice_kind"] in PLACES
    return whole and row["units_a"] == row["units_b"] == row["units_shared"] and _turned(row) != 0


def _equal(rows: Sequence[Row], moved: Sequence[Row]) -> bool:
    """Nothing entered, nothing left, and no rate differs."""
    still = all(r["left"] == r["entered"] == 0 and r["in_a"] == r["in_b"] for r in moved)
    return still and all(r["singletons_a"] == r["singletons_b"] and r["difference"] in (None, 0) for r in rows)


def _sentence(rows: Sequence[Row], equal_n: Row | None, whole: Row | None, equal: bool) -> str:
    if not rows:
        return "Neither run holds an answered statement, so there is nothing to compare."
    if equal:
        return "The two runs do not differ: the same texts, the same clusters, the same rate in every slice."
    if equal_n is not None and equal_n["difference"] is not None:
        n = f"At equal N ({equal_n['n']:,} answered statements) the singleton rate"
        return f"{n} is {_rates(equal_n)}: {_change(equal_n)}."
    if whole is not None and whole["rate_a"] is not None and whole["rate_b"] is not None:
        return (
            "One of the runs is too small for a comparison at equal N; as it stands the singleton rate is "
            f"{_rates(whole)}."
        )
    return "One of the runs holds no answered statement, so there is nothing to compare."


def _rates(row: Row) -> str:
    # Two rates that are compared get as many decimals as their difference deserves.
    n = row["n"] or min(row["statements_a"], row["statements_b"])
    a, b = (numbers.share(row[name], row["low"], row["high"], n) for name in ("rate_a", "rate_b"))
    return f"{a} in A and {b} in B"


def _change(row: Row) -> str:
    if row["status"] == "same":
        return "no difference"
    if row["difference"] == 0:
        return f"no difference ({limits(row)})"
    word = "a rise" if row["difference"] > 0 else "a fall"
    size = points(abs(row["difference"]), row["low"], row["high"])
    chance = "more than chance explains" if row["changed"] else "which chance alone can explain"
    return f"{word} of {size} percentage points, {chance} ({limits(row)})"


def limits(row: Mapping[str, Any]) -> str:
    """`95 % interval −1.12 to −0.56`."""
    if row["low"] is None:
        return numbers.words(row["status"])
    confidence = f"{100 * row['confidence']:.4g}{numbers.SPACE}%"
    ends = [points(row[name], row["low"], row["high"]) for name in ("low", "high")]
    return f"{confidence} interval {ends[0]} to {ends[1]}"


def points(value: float, low: float | None, high: float | None) -> str:
    """A difference of shares in percentage points, as many decimals as its interval justifies, a proper minus."""
    spread = low is not None and high is not None and high > low
    decimals = numbers.places(50 * (high - low)) if spread and low is not None and high is not None else 2
    text = f"{100 * value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def _notes(
    slices: Sequence[Row],
    whole: Row | None,
    dependent: Sequence[Row],
    states: Mapping[str, Sequence[Row]],
    about: Mapping[str, Any],
) -> list[str]:
    notes = []
    if about.get("sample"):
        notes.append(
            f"Both runs are audits by sample ({100 * about['sample']:.4g}{numbers.SPACE}% of the clusters parsed): "
            "rates are those of the samples at their size, not of the corpora."
        )
    if whole is not None and whole["difference"] is not None:
        notes.append(f"Each run taken whole, the rate is {_rates(whole)}: {_change(whole)}.")
    tested = {m: [r for r in slices if r["measure"] == m and r["p_value"] is not None] for m in (EQUAL_N, IN_CORPUS)}
    beyond = {m: sum(r["changed"] for r in found) for m, found in tested.items()}
    notes.append(
        f"Of {len(tested[EQUAL_N]):,} slices with at least {about['least']:,} statements in both runs "
        f"{beyond[EQUAL_N]:,} differ beyond chance at equal N, and {beyond[IN_CORPUS]:,} of {len(tested[IN_CORPUS]):,} "
        f"where each run is taken whole (false discovery rate {100 * about['false_discovery']:g}{numbers.SPACE}%)."
    )
    if dependent:
        kinds = {kind: sum(r["slice_kind"] == kind for r in dependent) for kind in PLACES}
        where = " and ".join(f"{n:,} {kind}{'s' * (n > 1)}" for kind, n in kinds.items() if n)
        names = [neutral.shorten(r["slice"]) for r in dependent[:NAMED]]
        more = f" and {len(dependent) - NAMED:,} more" if len(dependent) > NAMED else ""
        notes.append(
            f"In {where} no document cluster entered or left, and yet "
            "another number of statements stands alone, because of what the rest of the corpus holds: "
            f"{', '.join(names)}{more}."
        )
    words = {"new": "new in B", "gone": "gone from B", "nearly_all_duplicates": "nearly all duplicates in B only"}
    told = [f"{len(found):,} {words[name]}" for name, found in states.items() if found]
    if told:
        notes.append(f"Domains and sources: {', '.join(told)}.")
    return notes
