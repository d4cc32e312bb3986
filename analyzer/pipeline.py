"""The run: a loop over the stages. A stage is skipped if its manifest stands with the fingerprint it would get now.

A fingerprint covers the stage's settings, the fingerprints of the stages it reads, the versions that can change a
result and, for the first stage, the input files. Anything else in a stage's folder is removed and built again.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import re
import signal
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analyzer import __version__, errors, ids, logs
from analyzer.errors import AnalyzerError, ConfigError, InputError, InvariantError, SetupError, StageError
from analyzer.io import corpus, files, runs
from analyzer.io.files import InputFile
from analyzer.io.manifest import Manifest
from analyzer.io.runs import Run
from analyzer.report.model import Summary
from analyzer.schemas import SCHEMA_VERSION, TABLES
from analyzer.settings import SECTIONS, Config, ExtractSettings
from analyzer.spark import base as bases
from analyzer.stages import STAGES, Job, Stage, summarised
from analyzer.text import alias_table
from analyzer.text.facts.model import installed_model

Watch = Callable[[str, Job], AbstractContextManager[Any]]  # shows the progress of a stage


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run: its directory, what each stage did ("built" or "kept"), and the summary of the report."""

    run: Run
    stages: Mapping[str, str]
    summary: Summary | None


def audit(
    inputs: str | Sequence[str],
    out: str,
    config: Config | None = None,
    *,
    until: str = "report",
    only: str | None = None,
    base: str | None = None,
    watch: Watch | None = None,
    command: str = "",
) -> RunResult:
    """Audit a corpus into a run directory, or finish an interrupted audit there.

    inputs: files, directories, globs or URIs. until: the last stage. only: this stage alone (the ones before it must
    be finished). base: a finished run; the new run is over its files and the inputs, and reads only what is new.
    Raises an `AnalyzerError`; whatever was finished before stays and is used by the next call.
    """
    config = config or Config()
    names = [stage.name for stage in STAGES]
    for name in filter(None, (until, only)):
        if name not in names:
            raise ConfigError(f"unknown stage {name!r}: stages are {', '.join(names)}")
    if base is not None and config.sample.documents < 1:
        raise ConfigError("sample.documents: a run that grows from a base must read all documents")
    given = [inputs] if isinstance(inputs, str) else list(inputs)
    grown = bases.opened(base) if base is not None else None
    listed = bases.listed(grown, given) if grown else files.list_files(given) if given else ()
    run = runs.opened(out, create=True)
    if grown:
        bases.demand_other(grown, run)
    with runs.locked(run):
        if run.local:
            logs.to_file(run.local / runs.LOG)
        listed = listed or _recorded(run)
        fields = [_fields_line(choice) for choice in corpus.preview(listed, config.ingest)]
        for line in fields:
            logs.LOGGER.info("%s", line)
        inputs_shown = [f"{grown.run.shown()} (a finished run, with the files it read)"] if grown else []
        job = Job(run, config, listed, _about(run, config, [*inputs_shown, *given], fields, command), base=grown)
        if grown:
            bases.demand_same(grown, _fingerprints(replace(job, files=grown.files)), config.results)
        if run.read(runs.INPUTS) is not None and (other := _changed(_recorded(run), listed)):
            logs.LOGGER.info("not the files of the last call: %s", other)
        run.write(runs.SETTINGS, config.to_toml())
        run.write(runs.INPUTS, json.dumps([_as_dict(file) for file in listed], indent=1, ensure_ascii=False) + "\n")
        if "extract" in names[: names.index(until) + 1] and only in (None, "extract"):
            installed_model(config.extract.model)  # now, not after an hour of other stages
            if config.extract.aliases:
                alias_table.load(config.extract.aliases)
        done = _run_stages(job, names[: names.index(until) + 1], only, watch)
        if until == "report" and only in (None, "report"):
            run.write(runs.COMPLETE, json.dumps({"schema_version": SCHEMA_VERSION, "stages": names}) + "\n")
        return RunResult(run, done, summarised(job) if "report" in done else None)


def _run_stages(job: Job, names: Sequence[str], only: str | None, watch: Watch | None) -> dict[str, str]:
    done: dict[str, str] = {}
    prints: dict[str, str] = {}
    for stage in STAGES:
        if stage.name not in names:
            break
        prints[stage.name] = fingerprint(stage, job, prints)
        if only and stage.name == only:
            _demand(job.run, stage, prints)
        elif only:
            continue
        done[stage.name] = _run_stage(stage, job, prints, watch, rebuild=only is not None)
        if only:
            break
    return done


