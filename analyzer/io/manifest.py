"""A stage's manifest: which files it wrote, from what, under which settings. It is the truth, not the listing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from analyzer.errors import InvariantError, RunStateError
from analyzer.schemas import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table: name relative to the run directory, size, rows."""

    name: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Counts:
    """`read = kept + sum(rejected)`, in rows of what the stage reads."""

    read: int
    kept: int
    rejected: Mapping[str, int] = field(default_factory=dict)

    def check(self, stage: str) -> Counts:
        """Itself, or `InvariantError` when something was lost or invented."""
        if self.read != self.kept + sum(self.rejected.values()):
            raise InvariantError(
                f"{stage}: read {self.read} but kept {self.kept} and rejected {dict(self.rejected)}: "
                "this is a defect in monofact; please report it with the run's manifests"
            )
        return self


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that says whether a finished stage may be used as it stands."""

    stage: str
    fingerprint: str
    counts: Counts
    tables: Mapping[str, tuple[DataFile, ...]]
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    code_version: str
    private: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    schema_version: str = SCHEMA_VERSION

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> Manifest:
        """Parse a manifest; `RunStateError` when it is not one or a newer major version wrote it."""
        try:
            raw = json.loads(text)
            raw["counts"] = Counts(**raw["counts"])
            raw["tables"] = {name: tuple(DataFile(**f) for f in files) for name, files in raw["tables"].items()}
            raw["private"] = tuple(raw["private"])
            raw["schema_version"] = str(raw["schema_version"])
            manifest = cls(**raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RunStateError(
                f"{where}: not a manifest of monofact; remove the stage's folder to rebuild it"
            ) from None
        check_version(manifest.schema_version, where)
        return manifest

    def rows(self, table: str) -> int:
        return sum(file.rows for file in self.tables[table])


def check_version(version: str, where: str) -> None:
    """Refuse tables of another major schema version."""
    theirs, ours = version.split(".")[0], SCHEMA_VERSION.split(".")[0]
    if theirs != ours:
        raise RunStateError(
            f"{where}: written with table schema {version}, this monofact reads {ours}.x: "
            "use the version that wrote it, or audit into a new directory"
        )
