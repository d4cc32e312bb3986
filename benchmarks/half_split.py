"""Does half a source tell what the other half will bring? `python benchmarks/half_split.py RUN` on a finished run.

Clusters of each source are split in two by the hash of their representative's text. The leave-one-unit-out rate of one
half is compared with the share of the other half's statements whose prompt the first half lacks, both ways and over
several splits. Statements are counted as in the run: at cluster level, word-for-word repeats in a cluster once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer import ids
from analyzer.io import runs
from analyzer.stats import UnitCounts, leave_one_unit_out

SPLITS = 10
LEAST = 2_000  # statements of a source


def statements(run: runs.Run) -> pa.Table:
    """(source, hash of the cluster's text, prompt), one row a statement at cluster level."""
    mentions = run.table("mentions", columns=["doc_id", "prompt_id", "sentence_hash", "abstention"])
    mentions = mentions.filter(pc.invert(mentions["abstention"])).drop_columns("abstention")
    clusters = run.table("clusters", columns=["doc_id", "cluster_id"])
    heads = run.table("documents", columns=["doc_id", "source", "text_hash"]).rename_columns(
        ["cluster_id", "source", "hash"]
    )
    placed = mentions.join(clusters, "doc_id").join(heads, "cluster_id")
    return placed.group_by(["source", "hash", "prompt_id", "sentence_hash"]).aggregate([])


def halves(table: pa.Table, split: int) -> Iterator[tuple[float, float, float, float]]:
    """(estimate, low, high, truth) of each half for the other."""
    names = table["hash"].unique().to_pylist()
    side = {name: ids.key64(str(split), name) & 1 for name in names}
    at = np.array([side[name] for name in table["hash"].to_pylist()])
    units, keys = np.asarray(table["hash"].to_pylist()), table["prompt_id"].to_numpy()
    for here in (0, 1):
        mine = at == here
        found = leave_one_unit_out(UnitCounts.from_arrays(units[mine], keys[mine]))
        if found.value is None or found.low is None or found.high is None:
            continue
        yield found.value, found.low, found.high, float(np.mean(~np.isin(keys[~mine], keys[mine])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    run = runs.opened(parser.parse_args().run)
    table = statements(run)
    print(f"{'source':<16}{'N':>8}{'rate':>8}{'truth':>8}{'bias':>9}{'covered':>9}")
    for source in sorted(table["source"].unique().to_pylist()):
        own = table.filter(pc.equal(table["source"], source))
        if own.num_rows < LEAST:
            print(f"{source:<16}{own.num_rows:>8,}  fewer than {LEAST:,} statements")
            continue
        rows = np.array([row for split in range(SPLITS) for row in halves(own, split)])
        rate, low, high, truth = rows.T
        covered = np.mean((low <= truth) & (truth <= high))
        line = f"{source:<16}{own.num_rows:>8,}{rate.mean():>8.3f}{truth.mean():>8.3f}"
        print(line + f"{(rate - truth).mean():>+9.4f}{covered:>9.2f}")


if __name__ == "__main__":
    main()
