"""Every table and figure of the laboratory from seeds.

    python -m benchmarks.lab --out lab [--seed 1] [--small] [--transformer]

Writes tables/NAME.csv and figures/NAME.svg, and the flagship: corpus to model for ten seeds of the n-gram learner, with
--transformer also for three of the transformer.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.lab.experiments import EXPERIMENTS
from analyzer.lab.figures import FIGURES, corpus_to_model
from benchmarks.corpus_to_model import main as flagship


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="sizes that take seconds, two seeds of the flagship")
    parser.add_argument("--transformer", action="store_true", help="also train the transformer (minutes)")
    given = parser.parse_args(arguments)
    for name, experiment in EXPERIMENTS.items():
        began = time.monotonic()
        rows = experiment(given.seed, given.small)
        _table(given.out / "tables" / f"{name}.csv", rows)
        if name in FIGURES:
            _figure(given.out / "figures" / f"{name}.svg", FIGURES[name](rows).svg)
        print(f"{name}: {len(rows)} rows, {time.monotonic() - began:.0f} s")
    for learner, seeds in (("ngram", 10), ("transformer", 3))[: 1 + given.transformer]:
        seeds = 2 if given.small else seeds
        rows = flagship(["--out", str(given.out / "lives"), "--seeds", str(seeds), "--learner", learner])
        _table(given.out / "tables" / f"corpus_to_model_{learner}.csv", rows)
        _figure(given.out / "figures" / f"corpus_to_model_{learner}.svg", corpus_to_model(rows).svg)


def _table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _figure(path: Path, svg: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    path.write_text(svg.replace("<svg ", f"<svg {names} ", 1), encoding="utf-8")


if __name__ == "__main__":
    main()