def _fingerprints(job: Job) -> dict[str, str]:
    """What every stage's result depends on, by the stage's name."""
    prints: dict[str, str] = {}
    for stage in STAGES:
        prints[stage.name] = fingerprint(stage, job, prints)
    return prints


def fingerprint(stage: Stage, job: Job, prints: Mapping[str, str]) -> str:
    """What the stage's result depends on."""
    versions = _result_versions(stage.name)
    return ids.fingerprint(_depends(stage, job, prints) | {"versions": versions, "content": _made_of(stage.name, job)})


def _made_of(stage: str, job: Job) -> dict[str, str]:
    """What a stage's settings only name."""
    return _extraction(job.config.extract) if stage == "extract" else {}


def _made_by(stage: str, job: Job) -> dict[str, str]:
    """What else than its settings two runs must have in common to be compared, for the manifest."""
    unicode = {"unicode": unicodedata.unidata_version}  # of the normal form by which copies and keys are told
    return _result_versions(stage) | unicode | _made_of(stage, job)


def _depends(stage: Stage, job: Job, prints: Mapping[str, str]) -> dict[str, Any]:
    source = [[f.path, f.bytes, f.modified] for f in job.files] if stage.name == "ingest" else []
    return {
        "stage": stage.name,
        "settings": job.config.results(stage.name),
        "inputs": {name: prints[name] for name in _reads(stage, job)},
        "files": source,
        "schema": SCHEMA_VERSION.split(".")[0],
    }


def _reads(stage: Stage, job: Job) -> tuple[str, ...]:
    """Stages whose tables can change its result. A sample of clusters hangs on what else is only arranged by them."""
    return (*stage.after, *stage.hints) if job.config.sampling(stage.name) else stage.after


def _result_versions(stage: str) -> dict[str, str]:
    """Versions of what can change a stage's result."""
    packages = {"dedup": ("datasketch",), "extract": ("spacy",), "ingest": ("tldextract",)}.get(stage, ())
    return {"monofact": __version__, **{name: importlib.metadata.version(name) for name in packages}}


def _extraction(settings: ExtractSettings) -> dict[str, str]:
    """What the settings of extraction only name: the pipeline that "auto" finds, its version, the relations' text."""
    try:
        model = installed_model(settings.model)
    except SetupError:
        model = "not installed"  # a finished stage may still be reported on
    try:
        version = importlib.metadata.version(model)
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    named = {name: _content(f"extract.{name}", getattr(settings, name)) for name in ("relations", "aliases")}
    return {"model": model, "version": version, **named}


def _content(name: str, path: str | None) -> str:
    """Digest of a file that a setting names."""
    try:
        return ids.digest(Path(path).read_bytes() if path else b"")
    except OSError as error:
        raise ConfigError(f"{name} = {path}: {error.strerror}: name a readable file") from None


def _run_stage(stage: Stage, job: Job, prints: Mapping[str, str], watch: Watch | None, rebuild: bool) -> str:
    run, name = job.run, stage.name
    before = run.manifest(name)
    if before and before.fingerprint == prints[name] and not rebuild:
        logs.LOGGER.info("kept, nothing it depends on has changed", extra={"stage": name})
        return "kept"
    if before:
        logs.LOGGER.info("rebuilt: %s", _difference(before, stage, job, prints), extra={"stage": name})
    run.clear(name)
    _fault(f"{name}:begin")
    job.notes.clear()
    began = time.monotonic()
    with watch(name, job) if watch else contextlib.nullcontext():
        try:
            counts = stage.function(job).check(name)
        except InvariantError:
            if other := _changed(job.files, _now(job.files)):
                raise InputError(f"while files were read {other}: run the same command again") from None
            raise
        except AnalyzerError:
            raise
        except Exception as error:
            logs.LOGGER.debug("failed", exc_info=True, extra={"stage": name})
            raise (_raised_by_worker(error) or _stage_error(name, error)) from error
    _fault(f"{name}:written")
    manifest = Manifest(
        stage=name,
        fingerprint=prints[name],
        counts=counts,
        tables={table: run.written(name, table) for table in stage.tables},
        settings=job.config.results(name),
        inputs={other: prints[other] for other in _reads(stage, job)},
        code_version=__version__,
        private=tuple(table for table in stage.tables if TABLES[table].private),
        notes={
            **job.notes,
            **bases.note(job.base, name),
            "made_by": _made_by(name, job),
            "seconds": round(time.monotonic() - began, 1),
        },
    )
    run.commit(manifest)
    _fault(f"{name}:committed")
    rejected = sum(counts.rejected.values())
    logs.LOGGER.info("read %d, kept %d, rejected %d", counts.read, counts.kept, rejected, extra={"stage": name})
    return "built"


