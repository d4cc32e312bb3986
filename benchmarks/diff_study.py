"""Does `monofact diff` cry wolf? Random halves of one corpus, compared slice by slice, over many splits.

    python -m benchmarks.diff_study RUN --splits 20

RUN is a finished run: nothing is extracted again. Its documents are split by a hash of their id and the split's number,
clusters are what is left of them in a half (with a representative of their own), and both halves go through the code of
`monofact diff`. Printed per split: how many slices were compared by each measure, how many were called changed at a
false discovery rate of 5 %, and how many intervals of 95 % leave 0 out. With --domain PREFIX instead: the run against
itself without the domains that begin so.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from analyzer.decisions.differences import MEASURES, Limits, differences
from analyzer.io import runs
from analyzer.spark import diff, session
from analyzer.spark.estimate import GROUPS


def restricted(side: diff.Side, keep: Column) -> diff.Side:
    """The side with the documents for which `keep` holds, its clusters represented by the least member that is left."""
    documents = side.documents.where(keep).persist()
    member = side.clusters.select("doc_id", "cluster_id").join(documents, on="doc_id", how="inner")
    order = F.struct("text_hash", "domain", "source", "doc_id")
    heads = member.groupBy("cluster_id").agg(F.min(order).alias("head")).select("cluster_id", "head.doc_id")
    clusters = member.select("doc_id", "cluster_id").join(heads.withColumnRenamed("doc_id", "to"), on="cluster_id")
    mentions = side.mentions.join(documents.select("doc_id"), on="doc_id", how="left_semi")
    kept = clusters.select("doc_id", F.col("to").alias("cluster_id")).persist()
    return diff.Side(documents, kept, mentions.persist(), side.prompts)


def halves(side: diff.Side, splits: int) -> Iterator[tuple[diff.Side, diff.Side]]:
    for number in range(splits):
        first: Column = F.pmod(F.xxhash64("doc_id", F.lit(f"split {number}")), F.lit(2)) == 0
        yield restricted(side, first), restricted(side, ~first)


def told(found: DataFrame) -> None:
    rows = found.to_pylist()
    for measure in MEASURES:
        compared = [r for r in rows if r["measure"] == measure and r["p_value"] is not None]
        changed = [r for r in compared if r["changed"]]
        outside = [r for r in compared if not r["low"] <= 0 <= r["high"]]
        print(f"{measure}\t{len(compared)}\t{len(changed)}\t{len(outside)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--domain", help="compare the run with itself without domains that begin so")
    options = parser.parse_args()
    spark = session.get()
    side = diff.side(spark, runs.opened(options.run))
    limits = Limits()
    with session.sized(spark, side.mentions.count()):
        if options.domain is not None:
            found = differences(
                diff.pair(side, restricted(side, ~F.col("domain").startswith(options.domain)), limits.statements),
                GROUPS,
                limits,
            )
            told(found)
            for r in sorted(found.to_pylist(), key=lambda r: (r["p_adjusted"] is None, r["p_adjusted"])):
                if r["p_value"] is not None and r["status"] != "same":
                    print({k: (round(v, 4) if isinstance(v, float) else v) for k, v in r.items() if k != "method"})
            return
        print("measure\tcompared\tchanged\t0 outside the 95 % interval")
        for a, b in halves(side, options.splits):
            told(differences(diff.pair(a, b, limits.statements), GROUPS, limits))
            spark.catalog.clearCache()


if __name__ == "__main__":
    main()
