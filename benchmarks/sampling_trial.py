"""Do the intervals of a sampled audit hold the rate of the whole one? Tried on finished audits, without Spark.

    python -m benchmarks.sampling_trial RUN... [--seeds 50] [--documents 0.25] [--keys 0.1]

Each RUN is the run directory of an audit of everything. For every seed a share of its clusters, then a share of its
prompts, is drawn from the tables; the estimators of a sampled audit say what they would say of the whole, and that is
compared with what the run found. Printed: the run's rate, that of the samples of documents at their own size, the mean
estimate, the mean interval, how often it holds the run's rate; for prompts also how many of the mentions were counted.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from analyzer.spark.sampling import LEAST, STAKE
from analyzer.stats import UnitCounts, UnitRows, leave_one_unit_out
from analyzer.stats.sampling import rate_from_prompts, rate_of_whole

GROUPS = 20
HEAD = f"{'run':<14}{'sample':<12}{'N':>8}{'rate':>8}{'at its size':>12}{'estimate':>10}{'interval':>16}{'holds':>8}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--documents", type=float, default=0.25)
    parser.add_argument("--keys", type=float, default=0.1)
    given = parser.parse_args()
    print(f"{HEAD}   of {given.seeds}")
    for run in given.runs:
        counts, clusters = read(run)
        truth = leave_one_unit_out(counts).value or 0.0
        generators = [np.random.default_rng(seed) for seed in range(given.seeds)]
        draws = [rng.random(clusters) < given.documents for rng in generators]
        pairs = zip(draws, generators, strict=True)
        documents = [of_documents(counts, drawn, rng) for drawn, rng in pairs if drawn.any()]  # none: refused
        show(run.name, f"docs {given.documents:g}", counts.n, truth, np.array(documents))
        keys = [of_keys(counts, round(1 / given.keys), rng) for rng in generators]
        show(run.name, f"keys {given.keys:g}", counts.n, truth, np.array(keys))


def show(name: str, sample: str, n: int, truth: float, found: npt.NDArray[np.float64]) -> None:
    """One line: columns of `found` are the rate at the sample's size (or the share counted), value, low and high."""
    own, value, low, high = found.mean(axis=0)
    holds = ((found[:, 2] <= truth) & (truth <= found[:, 3])).mean()
    spread = f"{low:.3f}..{high:.3f}"
    print(f"{name:<14}{sample:<12}{n:>8,}{truth:>8.4f}{own:>12.4f}{value:>10.4f}{spread:>16}{holds:>8.2f}", flush=True)


def read(run: Path) -> tuple[UnitCounts, int]:
    """Statements by prompt and cluster, a word-for-word repeat in a cluster once, and the clusters there are."""
    names = ["doc_id", "sentence_hash", "prompt_id", "abstention"]
    mentions = ds.dataset(run / "extract" / "mentions", format="parquet").to_table(columns=names)
    clusters = ds.dataset(run / "dedup" / "clusters", format="parquet").to_table(columns=["doc_id", "cluster_id"])
    answered = mentions.filter(pc.invert(mentions["abstention"])).join(clusters, keys="doc_id")
    distinct = answered.group_by(["prompt_id", "cluster_id", "sentence_hash"]).aggregate([])
    units = distinct["cluster_id"].combine_chunks()
    codes = pa.DictionaryArray.from_arrays(*_encoded(units)).indices.to_numpy()
    counts = UnitCounts.from_arrays(codes, distinct["prompt_id"].to_numpy())
    return counts, len(pc.unique(clusters["cluster_id"]))


def of_documents(
    counts: UnitCounts, drawn: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """(rate at the sample's size, value, low, high) of a sample of clusters, those without a statement among them."""
    group = rng.integers(0, GROUPS, len(drawn))
    mine = counts.without(~drawn[: counts.units])
    names = np.unique(counts.unit[drawn[counts.unit]])
    groups = group[names]
    deleted = [_rows(mine.without(groups == g)) for g in np.unique(groups)]
    found = rate_of_whole(_rows(mine), [rows for rows in deleted if rows.n > 0], len(drawn) / drawn.sum())
    own = leave_one_unit_out(mine).value or 0.0
    return own, found.value or 0.0, found.low if found.low is not None else 0.0, found.high or 1.0


def of_keys(counts: UnitCounts, every: int, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """(share of the statements that were counted, value, low, high) of a sample of prompts."""
    s, single = counts.key_statements().astype(np.float64), counts.key_units() == 1
    certain = s >= max(LEAST, -(-counts.n // (STAKE * every)))
    drawn = (rng.random(len(s)) < 1 / every) & ~certain
    weighted = np.where(certain, 1.0, every) * s * (certain | drawn)
    squares = weighted**2 * drawn
    n, singles = int(weighted.sum()), int(weighted[single].sum())
    found = rate_from_prompts(singles, n, every, squares[single].sum(), squares[~single].sum(), 0.95)
    return float(s[certain | drawn].sum() / counts.n), found.value or 0.0, found.low or 0.0, found.high or 1.0


def _rows(counts: UnitCounts) -> UnitRows:
    r, _, statements = counts.rows()
    return UnitRows(r, statements, counts.units)


def _encoded(units: pa.Array) -> tuple[pa.Array, pa.Array]:
    found = units.dictionary_encode()
    return found.indices, found.dictionary


if __name__ == "__main__":
    main()
