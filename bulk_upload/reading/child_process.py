"""The parent's side of a guarded child: start it, read its messages, explain its death, end it."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import tempfile
import time
from contextlib import ExitStack, suppress
from typing import IO, Final

from structlog.stdlib import get_logger

from bulk_upload.reading import protocol
from bulk_upload.reading.fork_server import ForkServer
from bulk_upload.reading.heartbeat import EVERY, OnWait, Ticker, ignore_wait
from bulk_upload.sheet.problems import FileProblem

log = get_logger(__name__)

# Seconds that it may take to start, on a machine that has no time for it.
START_SECONDS: Final = 120
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_READ_BYTES: Final = 256 * 1024
# What an ordinary user may ask Linux for (/proc/sys/fs/pipe-max-size).
_PIPE_BYTES: Final = 1024 * 1024
_LOGGED_BYTES: Final = 3000
# Grace for the child to exit after it closed stdout, in seconds.
_EXIT_SECONDS: Final = 10
# Seconds between two looks whether it has exited.
_EXIT_POLL_SECONDS: Final = 0.01


class ReaderKilled(OSError):
    """The reader was killed by SIGKILL, which none of its own limits sends: most often by a system out of memory."""


class Child:
    """A guarded process that reads one file when it is asked, and speaks `protocol`. Call `end` in any case."""

    def __init__(self, server: ForkServer) -> None:
        """Raises `OSError` when there is no process to be had."""
        self._server = server
        with ExitStack() as opened:
            self._stderr = opened.enter_context(tempfile.TemporaryFile())
            (stdin, self._input), (self._output, stdout) = _pipe(), _pipe()
            for end in (self._input, self._output):
                opened.enter_context(end)
            _widen(self._output)
            with stdin, stdout:
                self._number = server.fork(stdin.fileno(), stdout.fileno(), self._stderr.fileno())
            self._opened = opened.pop_all()  # from now on `end` closes it
        self._ticker = Ticker(ignore_wait)
        self._timeout_seconds = START_SECONDS
        self._received = bytearray()
        self._ready = False

    def ask(self, job: protocol.Job, on_wait: OnWait) -> None:
        """Wait until it has started, and say what to read. Raises `OSError`: what goes wrong is no file's fault.

        From now on `on_wait` is called about once a second while it is waited for.
        """
        self._ticker = Ticker(on_wait)
        self.line()
        self._input.write(job.line())
        self._input.close()
        self._ready = True
        # Twice the CPU time that it may take: on a busy machine it waits for its turn.
        self._timeout_seconds = 2 * job.limits.cpu_seconds

    def end(self) -> None:
        """Kill and reap it. What it wrote to standard error goes to the log."""
        with self._opened:
            with suppress(OSError):  # with a server that is gone it is gone, too
                self._server.end(self._number)
            _log(self._stderr)

    def line(self) -> bytes:
        """The next message, as it was sent; waits for it.

        Raises `FileProblem` when the child died, or is silent for longer than its timeout: it is the
        file that did it. `OSError` when it did not start, or was stopped from outside.
        """
        line = self._line()
        if line is None:
            raise self._death()
        return line

    def has_line(self) -> bool:
        """Whether the next message is there already, or the end of its output: `line` need not wait."""
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        while b"\n" not in self._received:
            if len(self._received) > protocol.MAX_MESSAGE:
                return True
            if not poll.poll(0):
                return False
            data = os.read(self._output.fileno(), _READ_BYTES)
            if not data:
                return True
            self._received += data
        return True

    def _line(self) -> bytes | None:
        """The next line without its end; `None` when no complete one will come."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > protocol.MAX_MESSAGE:
                raise FileProblem("too_big_to_read")
            self._wait_for_more()
            data = os.read(self._output.fileno(), _READ_BYTES)
            if not data:
                return None
            self._received += data
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line

    def _wait_for_more(self) -> None:
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        silence = 0.0
        while not poll.poll(EVERY * 1000):
            self._ticker.tick()
            silence += EVERY
            if silence > self._timeout_seconds:
                raise self._gave_up()
        self._ticker.tick()

    def _gave_up(self) -> Exception:
        return FileProblem("too_big_to_read") if self._ready else TimeoutError("the reader of files does not start")

    def _death(self) -> Exception:
        """Why the output ended too early, as what the reading raises."""
        try:
            status = self._status()
        except OSError:
            status = -signal.SIGKILL  # together with its server
        if status is None:
            return self._gave_up()
        if not self._ready:
            return OSError(f"the reader of files did not start (status {status})")
        if -status == signal.SIGKILL:
            return ReaderKilled("the reader of files was killed")
        if -status in _STOP_SIGNALS:
            return InterruptedError(f"the reader of files was stopped by signal {-status}")
        log.warning("The reader of files died", exit_status=status)
        if status == protocol.FAULT:
            return OSError("the reader of files met a fault which is not the file's")
        # By a signal: SIGXCPU at the CPU limit, an allocation that failed under the memory limit (Rust aborts),
        # a stack that overflowed.
        return FileProblem("too_big_to_read" if status < 0 else "damaged_file")

    def _status(self) -> int | None:
        """Its exit status; `None` when it does not end."""
        deadline = time.monotonic() + _EXIT_SECONDS
        while (status := self._server.status(self._number)) is None and time.monotonic() < deadline:
            time.sleep(_EXIT_POLL_SECONDS)
        return status


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    """The end that is read, and the one that is written."""
    read, write = os.pipe()
    return os.fdopen(read, "rb", buffering=0), os.fdopen(write, "wb", buffering=0)


def _widen(pipe: IO[bytes]) -> None:
    """Make room for what the child has ready while its parent is busy with the database, where Linux allows it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _log(stderr: IO[bytes]) -> None:
    end = stderr.seek(0, os.SEEK_END)
    stderr.seek(max(0, end - _LOGGED_BYTES))
    text = stderr.read().decode(errors="replace").strip()
    if text:
        log.warning("The reader of files wrote to standard error", text=text)
