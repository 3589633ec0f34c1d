"""The limits under which the child reads a file that it has no reason to trust.

Linux is where this runs; elsewhere what the system does not know is left out.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import Final

# <linux/prctl.h>
_PR_SET_PDEATHSIG: Final = 1


def ignore_stop_signals() -> None:
    """Leave stopping to the parent: it ends its child, and must not take a stop for a bad file."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends, in whatever way."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel knew.
    if os.getppid() != parent:
        os._exit(1)


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """At most so much address space and CPU time, and no core dump of somebody's catalogue.

    Over the first, allocations fail; over the second, the kernel ends the process.
    """
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_AS, memory_bytes)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        if sys.platform == "linux":
            raise
