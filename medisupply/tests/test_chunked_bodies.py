"""Chunked bodies, as .NET, Java, Go and Node send them: read as any other, or refused; never taken for empty."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import exchange, multipart
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

ITEMS = "/api/v1/catalog/items"
SHORT_ITEMS = "/api/catalog/items"
NEW = {name: str(value) for name, value in row(7).items()}


def chunked(body: bytes, size: int = 50) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture
def port(supplier, run_import, running_site):
    run_import([row(1)])
    return running_site()


@pytest.fixture
def send(port, user):
    """Sends a chunked body with the token of a user; gives the status and the answer."""

    own = Token.objects.create(user=user).key

    def send(method, path, body, *, kind="application/json", token=None, raw=None):
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {kind}"]
        head += [
            "Transfer-Encoding: chunked",
            *([f"Authorization: Token {own if token is None else token}"] if token != "" else []),
        ]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer = exchange(port, "\r\n".join(head).encode() + b"\r\n\r\n" + (raw or chunked(data)))
        return status, json.loads(answer) if answer.startswith("{") else {}

    return send


def test_every_method_reads_them(send):
    status, changed = send("PATCH", f"{ITEMS}/PROD00001", {"nombre": "Por partes"})
    assert (status, changed["nombre"]) == (200, "Por partes")
    assert Product.objects.get(pk="PROD00001").nombre == "Por partes"
    assert send("POST", ITEMS, NEW)[0] == 201
    status, changed = send("PUT", f"{SHORT_ITEMS}/{NEW['id']}", {**NEW, "nombre": "Otra vez"})
    assert (status, changed["nombre"]) == (200, "Otra vez")
    assert send("DELETE", f"{ITEMS}/{NEW['id']}", b"")[0] == 204
    assert send("POST", f"{ITEMS}", {})[0] == 400


def test_the_login_reads_them(send, user):
    user.password = make_password("proveedor", hasher=PBKDF2PasswordHasher())  # the site knows no faster one
    user.save()
    known = {"username": "proveedor", "password": "proveedor"}
    assert send("POST", "/api/v1/auth/token", known, token="")[0] == 200
    form = b"username=proveedor&password=proveedor"
    kind = "application/x-www-form-urlencoded"
    assert send("POST", "/api/v1/auth/token", form, kind=kind, token="")[0] == 200


def test_too_much_is_refused(send):
    status, answer = send("PATCH", f"{ITEMS}/PROD00001", {}, raw=chunked(b" " * 3_000_000, 100_000))
    assert (status, answer["code"]) == (413, "request_too_large")


@pytest.mark.parametrize("raw", [b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}x\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n"])
def test_malformed_ones_are_refused(send, raw):
    assert send("PATCH", f"{ITEMS}/PROD00001", {}, raw=raw)[0] == 400


@pytest.mark.parametrize("path", [f"{ITEMS}/bulk-upload", f"{SHORT_ITEMS}/bulk-upload/"])
def test_files_need_their_length(send, path):
    body, kind = multipart([("file", "a.csv", csv_bytes([row(2)]))])
    status, answer = send("POST", path, body, kind=kind)
    assert (status, answer["code"]) == (411, "length_required")
    assert answer["errors"][0]["field"] == "Content-Length"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, f"{ITEMS}/PROD00001") for method in ("PATCH", "PUT", "DELETE")),
        ("POST", ITEMS),
        ("POST", "/api/v1/auth/token"),
    ],
)
def test_a_form_is_not_taken_for_an_empty_body(send, method, path):
    body, kind = multipart([("nombre", None, b"Por partes")])
    status, answer = send(method, path, body, kind=kind)
    assert (status, answer["code"]) == (411, "length_required")
    assert Product.objects.count() == 1


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/bulk_upload/bulkupload/add/"])
def test_pages_say_so_as_well(port, path):
    body, kind = multipart([("username", None, b"ana")])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\n"
    status, page = exchange(port, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body))
    assert (status, "Content-Length" in page) == (411, True)


def test_they_open_no_door(send, port, other_supplier):
    """Strangers are refused as otherwise, and nothing changes."""
    stranger = User.objects.create_user("ajeno")
    other_supplier.usuarios.add(stranger)
    nobody_s = User.objects.create_user("suelto", is_staff=True)
    tokens = [Token.objects.create(user=stranger).key, Token.objects.create(user=nobody_s).key, ""]
    path = f"{ITEMS}/{quote('PROD00001')}"
    for method in ("PATCH", "PUT", "DELETE"):
        assert [send(method, path, {"nombre": "x"}, token=token)[0] for token in tokens] == [404, 404, 401]
    new = f"{ITEMS}?proveedor_id=PROV001"
    assert [send("POST", new, NEW, token=token)[0] for token in tokens] == [403, 403, 401]
    assert list(Product.objects.values_list("id", "nombre")) == [("PROD00001", row(1)["nombre"])]
