"""The bodies of requests, before Django sees them: each arrives within a limit of time, and has a length.

A body that drips would hold its thread for as long as it likes: a server of threads does not end it. So whoever reads
a body waits for it under a watch. What nobody reads is not waited for (see `medisupply.web.gunicorn_worker`).
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig

# A client slower than this is cut off.
SLOWEST_BYTES_PER_SECOND: Final = 20_000
# While more bodies than these are being waited for in one process, all of them have CROWDED_SECONDS and not
# REQUEST_BODY_SECONDS: half of the threads.
PATIENT_BODIES: Final = 4
CROWDED_SECONDS: Final = 2
# Between two looks of the watch.
LOOK_SECONDS: Final = 0.1
# What is read at once, in bytes: more as more has come, so that the pace of a slow start is seen early.
SMALLEST_PIECE: Final = 8 * 1024
LARGEST_PIECE: Final = 64 * 1024
# Methods whose body means something.
WRITING: Final = frozenset(["POST", "PUT", "PATCH", "DELETE"])

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class WatchedBodies:
    """WSGI middleware: gives the application bodies that end in time and have a length.

    A chunked body (HTTP/1.1 without Content-Length) is read first, as Django reads none without its length. A form
    with files is not: it may be large, and gets 411 (`medisupply.web.encoded_bodies`).
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if isinstance(connection, socket.socket):
            source = _Arrival(environ["wsgi.input"], connection)
            length = environ.get("CONTENT_LENGTH", "")
            if length.isdigit():
                environ["wsgi.input"] = _too_large(environ, int(length)) or Body(source, int(length))
            elif _is_to_be_read(environ):
                environ["wsgi.input"], environ["CONTENT_LENGTH"] = _whole(source)
                del environ["HTTP_TRANSFER_ENCODING"]
        return self._application(environ, start_response)


class Body:
    """A body of a known length, read in pieces under watch. A shorter one raises `OSError`: half is never all."""

    def __init__(self, source: _Arrival, length: int) -> None:
        self._source = source
        self._left = length

    def read(self, size: int = -1) -> bytes:
        pieces = []
        wanted = self._left if size < 0 else min(size, self._left)
        while wanted > 0:
            piece = self._counted(self._source.read(wanted))
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        return self._counted(self._source.read(wanted, by_line=True)) if wanted else b""

    def _counted(self, data: bytes) -> bytes:
        if not data:
            raise OSError("the body ended before its length, or came too slowly")
        self._left -= len(data)
        return data


class _Arrival:
    """What arrives on a connection, with the time for which it was waited for."""

    def __init__(self, stream: Any, connection: socket.socket) -> None:
        self._stream = stream
        self.connection = connection
        self.received = 0
        self.waited = 0.0
        self.since = 0.0
        self.expected = 0

    def read(self, size: int, *, by_line: bool = False) -> bytes:
        """At most `size` bytes; none when the client has stopped or was cut off."""
        self.expected = min(size, max(SMALLEST_PIECE, min(self.received, LARGEST_PIECE)))
        with _watch.on(self):
            data: bytes = (self._stream.readline if by_line else self._stream.read)(self.expected)
        self.received += len(data)
        return data

    def is_late(self, now: float, patience: float) -> bool:
        allowed = patience + (self.received + self.expected) / SLOWEST_BYTES_PER_SECOND
        return self.waited + now - self.since > allowed


class _Watch:
    """A thread that ends the reading of bodies that come too slowly.

    A blocked read can only be ended from outside: the receiving half of the socket is shut, so that the client still
    gets its answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrivals: set[_Arrival] = set()
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def on(self, arrival: _Arrival) -> Iterator[None]:
        arrival.since = time.monotonic()
        with self._lock:
            self._arrivals.add(arrival)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bodies", daemon=True)
                self._thread.start()
        if not self._some.is_set():
            self._some.set()
        try:
            yield
        finally:
            with self._lock:
                self._arrivals.discard(arrival)
            arrival.waited += time.monotonic() - arrival.since

    def _run(self) -> None:
        while True:
            self._some.wait()
            time.sleep(LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        now = time.monotonic()
        with self._lock:
            if not self._arrivals:
                self._some.clear()
            patience = settings.REQUEST_BODY_SECONDS
            if len(self._arrivals) > PATIENT_BODIES:
                patience = min(patience, CROWDED_SECONDS)
            for arrival in self._arrivals:
                if arrival.is_late(now, patience):
                    _stop_reading(arrival.connection)


_watch: Final = _Watch()


class _Broken:
    """A body that cannot be had: reading it raises what happened."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, size: int = -1) -> bytes:
        raise self._error

    readline = read


def _is_form_with_files(environ: Environ) -> bool:
    kind: str = environ.get("CONTENT_TYPE", "")
    return kind.lower().startswith("multipart/")


def _too_large(environ: Environ, length: int) -> _Broken | None:
    """What stands for a body that would be kept in memory, and is too large for it."""
    if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE or _is_form_with_files(environ):
        return None
    return _Broken(RequestDataTooBig(f"a body of {length} bytes"))


def _is_to_be_read(environ: Environ) -> bool:
    """Whether the server hands on a chunked body, and it is no form with files."""
    return (
        "HTTP_TRANSFER_ENCODING" in environ
        and bool(environ.get("wsgi.input_terminated"))
        and environ["REQUEST_METHOD"] in WRITING
        and not _is_form_with_files(environ)
    )


def _whole(source: _Arrival) -> tuple[Any, str]:
    """A chunked body of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, and its length."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    data = bytearray()
    try:
        while piece := source.read(limit + 1 - len(data)):
            data += piece
            if len(data) > limit:
                return _Broken(RequestDataTooBig("a chunked body beyond the limit")), str(len(data))
    except OSError as error:
        # It ended before its last chunk, or came too slowly. gunicorn itself answers malformed chunks, with 400.
        return _Broken(OSError(f"a chunked body that cannot be read: {error!r}")), str(max(1, len(data)))
    return io.BytesIO(bytes(data)), str(len(data))


def _stop_reading(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        return  # the client has gone by itself
