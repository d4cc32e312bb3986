"""`monofact audit`, `stage`, `report`: build a run, all of it or a part."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from analyzer import logs
from analyzer.commands.common import (
    ConfigFile,
    DomainField,
    IdField,
    Inputs,
    Json,
    Out,
    Quiet,
    RunAt,
    Sets,
    SourceField,
    TextField,
    UrlField,
    begin,
    console,
    print_json,
    run_config,
)
from analyzer.commands.interrupt import interrupted
from analyzer.settings import Config


def audit(
    inputs: Inputs,
    out: Out,
    config: ConfigFile = None,
    set_: Sets = None,
    base: Annotated[str | None, typer.Option(help="finished run to add the inputs to; only they are read")] = None,
    quality: Annotated[
        Path | None, typer.Option(help="quality card of the extractor (`monofact quality`), for corrected rates")
    ] = None,
    quality_anyway: Annotated[
        bool, typer.Option("--quality-anyway", help="use the card although it was made with another extractor")
    ] = False,
    sample_documents: Annotated[
        float | None, typer.Option(help="parse this share of the documents, in whole clusters, and extrapolate")
    ] = None,
    sample_keys: Annotated[
        float | None, typer.Option(help="count this share of the prompts (1/2, 1/3, ...), each with all its mentions")
    ] = None,
    until: Annotated[str, typer.Option(help="last stage to run")] = "report",
    text_field: TextField = None,
    id_field: IdField = None,
    domain_field: DomainField = None,
    source_field: SourceField = None,
    url_field: UrlField = None,
    show_examples: Annotated[bool, typer.Option("--show-examples", help="show masked singleton facts")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Audit a corpus: from files to a report. The same command again finishes an interrupted run.

    With --base the run is over the base's files and the inputs; without --config it takes the base's settings.
    """
    begin(quiet)
    fields = {"text": text_field, "id": id_field, "domain": domain_field, "source": source_field, "url": url_field}
    given = [f"ingest.{name}_field={value}" for name, value in fields.items() if value is not None]
    given += ["report.show_examples=true"] if show_examples else []
    samples = {"documents": sample_documents, "keys": sample_keys}
    given += [f"sample.{name}={share}" for name, share in samples.items() if share is not None]
    sets = [*given, *(set_ or [])]
    settings = run_config(base, config, sets) if base is not None else Config.load(config, sets)
    settings = _with_quality(settings, quality, sets, quality_anyway) if quality is not None else settings
    _run(inputs, out, settings, as_json, quiet, until=until, base=base)


def _with_quality(settings: Config, path: Path, sets: list[str], anyway: bool) -> Config:
    """The settings with what the card measured; what --set says of it stays."""
    from analyzer.evaluation import card

    said = {name.strip() for name in (text.partition("=")[0] for text in sets)}
    explicit = {name.removeprefix("estimate.") for name in said if name.startswith("estimate.")}
    found = card.applied(settings, card.load(path), explicit, anyway=anyway)
    if found.estimate.measured_tier != "all":
        logs.LOGGER.warning(
            "the card measured %s relations only: rates are corrected in the slice tier = %s; to correct them all, "
            "mark a sample of this run (monofact quality --annotate), or set extract.tiers=%s",
            *[found.estimate.measured_tier] * 3,
        )
    return found


def stage(
    name: Annotated[str, typer.Argument(help="ingest, dedup, extract, count, estimate or report")],
    out: Out,
    inputs: Annotated[list[str] | None, typer.Argument(help="corpus files; those of the run if not given")] = None,
    config: ConfigFile = None,
    set_: Sets = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Build one stage of a run again. Without --config the settings of the run are used."""
    _run(inputs or [], out, run_config(out, config, set_), as_json, quiet, only=name)


def report(
    run: RunAt,
    config: ConfigFile = None,
    set_: Sets = None,
    show_examples: Annotated[bool, typer.Option("--show-examples", help="show masked singleton facts")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the page of a finished run again, say with other settings."""
    examples = ["report.show_examples=true"] if show_examples else []
    _run([], run, run_config(run, config, [*examples, *(set_ or [])]), as_json, quiet, only="report")


def _run(inputs: list[str], out: str, config: Config, as_json: bool, quiet: bool, **how: Any) -> None:
    from analyzer import pipeline
    from analyzer.spark.progress import watch

    begin(quiet)
    signal.signal(signal.SIGINT, interrupted)
    command = shlex.join(["monofact", *sys.argv[1:]])
    result = pipeline.audit(inputs, out, config, watch=None if quiet else watch, command=command, **how)
    if result.summary is not None and not quiet:
        from analyzer.report.terminal import closing_table

        console(stderr=True).print(closing_table(result.summary))
        typer.echo(f"report: {result.run.shown('report/report.html')}", err=True)
    if as_json:
        text = result.run.read("report/summary.json") if result.summary else None
        summary = json.loads(text) if text else None
        print_json({"run": result.run.shown(), "stages": dict(result.stages), "summary": summary})
