"""How evaluation logs are read: what the user may decide, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.errors import ConfigError
from analyzer.io.eval_logs import added

FORMATS = ("lm_eval", "helm", "inspect", "simple_evals", "every_eval_ever", "columns")
FIELDS = (
    "model", "benchmark", "item_id", "epoch", "target", "topic", "subject", "relation", "question", "gold",
    "response", "grade", "confidence", "logprob", "frequency", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Nothing here has to be set: formats and columns are recognised, and what was chosen is told."""

    mapping: Mapping[str, str] = field(default_factory=dict)  # one of FIELDS -> column, dotted names reach inside
    format: str | None = None  # one of FORMATS or an added one; recognised per file if None
    model: str | None = None  # name for logs that do not say which model answered
    benchmark: str | None = None
    filter: str | None = None  # lm-eval filter, or Inspect scorer; each file's first if None
    metric: str | None = None  # lm-eval or HELM metric that is the grade
    grading: str = "log"  # log: the log's grades; match: grade every response again by its gold answer
    abstentions: str = (
        "auto"  # auto: look for phrases unless the grader knows abstentions; grade: never; phrases: always
    )
    phrases: str | None = None  # TOML file with further phrases
    correct_at: float | None = None  # score from which an answer is correct; None: 1 is, 0 is wrong, between is partial
    confidence_scale: float = 1.0  # what the log writes for certainty: 1 or 100
    duplicates: str = "reject"  # a second row of an item: reject it, or take it for a further epoch
    max_record_bytes: int = 64 << 20  # a longer record is rejected: memory is bounded by it
    batch_rows: int = 8192

    def __post_init__(self) -> None:
        _among("format", self.format, (None, *FORMATS, *added.names()))
        _among("grading", self.grading, ("log", "match"))
        _among("abstentions", self.abstentions, ("auto", "grade", "phrases"))
        _among("duplicates", self.duplicates, ("reject", "epochs"))
        for name in self.mapping:
            _among("a mapped field", name, FIELDS)
        if self.correct_at is not None and not 0 < self.correct_at <= 1:
            raise ConfigError(f"correct-at = {self.correct_at}: must lie above 0 and not above 1")
        if self.confidence_scale not in (1, 100):
            raise ConfigError(f"confidence-scale = {self.confidence_scale}: must be 1 or 100")


def _among(name: str, value: str | None, allowed: tuple[str | None, ...]) -> None:
    if value not in allowed:
        known = ", ".join(text for text in allowed if text is not None)
        raise ConfigError(f"{name} {value!r} is unknown: known are {known}")
