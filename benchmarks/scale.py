"""What an audit costs as documents grow: wall, CPU, memory and shuffle of every stage, and exponents between sizes.

    python -m benchmarks.scale TEXTS FOLDER [--sizes 10000 100000] [--until report]

TEXTS is a file or folder that monofact reads; its sentences are recombined into documents of three, made in FOLDER.
Names get an ending of their own in four documents of five, so that new documents state new facts, as new text does;
one document in ten is an edited copy of an earlier one, one in twenty a copy word for word. No parsed sentence is
remembered (extract.memo_sentences = 0): recombined ones would be parsed once in a small corpus and once in a large one.

An exponent is log(cost ratio) / log(size ratio) of CPU time: 1 is proportional. CPU times can be read on a busy
machine, wall times on a quiet one only. Shuffle bytes are from Spark's event log.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import log
from pathlib import Path

import numpy as np

from analyzer import pipeline
from analyzer.io import corpus, files
from analyzer.settings import Config, IngestSettings
from analyzer.spark import session
from analyzer.stages import Job
from benchmarks.processes import KINDS, Watched

SHARD = 20_000  # documents a file
SENTENCES = 60_000  # read from TEXTS at most
LENGTHS = (40, 200)  # characters of a sentence that is used
SYLLABLES = ("ba", "den", "ford", "gar", "hol", "ira", "kov", "lin", "mere", "nor", "os", "rath", "sel", "tan", "vik")
LIMITS = {"dedup": 1.05, "extract": 1.05, "count": 1.1}


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    cpu: float
    began: float
    ended: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--until", default="report")
    given = parser.parse_args()
    events = given.folder / "events"
    events.mkdir(parents=True, exist_ok=True)
    sentences = list(islice(read(given.texts), SENTENCES))
    print(f"{len(sentences):,} sentences of {given.texts}")
    watched = Watched()
    log_on = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": events.absolute().as_uri()}
    plain = {"spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false"}
    application = session.get({**log_on, **plain}).sparkContext.applicationId
    costs = {size: audited(size, sentences, given.folder, given.until, watched) for size in given.sizes}
    session.get().stop()
    log_file = next(path for path in events.iterdir() if application in path.name)
    shuffled = shuffle(log_file, costs)
    for size in given.sizes:
        show(size, costs[size], shuffled, watched)
    for small, large in zip(given.sizes, given.sizes[1:], strict=False):
        for stage in costs[small]:
            found = log(costs[large][stage].cpu / costs[small][stage].cpu) / log(large / small)
            limit = f" (limit {LIMITS[stage]})" if stage in LIMITS else ""
            print(f"exponent {small:,} -> {large:,} of {stage:<9}{found:>6.2f}{limit}")


def audited(size: int, sentences: list[str], folder: Path, until: str, watched: Watched) -> dict[str, Cost]:
    """One audit of `size` documents: the cost of each stage."""
    documents, run = folder / f"corpus-{size}", folder / f"run-{size}"
    if not documents.exists():
        make(size, sentences, documents)
    shutil.rmtree(run, ignore_errors=True)
    costs: dict[str, Cost] = {}

    @contextlib.contextmanager
    def watch(stage: str, job: Job) -> Iterator[None]:
        watched.step = f"{size}/{stage}"
        began, clock, cpu = time.time(), time.monotonic(), watched.cpu()
        yield
        costs[stage] = Cost(time.monotonic() - clock, watched.cpu() - cpu, began, time.time())
        print(f"{size:>9,} {stage:<9}{costs[stage].seconds:>8,.1f} s wall{costs[stage].cpu:>9,.1f} s CPU", flush=True)

    pipeline.audit(str(documents), str(run), Config.load(None, ["extract.memo_sentences=0"]), until=until, watch=watch)
    return costs


def show(size: int, costs: dict[str, Cost], shuffled: dict[tuple[int, str], int], watched: Watched) -> None:
    heads = "".join(f"{kind + ' MB':>18}" for kind in KINDS)
    print(f"\n{size:,} documents\n{'stage':<9}{'wall s':>9}{'CPU s':>9}{'shuffle MB':>12}{heads}")
    for stage, cost in costs.items():
        peaks = "".join(f"{watched.peaks[f'{size}/{stage}', kind] / 1e6:>18,.0f}" for kind in KINDS)
        print(f"{stage:<9}{cost.seconds:>9,.1f}{cost.cpu:>9,.1f}{shuffled[size, stage] / 1e6:>12,.1f}{peaks}")


def shuffle(log_file: Path, costs: dict[int, dict[str, Cost]]) -> dict[tuple[int, str], int]:
    """Bytes written to shuffles by (size, stage): tasks belong to the stage during which they began."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    spans = [(cost.began, cost.ended, size, stage) for size, by in costs.items() for stage, cost in by.items()]
    with log_file.open(encoding="utf-8") as lines:
        for line in lines:
            if '"SparkListenerTaskEnd"' not in line:
                continue
            event = json.loads(line)
            written = (event.get("Task Metrics") or {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
            launched = event["Task Info"]["Launch Time"] / 1000
            for began, ended, size, stage in spans:
                if began <= launched <= ended:
                    found[size, stage] += written
    return found


def read(texts: str) -> Iterator[str]:
    """Sentences of middling length, each once."""
    seen: set[str] = set()
    for file in files.list_files([texts]):
        for item in corpus.documents(file, IngestSettings()):
            for sentence in re.split(r"(?<=[.!?])\s+", getattr(item, "text", "")):
                short = " ".join(sentence.split())
                if LENGTHS[0] <= len(short) <= LENGTHS[1] and short[0].isupper() and short not in seen:
                    seen.add(short)
                    yield short


def make(size: int, sentences: list[str], folder: Path) -> None:
    """Documents as JSON lines, the same for the same sentences and size."""
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    random = np.random.default_rng(1)
    recent: list[str] = []
    for shard in range(-(-size // SHARD)):
        with (draft / f"part-{shard:04d}.jsonl").open("w", encoding="utf-8") as out:
            for number in range(shard * SHARD, min(size, (shard + 1) * SHARD)):
                text = " ".join(sentences[i] for i in random.integers(0, len(sentences), 3))
                if recent and number % 20 == 5:
                    text = recent[int(random.integers(0, len(recent)))]
                elif recent and number % 10 == 0:
                    text = recent[int(random.integers(0, len(recent)))] + " Read more."
                elif random.random() < 0.8:
                    ending = "".join(SYLLABLES[i] for i in random.integers(0, len(SYLLABLES), 2))
                    text = re.sub(r"(?<=[a-z,] )([A-Z][a-z]{3,})\b", rf"\1{ending}", text)
                recent = [*recent[-500:], text]
                row = {"text": text, "url": f"https://site{number % 199}.example.org/{number}"}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    draft.rename(folder)


if __name__ == "__main__":
    main()
