"""What stands twice, beyond the clusters themselves: repeated sentences, what a removal would take, other settings."""

from __future__ import annotations

import pyarrow as pa

from analyzer.schemas.declare import BOOL, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

SENTENCES = table(
    "sentences",
    "dedup",
    "one document and the hashes of its distinct sentences",
    c("doc_id", TEXT, "document"),
    c("hashes", pa.list_(INT), "64-bit hash of each distinct sentence, case and white space folded, ascending"),
    c("characters", pa.list_(INT), "code points of each of these sentences, in the same order"),
)

DUPLICATION = table(
    "duplication",
    "dedup",
    "one slice and what a removal of duplicates would take from it",
    c("slice_kind", TEXT, "corpus, domain or source"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("documents", INT, "documents of the slice"),
    c("clusters", INT, "clusters with a document in the slice"),
    c("removed", INT, "its documents that are not their cluster's representative"),
    c("removed_exact", INT, "of these, copies whose normalised text is that of another document"),
    c("share", REAL, "removed / documents; a count of this corpus, not an estimate"),
    c("shared_documents", INT, "its documents in clusters that reach outside the slice"),
    c("largest", INT, "documents of the largest cluster that it has a document in"),
)

CROSSINGS = table(
    "crossings",
    "dedup",
    "two domains that share clusters",
    c("domain", TEXT, "domain of the documents"),
    c("counted_in", TEXT, "domain of the representatives: where the clusters count"),
    c("clusters", INT, "clusters"),
    c("documents", INT, "documents of the first domain in them"),
)

LARGEST_CLUSTERS = table(
    "largest_clusters",
    "dedup",
    "one of the first members of one of the largest clusters",
    c("place", INT, "1 is the largest cluster"),
    c("cluster_id", TEXT, "doc_id of the cluster's representative"),
    c("size", INT, "documents in the cluster"),
    c("domains", INT, "domains of its documents"),
    c("member", INT, "1 is the representative, the others by path and record"),
    c("doc_id", TEXT, "document"),
    c("path", TEXT, "file, relative to the common folder of the inputs"),
    c("record", INT, "record number in the file, from 1"),
    c("domain", TEXT, "domain of the document"),
    c("is_representative", BOOL, "the member with the least (text_hash, domain, source, doc_id)"),
    c("method", TEXT, "how it joined: exact or near"),
    c("jaccard", REAL, "similarity of the verified edge by which it joined", null=True),
)

REPEATS = table(
    "repeats",
    "estimate",
    "one slice and how much of its text stands word for word in other clusters",
    c("slice_kind", TEXT, "corpus or domain; a cluster belongs to the domain of its representative"),
    c("slice", TEXT, "value of the slice; * for the corpus"),
    c("clusters", INT, "clusters of the slice with a sentence"),
    c("sentences", INT, "sentences, a repeat inside a cluster counted once"),
    c("repeated_sentences", INT, "of them, sentences that another cluster of the whole corpus holds too"),
    c("characters", INT, "code points of the sentences"),
    c("repeated_characters", INT, "code points of the repeated sentences"),
    c("share", REAL, "repeated_characters / characters; null without a sentence", null=True),
    c("low", REAL, "lower limit of share, for another cluster of the kind", null=True),
    c("high", REAL, "upper limit of share", null=True),
    c("confidence", REAL, "confidence of the interval"),
    c("unit", TEXT, "one independent observation: cluster"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, clipped, none_repeated, all_repeated, one_unit or empty"),
)

SWEEP = table(
    "sweep",
    "sweep",
    "one threshold and banding, and what they would make of the corpus",
    c("threshold", REAL, "Jaccard at which a candidate pair counts as near-duplicates"),
    c("bands", INT, "bands of a signature"),
    c("rows", INT, "rows of a band"),
    c("found", REAL, "chance that the banding proposes a pair whose Jaccard is the threshold: 1 - (1 - t^r)^b"),
    c("documents", INT, "documents of the corpus"),
    c("clusters", INT, "clusters"),
    c("removed", REAL, "share of documents that are not their cluster's representative"),
    c("singleton_rate", REAL, "share of statements whose prompt stands in one cluster", null=True),
    c("low", REAL, "lower limit of singleton_rate", null=True),
    c("high", REAL, "upper limit of singleton_rate", null=True),
    c("confidence", REAL, "confidence of the interval"),
    c("numerator", INT, "statements of singleton prompts"),
    c("n", INT, "N: answered statements at cluster level"),
    c("units", INT, "clusters with a statement"),
    c("verification", TEXT, "estimate: every pair decided by its signatures; run: as the run itself was built"),
    c("method", TEXT, "estimator and interval"),
    c("status", TEXT, "ok, clipped, or why the value is missing"),
)

DUPLICATES = (SENTENCES, DUPLICATION, CROSSINGS, LARGEST_CLUSTERS, REPEATS, SWEEP)
