"""The parent's side of a guarded child: start it, hear it out, know what its death means, end it."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from bulk_upload.problems import FileProblem
from bulk_upload.reading import wire
from bulk_upload.reading.waiting import EVERY, Ticker

logger = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).resolve().parents[2]
# What an interpreter may need to start; the worker's secrets are not the child's business.
_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_READ_BYTES: Final = 256 * 1024
_LOGGED_BYTES: Final = 4096
# Seconds that a child which has closed its output may take to give its memory back.
_LAST_BREATH: Final = 10


class Child:
    """A child that runs, and speaks as `wire` says."""

    def __init__(self, process: subprocess.Popen[bytes], ticker: Ticker, patience: float) -> None:
        self._process = process
        self._ticker = ticker
        self._patience = patience
        self._heard = bytearray()
        self._ready = False

    def message(self) -> wire.Message:
        """The next message; waits for it.

        Raises `FileProblem` when the child died, or is silent for longer than its patience: it is the
        file that did it. `OSError` when it did not start, or was stopped from outside.
        """
        line = self._line()
        if line is None:
            raise self._death()
        try:
            return wire.decode(line)
        except ValueError:
            logger.warning("The reader of workbooks sent no message but %r", line[:_LOGGED_BYTES])
            raise FileProblem("damaged_file") from None

    def expect_ready(self) -> None:
        """Wait until it is about to open the file. Raises `OSError`: whatever goes wrong is no file's fault."""
        self.message()
        self._ready = True

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
                raise FileProblem("too_big_to_read")
        self._ticker.tick()

    def _death(self) -> Exception:
        """Why the output ended too early, as what the reading raises."""
        try:
            status = self._process.wait(_LAST_BREATH)
        except subprocess.TimeoutExpired:
            return FileProblem("too_big_to_read")
        if not self._ready:
            return OSError(f"the reader of workbooks did not start (status {status})")
        if -status in _STOP_SIGNALS:
            return InterruptedError(f"the reader of workbooks was stopped by signal {-status}")
        logger.warning("The reader of workbooks died (status %s)", status)
        # By a signal: the CPU limit, an allocation that failed under the memory limit (Rust aborts),
        # a stack that overflowed, the system that ran out of memory.
        return FileProblem("too_big_to_read" if status < 0 else "damaged_file")


@contextmanager
def guarded_child(module: str, arguments: Sequence[str], ticker: Ticker, patience: float) -> Iterator[Child]:
    """Run ``python -m module arguments`` for as long as the context lasts; then it is killed and reaped.

    `patience` is in seconds of silence. What the child writes to standard error goes to the log.
    Call it on a thread that outlives the context: the child dies with the thread that started it.
    """
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            # Ctrl-C, and a stop of the worker's process group, are for the worker alone.
            process_group=0,
        )
        try:
            with process:
                try:
                    child = Child(process, ticker, patience)
                    child.expect_ready()
                    yield child
                finally:
                    process.kill()
        finally:
            _log(complaints)


def _log(complaints: IO[bytes]) -> None:
    end = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, end - _LOGGED_BYTES))
    text = complaints.read().decode(errors="replace").strip()
    if text:
        logger.warning("The reader of workbooks says: %s", text)
