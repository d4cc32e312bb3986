"""The extract stage inside Spark against plain processes, and the memory of a worker over a million words."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor

_INVENTED = 0.1  # share of words that no vocabulary knows
_STEP = 100_000  # words between two looks at the memory
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def spark(documents: list[str]) -> None:
    """Print words a second of wall time of the stage in local[2] and of two processes that run at the same time.

    Both have loaded the model before the clock starts; the stage runs as in an audit, from a DataFrame arranged by
    cluster to rows that are counted.
    """
    from pyspark.sql import functions as F

    from analyzer.spark import extract, session

    words = sum(len(d.split()) for d in documents)
    active = session.get({"spark.master": "local[2,4]"})
    rows = [(f"{i:06d}", "", "", i, text) for i, text in enumerate(documents)]
    texts = active.createDataFrame(rows, "doc_id string, domain string, path string, record long, text string").cache()
    clusters = texts.select("doc_id", F.col("doc_id").alias("cluster_id"))
    settings = ExtractSettings()
    arranged = extract.arranged(texts, clusters, sum(map(len, documents))).cache()
    partitions, read = arranged.rdd.getNumPartitions(), arranged.count()
    extract.items(texts.limit(2).repartition(2), settings).count()
    start = time.perf_counter()
    extract.items(arranged, settings).count()
    inside = time.perf_counter() - start
    active.stop()
    load = os.getloadavg()[0]
    print(f"{read} documents, {words} words, {partitions} partitions, load average {load:.1f}")
    print(f"  local[2] {words / inside:,.0f} words/s", flush=True)
    alone = max(_together([documents[::2], documents[1::2]]))
    print(f"  two processes {words / alone:,.0f} words/s, ratio {alone / inside:.2f}")


def _together(parts: list[list[str]]) -> list[float]:
    """Wall seconds of one process a part, all at the same time."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(parts)), context.Queue()
    processes = [context.Process(target=_process, args=(part, barrier, answers)) for part in parts]
    for process in processes:
        process.start()
    took = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return took


def _process(
    documents: list[str], barrier: multiprocessing.synchronize.Barrier, answers: multiprocessing.Queue[float]
) -> None:
    extractor = Extractor(ExtractSettings())
    barrier.wait()
    start = time.perf_counter()
    for _ in extractor.extract(documents):
        pass
    answers.put(time.perf_counter() - start)


def memory(documents: list[str], words: int) -> None:
    """Print the resident memory of a worker at each 100,000 words of text in which every tenth word is invented."""
    extractor = Extractor(ExtractSettings())
    strings = extractor._model.nlp.vocab.strings
    read = shown = 0
    print(f"{words} words, one in {1 / _INVENTED:.0f} invented")
    for found in extractor.extract(_invented(documents, words)):
        read += found.counts["words"]
        if read >= shown:
            remembered = len(extractor._memo)
            print(f"  {read:9,} words, {_resident():6.0f} MB, {len(strings):7,} strings, memo {remembered:6,}")
            shown = read - read % _STEP + _STEP


def _invented(documents: list[str], words: int) -> Iterator[str]:
    source = random.Random(1)
    read = 0
    while read < words:
        for document in documents:
            parts = document.split(" ")
            for i, part in enumerate(parts):
                if part.isalpha() and source.random() < _INVENTED:
                    made = "".join(source.choices(_LETTERS, k=source.randrange(4, 11)))
                    parts[i] = made.capitalize() if part[0].isupper() else made
            yield " ".join(parts)
            read += len(document.split())
            if read >= words:
                return


def _resident() -> float:
    """Megabytes of this process in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
