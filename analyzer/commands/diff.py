"""`monofact diff`: how the singleton rates of two runs differ, and what entered and left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from analyzer.commands.common import Json, Quiet, begin, console, print_json

RunA = Annotated[str, typer.Argument(help="run directory to compare from, say of the release that is out")]
RunB = Annotated[str, typer.Argument(help="run directory to compare with it, say of the release to come")]


def diff(
    run_a: RunA,
    run_b: RunB,
    out: Annotated[Path, typer.Option("--out", "-o", help="directory for the results")],
    min_statements: Annotated[
        int, typer.Option(min=2, help="statements a slice needs in both runs to be compared")
    ] = 200,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="confidence of the intervals")] = 0.95,
    false_discovery: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help="share of the slices called changed that may be none")
    ] = 0.05,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare the rates of two finished runs at equal N and taken whole, and list what entered and left."""
    from analyzer.decisions.differences import Limits
    from analyzer.io import results
    from analyzer.report import diff_page, diff_terminal
    from analyzer.report.diff_summary import summarise

    begin(quiet)
    limits = Limits(min_statements, confidence, false_discovery)
    tables = compared(run_a, run_b, limits)
    about = {
        "a": _shown(run_a), "b": _shown(run_b), "least": min_statements, "confidence": confidence,
        "false_discovery": false_discovery, "sample": _sample(run_a),
    }  # fmt: skip
    summary = summarise(tables["differences"], tables["turnover"], about)
    with results.opened(out, "diff") as folder:
        for name, table in tables.items():
            folder.table(name, table)
        folder.text("diff.html", diff_page.render(summary))
    if not quiet:
        console(stderr=True).print(diff_terminal.closing(summary))
        typer.echo(f"page: {out / 'diff.html'}", err=True)
    if as_json:
        shown = {name: value for name, value in summary.items() if name != "slices"}  # they are in the table
        print_json({"out": str(out), **shown})


def compared(run_a: str, run_b: str, limits: Any) -> dict[str, Any]:
    """The tables `differences` and `turnover` of two finished runs; an `AnalyzerError` if they are not comparable."""
    from analyzer.commands.common import run_config
    from analyzer.decisions.comparable import demand_comparable
    from analyzer.decisions.differences import differences
    from analyzer.decisions.turnover import turnover
    from analyzer.io import runs
    from analyzer.spark import diff as pairing
    from analyzer.spark import session
    from analyzer.spark.estimate import GROUPS

    a, b = runs.opened(run_a), runs.opened(run_b)
    demand_comparable(a, b)
    spark = session.get()
    with session.sized(spark, max(run.finished("extract").rows("mentions") for run in (a, b))):
        found = pairing.of_runs(spark, a, b, limits.statements)
    removed = a.table("duplication"), b.table("duplication")
    moved = turnover(found.turnover, removed[0], removed[1], run_config(run_b, None, None).report)
    return {"differences": differences(found, GROUPS, limits), "turnover": moved}


def _sample(run: str) -> float | None:
    """The share of the clusters that was parsed, None if all were; two runs that are compared have it in common."""
    from analyzer.io import runs

    share: float | None = runs.opened(run).finished("extract").settings.get("sample_share")
    return share


def _shown(run: str) -> str:
    from analyzer.io import runs

    return runs.opened(run).shown()
