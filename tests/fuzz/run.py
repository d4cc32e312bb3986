"""Fuzzing targets and how their cases are run: target, seed and number name a case, so each can be run again."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz import evaluations, extraction, readers, texts

Case = Callable[[Random, Path], None]
TARGETS: dict[str, Case] = {**readers.TARGETS, **evaluations.TARGETS, **texts.TARGETS, **extraction.TARGETS}


def one(target: str, seed: int, number: int, folder: Path) -> None:
    """One case; raises whatever it found."""
    TARGETS[target](Random(f"{target}/{seed}/{number}"), folder)


def several(target: str, seed: int, numbers: range, folder: Path) -> dict[str, list[int]]:
    """Findings by kind and place -> the cases that show them."""
    found: dict[str, list[int]] = {}
    mark = folder.parent / f"{folder.name}.case"
    for number in numbers:
        if number % 100 == 0:
            mark.write_text(f"{target} {seed} {number}\n")  # where to look if the process dies
        try:
            one(target, seed, number, folder)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/analyzer/" in f.filename]
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else f"{last.name}:{last.lineno}"
            text = str(error)[:60] if isinstance(error, AssertionError) else ""
            found.setdefault(f"{type(error).__name__} {text} at {place}", []).append(number)
    return found
