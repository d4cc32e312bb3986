"""The Spark session: ours with sane defaults on one machine, the cluster's own under spark-submit."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from analyzer.spark import doctor, java, workers

# Set only where spark-submit or spark-defaults.conf set nothing.
DEFAULTS = {
    "spark.master": "local[*,4]",  # with local[*] one killed Python worker fails the job; ,4 retries
    "spark.app.name": "monofact",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "256",  # rows are whole documents
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.shuffle.partitions": "32",
    "spark.python.worker.faulthandler.enabled": "true",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}",
    "spark.executorEnv.OMP_NUM_THREADS": "1",  # one task a core: BLAS threads only fight each other
    "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
}


# A JVM that lives for two minutes spends a third of them on compiling for the long run: its first compiler is enough.
# With it alone the JVM keeps 48 MB for compiled code, which one audit can fill ("Out of space in CodeCache"), and dies.
# A collector that works beside the program (G1) costs a tenth of the time on a heap of one gigabyte: none is needed.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseParallelGC"
SMALL_INPUT = 64 << 20  # bytes of input files, compressed or not, up to which a run is as short as that


def get(overrides: dict[str, str] | None = None, *, small: bool = False) -> SparkSession:
    """The active session, or a new one with `DEFAULTS`, then the environment's own settings, then `overrides`.

    small: the work is a matter of minutes, for which the JVM is set up if it is ours to start. On a cluster
    `SetupError` if the workers cannot do the work.
    """
    options = {"spark.driver.extraJavaOptions": f"{DEFAULTS['spark.driver.extraJavaOptions']} {SHORT_LIVED}"}
    overrides = {**(options if small and not _submitted() else {}), **(overrides or {})}
    session = SparkSession.getActiveSession() or _started(overrides)
    workers.demand(session)
    return session


def _started(overrides: dict[str, str]) -> SparkSession:
    submitted = _submitted()
    doctor.demand_packages()
    if not submitted:
        os.environ["JAVA_HOME"] = str(java.java_home())
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        # Without this an unactivated environment starts `python3` from PATH, which lacks the packages.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {**DEFAULTS, **overrides}
    builder: Any = SparkSession.builder
    for key, value in settings.items():
        if key in overrides or key not in submitted:
            builder = builder.config(key, value)
    before = signal.getsignal(signal.SIGINT)
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    _JVMS.extend(pid for pid in [jvm_pid(session)] if pid is not None)
    if threading.current_thread() is threading.main_thread():
        # Spark's own handler talks to the JVM from inside the signal, over the connection that the signal broke into.
        signal.signal(signal.SIGINT, before)
    return session


ROWS_A_PARTITION = 50_000  # a shuffle partition of a million small rows is cheap, thirty-two of a thousand are not
FEW_ROWS = 1_000_000  # a plan that adapts itself makes a job of every shuffle: more than so few rows' shuffles cost


@contextlib.contextmanager
def sized(session: SparkSession, rows: int) -> Iterator[None]:
    """Inside, shuffles have as many partitions as `rows` deserve, never more than the session's own setting.

    With some 60 shuffles in a stage, empty tasks are most of what a small run waits for.
    """
    names = ("spark.sql.shuffle.partitions", "spark.sql.adaptive.enabled")
    partitions, adaptive = (str(session.conf.get(name)) for name in names)
    least = max(2, session.sparkContext.defaultParallelism)
    session.conf.set(names[0], str(min(int(partitions), max(least, -(-rows // ROWS_A_PARTITION)))))
    session.conf.set(names[1], "false" if rows <= FEW_ROWS else adaptive)
    try:
        yield
    finally:
        session.conf.set(names[0], partitions)
        session.conf.set(names[1], adaptive)


_JVMS: list[int] = []  # started by this process


def kill_jvm() -> None:
    """End the JVM that this process started, at once: after an interrupt nothing may go on writing."""
    for pid in _JVMS:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def jvm_pid(session: SparkSession) -> int | None:
    """The JVM that this process started for the session; None if somebody else did (spark-submit, Connect)."""
    gateway: Any = getattr(session, "sparkContext", None) and session.sparkContext._gateway
    process = getattr(gateway, "proc", None)
    return process.pid if process is not None else None


def _submitted() -> set[str]:
    """Keys that spark-submit already set: it starts the JVM first and hands them over as system properties."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return set()
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()
    return {key for key, _ in SparkConf().getAll()}
