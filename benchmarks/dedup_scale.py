"""Ingest and deduplication of a made corpus on this machine: time of every step and peak memory of every process.

    python benchmarks/dedup_scale.py DOCUMENTS FOLDER

Makes DOCUMENTS records of about 2.4 KB in FOLDER/corpus (kept for the next call) and audits them into FOLDER/run, up to
the stage `dedup`. One document in ten is an edited copy of its neighbour, one in twenty a word-for-word copy, one in
fifty a page of a single template with its own facts, at Jaccard .6 to the others: the one bucket that a quadratic step
could not survive. Needs about 6 KB of disk a document. Wall time means something on a quiet machine only, CPU time
on any.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as ds

from analyzer import pipeline
from analyzer.settings import Config
from analyzer.spark import tables

SHARD = 25_000  # documents a file
WORDS = 355
TEMPLATE_WORDS = 270


def main() -> None:
    documents, folder = int(sys.argv[1]), Path(sys.argv[2])
    corpus, run = folder / "corpus", folder / "run"
    if not corpus.exists():
        make(documents, corpus)
    shutil.rmtree(run, ignore_errors=True)
    watched = Watched()
    steps = timed_steps(watched)
    threading.Thread(target=watched.run, daemon=True).start()
    began = time.monotonic()
    pipeline.audit(str(corpus), str(run), Config(), until="dedup")
    print(f"{documents:,} documents, {time.monotonic() - began:,.0f} s, CPU {watched.cpu():,.0f} s")
    for stage in ("ingest", "dedup"):
        manifest = json.loads((run / stage / "_MANIFEST.json").read_text())
        print(f"stage {stage:<30}{manifest['notes']['seconds']:>10,.1f} s")
        if stage == "dedup":
            print(f"buckets {manifest['notes']['buckets']}, largest {manifest['notes']['largest_buckets'][0]}")
    for name, seconds, cpu in steps:
        print(f"  {name:<34}{seconds:>10,.1f} s{cpu:>10,.1f} s CPU")
    for name, peak in sorted(watched.peaks.items()):
        print(f"peak RSS of a {name:<21}{peak / 1024:>10,.0f} MB")
    clusters = ds.dataset(run / "dedup" / "clusters", format="parquet").to_table(
        ["is_representative", "size", "method"]
    )
    methods = Counter(clusters["method"].to_pylist())
    print(f"{sum(clusters['is_representative'].to_pylist()):,} clusters; documents by method: {dict(methods)}")
    assert clusters.num_rows == documents


class Watched:
    """Peak RSS of the driver, of the JVM and of any Python worker, in KB, and the CPU time of all of them."""

    def __init__(self) -> None:
        self.peaks: Counter[str] = Counter()
        self.ticks: dict[int, int] = {}  # by process, also of those that have ended

    def cpu(self) -> float:
        """Seconds so far."""
        return sum(self.ticks.values()) / os.sysconf("SC_CLK_TCK")

    def run(self) -> None:
        while True:
            self.look()
            time.sleep(0.5)

    def look(self) -> None:
        parents, found = {}, {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
            except OSError:
                continue  # ended meanwhile
            parents[int(folder.name)] = int(fields["PPid"])
            found[int(folder.name)] = (fields["Name"].strip(), int(fields.get("VmHWM", "0 kB").split()[0]), ticks)
        for pid, (name, peak, ticks) in found.items():
            above, me = pid, os.getpid()
            while above not in (0, me):
                above = parents.get(above, 0)
            if above == me:
                kind = "driver" if pid == me else "JVM" if name == "java" else "Python worker"
                self.peaks[kind] = max(self.peaks[kind], peak)
                self.ticks[pid] = sum(map(int, ticks))


def timed_steps(watched: Watched) -> list[tuple[str, float, float]]:
    """(name, seconds, CPU seconds) of everything that is written from here on, in order."""
    steps: list[tuple[str, float, float]] = []

    def timed(function: Callable[..., Any], place: int) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            began, cpu = time.monotonic(), watched.cpu()
            result = function(*arguments)
            steps.append((str(arguments[place]), time.monotonic() - began, watched.cpu() - cpu))
            print(*steps[-1], file=sys.stderr, flush=True)
            return result

        return wrapped

    tables.checkpoint = timed(tables.checkpoint, 3)
    tables.write = timed(tables.write, 2)
    return steps


def make(documents: int, folder: Path) -> None:
    """The corpus as JSON lines, SHARD documents a file."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    shares = 1 / np.arange(1, 27)
    shares /= shares.sum()
    sizes = random.integers(3, 10, 50_000)
    vocabulary = np.array(["".join(random.choice(letters, size, p=shares)) for size in sizes], object)
    frequencies = np.cumsum(1 / np.arange(1, len(vocabulary) + 1))
    frequencies /= frequencies[-1]
    template = vocabulary[np.searchsorted(frequencies, random.random(TEMPLATE_WORDS))]
    for shard in range(-(-documents // SHARD)):
        count = min(SHARD, documents - shard * SHARD)
        drawn = vocabulary[np.searchsorted(frequencies, random.random((count, WORDS)))]
        for row in range(1, count):
            if row % 10 == 0:
                drawn[row, :-12] = drawn[row - 1, 12:]
            elif row % 20 == 5:
                drawn[row] = drawn[row - 2]
            elif row % 50 == 7:
                drawn[row, :TEMPLATE_WORDS] = template
        with (folder / f"part-{shard:04d}.jsonl").open("w", encoding="utf-8") as out:
            for row, words in enumerate(drawn):
                url = f"https://site{row % 997}.example.org/{shard}/{row}"
                out.write(json.dumps({"text": " ".join(words), "url": url}) + "\n")


if __name__ == "__main__":
    main()
