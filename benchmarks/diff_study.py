"""Does `monofact diff` cry wolf? Random halves of one corpus, slice by slice: `python -m benchmarks.diff_study RUN`.

RUN is a finished run: nothing is extracted again. Its documents are split by a hash of their id and the split's number;
a half's clusters are what is left of the run's, with a representative of their own. The sums of both halves are counted
cell by cell (`tests.decisions.reference`, which a test holds equal to Spark's) and go through the code of `monofact
diff`. Halves of one corpus differ by chance alone: what is called changed at a false discovery rate of 5 % is a false
alarm, and of the 95 % intervals some 5 % may leave 0 out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from analyzer import ids
from analyzer.decisions.differences import MEASURES, Limits, differences
from analyzer.spark.estimate import GROUPS
from tests.decisions.reference import Cell, pair

STATED = """
SELECT DISTINCT prompt_id, cluster_id, sentence_hash, doc_id, relation, subject_type, tier
FROM (SELECT doc_id, prompt_id, sentence_hash FROM '{run}/extract/mentions/*.parquet' WHERE NOT abstention)
JOIN '{run}/dedup/clusters/*.parquet' USING (doc_id)
JOIN (SELECT prompt_id, relation, subject_type, tier FROM '{run}/count/prompts/*.parquet') USING (prompt_id)
"""
DOCUMENTS = """
SELECT cluster_id, text_hash, domain, source, doc_id
FROM '{run}/ingest/documents/*.parquet' JOIN '{run}/dedup/clusters/*.parquet' USING (doc_id) ORDER BY ALL
"""


@dataclass(frozen=True)
class Corpus:
    """stated: rows of STATED; documents: rows of DOCUMENTS."""

    stated: list[tuple[Any, ...]]
    documents: list[tuple[Any, ...]]

    @classmethod
    def read(cls, run: str) -> Corpus:
        return cls(*(duckdb.sql(query.format(run=run)).fetchall() for query in (STATED, DOCUMENTS)))

    def cells(self, kept: Callable[[str], bool]) -> list[Cell]:
        """The cells of the documents that are kept."""
        heads: dict[str, tuple[Any, ...]] = {}
        for cluster, *place in self.documents:  # in order of text, domain, source, id: the first is the representative
            if kept(place[-1]):
                heads.setdefault(cluster, tuple(place))
        found: dict[tuple[Any, ...], set[int]] = {}
        for prompt, cluster, sentence, document, *about in self.stated:
            if kept(document):
                found.setdefault((prompt, cluster, *about), set()).add(sentence)
        return [_cell(key, heads[key[1]], len(sentences)) for key, sentences in found.items()]


def _cell(key: tuple[Any, ...], head: tuple[Any, ...], statements: int) -> Cell:
    text, domain, source, _ = head
    prompt, _, relation, subject_type, tier = key
    slices = (
        ("corpus", "*"), ("domain", domain), ("source", source), ("relation", relation),
        ("subject_type", subject_type), ("tier", tier),
    )  # fmt: skip
    return Cell(prompt, text, text, ids.key64(text) % GROUPS, statements, slices)


def halves(corpus: Corpus, splits: int) -> Iterator[tuple[list[Cell], list[Cell]]]:
    for number in range(splits):

        def first(document: str, of: str = str(number)) -> bool:
            return ids.key64(document, of) % 2 == 0

        yield corpus.cells(first), corpus.cells(lambda document, first=first: not first(document))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    corpus, limits = Corpus.read(options.run), Limits()
    total = {measure: [0, 0, 0, 0] for measure in MEASURES}
    for a, b in halves(corpus, options.splits):
        rows = differences(pair(a, b, limits.statements), GROUPS, limits).to_pylist()
        for measure in MEASURES:
            of = [row for row in rows if row["measure"] == measure and row["p_value"] is not None]
            slices = [row for row in of if row["slice_kind"] != "corpus"]
            whole = [row for row in of if row["slice_kind"] == "corpus"]
            told = (len(slices), sum(row["changed"] for row in slices), sum(_outside(row) for row in slices),
                    sum(_outside(row) for row in whole))  # fmt: skip
            total[measure] = [x + y for x, y in zip(total[measure], told, strict=True)]
    print(f"{options.splits} splits\tslices compared\tcalled changed\t0 outside the interval\tthe same of the corpus")
    for measure, told in total.items():
        print(measure, *told, sep="\t")


def _outside(row: dict[str, Any]) -> bool:
    return not row["low"] <= 0 <= row["high"]


if __name__ == "__main__":
    main()
