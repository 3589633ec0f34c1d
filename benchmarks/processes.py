"""What processes have used, as Linux counts it: the most memory (VmHWM), and CPU seconds."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

EVERY_SECONDS: Final = 0.1


class PeakMemory:
    """Watches a process and its children for the length of a block; `worker` and `child` are MiB afterwards."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.worker = 0.0
        self.child = 0.0

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):  # begins a new peak; not every kernel has it
            Path(f"/proc/{self._pid}/clear_refs").write_text("5", "ascii")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.worker = max(self.worker, peak(self._pid))

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            for pid in children(self._pid):
                self.child = max(self.child, peak(pid))


def peak(pid: int) -> float:
    """The process's peak in MiB; 0 when there is no such process (any more)."""
    return _mebibytes(pid, "VmHWM:")


def resident(pid: int) -> float:
    """The memory that the process has now, in MiB; 0 when there is no such process."""
    return _mebibytes(pid, "VmRSS:")


def _mebibytes(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text("ascii").split())
    return found


def parent(pid: int, name: str) -> int:
    """The parent of process `pid`, if that is called `name`; else 0."""
    head, fields = _stat(pid)
    return int(fields[1]) if name in head else 0


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
