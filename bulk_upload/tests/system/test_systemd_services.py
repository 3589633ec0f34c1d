"""The commands of systemd's units, run as it runs them: with its environment, its socket and its signals."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from bulk_upload.tests.helpers.processes import environment, wait_for
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.systemd import SECONDS, running, stop
from deploy.tests.systemd_units import service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

WEB = "medisupply-web.service"
WORKER = "medisupply-worker@.service"


@pytest.fixture
def places(tmp_path):
    """Where an installation's paths are in this test."""
    programs = Path(sys.executable).parent
    return {
        "/opt/medisupply/.venv/bin": programs,
        "/opt/medisupply": settings.BASE_DIR,
        "/var/cache/medisupply": tmp_path,
    }


def test_the_worker_imports_and_leaves_with_0(accept, places):
    upload = accept(csv_bytes([row(1), row(2)]))
    with running(WORKER, places, environment()) as worker:
        wait_for(lambda: type(upload).objects.filter(pk=upload.pk, status="completed").exists())
        assert stop(WORKER, worker) == 0


@contextmanager
def notified(path):
    """A socket on which a service says that it is ready; gives what waits for that."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
        said.bind(str(path))
        said.settimeout(SECONDS)
        yield lambda: said.recv(1000).decode()


def ask(connection):
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


def answer(connection):
    return b"".join(iter(lambda: connection.recv(1000), b"")).partition(b"\r\n")[0]


def test_the_web_says_that_it_is_ready_and_nobody_is_refused_while_it_is_restarted(places, tmp_path):
    assert service(WEB)["Type"] == ["notify"]
    notify = tmp_path / "notify"
    with socket.create_server(("127.0.0.1", 0)) as listener, notified(notify) as said:

        def started():
            more = {"NOTIFY_SOCKET": str(notify), "WEB_CONCURRENCY": "1"}
            return running(WEB, places, environment(), listener=listener, **more)

        with started() as web:
            assert said().startswith("READY=1")
            with socket.create_connection(listener.getsockname(), SECONDS) as connection:
                ask(connection)
                assert answer(connection) == b"HTTP/1.1 200 OK"
            assert stop(WEB, web) == 0
        with socket.create_connection(listener.getsockname(), SECONDS) as early:
            ask(early)
            with started() as web:
                assert answer(early) == b"HTTP/1.1 200 OK"
                assert stop(WEB, web) == 0
