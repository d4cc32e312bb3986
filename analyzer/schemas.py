"""Every table of a run: one pyarrow schema each, one sentence a column. Spark types, the data dictionary in README and
the tests derive from here.

A new nullable column raises the minor part of SCHEMA_VERSION; a column that is renamed, removed, retyped or redefined
raises the major part, and a reader refuses a newer major.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = "1.0"

TEXT, INT, REAL, BOOL, BYTES = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.binary()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the stage that writes it, what a row is, and its columns."""

    name: str
    stage: str
    row: str
    schema: pa.Schema
    private: bool = False  # holds names or facts taken from the corpus


def _table(name: str, stage: str, row: str, *columns: pa.Field, private: bool = False) -> Table:
    return Table(name, stage, row, pa.schema(list(columns)), private)


def _column(name: str, kind: pa.DataType, description: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"description": description})


c = _column

SLICE = (
    c("slice_kind", TEXT, "corpus, domain, source, relation, subject_type, tier"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("key", TEXT, "what is counted: prompt (Kalai et al. 2025) or fact (Kalai and Vempala 2024)"),
    c("unit", TEXT, "one independent observation: mention, document, cluster or source"),
)

DOCUMENTS = _table(
    "documents",
    "ingest",
    "one input record that was kept",
    c("doc_id", TEXT, "blake2b-128 of (path, record, text)"),
    c("path", TEXT, "file, relative to the common folder of the inputs"),
    c("record", INT, "record number in the file, from 1"),
    c("user_id", TEXT, "the record's own id, as text; never a key", null=True),
    c("domain", TEXT, "domain field, else registrable domain of the URL, else source, else (none)"),
    c("source", TEXT, "source field, else host of the URL, else the file's first name"),
    c("url", TEXT, "URL of the record, if it has one", null=True),
    c("characters", INT, "length of the text in code points"),
    c("words", INT, "runs of non-blank characters"),
    c("text_hash", TEXT, "blake2b-128 of the normalised text: equal for exact copies"),
    c("repaired", BOOL, "invalid UTF-8 or NUL was replaced"),
)

REJECTS = _table(
    "rejects",
    "ingest",
    "one input record, or the unreadable rest of a file, that was not kept",
    c("stage", TEXT, "stage that rejected it"),
    c("reason", TEXT, "why, from a fixed list"),
    c("path", TEXT, "file, relative to the common folder of the inputs"),
    c("record", INT, "record number in the file from which on it holds; 0 for the file as a whole"),
    c("detail", TEXT, "what the reader said, without any corpus text", null=True),
)

SIGNATURES = _table(
    "signatures",
    "dedup",
    "one document's MinHash signature",
    c("doc_id", TEXT, "document"),
    c("text_hash", TEXT, "blake2b-128 of the normalised text"),
    c("shingles", INT, "distinct shingles hashed (1 for a short document, hashed whole)"),
    c("signature", BYTES, "little-endian uint32 minima, one a permutation; equal to datasketch affine32 with xxh32"),
)

CLUSTERS = _table(
    "clusters",
    "dedup",
    "one document and the cluster of verified near-duplicates it belongs to",
    c("doc_id", TEXT, "document"),
    c("cluster_id", TEXT, "doc_id of the cluster's representative"),
    c("size", INT, "documents in the cluster"),
    c("is_representative", BOOL, "true for the member with the least (text_hash, domain, source, doc_id)"),
    c("method", TEXT, "how it joined: single, exact or near"),
    c("jaccard", REAL, "estimated Jaccard similarity of the verified edge by which it joined", null=True),
)

MENTIONS = _table(
    "mentions",
    "extract",
    "one place where the text states a fact, or says that it is not known",
    c("doc_id", TEXT, "document"),
    c("sentence", INT, "index of the sentence in the document, from 0"),
    c("sentence_start", INT, "offset of the sentence in the text, in code points"),
    c("sentence_end", INT, "offset of its end"),
    c("sentence_hash", INT, "64-bit hash of the normalised sentence: equal for word-for-word repeats"),
    c("prompt_id", INT, "64-bit key of (subject, relation)"),
    c("fact_id", INT, "64-bit key of (subject, relation, answer)"),
    c("subject", TEXT, "canonical subject"),
    c("subject_type", TEXT, "person, organisation, place, work, event, group, product, other"),
    c("relation", TEXT, "canonical relation"),
    c("answer", TEXT, "canonical answer; empty for an abstention"),
    c("answer_type", TEXT, "entity type, date, number, phrase, or unknown for an abstention"),
    c("subject_start", INT, "offset of the subject's surface in the text"),
    c("subject_end", INT, "offset of its end"),
    c("answer_start", INT, "offset of the answer's surface in the text"),
    c("answer_end", INT, "offset of its end"),
    c("tier", TEXT, "typed: a declared relation; open: read off the sentence"),
    c("pattern", TEXT, "rule that found it"),
    c("resolution", TEXT, "how the subject was named: name, alias, pronoun or nominal (the company)"),
    c("abstention", BOOL, "the text says that the answer is unknown, disputed or denied"),
    c(
        "window",
        INT,
        "tokens from the end of the subject to the start of the answer; negative if the answer comes first",
    ),
    private=True,
)

ACCOUNTS = _table(
    "accounts",
    "extract",
    "one count of the extraction accounting of a domain",
    c("domain", TEXT, "domain of the documents"),
    c(
        "item",
        TEXT,
        "documents, words, sentences, sentences_skipped, candidates, mentions, abstentions or dropped_<reason>",
    ),
    c("count", INT, "how many"),
)

PROMPTS = _table(
    "prompts",
    "count",
    "one prompt (subject, relation) and in how many places it is answered",
    c("prompt_id", INT, "64-bit key of (subject, relation)"),
    c("subject", TEXT, "canonical subject"),
    c("subject_type", TEXT, "type that most of its mentions give the subject"),
    c("relation", TEXT, "canonical relation"),
    c("tier", TEXT, "typed or open"),
    c("mentions", INT, "answered mentions"),
    c("statements", INT, "answered statements, every repeat counted"),
    c("documents", INT, "documents with an answered statement"),
    c("clusters", INT, "clusters with an answered statement: the default unit"),
    c("sources", INT, "sources with an answered statement"),
    c("cluster_statements", INT, "answered statements, word-for-word repeats inside a cluster counted once"),
    c("answers", INT, "distinct answers"),
    c("agreement", REAL, "share of pairs of answers from different clusters that are equal", null=True),
    c("abstentions", INT, "mentions that say the answer is unknown, disputed or denied"),
    private=True,
)

FACTS = _table(
    "facts",
    "count",
    "one fact (subject, relation, answer) and in how many places it stands",
    c("fact_id", INT, "64-bit key of (subject, relation, answer)"),
    c("prompt_id", INT, "64-bit key of (subject, relation)"),
    c("subject", TEXT, "canonical subject"),
    c("relation", TEXT, "canonical relation"),
    c("answer", TEXT, "canonical answer"),
    c("answer_type", TEXT, "type that most of its mentions give the answer"),
    c("tier", TEXT, "typed or open"),
    c("mentions", INT, "mentions, every repeat counted"),
    c("documents", INT, "documents that state it"),
    c("clusters", INT, "clusters that state it"),
    c("sources", INT, "sources that state it"),
    c("cluster_mentions", INT, "mentions, word-for-word repeats inside a cluster counted once"),
    private=True,
)

RELATIONS = _table(
    "relations",
    "count",
    "one relation, with what decides whether a bound may use it",
    c("relation", TEXT, "canonical relation"),
    c("tier", TEXT, "typed or open"),
    c("prompts", INT, "distinct prompts"),
    c("cluster_statements", INT, "answered statements at cluster level"),
    c("repeated_prompts", INT, "prompts answered in at least two clusters"),
    c("agreement", REAL, "mean over repeated prompts of the share of equal pairs of answers", null=True),
    c("distinct_answers", INT, "distinct answers: |E| + 1 of the bounds"),
    c("effective_answers", REAL, "1 / sum of squared answer shares, unbiased; null when no answer repeats", null=True),
    c("functional", BOOL, "prompts of this relation have one right answer"),
    c(
        "functional_by",
        TEXT,
        "declared, measured, contradicted (declared, but repeats disagree) or undecided (too few)",
    ),
)

SPECTRA = _table(
    "spectra",
    "estimate",
    "frequency of frequencies of a slice by itself: not additive over slices",
    *SLICE,
    c("r", INT, "number of the slice's units that hold the key"),
    c("keys", INT, "keys held by exactly r units: f_r"),
    c("statements", INT, "statements of those keys"),
)

ESTIMATES = _table(
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

BOUNDS = _table(
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

GROWTH = _table(
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

RISK = _table(
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

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        DOCUMENTS, REJECTS, SIGNATURES, CLUSTERS, MENTIONS, ACCOUNTS, PROMPTS, FACTS, RELATIONS,
        SPECTRA, ESTIMATES, BOUNDS, GROWTH, RISK,
    )
}  # fmt: skip


def describe(field: pa.Field) -> str:
    """The one-sentence description of a column."""
    return str((field.metadata or {}).get(b"description", b""), "utf-8")


def markdown(table: Table) -> str:
    """The table's entry in the data dictionary."""
    head = f"#### `{table.name}`\n\nStage `{table.stage}`; a row is {table.row}."
    sensitive = " Holds names and facts from the corpus." if table.private else ""
    rows = [
        f"| `{f.name}` | {f.type}{' or null' if f.nullable else ''} | {describe(f).replace('|', chr(92) + '|')} |"
        for f in table.schema
    ]
    return "\n".join([head + sensitive, "", "| column | type | meaning |", "|---|---|---|", *rows, ""])
