"""Files -> documents and rejects. Every record of every file is one or the other; bad data never raises."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer import ids
from analyzer.errors import InputError
from analyzer.io.fields import Fields, lookup
from analyzer.io.files import InputFile
from analyzer.io.objects import kind
from analyzer.io.readers import STREAMED, format_of, layout, records, suffix
from analyzer.io.records import Fault, Record, Unusable, fault
from analyzer.logs import mask
from analyzer.settings import IngestSettings
from analyzer.text.domains import host, registrable
from analyzer.text.normalize import normalise, words
from analyzer.text.redact import printable

STAGE = "ingest"
NO_DOMAIN = "(none)"


@dataclass(frozen=True, slots=True)
class Document:
    """A kept record: the columns of the table `documents`, and the text, which no table holds."""

    doc_id: str
    path: str
    record: int
    user_id: str | None
    domain: str
    source: str
    url: str | None
    text: str
    text_hash: str
    characters: int
    words: int
    repaired: bool


@dataclass(frozen=True, slots=True)
class Reject:
    """A record, or the unreadable rest of a file, that was not kept: the columns of the table `rejects`."""

    stage: str
    reason: str
    path: str
    record: int
    detail: str


def documents(
    file: InputFile, settings: IngestSettings, only: Container[int] | None = None
) -> Iterator[Document | Reject]:
    """Documents and rejects of one file in order; `only` these record numbers, at a tenth of the price of the others.

    Raises `InputError` when the file cannot be opened, and for a broken stream if `on_corrupt` is "stop"."""
    fields, _ = layout(file, settings)
    for item in records(file, settings, fields):
        if only is not None and item.number not in only:
            continue
        if isinstance(item, Record):
            yield _document(file, item, fields, settings)
        elif item.reason == "corrupt_stream" and settings.on_corrupt == "stop":
            raise InputError(
                f"{mask(file.uri)}:{item.number}: {item.detail}: mend or remove the file, "
                "or set ingest.on_corrupt=reject"
            )
        else:
            yield _reject(file, item)


def document(file: InputFile, record: int, settings: IngestSettings) -> Document | None:
    """One record read again, None when there is no such document (any more)."""
    fields, _ = layout(file, settings)
    for item in records(file, settings, fields):
        if isinstance(item, Record) and item.number == record:
            found = _document(file, item, fields, settings)
            return found if isinstance(found, Document) else None
        if item.number > record:
            break
    return None


def _document(file: InputFile, record: Record, fields: Fields, settings: IngestSettings) -> Document | Reject:
    value = record.value
    try:
        if isinstance(value, str) and fields.preset != "pile":
            raise Unusable("malformed_json", "a bare string where an object is expected")
        members: Mapping[str, Any] = {fields.text: value} if isinstance(value, str) else value
        text, mended = _text(members, fields.text, settings)
    except Unusable as error:
        return _reject(file, fault(record.number, error.reason, error.detail))
    url = _scalar(lookup(members, fields.url))
    name = host(url) if url else None
    source = _scalar(lookup(members, fields.source))
    domain = _scalar(lookup(members, fields.domain)) or (registrable(name, settings.private_suffixes) if name else None)
    return Document(
        doc_id=ids.document_id(file.path, record.number, text),
        path=file.path,
        record=record.number,
        user_id=_scalar(lookup(members, fields.id)),
        domain=domain or source or NO_DOMAIN,
        source=source or name or _first_name(file.path),
        url=url,
        text=text,
        text_hash=ids.digest(normalise(text)),
        characters=len(text),
        words=words(text),
        repaired=record.repaired or mended,
    )


def _text(members: Mapping[str, Any], name: str, settings: IngestSettings) -> tuple[str, bool]:
    """The text and whether it was mended. A list of strings is one text, as in The Pile."""
    value = lookup(members, name)
    if value is None:
        raise Unusable("missing_text", f"the field {name} is missing or null")
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str | bytes) for part in parts):
        raise Unusable("missing_text", f"the field {name} is {kind(value)}, not a string")
    decoded = [_decoded(part, repair=settings.invalid_utf8 == "repair") for part in parts]
    text = "\n\n".join(part for part, _ in decoded)
    if not text.strip():
        raise Unusable("empty_text", f"the field {name} holds nothing but white space")
    if len(text) > settings.max_text_chars:
        raise Unusable(
            "text_too_long", f"{len(text)} characters, ingest.max_text_chars allows {settings.max_text_chars}"
        )
    return text, any(mended for _, mended in decoded)


def _decoded(value: str | bytes, *, repair: bool) -> tuple[str, bool]:
    """Text without NUL, and whether it had any or was not UTF-8."""
    text, mended = value if isinstance(value, str) else "", False
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            if not repair:
                raise Unusable("invalid_utf8", "bytes that are no character") from None
            text, mended = value.decode("utf-8", "replace"), True
    return (text.replace("\0", ""), True) if "\0" in text else (text, mended)


def _scalar(value: object) -> str | None:
    """An id, a name, a URL as text; None for what is empty or is no single value."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).replace("\0", "").strip() or None


def _first_name(path: str) -> str:
    """`en/c4-train.00000-of-01024.json.gz` -> `c4-train`."""
    name = path.rsplit("/", 1)[-1]
    return name.lstrip(".").split(".")[0] or name


def _reject(file: InputFile, item: Fault) -> Reject:
    return Reject(STAGE, item.reason, file.path, item.number, item.detail)


# what a run says before it starts


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """How the files of one layout are read, as found in the first of them."""

    path: str
    fields: Fields
    available: tuple[str, ...]  # fields that the first records have


MAX_PREVIEWED = 20  # files opened by `preview`


def preview(files: Sequence[InputFile], settings: IngestSettings) -> tuple[FieldChoice, ...]:
    """The fields of the first file of each layout (folder, name without its digits, suffix).

    Raises `InputError` for a field named in the settings that the first records of a file do not have, and when no
    file has a field that can be taken for the text."""
    firsts: dict[tuple[str, str, str], InputFile] = {}
    for file in files:
        folder = file.path.rpartition("/")[0]
        if format_of(file.path):
            firsts.setdefault((folder, re.sub(r"\d+", "", _first_name(file.path)), suffix(file.path)), file)
    choices = [FieldChoice(f.path, *layout(f, settings)) for f in list(firsts.values())[:MAX_PREVIEWED]]
    for choice in choices:
        _check_explicit(choice, settings)
    with_fields = [choice for choice in choices if choice.available]
    if with_fields and not any(choice.fields.text in choice.available for choice in choices):
        raise InputError(
            f"{with_fields[0].path}: no field that looks like the text among {_list(with_fields[0].available)}: "
            "name it, as in --set ingest.text_field=NAME"
        )
    return tuple(choices)


def _check_explicit(choice: FieldChoice, settings: IngestSettings) -> None:
    if not choice.available or format_of(choice.path) in STREAMED:
        return  # nothing readable yet, or a format that names its fields itself
    for setting in ("text_field", "id_field", "domain_field", "source_field", "url_field"):
        name = getattr(settings, setting)
        if name and name not in choice.available:
            raise InputError(
                f"{choice.path}: ingest.{setting} = {name!r} is in none of the first records, "
                f"which have {_list(choice.available)}: name one of these"
            )


def _list(names: tuple[str, ...]) -> str:
    """Names for a message: the first thirty, each cut, in case they are data themselves."""
    shown = ", ".join(printable(name)[:40] for name in names[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "")
