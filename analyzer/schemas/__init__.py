"""Every table of a run: one pyarrow schema each, one sentence a column. Spark types, the data dictionary in README and
the tests derive from here.

A new table or nullable column raises the minor part of SCHEMA_VERSION; a column that is renamed, removed, retyped or
redefined raises the major part, and a reader refuses a newer major.
"""

from __future__ import annotations

from analyzer.schemas.decisions import DECISIONS
from analyzer.schemas.declare import BOOL, BYTES, INT, REAL, TEXT, Table, describe, markdown
from analyzer.schemas.documents import CLUSTERS, DOCUMENTS, REJECTS, SIGNATURES
from analyzer.schemas.duplicates import DUPLICATES
from analyzer.schemas.estimates import BOUNDS, CELLS, ESTIMATES, GROWTH, RISK, SPECTRA
from analyzer.schemas.evaluation import EVALUATION
from analyzer.schemas.facts import ACCOUNTS, FACTS, MENTIONS, PROMPTS, RELATIONS, SPLITS
from analyzer.schemas.plans import PLANS
from analyzer.schemas.quality import QUALITY
from analyzer.schemas.validation import VALIDATIONS

SCHEMA_VERSION = "1.2"

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        DOCUMENTS, REJECTS, SIGNATURES, CLUSTERS, MENTIONS, ACCOUNTS, PROMPTS, FACTS, RELATIONS,
        SPLITS, SPECTRA, ESTIMATES, BOUNDS, GROWTH, RISK, CELLS,
        *DUPLICATES, *EVALUATION, *VALIDATIONS, QUALITY, *DECISIONS, *PLANS,
    )
}  # fmt: skip

__all__ = [
    "ACCOUNTS", "BOOL", "BOUNDS", "BYTES", "CELLS", "CLUSTERS", "DOCUMENTS", "ESTIMATES", "FACTS", "GROWTH", "INT",
    "MENTIONS", "PROMPTS", "QUALITY", "REAL", "REJECTS", "RELATIONS", "RISK", "SCHEMA_VERSION", "SIGNATURES", "SPECTRA",
    "SPLITS", "TABLES", "TEXT", "Table", "describe", "markdown",
]  # fmt: skip
