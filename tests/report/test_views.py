"""The DuckDB file: every table of the run, wherever the run lies."""

from __future__ import annotations

import builtins
import shutil

import duckdb
import pytest

from analyzer import schemas
from analyzer.commands.export import STAGES
from analyzer.errors import SetupError
from analyzer.io import runs
from analyzer.report import views


@pytest.fixture(scope="module")
def written(audited, tmp_path_factory):
    _, run, _ = audited
    folder = tmp_path_factory.mktemp("an odd'name")
    shutil.copytree(run, folder / "run")
    opened = runs.opened(str(folder / "run"))
    return folder, opened, views.write(opened, STAGES, folder / "run.duckdb")


def test_every_table_of_the_stages_is_a_view_with_its_rows_and_columns(written):
    folder, run, names = written
    tables = {name for stage in STAGES for name in run.finished(stage).tables}
    assert set(names) == tables | {"extract_rejects"}
    with duckdb.connect(str(folder / "run.duckdb"), read_only=True) as connection:
        for name in tables:
            found = connection.sql(f'SELECT * FROM "{name}"').to_arrow_table()
            assert found.num_rows == run.table(name).num_rows, name
            assert found.column_names == schemas.TABLES[name].schema.names


def test_columns_say_what_they_mean(written):
    folder, _, _ = written
    with duckdb.connect(str(folder / "run.duckdb"), read_only=True) as connection:
        query = "SELECT comment FROM duckdb_columns() WHERE table_name = 'risk' AND column_name = 'statements'"
        assert connection.execute(query).fetchone() == (schemas.describe(schemas.RISK.schema.field("statements")),)


def test_a_run_that_was_moved_is_found_again(written, tmp_path):
    folder, run, _ = written
    shutil.copytree(run.root, tmp_path / "moved")
    shutil.copy(folder / "run.duckdb", tmp_path / "copy.duckdb")
    shutil.rmtree(tmp_path / "moved" / "count" / "prompts")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM risk").fetchone()
        connection.execute(f"SET VARIABLE {views.VARIABLE} = '{tmp_path / 'moved'}'")
        assert connection.execute("SELECT count(*) FROM risk").fetchone() == (rows,)
        with pytest.raises(duckdb.IOException, match="moved/count/prompts"):  # it looks there, and nowhere else
            connection.execute("SELECT count(*) FROM prompts")


def test_without_the_package_one_line_says_what_to_install(written, monkeypatch, tmp_path):
    load = builtins.__import__

    def missing(name, *rest):
        if name == "duckdb":
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SetupError, match=r"pip install 'monofact\[duckdb\]'"):
        views.write(written[1], STAGES, tmp_path / "x.duckdb")
