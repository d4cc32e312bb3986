"""What the text states, and in how many places."""

from __future__ import annotations

import pyarrow as pa

from analyzer.schemas.declare import BOOL, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

MENTIONS = table(
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
    c(
        "surface",
        TEXT,
        "the subject's name as written; for a pronoun or a nominal the document's first spelling of its name",
        null=True,
    ),
    private=True,
)

ACCOUNTS = table(
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

PROMPTS = table(
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
    c(
        "surfaces",
        pa.list_(TEXT),
        "spellings of the subject that this key joined, those in most clusters first, at most count.surfaces of them",
        null=True,
    ),
    c("surface_count", INT, "how many spellings there are; more than `surfaces` holds were cut", null=True),
    private=True,
)

FACTS = table(
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

RELATIONS = table(
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

SPLITS = table(
    "splits",
    "count",
    "two prompts of one relation whose subjects may be one thing under two names",
    c("relation", TEXT, "canonical relation of both"),
    c("prompt_id", INT, "the prompt in more clusters; of equals the one with the longer, then the lesser subject"),
    c("other_prompt_id", INT, "the other prompt"),
    c("subject", TEXT, "canonical subject of the one"),
    c("other_subject", TEXT, "canonical subject of the other"),
    c("subject_type", TEXT, "type of the one"),
    c("other_subject_type", TEXT, "type of the other: the same, or one of the two is `other`"),
    c(
        "kind",
        TEXT,
        "why they may be one: spelling, tokens (one name's words are among the other's), initials, acronym",
    ),
    c("distance", INT, "letters to insert, delete, replace or swap; null where the kind is not spelling", null=True),
    c("clusters", INT, "clusters that answer the one"),
    c("other_clusters", INT, "clusters that answer the other"),
    c("statements", INT, "answered statements of the one at cluster level"),
    c("other_statements", INT, "answered statements of the other at cluster level"),
    c("agreement", REAL, "share of pairs of their answers, one of each, that are equal"),
    c("singleton", BOOL, "at least one of the two is a singleton"),
    c("apart", BOOL, "joined they would stand in two clusters or more, so joining them would lose a singleton"),
    private=True,
)
