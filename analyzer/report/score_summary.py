"""A scoring in plain Python values, for its page and for `--json`: what is said there is said once, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from analyzer.report import neutral, numbers

Row = dict[str, Any]

SHOWN_BENCHMARKS, SHOWN_PAIRS, SHOWN_TOPICS, SHOWN_PHRASES = 20, 30, 40, 40  # rows on the page; the tables hold all
SHARES = ("accuracy", "error", "abstention", "error_given_attempted", "unscorable")
_NAMES = {"accuracy": "correct", "error": "wrong", "abstention": "abstained"}


def summarise(tables: Mapping[str, pa.Table], about: Mapping[str, Any]) -> Row:
    """Everything the page shows. `about`: counts, files, settings, command, published benchmarks."""
    rows = {name: table.to_pylist() for name, table in tables.items() if name != "curves"}
    sets = sorted({(row["benchmark"], row["target"]) for row in rows["scores"]}, key=lambda s: (s[0], s[1] or -1.0))
    benchmarks = [_benchmark(name, target, rows) for name, target in sets]
    flips = [flip for benchmark in benchmarks for flip in benchmark["flips"]]
    return {
        "verdict": verdict(benchmarks, flips),
        "benchmarks": benchmarks,
        "flips": flips,
        "behaviour": rows["behaviour"],
        "abstentions": rows["abstentions"],
        "about": dict(about),
    }


def _benchmark(name: str, target: float | None, rows: Mapping[str, Sequence[Row]]) -> Row:
    def mine(table: str) -> list[Row]:
        return [row for row in rows[table] if row["benchmark"] == name and row["target"] == target]

    scores, ranks, pairs = mine("scores"), mine("ranks"), mine("comparisons")
    models = [_model(model, scores, ranks) for model in sorted({row["model"] for row in scores} - {"*"})]
    models.sort(key=lambda m: (-(m["correct"]["value"] if m["correct"]["value"] is not None else -1.0), m["model"]))
    return {
        "name": name,
        "target": target,
        "items": max((row["items"] for row in ranks), default=0) or max((m["items"] for m in models), default=0),
        "targets": [{"t": t, "penalty": penalty} for t, penalty in sorted({(r["t"], r["penalty"]) for r in ranks})],
        "models": models,
        "pooled": _model("*", scores, []) if any(row["model"] == "*" for row in scores) else None,
        "topics": _topics(scores),
        "flips": _flips(name, target, ranks, pairs),
        "pairs": pairs,
        "break_even": mine("break_even"),
        "reliability": mine("reliability"),
        "thresholds": mine("thresholds"),
        "credit": mine("credit"),
    }


def _model(model: str, scores: Sequence[Row], ranks: Sequence[Row]) -> Row:
    mine = {(row["statistic"], row["t"]): row for row in scores if row["model"] == model and row["topic"] == "*"}
    places = {row["t"]: row for row in ranks if row["model"] == model}
    shares = {_NAMES.get(name, name): mine[name, None] for name in SHARES if (name, None) in mine}
    return {
        "model": model,
        **shares,
        "items": int(mine["accuracy", None]["denominator"]),
        "ece": mine.get(("ece", None)),
        "ece_if_calibrated": mine.get(("ece_if_calibrated", None)),
        "brier": mine.get(("brier", None)),
        "scores": [
            {**row, **{key: places[t][key] for key in ("rank", "rank_binary", "best", "worst", "items")}} if t in places
            else row
            for (name, t), row in sorted(mine.items(), key=lambda item: item[0][1] or 0.0) if name == "score"
        ],
    }  # fmt: skip


def _topics(scores: Sequence[Row]) -> list[Row]:
    """Pooled shares by topic, or those of the only model."""
    models = {row["model"] for row in scores}
    model = "*" if "*" in models else min(models, default="*")
    topics = sorted({row["topic"] for row in scores} - {"*"})
    found = {(r["topic"], r["statistic"]): r for r in scores if r["model"] == model and r["t"] is None}
    return [
        {"topic": topic, **{name: found[topic, name] for name in SHARES if (topic, name) in found}} for topic in topics
    ]


def _flips(name: str, target: float | None, ranks: Sequence[Row], pairs: Sequence[Row]) -> list[Row]:
    """Models whose rank differs from binary grading, with the models they overtake or fall behind."""
    out = []
    for row in ranks:
        if row["rank"] is None or row["rank"] == row["rank_binary"]:
            continue
        turned = [
            p for p in pairs if p["flipped"] and p["t"] == row["t"] and row["model"] in (p["model_a"], p["model_b"])
        ]
        out.append({
            "benchmark": name, "target": target, "model": row["model"], "t": row["t"], "penalty": row["penalty"],
            "rank_binary": row["rank_binary"], "rank": row["rank"],
            "against": sorted(p["model_b"] if p["model_a"] == row["model"] else p["model_a"] for p in turned),
            "beyond_chance": any(_significant(p) for p in turned),
        })  # fmt: skip
    return out


def _significant(pair: Row) -> bool:
    return pair["p_adjusted"] is not None and pair["p_adjusted"] < 1 - pair["confidence"]


def verdict(benchmarks: Sequence[Row], flips: Sequence[Row]) -> Row:
    """One sentence and what it must not be taken for."""
    caveats: list[str] = []
    risen = [flip for flip in flips if flip["rank"] < flip["rank_binary"]]
    if not any(m["items"] for b in benchmarks for m in b["models"]):
        return {"sentence": "No answer in these logs can be scored.", "caveats": ["See how they were read, below."]}
    if risen:
        top = max(risen, key=lambda f: (f["rank_binary"] - f["rank"], -f["t"], f["model"]))
        sentence = (
            f"The ranking depends on what a mistake costs: {neutral.shorten(top['model'])} is "
            f"{_ordinal(top['rank_binary'])} on {neutral.shorten(top['benchmark'])} with binary grading and "
            f"{_ordinal(top['rank'])} when a wrong answer costs {numbers.plain(top['penalty'])} "
            f"(confidence target {numbers.plain(top['t'])})."
        )
        if not any(flip["beyond_chance"] for flip in flips):
            caveats.append(
                "No reversal between two models is beyond chance by itself: these logs do not say which of the two is "
                "better at that target, so they support neither order there."
            )
    elif any(len(b["models"]) > 1 for b in benchmarks):
        sentence = "The ranking of the models is the same at every confidence target that was scored."
    else:
        sentence = _single(next(b for b in benchmarks if b["models"]))
    lost = [m for b in benchmarks for m in b["models"] if m["correct"]["status"] == "many_unscorable"]
    if lost:
        caveats.append(
            f"{numbers.count(len(lost))} of the rows of models lost many answers as unscorable (empty, or without a "
            "grade). They are in no share and no score: see why before comparing."
        )
    if any(b["targets"] and all(row["rank"] is None for m in b["models"] for row in m["scores"] if "rank" in row)
           for b in benchmarks if len(b["models"]) > 1):  # fmt: skip
        caveats.append("Models that share too few items are not ranked.")
    return {"sentence": sentence, "caveats": caveats}


def _single(benchmark: Row) -> str:
    model = benchmark["models"][0]
    last = model["scores"][-1] if model["scores"] else None
    cost = f"; where a wrong answer costs {numbers.plain(last['penalty'])} it scores {points(last)}" if last else ""
    return (
        f"{neutral.shorten(model['model'])} is right on {shown(model['correct'])} of {numbers.count(model['items'])} "
        f"items of {neutral.shorten(benchmark['name'])}, wrong on {shown(model['wrong'])} and abstains on "
        f"{shown(model['abstained'])}{cost}."
    )


def shown(row: Row | None) -> str:
    """A share with the digits its interval justifies; "" for a gap."""
    return "" if row is None else numbers.share(row["value"], row["low"], row["high"], None)


def points(row: Row | None) -> str:
    """A score with the digits its interval justifies: -0.05, 0.67, -1.3."""
    if row is None or row["value"] is None:
        return ""
    low, high = row.get("low"), row.get("high")
    places = numbers.places((high - low) / 2) if low is not None and high is not None and high > low else 3
    return f"{round(row['value'], places) + 0.0:.{places}f}".replace("-", "−")  # + 0: no minus before a zero


def _ordinal(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
