"""PostgreSQL is away: every door says so with 503 and when to come back, and works again afterwards."""

from __future__ import annotations

import http.client
import json
from contextlib import closing

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, InternalError, OperationalError, connection
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.processes import database_url
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import multipart, served
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy

API = "/api/v1/catalog/items"
UPLOAD = f"{API}/bulk-upload"


class Site:
    """The site under gunicorn, its line to PostgreSQL in the test's hands."""

    def __init__(self, port, proxy, headers):
        self._port = port
        self._headers = headers
        self.proxy = proxy

    def get(self, path, method="GET", body=None, **headers):
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as client:
            client.request(method, path, body, {**self._headers, **headers})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read().decode()


@pytest.fixture
def site(api, user, client):
    boss = User.objects.create_superuser("jefa", password="x")
    client.force_login(boss)
    headers = {
        "Authorization": f"Token {Token.objects.get(user=user).key}",
        "Cookie": f"sessionid={client.cookies['sessionid'].value}",
    }
    with (
        TcpProxy(database_url()) as proxy,
        served(DATABASE_URL=proxy.url) as port,
    ):
        yield Site(port, proxy, headers)


def assert_away(answer):
    status, headers, body = answer
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "Traceback" not in body
    return body


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no line to cut")
@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_while_postgresql_is_away_every_door_is_503_and_then_works_again(site, aws):
    form, kind = multipart([("file", "a.csv", csv_bytes([row(1)]))])
    assert (site.get(API)[0], site.get("/admin/catalog/product/")[0]) == (200, 200)
    site.proxy.cut()
    for answer in (
        site.get(API),
        site.get("/api/catalog/bulk-upload/status/5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90"),
        site.get(UPLOAD, "POST", form, **{"Content-Type": kind}),
        site.get(
            "/api/v1/auth/token", "POST", '{"username": "a", "password": "b"}', **{"Content-Type": "application/json"}
        ),
    ):
        assert json.loads(assert_away(answer))["code"] == "database_unavailable"
    for path in ("/admin/", "/admin/catalog/product/", "/admin/login/"):
        answer = site.get(path)
        if path != "/admin/login/" or answer[0] != 200:
            assert "La base de datos no responde" in assert_away(answer)
    site.proxy.forward()
    assert (site.get(API)[0], site.get("/admin/catalog/product/")[0]) == (200, 200)
    assert site.get(UPLOAD, "POST", form, **{"Content-Type": kind})[0] == 202


@pytest.mark.django_db
class TestInThisProcess:
    @pytest.fixture(autouse=True)
    def _a_test_sees_the_answer(self, client):
        client.raise_request_exception = False

    @pytest.mark.parametrize("error", [OperationalError, InterfaceError, InternalError])
    @pytest.mark.parametrize("debug", [True, False])
    def test_a_view_that_the_database_lets_down(self, client, monkeypatch, settings, debug, error):
        def away(*arguments, **more):
            raise error("the connection is closed")

        settings.DEBUG = debug
        monkeypatch.setattr("django.contrib.admin.sites.AdminSite.has_permission", away)
        answer = client.get("/admin/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")

    @pytest.mark.parametrize(("path", "kind"), [("/admin/login/", "text/html"), (API, "application/json")])
    def test_a_middleware_that_the_database_lets_down(self, client, monkeypatch, settings, path, kind):
        def away(*arguments):
            raise OperationalError("the connection is closed")

        settings.DEBUG = False
        monkeypatch.setattr(SessionMiddleware, "process_response", away)
        answer = client.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer["Content-Type"].startswith(kind)

    @pytest.mark.parametrize(("language", "sentence"), [("es", "no responde"), ("en", "does not answer")])
    def test_the_page_needs_no_database(self, client, monkeypatch, django_assert_num_queries, language, sentence):
        def away(*arguments, **more):
            raise OperationalError("the connection is closed")

        monkeypatch.setattr("django.contrib.admin.sites.AdminSite.has_permission", away)
        with django_assert_num_queries(0):
            page = client.get("/admin/", headers={"Accept-Language": language}).content.decode()
        assert sentence in page
