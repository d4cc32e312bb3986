"""May two runs be compared? Only if whatever turned text into counts was the same in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.errors import ConfigError, RunStateError
from analyzer.io.manifest import Manifest
from analyzer.io.runs import Run

READ = ("ingest", "dedup", "extract", "count")
# Settings that two comparable runs need not share, by stage. ingest: where a file keeps what; other files of the same
# kind of text may need others. extract: names of what `made_by` tells by version and content. count: what it decides
# beyond the counts themselves, which relations are functional and which names look alike.
FREE = {
    "ingest": ("text_field", "id_field", "domain_field", "source_field", "url_field"),
    "extract": ("model", "relations", "aliases"),
    "count": ("functional_agreement", "functional_prompts", "surfaces", "split_block"),
}


def demand_comparable(a: Run, b: Run) -> None:
    """`ConfigError` that names every setting and version by which the counts of two finished runs are made unlike.

    `RunStateError` for a run that is unfinished, or too old to say what made it.
    """
    pairs = [(a.finished(stage), b.finished(stage)) for stage in READ]
    for run, manifests in ((a, [x for x, _ in pairs]), (b, [y for _, y in pairs])):
        for manifest in manifests:
            if not isinstance(manifest.notes.get("made_by"), Mapping):
                raise RunStateError(
                    f"{run.shown()}: does not say which versions made stage {manifest.stage}: audit again to compare"
                )
    for run, manifest in zip((a, b), pairs[-1], strict=True):
        if "sample_share" in manifest.settings:
            raise ConfigError(
                f"{run.shown()}: counts a sample of the prompts, which cannot be compared: count them all"
            )
    found = [told for x, y in pairs for told in _unlike(x, y)]
    if found:
        raise ConfigError(
            f"{a.shown()} and {b.shown()} cannot be compared, they differ in {', '.join(found)}: "
            "audit both with the same settings by the same version"
        )


def _unlike(a: Manifest, b: Manifest) -> Iterator[str]:
    """`dedup.threshold (0.7, 0.8)` for what differs in one stage."""
    for shown, ours, theirs in (
        ("{stage}.{name}", _settings(a), _settings(b)),
        ("{name} of {stage}", _made(a), _made(b)),
    ):
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                yield f"{shown.format(stage=a.stage, name=name)} ({ours.get(name)!r}, {theirs.get(name)!r})"


def _settings(manifest: Manifest) -> dict[str, Any]:
    return {name: value for name, value in manifest.settings.items() if name not in FREE.get(manifest.stage, ())}


def _made(manifest: Manifest) -> dict[str, Any]:
    """Versions and contents behind a stage, the table schema among them: a minor version only adds columns."""
    return {**manifest.notes["made_by"], "table schema": manifest.schema_version.split(".")[0]}
