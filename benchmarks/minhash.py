"""Documents a second from text to signature, one core: datasketch's own ways and other projects' against our kernels.

    python benchmarks/minhash.py [CORPUS]

What is timed are made documents: 2.4 KB of words drawn by Zipf's law, half of the documents with typographic quotes and
dashes. All of datasketch's ways and ours yield the same signatures, which is checked over all documents, and those of
CORPUS, for 1, 112, 128, 250 and 256 permutations before anything is timed. Each figure is the median CPU time of three
runs in turn; only the ratios within one run mean something on a shared machine.

With the extra `peers`, datatrove's signature step (its tokeniser and normalisation) and rensa (fed with our shingles,
as it has none) stand beside them; their signatures are others by design.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from datasketch import MinHash
from xxhash import xxh32_intdigest, xxh64_intdigest

from analyzer.io import corpus, files
from analyzer.settings import DedupSettings, IngestSettings
from analyzer.text import minhash

RUNS = 3
DOCUMENTS = 1_500
SLOW = 300  # documents for the ways that need milliseconds each
OURS = ("numpy", "numba")

Way = Callable[[list[str]], np.ndarray]


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    texts = make(DOCUMENTS)
    characters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} documents, {characters:.0f} characters on average")
    real = read(sys.argv[1:])
    for permutations in (1, 112, 128, 250, 256):
        check(texts + real, DedupSettings(permutations=permutations, bands=1, rows=1))
        print(f"P = {permutations}: signatures of {len(texts)} made and {len(real)} real documents equal datasketch's")
    for permutations in (128, 256):
        settings = DedupSettings(permutations=permutations)
        ways = ways_of(settings)
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way(texts[:SLOW])  # compiles what needs it
        for _ in range(RUNS):
            for name, way in ways.items():
                some = texts if name in OURS else texts[:SLOW]
                start = time.process_time()
                way(some)
                seconds[name].append((time.process_time() - start) / len(some))
        median = {name: statistics.median(times) for name, times in seconds.items()}
        print(f"\n{permutations} permutations{'documents/s':>17}{'x update':>12}")
        for name, each in median.items():
            print(f"{name:<20}{1 / each:>13,.0f}{median['datasketch update'] / each:>12.1f}")


def read(corpora: list[str]) -> list[str]:
    """The texts of all documents of some corpora."""
    found = [corpus.documents(file, IngestSettings()) for file in files.list_files(corpora)] if corpora else []
    return [item.text for items in found for item in items if isinstance(item, corpus.Document)]


def check(texts: list[str], settings: DedupSettings) -> None:
    """Every kernel against datasketch on every document."""
    ways = ways_of(settings)
    expected = ways["datasketch bulk"](texts)
    for name in OURS:
        if name in ways:
            np.testing.assert_array_equal(ways[name](texts), expected, err_msg=name)


def ways_of(settings: DedupSettings) -> dict[str, Way]:
    """Ways from texts to signatures (n, P), by name."""
    arguments = {
        "num_perm": settings.permutations,
        "seed": settings.seed,
        "scheme": minhash.SCHEME,
        "hashfunc": xxh32_intdigest,
    }

    def update(texts: list[str]) -> np.ndarray:
        rows = []
        for text in texts:
            sketch = MinHash(**arguments)
            for shingle in minhash.shingles(text, settings):
                sketch.update(shingle)
            rows.append(sketch.hashvalues)
        return np.array(rows)

    def bulk(texts: list[str]) -> np.ndarray:
        sketches = MinHash.bulk([minhash.shingles(text, settings) for text in texts], **arguments)
        return np.array([sketch.hashvalues for sketch in sketches])

    def ours(kernel: minhash.Kernel) -> Way:
        return lambda texts: minhash.signatures(pa.array(texts), settings, kernel)

    ways: dict[str, Way] = {"datasketch update": update, "datasketch bulk": bulk, "numpy": ours("numpy")}
    if minhash.kernel_name() == "numba":
        ways["numba"] = ours("numba")
    return ways | peers(settings)


def peers(settings: DedupSettings) -> dict[str, Way]:
    """Other projects' ways, as far as they are installed."""
    ways: dict[str, Way] = {}
    with contextlib.suppress(ImportError):
        from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

        config = MinhashConfig(settings.ngram, num_buckets=settings.permutations // 8 or 1, hashes_per_bucket=8)
        step = MinhashDedupSignature(tempfile.mkdtemp(), config)
        step._hash_func = lambda shingle: xxh64_intdigest(shingle.encode())  # its own hands xxhash a str, now an error
        ways["datatrove"] = lambda texts: np.array([step.get_signature(step.get_shingles(text)) for text in texts])
    with contextlib.suppress(ImportError):
        from rensa import RMinHash

        def rensa(texts: list[str]) -> np.ndarray:
            rows = []
            for text in texts:
                sketch = RMinHash(num_perm=settings.permutations, seed=settings.seed)
                sketch.update([shingle.decode() for shingle in minhash.shingles(text, settings)])
                rows.append(sketch.digest())
            return np.array(rows)

        ways["rensa"] = rensa
    return ways


def make(count: int) -> list[str]:
    """Documents of 355 words, 2.4 KB."""
    random = np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    shares = 1 / np.arange(1, 27)
    vocabulary = [
        "".join(random.choice(letters, size, p=shares / shares.sum())) for size in random.integers(2, 10, 20_000)
    ]
    frequencies = 1 / np.arange(1, len(vocabulary) + 1)
    texts = []
    for document in range(count):
        words = [vocabulary[i] for i in random.choice(len(vocabulary), 355, p=frequencies / frequencies.sum())]
        words[::12] = [f"{word.capitalize()}," for word in words[::12]]
        if document % 2:
            words[5::40] = [f"“{word}” –" for word in words[5::40]]
        texts.append(" ".join(words))
    return texts


if __name__ == "__main__":
    main()
