"""The terms of the Is-It-Valid reduction as rows of the tables `iiv` and `iiv_curve`, and as one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from analyzer.evaluation.candidates import Candidates, Curve, curve
from analyzer.evaluation.is_it_valid import Reduction, reduce
from analyzer.schemas.validation import IIV, IIV_CURVE
from analyzer.stats.estimate import Estimate

CURVE_POINTS = 1000  # thresholds kept of a curve: enough to draw it, whatever the number of responses
LEFT_OUT = "no prompt has both a training pair and a wrong response"


def tables(
    models: dict[str, Candidates], confidence: float, wrong_answers: int | None
) -> tuple[pa.Table, pa.Table, list[tuple[str, str]]]:
    """Rows of IIV and IIV_CURVE for each model, and (model, sentence)."""
    rows, points, sentences = [], [], []
    for model, given in models.items():
        found = reduce(given, confidence, wrong_answers)
        if found is None:
            rows.append(_row(model, "err_iiv", Estimate(None, method=LEFT_OUT, status="empty")))
            sentences.append((model, f"Nothing can be said: {LEFT_OUT}."))
            continue
        used = (given.per_prompt(given.trained) > 0) & (given.per_prompt(given.wrong) > 0)
        line = curve(given.of_prompts(used))
        rows += [_row(model, term, estimate) for term, estimate in _terms(found, line)]
        points += _points(model, line)
        sentences.append((model, sentence(found)))
    return (
        pa.Table.from_pylist(rows, schema=IIV.schema),
        pa.Table.from_pylist(points, schema=IIV_CURVE.schema),
        sentences,
    )


def sentence(found: Reduction) -> str:
    """What the reduction says of the model's errors, or why it says nothing."""
    if found.error.value is None:
        return "No generations were given, so neither delta nor the error was measured and no bound is stated."
    measured = f"its generations err at {_share(found.error)}"
    if found.theorem1.value is None:
        return f"No bound holds here ({'; '.join(found.failed)}); {measured}."
    if found.theorem1.status == "vacuous" and found.theorem4.status != "ok":
        return f"Theorem 1 says nothing about this model ({found.theorem1.value:.3f}, not above 0); {measured}."
    name, bound = ("Theorem 1", found.theorem1) if found.theorem1.status == "ok" else ("Theorem 4", found.theorem4)
    if name == "Theorem 1" and found.theorem4.status == "ok" and (found.theorem4.value or 0) > (bound.value or 0):
        name, bound = "Theorem 4", found.theorem4
    limits = f" ({bound.low:.3f} to {bound.high:.3f})" if bound.low is not None and bound.high is not None else ""
    return (
        f"A model that tells valid from invalid no better must err at {bound.value:.3f}{limits} by {name}; {measured}."
    )


def _share(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _terms(found: Reduction, line: Curve) -> list[tuple[str, Estimate]]:
    def number(value: float | None, method: str) -> Estimate:
        return Estimate(value, method=method, status="ok" if value is not None else "conditions_not_met")

    return [
        ("error", found.error),
        ("err_iiv", found.err_iiv),
        ("missed", found.missed),
        ("accepted", found.accepted),
        ("delta", found.delta),
        ("theorem1", found.theorem1),
        ("theorem4", found.theorem4),
        ("opt", found.opt),
        ("auc", Estimate(line.auc, method="area under the ROC curve, ties halved")),
        ("delta_star", number(found.delta_star, "miscalibration at which Theorem 1 says nothing")),
        ("threshold", number(found.threshold, "ln(1/min|E|)")),
        ("opt_threshold", number(found.opt_threshold if np.isfinite(found.opt_threshold) else None, "ln p")),
        ("min_wrong", number(found.wrong_least, "min |E|")),
        ("max_valid", number(found.valid_most, "max |V|")),
        ("prompts", number(found.prompts, "prompts with a training pair and a wrong response")),
        ("prompts_left_out", number(found.prompts_left_out, "prompts without one of the two")),
    ]


def _row(model: str, term: str, estimate: Estimate) -> dict[str, Any]:
    return {
        "model": model, "term": term, "value": estimate.value, "low": estimate.low, "high": estimate.high,
        "confidence": estimate.confidence, "numerator": estimate.numerator, "denominator": estimate.denominator,
        "unit": estimate.unit, "method": estimate.method, "status": estimate.status,
    }  # fmt: skip


def _points(model: str, line: Curve) -> list[dict[str, Any]]:
    """At most CURVE_POINTS thresholds, evenly over the curve, both ends kept."""
    chosen = np.unique(np.linspace(0, len(line.threshold) - 1, CURVE_POINTS).round().astype(int))
    return [
        {
            "model": model,
            "threshold": float(line.threshold[i]) if np.isfinite(line.threshold[i]) else None,
            "trained": float(line.trained[i]),
            "wrong": float(line.wrong[i]),
            "generated": None if np.isnan(line.generated[i]) else float(line.generated[i]),
            "err_iiv": float(line.err_iiv[i]),
        }
        for i in chosen
    ]
