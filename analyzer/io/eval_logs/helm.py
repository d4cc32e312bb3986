"""HELM: a run's folder with `per_instance_stats.json`, `display_predictions.json` and, for names and gold answers,
`run_spec.json` and `instances.json`.

Only the original instances are kept: perturbed copies of an item are no further items. Train trials are epochs. The
files of one run are read together, so memory is bounded by the largest run (HELM caps its instances), not by the log.
"""

from __future__ import annotations

from typing import Any, cast

from analyzer.errors import InputError
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, Scalar, member, number, text, whole
from analyzer.io.eval_logs.source import records
from analyzer.io.files import InputFile
from analyzer.io.records import Fault, Record, fault

NAME = "helm"
STATS = "per_instance_stats.json"
METRICS = (
    "exact_match", "quasi_exact_match", "prefix_exact_match", "quasi_prefix_exact_match", "final_number_exact_match",
    "math_equiv", "math_equiv_chain_of_thought", "chain_of_thought_correctness", "ifeval_strict_accuracy",
)  # fmt: skip
_ARGUMENTS = ("subject", "task", "dataset", "subset", "level")  # of a run's name: which items it asks
_COMPANIONS = (
    "display_predictions.json", "instances.json", "run_spec.json", "scenario.json", "scenario_state.json",
    "stats.json", "display_requests.json",
)  # fmt: skip

Key = tuple[str, int]


def companion(file: InputFile) -> bool:
    """A file of a run that is read with its statistics, or holds no items."""
    return file.path.rsplit("/", 1)[-1] in _COMPANIONS


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    spec = next(iter(_beside(file, "run_spec.json", options)), {})
    predictions = [
        value for value in _beside(file, "display_predictions.json", options) if not value.get("perturbation")
    ]
    shown = {key: value for value in predictions if (key := _key(value))}
    asked = {text(value.get("id")): value for value in _beside(file, "instances.json", options)}
    run = text(spec.get("name")) or file.uri.rsplit("/", 2)[-2]
    benchmark, _, arguments = run.partition(":")
    model = text(member(spec, "adapter_spec.model")) or text(member(spec, "adapter_spec.model_deployment"))
    model = model or next((part[6:] for part in arguments.split(",") if part.startswith("model=")), None)
    for record in records(file, options.max_record_bytes):
        if isinstance(record, Fault):
            yield record
            continue
        value = cast("dict[str, Any]", record.value)
        key = _key(value)
        if key is None:
            yield fault(record.number, "not_a_row", "instance_id, train_trial_index and stats are expected")
        elif value.get("perturbation"):
            yield fault(record.number, "perturbed_copy", "a perturbed copy of an instance")
        else:
            metric, grade = _grade(value, options.metric)
            notes.chosen["metric"] = metric or "none"
            instance, shown_row = asked.get(key[0], {}), shown.get(key, {})
            yield Row(
                record.number,
                item_id=key[0],
                model=model,
                benchmark=_benchmark(benchmark, arguments),
                epoch=key[1] + 1,
                topic=text(instance.get("sub_split")),
                question=text(member(instance, "input.text")),
                golds=_golds(instance),
                response=text(shown_row.get("predicted_text")),
                grade=grade,
                knows_abstention=False,
                filter=metric,
            )


def _key(value: dict[str, Any]) -> Key | None:
    name, trial = text(value.get("instance_id")), whole(value.get("train_trial_index", 0))
    return None if name is None or trial is None else (name, trial)


def _grade(value: dict[str, Any], asked: str | None) -> tuple[str | None, Scalar]:
    """The first metric of METRICS, or the one asked for, of this row: its mean over the row's references."""
    means: dict[str, Scalar] = {}
    stats = value.get("stats")
    for stat in stats if isinstance(stats, list) else []:
        name = text(member(stat, "name.name")) or text(member(stat, "name"))
        if name and name not in means:
            means[name] = number(stat.get("mean")) if isinstance(stat, dict) else None
    wanted = (asked,) if asked else METRICS
    found = next((name for name in wanted if name in means), None)
    return found, means.get(found) if found else None


def _golds(instance: dict[str, Any]) -> tuple[str, ...]:
    found = []
    references = instance.get("references")
    for reference in references if isinstance(references, list) else []:
        tags = reference.get("tags") if isinstance(reference, dict) else None
        output = text(member(reference, "output.text")) or text(member(reference, "output"))
        if isinstance(tags, list) and "correct" in tags and output is not None:
            found.append(output)
    return tuple(found)


def _benchmark(name: str, arguments: str) -> str:
    """`mmlu:subject=anatomy`: the scenario with those arguments that choose its items."""
    kept = [part for part in arguments.split(",") if part.split("=")[0] in _ARGUMENTS]
    return f"{name}:{','.join(kept)}" if kept else name


def _beside(file: InputFile, name: str, options: ReadOptions) -> list[dict[str, Any]]:
    """The objects of another file of the run; none when it is not there."""
    folder = file.uri.rpartition("/")[0]
    other = InputFile(f"{folder}/{name}", name, 0, "")
    try:
        found = list(records(other, options.max_record_bytes))
    except InputError:
        return []
    return [cast("dict[str, Any]", record.value) for record in found if isinstance(record, Record)]
