"""The parent's side of a guarded child: start it, hear it out, know what its death means, end it."""

from __future__ import annotations

import fcntl
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Final, cast

from bulk_upload.problems import FileProblem
from bulk_upload.reading import wire
from bulk_upload.reading.waiting import EVERY, OnWait, Ticker, ignore_wait

logger = logging.getLogger(__name__)

CHILD: Final = "bulk_upload.reading.child"
# Seconds that it may take to start, on a machine that has no time for it.
START_SECONDS: Final = 120
_ROOT: Final = Path(__file__).resolve().parents[2]
# What an interpreter may need to start; the worker's secrets are not the child's business.
_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_READ_BYTES: Final = 256 * 1024
# What an ordinary user may ask Linux for (/proc/sys/fs/pipe-max-size).
_PIPE_BYTES: Final = 1024 * 1024
_LOGGED_BYTES: Final = 4096
# Seconds that a child which has closed its output may take to give its memory back.
_LAST_BREATH: Final = 10


class ReaderKilled(OSError):
    """The reader was killed by SIGKILL, which none of its own limits sends: most often by a system out of memory."""


class Child:
    """A guarded process that starts when this is made, reads one file when it is asked, and speaks as `wire` says.

    Make it on a thread that outlives it: the process dies with the thread that started it. Call `end` in
    any case.
    """

    def __init__(self) -> None:
        with ExitStack() as opened:
            self._complaints = opened.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                [sys.executable, "-m", CHILD, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                cwd=_ROOT,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                # Ctrl-C, and a stop of the worker's process group, are for the worker alone.
                process_group=0,
            )
            opened.pop_all()  # from now on `end` closes it
        _widen(cast(IO[bytes], self._process.stdout))
        self._ticker = Ticker(ignore_wait)
        self._patience = START_SECONDS
        self._heard = bytearray()
        self._ready = False

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: wire.Job, on_wait: OnWait) -> None:
        """Wait until it has started, and say what to read. Raises `OSError`: what goes wrong is no file's fault.

        From now on `on_wait` is called about once a second while it is waited for.
        """
        self._ticker = Ticker(on_wait)
        self.line()
        stdin = cast(IO[bytes], self._process.stdin)
        stdin.write(job.line())
        stdin.close()
        self._ready = True
        # Twice the CPU time that it may take: on a busy machine it waits for its turn.
        self._patience = 2 * job.limits.cpu_seconds

    def end(self) -> None:
        """Kill and reap it. What it wrote to standard error goes to the log."""
        self._process.kill()
        with self._process, self._complaints:
            self._process.wait()
            _log(self._complaints)

    def line(self) -> bytes:
        """The next message, as it was sent; waits for it.

        Raises `FileProblem` when the child died, or is silent for longer than its patience: it is the
        file that did it. `OSError` when it did not start, or was stopped from outside.
        """
        line = self._line()
        if line is None:
            raise self._death()
        return line

    def _line(self) -> bytes | None:
        """The next line without its end; `None` when no complete one will come."""
        output = cast(IO[bytes], self._process.stdout)
        searched = 0
        while (end := self._heard.find(b"\n", searched)) < 0:
            searched = len(self._heard)
            if searched > wire.MAX_MESSAGE:
                raise FileProblem("too_big_to_read")
            self._wait_for(output)
            data = os.read(output.fileno(), _READ_BYTES)
            if not data:
                return None
            self._heard += data
        line = bytes(self._heard[:end])
        del self._heard[: end + 1]
        return line

    def _wait_for(self, output: IO[bytes]) -> None:
        poll = select.poll()
        poll.register(output, select.POLLIN)
        silence = 0.0
        while not poll.poll(EVERY * 1000):
            self._ticker.tick()
            silence += EVERY
            if silence > self._patience:
                raise self._gave_up()
        self._ticker.tick()

    def _gave_up(self) -> Exception:
        return FileProblem("too_big_to_read") if self._ready else TimeoutError("the reader of files does not start")

    def _death(self) -> Exception:
        """Why the output ended too early, as what the reading raises."""
        try:
            status = self._process.wait(_LAST_BREATH)
        except subprocess.TimeoutExpired:
            return self._gave_up()
        if not self._ready:
            return OSError(f"the reader of files did not start (status {status})")
        if -status == signal.SIGKILL:
            return ReaderKilled("the reader of files was killed")
        if -status in _STOP_SIGNALS:
            return InterruptedError(f"the reader of files was stopped by signal {-status}")
        logger.warning("The reader of files died (status %s)", status)
        if status == wire.FAULT:
            return OSError("the reader of files met a fault which is not the file's")
        # By a signal: SIGXCPU at the CPU limit, an allocation that failed under the memory limit (Rust aborts),
        # a stack that overflowed.
        return FileProblem("too_big_to_read" if status < 0 else "damaged_file")


def _widen(pipe: IO[bytes]) -> None:
    """Make room for what the child has ready while its parent is busy with the database, where Linux allows it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _log(complaints: IO[bytes]) -> None:
    end = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, end - _LOGGED_BYTES))
    text = complaints.read().decode(errors="replace").strip()
    if text:
        logger.warning("The reader of files says: %s", text)
