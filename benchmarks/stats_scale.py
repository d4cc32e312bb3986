"""What the statistics cost: 10^8 keys on one core, and 10^5 slices of 10^7 statements in one pass of Spark.

python benchmarks/stats_scale.py keys [N]       counts -> spectrum -> every estimate of one slice; seconds, peak RSS
python benchmarks/stats_scale.py slices [N] [S]  generated cells -> sums -> rates of all slices; seconds, peak RSS
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from analyzer import stats
from analyzer.stats import Spectrum


def timed(name: str, run: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{name:<34}{time.perf_counter() - began:>8.2f} s   peak {peak:.2f} GiB", flush=True)
    return result


def keys(n: int) -> None:
    """Zipf-like counts of n keys, as int32: what a count table of one slice holds."""
    draw = np.random.default_rng(1)
    counts = np.empty(n, dtype=np.int32)
    for start in range(0, n, 1 << 22):  # in pieces: the generator's doubles would be the largest thing in memory
        part = slice(start, min(n, start + (1 << 22)))
        counts[part] = np.minimum(draw.pareto(1.1, part.stop - part.start) + 1, 1e9).astype(np.int32)
    began = time.perf_counter()
    spectrum = timed("spectrum", lambda: Spectrum.from_counts(counts))
    timed("good_turing", lambda: stats.good_turing_missing_mass(spectrum))
    timed(
        "chao_jost_coverage",
        lambda: [stats.chao_jost_coverage(spectrum, size) for size in (None, spectrum.n // 10, 2 * spectrum.n)],
    )
    timed("size_for_coverage", lambda: stats.size_for_coverage(spectrum, 0.5))
    timed("good_toulmin", lambda: [stats.good_toulmin(spectrum, 1.0), stats.smoothed_good_toulmin(spectrum, 2.0)])
    timed("richness", lambda: [stats.chao1(spectrum), stats.ichao1(spectrum)])
    timed("low_exposure_mass", lambda: [stats.low_exposure_mass(spectrum, r) for r in (1, 2, 4, 8, 16, 32)])
    timed("simple_good_turing", lambda: stats.simple_good_turing(spectrum))
    print(f"all of {n:,} keys, {spectrum.n:,} statements: {time.perf_counter() - began:.2f} s")


def slices(statements: int, domains: int) -> None:
    """Cells of one statement each; keys and domains skewed; every kind of slice at once, as in an audit."""
    from pyspark.sql import functions as F

    from analyzer.spark import estimate, session
    from analyzer.spark.slices import check_additive, rates

    spark = session.get({"spark.sql.shuffle.partitions": "64"})
    uniform = (F.pmod(F.xxhash64("id", F.lit("k")), F.lit(10**9)) + 1) / 1e9
    skewed = (F.pow(uniform, -0.9) * 5).cast("long")
    domain = F.concat(F.lit("d"), F.pmod(F.xxhash64("id", F.lit("d")), F.lit(domains)).cast("string"))
    raw = spark.range(statements).select(
        skewed.alias("k"), F.col("id").cast("string").alias("u"), F.pmod("id", F.lit(estimate.GROUPS)).alias("g"),
        F.lit(1).cast("long").alias("c"), domain.alias("domain"),
    )  # fmt: skip
    units = raw.groupBy("k").agg(F.count("*").alias("df"))
    attributes = {"source": "s", "relation": "r", "subject_type": "t", "tier": "open"}
    cells = raw.join(units, "k").select(
        "*",
        F.lit(0).cast("long").alias("cf"),
        F.lit(1).cast("long").alias("w"),
        *[F.lit(v).alias(n) for n, v in attributes.items()],
    )

    def run() -> Any:
        sliced = estimate._sliced(cells)
        return estimate._sums(sliced, estimate._per_key(sliced), "prompt", "cluster").toArrow()

    sums = timed(f"sums of {statements:,} in Spark", run)
    found = timed("rates", lambda: rates(sums, 0.95))
    timed("additivity", lambda: check_additive(found))
    print(f"{found.num_rows:,} slices")


if __name__ == "__main__":
    numbers = [int(float(word)) for word in sys.argv[2:]]
    {"keys": lambda: keys(*(numbers or [10**8])), "slices": lambda: slices(*(numbers or [10**7, 10**5]))}[sys.argv[1]]()
