"""Speed, yield and steadiness of the extractor, and how well names of one document are put together.

python benchmarks/extraction.py corpus.jsonl.gz ...          words a second against bare spaCy, what is dropped and why
python benchmarks/extraction.py --aliases redocred.json.gz   pairwise precision and recall of alias clusters
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor
from analyzer.text.facts.model import load_model
from analyzer.text.names import Directory, Name

TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "work", "TIME": "date", "NUM": "number"}


def texts(path: Path, words: int) -> list[str]:
    """Every k-th document until about `words` words: a slice of the whole file, not of its beginning."""
    documents = list(_read(path))
    total = sum(len(d.split()) for d in documents)
    step = max(1, total // words)
    return documents[::step]


def _read(path: Path) -> Iterator[str]:
    if path.suffix == ".zst":
        import pyarrow as pa

        with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
            data = stream.read().decode("utf-8")
    else:
        data = gzip.decompress(path.read_bytes()).decode("utf-8")
    for line in data.splitlines():
        record = json.loads(line)
        yield from (r["text"] for r in (record if isinstance(record, list) else [record]))


def seconds(run: Callable[[], Any], repeats: int) -> float:
    """Median process time of `repeats` runs."""
    took = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return statistics.median(took)


def speed(path: Path, words: int, repeats: int) -> None:
    """Print words a CPU second of bare spaCy (stock settings), of the extractor, and of the rules alone."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    documents = texts(path, words)
    total = sum(len(d.split()) for d in documents)
    set_current_ops(NumpyOps(use_blis=True))  # what `spacy.load` gives
    stock = spacy.load(load_name())
    set_current_ops(NumpyOps(use_blis=True))
    list(stock.pipe(documents[:2]))
    bare = seconds(lambda: [None for _ in stock.pipe(documents, batch_size=64)], repeats)
    extractor = Extractor(ExtractSettings(memo_sentences=0))
    ours = seconds(lambda: list(extractor.extract(documents)), repeats)
    counts: Counter[str] = Counter()
    for extraction in extractor.extract(documents):
        counts.update(extraction.counts)
    print(f"{path.name}: {len(documents)} documents, {total} words")
    print(f"  bare spaCy {total / bare:,.0f} words/s, extractor {total / ours:,.0f} words/s, ratio {bare / ours:.2f}")

    print("  " + ", ".join(f"{k} {v}" for k, v in sorted(counts.items())))
    steadiness(documents)


def load_name() -> str:
    """The installed pipeline's name."""
    return load_model("auto").name


def steadiness(documents: list[str]) -> None:
    """Print how often a document's mentions depend on what else was in its batch."""
    one = [e.mentions for e in Extractor(ExtractSettings(batch_tokens=100, memo_sentences=0)).extract(documents)]
    many = [e.mentions for e in Extractor(ExtractSettings(memo_sentences=0)).extract(documents)]
    turned = [e.mentions for e in Extractor(ExtractSettings(memo_sentences=0)).extract(documents[::-1])][::-1]
    for name, other in (("batches of 100 tokens", one), ("reverse order", turned)):
        a, b = Counter(itertools.chain(*many)), Counter(itertools.chain(*other))
        changed = sum(x != y for x, y in zip(many, other, strict=True))
        print(
            f"  {name}: {changed} of {len(many)} documents, "
            f"{(a - b).total() + (b - a).total()} of {a.total()} mentions differ"
        )


def aliases(path: Path) -> None:
    """Print pairwise precision, recall and F of `Directory` on gold mentions with gold types (Re-DocRED)."""
    documents = json.loads(gzip.decompress(path.read_bytes()))
    scores: dict[str, Counter[str]] = {}
    for document in documents:
        mentions = sorted(
            (m["sent_id"], m["pos"][0], m["name"], m["type"], e)
            for e, vertex in enumerate(document["vertexSet"])
            for m in vertex
        )
        directory = Directory(Name(m[2], TYPES[m[3]]) for m in mentions)
        keys = [directory.lookup(m[2], TYPES[m[3]])[0] for m in mentions]
        for i, j in itertools.combinations(range(len(mentions)), 2):
            gold, ours = mentions[i][4] == mentions[j][4], keys[i] == keys[j]
            for kind in {"ALL", mentions[i][3], mentions[j][3]}:
                scores.setdefault(kind, Counter())[f"{gold}{ours}"] += 1
    for kind, count in sorted(scores.items()):
        hit, wrong, missed = count["TrueTrue"], count["FalseTrue"], count["TrueFalse"]
        p, r = hit / max(1, hit + wrong), hit / max(1, hit + missed)
        print(f"{kind:6s} precision {p:.3f} recall {r:.3f} F {2 * p * r / max(1e-9, p + r):.3f} pairs {hit + missed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="*")
    parser.add_argument("--aliases", type=Path)
    parser.add_argument("--words", type=int, default=60_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    for path in given.corpora:
        speed(path, given.words, given.repeats)
    if given.aliases:
        aliases(given.aliases)


if __name__ == "__main__":
    main()
