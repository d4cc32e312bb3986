"""The counts and sums of a run once more, from the definitions and in plain Python. Rows are dictionaries by column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from math import prod
from typing import Any, NamedTuple

Row = dict[str, Any]
KINDS = ("corpus", "domain", "source", "relation", "subject_type", "tier")
UNITS = ("mention", "document", "cluster", "source")


class Statement(NamedTuple):
    """One sentence's answer to one key, as one unit sees it; `what` parts the statements of a unit."""

    key: int
    unit: object
    place: tuple[str, str]  # domain, source
    what: object


def placed(mentions: Iterable[Row], documents: Iterable[Row], clusters: Iterable[Row]) -> list[Row]:
    """Answered mentions with `home`, their document, and `lead`, the representative of its cluster."""
    home = {d["doc_id"]: d for d in documents}
    lead = {c["doc_id"]: home[c["cluster_id"]] for c in clusters}
    return [m | {"home": home[m["doc_id"]], "lead": lead[m["doc_id"]]} for m in mentions if not m["abstention"]]


def statements(rows: list[Row], key: str, unit: str) -> set[Statement]:
    """In documents (and for mentions) every repeat counts, in a cluster a word-for-word repeat does not."""
    found = set()
    for m in rows:
        every = unit in ("mention", "document")
        at = m["home"] if every else m["lead"]
        what = (m["doc_id"], m["sentence"]) if every else (at["doc_id"], m["sentence_hash"])
        names = {"mention": (m[key], what), "document": m["doc_id"], "cluster": at["doc_id"], "source": at["source"]}
        found.add(Statement(m[key], names[unit], (at["domain"], at["source"]), what))
    return found


def table(rows: list[Row], abstentions: Counter[int], key: str) -> dict[int, Row]:
    """`prompts` (key prompt_id) or `facts` (key fact_id): what is counted of each key."""
    held: dict[str, dict[int, list[object]]] = {unit: defaultdict(list) for unit in UNITS}
    for unit in UNITS:
        for s in statements(rows, key, unit):
            held[unit][s.key].append(s.unit)
    found = {}
    for k, mine in {k: [m for m in rows if m[key] == k] for k in {m[key] for m in rows}}.items():
        given = sorted({(m["fact_id"], m["lead"]["doc_id"]) for m in mine})
        pairs = [a == b for (a, c), (b, d) in combinations(given, 2) if c != d]
        types = Counter(m["subject_type"] for m in mine)
        found[k] = {f"{unit}s": len(set(held[unit][k])) for unit in UNITS} | {
            "mentions": len(mine),
            "statements": len(held["mention"][k]),
            "cluster_statements": len(held["cluster"][k]),
            "answers": len({m["fact_id"] for m in mine}),
            "agreement": sum(pairs) / len(pairs) if pairs else None,
            "abstentions": abstentions[k],
            "relation": mine[0]["relation"],
            "subject_type": min(types, key=lambda t: (-types[t], t)),
            "tier": max(m["tier"] for m in mine),
        }
    return found


def sums(found: set[Statement], about: dict[int, Row]) -> dict[tuple[str, str], dict[str, int]]:
    """(slice kind, slice) -> the sums of leave-one-unit-out Good-Turing; a key's units are the whole corpus'."""
    slices, holders = defaultdict(list), defaultdict(set)
    for s in found:
        holders[s.key].add(s.unit)
        for at in zip(KINDS, ("*", *s.place, *(about[s.key][kind] for kind in KINDS[3:])), strict=True):
            slices[at].append(s)
    return {at: _sums(inside, holders) for at, inside in slices.items()}


def _sums(inside: list[Statement], holders: dict[int, set[object]]) -> dict[str, int]:
    m, a = Counter(s.unit for s in inside), Counter(s.unit for s in inside if len(holders[s.key]) == 1)
    shared: dict[frozenset[object], Counter[object]] = defaultdict(Counter)  # {i, j} -> A_ij, A_ji
    for s in inside:
        if len(holders[s.key]) == 2:
            shared[frozenset(holders[s.key])][s.unit] += 1
    keys = {s.key for s in inside}
    return {
        "n": len(inside), "units": len(m), "a": a.total(), "a2": sum(x * x for x in a.values()),
        "am": sum(a[u] * m[u] for u in m), "m2": sum(x * x for x in m.values()),
        "doubleton_cross": sum(2 * prod(pair[u] for u in units) for units, pair in shared.items()),
        "keys": len(keys), "singleton_keys": sum(len(holders[k]) == 1 for k in keys),
    }  # fmt: skip


def spectrum(found: set[Statement]) -> dict[int, tuple[int, int]]:
    """r -> keys that r of these units hold, and their statements."""
    total, units = Counter(s.key for s in found), Counter(k for k, _ in {(s.key, s.unit) for s in found})
    by_r = {r: [total[k] for k, u in units.items() if u == r] for r in set(units.values())}
    return {r: (len(of_r), sum(of_r)) for r, of_r in by_r.items()}
