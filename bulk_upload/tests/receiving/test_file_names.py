"""File names as programs send them, over real sockets: both doors read them alike, or refuse them in words."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest
from rest_framework.authtoken.models import Token

from bulk_upload.models import BulkUpload
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.receiving.multipart import _Utf8Headers
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, person, signed_in
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import exchange

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aws")]

BOUNDARY = b"frontera"
# What stands behind `filename` in the part's header, and the name that the upload then has.
CLEANED = {
    "emoji with a joiner": ('="👩\u200d⚕️ lista.csv"'.encode(), "👩⚕️ lista.csv"),
    "soft hyphen": ('="cat\u00adálogo.csv"'.encode(), "catálogo.csv"),
    "mark of direction at the beginning": ('="\u200eprecios.csv"'.encode(), "precios.csv"),
    "colon": (b'="precios 10:30.csv"', "precios 10-30.csv"),
    "encoded control character": (b'="precios%05.csv"', "precios.csv"),
    "encoded line end": (b'="precios%0D%0A2026.csv"', "precios2026.csv"),
    "encoded quotation mark": (b'="precios %22oferta%22.csv"', 'precios "oferta".csv'),
    "escaped quotation mark": (b'="precios \\"oferta\\".csv"', 'precios "oferta".csv'),
    "percent sign": (b'="100%.csv"', "100%.csv"),
    "non-breaking blank": ('="precios\u00a02026.csv"'.encode(), "precios 2026.csv"),
    "UTF-8": ('="catálogo ñandú.csv"'.encode(), "catálogo ñandú.csv"),
    "decomposed": ('="cata\u0301logo.csv"'.encode(), "catálogo.csv"),
    "Latin-1": ('="catálogo ñandú.csv"'.encode("latin-1"), "catálogo ñandú.csv"),
    "Windows-1252": ('="precios en € – 2026.csv"'.encode("cp1252"), "precios en € – 2026.csv"),
    "RFC 5987": (b"*=UTF-8''cat%C3%A1logo.csv", "catálogo.csv"),
    "RFC 5987 in Latin-1": (b"*=ISO-8859-1''cat%E1logo.csv", "catálogo.csv"),
    "RFC 5987 in an unknown encoding": (b"*=nada''cat%C3%A1logo.csv", "catálogo.csv"),
    "both forms": (b"=\"catalogo.csv\"; filename*=UTF-8''cat%C3%A1logo.csv", "catálogo.csv"),
    "very long": (b'="' + b"x" * 250 + b'.csv"', "x" * 196 + ".csv"),
}
REFUSED = {
    "path": (b'="../precios.csv"', "rutas"),
    "encoded path": (b'="..%2Fprecios.csv"', "rutas"),
    "path of Windows": (b'="C:\\\\datos\\\\precios.csv"', "rutas"),
    "turned around": ('="precios\u202evsc.exe.csv"'.encode(), "marcas de dirección"),
    "device": (b'="con.csv"', "reservado"),
    "letters lost": (b"*=UTF-8''cat%E1logo.csv", "perdió letras"),
}


def part(name: bytes, field: bytes = b"file", content: bytes = csv_bytes([row(1)])) -> bytes:
    head = b'--%s\r\nContent-Disposition: form-data; name="%s"; filename%s\r\n\r\n' % (BOUNDARY, field, name)
    return head + content + b"\r\n"


def request(path: str, head: list[str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}", *head]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def doors(user, supplier):
    """How each door is sent a body whose parts are ready, by its name."""
    browser = signed_in(person("andina", *ALL_OF_UPLOADS, supplier=supplier))
    session = browser.cookies["sessionid"].value
    token = Token.objects.create(user=user).key
    kind = "Content-Type: multipart/form-data; boundary=frontera"
    secret = "a" * 32

    def api(parts, *head, kind=kind):
        body = parts + b"--frontera--\r\n"
        return request("/api/v1/catalog/items/bulk-upload", [f"Authorization: Token {token}", kind, *head], body)

    def admin(parts, *head, kind=kind):
        head = [f"Cookie: sessionid={session}; csrftoken={secret}", f"X-CSRFToken: {secret}", *head]
        fields = b'--frontera\r\nContent-Disposition: form-data; name="proveedor"\r\n\r\nPROV001\r\n'
        body = fields + parts + b"--frontera--\r\n"
        return request("/admin/bulk_upload/bulkupload/add/", ["Accept: application/json", kind, *head], body)

    return {"api": api, "admin": admin}


@pytest.fixture
def port(running_site):
    return running_site()


def said(body: str) -> str:
    """What an answer of either door says of the file."""
    answer = json.loads(body)
    return str(answer["message"] if "message" in answer else answer["errors"]["file"][0])


def test_names_are_cleaned_alike_at_both_doors(doors, port):
    found, expected = {}, {}
    for case, (name, shown) in CLEANED.items():
        for door, send in doors.items():
            status, body = exchange(port, send(part(name, content=csv_bytes([row(len(found))]))))
            upload = BulkUpload.objects.order_by("number").last()
            found[door, case] = upload.filename if status in (201, 202) and upload else (status, body)
            expected[door, case] = shown
            BulkUpload.objects.all().delete()
    assert found == expected


def test_names_that_are_more_than_names_are_refused_alike_at_both_doors(doors, port):
    for case, (name, reason) in REFUSED.items():
        for door, send in doors.items():
            status, body = exchange(port, send(part(name)))
            assert (status, reason in said(body)) == (400, True), (door, case, body)
    assert BulkUpload.objects.count() == 0


def test_a_form_that_declares_another_encoding_still_names_its_file_in_utf_8(doors, port):
    kind = "Content-Type: multipart/form-data; charset=ISO-8859-1; boundary=frontera"
    for send in doors.values():
        exchange(port, send(part('="catálogo.csv"'.encode()), kind=kind))
        assert BulkUpload.objects.get().filename == "catálogo.csv"
        BulkUpload.objects.all().delete()


def test_a_large_file_with_an_endless_ending_is_refused_in_words(doors, port):
    """It goes through a temporary file, whose name has the same ending."""
    name = f'="a.{"ñ" * 190}"'.encode()
    for send in doors.values():
        status, body = exchange(port, send(part(name, content=b"x" * 3_000_000)))
        assert (status, "Se admiten archivos .xlsx, .xls, .xlsb, .ods, .csv y .zip" in said(body)) == (415, True)


def test_a_compressed_body_is_refused_in_words_at_both_doors(doors, port):
    for send in doors.values():
        head, _, body = send(part(b'="a.csv"'), "Content-Encoding: gzip").partition(b"\r\n\r\n")
        packed = gzip.compress(body)
        head = head.replace(b"Content-Length: %d" % len(body), b"Content-Length: %d" % len(packed))
        status, answer = exchange(port, head + b"\r\n\r\n" + packed)
        assert (status, "sin comprimir" in answer) == (415, True)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_headers_are_found_wherever_the_pieces_of_a_body_end(size):
    """A content that looks like a header, but has no delimiter before it, stays as it is."""
    content = 'Content-Disposition: form-data; filename="ñ"\r\n\r\n'.encode("latin-1")
    body = part('="ñandú.csv"'.encode("latin-1"), content=content) + part('="ñ.csv"'.encode("latin-1")) + b"--frontera"

    class Source:
        def __init__(self):
            self.left = body

        def read(self, wanted):
            taken, self.left = self.left[:size], self.left[size:]
            return taken

    reader = _Utf8Headers(Source(), BOUNDARY)
    received = b"".join(iter(lambda: reader.read(64), b""))
    expected = part('="ñandú.csv"'.encode(), content=content) + part('="ñ.csv"'.encode()) + b"--frontera"
    assert received == expected


def test_a_cleaned_name_is_good_for_a_download_again():
    assert quote(clean_filename('a"b\r\n:.csv')) == "a%22b-.csv"
