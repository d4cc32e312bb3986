"""Logs -> a run directory with the tables of a scoring: items are written as they are read, so memory stays bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer import ids
from analyzer.errors import RunStateError
from analyzer.evaluation import scoring
from analyzer.evaluation.benchmarks import Benchmarks
from analyzer.evaluation.confidence_targets import ScoreOptions
from analyzer.evaluation.grades import collect
from analyzer.io.eval_logs import Log, ReadOptions, items
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import SETTINGS, Run
from analyzer.schemas import SCHEMA_VERSION
from analyzer.schemas.documents import REJECTS
from analyzer.schemas.evaluation import ITEMS

STAGE = "score"


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring made: its tables (all but items and rejects, which may be large) and what reading did."""

    tables: dict[str, pa.Table]
    log: Log = field(default_factory=Log)


def build(
    run: Run, logs: Sequence[str], reading: ReadOptions, how: ScoreOptions, benchmarks: Benchmarks, code_version: str
) -> Scored:
    """Read the logs, score them, write and commit stage `score`. An earlier scoring in the directory is replaced.

    Raises `RunStateError` when the directory is the run of an audit.
    """
    _claim(run, {**asdict(reading), **asdict(how)})
    run.clear(STAGE)
    log = Log()
    with _writer(run, "rejects", REJECTS.schema) as rejects, _writer(run, "items", ITEMS.schema) as kept:
        groups = collect(_written(items(logs, options=reading, log=log, rejects=rejects.write_batch), kept))
    tables = scoring.tables(groups, how, benchmarks) | {"abstentions": scoring.abstentions(log)}
    for name, table in tables.items():
        run.write_table(STAGE, name, table)
    settings = {**asdict(reading), **asdict(how)}
    run.commit(
        Manifest(
            stage=STAGE,
            fingerprint=ids.fingerprint({"settings": settings, "schema": SCHEMA_VERSION, "read": log.read}),
            counts=Counts(log.read, log.kept, dict(sorted(log.rejected.items()))).check(STAGE),
            tables={name: run.written(STAGE, name) for name in ("items", "rejects", *tables)},
            settings=settings,
            inputs={},
            code_version=code_version,
            private=("items",),
            notes=notes(log),
        )
    )
    return Scored(tables, log)


def _claim(run: Run, settings: dict[str, Any]) -> None:
    """Note the settings, by which the directory is known as ours even if this scoring ends before it is done."""
    before = run.read(SETTINGS)
    if before is not None and not before.startswith("[score]"):
        raise RunStateError(f"{run.shown()}: is the run of an audit; name another directory for scores")
    lines = [f"{name} = {_toml(value)}" for name, value in settings.items() if value is not None]
    run.write(SETTINGS, "\n".join(["[score]", *lines, ""]))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(value)


def notes(log: Log) -> dict[str, Any]:
    """What reading chose, for the manifest and the page."""
    return {
        "files": {path: asdict(found) for path, found in sorted(log.files.items())},
        "passed_over": dict(sorted(log.passed_over.items())),
        "agreement": {f"{given} as {ours}": n for (given, ours), n in sorted(log.agreement.items())},
    }


def _writer(run: Run, name: str, schema: pa.Schema) -> pq.ParquetWriter:
    folder = f"{run.root}/{STAGE}/{name}"
    run.filesystem.create_dir(folder, recursive=True)
    return pq.ParquetWriter(f"{folder}/part-0.parquet", schema, filesystem=run.filesystem, compression="zstd")


def _written(batches: Iterator[pa.RecordBatch], writer: pq.ParquetWriter) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        writer.write_batch(batch)
        yield batch
