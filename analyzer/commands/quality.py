"""`monofact quality`: the extractor measured against gold data, or against a person's marks of a run's statements."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from analyzer import ids, logs
from analyzer.commands.common import ConfigFile, Json, Quiet, Sets, begin, console, print_json, run_config
from analyzer.errors import ConfigError, InputError, RunStateError
from analyzer.settings import Config

MARKS_FILE = "marks.csv"
SHOWN_FAULTS = 5


def quality(
    files: Annotated[list[str] | None, typer.Argument(help="gold files, compressed or not")] = None,
    format_: Annotated[str | None, typer.Option("--format", help="knowledgenet, redocred or gap")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="the card's folder; with --annotate a CSV file to mark")
    ] = None,
    folds: Annotated[str | None, typer.Option(help="folds of knowledgenet to measure on, as in 1,2")] = None,
    name: Annotated[
        str | None, typer.Option(help="name of the gold set in the card; the file's own if not given")
    ] = None,
    annotate: Annotated[str | None, typer.Option(help="run directory: draw statements for a person to mark")] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="statements to draw, half of them singletons")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="another seed draws others")] = 0,
    marks: Annotated[Path | None, typer.Option(help="marked CSV file to read into the card")] = None,
    show: Annotated[bool, typer.Option(help="do not mask e-mail addresses, phone numbers and the like")] = False,
    config: ConfigFile = None,
    set_: Sets = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure the extractor, for `audit --quality`: on gold FILES, or on statements of a run that a person marks.

    Gold sets and marks that go to one --out make one card. --annotate asks on the terminal and keeps the marks in
    marks.csv, so that the same command resumes; with --out it only writes that file, for a spreadsheet.
    """
    begin(quiet)
    if sum((annotate is not None, marks is not None, bool(files))) != 1:
        raise ConfigError("quality: give gold files with --format, or --annotate RUN, or --marks FILE")
    if annotate is not None:
        _annotate(annotate, n, seed, out, show, as_json)
        return
    if out is None:
        raise ConfigError("quality: --out: name a folder for the card")
    settings = Config.load(config, set_ or [])
    if marks is not None:
        _read_marks(marks, out, name, settings, as_json, quiet)
        return
    if format_ is None:
        raise ConfigError("quality: --format: say knowledgenet, redocred or gap")
    _measure(files or [], format_, out, _folds(folds), name, settings, as_json, quiet)


def _folds(text: str | None) -> frozenset[int]:
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        raise ConfigError(f"--folds {text}: write whole numbers, as in 1,2")
    return frozenset(map(int, parts))


def _measure(
    files: list[str], kind: str, out: Path, folds: frozenset[int], name: str | None, config: Config, *how: bool
) -> None:
    from analyzer.evaluation import card, card_folder
    from analyzer.evaluation import quality as measuring
    from analyzer.text.facts import Extractor

    made, rows = card_folder.opened(out)
    identity = card.identity(config.extract)
    fingerprint = ids.fingerprint(identity)
    if made is not None and (other := card.differences(made, config.extract)):
        raise RunStateError(f"{out}: holds the card of another extractor ({'; '.join(other)}): name another folder")
    gold = measuring.read_gold(kind, files, folds)
    _warn(gold.rejected, gold.examples)
    of_folds = f", folds {','.join(map(str, sorted(folds)))}" if folds else ""
    called = name or f"{kind}: {Path(files[0]).name}{of_folds}"
    source = {
        "name": called,
        "kind": kind,
        "files": [Path(file).name for file in files],
        "documents": len(gold.documents),
        "rejected": dict(gold.rejected),
    }
    found = measuring.measured(kind, called, gold, Extractor(config.extract), config.estimate.confidence)
    _save(out, made, rows, source, found, identity, fingerprint, *how)


def _read_marks(path: Path, out: Path, name: str | None, config: Config, *how: bool) -> None:
    from analyzer.evaluation import card_folder
    from analyzer.evaluation import marks as marking
    from analyzer.report import annotate

    made, rows = card_folder.opened(out)
    marked = marking.parse(annotate.read(path, marking.COLUMNS), str(path))
    fingerprint = marked.extractor.removeprefix("x")
    if made is not None and made.fingerprint != fingerprint:
        raise RunStateError(
            f"{out}: holds the card of another extractor (fingerprint {made.fingerprint}, marks are of {fingerprint}): "
            "name another folder"
        )
    called = name or f"marks: {path.name}"
    source = {"name": called, "kind": "marks", "files": [path.name],
              "documents": len(marked.marks), "rejected": {}}  # fmt: skip
    found = marking.measured(called, marked, config.estimate.confidence)
    _save(out, made, rows, source, found, {}, fingerprint, *how)


