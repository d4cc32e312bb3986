"""The command line. Every command takes `--json` (one object on stdout, last) and `--quiet`; errors are one line."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import typer

from analyzer import logs
from analyzer.commands import audit, dedup, diff, export, gate, iiv, look, quality, score, validate, what_if
from analyzer.commands.interrupt import interrupted
from analyzer.errors import AnalyzerError

app = typer.Typer(
    name="monofact",
    help="Which facts does a pretraining corpus support only once, and what will a model trained on it make up?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = (
    audit.audit,
    audit.stage,
    audit.report,
    quality.quality,
    score.score,
    iiv.iiv,
    validate.validate,
    validate.predict,
    dedup.dedup_export,
    dedup.sweep,
    diff.diff,
    gate.gate,
    what_if.what_if,
    export.export,
    look.evidence,
    look.doctor,
    look.schema,
    look.sample,
)
for _command in COMMANDS:
    app.command()(_command)

# The base of usage errors: click's own class, or that of the copy which newer versions of typer carry.
_USAGE: Any = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException")


def main(arguments: list[str] | None = None) -> None:
    """Run a command; an error becomes one line on stderr and its exit code (2 settings, 3 set-up, 4 input, ...)."""
    try:
        code = app(arguments, standalone_mode=False)
    except AnalyzerError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        interrupted()
    except _USAGE as error:
        _fail(f"{error.format_message()} (try --help)", error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if code == 130:  # newer versions of typer turn Ctrl-C into an exit code
        interrupted()
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    from analyzer.report.neutral import neutralise

    typer.echo(f"monofact: {logs.mask(neutralise(message))}", err=True)
    sys.exit(code)
