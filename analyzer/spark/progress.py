"""How far a stage is: one rich bar a stage on a terminal, plain lines elsewhere.

Spark's status tracker is polled from a thread; progress handlers exist only under Spark Connect.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analyzer import logs

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

INTERVAL = 0.5  # seconds between two looks


class Working(Protocol):
    """What is watched: a job whose session may not have started yet."""

    @property
    def started(self) -> SparkSession | None: ...


@contextlib.contextmanager
def watch(stage: str, job: Working) -> Iterator[None]:
    """Show the progress of a stage while the body runs."""
    if not sys.stderr.isatty():
        logs.LOGGER.info("running", extra={"stage": stage})
        yield
        return
    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    stop = threading.Event()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        poller = threading.Thread(target=_poll, args=(stage, job, bar, stop), daemon=True)
        poller.start()
        try:
            yield
        finally:
            stop.set()
            poller.join(timeout=5)


def _poll(stage: str, job: Working, bar: Progress, stop: threading.Event) -> None:
    shown = bar.add_task(stage, total=None)
    seen: dict[int, tuple[int, int]] = {}  # Spark stage -> tasks done, tasks in all
    while not stop.wait(INTERVAL):
        if job.started is None:
            continue
        # The gateway may be closing under us; a missing glance at the progress must not end the run.
        with contextlib.suppress(Exception):
            seen.update(_tasks(job.started))
            bar.update(
                shown, completed=sum(d for d, _ in seen.values()), total=sum(t for _, t in seen.values()) or None
            )


def _tasks(spark: SparkSession) -> dict[int, tuple[int, int]]:
    tracker: Any = spark.sparkContext.statusTracker()
    found = {number: tracker.getStageInfo(number) for number in tracker.getActiveStageIds()}
    return {number: (info.numCompletedTasks, info.numTasks) for number, info in found.items() if info is not None}
