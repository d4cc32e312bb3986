"""`monofact iiv`: the Is-It-Valid reduction of a model whose responses were scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Maps, Quiet, begin, mapping_of, print_json, told


def iiv(
    scored: Annotated[list[str], typer.Argument(help="scored responses: JSONL, CSV or Parquet files, folders, globs")],
    out: Annotated[Path, typer.Option("--out", "-o", help="directory for the results")],
    map_: Maps = None,
    wrong_answers: Annotated[
        int | None, typer.Option(min=1, help="min |E|, if the wrong responses of origin `candidate` are a sample")
    ] = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="confidence of the intervals")] = 0.95,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What telling valid from invalid responses costs a model, and the errors it cannot avoid (Theorems 1 and 4)."""
    from analyzer.evaluation import iiv_table
    from analyzer.evaluation.scored import read_scored
    from analyzer.io import results
    from analyzer.report import iiv_page

    begin(quiet)
    models, reading = read_scored(scored, mapping_of(map_), wrong_answers is not None)
    terms, curves, sentences = iiv_table.tables(models, confidence, wrong_answers)
    with results.opened(out, "iiv") as folder:
        folder.table("iiv", terms)
        folder.table("iiv_curve", curves)
        folder.text("iiv.html", iiv_page.render(terms, curves, sentences, {"read": reading.read, "kept": reading.kept}))
    if as_json:
        models_told = [{"model": model, "sentence": sentence} for model, sentence in sentences]
        print_json({"out": str(out), "read": reading.read, "kept": reading.kept, "rejected": dict(reading.rejected),
                    "models": models_told})  # fmt: skip
    elif not quiet:
        told(reading.read, reading.kept, reading.rejected)
        for model, sentence in sentences:
            typer.echo(f"{model}: {sentence}")
        typer.echo(f"page: {out / 'iiv.html'}", err=True)
