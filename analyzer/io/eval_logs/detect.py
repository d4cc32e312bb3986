"""Which format a file is in: by its name where that is enough, else by its first records."""

from __future__ import annotations

from itertools import islice
from types import ModuleType
from typing import Any, cast

from analyzer.io.eval_logs import added, columns, every_eval_ever, helm, inspect, lm_eval, simple_evals
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.source import opened, records
from analyzer.io.files import InputFile
from analyzer.io.readers import suffix
from analyzer.io.records import Record

READERS: dict[str, ModuleType] = {
    module.NAME: module for module in (lm_eval, helm, inspect, simple_evals, every_eval_ever, columns)
}
FIRST = 20  # records looked at
_OWN_KEYS = (lm_eval, every_eval_ever)  # no other format has these keys; added formats come after, simple_evals last
_TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")


def reader(file: InputFile, options: ReadOptions) -> tuple[str, ModuleType] | str:
    """The format's name and the module that reads the file, or why it is passed over: it holds no items."""
    found = _module(file, options)
    if isinstance(found, str):
        return found
    return next(name for name, module in (READERS | added.modules()).items() if module is found), found


def _module(file: InputFile, options: ReadOptions) -> ModuleType | str:
    name = file.path.rsplit("/", 1)[-1].lower()
    if helm.companion(file):
        return "read with per_instance_stats.json"
    if options.format is not None:
        return (added.modules() | READERS)[options.format]
    if name == helm.STATS:
        return helm
    if lm_eval.companion(file) or every_eval_ever.companion(file):
        return "aggregate of a run, no items"
    if suffix(name) == ".eval":
        return inspect
    if suffix(name) in (".html", ".htm"):
        return simple_evals
    if suffix(name) not in _TABLES:
        return f"ends in none of .eval, .html, {', '.join(_TABLES)}"
    if suffix(name) == ".json" and _inspect(file, options):
        return inspect
    first = _first(file, options)
    by_row = (*_OWN_KEYS, *added.modules().values(), simple_evals)
    found = next((module for module in by_row if any(module.fits(value) for value in first)), None)
    if found is None and suffix(name) == ".json" and len(first) == 1 and not columns.gradable(first[0], options):
        return "one object without a grade: no items"
    return found or columns


def _inspect(file: InputFile, options: ReadOptions) -> bool:
    with opened(file) as (source, head):
        if head.lstrip()[:1] != b"{":
            return False
        found = inspect.header(source, head, file.path, options.max_record_bytes)
        return found is not None and inspect.fits(found)


def _first(file: InputFile, options: ReadOptions) -> list[dict[str, Any]]:
    found = records(file, options.max_record_bytes)
    return [cast("dict[str, Any]", record.value) for record in islice(found, FIRST) if isinstance(record, Record)]
