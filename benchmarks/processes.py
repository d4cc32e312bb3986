"""CPU time and memory of this process and of what descends from it, by kind and by the step that ran."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from pathlib import Path

KINDS = ("driver", "JVM", "Python worker")


class Watched:
    """Looks twice a second. `step` names what runs now; peaks are resident bytes by (step, kind)."""

    def __init__(self) -> None:
        self.step = ""
        self.peaks: dict[tuple[str, str], int] = defaultdict(int)
        self.together: dict[str, int] = defaultdict(int)  # by step: all processes at one time
        self._ticks: dict[tuple[int, str], int] = {}  # by pid and start: a pid may come again
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def cpu(self) -> float:
        """Seconds that all of them have used so far, those that have ended included."""
        self.look()
        with self._lock:
            return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def peak(self, kind: str) -> int:
        """Most bytes that one process of a kind held in any step."""
        return max((size for (_, other), size in self.peaks.items() if other == kind), default=0)

    def look(self) -> None:
        found: dict[int, tuple[int, str, int, int, str]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue  # it has ended meanwhile
            fields = rest.split()
            size = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            found[int(folder.name)] = (int(fields[1]), name, int(fields[11]) + int(fields[12]), size, fields[19])
        with self._lock:
            self._note(found)

    def _note(self, found: dict[int, tuple[int, str, int, int, str]]) -> None:
        total, me = 0, os.getpid()
        for pid, (_, name, ticks, size, started) in found.items():
            above = pid
            while above not in (0, me):
                above = found[above][0] if above in found else 0
            if above == me:
                if name != "java" and _is_java(pid):
                    continue  # a copy that the JVM forks, named after a thread, about to become a Python worker
                kind = "driver" if pid == me else "JVM" if name == "java" else "Python worker"
                known = (pid, started) in self._ticks
                self._ticks[pid, started] = max(ticks, self._ticks.get((pid, started), 0))
                if known:  # a copy of the JVM may become another program between two readings; it is gone by the next
                    self.peaks[self.step, kind] = max(self.peaks[self.step, kind], size)
                    total += size
        self.together[self.step] = max(self.together[self.step], total)

    def _run(self) -> None:
        while True:
            self.look()
            time.sleep(0.5)


def _is_java(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name == "java"
    except OSError:
        return False  # it has ended meanwhile
