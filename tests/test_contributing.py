"""CONTRIBUTING's own files, put outside the package as it says, are a relation and a log format."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from analyzer.errors import ConfigError, SetupError
from analyzer.io import corpus, files, readers
from analyzer.io.eval_logs import FORMATS, Log, ReadOptions, added, detect, items
from analyzer.settings import Config, IngestSettings
from analyzer.text.facts import Extractor, functional_relations
from tests.conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", TEXT, re.DOTALL))
ROWS = dict(re.findall(r"<!-- row: (\S+) -->\n```\w+\n(.*?)```", TEXT, re.DOTALL))
ARENA = [
    {"prompt_id": 7, "prompt": "Who founded Kestrel Works?", "contestant": "m1", "answer": "Maud", "ruling": "right"},
    {"prompt_id": 8, "prompt": "Who founded Dunmere?", "contestant": "m1", "answer": "Edric", "ruling": "wrong"},
    {"prompt_id": 9, "prompt": "Where is Velmar?", "contestant": "m1", "answer": "No idea.", "ruling": "passed"},
    {"prompt_id": 9, "prompt": "Where is Velmar?"},
]


def installed(folder: Path, modules: dict[str, str], project: str) -> None:
    """The modules as pip would leave them: beside the metadata of a distribution with the project's entry points."""
    for name, text in modules.items():
        (folder / name).write_text(text, encoding="utf-8")
    groups = tomllib.loads(project)["project"]["entry-points"]
    metadata = folder / "arena_logs-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: arena-logs\nVersion: 1.0\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in points.items()) for group, points in groups.items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines))


@pytest.fixture
def arena(tmp_path, monkeypatch):
    """A folder on the path with CONTRIBUTING's log format installed, and a log in that format."""
    installed(tmp_path, {"arena_logs.py": FILES["arena_logs.py"]}, FILES["pyproject.toml"])
    monkeypatch.syspath_prepend(str(tmp_path))
    added.modules.cache_clear()
    log = tmp_path / "night.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in ARENA))
    yield log
    added.modules.cache_clear()
    sys.modules.pop("arena_logs", None)


def test_the_relation_of_contributing_is_extracted_and_declared(tmp_path):
    path = tmp_path / "relations.toml"
    path.write_text(FILES["relations.toml"], encoding="utf-8")
    extractor = Extractor(Config.load(None, [f"extract.relations={path}"]).extract, warm=False)
    (found,) = extractor.extract(["The patron saint of Velmar is Corvin Hale."])
    assert [(m.subject, m.relation, m.answer, m.tier) for m in found.mentions] == [
        ("velmar", "patron saint", "corvin hale", "typed")
    ]
    assert functional_relations(str(path)) == {**functional_relations(), "patron saint": False}


@pytest.mark.parametrize("options", [ReadOptions(), None])
def test_the_log_format_of_contributing_is_recognised_and_can_be_named(arena, options):
    log = Log()
    (batch,) = items(str(arena), options=options or ReadOptions(format="arena"), log=log)
    assert batch["outcome"].to_pylist() == ["correct", "wrong", "abstained"]
    assert batch["item_id"].to_pylist() == ["7", "8", "9"] and set(batch["format"].to_pylist()) == {"arena"}
    assert (log.read, log.kept, dict(log.rejected)) == (4, 3, {"not_a_row": 1})


def test_the_command_knows_an_added_format(arena, tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "analyzer", "score", str(arena), "--format", "arena", "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""},
    )  # fmt: skip
    assert "read as arena" in told.stderr and "4 records read, 3 kept" in told.stderr


def test_a_format_that_no_package_adds_is_refused_with_those_that_are_known(arena):
    with pytest.raises(ConfigError, match="arena"):
        ReadOptions(format="arean")


