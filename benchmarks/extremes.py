"""Inputs of an awkward shape: does an audit finish, and in how much memory?

    python -m benchmarks.extremes tiny-files FOLDER [--size 1000000]     # that many files of one document
    python -m benchmarks.extremes one-gz FOLDER [--size 5000000000]      # one .jsonl.gz of that many bytes of text
    python -m benchmarks.extremes domains FOLDER [--size 100000]         # that many domains of one document

The input is made in FOLDER, audited up to --until and removed. Printed: records kept, time of each stage, most resident
bytes of one process of each kind and of all together. A hot key among many mentions: `count_scale --hot 0.3`.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from analyzer import pipeline
from analyzer.settings import Config
from analyzer.stages import Job
from benchmarks.processes import KINDS, Watched

A_FOLDER = 1_000  # files in one folder
CHARACTERS = 2_000  # of a document in the large file
LINE = "The harbour of Town{0} was built in {1}. Town{0} is the capital of Land{0}. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", choices=MAKERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int)
    parser.add_argument("--until")
    given = parser.parse_args()
    maker, size, until = MAKERS[given.case]
    corpus, run = given.folder / "corpus", given.folder / "run"
    for old in (corpus, run):
        shutil.rmtree(old, ignore_errors=True)
    corpus.mkdir(parents=True)
    try:
        maker(corpus, given.size or size)
        audited(corpus, run, given.until or until)
    finally:
        shutil.rmtree(corpus, ignore_errors=True)


def audited(corpus: Path, run: Path, until: str) -> None:
    watched, began = Watched(), time.monotonic()

    @contextlib.contextmanager
    def watch(stage: str, job: Job) -> Iterator[None]:
        watched.step, start, cpu = stage, time.monotonic(), watched.cpu()
        yield
        print(f"{stage:<9}{time.monotonic() - start:>9,.1f} s wall{watched.cpu() - cpu:>9,.1f} s CPU", flush=True)

    result = pipeline.audit(str(corpus), str(run), Config(), until=until, watch=watch)
    counts = result.run.finished("ingest").counts
    peaks = ", ".join(f"{kind} {watched.peak(kind) / 1e6:,.0f} MB" for kind in KINDS)
    together = max(watched.together.values()) / 1e9
    print(
        f"kept {counts.kept:,} of {counts.read:,} in {time.monotonic() - began:,.0f} s; {peaks}; all {together:.2f} GB"
    )


def tiny_files(folder: Path, size: int) -> None:
    for number in range(size):
        place = folder / f"{number // A_FOLDER:05d}"
        if number % A_FOLDER == 0:
            place.mkdir()
        (place / f"{number}.txt").write_text(LINE.format(number, 1500 + number % 500))


def one_gz(folder: Path, size: int) -> None:
    done = number = 0
    with gzip.open(folder / "all.jsonl.gz", "wt", compresslevel=1, encoding="utf-8") as out:
        while done < size:
            text = (LINE.format(number, 1500 + number % 500) * (CHARACTERS // len(LINE)))[:CHARACTERS]
            done += out.write(json.dumps({"text": text, "source": f"part {number % 50}"}) + "\n")
            number += 1


def domains(folder: Path, size: int) -> None:
    with (folder / "all.jsonl").open("w", encoding="utf-8") as out:
        for number in range(size):
            row = {"text": LINE.format(number, 1500 + number % 500), "url": f"https://www.site{number}.org/a"}
            out.write(json.dumps(row) + "\n")


MAKERS: dict[str, tuple[Callable[[Path, int], None], int, str]] = {
    "tiny-files": (tiny_files, 1_000_000, "ingest"),
    "one-gz": (one_gz, 5_000_000_000, "ingest"),
    "domains": (domains, 100_000, "report"),
}


if __name__ == "__main__":
    main()
