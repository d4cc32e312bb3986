"""What importing costs, and that every table is described."""

from __future__ import annotations

import subprocess
import sys

import pytest

import analyzer
from analyzer import schemas


def test_importing_the_package_loads_neither_spark_nor_spacy():
    code = "import analyzer, sys; from analyzer import Config; print(sorted({'pyspark', 'spacy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_there():
    for name in analyzer.__all__:
        assert getattr(analyzer, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = analyzer.nothing


def test_every_column_is_described():
    for table in schemas.TABLES.values():
        for field in table.schema:
            assert len(schemas.describe(field)) >= 7, f"{table.name}.{field.name}"
            assert field.name in schemas.markdown(table)


def test_tables_that_hold_names_are_marked_private():
    for table in schemas.TABLES.values():
        assert table.private == ("subject" in table.schema.names), table.name
