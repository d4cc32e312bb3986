"""Speed, yield and steadiness of the extractor, and how well names of one document are put together.

python -m benchmarks.extraction corpus.jsonl.gz ...          words a second against bare spaCy, the rules' share, what
                                                             is kept of the exhaustive path, what is dropped and why
python -m benchmarks.extraction --peers corpus.jsonl.gz ...  against textacy and triplet-extract (`monofact[peers]`)
python -m benchmarks.extraction --spark corpus.jsonl.gz ...  the extract stage in local[2] against two processes
python -m benchmarks.extraction --memory corpus.jsonl.gz     a worker's memory over a million words
python -m benchmarks.extraction --aliases redocred.json.gz   pairwise precision and recall of alias clusters
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from thinc.api import NumpyOps, get_current_ops, set_current_ops

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extraction, Extractor
from analyzer.text.facts.extractor import _document
from analyzer.text.facts.model import installed_model
from analyzer.text.facts.records import SentenceFacts
from analyzer.text.facts.tree import Tree, tree_of
from analyzer.text.names import Directory, Name

ONCE = ExtractSettings(memo_sentences=0)  # nothing is remembered between repeats
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
    for line in filter(None, data.split("\n")):  # not `splitlines`: a JSON text may hold U+2028
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


class Exhaustive(Extractor):
    """Reads every sentence and tags its entities: no prefilter (with that setting), no gate."""

    def _tree(self, doc: Doc, text: str) -> Tree | None:
        return tree_of(doc, text)


class Timed(Extractor):
    """Adds up what the rules take, from the parser's arrays to the facts of a sentence."""

    rules = 0.0

    def _tree(self, doc: Doc, text: str) -> Tree | None:
        start = time.process_time()
        found = super()._tree(doc, text)
        self.rules += time.process_time() - start
        return found

    def _facts(self, doc: Doc, tree: Tree) -> SentenceFacts:
        start = time.process_time()
        found = super()._facts(doc, tree)
        self.rules += time.process_time() - start
        return found


def speed(path: Path, words: int, repeats: int) -> None:
    """Print words a CPU second of bare spaCy (stock settings) and of the extractor, the rules' share, what is kept."""
    documents = texts(path, words)
    total = sum(len(d.split()) for d in documents)
    bare = bare_spacy(documents, repeats)
    extractor = Extractor(ONCE)
    ours = seconds(lambda: list(extractor.extract(documents)), repeats)
    print(f"{path.name}: {len(documents)} documents, {total} words, load average {os.getloadavg()[0]:.1f}")
    print(f"  bare spaCy {total / bare:,.0f} words/s, extractor {total / ours:,.0f} words/s, ratio {bare / ours:.2f}")
    timed = Timed(ONCE)
    timed.rules = 0.0
    start = time.process_time()
    read = list(timed.parse(documents))
    parsed = time.process_time() - start - timed.rules
    found = [_document(cut, facts) for cut, facts in read]
    rules = time.process_time() - start - parsed
    print(f"  rules {rules / bare:.1%} of bare spaCy, {rules / parsed:.1%} of what is left of the parse")
    exhaustive = list(Exhaustive(replace(ONCE, prefilter=False)).extract(documents))
    whole, kept = _places(exhaustive), _places(found)
    print(
        f"  mentions {kept.total()}, exhaustive path {whole.total()}, "
        f"of these kept {(whole & kept).total() / max(1, whole.total()):.1%}, others {(kept - whole).total()}"
    )
    counts: Counter[str] = Counter()
    for extraction in found:
        counts.update(extraction.counts)
    print("  " + ", ".join(f"{k} {v}" for k, v in sorted(counts.items())))
    steadiness(documents)


def bare_spacy(documents: list[str], repeats: int) -> float:
    """CPU seconds of `spacy.load(model).pipe` over the documents, with the matrix library that spaCy chooses."""
    before = get_current_ops()
    set_current_ops(NumpyOps(use_blis=True))
    stock = spacy.load(installed_model("auto"))
    list(stock.pipe(documents[:2]))
    took = seconds(lambda: [None for _ in stock.pipe(documents, batch_size=64)], repeats)
    set_current_ops(before)
    return took


def _places(extractions: list[Extraction]) -> Counter[tuple[object, ...]]:
    """Mentions by document, keys and place."""
    return Counter(
        (i, m.subject, m.relation, m.answer, m.abstention, m.subject_start, m.answer_start)
        for i, extraction in enumerate(extractions)
        for m in extraction.mentions
    )


def steadiness(documents: list[str]) -> None:
    """Print how often a document's mentions depend on what else was in its batch."""
    one = [e.mentions for e in Extractor(replace(ONCE, batch_tokens=100)).extract(documents)]
    many = [e.mentions for e in Extractor(ONCE).extract(documents)]
    turned = [e.mentions for e in Extractor(ONCE).extract(documents[::-1])][::-1]
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
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument(
        "--words", type=int, help="of each corpus: 60,000; peers 6,000; Spark 350,000; memory 1,000,000"
    )
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    if given.aliases:
        aliases(given.aliases)
    if given.spark:
        from benchmarks import extraction_load

        extraction_load.spark([t for path in given.corpora for t in texts(path, given.words or 350_000)])
    for path in () if given.spark else given.corpora:
        if given.peers:
            from benchmarks import extraction_peers

            extraction_peers.peers(path, texts(path, given.words or 6_000), given.repeats)
        elif given.memory:
            from benchmarks import extraction_load

            extraction_load.memory(texts(path, 10**9), given.words or 1_000_000)
        else:
            speed(path, given.words or 60_000, given.repeats)


if __name__ == "__main__":
    main()
