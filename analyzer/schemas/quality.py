"""How good the extractor is, measured against gold data and a person's marks."""

from __future__ import annotations

from analyzer.schemas.declare import INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

QUALITY = table(
    "quality",
    "quality",
    "one measure of the extractor, on one gold set or sample, for one relation, tier and stratum",
    c("gold", TEXT, "gold set or marked sample that it was measured on"),
    c("measure", TEXT, "what is measured; the page says what is counted"),
    c("level", TEXT, "sentence: what one sentence says by itself; document: what is counted, names resolved"),
    c("relation", TEXT, "relation as the gold set names it, or as the tables do; * for all of them together"),
    c("tier", TEXT, "typed, open, or * for both"),
    c("stratum", TEXT, "all, singleton (stated once), other, or a type of name or pronoun"),
    c("numerator", INT, "what was counted above the line"),
    c("denominator", INT, "what was counted below the line"),
    c("value", REAL, "the share; null when nothing was counted", null=True),
    c("low", REAL, "lower limit", null=True),
    c("high", REAL, "upper limit", null=True),
    c("effective", REAL, "independent items that the interval rests on; never more than the denominator", null=True),
    c("confidence", REAL, "confidence of the interval"),
    c("method", TEXT, "how value and interval were computed"),
    c("status", TEXT, "ok; empty: nothing was counted; one_unit: one document, so the interval says nothing"),
)
