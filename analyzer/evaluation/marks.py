"""What a person marked -> rows of `quality`: precision by stratum, and of strata together by their weight in the run.

The marked statements of a stratum are a simple random sample of it, so Clopper and Pearson's limits hold as they are.
Together p = sum W p_h with W the stratum's share of the run's statements, and the limits are those of the effective
number p(1-p) / sum W^2 p_h(1-p_h)/n_h (Korn and Graubard 1998), computed with (y+1)/(n+2) for p_h, so that a small
stratum in which all agree does not pass for known. Strata are put together only when each of them has marks.

"unsure" is neither right nor wrong: it is left out, its share is told, and `precision_unsure_wrong` counts it as wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.errors import InputError
from analyzer.evaluation.sample import STRATA, TIERS
from analyzer.evaluation.shares import DOCUMENT, EVERYTHING, OTHER, SINGLETON, Item, Share, as_row
from analyzer.stats import clopper_pearson
from analyzer.stats.estimate import Estimate

RIGHT, WRONG, UNSURE = "right", "wrong", "unsure"
WORDS = {word: mark for mark in (RIGHT, WRONG, UNSURE) for word in (mark, mark[0])}
COLUMNS = ("id", "mark", "stratum", "tier", "statements", "extractor")
METHOD = "Clopper-Pearson on a simple random sample"
WEIGHTED = "strata by their statements, Clopper-Pearson on the effective number (Korn and Graubard 1998)"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked statement."""

    stratum: str
    tier: str
    mark: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of a sample, how many statements of the run each stratum stands for, and whose statements they are."""

    marks: tuple[Mark, ...]
    sizes: Mapping[tuple[str, str], int]
    extractor: str


def parse(rows: Iterable[tuple[int, Mapping[str, str]]], where: str) -> Marked:
    """The marks from (row number, cells); rows without a mark only tell how large their stratum is.

    InputError, one line with the row's number, for a row that is none.
    """
    marks: list[Mark] = []
    seen: set[str] = set()
    sizes: dict[tuple[str, str], str] = {}
    extractors: set[str] = set()
    for number, cells in rows:
        at = (cells["stratum"], cells["tier"])
        word = cells["mark"].strip().lstrip("'").strip().lower()
        size = cells["statements"].strip()
        problem = (
            f"no stratum {at[0][:20]!r}, {at[1][:20]!r}" if at not in STRATA
            else "statements is no whole number above 0" if not _counts(size)
            else "another row of its stratum has another number of statements" if sizes.setdefault(at, size) != size
            else "its id stands in an earlier row" if cells["id"] in seen
            else "mark must be right, wrong, unsure or empty" if word and word not in WORDS
            else "it was drawn from what another extractor found" if extractors - {cells["extractor"]}
            else ""
        )  # fmt: skip
        if problem:
            raise InputError(f"{where}: row {number}: {problem}")
        seen.add(cells["id"])
        extractors.add(cells["extractor"])
        if word:
            marks.append(Mark(*at, WORDS[word]))
    if not marks:
        raise InputError(f"{where}: nothing is marked yet: write right, wrong or unsure into the column mark")
    return Marked(tuple(marks), {at: int(size) for at, size in sizes.items()}, extractors.pop())


def _counts(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0


def measured(name: str, marked: Marked, confidence: float = 0.95) -> list[Mapping[str, Any]]:
    """Rows of `quality`: by stratum and tier, tiers together, everything together."""
    by: dict[tuple[str, str], Counter[str]] = {at: Counter() for at in STRATA}
    for mark in marked.marks:
        by[mark.stratum, mark.tier][mark.mark] += 1
    rows = []
    for stratum, tier in ((s, t) for s in (SINGLETON, OTHER, "all") for t in (*TIERS, EVERYTHING)):
        inside = [
            at for at in STRATA if at in marked.sizes and stratum in (at[0], "all") and tier in (at[1], EVERYTHING)
        ]
        for measure in ("precision", "precision_unsure_wrong", "unsure") if inside else ():
            cells = [(marked.sizes[at], *_hits(by[at], measure)) for at in inside]
            share = weighted(cells if all(n for _, _, n in cells) else [], confidence)
            rows.append(as_row(name, Item(measure, DOCUMENT, EVERYTHING, tier, stratum), share))
    return rows


def _hits(marks: Counter[str], measure: str) -> tuple[int, int]:
    judged = marks[RIGHT] + marks[WRONG]
    everything = judged + marks[UNSURE]
    if measure == "unsure":
        return marks[UNSURE], everything
    return marks[RIGHT], judged if measure == "precision" else everything


def weighted(strata: Sequence[tuple[int, int, int]], confidence: float) -> Share:
    """The share of (weight, hits, trials) strata, trials > 0, by the formulas of the module's docstring."""
    trials, hits = sum(n for _, _, n in strata), sum(y for _, y, _ in strata)
    if not strata:
        return Share(Estimate(None, None, None, confidence, METHOD, "empty", 0, 0, "statement"), None)
    total = sum(w for w, _, _ in strata)
    value = sum(w / total * y / n for w, y, n in strata)
    effective = float(trials)
    if len(strata) > 1:
        smooth = [(w / total, (y + 1) / (n + 2), n) for w, y, n in strata]
        near = sum(w * p for w, p, _ in smooth)
        effective = min(effective, near * (1 - near) / sum(w * w * p * (1 - p) / n for w, p, n in smooth))
    low, high = clopper_pearson(min(value * effective, effective), effective, confidence)
    method = METHOD if len(strata) == 1 else WEIGHTED
    return Share(Estimate(value, low, high, confidence, method, "ok", hits, trials, "statement"), effective)
