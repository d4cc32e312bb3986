"""A card's folder: read what is there, write all three files so that the card itself comes last."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.errors import InputError, RunStateError
from analyzer.evaluation.card import JSON, PAGE, PARQUET, Card, load
from analyzer.schemas import QUALITY

FILES = (JSON, PARQUET, PAGE)


def opened(folder: Path) -> tuple[Card | None, list[dict[str, Any]]]:
    """The card that a folder holds and its rows, or nothing for a new or empty one. RunStateError if it is not ours."""
    if not folder.exists():
        return None, []
    if not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder for the card")
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if names - set(FILES):
        raise RunStateError(f"{folder}: holds files that are no quality card; name a new or empty folder")
    if not {JSON, PARQUET} <= names:
        return None, []  # empty, or its writer was killed before the card stood
    card = load(folder)
    try:
        rows = pq.read_table(folder / PARQUET).cast(QUALITY.schema).to_pylist()
    except (OSError, ValueError, pa.ArrowException):
        raise InputError(
            f"{folder / PARQUET}: not the rows of a quality card: remove the folder and measure again"
        ) from None
    known = {source["name"] for source in card.gold}
    return card, [row for row in rows if row["gold"] in known]


def save(folder: Path, card: Card, rows: Sequence[Mapping[str, Any]], page: str) -> None:
    """Write rows and page, then the card. InputError when the folder cannot be written."""
    order = ("gold", "measure", "level", "relation", "tier", "stratum")
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in order))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{PARQUET}.{os.getpid()}.draft"
        pq.write_table(pa.Table.from_pylist(ordered, QUALITY.schema), draft, compression="zstd")
        draft.replace(folder / PARQUET)
        for name, text in ((PAGE, page), (JSON, card.to_json())):
            draft = folder / f".{name}.{os.getpid()}.draft"
            draft.write_text(text, encoding="utf-8")
            draft.replace(folder / name)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
