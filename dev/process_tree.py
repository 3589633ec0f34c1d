"""Which processes a process has started, and how much memory they use, as Linux tells."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The child processes of `pid`; none when it has ended."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text("ascii").split())
    return found


def descendants(pid: int) -> list[int]:
    """The child processes of `pid`, and theirs."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def peak(pid: int) -> float:
    """The most memory that the process has had, in MiB; 0 when there is no such process (any more)."""
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
