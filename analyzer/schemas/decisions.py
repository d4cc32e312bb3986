"""What people act on: how two runs differ, and what a gate said of a run."""

from __future__ import annotations

from analyzer.schemas.declare import BOOL, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

DIFFERENCES = table(
    "differences",
    "diff",
    "one slice, one way to compare its singleton rate in run A with that in run B, and what came of it",
    c("slice_kind", TEXT, "corpus, domain, source, relation, subject_type or tier"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c(
        "measure",
        TEXT,
        "equal_n: the slice by itself, both rarefied to the smaller N; in_corpus: judged on the whole of each run",
    ),
    c("statements_a", INT, "N of the slice in run A: answered statements at cluster level"),
    c("statements_b", INT, "the same in run B"),
    c("n", INT, "statements at which the two are compared; null where each run is taken whole", null=True),
    c("singletons_a", INT, "statements whose prompt stands in one cluster (of the slice, or of the whole run)"),
    c("singletons_b", INT, "the same in run B"),
    c("rate_a", REAL, "singleton rate in run A at that N", null=True),
    c("rate_b", REAL, "singleton rate in run B at that N", null=True),
    c("difference", REAL, "rate_b - rate_a", null=True),
    c("low", REAL, "lower limit of the difference", null=True),
    c("high", REAL, "upper limit of the difference", null=True),
    c("confidence", REAL, "confidence of the interval"),
    c("p_value", REAL, "two-sided, of no difference", null=True),
    c("p_adjusted", REAL, "adjusted over the measure's slices (Benjamini-Hochberg); the corpus' as it is", null=True),
    c("changed", BOOL, "p_adjusted is at most the false discovery rate"),
    c("units_a", INT, "clusters of the slice in run A"),
    c("units_b", INT, "clusters of the slice in run B"),
    c("units_shared", INT, "of those in A, clusters that share a text with one of the slice in B"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, clipped, same (nothing that differs is in the slice), or why nothing is compared"),
)

TURNOVER = table(
    "turnover",
    "diff",
    "one slice and what entered and left it between run A and run B",
    c("slice_kind", TEXT, "corpus, domain or source; for prompts also relation, subject_type and tier"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("item", TEXT, "documents, clusters (where their representative lives) or prompts (that the slice answers)"),
    c("in_a", INT, "how many run A has"),
    c("in_b", INT, "how many run B has"),
    c("left", INT, "of those in A, not in B anywhere: by normalised text, a cluster by any of its texts"),
    c("entered", INT, "of those in B, not in A anywhere"),
    c("to_singleton", INT, "prompts of the slice in both runs: in several places of A, in one of B", null=True),
    c("from_singleton", INT, "prompts of the slice in both runs: in one place of A, in several of B", null=True),
    c("removed_a", REAL, "share of its documents in A that are not their cluster's representative", null=True),
    c("removed_b", REAL, "the same in B", null=True),
    c("state", TEXT, "new, gone, nearly_all_duplicates (in B and not yet in A) or kept"),
)

JUDGEMENTS = table(
    "judgements",
    "gate",
    "one number that a rule judged",
    c("rule", INT, "the rule's place in the file, from 1"),
    c("name", TEXT, "name of the rule"),
    c("kind", TEXT, "estimate, rejects, quality, deduplication or rise"),
    c("judged", TEXT, "what the number is of: the slice, the stage, the measure"),
    c("limit", TEXT, "what was asked of it"),
    c("value", REAL, "the number; null when there is none, status says why", null=True),
    c("low", REAL, "lower limit of its interval; null for a count", null=True),
    c("high", REAL, "upper limit", null=True),
    c("outcome", TEXT, "passed, failed, undecided (the interval straddles the limit) or unjudged"),
    c("reason", TEXT, "why, in words"),
)

DECISIONS = (DIFFERENCES, TURNOVER, JUDGEMENTS)
