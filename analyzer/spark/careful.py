"""Parsing so that a text which ends the process (a crash in compiled code, no memory) costs that text alone.

An exception is caught where it is raised; a process that dies takes its task along, and Spark would hand the same texts
to the next one until it gives up. So an attempt after the first works in child processes: when one dies, the text it
was at is tried once more by itself, and if that ends a child too, it is a reject. First attempts pay nothing.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from pyspark import TaskContext

Found = TypeVar("Found")
Read = Callable[[Sequence[str]], Iterator[Found]]  # one result a text, in order


def is_retry() -> bool:
    """Whether this task has been tried before."""
    context = TaskContext.get()
    return context is not None and context.attemptNumber() > 0


def each(read: Read[Found], texts: Sequence[str]) -> Iterator[Found | str]:
    """What `read` yields for each text, or how the process that read it ended, as `killed by SIGSEGV`."""
    done, suspect = 0, False  # suspect: the text at `done` has ended a process before
    while done < len(texts):
        end = "killed"
        for found in _in_child(read, texts[done : done + 1] if suspect else texts[done:]):
            if isinstance(found, _Ended):
                end = found.how
            else:
                yield found
                done, suspect = done + 1, False
                end = ""
        if end and suspect:
            yield end
            done, suspect = done + 1, False
        elif end:
            suspect = True


class _Ended:
    """The last thing that comes from a child that died before it was done."""

    def __init__(self, code: int | None) -> None:
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        self.how = f"killed by {name}" if code is not None and code < 0 else name


def _in_child(read: Read[Found], texts: Sequence[str]) -> Iterator[Found | _Ended]:
    """Results as they come from a copy of this process, which has the model in memory already."""
    processes = multiprocessing.get_context("fork")
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=_work, args=(read, texts, theirs), daemon=True)
    child.start()
    theirs.close()
    received = 0
    try:
        while received < len(texts):
            yield ours.recv()
            received += 1
    except (EOFError, OSError):  # OSError: it died in the middle of a long message
        child.join()
        yield _Ended(child.exitcode)
    finally:
        ours.close()
        if child.is_alive() and received < len(texts):
            child.kill()
        child.join()


def _work(read: Read[Found], texts: Sequence[str], out: Connection) -> None:
    for found in read(texts):
        out.send(found)
