"""Evaluation logs of every format, small and invented, after the fields that the tools document."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

ANSWERS = (("Velmar", "Velmar"), ("Tor", "Ost"), ("Lund", "I'm sorry, but I don't have any information about that."))


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def lm_eval(folder: Path, model: str = "some/model") -> Path:
    """Two filters over three items, and the results beside them. Fields as lm-eval 0.4.13 writes them."""
    date = "2026-01-02T03-04-05.678901"
    run = folder / model.replace("/", "__")
    rows = [
        {
            "doc_id": i,
            "doc": {"question": f"Capital of land {i}?", "answer": gold},
            "target": gold,
            "arguments": {"gen_args_0": {"arg_0": f"Q: Capital of land {i}?\nA:", "arg_1": {"until": ["\n"]}}},
            "resps": [[response]],
            "filtered_resps": [response if name == "none" else "[invalid]"],
            "filter": name,
            "metrics": ["exact_match"],
            "doc_hash": "d",
            "prompt_hash": "p",
            "target_hash": "t",
            "exact_match": float(gold == response and name == "strict-match"),
        }
        for name in ("strict-match", "flexible-extract")
        for i, (gold, response) in enumerate(ANSWERS)
    ]
    jsonl(run / f"samples_capitals_{date}.jsonl", rows)
    (run / f"results_{date}.json").write_text(json.dumps({"results": {}, "model_name": model}))
    return run


def lm_eval_choices(folder: Path) -> Path:
    """Multiple choice scored by likelihood: no text, log-probabilities as text."""
    rows = [
        {
            "doc_id": 0,
            "doc": {"question": "Which?", "subject": "anatomy"},
            "target": "1",
            "resps": [[["-2.0", "False"]], [["-1.0", "False"]]],
            "filtered_resps": [["-2.0", "False"], ["-1.0", "False"]],
            "filter": "none",
            "metrics": ["acc", "acc_norm"],
            "acc": 1.0,
            "acc_norm": 0.0,
        }
    ]
    return jsonl(folder / "m" / "samples_mcq.jsonl", rows)


def helm(folder: Path) -> Path:
    """A run of HELM: three instances, one of them perturbed as well."""
    run = folder / "runs" / "v1" / "capitals:subject=land,model=org_model"
    run.mkdir(parents=True)
    stats, shown, instances = [], [], []
    for i, (gold, response) in enumerate(ANSWERS):
        for perturbation in (None, {"name": "typos"}) if i == 0 else (None,):
            named = {"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": float(gold == response)}
            row = {
                "instance_id": f"id{i}",
                "train_trial_index": 0,
                "stats": [{**named, "sum_squared": 0, "mean": float(gold == response)}],
            }
            prediction = {"instance_id": f"id{i}", "train_trial_index": 0, "predicted_text": response, "stats": {}}
            if perturbation:
                row["perturbation"] = prediction["perturbation"] = perturbation
            stats.append(row)
            shown.append(prediction)
        references = [{"output": {"text": gold}, "tags": ["correct"]}, {"output": {"text": "Zed"}, "tags": []}]
        instances.append({"id": f"id{i}", "input": {"text": f"Capital of land {i}?"}, "references": references})
    (run / "per_instance_stats.json").write_text(json.dumps(stats, indent=2))
    (run / "display_predictions.json").write_text(json.dumps(shown))
    (run / "instances.json").write_text(json.dumps(instances))
    (run / "run_spec.json").write_text(
        json.dumps({"name": run.name, "adapter_spec": {"model": "org/model", "method": "generation"}})
    )
    (run / "stats.json").write_text("[]")
    return folder


def inspect_log(epochs: int = 2, target: float | None = None) -> dict[str, Any]:
    """An Inspect log: a refusal scored I, one sample without a score because it failed."""
    samples: list[dict[str, Any]] = [
        {
            "id": i,
            "epoch": epoch,
            "input": [{"role": "system", "content": "x"}, {"role": "user", "content": f"Capital of land {i}?"}],
            "target": gold,
            "output": {"model": "m", "completion": response, "choices": []},
            "scores": {
                "includes": {"value": "I", "answer": response},
                "match": {"value": "C" if gold == response else "I", "answer": response},
            },
            "metadata": {"topic": "north"},
        }
        for epoch in range(1, epochs + 1)
        for i, (gold, response) in enumerate(ANSWERS)
    ]
    samples.append({"id": 9, "epoch": 1, "input": "?", "target": "x", "scores": {}, "error": {"message": "boom"}})
    about = {
        "task": "capitals",
        "model": "org/model",
        "task_args": {} if target is None else {"t": target},
        "scorers": [{"name": "match"}, {"name": "includes"}],
    }
    return {"version": 2, "status": "success", "eval": about, "plan": {"samples": ["no list of samples"]},
            "samples": samples, "reductions": [{"samples": []}]}  # fmt: skip


def inspect_eval(path: Path) -> Path:
    """The same log as `.eval`: a zip with a header and one member a sample."""
    log = inspect_log()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for sample in log.pop("samples"):
            archive.writestr(f"samples/{sample['id']}_epoch_{sample['epoch']}.json", json.dumps(sample))
        archive.writestr("summaries.json", "[]")
        archive.writestr("header.json", json.dumps(log))
    return path


def simple_evals_page(path: Path) -> Path:
    """The HTML that simple-evals writes an item."""
    examples = "".join(
        f"""<h3>Prompt conversation</h3>
<div class="message user"><div class="role">user</div>
<div class="content"><pre>Capital of land {i} &amp; sea?</pre></div></div>
<h3>Sampled message</h3>
<div class="message assistant"><div class="content"><pre>{response.replace("'", "&#39;")}</pre></div></div>
<h3>Results</h3>
<p>Correct Answer: {gold}</p>
<p>Extracted Answer: {response.replace("'", "&#39;")}</p>
<p>Score: {gold == response}</p>
<hr>"""
        for i, (gold, response) in enumerate(ANSWERS)
    )
    path.write_text(f"<!DOCTYPE html><html><body><h1>Examples</h1>{examples}</body></html>")
    return path


def every_eval_ever(path: Path) -> Path:
    rows = [
        {
            "schema_version": "instance_level_eval_0.2.1",
            "evaluation_id": "e",
            "model_id": "org/model",
            "evaluation_name": "capitals",
            "sample_id": f"s{i}",
            "interaction_type": "single_turn",
            "input": {"raw": f"Capital of land {i}?", "reference": [gold, gold.upper()]},
            "output": {"raw": [response]},
            "answer_attribution": [],
            "evaluation": {"score": float(gold == response), "is_correct": gold == response},
            "error": None,
            "metadata": {"subject": "geography"},
        }
        for i, (gold, response) in enumerate(ANSWERS)
    ]
    rows.append({**rows[1], "sample_id": "s9", "error": "timeout"})
    return jsonl(path, rows)
