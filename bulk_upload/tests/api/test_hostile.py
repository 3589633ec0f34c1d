"""What strangers send: each is refused with a sentence, and nothing is left in S3 or the database."""

from __future__ import annotations

import json
import socket

import pytest
from rest_framework.authtoken.models import Token

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import exchange, multipart, served
from bulk_upload.tests.helpers.upload_api import refused, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

URL = "/api/v1/catalog/items/bulk-upload"
GOOD = csv_bytes([row(1)])


@pytest.fixture(autouse=True)
def _nothing_left(aws):
    before = stored()
    yield
    assert stored() == before
    assert BulkUpload.objects.count() == 0


def post(api, *parts):
    body, kind = multipart(list(parts))
    return api.generic("POST", f"{URL}?proveedor_id=PROV001", body, content_type=kind)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.csv",
        "..\\\\..\\\\precios.csv",
        "/etc/precios.csv",
        "C:\\\\precios.csv",
        "..%2f..%2fprecios.csv",
        "precios%00.csv",
        "precios.xlsx%00.csv",
        "a\x00b.csv",
        "a\x1b[2J.csv",
        "x" * 300 + ".csv",
        "precios\u202ecsv.exe.csv",
        "precios\u200f.csv",
        "con.xlsx",
        "CON.csv",
        "aux",
        "lpt1.csv",
    ],
)
def test_a_file_name_that_is_more_than_a_name(api, name):
    refused(post(api, ("file", name, GOOD)), 400, "bad_filename")


def test_two_files_in_one_request(api):
    refused(post(api, ("file", "a.csv", GOOD), ("file", "b.csv", GOOD)), 400, "too_many_files")
    refused(post(api, ("file", "a.csv", GOOD), ("otro", "b.csv", GOOD)), 400, "too_many_files")


def test_a_field_named_otherwise_is_named_in_the_answer(api):
    answer = post(api, ("archivo", "a.csv", GOOD))
    refused(answer, 400, "file_required")
    assert "«archivo»" in answer.json()["message"]
    assert "«file»" in answer.json()["message"]


def test_a_file_that_is_only_a_text_field(api):
    refused(post(api, ("file", None, GOOD)), 400, "file_required")


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/octet-stream", "", "multipart/mixed"])
def test_a_wrong_content_type(api, kind):
    refused(api.generic("POST", URL, GOOD, content_type=kind), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("boundary", "status", "code"),
    [("", 400, "parse_error"), ("; boundary=" + "x" * 300, 415, "unsupported_media_type")],
)
def test_a_form_without_a_usable_boundary(api, boundary, status, code):
    answer = api.generic("POST", URL, GOOD, content_type=f"multipart/form-data{boundary}")
    refused(answer, status, code)


@pytest.mark.django_db(transaction=True)
class TestOverRealSockets:
    @pytest.fixture
    def head(self, user):
        token = Token.objects.create(user=user).key

        def make(*lines, kind="multipart/form-data; boundary=frontera"):
            head = ["POST /api/v1/catalog/items/bulk-upload HTTP/1.1", "Host: localhost", "Connection: close"]
            head += [f"Authorization: Token {token}", f"Content-Type: {kind}", *lines]
            return "\r\n".join(head).encode() + b"\r\n\r\n"

        return make

    def assert_refused(self, answer, status, code):
        assert (answer[0], json.loads(answer[1])["code"]) == (status, code)
        assert json.loads(answer[1])["message"]

    def test_chunked_without_a_length(self, head, running_site):
        body, _kind = multipart([("file", "a.csv", GOOD)])
        chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        answer = exchange(running_site(), head("Transfer-Encoding: chunked") + chunked)
        self.assert_refused(answer, 411, "length_required")

    @pytest.mark.parametrize("trickle", [False, True], ids=["stalled", "trickling"])
    def test_a_body_too_slow_to_wait_for(self, head, trickle, running_site):
        """Whether it stops altogether or drips on for ever, the client gets its answer and the thread is free."""
        body, _kind = multipart([("file", "a.csv", GOOD)])
        raw = head(f"Content-Length: {len(body)}") + body[:-1]
        port = running_site(REQUEST_BODY_SECONDS=1)
        answer = exchange(port, raw[:-40]) if not trickle else exchange(port, raw, pause=0.05, piece=12)
        self.assert_refused(answer, 408, "request_timeout")
        assert exchange(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200

    def test_half_a_file_is_never_taken_for_a_whole_one(self, head, running_site):
        """Its length was announced, and the client left before."""
        body, _kind = multipart([("file", "a.csv", GOOD)])
        with socket.create_connection(("127.0.0.1", running_site()), timeout=10) as connection:
            connection.sendall(head(f"Content-Length: {len(body)}") + body[:-30])
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536).decode()
        assert answer.startswith("HTTP/1.1 408")

    def test_a_length_beyond_the_limit_is_refused_before_the_body_is_sent(self, head):
        with served(BULK_UPLOAD_MAX_BYTES=1000) as port:
            answer = exchange(port, head("Content-Length: 900000000"))
        self.assert_refused(answer, 413, "file_too_large")

    def test_a_file_over_the_limit_gets_its_answer_although_it_is_still_being_sent(self, head):
        body, _kind = multipart([("file", "a.csv", b"x" * 5_000_000)])
        with served(BULK_UPLOAD_MAX_BYTES=1_000_000) as port:
            answer = exchange(port, head(f"Content-Length: {len(body)}") + body)
        self.assert_refused(answer, 413, "file_too_large")
