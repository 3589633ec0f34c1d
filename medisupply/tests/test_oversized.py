"""A body that is too large for a page is refused in words, before anything reads it."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bulk_upload.tests.helpers.serving import exchange

pytestmark = pytest.mark.django_db
BIG = b"x" * 2_700_000


def logging_in() -> Client:
    """A browser that has the login page, and so its CSRF cookie."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/admin/login/")
    return client


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/nada", "/admin/catalog/product/add/"])
def test_a_form_with_a_file(settings, path, debug, caplog):
    settings.DEBUG = debug
    answer = logging_in().post(path, {"f": SimpleUploadedFile("a.csv", BIG)}, headers={"Accept-Language": "es"})
    assert answer.status_code == 413
    assert "Esta página no recibe archivos" in answer.content.decode()
    assert "<title>La petición es demasiado grande | MediSupply</title>" in answer.content.decode()
    assert answer["Content-Security-Policy"]
    assert "Traceback" not in caplog.text


def test_a_form_without_files(settings):
    kind = "application/x-www-form-urlencoded"
    assert logging_in().post("/admin/login/", b"username=" + BIG, content_type=kind).status_code == 413


def test_a_smaller_limit_of_files_holds_as_well(settings):
    settings.BULK_UPLOAD_MAX_BYTES = 1000
    answer = logging_in().post("/admin/login/", {"f": SimpleUploadedFile("a.csv", b"x" * 200_000)})
    assert answer.status_code == 413


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_json_that_would_fill_the_memory(aws, running_site):
    head = b"POST /api/v1/auth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\n"
    status, body = exchange(running_site(), head + b"Content-Length: 900000000\r\n\r\n{")
    assert (status, json.loads(body)["code"]) == (413, "request_too_large")
