"""`monofact validate` and `predict`: a corpus' rarity against a model's answers, before or after it gave them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.common import Json, Maps, Quiet, begin, mapping_of, print_json, told
from analyzer.errors import ConfigError

RunOrNone = Annotated[str, typer.Argument(help="run directory; - with --frequency")]
Logs = Annotated[list[str], typer.Argument(help="evaluation logs: files, folders, globs or URIs")]
Folder = Annotated[Path, typer.Option("--out", "-o", help="directory for the results")]
Forms = Annotated[str | None, typer.Option("--questions", help="TOML file with further forms of questions")]
Unit = Annotated[str, typer.Option(help="what counts as one place: mention, document, cluster or source")]


def validate(
    run: RunOrNone,
    logs: Logs,
    out: Folder,
    map_: Maps = None,
    frequency: Annotated[
        str | None, typer.Option("--frequency", help="column of the log with a count, instead of a run")
    ] = None,
    questions: Forms = None,
    unit: Unit = "cluster",
    floor: Annotated[float, typer.Option(min=0, max=1, help="coverage below which nothing is claimed")] = 0.3,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="confidence of the intervals")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="seed of the bootstrap")] = 1,
    format_: Annotated[str | None, typer.Option("--format", help="format of the logs; recognised if not given")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Does the corpus' rarity predict where a model is wrong? Coverage first, and one sentence that may be said."""
    import pyarrow as pa

    from analyzer.evaluation import answers
    from analyzer.evaluation import questions as asking
    from analyzer.evaluation.validation import Settings
    from analyzer.evaluation.validation import validate as held
    from analyzer.io import eval_logs, results, runs
    from analyzer.report import validation_page

    begin(quiet)
    if (run == "-") != (frequency is not None):
        raise ConfigError("name a run directory, or - and --frequency COLUMN: one of them says how rare a fact is")
    mapping = mapping_of(map_) | ({"frequency": frequency} if frequency else {})
    log = eval_logs.Log()
    options = eval_logs.ReadOptions(mapping=mapping, format=format_)
    items = answers.columns(eval_logs.items(logs, options=options, log=log))
    opened = None if frequency else runs.demand_whole(runs.opened(run))
    forms = asking.forms(questions)
    found = answers.by_run(items, opened, forms, unit) if opened else answers.by_frequency(items)
    rates = answers.audited_rates(opened) if opened else {}
    settings = Settings(floor, confidence, seed)
    held_up = [held(b.name, b.answers, b.coverage, rates, settings) for b in found]
    table, verdicts = pa.concat_tables([rows for rows, _ in held_up]), [verdict for _, verdict in held_up]
    sentences = [(verdict.benchmark, verdict.sentence) for verdict in verdicts]
    reading = {"read": log.read, "kept": log.kept}
    with results.opened(out, "validate") as folder:
        folder.table("validation", table)
        folder.text("validation.html", validation_page.render(table, sentences, reading, floor, seed))
    if as_json:
        claims = [{"benchmark": v.benchmark, "claimed": v.claimed, "sentence": v.sentence} for v in verdicts]
        print_json({"out": str(out), "read": log.read, "kept": log.kept, "rejected": dict(log.rejected),
                    "verdicts": claims})  # fmt: skip
    elif not quiet:
        told(log.read, log.kept, log.rejected)
        for verdict in verdicts:
            typer.echo(f"{verdict.benchmark}: {verdict.sentence}")
        typer.echo(f"page: {out / 'validation.html'}", err=True)


def predict(
    run: Annotated[str, typer.Argument(help="run directory")],
    questions_file: Annotated[list[str], typer.Argument(metavar="QUESTIONS...", help="JSONL, CSV or Parquet")],
    out: Folder,
    fit: Annotated[
        Path | None, typer.Option("--fit", help="results of `monofact validate`, whose fitted risk is used")
    ] = None,
    target: Annotated[str, typer.Option(help="knowledge_gap, error or error_given_attempted")] = "error",
    map_: Maps = None,
    questions: Forms = None,
    unit: Unit = "cluster",
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="confidence of the intervals")] = 0.95,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Which questions of a benchmark can the corpus not support? Counts and risk by question and by topic."""
    from analyzer.evaluation import prediction
    from analyzer.evaluation import questions as asking
    from analyzer.io import results, runs
    from analyzer.io.question_files import read_questions

    begin(quiet)
    given, rejected = read_questions(questions_file, mapping_of(map_))
    opened = runs.demand_whole(runs.opened(run))
    fitted = prediction.fitted_risk(results.read(fit, "validation", "validate"), target) if fit else None
    rows = prediction.predict(opened, given, asking.forms(questions), unit, fitted)
    topics = prediction.by_topic(rows, confidence)
    with results.opened(out, "predict") as folder:
        folder.table("predictions", rows)
        folder.table("topics", topics)
    if as_json:
        print_json({"out": str(out), "read": rows.num_rows + sum(rejected.values()), "kept": rows.num_rows,
                    "rejected": dict(rejected), "topics": topics.to_pylist()})  # fmt: skip
    elif not quiet:
        told(rows.num_rows + sum(rejected.values()), rows.num_rows, rejected)
        for line in prediction.lines(topics):
            typer.echo(line)
