"""What an audit costs as documents grow: wall, CPU, memory and shuffle of every stage, and exponents between sizes.

    python -m benchmarks.scale TEXTS FOLDER [--sizes 10000 100000] [--sentences 3] [--until report]

TEXTS is a file or folder that monofact reads; its sentences are recombined into documents of three, made in FOLDER and
removed, with the run, when they were measured. A small audit goes first and is not counted: the first size would pay
for what the JVM and the workers load and compile once, and the exponent would look smaller than it is.
Names get an ending of their own in four documents of five, so that new documents state new facts, as new text does;
one document in ten is an edited copy of an earlier one, one in twenty a copy word for word. No parsed sentence is
remembered (extract.memo_sentences = 0): recombined ones would be parsed once in a small corpus and once in a large one.

An exponent is log(cost ratio) / log(size ratio) of CPU time: 1 is proportional. What is paid once, whatever the size,
makes it look smaller; of three sizes by equal factors it can be taken off: with cost a + b n^k the steps from size to
size are in the ratio factor^k. CPU times can be read on a busy machine, wall times on a quiet one only. Shuffle bytes
are from Spark's event log; Spark sends a table below 10 MB to every task instead of shuffling it, so small sizes
shuffle less than their share.
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


WARM_UP = 500  # documents audited before anything is measured


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
    parser.add_argument("--sentences", type=int, default=3, help="of a document")
    parser.add_argument("--until", default="report")
    given = parser.parse_args()
    events = given.folder / "events"
    events.mkdir(parents=True, exist_ok=True)
    sentences = list(islice(read(given.texts), SENTENCES))
    print(f"{len(sentences):,} sentences of {given.texts}, {given.sentences} a document")
    watched = Watched()
    log_on = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": events.absolute().as_uri()}
    plain = {"spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false"}
    application = session.get({**log_on, **plain}).sparkContext.applicationId
    audited(WARM_UP, make(WARM_UP, given.sentences, sentences, given.folder), given.until, watched)
    log_file = next(path for path in events.iterdir() if application in path.name)
    measured: list[tuple[int, dict[str, Cost]]] = []
    for size in given.sizes:
        costs = audited(size, make(size, given.sentences, sentences, given.folder), given.until, watched)
        show(size, costs, shuffle(log_file, costs), watched)
        measured.append((size, costs))
        for stage in costs if len(measured) > 1 else ():
            limit = f" (limit {LIMITS[stage]})" if stage in LIMITS else ""
            print(f"exponent up to {size:,} of {stage:<9}{exponents(stage, measured[-3:])}{limit}", flush=True)
    session.get().stop()
    shutil.rmtree(events)


def exponents(stage: str, measured: list[tuple[int, dict[str, Cost]]]) -> str:
    """Between the last two sizes; of three also that of their steps, without what is paid once."""
    sizes, costs = [size for size, _ in measured], [found[stage].cpu for _, found in measured]
    told = f"{log(costs[-1] / costs[-2]) / log(sizes[-1] / sizes[-2]):>6.2f}"
    if len(measured) < 3:
        return told
    added, more = np.diff(costs), np.diff(sizes)
    net = f"{log(added[1] / added[0]) / log(more[1] / more[0]):.2f}" if min(added) > 0 else "unknown"
    return f"{told}, {net} without what is paid once"


def audited(size: int, documents: Path, until: str, watched: Watched) -> dict[str, Cost]:
    """One audit of a folder of `size` documents, which is then removed: the cost of each stage."""
    run = documents.with_name(f"run-{size}")
    shutil.rmtree(run, ignore_errors=True)
    costs: dict[str, Cost] = {}

    @contextlib.contextmanager
    def watch(stage: str, job: Job) -> Iterator[None]:
        watched.step = f"{size}/{stage}"
        began, clock, cpu = time.time(), time.monotonic(), watched.cpu()
        yield
        costs[stage] = Cost(time.monotonic() - clock, watched.cpu() - cpu, began, time.time())
        print(f"{size:>9,} {stage:<9}{costs[stage].seconds:>8,.1f} s wall{costs[stage].cpu:>9,.1f} s CPU", flush=True)

    config = Config.load(None, ["extract.memo_sentences=0"])
    result = pipeline.audit(str(documents), str(run), config, until=until, watch=watch)
    mentions = result.run.finished("extract").rows("mentions") if "extract" in costs else 0
    megabytes = sum(path.stat().st_size for path in documents.iterdir()) / 1e6
    print(f"{size:,} documents, {megabytes:,.1f} MB with their markup, {mentions:,} mentions", flush=True)
    for folder in (documents, run):
        shutil.rmtree(folder)
    return costs


def show(size: int, costs: dict[str, Cost], shuffled: dict[str, int], watched: Watched) -> None:
    heads = "".join(f"{kind + ' MB':>18}" for kind in KINDS)
    print(f"{'stage':<9}{'wall s':>9}{'CPU s':>9}{'shuffle MB':>12}{heads}{'all MB':>9}")
    for stage, cost in costs.items():
        peaks = "".join(f"{watched.peaks[f'{size}/{stage}', kind] / 1e6:>18,.0f}" for kind in KINDS)
        figures = f"{cost.seconds:>9,.1f}{cost.cpu:>9,.1f}{shuffled[stage] / 1e6:>12,.1f}{peaks}"
        print(f"{stage:<9}{figures}{watched.together[f'{size}/{stage}'] / 1e6:>9,.0f}", flush=True)


def shuffle(log_file: Path, costs: dict[str, Cost]) -> dict[str, int]:
    """Bytes written to shuffles by stage: tasks belong to the stage during which they began."""
    found: dict[str, int] = defaultdict(int)
    with log_file.open(encoding="utf-8") as lines:
        for line in lines:
            if '"SparkListenerTaskEnd"' not in line:
                continue
            event = json.loads(line)
            written = (event.get("Task Metrics") or {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
            launched = event["Task Info"]["Launch Time"] / 1000
            for stage, cost in costs.items():
                if cost.began <= launched <= cost.ended:
                    found[stage] += written
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


def make(size: int, length: int, sentences: list[str], folder: Path) -> Path:
    """Documents of `length` sentences as JSON lines in a folder, the same for the same sentences and size."""
    made = folder / f"corpus-{size}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    random = np.random.default_rng(1)
    recent: list[str] = []
    for shard in range(-(-size // SHARD)):
        with (made / f"part-{shard:04d}.jsonl").open("w", encoding="utf-8") as out:
            for number in range(shard * SHARD, min(size, (shard + 1) * SHARD)):
                text = " ".join(sentences[i] for i in random.integers(0, len(sentences), length))
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
    return made


if __name__ == "__main__":
    main()
