"""A Spark standalone cluster on loopback, from the pip package: a Master and Workers of one core, gone when left."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

from analyzer.spark import java

SPARK_HOME = Path(pyspark.__file__).parent
PATIENCE = 90.0  # seconds until Master and Workers have found each other


@dataclass
class Cluster:
    """Where to submit to, and the processes that are ours."""

    master: str
    folder: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def executors(self) -> list[int]:
        """Executor JVMs of our Workers."""
        return [pid for pid in self.below() if b"CoarseGrainedExecutorBackend" in command(pid)]

    def python_workers(self) -> list[int]:
        """Python processes that run tasks: children of an executor's daemon."""
        ours = self.below()
        daemons = {pid for pid in ours if b"pyspark.daemon" in command(pid)}
        return [pid for pid in ours if parent(pid) in daemons]

    def below(self) -> list[int]:
        """Everything that descends from our Workers."""
        return descendants([process.pid for process in self.processes])


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2, memory: str = "2g") -> Iterator[Cluster]:
    """Master and Workers, stopped however the block ends; nothing that they started outlives it."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYSPARK"))}
    environment |= {
        "JAVA_HOME": str(java.java_home()),
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
    }
    found = Cluster(f"spark://127.0.0.1:{port}", folder, environment)
    place = ["--host", "127.0.0.1", "--webui-port", "0"]
    deploy = "org.apache.spark.deploy"
    try:
        _start(found, "master", [f"{deploy}.master.Master", "--port", str(port), *place])
        _until(found, "master", "New state: ALIVE")
        for number in range(workers):
            size = ["--cores", "1", "--memory", memory, "--work-dir", str(folder / f"work-{number}")]
            _start(found, f"worker-{number}", [f"{deploy}.worker.Worker", *place, *size, found.master])
        for number in range(workers):
            _until(found, f"worker-{number}", "Successfully registered with master")
        yield found
    finally:
        stop(found.processes)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End these processes and everything that descends from them, by their ids."""
    started = [process.pid for process in processes]
    everything = [*descendants(started), *(process.pid for process in processes if process.poll() is None)]
    for pid in everything:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in processes:
        process.wait()


def descendants(pids: list[int]) -> list[int]:
    """Children of these processes, theirs, and so on."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        children.setdefault(parent(int(path.name)), []).append(int(path.name))
    found, open_ = [], list(pids)
    while open_:
        below = children.get(open_.pop(), [])
        found += below
        open_ += below
    return found


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1  # it has ended


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _start(cluster: Cluster, name: str, arguments: list[str]) -> None:
    with (cluster.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(SPARK_HOME / "bin" / "spark-class"), *arguments],
            env=cluster.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches us alone: we stop them
        )
    cluster.processes.append(process)


def _until(cluster: Cluster, name: str, said: str) -> None:
    log = cluster.folder / f"{name}.log"
    deadline = time.monotonic() + PATIENCE
    while said not in log.read_text(errors="replace"):
        if time.monotonic() > deadline or any(process.poll() is not None for process in cluster.processes):
            raise SystemExit(f"{name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)
