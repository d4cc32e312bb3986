"""What evaluation logs say, and what follows from it: items, scores, ranks, calibration, credit for abstaining."""

from __future__ import annotations

from analyzer.schemas.declare import BOOL, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

CORRECT, WRONG, ABSTAINED, UNSCORABLE = OUTCOMES = ("correct", "wrong", "abstained", "unscorable")

ITEMS = table(
    "items",
    "score",
    "one answer of one model to one item of a benchmark",
    c("model", TEXT, "model that answered"),
    c("benchmark", TEXT, "benchmark or task the item belongs to"),
    c("target", REAL, "confidence target t that the model was told; null if it was told none", null=True),
    c("item_id", TEXT, "item, by the log's id, else by a hash of its question"),
    c("item_key", INT, "64-bit key of (benchmark, item_id): by it answers of several models are paired"),
    c("epoch", INT, "repetition of the item, from 1"),
    c("topic", TEXT, "slice of the benchmark", null=True),
    c("subject", TEXT, "entity the item asks about", null=True),
    c("relation", TEXT, "relation the item asks for", null=True),
    c("question", TEXT, "question as asked", null=True),
    c("gold", TEXT, "right answer; several are separated by a vertical bar between blanks", null=True),
    c("response", TEXT, "what the model answered", null=True),
    c("outcome", TEXT, "correct, wrong, abstained or unscorable"),
    c("outcome_by", TEXT, "grade, match, phrase:<id>, or why the answer is unscorable"),
    c("confidence", REAL, "stated probability that the answer is right, in [0, 1]", null=True),
    c("logprob", REAL, "natural logarithm of the probability of the answer", null=True),
    c("frequency", REAL, "how often a corpus holds the subject or fact, if the log says so", null=True),
    c("filter", TEXT, "filter or scorer whose grade was taken", null=True),
    c("format", TEXT, "format of the log"),
    c("source_path", TEXT, "file, relative to the common folder of the inputs"),
    c("record", INT, "record number in the file, from 1"),
    private=True,
)

