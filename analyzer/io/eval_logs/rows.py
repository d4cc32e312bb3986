"""What every format hands over for one answer, before it is decided what the outcome is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzer.io.files import InputFile
from analyzer.io.records import Fault

Scalar = str | float | int | bool | None
GOLD_BETWEEN = " | "


@dataclass(slots=True)
class Row:
    """One answer. `grade` is what the log says, unread; `graded` False: the log has no grades at all."""

    record: int
    item_id: str | None = None
    model: str | None = None
    benchmark: str | None = None
    epoch: int | None = None
    target: float | None = None
    topic: str | None = None
    subject: str | None = None
    relation: str | None = None
    question: str | None = None
    golds: tuple[str, ...] = ()
    response: str | None = None
    grade: Scalar = None
    graded: bool = True
    knows_abstention: bool | None = None  # the grader: True, False, or None: its grades will tell
    error: bool = False
    confidence: float | None = None
    logprob: float | None = None
    frequency: float | None = None
    filter: str | None = None


@dataclass(slots=True)
class Notes:
    """What reading one file chose and noticed, for the person who has to see when it is wrong."""

    format: str
    chosen: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1


Rows = Iterator[Row | Fault]


def stem(file: InputFile) -> str:
    """The file's name without its suffixes, for what a log does not name."""
    return file.path.rsplit("/", 1)[-1].split(".", 1)[0] or file.path


def mapping(value: Any) -> dict[str, Any]:
    """An object, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """A text, or a number as text; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def texts(value: Any) -> tuple[str, ...]:
    """One text or a list of them."""
    if isinstance(value, list | tuple):
        return tuple(found for element in value if (found := text(element)) is not None)
    found = text(value)
    return () if found is None else (found,)


def number(value: Any) -> float | None:
    """A number, also one written as text; None for anything else. NaN stays NaN: the caller counts it."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value.decode() if isinstance(value, bytes) else value)
    except (TypeError, ValueError, UnicodeDecodeError, OverflowError):
        return None


_RANGE = re.compile(r"(?:>=?|≥)?\s*(\d[\d_,]*(?:\.\d+)?)\s*(?:[-–]\s*\d[\d_,]*(?:\.\d+)?|\+)?")


def least(value: Any) -> float | None:
    """A number, or the lower end of a range written as text: `>=2000`, `200-1999`, `5+`."""
    found = number(value)
    if found is not None or not isinstance(value, str):
        return found
    match = _RANGE.fullmatch(value.strip())
    return float(match[1].replace(",", "").replace("_", "")) if match else None


def whole(value: Any) -> int | None:
    """A whole number that fits 64 bits, else None."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() and abs(found) < 2**62 else None


def member(value: Any, path: str) -> Any:
    """The value at a name as it stands, else along its dots: `evaluation.score`; None when it is not there."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value
