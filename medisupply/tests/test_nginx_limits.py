"""What nginx keeps from the site: bodies that drip, bodies that are too large, and too many from one address."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPResponse
from pathlib import Path

import pytest
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.nginx import HOST, PRODUCTION, nginx
from bulk_upload.tests.helpers.serving import exchange, served
from bulk_upload.tests.helpers.upload_api import URL
from deploy import gunicorn_config
from medisupply.tests.slow_clients import dripping

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

HUGE = 300 * 1024 * 1024
ADMIN = "/admin/bulk_upload/bulkupload/add/"


@pytest.fixture
def port(running_site):
    return running_site(**PRODUCTION)


@pytest.fixture
def front(port, tmp_path):
    with nginx(tmp_path, port) as front:
        yield front


def head(path, *lines, length=HUGE, kind="multipart/form-data; boundary=frontera"):
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", f"Content-Type: {kind}", f"Content-Length: {length}", *lines]
    return "\r\n".join([*lines, "", ""]).encode()


def send(front, raw, address="127.0.0.1"):
    """The answer to raw bytes: status, headers, text."""
    with front.connect(address) as connection:
        connection.sendall(raw)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers, answer.read().decode()


# --- Bodies that drip --------------------------------------------------------------------------


@contextmanager
def two_hundred(front, path):
    """Uploads that send a byte from time to time, ten from each of twenty addresses."""
    with ExitStack() as stack:
        for number in range(20):
            connect = partial(front.connect, f"127.0.0.{number + 10}")
            stack.enter_context(dripping(front.https, head(path, length=2_000_000), 10, connect=connect))
        yield


def connections_to(port):
    """How many connections there are to a port of this machine, as Linux tells."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(remote.endswith(f":{port:04X}") and state == "01" for _, _, remote, state, *_ in lines)


@pytest.mark.parametrize("path", [URL, ADMIN])
def test_two_hundred_that_drip_reach_no_thread_of_the_site(tmp_path, path):
    with served(**PRODUCTION) as port, nginx(tmp_path, port) as front, two_hundred(front, path):
        assert front.ask("GET", "/health").status == 200
        # Of all, gunicorn has those that have just been asked over. Later it would have cut off the others itself.
        assert connections_to(port) < gunicorn_config.threads
        pages = ["/health", "/health/ready", "/", "/api/v1/catalog/suppliers", "/api/schema"] * 2
        assert [front.ask("GET", page).status for page in pages] == [200, 200, 302, 401, 200] * 2


# --- Too large ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("path", "length", "kind"),
    [
        (URL, HUGE, "multipart/form-data; boundary=frontera"),
        ("/api/catalog/items/bulk-upload", HUGE, "multipart/form-data; boundary=frontera"),
        ("/api/v1/inventory/bulk-upload/", HUGE, "multipart/form-data; boundary=frontera"),
        ("/api/v1/auth/token", 10_000_000, "application/json"),
        ("/api/v1/catalog/items", 10_000_000, "application/json"),
    ],
)
def test_a_client_of_the_api_is_told_what_the_site_would_say(front, port, user, path, length, kind, language):
    token = Token.objects.create(user=user).key
    lines = [f"Authorization: Token {token}", f"Accept-Language: {language}", "X-Forwarded-Proto: https"]
    raw = head(path, *lines, "Connection: close", length=length, kind=kind)
    status, headers, body = send(front, raw)
    assert (status, headers["Content-Type"]) == (413, "application/json")
    said_by_the_site = exchange(port, raw)
    assert (status, json.loads(body)) == (said_by_the_site[0], json.loads(said_by_the_site[1]))


@pytest.mark.parametrize(("path", "length"), [(ADMIN, HUGE), ("/admin/login/", 10_000_000)])
def test_people_are_told_so_by_a_page(front, path, length):
    status, headers, page = send(front, head(path, length=length))
    assert (status, headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "Un archivo puede tener 200 MB como máximo: divídalo en varios." in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


# --- Too many ----------------------------------------------------------------------------------


def test_of_one_address_no_more_than_twenty_files_come_at_once(front):
    with dripping(front.https, head(URL, length=2_000_000), 20, connect=front.connect):
        status, headers, body = send(front, head(URL, length=2_000_000))
        assert (status, json.loads(body)["code"], headers["Retry-After"]) == (429, "throttled", "5")
        status, headers, page = send(front, head(ADMIN, length=2_000_000))
        assert (status, headers["Retry-After"]) == (429, "5")
        assert "Llegaron demasiadas peticiones desde su dirección" in page
        assert front.ask("GET", "/health").status == 200


def test_requests_of_one_address_are_limited_and_those_of_load_balancers_are_not(front):
    """An address that nginx answers itself, and so fast that the limit is met on any machine."""
    assert statuses(front, "/health", 400) == [200] * 400
    found = statuses(front, "/metrics", 400)
    assert found[:200] == [403] * 200
    assert found[-1] == 429


def statuses(front, path, count):
    """Of so many requests, one after another on one connection."""
    ask = f"HEAD {path} HTTP/1.1\r\nHost: {HOST}\r\n".encode()
    with front.connect("127.0.0.2") as connection:
        connection.sendall((ask + b"\r\n") * (count - 1) + ask + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(line.split()[1]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