@pytest.mark.parametrize("text", ["raise RuntimeError('no')", "def fits(value):\n    return True\n"])
def test_a_broken_added_format_is_one_line_that_names_it(tmp_path, monkeypatch, text):
    installed(tmp_path, {"broken_logs.py": text}, '[project.entry-points."monofact.log_formats"]\nodd = "broken_logs"')
    monkeypatch.syspath_prepend(str(tmp_path))
    added.modules.cache_clear()
    try:
        with pytest.raises(SetupError, match="log format 'odd'") as error:
            added.modules()
    finally:
        added.modules.cache_clear()
        sys.modules.pop("broken_logs", None)
    assert "\n" not in str(error.value) and "RuntimeError('no')" not in str(error.value)


@pytest.fixture
def paged(tmp_path, monkeypatch):
    """CONTRIBUTING's reader as it would be with its row in the table; a folder for files."""
    module = ModuleType("pages")
    exec(compile(FILES["pages.py"], "pages.py", "exec"), vars(module))
    ((name, row),) = eval(f"{{{ROWS['STREAMED']}}}", {"Streamed": readers.Streamed, "pages": module}).items()
    monkeypatch.setitem(readers.STREAMED, name, row)
    for suffix in row.suffixes:
        monkeypatch.setitem(readers.FORMATS, suffix, name)
    return tmp_path


@pytest.mark.parametrize(("name", "pack"), [("a.pages", bytes), ("a.pages.gz", gzip.compress)])
def test_the_reader_of_contributing_is_a_file_and_a_row(paged, name, pack):
    (paged / name).write_bytes(pack(b"One document.\f\n \fThe third.\n" + b"x" * 100_000 + b"\fThe last."))
    (file,) = files.list_files([str(paged / name)])
    (choice,) = corpus.preview([file], IngestSettings(id_field="key"))
    assert choice.fields.preset == "pages"
    found = list(corpus.documents(file, IngestSettings(max_text_chars=20_000)))
    assert [(d.record, d.text) for d in found if isinstance(d, corpus.Document)] == [
        (1, "One document."), (4, "The last."),
    ]  # fmt: skip
    assert [(r.record, r.reason) for r in found if isinstance(r, corpus.Reject)] == [
        (2, "empty_text"), (3, "text_too_long"),
    ]  # fmt: skip


def test_a_damaged_file_costs_the_reader_of_contributing_its_damaged_part(paged):
    text = b"".join(b"Document %d says %d.\f" % (i, i * i) for i in range(20_000))
    (paged / "cut.pages.gz").write_bytes(gzip.compress(text)[:-1000])
    (file,) = files.list_files([str(paged / "cut.pages.gz")])
    *kept, last = corpus.documents(file, IngestSettings())
    assert len(kept) > 1000 and all(isinstance(d, corpus.Document) for d in kept)
    assert isinstance(last, corpus.Reject) and last.reason == "corrupt_stream"


def test_the_tables_and_functions_that_contributing_sends_to_are_there():
    assert tuple(detect.READERS) == FORMATS
    for name, path in (
        ("READERS", "analyzer/io/eval_logs/detect.py"), ("_OWN_KEYS", "analyzer/io/eval_logs/detect.py"),
        ("FORMATS", "analyzer/io/eval_logs/options.py"), ("STREAMED", "analyzer/io/readers.py"),
        ("def _read", "analyzer/io/readers.py"),
        ("STATUSES", "analyzer/stats/estimate.py"), ("WORDS", "analyzer/report/numbers.py"),
        ("def tables", "analyzer/spark/tabulate.py"), ("def _sensitivity", "analyzer/spark/tabulate.py"),
        ("def _estimates", "analyzer/spark/tabulate.py"), ("def _sums", "analyzer/spark/estimate.py"),
        ("COUNTS", "analyzer/report/page.py"), ("SHOWN", "analyzer/report/card.py"),
    ):  # fmt: skip
        assert name.removeprefix("def ") in TEXT and re.search(rf"^{name}\b", (ROOT / path).read_text(), re.MULTILINE)


def test_what_contributing_names_is_there():
    names = re.findall(r"`((?:analyzer|tests|benchmarks|data)/[\w./]+)`", TEXT)
    assert len(names) > 10
    assert [name for name in names if not (ROOT / name.rstrip("/")).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", TEXT, re.MULTILINE)) <= targets
