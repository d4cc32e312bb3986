"""What a benchmark's grader pays: the published table of ten, and the user's own.

For any belief P(correct) = p, answering is worth p x correct + (1 - p) x wrong and abstaining its credit, so abstaining
pays below p = (abstain - wrong) / (correct - wrong). With binary grading that is 0: no belief makes abstaining optimal
(Kalai et al. 2025, Observation 1).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError

GRADINGS = ("binary", "partial", "negative")


@dataclass(frozen=True, slots=True)
class Grader:
    """Points for a right and a wrong answer and for abstaining; `options`: how many answers there are to choose of."""

    correct: float = 1.0
    wrong: float = 0.0
    abstain: float = 0.0
    grading: str = "binary"
    options: int | None = None

    @property
    def belief(self) -> float | None:
        """P(correct) below which abstaining pays; None when no belief makes it pay."""
        threshold = (self.abstain - self.wrong) / (self.correct - self.wrong)
        return threshold if threshold > 0 else None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A row of the table: how it is scored and what it says of abstaining."""

    name: str
    scoring: str
    binary: str
    idk_credit: str
    note: str
    source: str
    grader: Grader | None  # None: a scale whose points for each outcome are not known


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """The user's benchmarks, then the published ones."""

    rows: tuple[Benchmark, ...]

    def grader(self, name: str) -> Grader:
        """The grader of the benchmark of this name, letters and digits alone compared; binary for an unknown one."""
        found = next((row for row in self.rows if _folded(row.name) == _folded(name)), None)
        return found.grader or Grader() if found else Grader()


def load(path: str | None = None) -> Benchmarks:
    """The published table, with those of a TOML file of the same form before it. Raises `ConfigError`."""
    own = tomllib.loads(resources.files(__package__).joinpath("data/benchmarks.toml").read_text(encoding="utf-8"))
    rows = list(_rows(own, "benchmarks.toml"))
    if path is not None:
        try:
            given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or error}: name a readable TOML file of benchmarks") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not TOML: {error}") from None
        rows = [*_rows(given, path), *rows]
    return Benchmarks(tuple(rows))


def _rows(table: Mapping[str, Any], where: str) -> Iterable[Benchmark]:
    source = str(table.get("source", where))
    for row in table.get("benchmark", ()):
        if not isinstance(row, dict) or "name" not in row:
            raise ConfigError(f"{where}: a [[benchmark]] needs a name")
        name = str(row["name"])
        grading = row.get("grading", "binary")
        if grading not in GRADINGS:
            raise ConfigError(f"{where}: {name}: grading {grading!r}: known are {', '.join(GRADINGS)}")
        yield Benchmark(
            name, str(row.get("scoring", "")), str(row.get("binary", "Yes" if grading == "binary" else "No")),
            str(row.get("idk_credit", "")), str(row.get("note", "")), source, _grader(row, grading, name, where),
        )  # fmt: skip


def _grader(row: Mapping[str, Any], grading: str, name: str, where: str) -> Grader | None:
    given = [row.get(f"credit_{outcome}") for outcome in ("correct", "wrong", "abstain")]
    if grading != "binary" and all(value is None for value in given):
        return None
    points = [default if value is None else value for value, default in zip(given, (1.0, 0.0, 0.0), strict=True)]
    numbers = [float(value) for value in points if isinstance(value, int | float) and not isinstance(value, bool)]
    options = row.get("options")
    if (
        len(numbers) < 3
        or numbers[0] <= numbers[1]
        or (options is not None and (not isinstance(options, int) or options < 2))
    ):
        raise ConfigError(
            f"{where}: {name}: credits are numbers, a right answer earns more than a wrong one, options are 2 or more"
        )
    return Grader(numbers[0], numbers[1], numbers[2], grading, options)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
