"""Writes what is derived in `data/samples` anew: `python -m tests.golden.regenerate`.

That is `corpus/`, `facts.tsv`, `expected/*.tsv` and the lines that `README.md` quotes from them.

Read the difference before committing it: the expected tables are what the tests believe.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from analyzer import pipeline
from analyzer.settings import Config
from tests.golden import expected, readme, samples


def main() -> None:
    shutil.rmtree(samples.CORPUS, ignore_errors=True)
    samples.write(samples.CORPUS)
    _write(samples.FACTS, samples.facts_tsv())
    with tempfile.TemporaryDirectory() as folder:
        config = Config.load(samples.SETTINGS)
        run = pipeline.audit(str(samples.CORPUS), f"{folder}/run", config, until="estimate").run
        for name, lines in expected.lines(run).items():
            _write(samples.EXPECTED / f"{name}.tsv", lines)
    readme.README.write_text(readme.quoted(readme.README.read_text(encoding="utf-8")), encoding="utf-8")


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
