"""What people hand in beside a corpus: evaluation logs, question files, gold sets, marks, cards, tables of aliases.

Nothing but an `AnalyzerError` of one line may come out, and what was read is kept or rejected.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.errors import AnalyzerError
from analyzer.evaluation import card, marks
from analyzer.io import runs
from analyzer.io.eval_logs import Log, ReadOptions, items
from analyzer.io.gold_gap import read_gap
from analyzer.io.gold_knowledgenet import read_knowledgenet
from analyzer.io.gold_redocred import read_redocred
from analyzer.io.manifest import Manifest
from analyzer.io.question_files import read_questions
from analyzer.report import annotate
from analyzer.settings import Config
from analyzer.text import alias_table
from tests.evaluation import gold_samples
from tests.fuzz import mutate
from tests.io import logs

OPTIONS = (
    ReadOptions(), ReadOptions(grading="match"), ReadOptions(duplicates="epochs", batch_rows=2),
    ReadOptions(correct_at=0.5, confidence_scale=100.0), ReadOptions(max_record_bytes=200),
)  # fmt: skip
COLUMNS = {"id": 1, "model": "m", "question": "Who?", "answer": "Velmar", "response": "I don't know", "correct": 0,
           "confidence": "85%", "logprob": -0.5, "count": ">=200", "t": 0.5, "epoch": 1, "category": "x"}  # fmt: skip


@cache
def log_files() -> dict[str, Any]:
    """Name -> rows, an object, or bytes of a valid log."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (sample,) = sorted(logs.lm_eval(folder).glob("samples*"))
        pages = logs.simple_evals_page(folder / "e_m.html")
        ever = logs.every_eval_ever(folder / "e_samples.jsonl")
        logs.inspect_eval(folder / "x.eval")
        run = next(logs.helm(folder).glob("runs/*/*"))
        return {
            "samples_capitals.jsonl": _rows(sample),
            "e_samples.jsonl": _rows(ever),
            "per_instance_stats.json": json.loads((run / "per_instance_stats.json").read_text()),
            "log.json": logs.inspect_log(1),
            "log.eval": (folder / "x.eval").read_bytes(),
            "e_m.html": pages.read_bytes(),
            "simpleqa_m.jsonl": [
                {"problem": "Who?", "answer": "V", "predicted_answer": "W", "grade": letter} for letter in "ABC"
            ],
            "x_allresults.json": {"htmls": [pages.read_text()], "score": 0.5},
            "table.jsonl": [COLUMNS, {**COLUMNS, "id": 2, "correct": 1}],
            "table.csv": _delimited(","),
            "table.tsv": _delimited("\t"),
            "table.parquet": _parquet([COLUMNS, {**COLUMNS, "id": 2}]),
        }


@cache
def helm_companions() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        run = next(logs.helm(Path(name)).glob("runs/*/*"))
        names = ("display_predictions.json", "instances.json", "run_spec.json")
        return {name: json.loads((run / name).read_text()) for name in names}


def logs_case(rng: Random, folder: Path) -> None:
    """An evaluation log of any tool, with values changed or bytes."""
    name = rng.choice(list(log_files()))
    source = log_files()[name]
    written = {name: _damaged(rng, name, source)}
    if name == "log.eval" and rng.random() < 0.5:
        written[name] = _zipped(rng)
    if name == "per_instance_stats.json":
        written |= {
            n: mutate.dumped(mutate.changed(rng, v)) for n, v in helm_companions().items() if rng.random() < 0.8
        }
    for other, data in written.items():
        (folder / other).write_bytes(data)
    try:
        _read_logs(rng, folder, name)
    finally:
        for other in written:
            (folder / other).unlink()


def _read_logs(rng: Random, folder: Path, name: str) -> None:
    log, rejects = Log(), 0

    def sink(batch: pa.RecordBatch) -> None:
        nonlocal rejects
        rejects += batch.num_rows

    kept = 0

    def read() -> None:
        nonlocal kept
        for batch in items(str(folder / name), options=rng.choice(OPTIONS), log=log, rejects=sink):
            kept += batch.num_rows

    if _one_line(read):
        assert log.read == log.kept + sum(log.rejected.values())
        assert (kept, rejects) == (log.kept, sum(log.rejected.values()))


def questions_case(rng: Random, folder: Path) -> None:
    """A benchmark without answers."""
    name = rng.choice(("table.jsonl", "table.csv", "table.tsv", "table.parquet", "simpleqa_m.jsonl"))
    path = folder / name
    path.write_bytes(_damaged(rng, name, log_files()[name]))
    mapping = rng.choice(({}, {"question": "problem"}, {"subject": "answer.x"}))
    _one_line(lambda: read_questions([str(path)], mapping))


