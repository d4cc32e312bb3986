"""Questions -> (subject, relation): forms with one gap, read from TOML; so a benchmark can be looked up in a run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError

GAP = "[X]"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of question: what matches it, the relation it asks for ("" if a run has none), its subject's type."""

    pattern: re.Pattern[str]
    relation: str
    subject_type: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks: a subject as written, its type, and a relation or ""."""

    subject: str
    subject_type: str
    relation: str


def parse(question: str, forms: Sequence[Form]) -> Asked | None:
    """What a question asks, or None. Of several forms that match, the one that leaves the shortest subject."""
    text = _BLANKS.sub(" ", question.replace("’", "'")).strip()
    found = [(form, match[1].strip()) for form in forms if (match := form.pattern.fullmatch(text))]
    if not found:
        return None
    form, subject = min(found, key=lambda pair: len(pair[1]))  # the first in the file of equals
    return Asked(subject, form.subject_type, form.relation)


@cache
def forms(extra: str | None = None) -> tuple[Form, ...]:
    """The built-in forms, before them those of the TOML file `extra`. ConfigError names file, entry and key."""
    own = files("analyzer.evaluation").joinpath("data/questions.toml").read_bytes()
    built_in = _read("questions.toml", own)
    if extra is None:
        return built_in
    try:
        data = Path(extra).read_bytes()
    except OSError as error:
        raise ConfigError(f"--questions {extra}: {error.strerror}: name a readable TOML file") from None
    return _read(extra, data) + built_in


def _read(source: str, data: bytes) -> tuple[Form, ...]:
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: not TOML: {error}") from None
    entries = document.get("question")
    if not isinstance(entries, list) or set(document) - {"question"}:
        raise ConfigError(f"{source}: write [[question]] entries and nothing else")
    return tuple(form for number, entry in enumerate(entries, 1) for form in _forms(f"{source}: entry {number}", entry))


def _forms(where: str, entry: Any) -> list[Form]:
    known = {"relation", "subject", "forms"}
    if not isinstance(entry, dict) or set(entry) - known:
        raise ConfigError(f"{where}: known keys are {', '.join(sorted(known))}")
    texts = entry.get("forms")
    if not isinstance(texts, list) or not texts:
        raise ConfigError(f"{where}: forms: write at least one question with {GAP} for the subject")
    for text in texts:
        if not isinstance(text, str) or text.count(GAP) != 1:
            raise ConfigError(f"{where}: {text!r}: write {GAP} exactly once")
    relation, subject = entry.get("relation", ""), entry.get("subject", "other")
    if not isinstance(relation, str) or not isinstance(subject, str):
        raise ConfigError(f"{where}: relation and subject are texts")
    return [Form(_pattern(text), relation, subject) for text in texts]


def _pattern(form: str) -> re.Pattern[str]:
    before, after = form.rstrip("?. ").split(GAP)
    return re.compile(rf"{re.escape(before)}(.+?){re.escape(after)}\s*[?.]?", re.IGNORECASE)
