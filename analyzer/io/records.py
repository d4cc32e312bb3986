"""What a reader yields: a record, or why there is none. Every byte of a file ends up in one or the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REASONS = (
    "corrupt_stream",  # the compression, the Parquet pages or the framing are broken from this record on
    "empty_file",  # zero bytes, or not one record in it
    "unknown_format",  # the name ends in nothing that can be read
    "line_too_long",  # ingest.max_line_bytes
    "malformed_json",  # not JSON, not an object, or a field that is there twice
    "invalid_utf8",  # only with ingest.invalid_utf8 = "reject"
    "missing_text",  # no text field, or it is null or not a string
    "empty_text",  # nothing but white space
    "text_too_long",  # ingest.max_text_chars
)

MAX_DETAIL = 200  # characters of a reject's explanation


@dataclass(frozen=True, slots=True)
class Record:
    """`value`: an object as parsed (text and bytes may be mixed), or the bare text of a record that has no fields."""

    number: int  # from 1; blank lines have no number
    value: dict[str, Any] | str
    repaired: bool = False  # bad UTF-8, a lone surrogate or NUL was replaced


@dataclass(frozen=True, slots=True)
class Fault:
    """`number`: the record it concerns, or from which on the file cannot be read; 0 for the file as a whole."""

    number: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """The bytes of one record before they are parsed."""

    number: int
    data: bytes


class Unusable(Exception):
    """Raised inside a reader for one record that cannot be used; becomes a `Fault`, never leaves this package."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def fault(number: int, reason: str, detail: object) -> Fault:
    """A fault whose detail is one short line."""
    return Fault(number, reason, " ".join(str(detail).split())[:MAX_DETAIL])
