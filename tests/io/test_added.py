"""Files added to those of an earlier run: paths start where they started, and nothing old has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.errors import InputError
from analyzer.io.files import list_added, list_files


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def test_only_new_files_are_listed_with_the_paths_of_a_listing_of_everything(tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "b/c.txt")
    before = list_files([str(tmp_path)])
    fill(tmp_path, "new.txt", "b/more/d.txt")
    added = list_added([str(tmp_path)], before)
    assert [file.path for file in added] == ["b/more/d.txt", "new.txt"]
    assert sorted((*before, *added), key=lambda f: f.path) == list(list_files([str(tmp_path)]))
    assert list_added([str(tmp_path / "b/more/d.txt")], before) == added[:1]


def test_a_base_that_was_named_by_a_glob_can_grow_beside_itself(tmp_path: Path) -> None:
    fill(tmp_path, "january/a.txt", "february/a.txt")
    by_glob = list_files([f"{tmp_path}/[j]anuary"])
    assert [file.path for file in by_glob] == ["january/a.txt"]
    assert [file.path for file in list_added([str(tmp_path / "february")], by_glob)] == ["february/a.txt"]
    by_name = list_files([str(tmp_path / "january")])
    with pytest.raises(
        InputError, match=r"february: lies outside .*/january, where the paths of the earlier run start"
    ):
        list_added([str(tmp_path / "february")], by_name)
    with pytest.raises(InputError, match="lies outside"):
        list_added([str(tmp_path)], by_name)  # a run over everything would start paths here


def test_a_file_that_changed_or_is_gone_is_refused_by_name(tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "b.txt")
    before = list_files([str(tmp_path)])
    fill(tmp_path, "new.txt")
    os.utime(tmp_path / "a.txt", (1, 1))
    with pytest.raises(InputError, match=r"a\.txt: has changed since it was read: audit everything into a new run"):
        list_added([str(tmp_path / "new.txt")], before)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(InputError, match=r"an input of the earlier run: .*a\.txt: no such file"):
        list_added([str(tmp_path / "new.txt")], before)


def test_nothing_new_is_an_empty_listing(tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    assert list_added([str(tmp_path)], list_files([str(tmp_path)])) == ()


def test_names_that_are_no_utf8_and_names_with_blanks_stay_known(tmp_path: Path) -> None:
    fill(tmp_path, "with blank [1].txt")
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"x")
    before = list_files([str(tmp_path)])
    fill(tmp_path, "new.txt")
    assert [file.path for file in list_added([str(tmp_path)], before)] == ["new.txt"]
