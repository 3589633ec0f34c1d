"""Clients that drip bytes, or send none, hold neither `/health` nor, for long, the rest of the site."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager
from http.client import HTTPResponse

import pytest

from bulk_upload.tests.helpers.serving import exchange
from medisupply import metrics_page
from medisupply.health import PAGES
from medisupply.tests.slow_clients import FORM, HOST, OPENINGS, dripping, seconds_of
from medisupply.web import gunicorn_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]


@contextmanager
def http(port):
    """Asks on one connection: a raw request → its status."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:

        def ask(raw):
            connection.sendall(raw)
            answer = HTTPResponse(connection)
            answer.begin()
            answer.read()
            return answer.status

        yield ask


@pytest.fixture
def port(running_site):
    """A site that has answered once: its process has started. It is the same for all, whatever clients did before."""
    seconds_of(port := running_site())
    return port


@pytest.mark.parametrize(("opening", "count"), [("token", 10), *((opening, 50) for opening in OPENINGS)])
def test_health_answers_at_once_beside_them(port, opening, count):
    asked = []
    with dripping(port, OPENINGS[opening], count):
        for _ in range(18):
            asked.append(seconds_of(port))
            time.sleep(0.05)
    assert [status for status, _seconds in asked] == [200] * 18
    assert max(seconds for _status, seconds in asked) < 3  # a body has 20 seconds


@pytest.mark.parametrize("opening", ["token", "chunked", "body of a GET", "head"])
def test_other_pages_answer_within_seconds(port, opening):
    with dripping(port, OPENINGS[opening], 10):
        status, seconds = seconds_of(port, "/api/v1/catalog/suppliers")
    assert status == 401
    assert seconds < 5


@pytest.mark.parametrize("name", ["token", "chunked"])
def test_one_that_is_too_slow_is_told_so(name, running_site):
    seconds_of(port := running_site(REQUEST_BODY_SECONDS=1))  # the first answer takes longer
    began = time.monotonic()
    status, body = exchange(port, OPENINGS[name] + b"x" * 100, pause=0.1, piece=len(OPENINGS[name]) // 2)
    assert (status, json.loads(body)["code"]) == (408, "request_timeout")
    assert time.monotonic() - began < 5


def test_one_alone_is_given_its_time(port):
    raw = b"POST /api/v1/auth/token HTTP/1.1\r\n" + FORM + b"Connection: close\r\nContent-Length: 25\r\n\r\n"
    status, body = exchange(port, raw + b"username=ana&password=mala", pause=0.1, piece=12)
    assert (status, json.loads(body)["code"]) == (400, "invalid")


def test_a_body_that_nobody_reads_is_not_waited_for(port):
    raw = b"GET /api/v1/catalog/suppliers HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000\r\n\r\n"
    began = time.monotonic()
    assert exchange(port, raw)[0] == 401
    assert time.monotonic() - began < 2


def test_a_head_that_never_ends_is_refused(port):
    assert exchange(port, b"GET /health HTTP/1.1\r\nX-A: " + b"x" * 100_000)[0] == 431


def test_a_head_in_pieces_is_a_head(port):
    raw = b"GET /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert exchange(port, raw, pause=0.02, piece=3)[0] == 200


def test_a_connection_serves_several_requests(port):
    """With bodies that were read, that were not, and none."""
    refused = b"POST /api/v1/catalog/items HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{}"
    read = b"POST /api/v1/auth/token HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Type: application/json\r\n"
    with http(port) as ask:
        assert [ask(raw) for raw in (refused, read + b"\r\n{}", refused)] == [401, 400, 401]


def test_a_client_that_takes_nothing_of_its_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(gunicorn_worker, "SEND_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, address = listener.accept()
        connection = gunicorn_worker.Connection(None, None, accepted, address, None)
        connection.sock.setblocking(True)  # as in a thread
        began = time.monotonic()
        with accepted, pytest.raises(BlockingIOError):
            connection.sock.sendall(b"x" * 50_000_000)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", [*PAGES, metrics_page.PATH])
def test_every_page_for_monitors_has_the_threads_for_them(path):
    assert gunicorn_worker.MONITORING.match(f"GET {path} HTTP/1.1\r\n".encode())
    assert not gunicorn_worker.MONITORING.match(f"GET {path}x HTTP/1.1\r\n".encode())
