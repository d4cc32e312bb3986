"""Which files an input means, and under what path each is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow.fs as pafs
import pytest

from analyzer.errors import InputError
from analyzer.io import files
from analyzer.io.files import glob_regex, list_files, open_input


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def paths(*inputs: object) -> list[str]:
    return [file.path for file in list_files([str(i) for i in inputs])]


def test_a_folder_is_read_recursively_without_hidden_names_in_sorted_order(tmp_path: Path) -> None:
    fill(tmp_path, "b.jsonl", "a/z.txt", "a/.hidden", "_SUCCESS", ".git/x.txt", "_temporary/y.txt", "A.jsonl")
    assert paths(tmp_path) == ["A.jsonl", "a/z.txt", "b.jsonl"]
    first = list_files([str(tmp_path)])[0]
    assert first.bytes == len("A.jsonl")
    assert first.modified.startswith("20")
    assert first.modified.endswith("+00:00")
    with open_input(first.uri) as stream:
        assert stream.read() == b"A.jsonl"


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    fill(tmp_path, ".x.jsonl")
    assert paths(tmp_path / ".x.jsonl") == [".x.jsonl"]


def test_paths_are_relative_to_the_common_folder_of_the_inputs_not_of_the_files(tmp_path: Path) -> None:
    fill(tmp_path, "c/en/x.txt", "d/x.txt")
    assert paths(tmp_path / "c") == ["en/x.txt"]  # a second language added later renames nothing
    assert paths(tmp_path / "c", tmp_path / "d") == ["c/en/x.txt", "d/x.txt"]
    assert paths(tmp_path / "c/en/x.txt", tmp_path / "d/x.txt") == ["c/en/x.txt", "d/x.txt"]


def test_the_order_of_inputs_and_overlaps_do_not_matter(tmp_path: Path) -> None:
    fill(tmp_path, "a/x.txt", "a/y.txt", "b.txt")
    whole = list_files([str(tmp_path)])
    assert list_files([str(tmp_path / "a"), str(tmp_path), str(tmp_path / "b.txt"), f"{tmp_path}/a/*.txt"]) == whole


def test_globs_match_and_two_stars_cross_folders(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.jsonl", "a/2.txt", "b/c/3.jsonl")
    assert paths(f"{tmp_path}/*/*.jsonl") == ["a/1.jsonl"]
    assert paths(f"{tmp_path}/**/*.jsonl") == ["a/1.jsonl", "b/c/3.jsonl"]
    assert paths(f"{tmp_path}/[ab]") == ["a/1.jsonl", "a/2.txt", "b/c/3.jsonl"]


@pytest.mark.parametrize("name", ["we*rd [1].txt", "with space.txt", "naïve 漢字.txt", "a#b?c%41.txt", "new\nline.txt"])
def test_an_existing_name_is_taken_literally(tmp_path: Path, name: str) -> None:
    fill(tmp_path, name, "weird 1.txt")
    assert paths(tmp_path / name) == [name]
    with open_input(list_files([str(tmp_path / name)])[0].uri) as stream:
        assert stream.read() == name.encode()


def test_a_name_that_is_not_utf8_gets_a_storable_path(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_bytes(b"x")
    (file,) = list_files([str(tmp_path)])
    assert file.path == "bad\\xff.txt"
    assert file.uri.encode().endswith(b"/bad%FF.txt")
    with open_input(file.uri) as stream:
        assert stream.read() == b"x"
    assert list_files([file.uri]) == (file,)


def test_two_files_never_share_a_path(tmp_path: Path) -> None:
    fill(tmp_path, "bad\\xff.txt")
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_bytes(b"x")
    with pytest.raises(InputError, match="rename one"):
        list_files([str(tmp_path)])


def test_dots_links_and_file_uris_lead_to_the_same_files(tmp_path: Path) -> None:
    fill(tmp_path, "data dir/x.txt", "other/y.txt")
    (tmp_path / "link").symlink_to(tmp_path / "data dir")
    expected = list_files([str(tmp_path / "data dir")])
    assert list_files([f"{tmp_path}/other/../data dir"]) == expected
    assert list_files([f"{tmp_path}/link"]) == expected
    assert list_files([f"file://{tmp_path}/data%20dir"]) == expected


@pytest.mark.parametrize("above", ["..", "../.", "../../data dir", "sub/../.."])
def test_folders_above_the_working_folder_hold_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    fill(tmp_path, "data dir/x.txt", "data dir/here/sub/y.txt")
    monkeypatch.chdir(tmp_path / "data dir/here")
    assert list_files([above]) == list_files([str(tmp_path / "data dir")])


def test_links_are_followed_once_a_folder_and_not_once_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    resolve = Path.resolve
    monkeypatch.setattr(Path, "resolve", lambda path, strict=False: asked.append(path) or resolve(path, strict))
    fill(tmp_path, *(f"{folder}/{name}.txt" for folder in "ab" for name in range(20)))
    assert len(paths(tmp_path)) == 40
    assert len(asked) < 5


def test_a_link_keeps_its_own_name(tmp_path: Path) -> None:
    fill(tmp_path, "blobs/abc123")
    (tmp_path / "train.jsonl").symlink_to(tmp_path / "blobs/abc123")
    assert paths(tmp_path / "train.jsonl") == ["train.jsonl"]


def test_link_loops_end_and_nothing_is_read_twice(tmp_path: Path) -> None:
    fill(tmp_path, "a/x.txt")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "z").symlink_to(tmp_path / "a")
    assert paths(tmp_path) == ["a/x.txt"]


def test_special_files_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path, "x.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert paths(tmp_path) == ["x.txt"]
    with pytest.raises(InputError, match="neither a file nor a folder"):
        list_files([str(tmp_path / "pipe.txt")])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "no such file"),
        ("*.nothing", "matches nothing"),
        ("empty", "holds no file"),
        ("broken", "mend the link"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/_SUCCESS").touch()
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=says) as caught:
        list_files([str(tmp_path / name)])
    assert name in str(caught.value)


def test_no_input_at_all_is_an_error() -> None:
    for inputs in ([], [""], ["a\0b"]):
        with pytest.raises(InputError):
            list_files(inputs)


def test_a_file_that_vanished_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        open_input(str(tmp_path / "gone.txt"))


def test_credentials_are_in_no_message() -> None:
    for uri in ("nope://user:hunter2@host/x", "nope://host/x?secret=hunter2"):
        for act in (lambda u: list_files([u]), open_input):
            with pytest.raises(InputError) as caught:
                act(uri)
            assert "hunter2" not in str(caught.value)


# remote stores: a bucket that is a local folder


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """`s3://` reads from a local folder: the first part of a path is the bucket, as in pyarrow's S3."""
    fill(tmp_path, "bucket/c/a b.txt", "bucket/c/en/x.jsonl", "bucket/c/_SUCCESS", "bucket/c/.x", "bucket/d.txt")
    store = pafs.SubTreeFileSystem(str(tmp_path), pafs.LocalFileSystem())
    monkeypatch.setattr(files, "_filesystem", lambda scheme, netloc, query: (store, netloc.rpartition("@")[2]))
    return tmp_path


