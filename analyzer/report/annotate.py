"""Statements for a person to mark: their sentences from the sources, as a CSV file and on the terminal.

The file is for a spreadsheet or the terminal alike: the column `mark` is empty until it says right, wrong or unsure.
What stratum a statement is of stands far to the right, and rows are in random order, so that nobody marks by it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from analyzer.errors import AnalyzerError, InputError
from analyzer.io import corpus
from analyzer.io.runs import Run
from analyzer.report import evidence, export, neutral
from analyzer.report.evidence import Place, Sentence

COLUMNS = ("mark", "subject", "relation", "answer", "sentence", "path", "record", "stratum", "tier", "statements",
           "extractor", "id")  # fmt: skip
CHOICES = {"r": "right", "w": "wrong", "u": "unsure"}
HELP = "r right, w wrong, u unsure, s skip, q quit"
QUESTION = "Does the sentence state this fact, about this subject? "

Row = dict[str, str]


def sentences(run: Run, places: Sequence[Place], *, show: bool = False) -> list[Sentence]:
    """The sentence of each place, in the order given. Each file of the corpus is read at most once, from its start."""
    inputs, ingest = evidence.sources(run)
    wanted: dict[str, set[int]] = {}
    for place in places:
        wanted.setdefault(place.path, set()).add(place.record)
    texts: dict[tuple[str, int], str] = {}
    for path in sorted(wanted.keys() & inputs.keys()):
        left = set(wanted[path])
        try:
            for found in corpus.documents(inputs[path], ingest):
                if found.record in left:
                    left.discard(found.record)
                    if isinstance(found, corpus.Document):
                        texts[path, found.record] = found.text
                if not left:
                    break
        except (OSError, AnalyzerError):
            continue  # its sentences are shown as unreadable
    return [evidence.sentences([place], lambda p, r: texts.get((p, r)), show=show)[0] for place in places]


def rows(sentences: Sequence[Sentence], about: Sequence[Mapping[str, str]]) -> list[Row]:
    """A row a sentence that could be read; `about` gives id, stratum, tier, statements and extractor of each."""
    return [
        {"mark": "", "subject": s.subject, "relation": s.relation, "answer": s.answer, "sentence": s.text,
         "path": s.path, "record": str(s.record), **more}
        for s, more in zip(sentences, about, strict=True)
        if s.status == "ok"
    ]  # fmt: skip


def write(path: Path, found: Sequence[Row]) -> None:
    """The rows as CSV that no spreadsheet takes for formulas, so that a reader sees all of it or the file before."""
    table = pa.table({name: pa.array([row[name] for row in found], pa.string()) for name in COLUMNS})
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            export.write_csv(table, stream)
        draft.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def read(path: Path, needed: Sequence[str]) -> list[tuple[int, Row]]:
    """(row number as a spreadsheet counts, cells) of a file that `write` made and a spreadsheet may have saved again.

    InputError, one line, for a file that is none; what cells hold is for others to judge.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            delimiter = max(",;\t", key=first.count)
            stream.seek(0)
            return list(_cells(csv.reader(stream, delimiter=delimiter), needed, path))
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8: save it as CSV UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _cells(reader: Iterator[list[str]], needed: Sequence[str], path: Path) -> Iterator[tuple[int, Row]]:
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number == 1:
                header = [cell.strip().strip('"') for cell in cells]
                missing = [name for name in needed if name not in header]
                if missing:
                    raise InputError(f"{path}: row 1: no column {missing[0]}: is this a file of `--annotate`?")
            elif any(cells):
                if len(cells) < len(header):
                    raise InputError(f"{path}: row {number}: {len(cells)} cells, the first row has {len(header)}")
                # the guard of `export.write_csv` is one leading quote
                plain = (cell.removeprefix("'") for cell in cells)
                yield number, dict(zip(header, plain, strict=False))
    except csv.Error:
        raise InputError(f"{path}: row {number + 1}: not CSV") from None
    if not number:
        raise InputError(f"{path}: empty: is this a file of `--annotate`?")


def ask(
    found: Sequence[Row], question: Callable[[str], str], show: Callable[[str], None], save: Callable[[], None]
) -> int:
    """Go through the rows without a mark; `save` is called behind every answer. Returns how many are marked in the end.

    `question` shows a prompt and returns what was typed, EOFError ends it.
    """
    total = len(found)
    for i, row in enumerate(found, 1):
        if row["mark"].strip():
            continue
        safe = {name: neutral.neutralise(row[name]) for name in ("subject", "relation", "answer", "sentence")}
        show(f"\n{i} of {total}   {safe['sentence']}\n   {safe['subject']}  |  {safe['relation']}  |  {safe['answer']}")
        answer = _answer(question, show)
        if answer == "q":
            break
        if answer in CHOICES:
            row["mark"] = CHOICES[answer]
            save()
    return sum(bool(row["mark"].strip()) for row in found)


def _answer(question: Callable[[str], str], show: Callable[[str], None]) -> str:
    while True:
        try:
            typed = question(f"{QUESTION}[{HELP}] ").strip().lower()[:1]
        except EOFError:
            return "q"
        if typed in CHOICES or typed in ("s", "q"):
            return typed
        show(HELP)
