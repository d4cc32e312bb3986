"""The tables that say which of our relations a gold set knows, read from TOML beside the code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def knowledgenet() -> Mapping[str, str]:
    """Declared relation -> KnowledgeNet property."""
    return {str(ours): str(theirs) for ours, theirs in _read("knowledgenet.toml").items()}


@cache
def redocred() -> Mapping[str, tuple[tuple[str, bool], ...]]:
    """Declared relation -> (Wikidata property, whether the answer is its head) of everything that says the same."""
    return {
        str(ours): tuple((name.removeprefix("-"), name.startswith("-")) for name in theirs)
        for ours, theirs in _read("redocred.toml").items()
    }


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("analyzer.evaluation").joinpath(name).read_text(encoding="utf-8"))
