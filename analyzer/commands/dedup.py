"""`monofact dedup-export`, `sweep`: what deduplication would remove, and how much hangs on its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Quiet, RunAt, begin, print_json, run_config
from analyzer.errors import ConfigError, InputError


def dedup_export(
    run: RunAt,
    out: Annotated[Path, typer.Option("--out", "-o", help="new file: .parquet, .csv, or .txt for user ids alone")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the documents to leave out so that one of each cluster stays. Nothing is removed."""
    from analyzer.io import runs
    from analyzer.report import removals

    begin(quiet)
    written = removals.write(runs.opened(run), out)
    if as_json:
        print_json({"run": run, "out": str(out), "documents": written.num_rows})
    elif not quiet:
        typer.echo(f"{out}: {written.num_rows:,} documents to leave out, one of each cluster stays", err=True)


def sweep(
    run: RunAt,
    out: Annotated[Path, typer.Option("--out", "-o", help="new directory for sweep.parquet and sweep.html")],
    thresholds: Annotated[str, typer.Option(help="Jaccard thresholds, as in .5,.7")] = "",
    bandings: Annotated[str, typer.Option(help="bands x rows, as in 32x4,16x8")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Clusters and singleton rate of a finished run by thresholds and bandings, from its stored signatures."""
    import pyarrow.parquet as pq

    from analyzer.io import runs
    from analyzer.report import sweep_page
    from analyzer.spark import session
    from analyzer.spark import sweep as sweeping

    begin(quiet)
    opened, config = runs.opened(run), run_config(run, None, None)
    cells = sweeping.grid(
        config.dedup,
        _numbers(thresholds) or sweeping.THRESHOLDS,
        _bandings(bandings)
        or [(b, r) for b, r in sweeping.BANDINGS if b * r <= config.dedup.permutations]
        or [(config.dedup.bands, config.dedup.rows)],
    )
    for stage in ("ingest", "dedup", "extract"):
        opened.finished(stage)
    if out.exists():
        raise InputError(f"{out}: exists already; name a new directory")
    table = sweeping.of_run(session.get(), opened, config.dedup, cells, config.estimate.confidence)
    out.mkdir(parents=True)
    pq.write_table(table, out / "sweep.parquet", compression="zstd")
    (out / "sweep.html").write_text(sweep_page.render(table, opened.shown()), encoding="utf-8")
    if as_json:
        print_json({"run": run, "out": str(out), "cells": table.to_pylist()})
    elif not quiet:
        typer.echo(f"{out / 'sweep.html'}: {len(cells)} settings", err=True)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ConfigError(f"--thresholds {text}: write numbers, as in .5,.7") from None


def _bandings(text: str) -> list[tuple[int, int]]:
    try:
        pairs = [part.lower().split("x") for part in text.split(",") if part.strip()]
        return [(int(bands), int(rows)) for bands, rows in pairs]
    except ValueError:
        raise ConfigError(f"--bandings {text}: write bands x rows, as in 32x4,16x8") from None
