"""GAP (Webster et al. 2018): ambiguous pronouns, and which of two names before or behind each of them it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.io.files import InputFile, open_input
from analyzer.io.gold import Gold, PronounDocument, Span, collect
from analyzer.io.lines import lines
from analyzer.io.records import Fault, Unusable, fault
from analyzer.io.streams import BROKEN, HEAD, Source, blocks
from analyzer.settings import IngestSettings

COLUMNS = ("ID", "Text", "Pronoun", "Pronoun-offset", "A", "A-offset", "A-coref", "B", "B-offset", "B-coref")


def read_gap(paths: Sequence[str]) -> Gold[PronounDocument]:
    """One document a row; tab-separated without quoting, as published, with or without the column URL."""
    found: list[PronounDocument] = []

    def parsed(file: InputFile) -> Iterator[Fault]:
        header: list[str] | None = None
        for number, line in _rows(file):
            if isinstance(line, Fault):
                yield line
                continue
            cells = line.split("\t")
            if header is None:
                header = cells
                missing = [name for name in COLUMNS if name not in header]
                if missing:
                    yield fault(number, "missing_field", f"the first line names no column {missing[0]}")
                    return
                continue
            try:
                found.append(_document(dict(zip(header, cells, strict=False))))
            except Unusable as error:
                yield fault(number, error.reason, error.detail)

    return collect(paths, parsed, found)


def _rows(file: InputFile) -> Iterator[tuple[int, str | Fault]]:
    with open_input(file.uri) as opened:
        source = Source(opened, file.uri)
        head = source.read(HEAD)
        source.seek(0)
        try:
            for line in lines(blocks(source, file.path or file.uri, head), IngestSettings().max_line_bytes):
                if isinstance(line, Fault):
                    yield line.number, line
                    continue
                try:
                    yield line.number, line.data.decode("utf-8")
                except UnicodeDecodeError:
                    yield line.number, fault(line.number, "invalid_utf8", "bytes that are no character")
        except Unusable as error:
            yield 0, fault(0, error.reason, error.detail)
        except BROKEN as error:
            yield 0, fault(0, "corrupt_stream", error)


def _document(row: dict[str, str]) -> PronounDocument:
    missing = [name for name in COLUMNS if name not in row]
    if missing:
        raise Unusable("missing_field", f"the row ends before {missing[0]}")
    pronoun, a, b = (_span(row, name) for name in ("Pronoun", "A", "B"))
    return PronounDocument(row["ID"], row["Text"], pronoun, ((a, _flag(row, "A")), (b, _flag(row, "B"))))


def _span(row: dict[str, str], name: str) -> Span:
    offset, surface = row[f"{name}-offset"], row[name]
    if not offset.isascii() or not offset.isdigit():
        raise Unusable("bad_offset", f"{name}-offset is no whole number")
    start = int(offset[:9])
    if not surface or row["Text"][start : start + len(surface)] != surface:
        raise Unusable("bad_offset", f"the text at {name}-offset is not {name}")
    return start, start + len(surface)


def _flag(row: dict[str, str], name: str) -> bool:
    value = row[f"{name}-coref"].strip().upper()
    if value not in ("TRUE", "FALSE"):
        raise Unusable("missing_field", f"{name}-coref is neither TRUE nor FALSE")
    return value == "TRUE"
