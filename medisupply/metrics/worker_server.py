"""Answers Prometheus from within a worker, at a port of its own: `METRICS_PORT` plus the worker's number on its host.

One thread, which the import does not know and never waits for; it serves one client after another, for a few seconds
at most, so that nobody can occupy more of the worker than that.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from socketserver import TCPServer
from typing import Any, Final

from django.conf import settings
from prometheus_client import MetricsHandler, disable_created_metrics
from structlog.stdlib import get_logger

from medisupply.metrics.access import CHALLENGE, is_allowed
from medisupply.metrics.declared import WORKER

log = get_logger(__name__)

PATH: Final = "/metrics"
# In which a client must have sent its request and taken the answer.
CLIENT_SECONDS: Final = 3.0


def start() -> TCPServer | None:
    """Begin to answer. A port that cannot be had costs the metrics, not the worker."""
    # A second series for each one, for which nobody asks.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    for metric in WORKER:
        metric.start()
    port = settings.METRICS_PORT + settings.METRICS_WORKER_NUMBER
    try:
        server = Server((settings.METRICS_HOST, port), Handler)
    except OSError as error:
        log.error("The metrics of this worker are not served", host=settings.METRICS_HOST, port=port, error=error)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class Server(TCPServer):
    """No `HTTPServer`: that one asks the name service for its own name before it listens."""

    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.exception("A question for the metrics of this worker met a fault")


class Handler(MetricsHandler):
    """`/metrics` for those who have the token."""

    server_version = "MediSupply"
    sys_version = ""

    def handle(self) -> None:
        watch = threading.Timer(CLIENT_SECONDS, self._cut_off)
        watch.daemon = True
        watch.start()
        try:
            with suppress(OSError):  # cut off, or gone by itself
                super().handle()
        finally:
            watch.cancel()

    def do_GET(self) -> None:  # noqa: N802  # http.server's name
        if self.path.partition("?")[0] != PATH:
            self._refuse(404)
        elif not is_allowed(self.headers.get("Authorization", "")):
            self._refuse(401)
        else:
            super().do_GET()

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", CHALLENGE)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _cut_off(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
