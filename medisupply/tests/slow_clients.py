"""Clients that send next to nothing and stay connected, for tests over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

# What each of them sends first; a byte follows from time to time, or nothing.
HOST = b"Host: localhost\r\n"
FORM = HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
OPENINGS = {
    "token": b"POST /api/v1/auth/token HTTP/1.1\r\n" + FORM + b"Content-Length: 2000000\r\n\r\n",
    "login page": b"POST /admin/login/ HTTP/1.1\r\n" + FORM + b"Content-Length: 2000000\r\n\r\n",
    "chunked": b"POST /api/v1/auth/token HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n10000\r\n",
    "body of a GET": b"GET /api/schema HTTP/1.1\r\n" + HOST + b"Content-Length: 2000000\r\n\r\n",
    "body of an unknown address": b"POST /nada HTTP/1.1\r\n" + FORM + b"Content-Length: 2000000\r\n\r\n",
    "body of health": b"GET /health HTTP/1.1\r\n" + HOST + b"Content-Length: 2000000\r\n\r\n",
    "head": b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "second head": b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nX-A: ",
    "silence": b"",
}


@contextmanager
def dripping(
    port: int, opening: bytes, count: int, pause: float = 0.1, connect: Callable[[], socket.socket] | None = None
) -> Iterator[None]:
    """`count` connections that send `opening` and then one byte each `pause` seconds (silence: nothing).

    They are plain ones to `port` unless something else is to `connect`.
    """
    done = threading.Event()
    new = connect or (lambda: socket.create_connection(("127.0.0.1", port), 10))
    with ExitStack() as stack:
        connections = [stack.enter_context(new()) for _ in range(count)]

        def drip() -> None:
            while not done.wait(pause):
                for connection in connections:
                    with suppress(OSError):
                        connection.sendall(b"x")

        for connection in connections:
            connection.sendall(opening)
        thread = threading.Thread(target=drip, daemon=True)
        if opening:
            thread.start()
        try:
            yield
        finally:
            done.set()
            if opening:
                thread.join()


def seconds_of(port: int, path: str = "/health", timeout: float = 30) -> tuple[int, float]:
    """The status of a GET (0: none), and the seconds that it took."""
    began = time.monotonic()
    raw = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.settimeout(timeout)
        connection.sendall(raw)
        received = connection.recv(65536)
        return int(received.split()[1]) if received else 0, time.monotonic() - began
    return 0, time.monotonic() - began