def _difference(before: Manifest, stage: Stage, job: Job, prints: Mapping[str, str]) -> str:
    """Why a finished stage is built again, for the log."""
    now = job.config.results(stage.name)
    changed = sorted(key for key in now.keys() | before.settings.keys() if now.get(key) != before.settings.get(key))
    upstream = sorted(name for name in _reads(stage, job) if before.inputs.get(name) != prints[name])
    reasons = [f"{stage.name}.{key} changed" for key in changed] + [f"stage {name} changed" for name in upstream]
    return ", ".join(reasons) or "input files or versions changed"


def _demand(run: Run, stage: Stage, prints: Mapping[str, str]) -> None:
    """A stage that runs alone needs its inputs finished under the same settings."""
    for name in (*stage.after, *stage.hints):
        manifest = run.finished(name)
        if name in prints and manifest.fingerprint != prints[name]:
            raise ConfigError(
                f"stage {stage.name} reads stage {name}, which was built under other settings, inputs or versions: "
                "run `monofact audit` to bring it up to date"
            )


def _stage_error(stage: str, error: Exception) -> StageError:
    """The first line that says what happened, without the JVM's trace and without corpus text."""
    text = str(error)
    if "No space left on device" in text:
        return StageError(stage, "No space left on device: free some and run the same command again")
    return StageError(stage, f"{_cause(text, error)}: the trace is in run.log; run the same command again to resume")


def _raised_by_worker(error: Exception) -> AnalyzerError | None:
    """An error of ours that a Spark worker raised: Spark hands it over as text in the middle of a trace."""
    found = re.search(r"^analyzer\.errors\.(\w+): (.+)$", str(error), re.MULTILINE)
    kind = getattr(errors, found[1], None) if found else None
    return kind(found[2]) if found and kind in (SetupError, InputError, ConfigError) else None


def _cause(text: str, error: Exception) -> str:
    """The class of error that a worker raised, or of the error itself; never its text, which may quote a corpus."""
    names = re.findall(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception))\b", text, re.MULTILINE)
    return names[-1] if names else type(error).__name__


def _fault(point: str) -> None:
    """Kill this process at the commit point that MONOFACT_FAULT names: how the tests try resuming."""
    if os.environ.get("MONOFACT_FAULT") == point:
        os.kill(os.getpid(), signal.SIGKILL)


def _changed(before: Sequence[InputFile], now: Sequence[InputFile]) -> str:
    """The files that differ, by name: the first of them, and how many more; empty if none does."""
    then, there = ({f.path: (f.bytes, f.modified) for f in listed} for listed in (before, now))
    found = [(path, "went" if path not in there else "changed") for path in then if then[path] != there.get(path)]
    found += [(path, "came") for path in there if path not in then]
    if not found:
        return ""
    path, what = min(found)
    return f"{path} {what}" + (f", and {len(found) - 1} more" if len(found) > 1 else "")


def _now(before: Sequence[InputFile]) -> tuple[InputFile, ...]:
    """The same files as they are now, under their paths then."""
    path = {file.uri: file.path for file in before}
    found = []
    for uri in path:
        with contextlib.suppress(InputError):
            found += [replace(file, path=path[uri]) for file in files.list_files([uri])]
    return tuple(found)


def _recorded(run: Run) -> tuple[InputFile, ...]:
    """The input files of the run as it was started, for `stage` and `report` without inputs."""
    text = run.read(runs.INPUTS)
    if text is None:
        raise ConfigError(f"{run.shown()}: no inputs are recorded here: name the corpus files")
    return tuple(InputFile(**entry) for entry in json.loads(text))


def _fields_line(choice: corpus.FieldChoice) -> str:
    """Which fields are read, for the person who has to notice when they are the wrong ones."""
    fields = asdict(choice.fields)
    preset = fields.pop("preset")
    read = ", ".join(f"{role}={name}" for role, name in fields.items() if name)
    return f"{choice.path}: read as {preset} ({read})"


def _as_dict(file: InputFile) -> dict[str, Any]:
    return {"uri": file.uri, "path": file.path, "bytes": file.bytes, "modified": file.modified}


def _about(run: Run, config: Config, given: Sequence[str], fields: Sequence[str], command: str) -> dict[str, Any]:
    """What the report says of how it came about."""
    packages = ("pyspark", "spacy", "datasketch", "pyarrow", "numpy")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {
        "inputs": [logs.mask(str(path)) for path in given],
        "out": run.shown(),
        "command": logs.mask(command),
        "fields": list(fields),
        "settings": {name: config.results(name) for name in SECTIONS},
        "versions": {"monofact": __version__, "python": platform.python_version(), **versions},
        "stages": [],
    }