def _save(
    out: Path,
    made: Any,
    before: Sequence[Mapping[str, Any]],
    source: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    identity: Mapping[str, Any],
    fingerprint: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Join what was measured with what the folder holds, and write the three files."""
    from analyzer.evaluation import card, card_folder
    from analyzer.report import quality_page

    kept = [entry for entry in (made.gold if made else ()) if entry["name"] != source["name"]]
    rows = [row for row in before if row["gold"] != source["name"]] + list(found)
    extractor = identity or (made.extractor if made else {})
    new = card.make(extractor, fingerprint, [*kept, source], rows)
    card_folder.save(out, new, rows, quality_page.render(dataclasses.asdict(new), rows))
    if not quiet:
        for row in found:
            if row["relation"] == "*":
                shown = quality_page.figure(row)
                about = f"{row['measure']:24} {row['level']:9} {row['tier']:6} {row['stratum']:10}"
                typer.echo(f"{about} {shown.value:>8} {shown.interval:>16}  {shown.counts}", err=True)
        typer.echo(f"card: {out / card.PAGE}", err=True)
    if as_json:
        print_json(json.loads(new.to_json()))


def _warn(rejected: Mapping[str, int], examples: Sequence[str]) -> None:
    if rejected:
        why = ", ".join(f"{reason}: {count}" for reason, count in rejected.items())
        logs.LOGGER.warning("%d gold rows could not be read (%s)", sum(rejected.values()), why)
        for line in examples[:SHOWN_FAULTS]:
            logs.LOGGER.warning("  %s", line)


def _annotate(run: str, n: int, seed: int, out: Path | None, show: bool, as_json: bool) -> None:
    from analyzer.report import annotate

    path = out or Path(MARKS_FILE)
    if out is not None and out.exists():
        raise InputError(f"{out}: exists; name another file, or mark it and read it with --marks")
    rows = _drawn(run, n, seed, show)
    if not rows:
        raise InputError(f"{run}: no statement to mark: the run has none, or its sources cannot be read any more")
    if out is not None:
        annotate.write(path, rows)
        marked = 0
    else:
        marked = _asked(path, rows)
    if as_json:
        print_json({"marks": str(path), "statements": len(rows), "marked": marked})
    else:
        typer.echo(
            f"{path}: {marked} of {len(rows)} statements marked; then: monofact quality --marks {path} --out CARD"
        )


def _asked(path: Path, rows: list[dict[str, str]]) -> int:
    """Mark on the terminal, beginning where an earlier session of the same sample stopped."""
    from analyzer.report import annotate

    if path.exists():
        before = {row["id"]: row["mark"] for _, row in annotate.read(path, annotate.COLUMNS)}
        if before.keys() != {row["id"] for row in rows}:
            raise InputError(
                f"{path}: holds the marks of another sample; move it away, or use the same RUN, -n and --seed"
            )
        for row in rows:
            row["mark"] = before[row["id"]]
    screen = console()
    annotate.write(path, rows)
    return annotate.ask(rows, input, screen.print, partial(annotate.write, path, rows))


def _drawn(run: str, n: int, seed: int, show: bool) -> list[dict[str, str]]:
    """A sample of a run's statements with their sentences, in an order that says nothing of their strata."""
    import pyarrow.dataset as ds

    from analyzer.evaluation import card, sample
    from analyzer.io import runs
    from analyzer.report import annotate
    from analyzer.report.evidence import Place

    opened = runs.opened(run)
    extractor = "x" + ids.fingerprint(card.identity(run_config(run, None, None).extract))
    mentions, documents = (
        ds.dataset(opened.files(stage, table), filesystem=opened.filesystem, format="parquet")
        for stage, table in (("extract", "mentions"), ("ingest", "documents"))
    )
    prompts = opened.table("prompts", columns=["prompt_id", "tier", "clusters", "cluster_statements"])
    drawn = sorted(sample.draw(mentions, prompts, n, seed), key=lambda d: d.key)
    where = sample.places(documents, [d.doc_id for d in drawn])
    drawn = [d for d in drawn if d.doc_id in where]
    found = annotate.sentences(
        opened,
        [
            Place(
                d.doc_id, d.sentence, d.answer_start, d.relation, d.answer, d.subject, d.sentence_start, d.sentence_end,
                False, d.pattern, *where[d.doc_id],
            )
            for d in drawn
        ],
        show=show,
    )  # fmt: skip
    about = [
        {
            "stratum": d.stratum,
            "tier": d.tier,
            "statements": str(d.statements),
            "extractor": extractor,
            "id": f"s{d.key}",
        }
        for d in drawn
    ]
    rows = annotate.rows(found, about)
    if len(rows) < len(drawn):
        logs.LOGGER.warning("%d sentences cannot be read: their sources are gone or changed", len(drawn) - len(rows))
    return rows
