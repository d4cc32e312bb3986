"""Is this machine ready for an audit? Each check says what it found and, if it fails, what to do."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import AnalyzerError, SetupError
from analyzer.spark import java
from analyzer.text.facts.model import installed_model

PYTHON = (3, 11)
FREE_BYTES = 5 << 30  # Spark spills and our tables: about a fifth of the corpus, some GB at least
PACKAGES = {"pyspark": ("4.1", "5"), "pandas": ("2.2", "3"), "spacy": ("3.8", "3.9"), "datasketch": ("2.0", "3")}


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    found: str
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(out: str) -> tuple[Check, ...]:
    """All checks; none raises."""
    return tuple(_checks(out))


def _checks(out: str) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", sys.version_info[:2] >= PYTHON, f"{version} at {sys.executable}", "use Python 3.11 or newer")
    yield _try("java", lambda: f"export JAVA_HOME={java.java_home()}")
    for name, (low, high) in PACKAGES.items():
        yield _package(name, low, high)
    yield _try("model", lambda: installed_model("auto"))
    folder = Path(out).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    yield Check(
        "disk", free >= FREE_BYTES, f"{free / 1e9:.0f} GB free at {folder}", "free some space, or choose another --out"
    )
    yield _writable(folder)


def demand_packages() -> None:
    """`SetupError` with the command that mends it, if a package is missing or of a release that does not work."""
    for name, (low, high) in PACKAGES.items():
        check = _package(name, low, high)
        if not check.ok:
            raise SetupError(f"{name} {check.found}: {check.remedy}")


def _package(name: str, low: str, high: str) -> Check:
    remedy = f"pip install '{name}>={low},<{high}'"
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "not installed", remedy)
    return Check(name, _release(low) <= _release(found) < _release(high), found, remedy)


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except AnalyzerError as error:
        return Check(name, False, "not found", str(error))


def _writable(folder: Path) -> Check:
    remedy = "choose an --out that you may write to"
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check("write access", os.access(folder, os.W_OK), str(folder), remedy)
    except OSError as error:
        return Check("write access", False, f"{folder}: {error.strerror}", remedy)
