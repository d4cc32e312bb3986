"""What comes of holding a corpus' rarity against a model's answers."""

from __future__ import annotations

from analyzer.schemas.declare import INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

VALIDATION = table(
    "validation",
    "validate",
    "one statistic of how a model's misses follow the corpus' rarity",
    c("model", TEXT, "model; * for all models pooled, a question being one unit however many answered it"),
    c("benchmark", TEXT, "benchmark"),
    c("target", TEXT, "knowledge_gap: 1 - correct; error: wrong; error_given_attempted; empty for coverage"),
    c("part", TEXT, "coverage, overall, bucket (by exposure), level (of the prediction), fit or topic"),
    c("group", TEXT, "bucket, level or topic; * where there is one"),
    c("statistic", TEXT, "rate, spearman, auc, brier, predicted, ...; see the glossary of the page"),
    c("exposure_low", REAL, "least exposure of the bucket, or the exposure of a fitted risk", null=True),
    c("exposure_high", REAL, "exposure from which on the next bucket begins; null for the last", null=True),
    c("value", REAL, "estimate; null when undefined, status says why", null=True),
    c("low", REAL, "lower limit of the interval", null=True),
    c("high", REAL, "upper limit of the interval", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("numerator", INT, "answers above the line", null=True),
    c("denominator", INT, "answers below the line", null=True),
    c("unit", TEXT, "one independent observation", null=True),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, low_coverage where the corpus hardly holds the questions, or why there is no value"),
)

PREDICTIONS = table(
    "predictions",
    "predict",
    "one question, in how many places the corpus answers it, and the risk that follows",
    c("item_id", TEXT, "question, by its own id, else by its place in the file"),
    c("topic", TEXT, "slice of the benchmark", null=True),
    c("question", TEXT, "question as asked", null=True),
    c("subject", TEXT, "entity it asks about, if it was given", null=True),
    c("relation", TEXT, "relation it asks for; empty if the run has none such"),
    c("looked_up", TEXT, "prompt, subject (the run has no such relation) or not_understood"),
    c("exposure", INT, "units of the corpus that answer it, or state anything of the subject", null=True),
    c("subject_exposure", INT, "units of the subject's most frequent prompt; 0: the corpus states nothing of it"),
    c("risk", REAL, "chance that a model trained on the corpus misses it", null=True),
    c("risk_by", TEXT, "fitted: from answers to other questions; guess: a calibrated guess among the relation's "
      "answers; memorised: a model that retains what it saw; none"),
    private=True,
)  # fmt: skip

TOPICS = table(
    "topics",
    "predict",
    "one topic of a benchmark and what the corpus supports of it",
    c("topic", TEXT, "topic; * for all questions"),
    c("statistic", TEXT, "unsupported, seen_once, subject_missing, not_understood: shares; risk: mean risk"),
    c("value", REAL, "estimate; null when undefined", null=True),
    c("low", REAL, "lower limit of the interval", null=True),
    c("high", REAL, "upper limit of the interval", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("numerator", INT, "questions above the line", null=True),
    c("denominator", INT, "questions below the line"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, or why there is no value"),
)

IIV = table(
    "iiv",
    "iiv",
    "one term of the Is-It-Valid reduction of one model",
    c("model", TEXT, "model whose responses were scored"),
    c("term", TEXT, "error, err_iiv, missed, accepted, delta, opt, auc, theorem1, theorem4, delta_star, min_e, ..."),
    c("value", REAL, "value; null when undefined, status says why", null=True),
    c("low", REAL, "lower limit of the interval", null=True),
    c("high", REAL, "upper limit of the interval", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("numerator", INT, "what was counted above the line", null=True),
    c("denominator", INT, "what was counted below the line", null=True),
    c("unit", TEXT, "one independent observation: prompt, or response if there is one prompt", null=True),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, vacuous, conditions_not_met or why there is no value"),
)

IIV_CURVE = table(
    "iiv_curve",
    "iiv",
    "the classifier 'valid iff log-probability above a threshold', at one threshold",
    c("model", TEXT, "model whose responses were scored"),
    c("threshold", REAL, "log-probability, natural; null: everything is called valid", null=True),
    c("trained", REAL, "share of training pairs above it: true positives"),
    c("wrong", REAL, "mean share of a prompt's wrong responses above it: false positives"),
    c("generated", REAL, "share of generations above it; null without generations", null=True),
    c("err_iiv", REAL, "error on the even mixture of training pairs and wrong responses"),
)

VALIDATIONS = (VALIDATION, PREDICTIONS, TOPICS, IIV, IIV_CURVE)
