"""`monofact what-if`: what an audit would say of a sample of the corpus, and of which domains more would help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Quiet, RunAt, begin, console, print_json, run_config


def what_if(
    run: RunAt,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="NAME=WEIGHT of a domain or source, * for the rest; above 1: epochs; repeatable"),
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", help="NAME of a domain or source to leave out; repeatable")
    ] = None,
    advise: Annotated[
        bool, typer.Option("--advise", help="which domains hold the singletons, and of which more would lower the rate")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="directory for the tables, as Parquet")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The singleton rate, N and coverage that a sample of the corpus would have, without auditing it. Reads only."""
    from analyzer.errors import ConfigError
    from analyzer.io import results, runs
    from analyzer.report import planning
    from analyzer.spark import advice, plan, session
    from analyzer.spark import what_if as predicting

    begin(quiet)
    if not (keep or drop or advise):
        raise ConfigError("say what to keep (--keep NAME=WEIGHT, --drop NAME), or ask for --advise")
    opened, settings = runs.opened(run), run_config(run, None, None).estimate
    for stage in ("dedup", "extract", "estimate"):
        opened.finished(stage)
    rules = plan.read(keep or [], drop or [], predicting.known(opened))
    found, shown = {}, []
    told: dict[str, object] = {"run": run}
    if keep or drop:
        table, loose = predicting.of_run(session.get(), opened, rules, settings.confidence)
        found["what_if"] = table
        shown.append(planning.what_if(table, rules.shown(), loose, repeats=rules.repeats))
        told |= {"plan": rules.shown(), "loose_clusters": loose, "what_if": table.to_pylist()}
    if advise:
        found["advice"] = advice.of_run(session.get(), opened, settings)
        shown.append(planning.advice(found["advice"]))
        told |= {"advice": found["advice"].to_pylist()}
    if out is not None:
        with results.opened(out, "what-if") as folder:
            for name, table in found.items():
                folder.table(name, table)
    if as_json:
        print_json(told)
    elif not quiet:
        for part in shown:
            console().print(part)
