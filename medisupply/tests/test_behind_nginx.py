"""The site behind nginx, with the configuration of production: what passes, what does not, and what is said then."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
import urllib3
from rest_framework.authtoken.models import Token

from bulk_upload import storage
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.nginx import HOST, PRODUCTION, nginx
from bulk_upload.tests.helpers.processes import free_port
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import exchange, multipart
from bulk_upload.tests.helpers.upload_api import URL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]


@pytest.fixture
def front(running_site, tmp_path):
    with nginx(tmp_path, running_site(**PRODUCTION)) as front:
        yield front


@pytest.fixture
def token(user):
    return {"Authorization": f"Token {Token.objects.create(user=user).key}"}


def test_an_upload_passes_and_is_accepted(front, token):
    content = csv_bytes([row(number) for number in range(1, 3000)])
    answer = front.ask("POST", URL, token, fields={"file": ("productos.csv", content)})
    assert answer.status == 202
    upload = BulkUpload.objects.get(pk=answer.json()["task_id"])
    assert b"".join(storage.stream(upload.s3_key)) == content


def test_a_form_in_chunks_passes_since_nginx_knows_its_length(front, token):
    body, kind = multipart([("file", "productos.csv", csv_bytes([row(1)]))])
    pieces = (body[start : start + 100] for start in range(0, len(body), 100))
    answer = front.ask("POST", URL, {**token, "Content-Type": kind}, body=pieces, chunked=True)
    assert answer.status == 202


def test_pages_know_that_they_were_asked_for_over_tls(front, running_site):
    """Without what nginx says of it they would lead to https again and again."""
    status, _ = exchange(
        running_site(**PRODUCTION), f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    )
    assert status == 301
    answer = front.ask("GET", "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/admin/")
    assert front.connect().version() == "TLSv1.3"


def test_hsts_is_sent_once(front):
    assert front.ask("GET", "/").headers.getlist("Strict-Transport-Security") == [
        "max-age=31536000; includeSubDomains; preload"
    ]


def test_http_leads_to_https_but_for_load_balancers(front):
    def ask(path, **headers):
        address = f"http://127.0.0.1:{front.http}{path}"
        return urllib3.request("GET", address, headers=headers, redirect=False, retries=False, timeout=60)

    forged = ask("/api/docs?a=1", Host="mala.example", **{"X-Forwarded-Proto": "https"})
    assert (forged.status, forged.headers["Location"]) == (301, f"https://{HOST}/api/docs?a=1")
    assert "Strict-Transport-Security" not in forged.headers
    assert ask("/health").json() == {"status": "ok"}
    assert ask("/health/ready").status == 200


def test_a_forged_address_is_counted_as_the_real_one(running_site, tmp_path):
    limits = {"API_THROTTLE_LOGIN": "2/day", "CACHE_KEY_PREFIX": f"forged-{uuid.uuid4()}"}
    wrong = {"username": "ana", "password": "mala"}

    def log_in(client, forged):
        headers = {"X-Forwarded-For": forged, "Forwarded": f"for={forged}", "X-Real-IP": forged}
        return front.ask("POST", "/api/v1/auth/token", headers, client, json=wrong).status

    with nginx(tmp_path, running_site(**PRODUCTION, **limits)) as front:
        tries = [log_in("127.0.0.1", f"203.0.113.{number}") for number in range(1, 4)]
        assert tries == [400, 400, 429]
        assert log_in("127.0.0.2", "127.0.0.1") == 400


@pytest.mark.parametrize("header", ["X-Forwarded-Ssl", "X-Forwarded-Protocol", "X-Forwarded-Proto"])
def test_a_forged_scheme_is_not_heard(front, header):
    assert front.ask("GET", "/api/schema", {header: "off"}).status == 200


def test_the_name_of_a_request_is_in_answer_and_log(front):
    given, strange = str(uuid.uuid4()), 'corto" \\ y raro'
    assert front.ask("GET", "/health", {"X-Request-ID": given}).headers["X-Request-ID"] == given
    made = front.ask("GET", "/api/nada?a=%22", {"X-Request-ID": strange, "User-Agent": 'a"b'}).headers["X-Request-ID"]
    assert len(made) == 32
    lines = [json.loads(line) for line in (front.folder / "medisupply.access.log").read_text().splitlines()]
    assert [(line["request_id"], line["status"]) for line in lines] == [(given, 200), (made, 404)]
    assert lines[1]["user_agent"] == 'a"b'
    assert lines[0]["address"] == "127.0.0.1"


def test_nobody_is_told_the_version_of_the_server(front):
    for path in ("/", "/metrics", "/health"):
        assert front.ask("GET", path, address="127.0.0.2").headers["Server"] == "nginx"


def test_metrics_are_for_this_server_only(front):
    for path in ("/metrics", "/metrics/", "//metrics", "/%6detrics"):
        assert front.ask("GET", path, address="127.0.0.2").status == 403
    assert front.ask("GET", "/metrics").status != 403


@pytest.mark.parametrize(("language", "sentence"), [("es", "MediSupply no responde"), ("en", "does not answer")])
def test_without_the_site_clients_are_told_to_come_back(tmp_path, language, sentence):
    with nginx(Path(tmp_path), free_port()) as front:
        program = front.ask("POST", URL, {"Accept-Language": language}, fields={"file": ("a.csv", b"a")})
        page = front.ask("GET", "/admin/")
    assert (program.status, program.json()["code"]) == (503, "unavailable")
    assert sentence in program.json()["message"]
    assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "Lo que ya se recibió no se pierde" in page.data.decode()
    for answer in (program, page):
        assert answer.headers["Retry-After"] == "5"
        assert len(answer.headers["X-Request-ID"]) == 32
