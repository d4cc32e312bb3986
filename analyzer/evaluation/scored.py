"""Files of scored responses -> `Candidates`, one set a model.

A record is a response with its prompt, the natural logarithm of the probability that the model gives it, whether it is
valid, and where it comes from: `train` (a training pair), `generated` (drawn from the model), or a plausible response
that was merely scored.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analyzer.errors import ConfigError, InputError
from analyzer.evaluation.candidates import Candidates
from analyzer.io import files
from analyzer.io.eval_logs.rows import member, number, text
from analyzer.io.eval_logs.source import records
from analyzer.io.records import Fault

NAMES = {
    "model": ("model", "model_name"),
    "prompt": ("prompt", "question", "context"),
    "response": ("response", "completion", "answer"),
    "logprob": ("logprob", "log_prob", "log_probability"),
    "valid": ("valid", "is_valid", "correct"),
    "origin": ("origin", "split", "source"),
}
TRAIN, GENERATED, CANDIDATE = "train", "generated", "candidate"
ORIGINS = {TRAIN: TRAIN, "training": TRAIN, GENERATED: GENERATED, "generation": GENERATED, "sample": GENERATED,
           CANDIDATE: CANDIDATE, "": CANDIDATE}  # fmt: skip
TRUE, FALSE = ("true", "1", "1.0", "yes", "valid"), ("false", "0", "0.0", "no", "invalid")
SAME = 1e-6  # two log-probabilities of one response may differ by it: rounding of what was written twice
MAX_RECORD_BYTES = 16 << 20


@dataclass(slots=True)
class _Pair:
    logprob: float
    valid: bool
    drawn: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Reading:
    """Records read and why the others were rejected."""

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        return self.read - sum(self.rejected.values())


def read_scored(
    paths: Sequence[str], mapping: Mapping[str, str], sampled: bool
) -> tuple[dict[str, Candidates], Reading]:
    """Candidates by model, and what was read. `sampled`: only records of origin `candidate` are drawn uniformly from
    the wrong responses, because min |E_c| is given; otherwise every wrong response listed belongs to E_c.

    Raises ConfigError for an unknown role, InputError if no record can be used. A record whose probability or validity
    contradicts an earlier one of the same response is rejected.
    """
    for role in mapping:
        if role not in NAMES:
            raise ConfigError(f"--map {role}=...: known are {', '.join(NAMES)}")
    reading = Reading()
    found: dict[str, dict[tuple[str, str], _Pair]] = defaultdict(dict)
    for value in _values(paths, reading):
        reason = _add(found, value, mapping)
        if reason:
            reading.rejected[reason] += 1
    if not found:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(reading.rejected.items()))
        raise InputError(
            f"no scored response could be read ({reasons or 'no record'}): a record needs prompt, response, logprob "
            "and valid; say --map logprob=COLUMN"
        )
    return {model: _candidates(pairs, sampled) for model, pairs in sorted(found.items())}, reading


def _values(paths: Sequence[str], reading: Reading) -> Iterator[dict[str, Any]]:
    for file in files.list_files(list(paths)):
        for record in records(file, MAX_RECORD_BYTES):
            reading.read += 1
            if isinstance(record, Fault):
                reading.rejected[record.reason] += 1
            elif isinstance(record.value, dict):
                yield record.value
            else:
                reading.rejected["malformed_json"] += 1


def _add(
    found: dict[str, dict[tuple[str, str], _Pair]], value: dict[str, Any], mapping: Mapping[str, str]
) -> str | None:
    """Why the record cannot be used; None once it is added."""

    def get(role: str) -> Any:
        if role in mapping:
            return member(value, mapping[role])
        return next((value[name] for name in NAMES[role] if value.get(name) is not None), None)

    prompt, response = text(get("prompt")), text(get("response"))
    if prompt is None or response is None:
        return "no_prompt_or_response"
    logprob = number(get("logprob"))
    if logprob is None or math.isnan(logprob) or logprob > SAME:
        return "bad_logprob"
    valid = str(get("valid")).strip().lower()
    if valid not in TRUE + FALSE:
        return "bad_valid"
    origin = ORIGINS.get((text(get("origin")) or "").strip().lower())
    if origin is None:
        return "bad_origin"
    pair = _Pair(min(logprob, 0.0), valid in TRUE)
    known = found[text(get("model")) or "model"].setdefault((prompt, response), pair)
    if known.valid != pair.valid:
        return "contradicted_validity"
    if not (known.logprob == pair.logprob or abs(known.logprob - pair.logprob) <= SAME):
        return "contradicted_logprob"
    known.drawn[origin] += 1
    return None


def _candidates(pairs: Mapping[tuple[str, str], _Pair], sampled: bool) -> Candidates:
    ordered = [pairs[key] for key in sorted(pairs)]
    names = sorted({prompt for prompt, _ in pairs})
    code = {prompt: i for i, prompt in enumerate(names)}
    return Candidates(
        prompt=np.array([code[prompt] for prompt, _ in sorted(pairs)], dtype=np.int64),
        logprob=np.array([pair.logprob for pair in ordered], dtype=np.float64),
        valid=np.array([pair.valid for pair in ordered], dtype=np.bool_),
        wrong=np.array([not pair.valid and (not sampled or pair.drawn[CANDIDATE] > 0) for pair in ordered]),
        trained=np.array([pair.drawn[TRAIN] for pair in ordered], dtype=np.int64),
        generated=np.array([pair.drawn[GENERATED] for pair in ordered], dtype=np.int64),
        prompts=len(names),
    )
