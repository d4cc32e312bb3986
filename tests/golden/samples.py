"""The hand-written sample corpus: `data/samples/source/*.txt` -> the corpus files and `facts.tsv`.

    %% people.jsonl biographies      the file that follows, and the domain of its documents
    @ p001 lives-of-vesland          a document: id and source; its text is on the lines below
    @ p068 copy of p015 almanac      an exact copy of a document under an id and a source of its own
    @ raw                            one line that goes into the file as it stands
    + Subject: relation = answer; …  facts that a careful reader takes from the text
    - Subject: relation = answer     what must not be taken: asked, denied, supposed, reported
    ? Subject: relation              what the text says is unknown or disputed

Relations are named as in `relations.toml` where they are declared there, in the words of the text elsewhere; dates are
ISO, numbers without separators. Packing is deterministic: equal sources give equal uncompressed files.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
CORPUS, SOURCE, EXPECTED = (SAMPLES / name for name in ("corpus", "source", "expected"))
FACTS, SETTINGS = SAMPLES / "facts.tsv", SAMPLES / "audit.toml"
VERDICTS = {"+": "fact", "-": "not", "?": "unknown"}


class Reading(NamedTuple):
    """What a careful reader takes, or must not take, from a document. `answer` is empty for what is unknown."""

    path: str
    record: int
    verdict: str
    subject: str
    relation: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One record of a corpus file: a line of JSON, or for `*.txt` the whole file."""

    path: str
    record: int
    id: str
    text: str
    line: str
    readings: tuple[Reading, ...]


def samples(folder: Path = SOURCE) -> list[Sample]:
    """All records in the order of their files. Raises ValueError for a source that does not follow the form."""
    found: list[Sample] = []
    for source in sorted(folder.glob("*.txt")):
        path, domain, record = "", "", 0
        for head, body in _blocks(source.read_text(encoding="utf-8")):
            if head.startswith("%% "):
                path, _, domain = head.removeprefix("%% ").partition(" ")
                record = 0
                continue
            record += 1
            found.append(_sample(head.removeprefix("@ "), body, path, domain, record, found))
    return found


def write(folder: Path) -> None:
    """The corpus files."""
    lines: dict[str, list[str]] = {}
    for sample in samples():
        lines.setdefault(sample.path, []).append(sample.line)
    for path, content in lines.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = "" if content == [""] else "\n".join(content) + "\n"
        target.write_bytes(packed(path, whole.encode()))


def packed(path: str, data: bytes) -> bytes:
    """The bytes as the suffix wants them; gzip without a time, so that it is the same every day."""
    if path.endswith(".gz"):
        return gzip.compress(data, mtime=0)
    codec = {".zst": "zstd", ".bz2": "bz2"}.get(Path(path).suffix)
    if codec is None:
        return data
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def unpacked(path: Path) -> str:
    """The text of a corpus file."""
    with pa.input_stream(str(path), compression="detect") as stream:
        return bytes(stream.read()).decode()


def facts_tsv() -> list[str]:
    """`facts.tsv`: a row a reading."""
    rows = [reading for sample in samples() for reading in sample.readings]
    return ["\t".join(Reading._fields), *("\t".join(map(str, row)) for row in rows)]


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """(heading, lines below it)."""
    head, body = "", list[str]()
    for line in text.splitlines():
        if line.startswith(("%% ", "@ ")):
            if head:
                yield head, body
            head, body = line, []
        else:
            body.append(line)
    if head:
        yield head, body


def _sample(head: str, body: list[str], path: str, domain: str, record: int, before: list[Sample]) -> Sample:
    text = "\n".join(line for line in body if line[:2] not in ("+ ", "- ", "? ")).strip("\n")
    if head == "raw":
        return Sample(path, record, "", "", text, ())
    name, _, source = head.partition(" ")
    notes = [line for line in body if line[:2] in ("+ ", "- ", "? ")]
    if path.endswith("*.txt"):
        path, record = path.replace("*", name), 1
        return Sample(path, record, name, text, text, _readings(notes, path, record))
    if source.startswith("copy of "):
        original, _, source = source.removeprefix("copy of ").partition(" ")
        first = next(sample for sample in before if sample.id == original)
        text, readings = first.text, tuple(r._replace(path=path, record=record) for r in first.readings)
    else:
        readings = _readings(notes, path, record)
    fields = {"id": name, "source": source, "domain": domain, "text": text}
    if not (path and source and text):
        raise ValueError(f"{path}:{record}: file, source or text of document {name!r} is missing")
    return Sample(path, record, name, text, json.dumps(fields, ensure_ascii=False), readings)


def _readings(notes: list[str], path: str, record: int) -> tuple[Reading, ...]:
    found = []
    for note in notes:
        subject, colon, rest = note[2:].partition(": ")
        for clause in rest.split("; "):
            relation, _, answer = clause.partition(" = ")
            if not colon or not relation or bool(answer) is (note[0] == "?"):
                raise ValueError(f"{path}:{record}: a reading does not follow the form")
            found.append(Reading(path, record, VERDICTS[note[0]], subject, relation, answer))
    return tuple(found)
