"""monofact: which facts a pretraining corpus supports only once, and what that lets a model trained on it invent.

`import analyzer` loads neither Spark nor spaCy; the names below load what they need when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.pipeline import audit
    from analyzer.settings import Config
    from analyzer.text.facts import extract_facts

__version__ = "0.1.0"
__all__ = ["Config", "audit", "extract_facts"]

_HOMES = {"Config": "analyzer.settings", "audit": "analyzer.pipeline", "extract_facts": "analyzer.text.facts"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
