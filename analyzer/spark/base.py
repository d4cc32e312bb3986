"""A finished run that a new run grows from: only added files are read, signed and parsed, all else is taken over.

A new run over base and added files is the run over all of them, table by table: what hangs on one document alone
(`TAKEN`) is linked or copied, what hangs on several (`AGAIN`) is computed again over all. Its fingerprints are those of
a run from nothing, so that every other command works on it as on any; it stands by itself when the base is removed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyarrow import fs
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.errors import ConfigError, InputError, RunStateError
from analyzer.io import files, runs
from analyzer.io.files import InputFile
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.schemas import ACCOUNTS, SCHEMA_VERSION
from analyzer.spark import tables

TAKEN: dict[str, tuple[str, ...]] = {  # rows that hang on one document, by the stage that wrote them
    "ingest": ("documents", "rejects"),
    "dedup": ("signatures", "sentences"),
    "extract": ("mentions", "rejects"),
}
AGAIN: dict[str, tuple[str, ...]] = {  # what hangs on several documents
    "ingest": (),
    "dedup": ("clusters", "duplication", "crossings", "largest_clusters"),
    "extract": ("accounts",),
}


@dataclass(frozen=True, slots=True)
class Base:
    """The base run, the files it read, and its manifests of the stages that are taken over."""

    run: Run
    files: tuple[InputFile, ...]
    manifests: Mapping[str, Manifest]


def opened(where: str) -> Base:
    """The base run at a path or URI; an `AnalyzerError` if it is none, or is unfinished."""
    run = runs.opened(where)
    listed = run.read(runs.INPUTS)
    if listed is None:
        raise RunStateError(f"{run.shown()}: does not say what it read; audit everything into a new run")
    known = tuple(InputFile(**entry) for entry in json.loads(listed))
    return Base(run, known, {stage: run.finished(stage) for stage in TAKEN})


def listed(base: Base, inputs: Sequence[str]) -> tuple[InputFile, ...]:
    """The files of the base and those below `inputs`, by paths that start at the base's folder.

    Raises `InputError` if nothing is new, and for a file of the base that has changed or is gone: a run over everything
    would read what it is now, and the verification of a borderline pair may read it again.
    """
    found = files.list_added(inputs, base.files)
    if not found:
        raise InputError(f"nothing to add: {base.run.shown()} has read every one of these files")
    return tuple(sorted((*base.files, *found), key=lambda file: file.path))


def demand_other(base: Base, run: Run) -> None:
    """`ConfigError` if the new run's directory is the base's: a base is never written to."""
    same = Path(base.run.root).samefile(run.root) if base.run.local and run.local else base.run.uri == run.uri
    if same:
        raise ConfigError(f"--base {base.run.shown()} is --out itself: name another directory for the new run")


def demand_same(base: Base, fingerprints: Mapping[str, str], settings: Callable[[str], Mapping[str, Any]]) -> None:
    """`ConfigError` that names the setting by which a stage of the base differs from what it would be built by now.

    fingerprints: what the base's stages would get now, over the base's files. settings: a section's settings now.
    """
    for stage, manifest in base.manifests.items():
        if manifest.schema_version != SCHEMA_VERSION:
            raise ConfigError(
                f"--base {base.run.shown()} was built with table schema {manifest.schema_version}, now it is "
                f"{SCHEMA_VERSION}: audit everything into a new run"
            )
        if manifest.fingerprint == fingerprints[stage]:
            continue
        now, then = settings(stage), manifest.settings
        changed = [key for key in sorted(now.keys() | then.keys()) if now.get(key) != then.get(key)]
        if changed:
            shown = ", ".join(f"{stage}.{key} = {then.get(key)!r}, now {now.get(key)!r}" for key in changed)
            advice = "give the same, or audit everything into a new run"
        else:
            shown = f"stage {stage} by other versions, " + ("another model or other relations, " * (stage == "extract"))
            shown, advice = f"{shown}or over other files than it lists", "audit everything into a new run"
        raise ConfigError(f"--base {base.run.shown()} was built with {shown}: {advice}")


def take(base: Base | None, run: Run, stage: str, table: str) -> None:
    """Put the base's rows of a table beside those of the added files: hard links on one local disk, else copies.

    Files of a run are never written to, only removed, so a link cannot change under the new run.
    """
    if table not in TAKEN[stage]:
        raise ValueError(f"{stage}/{table}: rows of a base are not taken over one by one")
    if base is None:
        return
    if table not in base.manifests[stage].tables:
        raise RunStateError(f"{base.run.shown()}: has no table {table}; audit everything into a new run")
    for number, file in enumerate(base.manifests[stage].tables[table]):
        _place(base.run, f"{base.run.root}/{file.name}", run, f"{run.root}/{stage}/{table}/base-{number:05d}.parquet")


def _place(source: Run, path: str, target: Run, to: str) -> None:
    if source.local and target.local:
        with contextlib.suppress(OSError):  # another disk, or a system that links only files of one's own
            os.link(path, to)
            return
    fs.copy_files(path, to, source_filesystem=source.filesystem, destination_filesystem=target.filesystem)


def total(base: Base | None, stage: str, counts: Counts) -> Counts:
    """The counts of the added files and those of the base together."""
    if base is None:
        return counts
    before = base.manifests[stage].counts
    reasons = sorted(before.rejected.keys() | counts.rejected.keys())
    rejected = {reason: before.rejected.get(reason, 0) + counts.rejected.get(reason, 0) for reason in reasons}
    return Counts(before.read + counts.read, before.kept + counts.kept, rejected)


def added_characters(spark: SparkSession, base: Base | None, documents: DataFrame) -> int:
    """Characters of the added documents, from the documents of base and added files."""
    frames = [documents, *([tables.read(spark, base.run, "documents")] if base is not None else [])]
    found = [frame.agg(F.sum("characters")).first() for frame in frames]
    sums = [int((row and row[0]) or 0) for row in found]
    return sums[0] - sum(sums[1:])


def accounts(spark: SparkSession, base: Base | None, new: DataFrame) -> DataFrame:
    """The accounts of the added documents with the base's added to them."""
    if base is None:
        return new
    both = tables.read(spark, base.run, "accounts").unionByName(new)
    summed = both.groupBy("domain", "item").agg(F.sum("count").alias("count"))
    return summed.orderBy("domain", "item").select(*ACCOUNTS.schema.names)


def note(base: Base | None, stage: str) -> dict[str, Any]:
    """What the manifest of a stage says of where its rows come from."""
    return {"base": base.manifests[stage].fingerprint} if base is not None and stage in TAKEN else {}