def gold_case(rng: Random, folder: Path) -> None:
    """A gold set."""
    kinds: tuple[tuple[Callable[[list[str]], Any], Any], ...] = (
        (read_knowledgenet, gold_samples.flat()), (read_knowledgenet, gold_samples.published()),
        (read_redocred, [gold_samples.DOCUMENT]), (read_gap, gold_samples.gap().encode()),
    )  # fmt: skip
    reader, rows = rng.choice(kinds)
    path = folder / "gold.json"
    path.write_bytes(_damaged(rng, "gold.json", rows))
    _one_line(lambda: reader([str(path)]))


def small_files_case(rng: Random, folder: Path) -> None:
    """Files that a person may have edited: settings, marks, a card, aliases, a manifest, a lock."""
    path = folder / "small"
    kind = rng.randrange(6)
    if kind == 0:
        path.write_bytes(mutate.mutated(rng, Config().to_toml().encode()))
        sets = [mutate.text(rng, 20)] if rng.random() < 0.2 else []
        with contextlib.suppress(AnalyzerError):  # it may quote a key of several lines, which the command line escapes
            Config.load(path, sets)
    elif kind == 1:
        row = {"id": "1", "stratum": "singleton", "tier": "typed", "statements": "9", "extractor": "x", "mark": "right"}
        path.write_bytes(mutate.mutated(rng, (",".join(row) + "\n" + ",".join(row.values()) + "\n").encode()))
        _one_line(lambda: marks.measured("x", marks.parse(annotate.read(path, tuple(row)), "small")))
    elif kind == 2:
        recall = {"value": 0.5, "effective": 9.0, "gold": "g"}
        gold = {"name": "g", "kind": "k", "files": ["f"], "rejected": {"a": 1}, "documents": 3}
        made = {"monofact_quality_card": card.VERSION, "name": "n", "fingerprint": "f", "extractor": {}, "gold": [gold],
                "inputs": {"typed": {"recall": recall}}}  # fmt: skip
        path.write_bytes(mutate.dumped(mutate.changed(rng, made)))
        _one_line(lambda: card.load(path))
    elif kind == 3:
        path = folder / "a.parquet"
        path.write_bytes(mutate.mutated(rng, _parquet([{"surface": "Velmar", "type": None, "id": "Q1"}])))
        _one_line(lambda: alias_table.load(str(path)))
    elif kind == 4:
        whole = '{"stage": "ingest", "fingerprint": "", "counts": {"read": 0, "kept": 0}, "tables": {"a": []}, '
        whole += (
            '"settings": {}, "inputs": {}, "code_version": "0", "private": [], "notes": {}, "schema_version": "1.0"}'
        )
        text = mutate.dumped(mutate.changed(rng, json.loads(whole))).decode()
        _one_line(lambda: Manifest.from_json(text, "x"))
    else:
        owner = mutate.changed(rng, {"host": "h", "pid": 3, "started": 5, "child": 4, "child_started": 1})
        assert runs._parse_lock(mutate.dumped(owner).decode()) is None or isinstance(owner, dict)


def _one_line(action: Callable[[], Any]) -> bool:
    """Whether it worked; an error of ours is allowed, if it is one printable line of sensible length."""
    try:
        action()
    except AnalyzerError as error:
        assert "\n" not in str(error), "an error of several lines"
        return False
    return True


def _damaged(rng: Random, name: str, source: Any) -> bytes:
    """Values changed where there are values, or bytes changed."""
    if isinstance(source, bytes):
        return mutate.junk(rng) if rng.random() < 0.1 else mutate.mutated(rng, source)
    whole = name.endswith((".json", ".html"))
    if isinstance(source, list) and not whole:
        rows = [mutate.changed(rng, row) if rng.random() < 0.6 else row for row in source]
        data = b"".join(mutate.dumped(row) + b"\n" for row in rows)
    else:
        data = mutate.dumped(mutate.changed(rng, source))
    return mutate.mutated(rng, data) if rng.random() < 0.3 else data


def _zipped(rng: Random) -> bytes:
    """An `.eval` archive of changed members, stored or packed, sometimes with bytes changed."""
    log = mutate.changed(rng, logs.inspect_log(1))
    sink = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(sink, "w", method) as archive:
        samples = log.pop("samples", []) if isinstance(log, dict) else []
        for i, sample in enumerate(samples if isinstance(samples, list) else []):
            archive.writestr(f"samples/{i}.json", mutate.dumped(sample))
        archive.writestr("header.json", mutate.dumped(log))
    return mutate.mutated(rng, sink.getvalue()) if rng.random() < 0.7 else sink.getvalue()


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _delimited(by: str) -> bytes:
    cells = [str(value) for value in COLUMNS.values()]
    return (
        by.join(COLUMNS) + "\r\n" + by.join(cells) + "\r\n" + by.join(f'"{cell}"' for cell in cells) + "\r\n"
    ).encode()


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, compression="none")
    return sink.getvalue()


TARGETS = {
    "evaluation logs": logs_case, "questions": questions_case, "gold sets": gold_case, "small files": small_files_case
}  # fmt: skip
