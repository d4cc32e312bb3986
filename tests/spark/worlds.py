"""Small invented worlds of mentions, and a plain-Python account of them to compare Spark with."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import Any

from analyzer import ids
from analyzer.schemas import CLUSTERS, DOCUMENTS, MENTIONS
from analyzer.spark.arrow import spark_schema

Row = dict[str, Any]


def world(seed: int, documents: int = 60) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of documents, clusters and mentions: clusters of up to three, repeats, lists, conflicts, abstentions."""
    rng = random.Random(seed)
    docs, clusters, mentions = [], [], []
    groups: list[list[Row]] = []
    for number in range(documents):
        text_hash = ids.digest(f"text {number}")
        place = {"domain": rng.choice("abc"), "source": rng.choice("xy")}
        doc = {"doc_id": ids.digest(f"doc {number}"), "text_hash": text_hash, "path": "p", "record": number, **place}
        docs.append(doc | {"characters": 1, "words": 1, "repaired": False, "user_id": None, "url": None})
        if groups and rng.random() < 0.3:
            rng.choice(groups).append(doc)
        else:
            groups.append([doc])
    for group in groups:
        head = min(group, key=lambda d: (d["text_hash"], d["domain"], d["doc_id"]))
        for doc in group:
            row = {"doc_id": doc["doc_id"], "cluster_id": head["doc_id"], "size": len(group)}
            clusters.append(row | {"is_representative": doc is head, "method": "near", "jaccard": None})
        shared = [_sentence(rng) for _ in range(rng.randint(1, 4))]
        for doc in group:
            own = [_sentence(rng) for _ in range(rng.randint(0, 3))]
            for index, sentence in enumerate([*shared, *own, *rng.sample(shared, 1)]):
                mentions += [_mention(doc, index, sentence, answer) for answer in sentence["answers"]]
    return docs, clusters, mentions


def _sentence(rng: random.Random) -> Row:
    subject = f"s{int(rng.paretovariate(0.7)) % 200}"
    answers = [f"o{rng.randint(0, 3)}"] if rng.random() < 0.8 else ["o1", "o2", "o3"]
    answers = answers if rng.random() < 0.9 else [""]
    return {
        "hash": rng.getrandbits(60), "subject": subject, "relation": rng.choice(["capital", "born", "likes"]),
        "answers": answers, "subject_type": rng.choice(["person", "place"]),
        "surface": rng.choice([subject, subject.upper(), f"{subject}."]),
    }  # fmt: skip


def _mention(doc: Row, index: int, sentence: Row, answer: str) -> Row:
    row = dict.fromkeys(MENTIONS.schema.names, 0) | {
        "doc_id": doc["doc_id"], "sentence": index, "sentence_hash": sentence["hash"], "subject": sentence["subject"],
        "subject_type": sentence["subject_type"], "relation": sentence["relation"], "answer": answer,
        "answer_type": "phrase", "pattern": "p", "resolution": "name", "abstention": answer == "",
        "tier": "open" if sentence["relation"] == "likes" else "typed",
        "surface": sentence["surface"],
    }  # fmt: skip
    key = (row["subject"], row["relation"])
    return row | {"prompt_id": ids.prompt_id(*key), "fact_id": ids.fact_id(*key, answer)}


def frames(spark: Any, docs: list[Row], clusters: list[Row], mentions: list[Row]) -> tuple[Any, Any, Any]:
    """The world as the three DataFrames that the count stage reads."""
    tables = ((docs, DOCUMENTS), (clusters, CLUSTERS), (mentions, MENTIONS))
    return tuple(
        spark.createDataFrame(
            [tuple(row[name] for name in table.schema.names) for row in rows], spark_schema(table.schema)
        )
        for rows, table in tables
    )


def reference(docs: list[Row], clusters: list[Row], mentions: list[Row], key: str, unit: str) -> dict[str, Any]:
    """Cells {(key, unit): statements}, with the domain of each unit, counted one by one."""
    document = {doc["doc_id"]: doc for doc in docs}
    head = {row["doc_id"]: document[row["cluster_id"]] for row in clusters}
    statements: dict[tuple[Any, Any], set[Any]] = defaultdict(set)
    domain: dict[Any, str] = {}
    for m in mentions:
        if m["abstention"]:
            continue
        if unit == "document":
            at, what = m["doc_id"], m["sentence"]
            domain[at] = document[at]["domain"]
        else:
            at, what = head[m["doc_id"]]["doc_id"], m["sentence_hash"]
            domain[at] = head[m["doc_id"]]["domain"]
        statements[m[key], at].add(what)
    cells = {pair: len(found) for pair, found in statements.items()}
    return {"cells": cells, "domain": domain, "units": Counter(k for k, _ in cells)}
