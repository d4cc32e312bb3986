"""`monofact evidence`, `doctor`, `schema`, `sample`: look at a run, a machine, the tables; get text to try."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Quiet, RunAt, begin, console, print_json
from analyzer.errors import ConfigError


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

    begin(quiet)
    found = finding.of_run(run, subject, relation, limit=limit, show=show)
    if as_json:
        print_json({"run": run, "evidence": found.as_dicts()})
    else:
        console().print(found.table())


def doctor(
    out: Annotated[str, typer.Option("--out", "-o", help="where runs would be written")] = ".",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check Java, Python, packages, the model, disk and write access, and say how to mend what is missing."""
    from analyzer.spark import doctor as checks

    begin(quiet)
    found = checks.examine(out)
    if as_json:
        print_json({"ok": all(check.ok for check in found), "checks": [check.as_dict() for check in found]})
    else:
        for check in found:
            typer.echo(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.found}")
            if not check.ok:
                typer.echo(f"     {check.remedy}")
    if not all(check.ok for check in found):
        raise typer.Exit(3)


def schema(
    table: Annotated[str | None, typer.Argument(help="one table; all if not given")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Describe the tables of a run."""
    from analyzer import schemas

    begin(quiet)
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
        print_json({"schema_version": schemas.SCHEMA_VERSION, "tables": columns})
    else:
        typer.echo("\n".join(schemas.markdown(t) for t in shown))


def sample(
    name: Annotated[str, typer.Argument(help="factbook")],
    out: Annotated[Path, typer.Option("--out", "-o", help="directory for the sample corpus")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a real corpus to try things on: the public-domain CIA World Factbook."""
    from analyzer.io.factbook import write_factbook

    begin(quiet)
    if name != "factbook":
        raise ConfigError(f"no sample {name!r}: there is factbook")
    written = write_factbook(out)
    if as_json:
        print_json({"path": str(written.path), "documents": written.documents, "characters": written.characters})
    else:
        typer.echo(f"{written.path}: {written.documents} documents, {written.characters} characters")
