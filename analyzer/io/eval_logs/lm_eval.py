"""lm-evaluation-harness: `samples_<task>_<date>.jsonl`, one row an item **and filter**, beside `results_<date>.json`.

Every filter grades the same answer again, so one filter is kept: the one asked for, else the first that the file has,
which is the first that the task declares. Rows of other filters go to rejects as `other_filter`. The grade is the
metric asked for, else the first of METRICS that the row lists, else the first it lists. The answer is the model's own
text, not what the filter extracted: "[invalid]" hides a refusal. Choices scored by likelihood have no text.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from analyzer.errors import AnalyzerError, ConfigError
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, mapping, number, text, texts
from analyzer.io.eval_logs.source import load, records
from analyzer.io.files import InputFile, open_input
from analyzer.io.records import Fault, Unusable, fault

NAME = "lm_eval"
METRICS = ("exact_match", "acc", "acc_norm", "em", "pass@1")  # binary ones first; tasks list them in any order
_FILE = re.compile(r"samples_(?P<task>.+?)(?:_(?P<date>\d{4}-\d\d-\d\dT[\d\-.:]+))?\.jsonl", re.IGNORECASE)
_TOPICS = ("subject", "category", "topic", "domain", "type")


def fits(value: dict[str, Any]) -> bool:
    """A sample row, by its keys."""
    return "doc_id" in value and "doc" in value and ("filtered_resps" in value or "resps" in value)


def companion(file: InputFile) -> bool:
    """The aggregate beside the samples: no items in it."""
    return bool(re.fullmatch(r"results_.*\.json", file.path.rsplit("/", 1)[-1]))


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    named = _FILE.search(file.path.rsplit("/", 1)[-1])
    task = named["task"] if named else None
    model = _model(file.uri, named["date"] if named else None) or _folder(file)
    kept, others = options.filter, set()
    for record in records(file, options.max_record_bytes):
        if isinstance(record, Fault):
            yield record
            continue
        value: Any = record.value
        if not fits(value):
            yield fault(record.number, "not_a_row", "no lm-eval sample: doc_id, doc and resps are expected")
            continue
        name = text(value.get("filter")) or "none"
        kept = kept or name
        if name != kept:
            others.add(name)
            yield fault(record.number, "other_filter", "graded under another filter")
            continue
        metric = _metric(value, options.metric)
        notes.chosen |= {"filter": kept, "metric": metric or "none"}
        yield _row(record.number, value, metric, name, task, model)
    if others:
        notes.chosen["other filters"] = ", ".join(sorted(others))
        if options.filter and "filter" not in notes.chosen:
            raise ConfigError(f"{file.path}: no filter {options.filter!r}: it has {', '.join(sorted(others))}")


def _row(record: int, value: dict[str, Any], metric: str | None, name: str, task: str | None, model: str | None) -> Row:
    doc = mapping(value["doc"])
    answer, logprob = _answer(value)
    return Row(
        record,
        item_id=text(value["doc_id"]),
        model=model,
        benchmark=task,
        topic=next((found for key in _TOPICS if (found := text(doc.get(key)))), None),
        question=_question(value, doc),
        golds=texts(value.get("target")),
        response=answer,
        grade=value.get(metric) if metric else None,
        knows_abstention=False,
        logprob=logprob,
        filter=name,
    )


def _metric(value: dict[str, Any], asked: str | None) -> str | None:
    listed = [name for name in texts(value.get("metrics")) if name in value]
    listed = listed or [name for name in METRICS if name in value]
    if asked is not None:
        return asked if asked in value else None
    return next((name for name in METRICS if name in listed), listed[0] if listed else None)


def _answer(value: dict[str, Any]) -> tuple[str | None, float | None]:
    """The first response as text; or, for choices scored by likelihood, the log-probability share of the best one."""
    resps = value.get("resps") or []
    first = resps[0] if isinstance(resps, list) and resps else None
    while isinstance(first, list) and len(first) == 1:
        first = first[0]
    if isinstance(first, list) and first and isinstance(first[0], str) and first[1] not in ("True", "False"):
        first = first[0]  # of several repeats; a likelihood comes with whether it is the greedy choice
    if isinstance(first, str):
        return first, None
    likelihoods = [_likelihood(entry) for entry in resps] if isinstance(resps, list) else []
    usable = [found for found in likelihoods if found is not None]
    if len(usable) < 2 or len(usable) != len(likelihoods):
        return None, None
    best = max(usable)
    return None, -math.log(sum(math.exp(other - best) for other in usable))


def _likelihood(entry: Any) -> float | None:
    while isinstance(entry, list) and entry:
        entry = entry[0]
    found = number(entry)
    return found if found is not None and math.isfinite(found) else None


def _question(value: dict[str, Any], doc: dict[str, Any]) -> str | None:
    for key in ("question", "problem", "query", "input"):
        if found := text(doc.get(key)):
            return found
    arguments = value.get("arguments")
    first = next(iter(arguments.values()), None) if isinstance(arguments, dict) else None
    return text(first.get("arg_0")) if isinstance(first, dict) else None


@lru_cache(maxsize=256)
def _model(uri: str, date: str | None) -> str | None:
    """The model's name from the results beside the samples, when they are there and of ordinary size."""
    if date is None:
        return None
    path = f"{uri.rpartition('/')[0]}/results_{date}.json"
    try:
        with open_input(path) as stream:
            value = load(stream.read(64 << 20))
    except (AnalyzerError, OSError, Unusable):
        return None
    return text(value.get("model_name"))


def _folder(file: InputFile) -> str | None:
    parts = file.uri.rsplit("/", 2)
    return parts[-2].replace("__", "/") if len(parts) == 3 and parts[-2] else None
