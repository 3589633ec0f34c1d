"""Every service may go away in the middle of an import and come back: all uploads end, none twice."""

from __future__ import annotations

import os
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.outcomes import clear, ended, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import supervised, wait_for
from bulk_upload.tests.helpers.queues import empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.valkey import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS = 9_000


@pytest.fixture
def send(accept, supplier):
    def run() -> BulkUpload:
        clear()
        prepare_catalogue(ROWS, supplier)
        return accept(eventful_file(ROWS), replace=True)

    return run


def under_way(upload):
    return BulkUpload.objects.filter(pk=upload.pk, exitosos__gt=0, completed_at=None).exists()


def test_the_cache_dies_and_comes_back_empty(send):
    valkey = Valkey()
    try:
        with supervised(1, REDIS_URL=valkey.url):
            upload = send()
            wait_for(lambda: ended(upload))
            expected = outcome(upload)
            upload = send()
            wait_for(lambda: under_way(upload))
            valkey.kill()
            time.sleep(0.5)
            valkey.start()
            wait_for(lambda: ended(upload))
            assert outcome(upload) == expected
            assert upload.claim_number == 1  # the import did not even notice
    finally:
        valkey.kill()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections to lose")
def test_postgresql_ends_the_connections_in_the_middle_of_chunks(send):
    with supervised(1):
        upload = send()
        wait_for(lambda: ended(upload))
        expected = outcome(upload)
        upload = send()
        for _ in range(3):
            progress = BulkUpload.objects.get(pk=upload.pk).next_row
            wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).next_row > progress or ended(upload))  # noqa: B023
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        wait_for(lambda: ended(upload), 60)
        wait_for(empty_queue)
    assert outcome(upload) == expected
    assert upload.claim_number > 1


class FaultyProxy:
    """Stands before moto; while `s3_down` or `sqs_down` is set it answers 500 for that service."""

    def __init__(self, target: str) -> None:
        self.s3_down = self.sqs_down = False
        self.refused = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_sqs = "AmazonSQS" in self.headers.get("X-Amz-Target", "")
                if proxy.sqs_down if is_sqs else proxy.s3_down:
                    proxy.refused += 1
                    self._answer(500, {}, b"")
                    return
                request = urllib.request.Request(  # noqa: S310  # always moto
                    target + self.path, data=body or None, headers=dict(self.headers), method=self.command
                )
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                        self._answer(answer.status, dict(answer.headers), answer.read())
                except urllib.error.HTTPError as error:
                    self._answer(error.code, dict(error.headers), error.read())

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                length = headers.get("Content-Length", str(len(body))) if self.command == "HEAD" else str(len(body))
                self.send_header("Content-Length", length)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *args: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def proxy():
    proxy = FaultyProxy(os.environ["AWS_ENDPOINT_URL"])
    yield proxy
    proxy.server.shutdown()
    proxy.server.server_close()


def test_s3_and_sqs_fail_for_ten_seconds(accept, proxy):
    with supervised(2, AWS_ENDPOINT_URL=proxy.url):
        proxy.s3_down = proxy.sqs_down = True
        uploads = [accept(csv_bytes([row(n)])) for n in range(1, 4)]
        wait_for(lambda: proxy.refused > 0, 60)  # the workers have started
        time.sleep(5)
        proxy.sqs_down = False  # messages arrive, but the files cannot be had
        time.sleep(5)
        proxy.s3_down = False
        wait_for(lambda: all(ended(upload) for upload in uploads), 60)
        wait_for(empty_queue)
    for upload in uploads:
        upload.refresh_from_db()
        assert (upload.status, upload.creados, upload.total) == ("completed", 1, 1)
