"""Which files to read: folders, globs and URIs -> a sorted tuple of `InputFile`, and a stream for each of them.

Local files are opened by Python, `s3://`, `gs://` and `hdfs://` through `pyarrow.fs`. A path that exists is taken
literally, whatever characters it holds; only a path that does not exist is tried as a glob.
"""

from __future__ import annotations

import glob
import os
import posixpath
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

import pyarrow.fs as pafs

from analyzer.errors import InputError
from analyzer.logs import mask

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_GLOB = re.compile(r"[*?\[]")
_HIDDEN = (".", "_")  # Spark and Hadoop skip these too: markers, checksums, half-written output


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of the corpus."""

    uri: str  # what `open_input` opens: an absolute local path, or a URI
    path: str  # below the common folder of all inputs, '/' between its parts; unique in a run, UTF-8
    bytes: int
    modified: str  # ISO 8601 in UTC, '' when the store does not say


@dataclass(frozen=True, slots=True)
class _Found:
    key: tuple[str, ...]  # store, then the parts of the path: what `path` is cut from
    uri: str
    bytes: int
    modified: str


def list_files(inputs: Sequence[str]) -> tuple[InputFile, ...]:
    """The files below `inputs` (files, folders, globs), each once, sorted by path.

    Hidden and `_`-prefixed names inside folders are skipped. Paths are relative to the common folder of the *inputs*,
    not of the files found, so that a file added later renames no other. Raises `InputError` for an input that does
    not exist, matches nothing or holds no file.
    """
    bases, found = _gathered(inputs)
    depth = next((i for i, parts in enumerate(zip(*bases, strict=False)) if len(set(parts)) > 1), min(map(len, bases)))
    return _listed(found, depth)


def list_added(inputs: Sequence[str], before: Sequence[InputFile]) -> tuple[InputFile, ...]:
    """The files below `inputs` that are not among `before`, with paths that start where those of `before` start.

    Raises `InputError` for an input outside that folder, because `list_files` over all of them would start paths
    further up and so rename the files of `before`; and when a file of `before` has changed or is gone.
    """
    try:
        _, known = _gathered([file.uri for file in before])
    except InputError as error:
        raise InputError(f"an input of the earlier run: {error}, or audit everything into a new run") from None
    at = {file.uri: key for key, file in known.items()}
    for file in before:
        now = known.get(at.get(file.uri, ()))
        if now is None or (now.bytes, now.modified) != (file.bytes, file.modified):
            raise InputError(f"{mask(file.uri)}: has changed since it was read: audit everything into a new run")
    parts = [part for part in before[0].path.split("/") if part]
    root = at[before[0].uri][: -len(parts)]
    bases, found = _gathered(inputs)
    for text, base in zip(inputs, bases, strict=True):
        if base[: len(root)] != root:
            raise InputError(
                f"{mask(text)}: lies outside /{'/'.join(root[1:])}, where the paths of the earlier run start, and "
                "document ids hang on paths: move it below that folder, or audit everything into a new run"
            )
    return _listed({key: file for key, file in found.items() if key not in known}, len(root))


def _gathered(inputs: Sequence[str]) -> tuple[list[tuple[str, ...]], dict[tuple[str, ...], _Found]]:
    """For each input the folder that its paths are relative to, and the files of all, each once."""
    if not inputs:
        raise InputError("no input: name files, folders or globs to read")
    bases: list[tuple[str, ...]] = []
    found: dict[tuple[str, ...], _Found] = {}
    for text in inputs:
        scheme = _SCHEME.match(text)
        local = not scheme or scheme[0].lower() == "file://"
        base, files = _local(_from_uri(text) if scheme else text) if local else _remote(text)
        if not files:
            raise InputError(f"{mask(text)}: holds no file to read (names that begin with . or _ are skipped)")
        bases.append(base)
        for file in files:
            same = found.setdefault(file.key, file)
            if local and same.uri != file.uri:
                raise InputError(f"{same.uri} and {file.uri} would have one name in a run: rename one of them")
    return bases, found


def _listed(found: dict[tuple[str, ...], _Found], depth: int) -> tuple[InputFile, ...]:
    """The files by path, which leaves out the first `depth` parts of their keys."""
    listed = (InputFile(f.uri, "/".join(f.key[depth:]), f.bytes, f.modified) for f in found.values())
    return tuple(sorted(listed, key=lambda f: f.path))


def open_input(uri: str) -> BinaryIO:
    """A seekable binary stream. Raises `InputError` when the file cannot be opened."""
    try:
        if not _SCHEME.match(uri):
            return Path(uri).open("rb")
        if uri.lower().startswith("file://"):
            return Path(_from_uri(uri)).open("rb")
        filesystem, path = _resolve(uri)
        return cast("BinaryIO", filesystem.open_input_file(path))
    except OSError as error:
        raise InputError(
            f"{mask(uri)}: cannot be opened: {_cause(error)}: check that it exists and may be read"
        ) from None


# local files


def _local(text: str) -> tuple[tuple[str, ...], list[_Found]]:
    """The folder that paths are relative to, and the files."""
    if not text or "\0" in text:
        raise InputError(f"{text!r}: not a path: name a file, a folder or a glob")
    path = Path(text)
    if path.is_symlink() or path.exists():
        start, matches = path, [path]
    elif wild := _GLOB.search(text):
        start = Path(text[: wild.start()] + "_").parent
        matches = [Path(match) for match in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207 - also absolute
        if not matches:
            raise InputError(f"{text}: the glob matches nothing: check the pattern and the folder")
    else:
        raise InputError(f"{text}: no such file or folder: check the path")
    folder = (start if start.is_dir() else start.parent).resolve()
    seen: set[Path] = set()
    files: list[_Found] = []
    for match in matches:
        files += _walk(match, match.parent.resolve(), seen, explicit=match == path)
    return _key(folder), files


def _walk(path: Path, folder: Path, seen: set[Path], *, explicit: bool) -> Iterator[_Found]:
    """Regular files at or below `path`, by name; a folder or file that is reached twice, say by a link, comes once.

    `folder` is where `path` stands without links: asked of the system for each of a million files, it took most of
    the time that listing them takes.
    """
    try:
        info = path.stat()
        real = path.resolve() if path.is_symlink() or path.name == ".." else folder / path.name
        if real in seen:
            return
        seen.add(real)
        if stat.S_ISDIR(info.st_mode):
            for child in sorted(path.iterdir()):
                if not child.name.startswith(_HIDDEN):
                    yield from _walk(child, real, seen, explicit=False)
        elif stat.S_ISREG(info.st_mode):
            yield _found(folder / path.name, info)
        elif explicit:
            raise InputError(f"{path}: neither a file nor a folder: copy what it yields into a file first")
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> InputError:
    advice = "mend the link or leave it out" if path.is_symlink() else "check its permissions"
    return InputError(f"{path}: cannot be read: {_cause(error)}: {advice}")


def _found(path: Path, info: os.stat_result) -> _Found:
    # The folder is resolved, the name kept: a link's own suffix says how to read it, not that of what it points to.
    modified = datetime.fromtimestamp(info.st_mtime, UTC).isoformat(timespec="microseconds")
    name = os.fsencode(path)
    uri = str(path) if _is_utf8(name) else f"file://{quote(name)}"  # a path in a table has to be UTF-8
    return _Found(_key(path), uri, info.st_size, modified)


def _from_uri(uri: str) -> str:
    return os.fsdecode(unquote_to_bytes(urlsplit(uri).path))


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _key(path: Path) -> tuple[str, ...]:
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return ("file", *(part for part in text.split("/") if part))


# remote files


def _remote(uri: str) -> tuple[tuple[str, ...], list[_Found]]:
    scheme, _, rest = uri.partition("://")
    pattern, question, query = rest.partition("?")
    wild = re.search(r"[*\[]", pattern)
    start = f"{scheme}://{posixpath.dirname(pattern[: wild.start()]) if wild else pattern}{question}{query}"
    try:
        filesystem, root = _resolve(start)
        root = root.rstrip("/")
        info = filesystem.get_file_info(root or "/")
        if info.type == pafs.FileType.File:
            infos = [info]
        else:
            infos = filesystem.get_file_info(pafs.FileSelector(root, recursive=True, allow_not_found=True))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{mask(uri)}: cannot be listed: {_cause(error)}: check the address and the credentials"
        ) from None
    files = [i for i in infos if i.type == pafs.FileType.File]
    if wild:
        tail = pattern[len(posixpath.dirname(pattern[: wild.start()])) :].lstrip("/")
        matches = re.compile(glob_regex(unquote(tail)))
        files = [f for f in files if matches.fullmatch(f.path[len(root) :].lstrip("/"))]
    elif info.type != pafs.FileType.File:
        files = [f for f in files if not any(p.startswith(_HIDDEN) for p in _parts(f.path[len(root) :]))]
    if not files and info.type == pafs.FileType.NotFound:
        raise InputError(f"{mask(uri)}: no such file or folder: check the address")
    store = _store(start)
    base = root if info.type != pafs.FileType.File else posixpath.dirname(root)
    return (store, *_parts(base)), [_remote_file(start, store, root, f) for f in files]


def _remote_file(start: str, store: str, root: str, info: Any) -> _Found:
    head, question, query = start.partition("?")
    uri = f"{head.rstrip('/')}{quote(info.path[len(root) :])}{question}{query}"
    modified = info.mtime.astimezone(UTC).isoformat(timespec="microseconds") if info.mtime else ""
    return _Found((store, *_parts(info.path)), uri, info.size or 0, modified)


def _store(uri: str) -> str:
    """Scheme, and for hdfs the name node: never the credentials, which must not reach a path."""
    split = urlsplit(uri)
    return f"{split.scheme.lower()}:{split.hostname or ''}" if split.scheme.lower() == "hdfs" else split.scheme.lower()


def _parts(path: str) -> Iterable[str]:
    return [part for part in path.split("/") if part]


def _resolve(uri: str) -> tuple[Any, str]:
    """Filesystem and path of a URI. Filesystems are kept: resolving an S3 bucket costs a request."""
    split = urlsplit(uri)
    filesystem, prefix = _filesystem(split.scheme, split.netloc, split.query)
    return filesystem, posixpath.join(prefix, unquote(split.path).lstrip("/")) if prefix else unquote(split.path)


@lru_cache(maxsize=64)
def _filesystem(scheme: str, netloc: str, query: str) -> tuple[Any, str]:
    """The filesystem and the path of its bucket ('' where paths are absolute)."""
    uri = f"{scheme}://{netloc}/{'?' + query if query else ''}"
    try:
        filesystem, path = pafs.FileSystem.from_uri(uri)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{mask(uri)}: cannot be reached: {_cause(error)}: check the address and the credentials"
        ) from None
    return filesystem, str(path).strip("/")


def glob_regex(pattern: str) -> str:
    """A glob as a regular expression: `*` and `?` stay inside a folder, `**` crosses folders."""
    out, i = "", 0
    while i < len(pattern):
        if pattern.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif pattern.startswith("**", i):
            out, i = out + ".*", i + 2
        elif pattern[i] == "*":
            out, i = out + "[^/]*", i + 1
        elif pattern[i] == "[" and "]" in pattern[i + 2 :]:
            end = pattern.index("]", i + 2)
            inside = pattern[i + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            out, i = out + f"[{'^' + inside[1:] if inside[0] == '!' else inside}]", end + 1
        else:
            out, i = out + re.escape(pattern[i]), i + 1
    return out


def _cause(error: BaseException) -> str:
    """What the system said, on one line, without a path or a credential of ours in it."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return mask(" ".join(text.split()))[:200]
