"""gunicorn's threaded worker, for clients that send slowly or nothing: they occupy no thread until their head is there.

`/health` and `/metrics` have threads of their own. What a body may take is the matter of `medisupply.web.bodies`.
"""

from __future__ import annotations

import errno
import re
import selectors
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn import util
from gunicorn.errors import AppImportError
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from medisupply.environment.refusal import SettingsRefused

# Largest head of a request, in bytes: browsers and proxies send less than half of it.
MAX_HEAD_BYTES: Final = 32 * 1024
# For which the head of a request may arrive.
HEAD_SECONDS: Final = 20
# For which a client may take nothing of an answer.
SEND_SECONDS: Final = 30
# For which the rest of a body is awaited that nobody has read, and, after an answer that ends the connection,
# what the client is still sending.
DRAIN_SECONDS: Final = 0.05
LINGER_SECONDS: Final = 0.5
# Bytes of a body that gunicorn takes from a socket at once. Of the mebibyte that it would take it copies what is left
# each time that Django reads 64 KiB of it: a third of the time that a file of 16 MB took to be received.
SocketUnreader.max_body_chunk = 64 * 1024
MONITORING_THREADS: Final = 3
CLOSING_THREADS: Final = 4

HEAD_END: Final = b"\r\n\r\n"
# A monitor's question without a body: nothing in it can keep a thread waiting.
MONITORS: Final = rb"health|health/ready|api/v1/inventory/health|metrics"
MONITORING: Final = re.compile(rb"(GET|HEAD) /(" + MONITORS + rb")/?(\?\S*)? HTTP/1\.[01]\r\n")
BODY: Final = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:", re.IGNORECASE)
TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connection(TConn):
    """A client's connection. It is closed by `closing`, where it may take as long as the client still sends."""

    def __init__(self, closing: ThreadPoolExecutor, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.closing = closing
        self.head = b""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))

    @property
    def can_be_peeked(self) -> bool:
        """Behind a Unix socket is a proxy, which sends a head as a whole; TLS cannot be looked into."""
        return self.sock.family in (socket.AF_INET, socket.AF_INET6) and not self.cfg.is_ssl

    def peek(self) -> bool:
        """Look at what has arrived; whether it is new. Until more comes, the socket is not readable again."""
        seen = len(self.head)
        try:
            self.head = self.sock.recv(MAX_HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            return False
        self._readable_from(len(self.head) + 1)
        return len(self.head) > seen

    def has_head(self) -> bool:
        return HEAD_END in self.head

    def is_a_monitors(self) -> bool:
        """Whether it asks for health or metrics."""
        head, end, _rest = self.head.partition(HEAD_END)
        return bool(end and MONITORING.match(head + b"\r\n") and not BODY.search(head))

    def hand_over(self) -> None:
        """From now on a thread reads."""
        self._readable_from(1)
        self.head = b""
        self.data_ready = True

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self.closing.submit(util.close_graceful, self.sock, LINGER_SECONDS)
        else:
            util.close(self.sock)

    def _readable_from(self, count: int) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)


class Worker(ThreadWorker):
    """Hands a connection to a thread when the head of its request has arrived."""

    def init_process(self) -> None:
        self.monitoring_pool = ThreadPoolExecutor(MONITORING_THREADS, thread_name_prefix="monitoring")
        self.closing_pool = ThreadPoolExecutor(CLOSING_THREADS, thread_name_prefix="closing")
        super().init_process()

    def load_wsgi(self) -> None:
        """After a reload: gunicorn shows an `AppImportError` in words, and ends instead of starting the next worker."""
        try:
            super().load_wsgi()
        except SettingsRefused as error:
            raise AppImportError(str(error)) from error

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        self._wait(Connection(self.closing_pool, self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """A connection that was kept alive: its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn)

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:
        if conn.can_be_peeked and not self._is_complete(conn):
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self.enqueue_req(conn)

    def enqueue_req(self, conn: Connection) -> None:
        pool = self.monitoring_pool if conn.is_a_monitors() else self.tpool
        conn.hand_over()
        future = pool.submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def handle(self, conn: Connection) -> bool:
        """Serve a request, in a thread; whether the connection is kept alive."""
        return super().handle(conn) is True and not _begins_another(conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether another request may follow: not while a body that nobody read is still on its way."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))

    def _wait(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _is_complete(self, conn: Connection) -> bool:
        """Whether a thread can read the head. A connection that has ended, or whose head is too large, is closed."""
        is_new = conn.peek()
        if conn.has_head():
            return True
        if is_new and len(conn.head) < MAX_HEAD_BYTES:
            return False
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self.nr_conns -= 1
        if len(conn.head) >= MAX_HEAD_BYTES:
            with suppress(OSError):
                conn.sock.send(TOO_LARGE)
        conn.close(graceful=True)
        return False

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops waits no longer for connections that have sent no request."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def _begins_another(conn: Connection) -> bool:
    """Whether the connection has part of a next head already: a thread would have to wait for the rest."""
    ahead = conn.parser.unreader.buf.getvalue()
    return bool(ahead) and HEAD_END not in ahead
