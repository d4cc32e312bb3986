"""From corpus to model, in small: does the audit's ranking of domains equal the ranking of a model's errors?

    python -m benchmarks.corpus_to_model --out folder --seeds 10 --learner ngram

For each seed: a corpus of invented lives in five domains of different rarity; `monofact audit` on its text, told
nothing but the field of the domain; a model trained on the same text; every question asked; `monofact validate`.
Prints and writes the rank correlation over domains of the audit's rate and the model's error, seed by seed.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scipy.stats import spearmanr

from analyzer import pipeline
from analyzer.evaluation import answers
from analyzer.evaluation.questions import forms
from analyzer.evaluation.validation import Settings, validate
from analyzer.io import eval_logs
from analyzer.lab import biographies, learners, transformer
from analyzer.lab.learners import Learner
from analyzer.settings import Config

BRIEF = 5  # epochs after which the transformer has learnt what it read often and not yet what it read once
LEARNERS: dict[str, Learner] = {
    "ngram": learners.ngram,
    "transformer": transformer.learner(),
    "transformer_brief": transformer.learner(transformer.Size(epochs=BRIEF)),
}
SETTINGS = ["ingest.domain_field=domain"]


def main(arguments: Sequence[str] | None = None) -> list[dict[str, Any]]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--learner", choices=sorted(LEARNERS), default="ngram")
    parser.add_argument("--statements", type=int, default=1_500, help="sentences a domain")
    given = parser.parse_args(arguments)
    rows = [row for seed in range(1, given.seeds + 1) for row in once(given.out, seed, given.learner, given.statements)]
    path = given.out / f"corpus_to_model_{given.learner}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report(rows)
    return rows


def once(out: Path, seed: int, learner: str, statements: int) -> list[dict[str, Any]]:
    """A row a domain: what the audit said, what the model did, with their intervals."""
    corpus = biographies.build(seed, statements)
    folder = out / f"seed{seed}"
    run = folder / "run"
    if not (run / "_COMPLETE.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        path = biographies.write_corpus(corpus, folder / "corpus")
        pipeline.audit(str(path), str(run), Config.load(None, SETTINGS))
    responses = LEARNERS[learner](corpus, seed).answers(corpus.asked, seed)
    log = biographies.write_log(corpus, learner, responses, folder / f"{learner}.jsonl")
    items = answers.columns(eval_logs.items([str(log)]))
    opened = pipeline.runs.opened(str(run))
    found = answers.by_run(items, opened, forms(), "cluster")[0]
    table, verdict = validate("lives", found.answers, found.coverage, answers.audited_rates(opened), Settings())
    risk = {row["domain"]: row for row in opened.table("risk").to_pylist()}
    wanted = ("topic", "observed", "*", "error")
    columns = ("part", "statistic", "model", "target")
    error = {row["group"]: row for row in table.to_pylist() if tuple(row[name] for name in columns) == wanted}
    pq.write_table(table, folder / f"{learner}_validation.parquet")
    return [
        {"seed": seed, "learner": learner, "domain": domain, "statements": risk[domain]["statements"],
         "rate": risk[domain]["singleton_rate"], "rate_low": risk[domain]["low"], "rate_high": risk[domain]["high"],
         "rank": risk[domain]["rank"], "error": error[domain]["value"], "error_low": error[domain]["low"],
         "error_high": error[domain]["high"], "verdict": verdict.sentence}
        for domain in biographies.DOMAINS
    ]  # fmt: skip


def report(rows: Sequence[dict[str, Any]]) -> None:
    """Rank correlation and distance, seed by seed and over all."""
    seeds = sorted({row["seed"] for row in rows})
    correlations = []
    for seed in seeds:
        mine = [row for row in rows if row["seed"] == seed]
        value = float(spearmanr([row["rate"] for row in mine], [row["error"] for row in mine]).statistic)
        correlations.append(value)
        pairs = ", ".join(f"{row['domain'].split('.')[0]} {row['rate']:.3f}/{row['error']:.3f}" for row in mine)
        print(f"seed {seed}: Spearman {value:+.2f}; rate/error: {pairs}")
    off = np.array([row["error"] - row["rate"] for row in rows])
    print(f"{len(seeds)} seeds: Spearman {np.mean(correlations):+.3f} on average, least {min(correlations):+.2f}")
    print(f"error minus rate: {off.mean():+.3f} on average, from {off.min():+.3f} to {off.max():+.3f}")


if __name__ == "__main__":
    main()
