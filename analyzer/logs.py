"""Logging: JSON lines into the run's `run.log`, plain or rich lines on stderr. No corpus text reaches either."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

LOGGER = logging.getLogger("monofact")

_SECRET = re.compile(r"(?<=://)[^/@\s]+@|(?i:(?<=secret=)|(?<=token=)|(?<=key=)|(?<=password=)|(?<=signature=))[^&\s]+")


def mask(text: str) -> str:
    """Credentials in a URL or a query string replaced by ***."""
    return _SECRET.sub(lambda m: "***@" if m[0].endswith("@") else "***", text)


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, stage, message."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "stage": getattr(record, "stage", None),
            "message": mask(record.getMessage()),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class Plain(logging.Formatter):
    """`stage: message`, credentials masked."""

    def format(self, record: logging.LogRecord) -> str:
        stage = getattr(record, "stage", None)
        return mask(f"{stage + ': ' if stage else ''}{record.getMessage()}")


def to_stderr(quiet: bool = False) -> None:
    """Messages for the person at the terminal; `quiet` leaves only errors. Other libraries' logs are not for them."""
    logging.getLogger().addHandler(logging.NullHandler())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain())
    handler.setLevel(logging.ERROR if quiet else logging.INFO)
    _replace(handler, logging.StreamHandler)


def to_file(path: Path) -> None:
    """Everything, as JSON lines, appended to the run's log."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    _replace(handler, logging.FileHandler)


def _replace(handler: logging.Handler, kind: type[logging.Handler]) -> None:
    for old in [h for h in LOGGER.handlers if type(h) is kind]:
        LOGGER.removeHandler(old)
        old.close()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
