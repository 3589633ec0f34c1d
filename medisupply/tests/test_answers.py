"""What all answers have in common, over real sockets: they end their line and say how long they may be kept."""

from __future__ import annotations

import http.client
from contextlib import closing

import pytest
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aws")]

STATUS = "/api/catalog/bulk-upload/status"
ITEMS = "/api/v1/catalog/items"
NOBODY = "00000000-0000-4000-8000-000000000000"
FORM = "multipart/form-data; boundary=b"


@pytest.fixture
def ask(user, running_site):
    """Asks a running site; gives status, headers and body."""
    token = Token.objects.create(user=user).key
    variables = {"API_THROTTLE_LOGIN": "1/hour", "BULK_UPLOAD_MAX_BYTES": "1000"}
    port = running_site(**variables)

    def send(method, path, body=None, **headers):
        head = {"Authorization": f"Token {token}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    return send


def test_every_answer_of_the_api_ends_its_line_and_says_how_long_it_may_be_kept(ask):
    login = {"body": b"{}", "Content_Type": "application/json"}
    asked = {
        ("GET", ITEMS): (200, {}),
        ("GET", "/api/v1/catalog/categories"): (200, {}),
        ("GET", "/api/v1/catalog/bulk-upload/columns"): (200, {}),
        ("GET", "/api/schema"): (200, {}),
        ("POST", ITEMS): (400, {"body": b"[", "Content_Type": "application/json"}),
        ("POST", "/api/v1/auth/token"): (400, login),
        ("GET", f"{ITEMS}?page=x"): (401, {"Authorization": "Token no"}),
        ("GET", f"{STATUS}/{NOBODY}"): (404, {}),
        ("GET", "/api/nada"): (404, {}),
        ("PUT", ITEMS): (405, {}),
        ("POST", f"{ITEMS}/bulk-upload"): (413, {"body": b"x" * 100_000, "Content_Type": FORM}),
        ("POST", f"{ITEMS}?q=x"): (415, {"body": b"x", "Content_Type": "text/csv"}),
        ("POST", "/api/v1/auth/token/"): (429, login),
        ("GET", "/health"): (200, {}),
    }
    for (method, path), (expected, more) in asked.items():
        status, headers, body = ask(method, path, **more)
        assert (status, body[-1:], "Cache-Control" in headers) == (expected, b"\n", True), (method, path, body)


def test_a_state_is_asked_for_again_and_never_kept_without_asking(ask, accept):
    upload = accept(csv_bytes([row(1)]))
    status, headers, body = ask("GET", f"{STATUS}/{upload.pk}")
    assert (status, headers["Cache-Control"], body[-1:]) == (200, "private, no-cache", b"\n")
    status, headers, body = ask("GET", f"{STATUS}/{upload.pk}", If_None_Match=headers["ETag"])
    assert (status, headers["Cache-Control"], body) == (304, "private, no-cache", b"")


def test_an_answer_without_a_body_stays_without(ask, run_import):
    run_import([row(1)])
    status, headers, body = ask("DELETE", f"{ITEMS}/PROD00001")
    assert (status, headers["Cache-Control"], body) == (204, "no-store", b"")


def test_pages_have_it_too(ask):
    for path in ("/", "/nada", "/admin/login/"):
        assert "no-store" in ask("GET", path)[1]["Cache-Control"]


@pytest.mark.parametrize(("language", "sentence"), [("es", "revise que sea"), ("en", "check that")])
def test_an_unknown_task_says_what_to_check(ask, language, sentence):
    for task in (NOBODY, "nada"):
        for path in (f"{STATUS}/{task}", f"/api/v1/catalog/bulk-upload/{task}/errors"):
            status, _headers, body = ask("GET", path, Accept_Language=language)
            assert (status, sentence in body.decode()) == (404, True), body
