"""One audit of the sample corpus for all tests of this folder, and its tables as rows."""

from __future__ import annotations

import pytest

from analyzer import pipeline
from analyzer.io.runs import Run
from analyzer.settings import Config
from tests.golden import reference
from tests.golden.reference import Row
from tests.golden.samples import CORPUS, SETTINGS


@pytest.fixture(scope="session")
def audited(spark: object, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The finished run over `data/samples/corpus`; `spark` comes first, so that its small session is the one used."""
    out = tmp_path_factory.mktemp("golden") / "run"
    return pipeline.audit(str(CORPUS), str(out), Config.load(SETTINGS)).run


@pytest.fixture(scope="session")
def tables(audited: Run) -> dict[str, list[Row]]:
    names = ("documents", "clusters", "mentions", "prompts", "facts", "relations", "spectra", "estimates", "risk")
    return {name: audited.table(name).to_pylist() for name in names}


@pytest.fixture(scope="session")
def placed(tables: dict[str, list[Row]]) -> list[Row]:
    return reference.placed(tables["mentions"], tables["documents"], tables["clusters"])