def test_remote_folders_files_and_globs(bucket: Path) -> None:
    assert paths("s3://bucket/c") == paths("s3://bucket/c/") == ["a b.txt", "en/x.jsonl"]
    assert paths("s3://bucket/c/a%20b.txt") == ["a b.txt"]
    assert paths("s3://bucket/c/**/*.jsonl") == ["en/x.jsonl"]
    assert paths("s3://bucket/*.txt") == ["d.txt"]
    assert paths("s3://bucket") == ["c/a b.txt", "c/en/x.jsonl", "d.txt"]
    for file in list_files(["s3://me:pw@bucket/c?region=eu"]):
        assert file.uri.startswith("s3://me:pw@bucket/c/")
        assert file.uri.endswith("?region=eu")
        assert "pw" not in file.path
        with open_input(file.uri) as stream:
            assert len(stream.read()) == file.bytes
            stream.seek(0)


def test_local_and_remote_inputs_mix(bucket: Path, tmp_path: Path) -> None:
    got = paths(tmp_path / "bucket/d.txt", "s3://bucket/d.txt")
    assert len(got) == len(set(got)) == 2
    assert got[1] == "s3/bucket/d.txt"


def test_remote_paths_that_do_not_exist_are_input_errors(bucket: Path) -> None:
    for uri in ("s3://bucket/gone", "s3://bucket/c/*.gone"):
        with pytest.raises(InputError, match="gone"):
            list_files([uri])
    with pytest.raises(InputError, match="cannot be opened"):
        open_input("s3://bucket/gone")


def test_globs_of_remote_stores_stay_inside_a_folder() -> None:
    import re

    def matches(pattern: str, text: str) -> bool:
        return re.fullmatch(glob_regex(pattern), text) is not None

    assert matches("*.txt", "a.txt")
    assert not matches("*.txt", "a/b.txt")
    assert matches("**/*.txt", "a/b.txt")
    assert matches("**/*.txt", "b.txt")
    assert matches("a/**", "a/b/c")
    assert matches("[!a]x[0-9]", "bx7")
    assert not matches("[!a]x[0-9]", "ax7")
    assert not matches("a.c", "abc")
