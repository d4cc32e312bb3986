"""Synthetic tables that satisfy the schemas, with values of a plausible small corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from analyzer.schemas import TABLES

DOMAINS = ("news.example", "wiki.example", "forum.example", "court.example", "(none)")
RELATIONS = ("born_in", "capital", "borders", "employer")
HOSTILE = (
    "<script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "javascript:alert(1)",
    "\" onmouseover=\"alert(1)' x='",
    "</style></title><iframe src=//evil.example>",
    "\x1b[31mred\x07\u202egnp.exe\u200b",
    "[red]markup[/red] :smile:",
    "<!--",
    "]]>&lt;&#60;script&#62;",
)


def table(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TABLES[name].schema)


def risk_row(i: int, domain: str, **other: Any) -> dict[str, Any]:
    n = 90_000 // (i % 97 + 1) + 600
    rate = 0.62 - 0.37 * (i % 11) / 11
    row: dict[str, Any] = {
        "rank": i + 1,
        "domain": domain,
        "statements": n,
        "singletons": int(n * rate),
        "clusters": n // 3 + 1,
        "singleton_rate": rate,
        "low": rate - 0.9 / n**0.5,
        "high": rate + 0.9 / n**0.5,
        "common_n": 600,
        "rarefied_rate": 0.93 - 0.31 * (i % 40) / 40,
        "rarefied_low": 0.93 - 0.31 * (i % 40) / 40 - 0.021,
        "rarefied_high": 0.93 - 0.31 * (i % 40) / 40 + 0.018,
        "raw_rate": rate * (0.75 - 0.02 * (i % 5)),
        "document_rate": rate * (0.9 - 0.03 * (i % 4)),
        "corrected_rate": None,
        "corrected_low": None,
        "bound": 0.071 if i == 0 else -0.02,
        "bound_status": "ok" if i == 0 else "vacuous",
        "documents": n // 2 + 3,
        "removed_by_dedup": 0.031 * (i % 23),
        "status": "ok",
    }
    return row | other


def small_row(i: int, domain: str, **other: Any) -> dict[str, Any]:
    """A domain that is too small to be ranked."""
    gone = dict.fromkeys(("rank", "common_n", "rarefied_rate", "rarefied_low", "rarefied_high", "bound"))
    few = {"statements": 7, "singletons": 6, "singleton_rate": 6 / 7, "low": 0.4, "high": 1.0, "documents": 12}
    return risk_row(i, domain, **gone) | few | {"bound_status": "conditions_not_met", "status": "too_small"} | other


def estimate(statistic: str, value: float | None, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "slice_kind": "corpus",
        "slice": "*",
        "key": "prompt",
        "unit": "cluster",
        "statistic": statistic,
        "value": value,
        "low": None,
        "high": None,
        "confidence": 0.95,
        "numerator": None,
        "denominator": None,
        "units": 41_207,
        "method": "leave-one-unit-out",
        "status": "ok" if value is not None else "undefined",
    }
    return row | other


def rate(value: float | None = 0.38214, low: float | None = 0.3741, high: float | None = 0.3902, **other: Any) -> Any:
    counts = {"numerator": 47_102, "denominator": 123_258}
    return estimate("singleton_rate", value, low=low, high=high, **(counts | other))


def bound(name: str = "theorem2_refined", value: float | None = 0.2264, status: str = "ok", **other: Any) -> Any:
    row: dict[str, Any] = {
        "slice_kind": "corpus",
        "slice": "*",
        "bound": name,
        "value": value,
        "rate": 0.371,
        "n": 88_410.2,
        "n_kind": "effective",
        "slack": 0.1345,
        "wrong_answers": 11.0,
        "delta": 0.0,
        "gamma": 0.01,
        "covered": 0.412,
        "relations": 2,
        "conditions": "functional relations; arbitrary answers; independent samples; calibrated model",
        "status": status,
    }
    return row | other


BOUNDS = (
    bound(),
    bound(n=123_258.0, n_kind="literal", slack=0.114, value=0.241),
    bound("theorem2_literal", -0.02, "vacuous", slack=0.3021, n=123_258.0, n_kind="literal"),
    bound("theorem2_upper", 0.4171, slack=0.043),
    bound("kalai_vempala", None, "conditions_not_met", slack=None, rate=None, wrong_answers=None),
)


def relation(i: int, name: str, **other: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "relation": name,
        "tier": "typed" if i % 2 == 0 else "open",
        "prompts": 9_000 - 100 * i,
        "cluster_statements": 30_000 - 700 * i,
        "repeated_prompts": 1_200 if i != 3 else 0,
        "agreement": 0.9231 if i != 3 else None,
        "distinct_answers": 365 if i else 12,
        "effective_answers": 231.74 if i != 3 else None,
        "functional": i != 2,
        "functional_by": ("declared", "measured", "measured", "undecided")[i % 4],
    }
    return row | other


def split(i: int, relation: str, **other: Any) -> dict[str, Any]:
    kind = ("tokens", "spelling", "initials", "acronym")[i % 4]
    row: dict[str, Any] = {
        "relation": relation, "prompt_id": 2 * i, "other_prompt_id": 2 * i + 1, "subject": f"Tessa Maud Orlane {i}",
        "other_subject": f"Tessa Orlane {i}", "subject_type": "person", "other_subject_type": "person", "kind": kind,
        "distance": 1 if kind == "spelling" else None, "clusters": 9 - i % 9, "other_clusters": 1, "statements": 12,
        "other_statements": 2, "agreement": float(i % 3 == 0), "singleton": i % 5 > 0, "apart": True,
    }  # fmt: skip
    return row | other


def point(units: float, value: float | None, method: str, status: str = "ok") -> dict[str, Any]:
    return {
        "slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "units": units,
        "statements": units * 3, "value": value, "low": value - 0.02 if value else None,
        "high": value + 0.02 if value else None, "confidence": 0.95, "method": method, "status": status,
    }  # fmt: skip


GROWTH = (
    *(
        point(41_207 * s, 0.38 + 0.3 * (1 - s) ** 2, "rarefaction")
        for s in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    ),
    point(41_207, 0.382, "observed"),
    *(point(41_207 * s, 0.382 - 0.06 * (s - 1), "extrapolation") for s in (1.25, 1.5, 1.75, 2)),
    point(41_207 * 3, 0.29, "extrapolation", "beyond_twice"),
)


def spectrum(last: int = 3_000) -> list[dict[str, Any]]:
    rs = [r for r in range(1, last + 1) if r < 60 or r % 37 == 0]
    return [
        {"slice_kind": "corpus", "slice": "*", "key": "prompt", "unit": "cluster", "r": r,
         "keys": int(41_000 / r**1.9) + 1, "statements": int(47_102 / r**0.9) + r}
        for r in rs
    ]  # fmt: skip


def accounts(domain: str = "news.example") -> list[dict[str, Any]]:
    counts = {
        "documents": 52_000, "words": 31_402_118, "sentences": 1_600_000, "sentences_skipped": 900_000,
        "candidates": 240_000, "dropped_long_answer": 30_000, "dropped_no_subject": 60_000, "mentions": 150_000,
        "abstentions": 310,
    }  # fmt: skip
    return [{"domain": domain, "item": item, "count": n} for item, n in counts.items()]


def cell(i: int, domain: str, relation: str, **other: Any) -> dict[str, Any]:
    n = (400, 60, 9, 120, 33, 1, 15)[i % 7]
    singletons = n - n * (i % 5) // 7
    row: dict[str, Any] = {
        "domain": domain, "relation": relation, "statements": n, "singletons": singletons, "unit": "cluster",
        "clusters": n // 2 + 1, "singleton_rate": singletons / n, "low": 0.4, "high": 1.0, "confidence": 0.95,
        "method": "leave-one-unit-out", "status": "ok",
    }  # fmt: skip
    return row | other


def examples(domain: str, number: int = 2) -> pa.Table:
    fact = {"domain": domain, "subject": "Grace Hopper", "relation": "born_in", "answer": "9 December 1906"}
    return pa.Table.from_pylist([fact | {"path": f"part-{i}.jsonl", "record": 17 + i} for i in range(number)])


def tables(
    domains: Sequence[str] = DOMAINS, relations: Sequence[str] = RELATIONS, **other: Sequence[dict[str, Any]]
) -> dict[str, pa.Table]:
    """A whole run's small tables; `other` replaces the rows of a table."""
    estimates = [
        rate(),
        estimate("share_of_prompts_seen_once", 0.7113, low=0.7071, high=0.7154, numerator=41_000, denominator=57_641),
        estimate("sample_coverage", 0.6178, low=0.6098, high=0.6259),
        estimate("singleton_rate", 0.291, unit="mention", numerator=45_000, denominator=154_639, method="f1/N, Esty"),
        estimate("chao1", 92_117.4, low=91_002.0, high=93_311.0),
        estimate("split_rate", 0.041, low=0.028, high=0.058, numerator=310, denominator=5_120),
        estimate(
            "split_corrected_singleton_rate",
            0.3665,
            low=0.35,
            numerator=47_102,
            denominator=123_258,
            status="partly_measured",
        ),
        *(
            estimate(
                f"beyond_window_{n}",
                0.9 / n,
                low=0.88 / n,
                high=0.92 / n,
                key="fact",
                numerator=int(90_000 / n),
                denominator=100_000,
            )
            for n in (32, 2, 3)
        ),
        *(
            rate(0.3 + 0.1 * i, 0.28 + 0.1 * i, 0.32 + 0.1 * i, slice_kind="relation", slice=name)
            for i, name in enumerate(relations[:3])
        ),
    ]
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "risk": [
            risk_row(i, name) if i == 0 or i < len(domains) - 1 else small_row(i, name)
            for i, name in enumerate(domains)
        ],
        "relations": [relation(i, name) for i, name in enumerate(relations)],
        "estimates": estimates,
        "spectra": spectrum(),
        "bounds": BOUNDS,
        "growth": GROWTH,
        "splits": [split(i, relations[i % len(relations)]) for i in range(10)] if relations else [],
        "cells": [
            cell(i * len(relations) + j, domain, name)
            for i, domain in enumerate(domains[:60])
            for j, name in enumerate(relations)
            if (i + j) % 6
        ],
        "accounts": accounts(domains[0]) if domains else [],
    }
    return {name: table(name, found) for name, found in (rows | other).items()}


