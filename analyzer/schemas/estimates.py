"""What is estimated from the counts."""

from __future__ import annotations

from analyzer.schemas.declare import INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

SLICE = (
    c("slice_kind", TEXT, "corpus, domain, source, relation, subject_type, tier"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("key", TEXT, "what is counted: prompt (Kalai et al. 2025) or fact (Kalai and Vempala 2024)"),
    c("unit", TEXT, "one independent observation: mention, document, cluster or source"),
)

SPECTRA = table(
    "spectra",
    "estimate",
    "frequency of frequencies of a slice by itself: not additive over slices",
    *SLICE,
    c("r", INT, "number of the slice's units that hold the key"),
    c("keys", INT, "keys held by exactly r units: f_r"),
    c("statements", INT, "statements of those keys"),
)

ESTIMATES = table(
    "estimates",
    "estimate",
    "one statistic of one slice",
    *SLICE,
    c("statistic", TEXT, "what is estimated; see the glossary"),
    c("value", REAL, "estimate; null when undefined, status says why", null=True),
    c("low", REAL, "lower limit of the interval", null=True),
    c("high", REAL, "upper limit of the interval", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("numerator", INT, "what was counted above the line", null=True),
    c("denominator", INT, "what was counted below the line", null=True),
    c("units", INT, "independent units that the slice holds"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, clipped, or why the value is missing or must not be used"),
)

BOUNDS = table(
    "bounds",
    "estimate",
    "one lower or upper bound on the error of a calibrated base model",
    c("slice_kind", TEXT, "corpus, domain or relation"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("bound", TEXT, "theorem2_literal, theorem2_refined, theorem2_upper or kalai_vempala"),
    c("value", REAL, "the bound; null when its conditions are not met", null=True),
    c("rate", REAL, "singleton rate (prompts) or monofact rate (facts) that goes in", null=True),
    c("n", REAL, "number of samples used for the slack"),
    c("n_kind", TEXT, "literal: statements; effective: (sum m)^2 / sum m^2 over clusters"),
    c("slack", REAL, "finite-sample term taken off", null=True),
    c(
        "wrong_answers",
        REAL,
        "|E|: plausible wrong answers of a prompt, distinct answers - 1; the least over relations",
        null=True,
    ),
    c("delta", REAL, "miscalibration taken off; 0 when none was measured"),
    c(
        "delta_star",
        REAL,
        "miscalibration at which the bound falls silent; null if it says nothing",
        null=True,
    ),
    c("gamma", REAL, "chance that the bound may fail"),
    c("covered", REAL, "share of the slice's statements that the bound speaks of"),
    c("relations", INT, "relations (strata) that go in"),
    c("conditions", TEXT, "what must hold for the bound to mean anything"),
    c("status", TEXT, "ok, vacuous or conditions_not_met"),
)

GROWTH = table(
    "growth",
    "estimate",
    "singleton rate of a slice by itself at another size",
    *SLICE,
    c("units", REAL, "units at this size"),
    c("statements", REAL, "expected statements at this size"),
    c("value", REAL, "singleton rate", null=True),
    c("low", REAL, "lower limit", null=True),
    c("high", REAL, "upper limit", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("method", TEXT, "rarefaction, observed or extrapolation"),
    c("status", TEXT, "ok, or beyond_twice where an extrapolation is not to be trusted"),
)

RISK = table(
    "risk",
    "estimate",
    "one domain, ranked by the lower limit of its rate at equal N",
    c("rank", INT, "1 is the riskiest; null when not comparable, see status", null=True),
    c("domain", TEXT, "domain, as in documents"),
    c("statements", INT, "N: answered statements at cluster level"),
    c("singletons", INT, "statements whose prompt stands in one cluster of the whole corpus"),
    c("clusters", INT, "clusters with a statement"),
    c("singleton_rate", REAL, "share of statements whose prompt stands in one cluster of the whole corpus", null=True),
    c("low", REAL, "lower limit of singleton_rate", null=True),
    c("high", REAL, "upper limit of singleton_rate", null=True),
    c("common_n", INT, "statements at which domains are compared", null=True),
    c("rarefied_rate", REAL, "rate of the domain by itself at common_n statements", null=True),
    c("rarefied_low", REAL, "lower limit of rarefied_rate", null=True),
    c("rarefied_high", REAL, "upper limit of rarefied_rate", null=True),
    c("raw_rate", REAL, "rate with every mention its own unit, copies included", null=True),
    c("document_rate", REAL, "rate with documents as units, copies included", null=True),
    c("corrected_rate", REAL, "rate corrected for extraction errors; null when they were not measured", null=True),
    c("corrected_low", REAL, "conservative lower limit of corrected_rate", null=True),
    c("bound", REAL, "refined form of Theorem 2 over the domain's functional relations", null=True),
    c("bound_status", TEXT, "ok, vacuous or conditions_not_met"),
    c("documents", INT, "documents of the domain"),
    c("removed_by_dedup", REAL, "share of its documents that are not representatives"),
    c("status", TEXT, "ok; too_small; too_few_units: at common_n statements not even two clusters are left"),
)

CELLS = table(
    "cells",
    "estimate",
    "one relation in one domain; rates add up to those of the domain and of the relation, weighted by statements",
    c("domain", TEXT, "domain, as in documents"),
    c("relation", TEXT, "canonical relation"),
    c("statements", INT, "N: answered statements at cluster level"),
    c("singletons", INT, "statements whose prompt stands in one cluster of the whole corpus"),
    c("unit", TEXT, "one independent observation: cluster"),
    c("clusters", INT, "clusters with such a statement"),
    c("singleton_rate", REAL, "singletons / statements"),
    c("low", REAL, "lower limit of singleton_rate", null=True),
    c("high", REAL, "upper limit of singleton_rate", null=True),
    c("confidence", REAL, "confidence of the interval"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, clipped, or what is wrong with the interval"),
)
