"""What commands share: options with their help, settings of a run, and the two ways to print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from analyzer import logs
from analyzer.errors import ConfigError
from analyzer.settings import Config

Inputs = Annotated[list[str], typer.Argument(help="files, directories, globs or URIs (s3://, gs://, hdfs://)")]
Out = Annotated[str, typer.Option("--out", "-o", help="run directory: new, empty, or an earlier run to finish")]
RunAt = Annotated[str, typer.Argument(help="run directory")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="TOML file with settings")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="section.key=value, over the file; repeatable")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout, last")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="nothing but errors on stderr")]
TextField = Annotated[str | None, typer.Option(help="field with the text")]
IdField = Annotated[str | None, typer.Option(help="field with the id")]
DomainField = Annotated[str | None, typer.Option(help="field with the domain")]
SourceField = Annotated[str | None, typer.Option(help="field with the source")]
UrlField = Annotated[str | None, typer.Option(help="field with the URL")]


Maps = Annotated[list[str] | None, typer.Option("--map", help="field=column for files in columns; repeatable")]


def mapping_of(pairs: list[str] | None) -> dict[str, str]:
    """--map field=column options as a mapping; ConfigError for one that is not of this form."""
    found = {}
    for pair in pairs or []:
        name, equals, column = pair.partition("=")
        if not (name and equals and column):
            raise ConfigError(f"--map {pair}: write field=column, as in question=prompt")
        found[name.strip()] = column.strip()
    return found


def told(read: int, kept: int, rejected: Mapping[str, int]) -> None:
    """What became of the records, on stderr."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(rejected.items()))
    typer.echo(f"read {read}, kept {kept}, rejected {read - kept}{f' ({reasons})' if reasons else ''}", err=True)


def begin(quiet: bool) -> None:
    """Log to stderr; with `quiet` errors alone."""
    logs.to_stderr(quiet)


def console(stderr: bool = False) -> Any:
    """A rich console that takes corpus text as text: no markup, no highlighting."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False)


def print_json(value: Mapping[str, Any]) -> None:
    """One object on stdout, last: strict JSON, no NaN."""
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))


def run_config(out: str, path: Path | None, assignments: list[str] | None) -> Config:
    """The settings of a run that exists, unless a file is given."""
    from analyzer.io import runs

    if path is not None or not (Path(out) / runs.SETTINGS).exists():
        return Config.load(path, assignments or [])
    return Config.load(Path(out) / runs.SETTINGS, assignments or [])
