"""What was read and which of it stands twice."""

from __future__ import annotations

from analyzer.schemas.declare import BOOL, BYTES, INT, REAL, TEXT, table
from analyzer.schemas.declare import column as c

DOCUMENTS = table(
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

REJECTS = table(
    "rejects",
    "ingest",
    "one input record, or the unreadable rest of a file, that was not kept",
    c("stage", TEXT, "stage that rejected it"),
    c("reason", TEXT, "why, from a fixed list"),
    c("path", TEXT, "file, relative to the common folder of the inputs"),
    c("record", INT, "record number in the file from which on it holds; 0 for the file as a whole"),
    c("detail", TEXT, "what the reader said, without any corpus text", null=True),
)

SIGNATURES = table(
    "signatures",
    "dedup",
    "one document's MinHash signature",
    c("doc_id", TEXT, "document"),
    c("text_hash", TEXT, "blake2b-128 of the normalised text"),
    c("shingles", INT, "distinct shingles hashed (1 for a short document, hashed whole)"),
    c("signature", BYTES, "little-endian uint32 minima, one a permutation; equal to datasketch affine32 with xxh32"),
)

CLUSTERS = table(
    "clusters",
    "dedup",
    "one document and the cluster of verified near-duplicates it belongs to",
    c("doc_id", TEXT, "document"),
    c("cluster_id", TEXT, "doc_id of the cluster's representative"),
    c("size", INT, "documents in the cluster"),
    c("is_representative", BOOL, "true for the member with the least (text_hash, domain, source, doc_id)"),
    c("method", TEXT, "how it joined: single, exact or near"),
    c(
        "jaccard",
        REAL,
        "Jaccard of the verified edge by which it joined: exact near the threshold, else estimated",
        null=True,
    ),
)
