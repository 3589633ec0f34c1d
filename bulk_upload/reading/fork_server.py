"""The parent's side of the process that guarded children are forked from.

A child that starts from nothing takes 0.09 s of CPU, more than the import of a few hundred rows. This process loads
once what reads files, reads none itself, and forks a child for each in a few milliseconds (as
`multiprocessing.forkserver` does, which takes no care of what its children may do and see).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bulk_upload.reading.protocol import Ask, Request

CHILD: Final = "bulk_upload.reading.child"
# Seconds that it may take to answer, on a machine that has no time for it; it may have to start first.
ANSWER_SECONDS: Final = 60
_ROOT: Final = Path(__file__).resolve().parents[2]
# Environment passed to the child: only what the interpreter needs.
_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")


class ForkServer:
    """Starts when this is made. The children are known by numbers, so that no process id is ever used too late.

    Make it on a thread that outlives it: the process dies with the thread that started it, and its children with it.
    Several threads may use it.
    Its methods raise `OSError` when it is gone or does not answer; then it is closed.
    """

    def __init__(self, modules: Sequence[str] = ()) -> None:
        """The process imports `modules` as well, for its children."""
        self._requests, theirs = socket.socketpair()
        self._requests.settimeout(ANSWER_SECONDS)
        # A question and its answer belong together.
        self._lock = threading.Lock()
        self._children = 0
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", CHILD, str(os.getpid()), *modules],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                    # Ctrl-C, and a stop of the worker's process group, are for the worker alone.
                    process_group=0,
                )
            except BaseException:
                self._requests.close()
                raise

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, stdin: int, stdout: int, stderr: int) -> int:
        """Start a child with these descriptors, which stay the caller's to close. Returns its number.

        Does not wait for it: when it could not be started, its output ends.
        """
        with self._lock:
            self._children += 1
            child = self._children
            try:
                socket.send_fds(self._requests, [Request(Ask.FORK, child).packed()], [stdin, stdout, stderr])
            except OSError as error:
                self.close()
                text = f"the process that forks readers of files did not start, or has ended: {error}"
                raise OSError(text) from error
        return child

    def status(self, child: int) -> int | None:
        """Its exit status, negative when a signal ended it; `None` while it lives. It can be asked once only."""
        return self._ask(Request(Ask.STATUS, child))

    def end(self, child: int) -> None:
        """Kill it, if it still lives, and reap it."""
        self._ask(Request(Ask.END, child))

    def close(self) -> None:
        """Kill the process, and with it all its children. It can be called again."""
        self._process.kill()
        self._process.wait()
        self._requests.close()

    def _ask(self, request: Request) -> int | None:
        with self._lock:
            try:
                self._requests.sendall(request.packed())
                return Request.answer(self._requests.recv(Request.ANSWER_BYTES))
            except OSError:
                self.close()
                raise
