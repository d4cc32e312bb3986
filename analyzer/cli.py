"""The command line. Every command takes `--json` (one object on stdout, last) and `--quiet`; errors are one line."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from analyzer import logs
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.settings import Config

app = typer.Typer(
    name="monofact",
    help="Which facts does a pretraining corpus support only once, and what will a model trained on it make up?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


@app.command()
def audit(
    inputs: Inputs,
    out: Out,
    config: ConfigFile = None,
    set_: Sets = None,
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
    """Audit a corpus: from files to a report. The same command again finishes an interrupted run."""
    fields = {"text": text_field, "id": id_field, "domain": domain_field, "source": source_field, "url": url_field}
    given = [f"ingest.{name}_field={value}" for name, value in fields.items() if value is not None]
    given += ["report.show_examples=true"] if show_examples else []
    _run(inputs, out, _config(config, [*given, *(set_ or [])]), as_json, quiet, until=until)


@app.command()
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
    _run(inputs or [], out, _run_config(out, config, set_), as_json, quiet, only=name)


@app.command()
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
    _run([], run, _run_config(run, config, [*examples, *(set_ or [])]), as_json, quiet, only="report")


@app.command()
def evidence(
    run: RunAt,
    subject: Annotated[str, typer.Option(help="subject as in the tables, or as the text writes it")],
    relation: Annotated[str | None, typer.Option(help="relation as in the tables")] = None,
    limit: Annotated[int, typer.Option(min=1, help="sentences to show")] = 20,
    show: Annotated[bool, typer.Option(help="do not mask e-mail addresses, phone numbers and the like")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the sentences behind a fact, read from the source files again."""
    from analyzer.report import evidence as finding

    _begin(quiet)
    found = finding.of_run(run, subject, relation, limit=limit, show=show)
    if as_json:
        _print_json({"run": run, "evidence": found.as_dicts()})
    else:
        _console().print(found.table())


@app.command()
def doctor(
    out: Annotated[str, typer.Option("--out", "-o", help="where runs would be written")] = ".",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check Java, Python, packages, the model, disk and write access, and say how to mend what is missing."""
    from analyzer.spark import doctor as checks

    _begin(quiet)
    found = checks.examine(out)
    if as_json:
        _print_json({"ok": all(check.ok for check in found), "checks": [check.as_dict() for check in found]})
    else:
        for check in found:
            typer.echo(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.found}")
            if not check.ok:
                typer.echo(f"     {check.remedy}")
    if not all(check.ok for check in found):
        raise typer.Exit(3)


@app.command()
def schema(
    table: Annotated[str | None, typer.Argument(help="one table; all if not given")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Describe the tables of a run."""
    from analyzer import schemas

    _begin(quiet)
    if table is not None and table not in schemas.TABLES:
        raise ConfigError(f"no table {table!r}: tables are {', '.join(schemas.TABLES)}")
    shown = [schemas.TABLES[table]] if table else list(schemas.TABLES.values())
    if as_json:
        columns = {
            t.name: {
                f.name: {"type": str(f.type), "null": f.nullable, "meaning": schemas.describe(f)} for f in t.schema
            }
            for t in shown
        }
        _print_json({"schema_version": schemas.SCHEMA_VERSION, "tables": columns})
    else:
        typer.echo("\n".join(schemas.markdown(t) for t in shown))


@app.command()
def sample(
    name: Annotated[str, typer.Argument(help="factbook")],
    out: Annotated[Path, typer.Option("--out", "-o", help="directory for the sample corpus")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a real corpus to try things on: the public-domain CIA World Factbook."""
    from analyzer.io.factbook import write_factbook

    _begin(quiet)
    if name != "factbook":
        raise ConfigError(f"no sample {name!r}: there is factbook")
    written = write_factbook(out)
    if as_json:
        _print_json({"path": str(written.path), "documents": written.documents, "characters": written.characters})
    else:
        typer.echo(f"{written.path}: {written.documents} documents, {written.characters} characters")


# The base of usage errors: click's own class, or that of the copy which newer versions of typer carry.
_USAGE: Any = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException")


def main(arguments: list[str] | None = None) -> None:
    """Run a command; an error becomes one line on stderr and its exit code (2 settings, 3 set-up, 4 input, ...)."""
    try:
        code = app(arguments, standalone_mode=False)
    except AnalyzerError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _interrupted()
    except _USAGE as error:
        _fail(f"{error.format_message()} (try --help)", error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if code == 130:  # newer versions of typer turn Ctrl-C into an exit code
        _interrupted()
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted(*_: object) -> NoReturn:
    """End at once: a handler works wherever the signal hits, an exception can be swallowed on its way up."""
    if "analyzer.spark.session" in sys.modules:
        sys.modules["analyzer.spark.session"].kill_jvm()
    if "analyzer.io.runs" in sys.modules:
        sys.modules["analyzer.io.runs"].release_held()
    show_cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # a progress bar may have hidden it
    os.write(2, f"{show_cursor}monofact: interrupted; the same command resumes the run\n".encode())
    os._exit(130)


def _fail(message: str, code: int) -> NoReturn:
    from analyzer.report.neutral import neutralise

    typer.echo(f"monofact: {logs.mask(neutralise(message))}", err=True)
    sys.exit(code)


def _run(inputs: list[str], out: str, config: Config, as_json: bool, quiet: bool, **how: Any) -> None:
    from analyzer import pipeline
    from analyzer.spark.progress import watch

    _begin(quiet)
    signal.signal(signal.SIGINT, _interrupted)
    command = shlex.join(["monofact", *sys.argv[1:]])
    result = pipeline.audit(inputs, out, config, watch=None if quiet else watch, command=command, **how)
    if result.summary is not None and not quiet:
        from analyzer.report.terminal import closing_table

        _console(stderr=True).print(closing_table(result.summary))
        typer.echo(f"report: {result.run.shown('report/report.html')}", err=True)
    if as_json:
        text = result.run.read("report/summary.json") if result.summary else None
        summary = json.loads(text) if text else None
        _print_json({"run": result.run.shown(), "stages": dict(result.stages), "summary": summary})


def _config(path: Path | None, assignments: list[str]) -> Config:
    return Config.load(path, assignments)


def _run_config(out: str, path: Path | None, assignments: list[str] | None) -> Config:
    """The settings of a run that exists, unless a file is given."""
    from analyzer.io import runs

    if path is not None or not (Path(out) / runs.SETTINGS).exists():
        return Config.load(path, assignments or [])
    return Config.load(Path(out) / runs.SETTINGS, assignments or [])


def _begin(quiet: bool) -> None:
    logs.to_stderr(quiet)


def _console(stderr: bool = False) -> Any:
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False)


def _print_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))
