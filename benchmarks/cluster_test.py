"""`jobs/audit.py` on a standalone cluster with a packed environment: the tables of a local run, whatever is killed.

    python -m benchmarks.cluster_test [CORPUS...] --folder FOLDER

Starts a Master and two Workers of one core on loopback (from the pip package), whose Python has none of our packages,
and submits the audit with `--archives`: as it is, with an executor JVM killed in the middle of extraction, with a
Python worker killed there, and without the archive, which must be refused in one line. Every table must equal that of a
run with `local[2,4]`. Everything that was started is stopped, however it ends.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import pack_environment
from benchmarks.standalone import SPARK_HOME, Cluster, cluster, stop
from tests import tiny

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples" / "corpus"
STAGE = "extract"  # killed in the middle of it
OURS = ("analyzer", "pyarrow", "numpy", "spacy")
SETTINGS = ["--set", "estimate.min_statements=60"]

Kill = Callable[[Cluster], list[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*", default=[str(SAMPLES)])
    parser.add_argument("--folder", type=Path, help="for logs, environment and runs; a temporary one if not given")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = (given.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*-run"):
            shutil.rmtree(old)
        check([str(Path(path).absolute()) for path in given.corpus], folder)


def check(corpus: list[str], folder: Path) -> None:
    began = time.monotonic()
    archive = folder / "environment.tar.gz"
    names = pack_environment.pack(archive)
    print(
        f"environment: {archive.stat().st_size / 1e6:,.0f} MB, {len(names)} packages, {time.monotonic() - began:.0f} s",
        flush=True,
    )
    bare = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
    print(f"the workers' own Python, {bare}, finds {found_by(bare)}", flush=True)
    began = time.monotonic()
    local = folder / "local-run"
    done = submitted(["--master", "local[2,4]"], sys.executable, corpus, local, dict(os.environ))
    assert done.returncode == 0, _tail(done.stdout)
    expected = tiny.tables(local)
    rows = sum(map(len, expected.values()))
    print(f"local[2,4]: {len(expected)} tables, {rows:,} rows, {time.monotonic() - began:.0f} s", flush=True)
    with cluster(folder / "cluster") as here:
        packed = ["--archives", f"{archive}#environment"]
        kills: tuple[tuple[str, Kill | None], ...] = (
            ("quiet", None),
            ("executor-killed", Cluster.executors),
            ("python-worker-killed", Cluster.python_workers),
        )
        for name, kill in kills:
            audited(here, name, kill, packed, corpus, expected)
        refused(here, bare, corpus)
    print("cluster-test: passed")


def audited(
    here: Cluster, name: str, kill: Kill | None, packed: list[str], corpus: list[str], expected: dict[str, object]
) -> None:
    """One audit on the cluster; its tables must be the expected ones."""
    began, run = time.monotonic(), here.folder.parent / f"{name}-run"
    victim = None if kill is None else (lambda: strike(here, run, kill))
    done = submitted([*options(here), *packed], "./environment/bin/python", corpus, run, here.environment, victim)
    assert done.returncode == 0, _tail(done.stdout)
    struck = "" if victim is None else f", {done.args[-1]}"
    found = tiny.tables(run)
    assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
    different = [table for table in expected if found[table] != expected[table]]
    assert not different, f"{name}: tables differ from the local run: {different}"
    executors, workers = unpacked(here), len(here.processes) - 1  # the first process is the Master
    assert executors >= workers + (kill is Cluster.executors), executors  # one a Worker, one for the dead one
    struck = f"{struck}, {executors} executors with an environment of their own"
    print(f"{name}: equal, {time.monotonic() - began:.0f} s{struck}", flush=True)


def submitted(
    options: list[str],
    python: str,
    corpus: list[str],
    run: Path,
    environment: dict[str, str],
    meanwhile: Callable[[], str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """spark-submit jobs/audit.py in client mode. What `meanwhile` did is the last of `args`.

    Errors and output are one stream: Spark sends a Python driver's errors to its own output.
    """
    job = [str(ROOT / "jobs" / "audit.py"), *corpus, "--out", str(run), "--json", *SETTINGS]
    line = [str(SPARK_HOME / "bin" / "spark-submit"), *options, *job]
    environment = environment | {"PYSPARK_DRIVER_PYTHON": sys.executable, "PYSPARK_PYTHON": python}
    process = subprocess.Popen(
        line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        did = meanwhile() if meanwhile else ""
        out, _ = process.communicate(timeout=1200)
    finally:
        stop([process])  # type: ignore[list-item]  # of text, not bytes: only its id is used
    return subprocess.CompletedProcess([*line, did], process.returncode, out)


def options(here: Cluster) -> list[str]:
    settings = {
        "spark.executor.memory": "1g",
        "spark.executor.cores": "1",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
    }
    return ["--master", here.master, *(part for k, v in settings.items() for part in ("--conf", f"{k}={v}"))]


def strike(here: Cluster, run: Path, victims: Kill, patience: float = 300.0) -> str:
    """SIGKILL one of them a second after extraction has begun to use it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        begun = (run / STAGE).exists() and not (run / STAGE / "_MANIFEST.json").exists()
        busy = [pid for pid in here.python_workers() if cpu(pid) > 0]
        if begun and busy:
            before = {pid: cpu(pid) for pid in busy}
            time.sleep(1)
            if any(cpu(pid) > ticks + 20 for pid, ticks in before.items()):  # it works, and not at starting up
                victim = max(victims(here), key=cpu)
                os.kill(victim, signal.SIGKILL)
                assert not (run / STAGE / "_MANIFEST.json").exists(), "the stage was over when the process was killed"
                return f"process {victim} killed during {STAGE}"
        time.sleep(0.1)
    raise AssertionError(f"nothing worked at stage {STAGE}")


def refused(here: Cluster, bare: str, corpus: list[str]) -> None:
    """Without the archive: one line that says what is missing, before any stage."""
    run = here.folder.parent / "bare-run"
    done = submitted(options(here), bare, corpus, run, here.environment)
    lines = [line for line in done.stdout.splitlines() if line.startswith("monofact:")]
    assert done.returncode != 0 and not (run / "ingest" / "_MANIFEST.json").exists(), _tail(done.stdout)
    assert len(lines) == 1 and "lacks the package" in lines[0], _tail(done.stdout)
    print(f"without the archive: {lines[0]}", flush=True)


def found_by(python: str) -> list[str]:
    """Which of our packages a Python finds by itself, away from this checkout."""
    look = f"import importlib.util as u; print(*[n for n in {OURS!r} if u.find_spec(n)])"
    return subprocess.run(
        [python, "-I", "-c", look], cwd="/", capture_output=True, text=True, check=True
    ).stdout.split()


def unpacked(here: Cluster) -> int:
    """How many executors of the last application have unpacked the archive in their own folders."""
    last = max(path.name for path in here.folder.glob("work-*/app-*"))
    return len(list(here.folder.glob(f"work-*/{last}/*/environment/pyvenv.cfg")))


def _tail(text: str) -> str:
    """The lines that are not Java's trace, the last of them."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("at "))[-3000:]


def cpu(pid: int) -> int:
    """Clock ticks that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
