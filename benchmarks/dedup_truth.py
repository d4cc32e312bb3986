"""Clusters against a planted truth: how precise, how complete, at what price.

    python benchmarks/dedup_truth.py CORPUS DOCUMENTS FOLDER

Puts the sentences of the documents in CORPUS together to DOCUMENTS new ones of about 2.4 KB in FOLDER/corpus and audits
them up to the stage `dedup`. Three in ten are one side of a pair of known Jaccard similarity between .55 and .97, one
in twenty is a page of a template with facts of its own (about .62 to each other), 200 are a chain of versions, the rest
have nothing to do with each other. Reported are

- precision: pairs in one cluster, chain aside, whose exact Jaccard reaches the threshold, of all pairs in one cluster;
- recall: planted pairs that reach the threshold and are in one cluster, beside what banding predicts for exactly these
  pairs, the mean of 1 - (1 - J^rows)^bands;
- pairs of template pages in one cluster: some pages drew the same long sentences and do reach the threshold, others are
  joined through a third page; and whether the chain is one cluster, as `analyzer.spark.dedup` says of chains.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
from dedup_scale import Watched, timed_steps

from analyzer import pipeline
from analyzer.io import corpus, files
from analyzer.settings import Config, IngestSettings
from analyzer.text.minhash import shingles

SHARD = 10_000
CHAIN = 200
CHARACTERS = 2_400


def main() -> None:
    source, documents, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    config = Config()
    if not (folder / "corpus").exists():
        write(list(planted(sentences(source), documents)), folder / "corpus")
    shutil.rmtree(folder / "run", ignore_errors=True)
    watched = Watched()
    timed_steps(watched)
    threading.Thread(target=watched.run, daemon=True).start()
    began = time.monotonic()
    pipeline.audit(str(folder / "corpus"), str(folder / "run"), config, until="dedup")
    print(f"{documents:,} documents, {time.monotonic() - began:,.0f} s, CPU {watched.cpu():,.0f} s, peak RSS in MB:")
    print({name: round(peak / 1024) for name, peak in sorted(watched.peaks.items())})
    judge(folder, config)


def sentences(source: str) -> list[str]:
    """The distinct sentences of 40 to 400 characters of a corpus, in order."""
    found: dict[str, None] = {}
    for file in files.list_files([source]):
        for item in corpus.documents(file, IngestSettings()):
            if isinstance(item, corpus.Document):
                parts = (part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", item.text))
                found.update(dict.fromkeys(part for part in parts if 40 <= len(part) <= 400))
    return list(found)


def planted(pool: list[str], documents: int) -> Iterator[tuple[str, str]]:
    """(id, text); the id tells what is planted: pair-N-a, pair-N-b, template-N, version-N, single-N."""
    random = np.random.default_rng(1)

    def some(characters: int) -> list[str]:
        drawn = [pool[i] for i in random.integers(len(pool), size=characters // 40 + 1)]  # 40: of the shortest
        return drawn[: int(np.searchsorted(np.cumsum([len(sentence) for sentence in drawn]), characters)) + 1]

    pairs, pages = documents * 3 // 20, documents // 20
    for number in range(pairs):
        one = some(CHARACTERS)
        words = sum(len(sentence.split()) for sentence in one)
        shared = 2 * (target := random.uniform(0.55, 0.97)) / (1 + target) * words  # J = s / (2 - s)
        kept = " ".join(one).split()[: round(shared)]
        rest = " ".join(some(CHARACTERS)).split()[: words - len(kept)]
        yield f"pair-{number}-a", " ".join(one)
        yield f"pair-{number}-b", " ".join([*kept, *rest])
    frame = " ".join(some(CHARACTERS)).split()[:310]
    for number in range(pages):
        yield f"template-{number}", " ".join([*frame, *" ".join(some(800)).split()[:90]])
    history = " ".join(some(CHARACTERS + 60 * CHAIN)).split()
    for number in range(CHAIN):
        yield f"version-{number}", " ".join(history[8 * number : 8 * number + 400])
    for number in range(documents - 2 * pairs - pages - CHAIN):
        yield f"single-{number}", " ".join(some(CHARACTERS))


def write(records: list[tuple[str, str]], folder: Path) -> None:
    """JSON lines in a random order, so that what belongs together stands apart."""
    folder.mkdir(parents=True)
    order = np.random.default_rng(2).permutation(len(records))
    for shard in range(0, len(records), SHARD):
        with (folder / f"part-{shard // SHARD:04d}.jsonl").open("w", encoding="utf-8") as out:
            for place in order[shard : shard + SHARD]:
                out.write(json.dumps({"id": records[place][0], "text": records[place][1]}) + "\n")


def judge(folder: Path, config: Config) -> None:
    settings, run = config.dedup, folder / "run"
    names = ds.dataset(run / "ingest" / "documents", format="parquet").to_table(["doc_id", "user_id"]).to_pydict()
    by_id = dict(zip(names["doc_id"], names["user_id"], strict=True))
    rows = ds.dataset(run / "dedup" / "clusters", format="parquet").to_table(["doc_id", "cluster_id"]).to_pydict()
    cluster = {by_id[doc]: of for doc, of in zip(rows["doc_id"], rows["cluster_id"], strict=True)}
    texts: dict[str, str] = {}
    members: dict[str, list[str]] = defaultdict(list)
    for path in sorted((folder / "corpus").iterdir()):
        for line in path.open(encoding="utf-8"):
            record = json.loads(line)
            members[cluster[record["id"]]].append(record["id"])
            texts[record["id"]] = record["text"]

    def jaccard(one: str, other: str) -> float:
        a, b = (shingles(texts[name], settings) for name in (one, other))
        return len(a & b) / len(a | b)

    joined = [pair for group in members.values() for pair in combinations(sorted(group), 2)]
    outside = [pair for pair in joined if not all(name.startswith("version") for name in pair)]
    right = sum(jaccard(*pair) >= settings.threshold for pair in outside)
    print(f"precision {right / len(outside):.4f} = {right:,} / {len(outside):,} pairs in one cluster")
    pairs = [(f"pair-{n}-a", f"pair-{n}-b") for n in range(len(texts) * 3 // 20)]
    similar = np.array([jaccard(*pair) for pair in pairs])
    found = np.array([cluster[one] == cluster[other] for one, other in pairs])
    predicted = 1 - (1 - similar**settings.rows) ** settings.bands
    for low, high in (
        (settings.threshold, 1.0),
        (0.0, 0.65),
        (0.65, 0.7),
        (0.7, 0.75),
        (0.75, 0.8),
        (0.8, 0.9),
        (0.9, 1),
    ):
        of = (similar >= low) & (similar < high)
        error = np.sqrt(np.sum(predicted[of] * (1 - predicted[of]))) / of.sum()
        print(
            f"pairs at Jaccard {low:.2f}-{high:.2f}: {of.sum():>6,}, joined {found[of].mean():.4f}, "
            f"candidates by theory {predicted[of].mean():.4f} (se {error:.4f})"
        )
    pages = [name for name in texts if name.startswith("template")]
    alike = [jaccard(*pair) for pair in zip(pages[:1000:2], pages[1:1000:2], strict=True)]
    together = [jaccard(*pair) for pair in joined if all(name.startswith("template") for name in pair)]
    below = sum(similarity < settings.threshold for similarity in together)
    print(
        f"template: {len(pages):,} pages, Jaccard {np.mean(alike):.3f} (greatest {max(alike):.3f}); pairs in one "
        f"cluster {len(together):,}, of them below the threshold {below}"
    )
    versions = {cluster[f"version-{number}"] for number in range(CHAIN)}
    ends = jaccard("version-0", f"version-{CHAIN - 1}")
    print(f"chain of {CHAIN} versions: {len(versions)} cluster(s); first to last {ends:.2f}")


if __name__ == "__main__":
    main()
