"""Logging: JSON lines into the run's `run.log`, plain or rich lines on stderr. No corpus text reaches either."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

LOGGER = logging.getLogger("monofact")

# Before the @ of an address everything goes, also a slash, which secret keys hold; of a query string the values of
# members whose names end like those of S3, Google (X-Goog-Signature) and Azure (sig).
_USER = re.compile(r"(?<=://)(?:[^/\s]*@|[^/@\s:]+:[^@\s]*@)")
_MEMBER = re.compile(r"(?i)((?:secret|token|key|key_?id|password|passwd|pwd|signature|\bsig|credentials?)=)[^&\s\"']+")

# What stays of a trace: places in code and classes of errors. Messages may quote a corpus.
_FRAME = re.compile(r'\s*(?:File "[^"]*", line \d+, in \S+|at [\w.$/<>]+\([^()]*\))')
_CLASS = re.compile(r"(?:Caused by: )?(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Unusable)\b")


def mask(text: str) -> str:
    """Credentials in a URL or a query string replaced by ***."""
    return _MEMBER.sub(r"\1***", _USER.sub("***@", text))


def trace(text: str) -> str:
    """Of a formatted exception, Python's or the JVM's, the places and the classes of errors, never a message."""
    lines = (_FRAME.fullmatch(line) or _CLASS.match(line) for line in text.splitlines())
    return "\n".join(found[0] for found in lines if found)


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
            entry["trace"] = trace(self.formatException(record.exc_info))
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


class Log(logging.FileHandler):
    """A log that stops where it cannot be written (say, a full disk): what is wrong, the run itself will say."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nothing, where logging would print a trace that quotes the message."""


def to_file(path: Path) -> None:
    """Everything, as JSON lines, appended to the run's log."""
    handler = Log(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    _replace(handler, Log)


def _replace(handler: logging.Handler, kind: type[logging.Handler]) -> None:
    for old in [h for h in LOGGER.handlers if type(h) is kind]:
        LOGGER.removeHandler(old)
        old.close()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
