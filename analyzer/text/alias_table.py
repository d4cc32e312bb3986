"""The user's own aliases: a Parquet file with the columns surface, type (may be null) and id.

A subject, or an answer that is a name, whose canonical name and type match a row takes the row's id as its key, letter
for letter: ids are keys already, so they are neither folded nor looked up again. An id may be a name of the corpus in
its canonical form ("marie curie"); then the alias joins the mentions that have that name. A row of a type comes before
a row without one; as the tagger mistakes the type of one name in eight, a row without a type reaches further. Surfaces
are made canonical by the same rules as names in a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.errors import ConfigError
from analyzer.text.names import normal_name

TYPES = ("person", "organisation", "place", "work", "event", "group", "product", "other")
COLUMNS = ("surface", "type", "id")
_ANY = ""  # the type of rows without one


@dataclass(frozen=True, slots=True)
class AliasTable:
    """(canonical name, type) -> id."""

    ids: Mapping[tuple[str, str], str]

    def key(self, name: str, type: str) -> str:
        """The id of a canonical name, the name itself where the table has none. Values that are no names pass."""
        if type not in TYPES:
            return name
        return self.ids.get((name, type)) or self.ids.get((name, _ANY), name)


def load(path: str) -> AliasTable:
    """Read and check the file. ConfigError of one line that says which setting, which file and how many rows."""
    where = f"extract.aliases = {path}"
    try:
        with Path(path).open("rb") as file:
            found = pq.read_table(file)
        names = found.column_names
    except OSError as error:
        raise ConfigError(f"{where}: {error.strerror or 'cannot be read'}: name a readable Parquet file") from None
    except (pa.ArrowException, ValueError):  # ValueError: a name that is no UTF-8
        raise ConfigError(f"{where}: not a Parquet file: write one with the columns {', '.join(COLUMNS)}") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ConfigError(f"{where}: no column {', '.join(missing)}: it needs {', '.join(COLUMNS)}")
    wrong = [name for name in COLUMNS if not _is_text(found.schema.field(name).type)]
    if wrong:
        raise ConfigError(f"{where}: column {', '.join(wrong)} is not text: cast it to string")
    try:
        columns = [found[name].to_pylist() for name in COLUMNS]
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: holds text that is not UTF-8: write it again") from None
    return AliasTable(_checked(where, list(zip(*columns, strict=True))))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _checked(where: str, rows: list[tuple[str | None, str | None, str | None]]) -> dict[tuple[str, str], str]:
    empty = sum(not (surface or "").strip() or not (key or "").strip() for surface, _, key in rows)
    if empty:
        raise ConfigError(f"{where}: {empty} of {len(rows)} rows have no surface or no id: fill or remove them")
    unknown = sum(kind is not None and kind not in TYPES for _, kind, _ in rows)
    if unknown:
        raise ConfigError(f"{where}: {unknown} rows have an unknown type: types are null, {', '.join(TYPES)}")
    given: dict[tuple[str, str], set[str]] = {}
    spelt: dict[tuple[str, str], set[str]] = {}
    for surface, kind, key in rows:
        for name in {normal_name(str(surface), t) for t in ([kind] if kind else TYPES)}:
            given.setdefault((name, kind or _ANY), set()).add(str(key))
            spelt.setdefault((name, kind or _ANY), set()).add(str(surface))
    torn = set().union(*(spelt[at] for at, keys in given.items() if len(keys) > 1))
    if torn:
        raise ConfigError(
            f"{where}: {len(torn)} surface{'s' if len(torn) > 1 else ''} would get several ids "
            "(surfaces are compared in canonical form): keep one id for each surface and type"
        )
    return {at: next(iter(keys)) for at, keys in given.items()}
