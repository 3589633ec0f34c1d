"""How gunicorn serves MediSupply, on a developer's machine and in production.

The address is given where it is started (`--bind`), the number of processes by `WEB_CONCURRENCY`.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parent.parent
# Where prometheus_client finds the folder in which this server's processes count.
METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

# Numbers of mallopt's options, from glibc's malloc.h.
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8

# Threads: an upload that comes in slowly, or somebody who polls, holds a thread and not a process.
worker_class = "medisupply.web.gunicorn_worker.Worker"
# Its lines look as all others (LOG_FORMAT). One for each request: --access-logfile, with a file or - for stdout.
logger_class = "medisupply.web.gunicorn_logger.Logger"
threads = 8
# A worker that gives no sign of life for so long is replaced; slow uploads do not count.
timeout = 60
graceful_timeout = 30
# Above the 60 s for which load balancers usually keep idle connections.
keepalive = 75
# It would listen on a socket below the home directory.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """End in words before anything listens when the environment makes no sense; then make room for what is counted.

    In a process of its own: what a reload finds in the code and in `.env` must not depend on what was there at start.
    """
    looked = subprocess.run([sys.executable, "-m", "medisupply.environment"], cwd=PROJECT, check=False)
    if looked.returncode:
        sys.exit(looked.returncode)
    _make_metrics_folder(server)


def _make_metrics_folder(server: Any) -> None:
    """Give the processes a new folder for what they count: what an earlier server has left must not be added to it.

    It stays empty where there is no METRICS_TOKEN. In memory, where gunicorn's own files are there.
    """
    folder = tempfile.mkdtemp(prefix="medisupply-metrics-", dir=server.cfg.worker_tmp_dir)
    os.chown(folder, server.cfg.uid, server.cfg.gid)
    os.environ[METRICS_FOLDER] = folder


def child_exit(server: Any, worker: Any) -> None:
    """What a process has counted stays, whatever ended it: counters never go back."""
    if any(Path(os.environ[METRICS_FOLDER]).iterdir()):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ[METRICS_FOLDER], ignore_errors=True)


def post_fork(server: Any, worker: Any) -> None:
    """Keep the memory of a process flat, whichever of its threads receives the large files.

    glibc gives threads arenas of their own, up to eight for each core, and what was freed in one is not used in
    another: a web process grew for hundreds of uploads. Blocks of more than 1 MiB go back to the system at once.
    Elsewhere than on glibc there is no such function, and nothing to do.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
