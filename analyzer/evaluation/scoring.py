"""Items -> every table of a scoring. `score` is the Python API: record batches in, Arrow tables out, nothing written.

tables = score(eval_logs.items("logs/"), ScoreOptions((from_t(0.0), from_t(0.75))))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from analyzer.evaluation import behaviour, benchmark_audit, calibration, comparison, confidence_targets
from analyzer.evaluation.benchmarks import Benchmarks, load
from analyzer.evaluation.confidence_targets import DEFAULT_TARGETS, ScoreOptions, from_penalty, from_t
from analyzer.evaluation.grades import Answers, Group, collect
from analyzer.io.eval_logs import Log
from analyzer.schemas import evaluation as schemas

_ORDER = ("benchmark", "target", "topic", "t", "statistic", "model", "model_a", "model_b", "bin")


def options(
    targets: Iterable[float] = (), penalties: Iterable[float] = (), confidence: float = 0.95, min_items: int = 20
) -> ScoreOptions:
    """Options from targets and penalties. Without either: DEFAULT_TARGETS; penalties alone: with binary grading.

    Each target once, in order. Raises `ConfigError` for one that is out of range.
    """
    given = [from_t(t) for t in targets]
    priced = [from_penalty(penalty) for penalty in penalties]
    if not given:
        given = [from_t(0.0)] if priced else [from_t(t) for t in DEFAULT_TARGETS]
    return ScoreOptions(tuple(sorted({*given, *priced})), confidence, min_items)


def score(
    batches: Iterable[pa.RecordBatch], how: ScoreOptions | None = None, benchmarks: Benchmarks | None = None
) -> dict[str, pa.Table]:
    """Tables by name: all of `schemas.EVALUATION` but `items` and `abstentions`, which reading makes."""
    return tables(collect(batches), how or options(), benchmarks or load())


def tables(groups: Mapping[Group, Answers], how: ScoreOptions, benchmarks: Benchmarks) -> dict[str, pa.Table]:
    """The same from answers that are collected already."""
    pairs = comparison.comparison_rows(groups, how)
    bins, calibrated, thresholds = calibration.all_rows(groups, how)
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "scores": [*confidence_targets.score_rows(groups, how), *calibrated],
        "ranks": comparison.rank_rows(groups, pairs, how),
        "comparisons": pairs,
        "break_even": comparison.break_even_rows(groups, how),
        "curves": confidence_targets.curve_rows(groups, how),
        "behaviour": behaviour.behaviour_rows(groups, how),
        "reliability": bins,
        "thresholds": thresholds,
        "credit": benchmark_audit.credit_rows(groups, benchmarks, how),
    }
    return {table.name: _table(table.schema, rows[table.name]) for table in schemas.EVALUATION if table.name in rows}


def abstentions(log: Log) -> pa.Table:
    """Table `abstentions`: by which phrases answers were taken for abstentions."""
    return _table(schemas.ABSTENTIONS.schema, _phrases(log))


def _phrases(log: Log) -> Iterator[dict[str, Any]]:
    for (model, benchmark, phrase), (decided, confirmed, contradicted, path, record) in sorted(log.phrases.items()):
        yield {
            "model": model, "benchmark": benchmark, "phrase": phrase, "decided": decided, "confirmed": confirmed,
            "contradicted": contradicted, "source_path": path, "record": record,
        }  # fmt: skip


def _table(schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> pa.Table:
    table = pa.Table.from_pylist(list(rows), schema=schema)
    return table.sort_by([(name, "ascending") for name in _ORDER if name in schema.names])
