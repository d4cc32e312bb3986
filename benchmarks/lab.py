"""Every table and figure of the laboratory from seeds.

    python -m benchmarks.lab --out lab [--seed 1] [--small] [--transformer]

Writes tables/NAME.csv and figures/NAME.svg, and the flagship: corpus to model for ten seeds of the n-gram learner, with
--transformer also for three of the transformer, trained until it gives back what it read, and trained briefly.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.lab import biographies, scored, transformer
from analyzer.lab.experiments import EXPERIMENTS
from analyzer.lab.figures import FIGURES, corpus_to_model, standalone
from benchmarks.corpus_to_model import BRIEF
from benchmarks.corpus_to_model import main as flagship

SEEDS = {"ngram": 10, "transformer": 3, "transformer_brief": 3}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="sizes that take seconds, two seeds of the flagship")
    parser.add_argument("--transformer", action="store_true", help="also train the transformer (minutes)")
    given = parser.parse_args(arguments)
    tables, figures = given.out / "tables", given.out / "figures"
    found = {}
    for name, experiment in EXPERIMENTS.items():
        began = time.monotonic()
        found[name] = experiment(given.seed, given.small)
        if name == "language_models" and given.transformer:
            found[name] += transformers(given.seed)
        _table(tables / f"{name}.csv", found[name])
        print(f"{name}: {len(found[name])} rows, {time.monotonic() - began:.0f} s", flush=True)
    for name, (experiment, draw) in FIGURES.items():
        _text(figures / f"{name}.svg", standalone(draw(found[experiment])))
    rows = []
    for learner, seeds in SEEDS.items():
        if learner == "ngram" or given.transformer:
            began = time.monotonic()
            seeds = 2 if given.small else seeds
            rows += flagship(["--out", str(given.out / "lives"), "--seeds", str(seeds), "--learner", learner])
            print(f"corpus to model, {learner}: {seeds} seeds, {time.monotonic() - began:.0f} s", flush=True)
    _table(tables / "corpus_to_model.csv", rows)
    _text(figures / "corpus_to_model.svg", standalone(corpus_to_model(rows)))


def transformers(seed: int) -> list[dict[str, Any]]:
    """The terms of `language_models` for the transformer, trained in full and briefly; no order, no smoothing."""
    corpus = biographies.build(seed)
    rows = []
    for epochs in (transformer.Size().epochs, BRIEF):
        model = transformer.learner(transformer.Size(epochs=epochs))(corpus, seed)
        terms = scored.terms_of_lives(corpus, model)
        rows.append({"learner": f"transformer, {epochs} epochs", "order": None, "smoothing": None, **terms})
    return rows


def _table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
