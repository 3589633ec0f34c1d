"""What every door of the API has in common: errors in words, a request id, limits, CORS, tokens, the docs page."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload.api import status
from bulk_upload.tests.helpers.log_lines import logged
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.api.throttles import parse_rate
from medisupply.backends import shared_cache

pytestmark = pytest.mark.django_db

UPLOADS = "/api/v1/catalog/bulk-upload"
ITEMS = "/api/v1/catalog/items"
TOKEN = "/api/v1/auth/token"


def log_in(client, data, **more):
    return client.post(TOKEN, data, content_type="application/json", **more)


def assert_error(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "errors"}
    assert answer.json()["message"]


class TestErrors:
    @pytest.fixture
    def broken(self, monkeypatch):
        def fail(*args, **more):
            raise ZeroDivisionError("secreto")

        monkeypatch.setattr(status, "visible_snapshot", fail)

    @pytest.mark.parametrize("debug", [True, False])
    def test_an_unforeseen_one_is_a_sentence_and_its_traceback_is_in_the_log(
        self, api, broken, caplog, settings, debug
    ):
        settings.DEBUG = debug
        api.raise_request_exception = False
        answer = api.get("/api/catalog/bulk-upload/x", headers={"X-Request-ID": "peticion-1"})
        assert_error(answer, 500, "server_error")
        assert "secreto" not in answer.content.decode()
        assert "ZeroDivisionError: secreto" in caplog.text

    @pytest.mark.parametrize("debug", [True, False])
    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nada", "/api/v1/catalog/nada", "/api/v2/catalog/items"])
    def test_an_address_that_does_not_exist(self, client, settings, path, debug):
        settings.DEBUG = debug
        assert_error(client.get(path), 404, "not_found")
        assert_error(client.post(path), 404, "not_found")

    def test_a_method_that_is_not_there(self, api, client):
        assert_error(api.put(ITEMS), 405, "method_not_allowed")
        assert_error(client.post("/api/schema"), 405, "method_not_allowed")

    def test_a_host_that_is_not_ours(self, client, settings):
        settings.DEBUG = False
        assert_error(client.get(ITEMS, headers={"Host": "mala.example"}), 400, "bad_request")

    def test_too_many_fields(self, api, settings):
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
        answer = api.post(f"{ITEMS}/bulk-upload", {str(n): "x" for n in range(3)})
        assert_error(answer, 400, "bad_request")

    def test_pages_outside_the_api_are_not_json(self, client, settings):
        settings.DEBUG = False
        assert client.get("/nada")["Content-Type"].startswith("text/html")

    def test_they_are_in_the_readers_language(self, client):
        answers = [
            client.get("/api/nada", headers={"Accept-Language": name}).json()["message"] for name in ("es", "en")
        ]
        assert answers == ["No se encontró lo que se pidió.", "What was asked for was not found."]


class TestRequestId:
    def test_every_answer_has_one(self, client):
        ids = {client.get("/health")["X-Request-ID"] for _ in range(3)}
        assert len(ids) == 3
        assert all(len(name) == 32 for name in ids)

    def test_a_sane_one_is_taken_over(self, client):
        assert client.get("/health", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == "abc-12345"

    @pytest.mark.parametrize("name", ["corto", "x" * 65, "con espacio 1", "línea-12345", "a\tb345678"])
    def test_one_that_could_spoil_the_log_is_not(self, client, name):
        assert client.get("/health", headers={"X-Request-ID": name})["X-Request-ID"] != name

    def test_it_stands_in_the_lines_of_the_log(self, client, caplog):
        client.get("/api/nada", headers={"X-Request-ID": "peticion-1"})
        (line,) = logged(caplog, "request_finished")
        assert (line["request_id"], line["request"], line["code"]) == ("peticion-1", "GET /api/nada", 404)


class TestLimits:
    @pytest.fixture(autouse=True)
    def _fresh(self, settings):
        settings.API_THROTTLES = {
            "all": "4/hour",
            "exports": "2/hour",
            "uploads": "2/hour",
            "status": "3/hour",
            "login": "2/hour",
        }
        settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"limits-{uuid4()}"}}

    @pytest.fixture
    def upload(self, accept, worker):
        """One that has ended, with a rejected row."""
        upload = accept(csv_bytes([row(1, nombre="")]))
        worker.step()
        return upload

    def test_uploads(self, api):
        answers = [api.post(f"{ITEMS}/bulk-upload") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [400, 400, 429]
        assert_error(answers[-1], 429, "throttled")
        seconds = int(answers[-1]["Retry-After"])
        assert 0 < seconds <= 3600
        assert answers[-1].json()["message"].startswith("Demasiadas peticiones: espere ")

    def test_status(self, api):
        codes = [api.get("/api/catalog/bulk-upload/status/x").status_code for _ in range(4)]
        assert codes == [404, 404, 404, 429]

    def test_all_other_addresses_together(self, api):
        codes = [api.get(f"/api/v1/catalog/{name}").status_code for name in ("items", "categories", "suppliers") * 2]
        assert codes == [200, 200, 200, 200, 429, 429]
        assert api.get("/api/catalog/bulk-upload/status/x").status_code == 404

    def test_strangers_are_counted_by_their_address(self, client):
        codes = [client.get("/api/schema").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 200, 429]

    def test_exports_of_the_api_and_the_admin_together(self, api, user, upload):
        errors = f"{UPLOADS}/{upload.pk}/errors"
        assert api.get(errors, {"format": "csv"}).status_code == 200
        assert api.get(f"{UPLOADS}/template").status_code == 200
        assert_error(api.get(errors, {"format": "json"}), 429, "throttled")
        assert api.get(errors).status_code == 200  # a page of a list is no export

    @pytest.mark.parametrize(
        "path",
        [
            "bulk_upload/bulkupload/{task}/archivo/",
            "bulk_upload/bulkupload/{task}/errores/csv/",
            "bulk_upload/bulkupload/plantilla/vacia/",
            "catalog/product/export/csv/",
        ],
    )
    def test_downloads_of_the_admin(self, upload, path):
        boss = Client(headers={"Accept-Language": "es"})
        boss.force_login(User.objects.create_superuser("jefa"))
        answers = [boss.get(f"/admin/{path.format(task=upload.pk)}") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 3600
        assert re.search(r"Espere \d+ segundos? y descargue", answers[-1].content.decode())

    def test_asking_whether_a_file_is_ready_is_no_export_but_taking_it_is(self, api, upload, worker, settings):
        settings.API_THROTTLES["status"] = ""
        address = f"{UPLOADS}/{upload.pk}/corrections"
        assert [api.get(address).status_code for _ in range(4)] == [202] * 4
        worker.step()
        assert [api.get(address).status_code for _ in range(3)] == [200, 200, 429]

    def test_each_user_has_its_own(self, api, other_supplier):
        stranger = APIClient()
        user = User.objects.create_user("otro")
        stranger.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
        for _ in range(4):
            api.get("/api/catalog/bulk-upload/status/x")
        assert stranger.get("/api/catalog/bulk-upload/status/x").status_code == 404

    def test_logins_from_one_address(self, client):
        codes = [log_in(client, {"username": f"u{n}", "password": "x"}).status_code for n in range(3)]
        assert codes == [400, 400, 429]

    def test_guesses_from_one_address_at_every_door(self, user, client):
        for _ in range(2):
            Client().post("/admin/login/", {"username": "proveedor", "password": "mal"})
        answer = log_in(client, {"username": "proveedor", "password": "proveedor"})
        assert_error(answer, 429, "throttled")
        assert 0 < int(answer["Retry-After"]) <= 3600
        page = Client(headers={"Accept-Language": "es"}).post("/admin/login/", {"username": "x", "password": "y"})
        assert re.search(r"Demasiados intentos desde su dirección: espere \d+ segundos", page.content.decode())

    def test_an_address_cannot_be_made_up(self, client, settings):
        for n in range(3):
            answer = log_in(client, {"username": f"u{n}"}, headers={"X-Forwarded-For": f"10.0.0.{n}"})
        assert answer.status_code == 429

    def test_without_redis_nobody_is_refused(self, api, client, no_redis):
        assert {api.post(f"{ITEMS}/bulk-upload").status_code for _ in range(4)} == {400}
        assert log_in(client, {"username": "proveedor", "password": "proveedor"}).status_code == 200

    def test_rates_are_read_in_every_unit(self):
        assert [parse_rate(rate) for rate in ("5/s", "6/min", "7/hour", "8/day")] == [
            (5, 1),
            (6, 60),
            (7, 3600),
            (8, 86400),
        ]

    def test_a_process_alone_counts_for_itself(self, settings):
        settings.REDIS_URL = ""
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        assert [shared_cache.count("uno", 60) for _ in range(3)] == [1, 2, 3]


class TestTokens:
    def test_name_and_password_give_the_token(self, user, client):
        answer = log_in(client, {"username": "proveedor", "password": "proveedor"})
        assert answer.json() == {"token": Token.objects.get(user=user).key}

    def test_a_wrong_password_is_refused_in_words(self, user, client):
        answer = log_in(client, {"username": "proveedor", "password": "mal"})
        assert_error(answer, 400, "invalid")
        assert answer.json()["errors"][0]["field"] == ""

    @pytest.mark.parametrize("header", ["Token nada", "Token", "Token a b", "Token ñ".encode().decode("latin-1")])
    @pytest.mark.parametrize("path", [ITEMS, "/api/catalog/bulk-upload/x"])
    def test_a_token_that_is_none_is_401(self, client, header, path):
        assert client.get(path, headers={"Authorization": header}).status_code == 401


class TestCors:
    def preflight(self, client, path=ITEMS):
        return client.options(
            path,
            headers={
                "Origin": "https://web.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,idempotency-key",
            },
        )

    def test_no_origin_is_open_by_default(self, client):
        assert not self.preflight(client).has_header("Access-Control-Allow-Origin")

    def test_a_named_origin_may_send_and_read_what_it_needs(self, client, settings):
        settings.CORS_ALLOWED_ORIGINS = ["https://web.example"]
        answer = self.preflight(client)
        assert answer["Access-Control-Allow-Origin"] == "https://web.example"
        assert {"authorization", "idempotency-key"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
        got = client.get(ITEMS, headers={"Origin": "https://web.example"})
        assert {"retry-after", "etag", "location"} <= set(got["Access-Control-Expose-Headers"].split(", "))
        assert not got.has_header("Access-Control-Allow-Credentials")

    def test_pages_outside_the_api_stay_closed(self, client, settings):
        settings.CORS_ALLOWED_ORIGINS = ["https://web.example"]
        assert not self.preflight(client, "/admin/").has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("method", ["get", "patch", "post"])
def test_an_address_that_no_view_has_is_404_in_json_for_every_method(method, db):
    response = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/catalog/items/%0Aa")
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