def run(**other: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "inputs": ["corpus/part-0001.jsonl.zst", "s3://user:secret@bucket/corpus/"],
        "settings": {"estimate": {"confidence": 0.95, "delta": None}, "dedup": {"threshold": 0.7, "bands": 16}},
        "versions": {"monofact": "0.1.0", "pyspark": "4.1.0"},
        "stages": [
            {"stage": "ingest", "read": 52_040, "kept": 52_000, "rejected": {"empty_text": 33, "malformed_json": 7},
             "seconds": 12.5},
            {"stage": "dedup", "read": 52_000, "kept": 52_000, "rejected": {}, "seconds": 60.0},
            {"stage": "extract", "read": 52_000, "kept": 52_000, "rejected": {}},
            {"stage": "count", "read": 150_000, "kept": 149_690, "rejected": {"abstention": 310},
             "notes": {"aliases": {"blocks": 8_000, "blocks_left_out": 21, "prompts_in_them_alone": 1_234}}},
            {"stage": "estimate", "read": 123_258, "kept": 123_258, "rejected": {}},
        ],
        "fields": ["text", "url"],
        "characters": 180_402_118,
        "command": "monofact audit corpus --out run",
    }  # fmt: skip
    return found | other


def empty() -> dict[str, pa.Table]:
    """The tables of a run that found no statement."""
    nothing = estimate("singleton_rate", None, units=0, numerator=0, denominator=0, status="empty")
    return {
        name: table(name, [])
        for name in ("risk", "relations", "spectra", "bounds", "growth", "accounts")
    } | {"estimates": table("estimates", [nothing])}  # fmt: skip
