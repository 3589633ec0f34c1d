"""Services of systemd as plain processes: what their units say, without the systemd that does it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.tests.systemd_units import FOLDER, commands, service, variables

SECONDS: Final = 30
# What systemd does for the process that it starts for a socket: the first one is descriptor 3.
HAND_OVER: Final = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def running(
    unit: str,
    places: Mapping[str, object],
    env: Mapping[str, str],
    *,
    listener: socket.socket | None = None,
    folder: Path = FOLDER,
    **more: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a unit in `folder`, killed at the end of the block if it is still there.

    `places` says where in this test the paths of an installation are. Over `env` the unit's own variables win, and
    `more` over those.
    """

    def here(text: str) -> str:
        for installed, place in places.items():
            text = text.replace(installed, str(place))
        return text.replace("%i", "1")  # as the first instance

    (words,) = commands(unit, folder)
    words = [here(word) for word in words]
    given = {name: here(value) for name, value in variables(unit, folder).items()}
    (directory,) = service(unit, folder)["WorkingDirectory"]
    inherited: tuple[int, ...] = ()
    if listener is not None:
        words = [sys.executable, "-c", HAND_OVER, str(listener.fileno()), *words]
        inherited = (listener.fileno(),)
    process = subprocess.Popen(words, env={**env, **given, **more}, cwd=here(directory), pass_fds=inherited)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS)


def stop(unit: str, process: subprocess.Popen[bytes]) -> int:
    """The exit status after the signal and within the time of the unit."""
    options = service(unit)
    process.send_signal(signal.Signals[(options["KillSignal"] or ["SIGTERM"])[0]])
    return process.wait(int(options["TimeoutStopSec"][0]))
