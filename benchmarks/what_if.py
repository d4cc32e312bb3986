"""Does `monofact what-if` foretell what an audit of a sampled corpus finds? Random settings over a finished run.

    python -m benchmarks.what_if RUN [--settings 10] [--seed 9] [--domain NAME ...] [--write CORPUS_OUT --only 1]

For every setting each source, and some of the named domains, get a random chance to be kept. What what-if predicts is
held against one sample: its documents, deduplicated and counted anew by the code of an audit from the stored signatures
and mentions. Extraction reads each document by itself, so an audit of the sampled files finds the same mentions;
`--write` writes the files of one setting so that this can be checked with `monofact audit`. Seeded: a document is
kept by a hash of its id.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from analyzer.io import runs
from analyzer.io.corpus import Document, documents
from analyzer.io.runs import Run
from analyzer.settings import Config
from analyzer.spark import base, components, dedup, session, shingle_sets, sweep, tables, thinning
from analyzer.spark.plan import Plan
from analyzer.stats.thinning import thinned_count, thinned_rate

CHANCES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)  # of a source
DOMAIN_CHANCES = (0.0, 0.2, 0.5, 0.8, 1.0)
SAMPLES = 1000  # seed of the first setting's sample


def plans(run: Run, number: int, seed: int, domains: list[str]) -> list[Plan]:
    """A chance for every source, and for each of the domains in two of five settings."""
    rng = np.random.default_rng(seed)
    slices = run.table("duplication").to_pylist()
    sources = sorted(row["slice"] for row in slices if row["slice_kind"] == "source")
    found = []
    for _ in range(number):
        source = tuple((name, float(rng.choice(CHANCES))) for name in sources)
        domain = tuple((name, float(rng.choice(DOMAIN_CHANCES))) for name in domains if rng.random() < 0.4)
        found.append(Plan(domain, source))
    return found


def chance(doc_id: str, seed: int) -> float:
    """A number in [0, 1) that hangs on the document and the seed alone."""
    digest = hashlib.blake2b(f"{seed}\0{doc_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def sampled(run: Run, plan: Plan, seed: int) -> pa.Table:
    """doc_id, path and record of the documents of one sample."""
    rows = run.table("documents", columns=["doc_id", "domain", "source", "path", "record"]).to_pylist()
    domain, source = dict(plan.domain), dict(plan.source)
    kept = [
        row
        for row in rows
        if chance(row["doc_id"], seed) < domain.get(row["domain"], source.get(row["source"], plan.rest))
    ]
    schema = pa.schema([("doc_id", pa.string()), ("path", pa.string()), ("record", pa.int64())])
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in kept], schema)


def measured(spark: SparkSession, run: Run, config: Config, sample: pa.Table) -> dict[str, Any]:
    """Rate and N of the sample: clusters and counts anew from the stored signatures and mentions."""
    wanted = spark.createDataFrame(sample.select(["doc_id"]))
    names = ("documents", "signatures", "mentions")
    kept = {n: tables.read(spark, run, n).join(wanted, on="doc_id", how="left_semi").localCheckpoint() for n in names}
    files = base.opened(run.root).files

    def sets(texts: DataFrame) -> DataFrame:
        return shingle_sets.fetched(spark, files, kept["documents"], texts, config.ingest, config.dedup)

    clusters = dedup.clusters(kept["documents"], kept["signatures"], config.dedup, components.local, sets)
    found = sweep.sweep(
        kept["documents"], kept["signatures"], clusters.localCheckpoint(), kept["mentions"], config.dedup, (),
        config.estimate.confidence,
    )  # fmt: skip
    return dict(found.to_pylist()[0])


def write(run: Run, config: Config, sample: pa.Table, out: Path) -> None:
    """The sampled records as JSON lines under their files' names, with the fields that an audit reads."""
    wanted: dict[str, set[int]] = {}
    for row in sample.to_pylist():
        wanted.setdefault(row["path"], set()).add(row["record"])
    out.mkdir(parents=True)
    for file in base.opened(run.root).files:
        if file.path not in wanted:
            continue
        name = file.path.split(".")[0] + ".jsonl.gz"
        with gzip.open(out / name, "wt", encoding="utf-8") as stream:
            for item in documents(file, config.ingest, only=wanted[file.path]):
                if isinstance(item, Document):
                    row = {"id": item.user_id, "domain": item.domain, "source": item.source, "text": item.text}
                    stream.write(json.dumps(row) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--settings", type=int, default=10)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--domain", nargs="*", default=[])
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the settings to try; all if not given")
    parser.add_argument("--write", type=Path, help="write the corpus of the first of them here, and no more")
    given = parser.parse_args()
    run = runs.opened(given.run)
    config = Config.load(Path(given.run) / runs.SETTINGS, [])
    tried = list(enumerate(plans(run, given.settings, given.seed, given.domain)))
    tried = [(i, plan) for i, plan in tried if given.only is None or i in given.only]
    if given.write is not None:
        write(run, config, sampled(run, tried[0][1], SAMPLES + tried[0][0]), given.write)
        return
    # Adaptive execution makes a job of every shuffle: half the time of small ones.
    spark = session.get({"spark.sql.adaptive.enabled": "false"})
    documents_, clusters, mentions = (tables.read(spark, run, name) for name in ("documents", "clusters", "mentions"))
    inside = 0
    print("| setting | documents | N predicted | N found | rate predicted | interval | rate found | inside | z |")
    print("|---|---|---|---|---|---|---|---|---|")
    for number, plan in tried:
        sample = sampled(run, plan, SAMPLES + number)
        with session.sized(spark, run.finished("extract").rows("mentions")):
            cells = thinning.cells(mentions, thinning.places(documents_, clusters, plan).localCheckpoint())
            sums, _ = thinning.thinned(thinning.changes(cells.localCheckpoint()).localCheckpoint())
            found = measured(spark, run, config, sample)
        rate = thinned_rate(sums, config.estimate.confidence)
        n = thinned_count(sums.statements, sums.variance_of_statements(), config.estimate.confidence)
        assert rate.value is not None and rate.low is not None and rate.high is not None
        held = rate.low <= found["singleton_rate"] <= rate.high
        inside += held
        sd = sums.variance(sums.rate) ** 0.5 / sums.statements
        z = (found["singleton_rate"] - rate.value) / sd if sd > 0 else 0.0
        print(
            f"| {number} {' '.join(plan.shown())} | {sample.num_rows} | {n.value:.0f} ({n.low:.0f}-{n.high:.0f}) "
            f"| {found['n']} | {rate.value:.5f} | {rate.low:.5f}-{rate.high:.5f} | {found['singleton_rate']:.5f} "
            f"| {'yes' if held else 'no'} | {z:+.2f} |",
            flush=True,
        )
    print(f"\n{inside} of {len(tried)} rates inside their interval")


if __name__ == "__main__":
    main()
