"""A TCP proxy that stands before a real server (PostgreSQL, Redis, moto) and is a bad line on demand.

    with TcpProxy("postgres://postgres@127.0.0.1:5432/app") as proxy:
        proxy.url                    # the same address, through the proxy
        proxy.delay(0.2)             # each block, in each direction
        proxy.hang()                 # connections are accepted, nothing passes; `forward` lets it through
        proxy.cut()                  # connections end, new ones are closed at once
        proxy.cut_before(b"COMMIT")  # the client sends it: the server never gets it, the connection ends
        proxy.cut_after(b"COMMIT")   # the server gets it and answers; the client gets a dead connection
        proxy.forward()              # a good line again

A mode holds for connections that are open already, too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from enum import Enum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

BLOCK = 65_536


class Mode(Enum):
    FORWARD = "forward"
    HANG = "hang"
    CUT = "cut"


class TcpProxy:
    def __init__(self, url: str) -> None:
        """Listens on a free port of this machine for what is meant for the host and port in `url`."""
        address = urlsplit(url)
        self.target = (address.hostname or "127.0.0.1", address.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        credentials, at, _ = address.netloc.rpartition("@")
        self.url = address._replace(netloc=f"{credentials}{at}127.0.0.1:{self.port}").geturl()
        self.trap: Trap | None = None
        # Connections that `cut_before` and `cut_after` have ended.
        self.cuts = 0
        self.seconds = 0.0
        self._mode = Mode.FORWARD
        self._changed = threading.Condition()
        self._connections: set[_Connection] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    # --- Modes ---

    def forward(self) -> None:
        self._set(Mode.FORWARD)

    def delay(self, seconds: float) -> None:
        self._set(Mode.FORWARD, seconds=seconds)

    def hang(self) -> None:
        self._set(Mode.HANG)

    def cut(self) -> None:
        self._set(Mode.CUT)
        for connection in list(self._connections):
            connection.close()

    def cut_before(self, pattern: bytes, *, times: int = 1, stay_cut: bool = False) -> None:
        """End the next `times` connections whose client sends `pattern`, without passing it on.

        With `stay_cut` the last of them leaves the proxy in the mode of `cut`.
        """
        self._set(Mode.FORWARD, trap=Trap(pattern, times, stay_cut, is_passed_on=False))

    def cut_after(self, pattern: bytes, *, times: int = 1, stay_cut: bool = False) -> None:
        """End the next `times` connections whose client sends `pattern`, once the server has answered it."""
        self._set(Mode.FORWARD, trap=Trap(pattern, times, stay_cut, is_passed_on=True))

    def close(self) -> None:
        self.cut()
        # `close` alone does not wake up the thread that waits in `accept`.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- For the connections ---

    def wait_until_it_may_pass(self) -> None:
        time.sleep(self.seconds)
        with self._changed:
            self._changed.wait_for(lambda: self._mode is not Mode.HANG)

    def sprung(self, trap: Trap) -> None:
        """A trapped connection ends."""
        self.cuts += 1
        trap.times -= 1
        if trap.times <= 0 and self.trap is trap:
            self.trap = None
            if trap.stay_cut:
                self.cut()

    def ended(self, connection: _Connection) -> None:
        self._connections.discard(connection)

    def _set(self, mode: Mode, *, seconds: float = 0.0, trap: Trap | None = None) -> None:
        with self._changed:
            self._mode, self.seconds, self.trap = mode, seconds, trap
            self._changed.notify_all()

    def _accept(self) -> None:
        for client in _accepted(self._listener):
            try:
                if self._mode is Mode.CUT:
                    raise ConnectionResetError
                server = socket.create_connection(self.target, timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            connection = _Connection(self, client, server)
            self._connections.add(connection)
            connection.start()


class Trap:
    def __init__(self, pattern: bytes, times: int, stay_cut: bool, *, is_passed_on: bool) -> None:
        self.pattern = pattern
        self.times = times
        self.stay_cut = stay_cut
        self.is_passed_on = is_passed_on


class _Connection:
    """One client's connection and ours to the server: a thread for each direction."""

    def __init__(self, proxy: TcpProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        # Set once the client has sent the pattern: the next answer is not for it.
        self._trap: Trap | None = None

    def start(self) -> None:
        for pump in (self._from_client, self._from_server):
            threading.Thread(target=pump, daemon=True).start()

    def close(self) -> None:
        for side in (self._client, self._server):
            # Wakes up the other thread, which `close` alone does not.
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()
        self._proxy.ended(self)

    def _from_client(self) -> None:
        tail = b""
        for block in _received(self._client):
            trap = self._proxy.trap
            if trap and trap.pattern in tail + block:
                if not trap.is_passed_on:
                    self._proxy.sprung(trap)
                    break
                self._trap = trap
            tail = (tail + block)[-64:]
            if not self._pass(block, self._server):
                break
        self.close()

    def _from_server(self) -> None:
        for block in _received(self._server):
            if self._trap:
                self._proxy.sprung(self._trap)
                break
            if not self._pass(block, self._client):
                break
        self.close()

    def _pass(self, block: bytes, side: socket.socket) -> bool:
        self._proxy.wait_until_it_may_pass()
        try:
            side.sendall(block)
        except OSError:
            return False
        return True


def _received(side: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while block := side.recv(BLOCK):
            yield block


def _accepted(listener: socket.socket) -> Iterator[socket.socket]:
    with contextlib.suppress(OSError):
        while True:
            yield listener.accept()[0]
