"""What a real gunicorn writes: JSON lines, each with the name of its request, whatever the client sends."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing

import pytest
from rest_framework.authtoken.models import Token

from bulk_upload.api import status
from bulk_upload.tests.helpers.log_lines import lines_of, logged
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import multipart, served
from medisupply import health, readiness

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD = "/api/v1/catalog/items/bulk-upload?proveedor_id=PROV001"
PRODUCTION = {"DEBUG": "false", "SECURE_SSL_REDIRECT": "false", "LOG_LEVEL": "INFO"}


@pytest.fixture
def site(tmp_path, aws):
    """Gives the lines that a site in production writes while `ask` asks at its port."""

    def run(ask, *arguments, **variables):
        path, given = tmp_path / "web.log", {**PRODUCTION, **variables}
        with path.open("wb") as output, served(*arguments, output=output, **given) as port:
            ask(port)
        return lines_of(path.read_bytes())

    return run


def answer(port, method, path, body=None, **headers):
    """The status and the request's name."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        found = connection.getresponse()
        found.read()
        return found.status, found.headers["X-Request-ID"]


@pytest.mark.processes
class TestASite:
    def test_the_line_of_an_accepted_upload_links_request_and_task(self, site, user, supplier):
        body, kind = multipart([("file", "precios de enero.csv", csv_bytes([row(1)]))])
        token = f"Token {Token.objects.create(user=user).key}"

        def ask(port):
            sent = answer(port, "POST", UPLOAD, body, Authorization=token, Content_Type=kind, X_Request_ID="carga-0001")
            assert sent == (202, "carga-0001")

        lines = site(ask, "--access-logfile", "-")
        own = {line["event"]: line for line in lines if line.get("request_id") == "carga-0001"}
        accepted, answered = own["The upload is accepted"], own["The request is answered"]
        assert (accepted["supplier"], accepted["sheet"], accepted["format"]) == ("PROV001", "productos", "csv")
        assert accepted["task_id"] == str(supplier.uploads.get().pk)
        assert accepted["filename"] == "precios de enero.csv"
        assert (answered["request"], answered["code"]) == ("POST /api/v1/catalog/items/bulk-upload", 202)
        assert token not in str(lines)

    def test_gunicorns_own_lines_have_the_same_form(self, site):
        lines = site(lambda port: answer(port, "GET", "/health"), "--log-level", "info")
        said = [line["event"] for line in lines if line["logger"] == "gunicorn.error"]
        assert [text for text in said if text.startswith("Listening at: http://127.0.0.1:")]
        assert {"timestamp", "level", "event", "logger"} <= set.intersection(*(set(line) for line in lines))

    def test_a_hostile_request_writes_no_line_of_its_own(self, site):
        forged = '{"level": "critical", "event": "forged"}'

        def ask(port):
            path = "/api/v1/%0A%7B%22level%22:%20%22critical%22,%20%22event%22:%20%22forged%22%7D"
            headers = {"X_Request_ID": forged, "User_Agent": f"{forged}\x85{forged}", "Referer": forged}
            status, name = answer(port, "GET", f"{path}?x=%0A{path}", **headers)
            assert status == 404
            assert name != forged
            with socket.create_connection(("127.0.0.1", port), 10) as raw:
                raw.sendall(f"GET / HTTP/9.{forged}\r\n\r\n".encode())
                assert raw.recv(1000)

        lines = site(ask, "--access-logfile", "-", LOG_LEVEL="DEBUG")
        assert [line for line in lines if line["event"] == "forged" or line["level"] == "critical"] == []
        (finished,) = [line for line in lines if line["event"] == "request_finished"]
        assert (finished["request"], finished["code"]) == (f"GET /api/v1/\n{forged}", 404)
        (started,) = [line for line in lines if line["event"] == "request_started"]
        assert started["user_agent"] == f"{forged}\x85{forged}"
        (answered,) = [line for line in lines if line["event"] == "The request is answered"]
        assert started["request_id"] == finished["request_id"] == answered["request_id"]
        (refused,) = [line for line in lines if line["logger"] == "gunicorn.error"]
        assert refused["event"].startswith("Invalid request from ip=127.0.0.1")

    def test_for_people_too(self, tmp_path, aws):
        path = tmp_path / "web.log"
        with path.open("wb") as output, served("--access-logfile", "-", output=output) as port:
            answer(port, "GET", "/api/v1/%0A%1B[2Jforged")
        text = path.read_text()
        assert "[info     ] The request is answered" in text
        assert not [line for line in text.splitlines() if not line.isprintable() or line.startswith("forged")]


class TestARequest:
    def test_that_fails_unforeseen_is_one_line_with_its_name_and_traceback(self, api, monkeypatch, caplog):
        def broken(*_args, **_more):
            raise ZeroDivisionError("nobody thought of that")

        monkeypatch.setattr(status, "visible_snapshot", broken)
        api.raise_request_exception = False
        task = "00000000-0000-4000-8000-000000000000"
        answer = api.get(f"/api/catalog/bulk-upload/status/{task}?q=secreto", headers={"X-Request-ID": "fallo-0001"})
        assert answer.status_code == 500
        (line,) = [line for line in logged(caplog) if "exception" in line]
        assert (line["request_id"], line["task_id"]) == ("fallo-0001", task)
        assert line["request"] == f"GET /api/catalog/bulk-upload/status/{task}"
        assert "ZeroDivisionError: nobody thought of that" in line["exception"]
        assert "secreto" not in caplog.text

    def test_that_went_well_is_no_line(self, client, caplog):
        assert client.get("/api/v1/catalog/bulk-upload").status_code == 401
        caplog.clear()
        client.get("/health")
        assert logged(caplog) == []

    def test_leaves_nothing_to_the_next_one(self, client, caplog):
        for name in ("primera-1", "segunda-2"):
            client.get("/api/nada", headers={"X-Request-ID": name})
        assert [line["request_id"] for line in logged(caplog, "request_finished")] == ["primera-1", "segunda-2"]
        assert "task_id" not in str(logged(caplog))

    def test_that_asks_for_readiness_names_itself_where_something_is_amiss(self, client, caplog, monkeypatch):
        def broken():
            raise OSError("no route to host")

        monkeypatch.setattr(health, "readiness", readiness.Readiness([{"bucket": broken}]))
        client.get("/health/ready", headers={"X-Request-ID": "sondeo-01"})
        (line,) = logged(caplog, "A part of the system is not ready")
        assert (line["part"], line["request_id"], line["error"]) == ("bucket", "sondeo-01", "OSError: no route to host")
