"""README says what is true now: its dictionary is the schemas', its queries run, its commands parse."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys

import duckdb
import pytest

from analyzer import schemas
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_data_dictionary_is_the_schemas():
    """To write it again: `python -m tests.dictionary`."""
    inside = re.search(r"<!-- dictionary -->\n(.*)<!-- /dictionary -->", README, re.DOTALL)
    assert inside is not None
    assert inside[1].strip() == "\n".join(schemas.markdown(table) for table in schemas.TABLES.values()).strip()


def test_every_query_runs_on_a_run(audited):
    _, run, _ = audited
    queries = [text for kind, text in BLOCKS if kind == "sql"]
    assert len(queries) >= 4
    for query in queries:
        rows = duckdb.sql(query.replace("'run/", f"'{run}/")).fetchall()
        assert rows, query


def commands() -> list[str]:
    lines = [line for kind, text in BLOCKS if kind == "sh" for line in text.replace("\\\n", " ").splitlines()]
    return [line.split("#")[0].strip() for line in lines if re.search(r"(^|/)monofact ", line)]


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_exists(command):
    words = shlex.split(command)
    words = words[next(i for i, word in enumerate(words) if word.endswith("monofact")) + 1 :]
    told = subprocess.run(
        [sys.executable, "-m", "analyzer", words[0], "--help"], capture_output=True, text=True, check=True
    )
    for word in words[1:]:
        if word.startswith("-"):
            assert word in told.stdout, word


def test_every_make_target_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word for kind, text in BLOCKS if kind == "sh" for word in re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)
    }
    assert {"demo", "test"} <= named <= targets


def test_every_python_example_runs(audited, tmp_path, monkeypatch, capsys):
    """In a folder with the corpus and a run of it that the example finds finished."""
    corpus, run, result = audited
    shutil.copytree(corpus.parent, tmp_path / "corpus")
    shutil.copytree(run, tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    for kind, text in BLOCKS:
        if kind == "python":
            exec(compile(text, "README", "exec"), {})
    out = capsys.readouterr().out
    assert "tessa orlane | date of birth | 1902" in out
    assert result.summary.verdict.sentence in out


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_link_and_picture_leads_somewhere(name):
    def headings(path: str) -> set[str]:
        titles = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

    links = re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    for path, _, heading in (link.partition("#") for link in links if "://" not in link):
        assert (ROOT / (path or name)).exists(), path
        assert not heading or heading in headings(path or name), heading


def test_every_module_that_readme_runs_is_there():
    modules = set(re.findall(r"python -m ([\w.]+)", README))
    assert modules and [m for m in modules if not (ROOT / f"{m.replace('.', '/')}.py").exists()] == []


def test_the_picture_is_small():
    assert (ROOT / "data" / "samples" / "report.png").stat().st_size < 200_000
