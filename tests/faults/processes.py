"""Audits as processes of their own, so that they can be killed, starved of disk, or cut off from the network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests import tiny
from tests.conftest import ROOT

SETTINGS = ("--set", "estimate.min_statements=3")
SECONDS = 1_800  # an audit takes 20 s on a machine that has nothing else to do
# Names that lose letters where a locale or a hash seed gets in: dotted and dotless i, final sigma, sharp s.
DOCUMENTS = [
    *tiny.DOCUMENTS,
    ("north", "Zoë İnal was born in Straße in 1910. Zoë İnal died in Iğdır in 1990."),
    ("south", "The capital of Όλυμπος is Ílion. Ílion was founded in 1850."),
]


def corpus_in(folder: Path) -> Path:
    """A folder with the documents, and with pages whose domain is that of their address."""
    tiny.write(folder, documents=DOCUMENTS)
    pages = [("https://www.example.co.uk/a", DOCUMENTS[0][1]), ("http://b.example.org", "Velia is a port of Norren.")]
    rows = "".join(json.dumps({"url": url, "text": text}) + "\n" for url, text in pages)
    (folder / "pages.jsonl").write_text(rows)
    return folder


def command(corpus: Path, run: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "analyzer", "audit", str(corpus), "--out", str(run), *SETTINGS, *more]


def submitted(master: str, corpus: Path, run: Path, job: Path = ROOT / "jobs" / "audit.py") -> list[str]:
    """The same under spark-submit."""
    submit = [str(Path(sys.executable).with_name("spark-submit")), "--master", master]
    submit += ["--conf", f"spark.pyspark.python={sys.executable}"]
    return [*submit, str(job), str(corpus), "--out", str(run), *SETTINGS]


def environment(**more: str) -> dict[str, str]:
    return os.environ | more


def run(words: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment(**more), capture_output=True, text=True, timeout=SECONDS, check=False)


def finish(words: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    done = run(words, **more)
    assert done.returncode == 0, done.stderr
    return done


def started(words: Sequence[str], **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def until(running: subprocess.Popen[str], beginning: str) -> None:
    """Read what it says until a line begins like that."""
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        if line.startswith(beginning):
            return
    raise AssertionError(f"ended with {running.wait()} before it said {beginning!r}: {''.join(said)}")


def until_there(running: subprocess.Popen[str], folder: Path, ending: str, patience: float = 300) -> None:
    """Wait until a file whose name ends like that stands anywhere below a folder."""
    end = time.monotonic() + patience
    while time.monotonic() < end and running.poll() is None:
        if any(name.endswith(ending) for _, _, names in os.walk(folder) for name in names):
            return
        time.sleep(0.01)
    raise AssertionError(f"no {ending} below {folder}; it {'runs' if running.poll() is None else 'ended'}")


def below(pid: int, *words: str, patience: float = 300) -> list[int]:
    """Processes below one whose command line holds all of these words, as soon as there are any."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        parents = {int(p.name): _parent(p) for p in Path("/proc").iterdir() if p.name.isdigit()}
        found = [p for p in parents if _descends(p, pid, parents) and all(w in _line(p) for w in words)]
        if found:
            return sorted(found)
        time.sleep(0.05)
    raise AssertionError(f"no process with {words} below {pid}")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1:
        pid = parents.get(pid, 0)
        if pid == ancestor:
            return True
    return False


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def namespace(*kinds: str) -> list[str] | None:
    """The beginning of a command that has its own network or mounts; None where this machine does not let us."""
    words = ["unshare", *(f"--{kind}" for kind in kinds)]
    words += [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    try:
        tried = subprocess.run([*words, "true"], capture_output=True, timeout=30, check=False)
    except OSError:
        return None
    return words if tried.returncode == 0 else None


def snapshot(*folders: Path) -> dict[str, Any]:
    """Every file below with its size and time of change."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                stat = path.stat()
                found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found
