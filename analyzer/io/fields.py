"""Which field of a record is the text, the id, the domain, the source, the URL: known corpora, or the user's word.

Names are looked up as they stand, then as dotted paths: `meta.pile_set_name` is the member `pile_set_name` of `meta`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyzer.settings import IngestSettings


@dataclass(frozen=True, slots=True)
class Fields:
    """Where to find what; None: this corpus has no such field."""

    preset: str
    text: str
    id: str | None
    domain: str | None
    source: str | None
    url: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """All fields that are read."""
        return tuple(name for name in (self.text, self.id, self.domain, self.source, self.url) if name)


PLAIN = Fields("plain", "text", None, None, None, None)
WET = Fields("wet", "text", "id", None, None, "url")
PILE = Fields("pile", "text", None, "domain", "meta.pile_set_name", None)

# A preset is recognised when of each group one field at least is there; the first that fits counts. `domain` is in all
# of them because people who slice an existing corpus add it. FineWeb's `dump` is no source: its hosts are.
_PRESETS: tuple[tuple[Fields, tuple[tuple[str, ...], ...]], ...] = (
    (PILE, (("text",), ("meta.pile_set_name",))),
    (Fields("redpajama-v2", "raw_content", None, "domain", "source_domain", "url"), (("raw_content",),)),
    (
        Fields("fineweb", "text", "id", "domain", None, "url"),
        (("text",), ("id",), ("url",), ("dump", "file_path", "token_count")),
    ),
    (
        Fields("dolma", "text", "id", "domain", "source", "metadata.url"),
        (("text",), ("id",), ("source",), ("added", "created", "metadata")),
    ),
    (Fields("c4", "text", None, "domain", None, "url"), (("text",), ("url",), ("timestamp",))),
)
_GENERIC = Fields("generic", "text", "id", "domain", "source", "url")
_OTHER_TEXTS = ("content", "body")  # tried in records that have no `text`

_ABSENT = object()


def choose(first: Mapping[str, Any] | str, settings: IngestSettings) -> Fields:
    """The fields of a file whose first record this is. What the settings name replaces what the preset says."""
    explicit = {
        name: value
        for name, value in (
            ("text", settings.text_field),
            ("id", settings.id_field),
            ("domain", settings.domain_field),
            ("source", settings.source_field),
            ("url", settings.url_field),
        )
        if value
    }
    return replace(PILE if isinstance(first, str) else _recognise(first), **explicit)


def lookup(record: Mapping[str, Any], name: str | None) -> Any:
    """The value of a field, None when it is missing."""
    value = _find(record, name) if name else None
    return None if value is _ABSENT else value


def has(record: Mapping[str, Any], name: str) -> bool:
    """Whether the field is there, be it null."""
    return _find(record, name) is not _ABSENT


def names(record: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Dotted names of all fields of a record, members of objects included, for messages."""
    found: list[str] = []
    for key, value in record.items():
        found.append(prefix + key)
        if isinstance(value, dict) and not prefix:
            found.extend(names(value, f"{key}."))
    return found


def _recognise(record: Mapping[str, Any]) -> Fields:
    for fields, groups in _PRESETS:
        if all(any(has(record, name) for name in group) for group in groups):
            return fields
    if has(record, "text"):
        return _GENERIC
    return replace(_GENERIC, text=next((name for name in _OTHER_TEXTS if has(record, name)), "text"))


def _find(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value
