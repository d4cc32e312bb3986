"""Likely split prompts against all pairs one by one, the split rate against what was planted, windows by hand."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from analyzer import ids
from analyzer.settings import CountSettings, EstimateSettings
from analyzer.spark import corrected, count, split_rate, splits, window
from analyzer.stats.split_rate import SplitSums, relation_rates
from analyzer.stats.split_rate import split_rate as estimated
from analyzer.text.aliases import likeness, named
from tests.spark.worlds import Row, frames

pytestmark = pytest.mark.spark
SIGMA_SHORT = 0.12  # chance that a mention leaves out the middle name


def document(number: int) -> tuple[Row, Row]:
    doc_id = ids.digest(f"doc {number}")
    place = {"path": "p", "record": number, "user_id": None, "domain": "ab"[number % 2], "source": "x", "url": None}
    doc = {"doc_id": doc_id, **place, "characters": 1, "words": 1, "text_hash": ids.digest(f"t {number}")}
    cluster = {"doc_id": doc_id, "cluster_id": doc_id, "size": 1, "is_representative": True, "method": "single"}
    return doc | {"repaired": False}, cluster | {"jaccard": None}


def stated(number: int, subject: str, relation: str, answer: str, **other) -> Row:
    """A mention in document `number`."""
    from analyzer.schemas import MENTIONS

    row = dict.fromkeys(MENTIONS.schema.names, 0) | {
        "doc_id": ids.digest(f"doc {number}"), "sentence_hash": ids.key64(str(number), subject, relation, answer),
        "subject": subject, "subject_type": "person", "relation": relation, "answer": answer, "answer_type": "place",
        "pattern": "p", "resolution": "name", "abstention": False, "tier": "typed", "surface": subject.title(),
        "prompt_id": ids.prompt_id(subject, relation), "fact_id": ids.fact_id(subject, relation, answer),
    }  # fmt: skip
    return row | other


def world(seed: int, persons: int, documents: int) -> tuple[list[Row], dict[str, set[int]]]:
    """Mentions of persons of three names, now and then without the second, and whom a relation|subject truly means."""
    rng = random.Random(seed)
    syllables = ["vel", "mar", "nor", "ren", "dun", "mere", "kal", "lan", "os", "trey", "pe", "reth", "so", "bri"]

    def word() -> str:
        return "".join(rng.choices(syllables, k=3))

    firsts, middles, lasts = ([word() for _ in range(n)] for n in (40, 40, 120))
    mentions: list[Row] = []
    who: dict[str, set[int]] = {}
    for person in range(persons):
        first, middle, last = rng.choice(firsts), rng.choice(middles), rng.choice(lasts)
        for relation, answers in (("place of birth", 60), ("employer", 200)):
            truth = f"place {rng.randrange(answers)}"
            for number in rng.sample(range(documents), min(int(rng.paretovariate(1.1)), 40)):
                short = rng.random() < SIGMA_SHORT
                subject = f"{first} {last}" if short else f"{first} {middle} {last}"
                answer = truth if rng.random() < 0.95 else f"place {rng.randrange(answers)}"
                mentions.append(stated(number, subject, relation, answer))
                who.setdefault(f"{relation}|{subject}", set()).add(person)
    return mentions, who


def read(spark, mentions: list[Row], documents: int):
    docs, clusters = zip(*(document(i) for i in range(documents)), strict=True)
    read_documents, read_clusters, found = frames(spark, list(docs), list(clusters), mentions)
    placed = count.placed(found, read_documents, read_clusters).persist()
    prompts, facts = count.prompts(placed, 4).persist(), count.facts(placed).persist()
    return placed, prompts, facts


def plain(name: str, frame):
    return frame.persist()


@pytest.fixture(scope="module")
def found(spark):
    documents = 600
    mentions, who = world(3, 400, documents)
    placed, prompts, facts = read(spark, mentions, documents)
    table, told = splits.splits(prompts, facts, placed, CountSettings(split_block=500), plain)
    table = table.persist()
    relations = count.relations(prompts, facts, {"place of birth": True, "employer": True}, CountSettings())
    rates = relation_rates([r.asDict() for r in relations.collect()])
    return {
        "mentions": mentions, "who": who, "told": told, "rates": rates, "rows": table.collect(),
        "by_id": {r["prompt_id"]: r for r in prompts.collect()},
        "sums": split_rate.sums(table, prompts, placed, rates),
    }  # fmt: skip


def test_blocks_lose_no_pair_that_comparing_all_would_find(found):
    prompts = list(found["by_id"].values())
    wanted = set()
    for a, b in combinations(prompts, 2):
        if a["relation"] == b["relation"] and a["subject"].split()[-1] == b["subject"].split()[-1]:
            like = likeness(named(a["subject"], "person"), named(b["subject"], "person"))
            if like is not None and like.kind != "spelling":
                wanted.add(frozenset((a["prompt_id"], b["prompt_id"])))
    got = {frozenset((r["prompt_id"], r["other_prompt_id"])) for r in found["rows"] if r["kind"] != "spelling"}
    assert len(wanted) > 100
    assert got == wanted
    assert len(found["rows"]) == len({frozenset((r["prompt_id"], r["other_prompt_id"])) for r in found["rows"]})
    assert (found["told"].blocks_left_out, found["told"].prompts_in_them_alone) == (0, 0)


def test_a_pair_tells_counts_answers_and_whether_joining_would_lose_a_singleton(found):
    answers, homes = {}, {}
    for m in found["mentions"]:
        answers.setdefault(m["prompt_id"], set()).add(m["answer"])
        homes.setdefault(m["prompt_id"], set()).add(m["doc_id"])
    for row in found["rows"]:
        one, other = found["by_id"][row["prompt_id"]], found["by_id"][row["other_prompt_id"]]
        assert (row["subject"], row["clusters"]) == (one["subject"], one["clusters"])
        assert (row["other_subject"], row["other_clusters"]) == (other["subject"], other["clusters"])
        assert (row["statements"], row["other_statements"]) == (one["cluster_statements"], other["cluster_statements"])
        assert row["clusters"] >= row["other_clusters"]
        assert row["singleton"] == (row["other_clusters"] == 1)
        a, b = answers[row["prompt_id"]], answers[row["other_prompt_id"]]
        assert row["agreement"] == pytest.approx(len(a & b) / (len(a) * len(b)))
        assert row["apart"] == (len(homes[row["prompt_id"]] | homes[row["other_prompt_id"]]) > 1)


def test_the_planted_split_rate_lies_in_the_interval(found):
    """Truth: singletons of a person whom another key has in another document. Namesakes are coincidence, not splits."""
    people = {}
    for m in found["mentions"]:
        for person in found["who"][f"{m['relation']}|{m['subject']}"]:
            people.setdefault((person, m["relation"]), {}).setdefault(m["prompt_id"], set()).add(m["doc_id"])
    alone = {k for k, row in found["by_id"].items() if row["clusters"] == 1}
    split = {
        k for keys in people.values() for k in keys
        if k in alone and len(keys) > 1 and len(set().union(*keys.values())) > 1
    }  # fmt: skip
    truth = len(split) / len(alone)
    e = estimated(found["sums"])
    assert set(found["rates"]) == {"place of birth", "employer"}
    assert 0.05 < truth < 0.4
    assert e.denominator == len(alone)
    assert e.low <= truth <= e.high, (e, truth)
    assert e.high - e.low < 0.15
    assert abs(e.value - truth) < 0.05


def test_the_sums_are_those_of_a_count_one_by_one(found):
    alone = {k: row for k, row in found["by_id"].items() if row["clusters"] == 1}
    home = {m["prompt_id"]: m["doc_id"] for m in found["mentions"]}
    links = {}
    for row in found["rows"]:
        for me, other in ((row["prompt_id"], row["other_prompt_id"]), (row["other_prompt_id"], row["prompt_id"])):
            if me in alone and row["apart"]:
                links.setdefault(me, []).append((other, row["agreement"] > 0))
    t = {}
    for k, row in alone.items():
        alpha, beta = found["rates"][row["relation"]]
        c = 1 - (1 - beta) ** len(links.get(k, ()))
        a = 1 - (1 - alpha) * (1 - beta) ** (len(links.get(k, ())) - 1)
        t[k] = row["cluster_statements"] * (any(e for _, e in links[k]) - c) / (a - c) if k in links else 0.0
    per = {}
    for k in alone:
        per.setdefault(home[k], []).append(k)
    sums = {h: (sum(t[k] for k in ks), sum(alone[k]["cluster_statements"] for k in ks)) for h, ks in per.items()}
    got = found["sums"]
    assert (got.statements, got.clusters) == (sum(w for _, w in sums.values()), len(sums))
    assert got.t == pytest.approx(sum(t.values()))
    assert got.t2 == pytest.approx(sum(x * x for x, _ in sums.values()))
    assert got.tw == pytest.approx(sum(x * w for x, w in sums.values()))
    pairs = {frozenset((k, o)) for k, ks in links.items() for o, _ in ks if o in alone}
    assert got.pair_tt == pytest.approx(sum(t[a] * t[b] for a, b in map(tuple, pairs)))
    assert got.pair_ww == len(pairs) > 10


def test_a_block_that_is_too_large_is_left_out_and_told(spark):
    mentions = [stated(i, f"tessa {c} orlane", "employer", "velmar") for i, c in enumerate("abcdefgh")]
    mentions += [stated(8, "tessa orlane", "employer", "velmar"), stated(9, "edric sonn", "employer", "velmar")]
    placed, prompts, facts = read(spark, mentions, 10)
    all_, told = splits.splits(prompts, facts, placed, CountSettings(), plain)
    assert (all_.count(), told.blocks_left_out) == (8, 0)
    few, told = splits.splits(prompts, facts, placed, CountSettings(split_block=4), plain)
    assert few.count() == 0
    assert told.blocks_left_out == told.blocks > 0
    assert told.prompts_in_them_alone == 9


def test_windows_count_facts_by_cluster_and_answers_that_come_first_apart(spark):
    rows = [(0, 0), (0, 1), (0, 3), (1, 40), (1, -2), (2, -1)]
    mentions = [stated(n, f"person {i}", "employer", "velmar", window=w) for i, (n, w) in enumerate(rows)]
    mentions.append(mentions[0] | {"window": 9, "sentence": 1})  # the same words again, farther off: the nearest counts
    placed, _, _ = read(spark, mentions, 3)
    found = {(r["slice_kind"], r["slice"], r["statistic"]): r for r in window.estimates(window.sums(placed), 0.95)}
    shares = {n: found["corpus", "*", window.beyond(n)] for n in window.ORDERS}
    assert {n: (r["numerator"], r["denominator"]) for n, r in shares.items()} == {
        2: (3, 4), 3: (2, 4), 4: (2, 4), 5: (1, 4), 6: (1, 4), 8: (1, 4), 16: (1, 4), 32: (1, 4)
    }  # fmt: skip
    first = found["corpus", "*", window.FIRST]
    assert (first["numerator"], first["denominator"], first["units"]) == (2, 6, 3)
    assert shares[2]["low"] <= 0.75 <= shares[2]["high"] and shares[2]["units"] == 2
    assert (found["domain", "b", window.beyond(2)]["numerator"], found["domain", "a", window.FIRST]["numerator"]) == (
        1,
        1,
    )


RATE = {
    "slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "units": 400, "a": 400, "n": 1000,
    "a2": 450.0, "am": 1000.0, "m2": 2600.0, "cross": 100.0, "value": 0.4, "low": 0.36, "high": 0.44,
}  # fmt: skip
SUMS = SplitSums(400, 50, 400, 40.0, 40.0, 44.0, 440.0, 0.0, 0.0, 0.0)  # sigma .1


def companions(**settings):
    found = corrected.estimates([RATE], lambda row: None, EstimateSettings(**settings), SUMS)
    return {row["statistic"]: row for row in found}


def test_splits_alone_make_no_corrected_rate_but_one_of_their_own():
    rows = companions()
    assert (rows["corrected_singleton_rate"]["value"], rows["corrected_singleton_rate"]["status"]) == (
        None,
        "not_measured",
    )
    alone = rows["split_corrected_singleton_rate"]
    assert alone["value"] == pytest.approx(0.4 * 0.9)
    assert alone["low"] < 0.36 * 0.9 and alone["status"] == "partly_measured"
    assert "split names alone" in alone["method"]


def test_with_measured_precision_the_runs_own_split_rate_is_used_and_named():
    row = companions(singleton_precision=0.9)["corrected_singleton_rate"]
    assert row["value"] == pytest.approx(0.9 * 0.4 * 0.9 / (0.9 * 0.4 + 0.6))
    assert "as estimated from the table splits" in row["method"]
    own = estimated(SUMS, 0.975)
    assert row["low"] < 0.9 * 0.36 * (1 - own.value) / (0.9 * 0.36 + 0.64)


def test_a_given_split_rate_comes_first():
    rows = companions(singleton_precision=0.9, split_rate=0.3)
    assert set(rows) == {"corrected_singleton_rate"}
    assert rows["corrected_singleton_rate"]["value"] == pytest.approx(0.9 * 0.4 * 0.7 / (0.9 * 0.4 + 0.6))
    assert "split rate as given" in rows["corrected_singleton_rate"]["method"]
