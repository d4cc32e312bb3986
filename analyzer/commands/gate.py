"""`monofact gate`: does a finished run meet a file of rules? The exit code says it to a CI job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.commands.common import Json, Quiet, RunAt, begin, console, print_json, run_config

if TYPE_CHECKING:
    import pyarrow as pa

    from analyzer.decisions.judge import Verdict
    from analyzer.decisions.measured import Sources

JUNIT, MARKDOWN, TABLE = "junit.xml", "summary.md", "judgements"


def gate(
    run: RunAt,
    rules: Annotated[Path, typer.Option(help="TOML file with the rules; data/samples/gate.toml shows all kinds")],
    base: Annotated[str | None, typer.Option(help="finished run that rules of kind rise compare with")] = None,
    quality: Annotated[Path | None, typer.Option(help="quality card for rules of kind quality")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="directory for junit.xml, summary.md and judgements.parquet")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge a run by rules. Exit code 0: passed; 1: failed; 2: could not be judged, as for rules that are no rules."""
    from analyzer.decisions import judge, junit, markdown, measured
    from analyzer.decisions import rules as reading
    from analyzer.io import results, runs

    begin(quiet)
    asked = reading.load(rules)
    opened = runs.opened(run)
    for stage in ("ingest", "dedup", "extract", "count", "estimate"):
        opened.finished(stage)
    rises = any(rule.kind == "rise" for rule in asked)
    found = measured.judged(asked, _sources(run, opened, base if rises else None, quality))
    outcome = judge.overall(found)
    if out is not None:
        with results.opened(out, "gate") as folder:
            folder.table(TABLE, _table(found))
            folder.text(JUNIT, junit.document(found, opened.shown()))
            folder.text(MARKDOWN, markdown.summary(found))
    if not quiet:
        from analyzer.report.gate_terminal import closing

        lines = [(v.rule.name, v.outcome, v.counts_as, markdown.told(v)) for v in found]
        worst = [(j.number.subject, j.outcome, j.reason) for v in found for j in markdown.worth_listing(v)]
        console(stderr=True).print(closing(outcome, lines, worst))
    if as_json:
        print_json({"run": opened.shown(), "outcome": outcome, "exit_code": judge.EXIT[outcome],
                    "rules": [_told(v) for v in found]})  # fmt: skip
    if judge.EXIT[outcome]:
        raise typer.Exit(judge.EXIT[outcome])


def _sources(run: str, opened: Any, base: str | None, card: Path | None) -> Sources:
    from analyzer.decisions.measured import Sources

    return Sources(
        opened,
        _card(run, card) if card is not None else "no quality card was given: --quality CARD",
        _compared(run, base) if base is not None else "no base was given: --base RUN",
    )


def _card(run: str, path: Path) -> list[dict[str, Any]] | str:
    """The rows of a card; why it must not be used, if it is of another extractor."""
    from analyzer.evaluation import card, card_folder

    other = card.differences(card.load(path), run_config(run, None, None).extract)
    if other:
        return f"the quality card was made with another extractor ({'; '.join(other)})"
    return card_folder.opened(path if path.is_dir() else path.parent)[1]


def _compared(run: str, base: str) -> pa.Table:
    from analyzer.commands.diff import compared
    from analyzer.decisions.differences import Limits

    settings = run_config(run, None, None).estimate
    limits = Limits(settings.min_statements, settings.confidence)
    return compared(base, run, limits)["differences"]


def _table(found: tuple[Verdict, ...]) -> pa.Table:
    import pyarrow as pa

    from analyzer.schemas.decisions import JUDGEMENTS

    rows = [
        {"rule": v.rule.number, "name": v.rule.name, "kind": v.rule.kind, "judged": j.number.subject,
         "limit": v.rule.asked, "value": j.number.value, "low": j.number.low, "high": j.number.high,
         "outcome": j.outcome, "reason": j.reason}
        for v in found for j in v.judgements
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, JUDGEMENTS.schema)


def _told(verdict: Verdict) -> dict[str, Any]:
    rule = verdict.rule
    return {
        "rule": rule.number, "name": rule.name, "kind": rule.kind, "limit": rule.asked, "outcome": verdict.outcome,
        "counts_as": verdict.counts_as, "reason": verdict.reason, "judged": len(verdict.judgements),
        "left_out": verdict.left_out,
        "numbers": [
            {"subject": j.number.subject, "value": j.number.value, "low": j.number.low, "high": j.number.high,
             "outcome": j.outcome, "reason": j.reason}
            for j in verdict.judgements
        ],
    }  # fmt: skip
