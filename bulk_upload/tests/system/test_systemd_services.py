"""The commands of systemd's units, run as it runs them: with its environment, its socket and its signals."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from bulk_upload.tests.helpers.processes import environment, wait_for
from bulk_upload.tests.helpers.rows import csv_bytes, row
from deploy.tests.systemd_units import commands, service, variables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

INSTALLED = "/opt/medisupply/.venv/bin/"
SECONDS = 30
# What systemd does for the process that it starts for a socket: the first one is descriptor 3.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def running(unit, folder, *, listener=None, **more):
    """A service's process. It is ended with what the unit says; gives the process."""
    (words,) = commands(unit)
    words[0] = words[0].replace(INSTALLED, f"{Path(sys.executable).parent}/")
    given = variables(unit) | {"BULK_UPLOAD_TEMP_DIR": str(folder)} | more
    fds = {}
    if listener is not None:
        words = [sys.executable, "-c", HAND_OVER, str(listener.fileno()), *words]
        fds = {"pass_fds": [listener.fileno()]}
    process = subprocess.Popen(words, env=environment(**given), cwd=settings.BASE_DIR, **fds)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS)


def stop(unit, process):
    """The exit status after the signal and within the time of the unit."""
    process.send_signal(signal.Signals[(service(unit)["KillSignal"] or ["SIGTERM"])[0]])
    return process.wait(int(service(unit)["TimeoutStopSec"][0]))


def test_the_worker_imports_and_leaves_with_0(accept, tmp_path):
    upload = accept(csv_bytes([row(1), row(2)]))
    with running("medisupply-worker@.service", tmp_path) as worker:
        wait_for(lambda: type(upload).objects.filter(pk=upload.pk, status="completed").exists())
        assert stop("medisupply-worker@.service", worker) == 0


@contextmanager
def notified(folder):
    """A socket on which a service says that it is ready; gives what it has said so far."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
        said.bind(str(path))
        said.settimeout(SECONDS)
        yield lambda: said.recv(1000).decode()


def ask(connection):
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


def answer(connection):
    return b"".join(iter(lambda: connection.recv(1000), b"")).partition(b"\r\n")[0]


def test_the_web_takes_the_socket_says_that_it_is_ready_and_nobody_is_refused_while_it_is_restarted(tmp_path):
    unit = "medisupply-web.service"
    assert service(unit)["Type"] == ["notify"]
    with socket.create_server(("127.0.0.1", 0)) as listener, notified(tmp_path) as said:
        more = {"listener": listener, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WEB_CONCURRENCY": "1"}
        with running(unit, tmp_path, **more) as web:
            assert said().startswith("READY=1")
            with socket.create_connection(listener.getsockname(), SECONDS) as connection:
                ask(connection)
                assert answer(connection) == b"HTTP/1.1 200 OK"
            assert stop(unit, web) == 0
        with socket.create_connection(listener.getsockname(), SECONDS) as early:
            ask(early)
            with running(unit, tmp_path, **more) as web:
                assert answer(early) == b"HTTP/1.1 200 OK"
                assert stop(unit, web) == 0
