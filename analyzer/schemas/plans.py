"""What would become of a corpus that is sampled, repeated or extended, and what a summary of training data lists."""

from __future__ import annotations

from analyzer.schemas.declare import BOOL, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

WHAT_IF = table(
    "what_if",
    "what-if",
    "one number that an audit of the corpus would give if documents were kept by chance",
    c("statistic", TEXT, "singleton_rate, sample_coverage, statements, singletons, prompts, documents, words, ..."),
    c("now", REAL, "the same number in the run, with everything kept once", null=True),
    c("value", REAL, "expectation; of a share the ratio of expectations; null when undefined", null=True),
    c("low", REAL, "lower limit of the prediction interval for one sample", null=True),
    c("high", REAL, "upper limit of the prediction interval for one sample", null=True),
    c("confidence", REAL, "chance that a sample lies inside", null=True),
    c("numerator", REAL, "expectation above the line", null=True),
    c("denominator", REAL, "expectation below the line", null=True),
    c("unit", TEXT, "one independent observation: cluster; what is kept or not is a document"),
    c("method", TEXT, "how value and interval were computed"),
    c("status", TEXT, "ok, clipped, too_few_documents (the interval is not to be believed) or why there is no value"),
)

ADVICE = table(
    "advice",
    "what-if",
    "one domain: what it holds of the corpus' singletons, and what more of its kind would do",
    c("domain", TEXT, "domain, as in documents"),
    c("words", INT, "words of its documents, copies included"),
    c("statements", INT, "N: answered statements of the clusters that count in it"),
    c("singletons", INT, "of these, statements whose prompt stands in one cluster of the whole corpus"),
    c("share", REAL, "its part of the corpus' statements of singletons", null=True),
    c("share_low", REAL, "lower limit of share", null=True),
    c("share_high", REAL, "upper limit of share", null=True),
    c("change", REAL, "change of the corpus' rate per million more words of its kind, at the margin", null=True),
    c("change_low", REAL, "lower limit of change", null=True),
    c("change_high", REAL, "upper limit of change", null=True),
    c("doubled_rate", REAL, "rate of the domain by itself at twice its size, from `growth`", null=True),
    c("doubled_low", REAL, "lower limit of doubled_rate", null=True),
    c("doubled_high", REAL, "upper limit of doubled_rate", null=True),
    c("confidence", REAL, "confidence of the intervals"),
    c("unit", TEXT, "one independent observation: cluster"),
    c("method", TEXT, "estimator and interval of change"),
    c("status", TEXT, "ok; beyond_twice: a million words would more than double the domain, so the slope holds for the "
      "next words alone; too_small and others: no slope"),
)  # fmt: skip

HOSTS = table(
    "hosts",
    "export",
    "one host, by how much of the corpus' text comes from it",
    c("rank", INT, "1 has most characters; null for text without a URL", null=True),
    c("host", TEXT, "registrable domain of the URLs; for text without a URL its source"),
    c("kind", TEXT, "host, or source for text without a URL"),
    c("documents", INT, "documents, copies included"),
    c("words", INT, "words of these documents"),
    c("characters", INT, "characters of these documents: the volume that ranks"),
    c("share", REAL, "part of the corpus' characters; a count, not an estimate"),
    c("cumulated", REAL, "part of the corpus' characters that hosts up to this rank hold", null=True),
    c("listed", BOOL, "among the hosts that a training-data summary lists"),
)

PLANS = (WHAT_IF, ADVICE, HOSTS)
