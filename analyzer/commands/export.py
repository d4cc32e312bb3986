"""`monofact export`: a finished run for others: an audit card, CSV, hosts by volume, a DuckDB file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Quiet, RunAt, begin, print_json, run_config

# Tables of slices, of a size for spreadsheets; those of documents, prompts and facts are Parquet's.
CSV = (
    "risk", "estimates", "relations", "bounds", "growth", "spectra", "accounts", "duplication", "crossings", "repeats",
)  # fmt: skip
STAGES = ("ingest", "dedup", "extract", "count", "estimate")


def export(
    run: RunAt,
    out: Annotated[Path, typer.Option("--out", "-o", help="directory for the files")],
    audit_card: Annotated[bool, typer.Option("--audit-card", help="for a dataset card: Markdown and JSON")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="tables of slices as CSV; no cell starts a formula")] = False,
    hosts: Annotated[bool, typer.Option("--hosts", help="hosts by volume, for a training-data summary")] = False,
    small_provider: Annotated[
        bool, typer.Option("--small-provider", help="list the top 5 % of hosts, at most 1,000, not the top 10 %")
    ] = False,
    duckdb: Annotated[bool, typer.Option("--duckdb", help="run.duckdb: a view for every table of the run")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a finished run for others. Without a choice: audit card, CSV and hosts. The run is only read."""
    from analyzer.io import results, runs
    from analyzer.report import card, views
    from analyzer.report import hosts as listing
    from analyzer.report.export import write_csv

    begin(quiet)
    every = not (audit_card or csv or hosts or duckdb)
    opened = runs.opened(run)
    for stage in STAGES:
        opened.finished(stage)
    found = card.card(opened) if audit_card or every else None
    private_suffixes = run_config(run, None, None).ingest.private_suffixes
    listed = listing.hosts(opened, small=small_provider, private_suffixes=private_suffixes) if hosts or every else None
    with results.opened(out, "export") as folder:
        if found is not None:
            folder.text("audit-card.md", card.to_markdown(found))
            folder.text("audit-card.json", card.to_json(found))
        small = {name: opened.table(name) for name in CSV} if csv or every else {}
        if listed is not None:
            folder.table("hosts", listed.table)
            small["hosts"] = listed.table
        for name, table in small.items():
            stream = io.StringIO(newline="")
            write_csv(table, stream)
            folder.text(f"{name}.csv", stream.getvalue())
        if duckdb:
            views.write(opened, STAGES, folder.path("run.duckdb"))
        names = sorted(folder.names)
    if as_json:
        told = {"hosts": listed.hosts, "rule": listed.rule} if listed is not None else {}
        print_json({"run": run, "out": str(out), "files": names, **told})
    elif not quiet:
        typer.echo(f"{out}: {', '.join(names)}", err=True)
        if listed is not None:
            number = listed.table["listed"].to_pylist().count(True)
            typer.echo(f"hosts: {number:,} of {listed.hosts:,} listed ({listed.rule})", err=True)
