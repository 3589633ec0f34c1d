"""What processes have used, as Linux counts it: the most memory (VmHWM), and CPU seconds."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from dev.process_tree import children, descendants, peak

EVERY_SECONDS: Final = 0.1


class Used:
    """Watches a process and those that it starts for the length of a block.

    `worker` and `child` are the most MiB, `cpu` the seconds of both, afterwards.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.worker = self.child = self.cpu = 0.0

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):  # begins a new peak; not every kernel has it
            Path(f"/proc/{self._pid}/clear_refs").write_text("5", "ascii")
        self.cpu = -self._cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += self._cpu()
        self._over.set()
        self._thread.join()
        self.worker = max(self.worker, peak(self._pid))

    def _cpu(self) -> float:
        return cpu_seconds([self._pid, *children(self._pid)])

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.child = max([self.child, *map(peak, descendants(self._pid))])


def parent(pid: int, name: str) -> int:
    """The parent of process `pid`, if that is called `name`; else 0."""
    head, fields = _stat(pid)
    return int(fields[1]) if name in head else 0


def own_cpu_seconds(pid: int) -> float:
    """CPU time of the process alone."""
    return sum(map(int, _stat(pid)[1][11:13])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time of these processes and of their children that have ended."""
    return sum(sum(map(int, _stat(pid)[1][11:15])) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[str, list[str]]:
    """The process's name, and what stands after it in its `stat`; empty when there is no such process."""
    try:
        head, _, rest = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")
    except OSError:
        return "", []
    return head, rest.split()
