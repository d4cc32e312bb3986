"""Items of evaluation logs -> arrays of answers with the exposure of their questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.evaluation import exposure
from analyzer.evaluation.exposure import BY_PROMPT, NOT_ASKED
from analyzer.evaluation.questions import Form
from analyzer.evaluation.rarity import OUTCOMES
from analyzer.evaluation.validation import Answers, Coverage
from analyzer.io.runs import Run
from analyzer.stats.estimate import Estimate

COLUMNS = ("model", "benchmark", "item_key", "topic", "subject", "relation", "question", "outcome", "frequency")
ASKED = ("subject", "relation", "question")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The answers of one benchmark; `coverage` is None where the log itself told the exposure."""

    name: str
    answers: Answers
    coverage: Coverage | None


def columns(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """The columns that validation needs, repeated texts stored once: about 100 bytes an answer in memory."""
    parts = [pa.Table.from_batches([batch]).select(list(COLUMNS)) for batch in batches]
    table = pa.concat_tables(parts)
    for name in ("model", "benchmark", "topic", "subject", "relation", "question", "outcome"):
        table = table.set_column(table.schema.get_field_index(name), name, pc.dictionary_encode(table[name]))
    return table.unify_dictionaries()


def by_frequency(items: pa.Table) -> list[Benchmark]:
    """Benchmarks whose log says how often a corpus holds the subject or fact (`frequency`)."""
    exposures = items["frequency"].to_numpy(zero_copy_only=False).astype(np.float64)
    return [_benchmark(name, items, rows, exposures, None) for name, rows in _split(items)]


def by_run(items: pa.Table, run: Run, forms: Sequence[Form], unit: str) -> list[Benchmark]:
    """Benchmarks whose questions are looked up in a run, each question once however many models answered it."""
    keys = items["item_key"].to_numpy()
    once, first = np.unique(keys, return_index=True)
    asked = items.select(list(ASKED)).take(pa.array(first)).to_pylist()
    looked_up = exposure.look_up(run, [(q["subject"], q["relation"], q["question"]) for q in asked], forms, unit)
    found = dict(zip(once.tolist(), looked_up, strict=True))
    value = {key: float("nan") if f.exposure is None else float(f.exposure) for key, f in found.items()}
    exposures = np.array([value[key] for key in keys.tolist()], dtype=np.float64)
    benchmarks = []
    for name, rows in _split(items):
        of = [found[key] for key in np.unique(keys[rows]).tolist()]
        coverage = Coverage(
            items=len(of),
            understood=sum(f.by != NOT_ASKED for f in of),
            subject=sum(f.subject > 0 for f in of),
            prompt=sum(f.by == BY_PROMPT and bool(f.prompt) for f in of),
        )
        benchmarks.append(_benchmark(name, items, rows, exposures, coverage))
    return benchmarks


def audited_rates(run: Run) -> Mapping[str, Estimate]:
    """The rate of each domain of a run, at equal N where domains were compared, else its own."""
    rates = {}
    for row in run.table("risk").to_pylist():
        kind = "rarefied" if row["rarefied_rate"] is not None else "singleton"
        low, high = (row["rarefied_low"], row["rarefied_high"]) if kind == "rarefied" else (row["low"], row["high"])
        method = "singleton rate at equal N" if kind == "rarefied" else "singleton rate"
        rates[row["domain"]] = Estimate(row[f"{kind}_rate"], low, high, method=method, unit="cluster")
    return rates


def _split(items: pa.Table) -> list[tuple[str, np.ndarray]]:
    names = np.asarray(items["benchmark"].to_pylist(), dtype=object)
    return [(name, names == name) for name in sorted(set(names.tolist()))]


def _benchmark(
    name: str, items: pa.Table, rows: np.ndarray, exposures: np.ndarray, coverage: Coverage | None
) -> Benchmark:
    chosen = items.filter(pa.array(rows))
    outcome = np.array([OUTCOMES.index(text) for text in chosen["outcome"].to_pylist()], dtype=np.int64)
    topic = np.array([text or "" for text in chosen["topic"].to_pylist()], dtype=object)
    model = np.array(chosen["model"].to_pylist(), dtype=object)
    answers = Answers(model, topic, chosen["item_key"].to_numpy(), exposures[rows], outcome)
    return Benchmark(name, answers, coverage)
