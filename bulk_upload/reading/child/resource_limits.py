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
# Seconds of CPU between the soft and the hard limit.
_CPU_GRACE: Final = 10


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

    Over the first, allocations fail; over the second, the kernel ends the process by SIGXCPU. The hard limit of
    CPU time is higher: it would end it by SIGKILL, as a system that is out of memory does.
    """
    _limit(resource.RLIMIT_CORE, 0, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + _CPU_GRACE)
    _limit(resource.RLIMIT_AS, memory_bytes, memory_bytes)


def _limit(kind: int, soft: int, hard: int) -> None:
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):
        if sys.platform == "linux":
            raise