GROUP = (
    c("model", TEXT, "model; * for all models pooled"),
    c("benchmark", TEXT, "benchmark"),
    c("topic", TEXT, "topic; * for the whole benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
)

LIMITS = (
    c("value", REAL, "estimate; null when undefined, status says why", null=True),
    c("low", REAL, "lower limit of the interval", null=True),
    c("high", REAL, "upper limit of the interval", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
)

SCORES = table(
    "scores",
    "score",
    "one statistic of one model's answers",
    *GROUP,
    c("statistic", TEXT, "accuracy, error, abstention, error_given_attempted, unscorable, score, ece, brier, ..."),
    c("t", REAL, "confidence target of a score, penalty / (1 + penalty); null for other statistics", null=True),
    c("penalty", REAL, "points that a wrong answer costs; t / (1 - t) unless it was given itself", null=True),
    *LIMITS,
    c("numerator", REAL, "points or answers above the line; an item of several epochs counts by its mean", null=True),
    c("denominator", REAL, "items or attempts below the line", null=True),
    c("unit", TEXT, "one independent observation: item"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, or why the value is missing or must be read with care"),
)

RANKS = table(
    "ranks",
    "score",
    "the place of one model at one confidence target, on the items that all ranked models share",
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("t", REAL, "confidence target of the score"),
    c("penalty", REAL, "points that a wrong answer costs"),
    c("model", TEXT, "model that answered"),
    c("rank", INT, "1 is the best; equal scores share the better place; null when not ranked, see status", null=True),
    c("rank_binary", INT, "rank with a penalty of 0, which is binary grading", null=True),
    c("best", INT, "1 + models that are better beyond chance (adjusted p below 1 - confidence)", null=True),
    c("worst", INT, "models that are not worse beyond chance, this one included", null=True),
    c("score", REAL, "mean score on the shared items", null=True),
    c("items", INT, "items shared by all ranked models"),
    c("status", TEXT, "ok, too_few_items or no_shared_items"),
)

COMPARISONS = table(
    "comparisons",
    "score",
    "the difference of two models' scores at one confidence target, on the items that both answered",
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("t", REAL, "confidence target of the score"),
    c("penalty", REAL, "points that a wrong answer costs"),
    c("model_a", TEXT, "one model"),
    c("model_b", TEXT, "the other model"),
    *LIMITS,
    c("p_value", REAL, "two-sided p-value of no difference", null=True),
    c("p_adjusted", REAL, "p-value adjusted for all pairs at this target (Benjamini and Hochberg 1995)", null=True),
    c("items", INT, "items that both answered scorably"),
    c("flipped", BOOL, "the sign differs from that under binary grading on the same items"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, or why there is no value"),
)

BREAK_EVEN = table(
    "break_even",
    "score",
    "the confidence target at which two models score alike",
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("model_a", TEXT, "one model"),
    c("model_b", TEXT, "the other model"),
    c("t", REAL, "break-even target; null when one model is ahead at every target", null=True),
    c("low", REAL, "lower limit of t (Fieller)", null=True),
    c("high", REAL, "upper limit of t (Fieller)", null=True),
    c("confidence", REAL, "confidence of the interval", null=True),
    c("better_below", TEXT, "model ahead at targets below t, or at every target", null=True),
    c("better_above", TEXT, "model ahead at targets above t, or at every target", null=True),
    c("items", INT, "items that both answered scorably"),
    c("status", TEXT, "crosses, one_ahead, equal or too_few_items"),
)

CURVES = table(
    "curves",
    "score",
    "the score of one model at one confidence target of a grid",
    *GROUP,
    c("t", REAL, "confidence target"),
    c("penalty", REAL, "t / (1 - t)"),
    c("value", REAL, "mean score"),
    c("low", REAL, "lower limit at this target alone"),
    c("high", REAL, "upper limit at this target alone"),
    c("band_low", REAL, "lower limit of the band that holds the whole curve (Scheffe)"),
    c("band_high", REAL, "upper limit of that band"),
    c("confidence", REAL, "confidence of interval and band"),
)

BEHAVIOUR = table(
    "behaviour",
    "score",
    "one model told one of several confidence targets: does it answer where P(correct) > t?",
    c("model", TEXT, "model that answered"),
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the model was told"),
    c("items", INT, "scorable items"),
    c("accuracy", REAL, "share answered right"),
    c("error", REAL, "share answered wrong"),
    c("abstention", REAL, "share not answered"),
    c("precision", REAL, "right answers among answers; it has to lie above the target", null=True),
    c("precision_low", REAL, "lower limit of precision", null=True),
    c("precision_high", REAL, "upper limit of precision", null=True),
    c("dropped", INT, "items answered at the next lower target and no longer answered at this one"),
    c("dropped_accuracy", REAL, "how many of them had been right: between the two targets if calibrated", null=True),
    c("dropped_low", REAL, "lower limit of dropped_accuracy", null=True),
    c("dropped_high", REAL, "upper limit of dropped_accuracy", null=True),
    c("resumed", INT, "items answered at this target though not at the next lower one: none if consistent"),
    c("score", REAL, "score at the penalty of this target"),
    c("best_target", REAL, "target whose answers score best at this penalty, on the items of all targets"),
    c("regret", REAL, "score of those answers less score of these, on the items of all targets"),
    c("confidence", REAL, "confidence of the intervals"),
    c("status", TEXT, "consistent, answers_too_much, abstains_too_much, both, or too_few_items"),
)

RELIABILITY = table(
    "reliability",
    "score",
    "one bin of a reliability diagram, over attempted items; bins hold about equally many",
    c("model", TEXT, "model that answered"),
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("source", TEXT, "what the confidence is: stated, or exp(logprob)"),
    c("bin", INT, "bin, from 1"),
    c("items", INT, "attempts in the bin"),
    c("mean_confidence", REAL, "mean confidence"),
    c("accuracy", REAL, "share of them that are right"),
    c("low", REAL, "lower limit of accuracy"),
    c("high", REAL, "upper limit of accuracy"),
    c("confidence", REAL, "confidence of the interval"),
)

THRESHOLDS = table(
    "thresholds",
    "score",
    "what answering only above a confidence would score at one target",
    c("model", TEXT, "model that answered"),
    c("benchmark", TEXT, "benchmark"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("source", TEXT, "what the confidence is: stated, or exp(logprob)"),
    c("t", REAL, "confidence target of the score"),
    c("penalty", REAL, "points that a wrong answer costs"),
    c("as_given", REAL, "score of the answers as they are"),
    c("at_target", REAL, "score when answers with confidence <= t are withdrawn: best if calibrated"),
    c("threshold", REAL, "least confidence at which answering scores best; null: never answer", null=True),
    c("best", REAL, "score at that threshold on the items it was chosen on: optimistic"),
    c("cross_fitted", REAL, "score when each half of the items uses the other half's threshold", null=True),
    c("items", INT, "items with a confidence, abstentions included"),
)

CREDIT = table(
    "credit",
    "score",
    "what a benchmark's grader pays one model for answering and for abstaining",
    c("benchmark", TEXT, "benchmark"),
    c("model", TEXT, "model that answered"),
    c("target", REAL, "confidence target the answers were collected at; null if none", null=True),
    c("grading", TEXT, "binary, partial or negative"),
    c("credit_correct", REAL, "points for a right answer"),
    c("credit_wrong", REAL, "points for a wrong answer"),
    c("credit_abstain", REAL, "points for abstaining"),
    c(
        "belief",
        REAL,
        "P(correct) below which abstaining pays; null: no belief makes it pay (Observation 1)",
        null=True,
    ),
    c("items", INT, "scorable items"),
    c("actual", REAL, "mean points of the answers as they are"),
    c("always_abstain", REAL, "mean points for abstaining everywhere"),
    c("always_guess_low", REAL, "mean points if abstentions had been answered, all of them wrong"),
    c("always_guess_high", REAL, "the same, all of them right"),
    c("always_guess", REAL, "the same at the accuracy other models, or chance, reach on those items", null=True),
    c("oracle", REAL, "mean points if every wrong answer had been an abstention: the most withholding could reach"),
    c("calibrated", REAL, "points of a policy that trusts cross-fitted calibrated confidence", null=True),
    c("guessing", REAL, "points that answers gained which a calibrated policy at t would have withheld", null=True),
    c("guessing_low", REAL, "least value that the log allows"),
    c("guessing_high", REAL, "greatest value that the log allows"),
    c("guessing_t", REAL, "target t of that policy"),
    c("guessing_by", TEXT, "targets, confidence, options, or not_identified"),
)

ABSTENTIONS = table(
    "abstentions",
    "score",
    "one phrase by which answers of one model were taken for abstentions, or agree with a grade that says so",
    c("model", TEXT, "model that answered"),
    c("benchmark", TEXT, "benchmark"),
    c("phrase", TEXT, "id of the phrase in the table of phrases; none: graded an abstention, no phrase found"),
    c("decided", INT, "answers graded wrong, or not graded, that became abstentions by it"),
    c("confirmed", INT, "answers graded as abstentions in which it was found"),
    c(
        "contradicted",
        INT,
        "answers graded wrong by a grader that knows abstentions, in which it was found: left wrong",
    ),
    c("source_path", TEXT, "file of the first such answer"),
    c("record", INT, "record of the first such answer"),
)

EVALUATION = (
    ITEMS, SCORES, RANKS, COMPARISONS, BREAK_EVEN, CURVES, BEHAVIOUR, RELIABILITY, THRESHOLDS, CREDIT, ABSTENTIONS,
)  # fmt: skip
