"""The site under gunicorn, as production runs it, for tests and measurements that need real sockets."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from bulk_upload.tests.helpers.processes import environment


@contextmanager
def served(
    *arguments: str, output: IO[bytes] | None = None, code: Path = settings.BASE_DIR, **variables: Any
) -> Iterator[int]:
    """A running site on this test's parts; gives its port. It is stopped at the end of the block.

    All that it writes goes to `output`, if given. `code` is the folder of the program, this one's or that of another
    release.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn_config.py", "--workers", "1"),
        *("--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1", "--log-level", "warning", *arguments),
        "medisupply.wsgi:application",
    ]
    env = environment(**variables)
    process = subprocess.Popen(command, env=env, cwd=code, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            assert process.poll() is None, "gunicorn has ended"
            assert time.monotonic() < deadline, "gunicorn did not answer"
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def multipart(parts: list[tuple[str, str | None, bytes]], boundary: str = "frontera") -> tuple[bytes, str]:
    """A form's body and its content type, from (field, file name, content); nothing is quoted or cleaned."""
    body = b""
    for field, name, content in parts:
        filename = f'; filename="{name}"' if name is not None else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"{filename}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def exchange(port: int, raw: bytes, *, pause: float = 0.0, piece: int = 0) -> tuple[int, str]:
    """Send raw bytes (in pieces, with pauses) and read the answer: its status and its body."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            for start in range(0, len(raw), piece or len(raw)):
                connection.sendall(raw[start : start + (piece or len(raw))])
                time.sleep(pause)
        except OSError:
            pass  # the answer came before the end of the request
        received = b""
        while block := _received(connection):
            received += block
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body.decode()


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""
