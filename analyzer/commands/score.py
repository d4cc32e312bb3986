"""`monofact score`: evaluation logs -> scores with explicit confidence targets."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shlex
import sys
from typing import Annotated, Any

import typer

from analyzer import __version__, logs
from analyzer.commands.common import Json, Maps, Quiet, begin, console, mapping_of, print_json

Logs = Annotated[list[str], typer.Argument(help="evaluation logs: files, directories, globs or URIs")]
Out = Annotated[str, typer.Option("--out", "-o", help="directory for the scores: new, empty, or of an earlier scoring")]


def score(
    logs_: Logs,
    out: Out,
    target: Annotated[list[float] | None, typer.Option("--target", "-t", help="confidence target; repeatable")] = None,
    penalty: Annotated[list[float] | None, typer.Option(help="points a wrong answer costs, itself; repeatable")] = None,
    format_: Annotated[str | None, typer.Option("--format", help="format of the logs, if not recognised")] = None,
    map_: Maps = None,
    model: Annotated[str | None, typer.Option(help="name of the model, for logs that do not say")] = None,
    benchmark: Annotated[str | None, typer.Option(help="name of the benchmark, for logs that do not say")] = None,
    filter_: Annotated[
        str | None, typer.Option("--filter", help="lm-eval filter or Inspect scorer to grade by")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="lm-eval or HELM metric to grade by")] = None,
    grading: Annotated[str, typer.Option(help="log: the log's grades; match: grade again by the gold answer")] = "log",
    abstentions: Annotated[str, typer.Option(help="auto, grade (never by phrases) or phrases (always)")] = "auto",
    phrases: Annotated[str | None, typer.Option(help="TOML file with further phrases of abstention")] = None,
    correct_at: Annotated[float | None, typer.Option(help="score from which an answer is correct")] = None,
    confidence_scale: Annotated[float, typer.Option(help="what the log writes for certainty: 1 or 100")] = 1.0,
    duplicates: Annotated[str, typer.Option(help="a second row of an item: reject, or epochs")] = "reject",
    benchmarks: Annotated[str | None, typer.Option(help="TOML file with your benchmarks and their graders")] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="confidence of the intervals")] = 0.95,
    min_items: Annotated[int, typer.Option(min=2, help="items below which models are not compared")] = 20,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score evaluation logs by what a wrong answer costs: ranks, rank flips, calibration, credit for "I don't know"."""
    from analyzer.evaluation import benchmarks as published
    from analyzer.evaluation import score_run, scoring
    from analyzer.io import runs
    from analyzer.io.eval_logs import ReadOptions
    from analyzer.report import score_page, score_summary

    begin(quiet)
    reading = ReadOptions(
        mapping=mapping_of(map_), format=format_, model=model, benchmark=benchmark, filter=filter_, metric=metric,
        grading=grading, abstentions=abstentions, phrases=phrases, correct_at=correct_at,
        confidence_scale=confidence_scale, duplicates=duplicates,
    )  # fmt: skip
    how = scoring.options(target or (), penalty or (), level, min_items)
    table = published.load(benchmarks)
    run = runs.opened(out, create=True)
    with runs.locked(run):
        scored = score_run.build(run, logs_, reading, how, table, __version__)
        about = score_run.notes(scored.log) | {
            "counts": {"read": scored.log.read, "kept": scored.log.kept, "rejected": dict(scored.log.rejected)},
            "benchmarks": [_published(row) for row in table.rows],
            "benchmark_sources": list(dict.fromkeys(row.source for row in table.rows)),
            "command": logs.mask(shlex.join(["monofact", *sys.argv[1:]])),
            "versions": _versions(),
        }
        summary = score_summary.summarise(scored.tables, about)
        run.write("score/summary.json", json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
        run.write("score/score.html", score_page.render(summary, scored.tables["curves"]))
        run.write(runs.COMPLETE, json.dumps({"stages": ["score"]}) + "\n")
    if not quiet:
        _tell(summary)
        typer.echo(f"page: {run.shown('score/score.html')}", err=True)
    if as_json:
        print_json({"run": run.shown(), "summary": summary})


def _published(row: Any) -> dict[str, Any]:
    """A row of the table of benchmarks for the page."""
    pays = "depends on its scale" if row.grader is None else "no" if row.grader.belief is None else (
        f"below P(correct) = {row.grader.belief:.3g}"
    )  # fmt: skip
    return {"name": row.name, "scoring": row.scoring, "binary": row.binary, "idk_credit": row.idk_credit,
            "note": row.note, "pays": pays}  # fmt: skip


def _versions() -> dict[str, str]:
    packages = ("pyarrow", "numpy", "scipy")
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"monofact": __version__, "python": platform.python_version(), **found}


def _tell(summary: dict[str, Any]) -> None:
    from analyzer.report.score_terminal import closing

    for part in closing(summary):
        console(stderr=True).print(part)
