"""Questions without answers: what the corpus holds for each, and the risk that follows.

Fitted: the falling step function of exposure that `validate` fitted on a model's answers to other questions. Without
one, what the theory says of a model that retains whatever it saw (Kalai et al. 2025, proof of Theorem 2): it errs on no
question that the corpus answers, and on one that it does not answer it guesses among the relation's answers, right with
probability sum pi^2. That is a floor: real models also forget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analyzer.errors import ConfigError
from analyzer.evaluation.exposure import BY_PROMPT, NOT_ASKED, Found, look_up
from analyzer.evaluation.questions import Form
from analyzer.evaluation.rarity import TARGETS, Risk
from analyzer.io.question_files import Question
from analyzer.io.runs import Run
from analyzer.schemas.validation import PREDICTIONS, TOPICS
from analyzer.stats.intervals import clopper_pearson, student_quantile

ALL = "*"


def fitted_risk(validation: pa.Table, target: str) -> Risk:
    """The pooled fitted risk of a validation, for one target. ConfigError if the validation refused to claim any."""
    if target not in TARGETS:
        raise ConfigError(f"--target {target}: must be one of {', '.join(TARGETS)}")
    rows = [
        row for row in validation.to_pylist()
        if row["part"] == "fit" and row["model"] == ALL and row["target"] == target
    ]  # fmt: skip
    if len({row["benchmark"] for row in rows}) > 1:
        raise ConfigError("--fit: the validation holds several benchmarks: validate on the one that resembles yours")
    if not rows or any(row["status"] != "ok" for row in rows):
        raise ConfigError("--fit: the validation made no claim, so nothing can be predicted from it")
    rows.sort(key=lambda row: row["exposure_low"])
    return Risk(np.array([row["exposure_low"] for row in rows]), np.array([row["value"] for row in rows]))


def predict(run: Run, questions: Sequence[Question], forms: Sequence[Form], unit: str, fitted: Risk | None) -> pa.Table:
    """A row of PREDICTIONS for each question, in their order."""
    found = look_up(run, [(q.subject, q.relation, q.question) for q in questions], forms, unit)
    columns = ["relation", "effective_answers"]
    effective = {
        row["relation"]: row["effective_answers"] for row in run.table("relations", columns=columns).to_pylist()
    }
    rows = [
        {"item_id": q.item_id, "topic": q.topic, "question": q.question, "subject": q.subject, "relation": f.relation,
         "looked_up": f.by, "exposure": f.exposure, "subject_exposure": f.subject, **_risk(f, effective, fitted)}
        for q, f in zip(questions, found, strict=True)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PREDICTIONS.schema)


def _risk(found: Found, effective: dict[str, float | None], fitted: Risk | None) -> dict[str, Any]:
    if found.exposure is not None and fitted is not None:
        return {"risk": float(fitted([found.exposure])[0]), "risk_by": "fitted"}
    if found.by != BY_PROMPT:
        return {"risk": None, "risk_by": "none"}
    if found.prompt:
        return {"risk": 0.0, "risk_by": "memorised"}
    answers = effective.get(found.relation)
    return {"risk": None, "risk_by": "none"} if answers is None else {"risk": 1 - 1 / answers, "risk_by": "guess"}


def by_topic(predictions: pa.Table, confidence: float = 0.95) -> pa.Table:
    """Shares and mean risk of each topic and of all questions, as rows of TOPICS."""
    rows = predictions.to_pylist()
    topics = [ALL, *sorted({row["topic"] for row in rows if row["topic"] is not None})]
    found = [
        entry for topic in topics
        for entry in _topic(topic, [r for r in rows if topic in (ALL, r["topic"])], confidence)
    ]  # fmt: skip
    return pa.Table.from_pylist(found, schema=TOPICS.schema)


def _topic(topic: str, rows: list[dict[str, Any]], confidence: float) -> Iterator[dict[str, Any]]:
    known = [row for row in rows if row["looked_up"] == BY_PROMPT]
    asked = [row for row in rows if row["looked_up"] != NOT_ASKED]
    for statistic, hits, of in (
        ("unsupported", [row for row in known if row["exposure"] == 0], known),
        ("seen_once", [row for row in known if row["exposure"] == 1], known),
        ("subject_missing", [row for row in asked if row["subject_exposure"] == 0], asked),
        ("not_understood", [row for row in rows if row["looked_up"] == NOT_ASKED], rows),
    ):
        low, high = clopper_pearson(len(hits), len(of), confidence) if of else (None, None)
        yield {
            "topic": topic, "statistic": statistic, "value": len(hits) / len(of) if of else None, "low": low,
            "high": high, "confidence": confidence, "numerator": len(hits), "denominator": len(of),
            "method": "Clopper-Pearson", "status": "ok" if of else "empty",
        }  # fmt: skip
    risks = np.array([row["risk"] for row in rows if row["risk"] is not None])
    kinds = "+".join(sorted({row["risk_by"] for row in rows if row["risk"] is not None}))
    value, low, high = _mean(risks, confidence)
    yield {
        "topic": topic, "statistic": "risk", "value": value, "low": low, "high": high, "confidence": confidence,
        "numerator": None, "denominator": len(risks), "method": f"mean over questions ({kinds or 'none'}), Student's t",
        "status": "ok" if low is not None else "one_unit" if len(risks) else "empty",
    }  # fmt: skip


def _mean(values: np.ndarray, confidence: float) -> tuple[float | None, float | None, float | None]:
    if len(values) == 0:
        return None, None, None
    mean = float(values.mean())
    if len(values) == 1:
        return mean, None, None
    half = float(student_quantile(confidence, len(values) - 1)) * float(values.std(ddof=1)) / len(values) ** 0.5
    return mean, max(mean - half, 0.0), min(mean + half, 1.0)


def lines(topics: pa.Table) -> Iterator[str]:
    """For a terminal: topics by the share of questions the corpus does not answer, the worst first."""
    rows = topics.to_pylist()
    share = {(row["topic"], row["statistic"]): row for row in rows}
    names = sorted(
        {row["topic"] for row in rows},
        key=lambda name: (name != ALL, -(share[name, "unsupported"]["value"] or 0), name),
    )
    for name in names:
        unsupported, risk = share[name, "unsupported"], share[name, "risk"]
        said = (
            f"{unsupported['value']:.1%} ({unsupported['low']:.1%} to {unsupported['high']:.1%}) of "
            f"{unsupported['denominator']} questions not answered in the corpus"
            if unsupported["value"] is not None
            else "no question could be looked up"
        )
        mean = f", mean risk {risk['value']:.2f}" if risk["value"] is not None else ""
        yield f"{'all' if name == ALL else name}: {said}{mean}"
