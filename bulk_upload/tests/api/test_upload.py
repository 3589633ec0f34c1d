"""The REST door: what is accepted, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.storage import default_storage

from bulk_upload import queue, storage
from bulk_upload.models import BulkUpload
from bulk_upload.reading.compound_files import MAGIC
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

PATHS = [URL, "/api/catalog/items/bulk-upload", f"{URL}/"]


@pytest.fixture
def nothing_left():
    before = stored()
    yield
    assert stored() == before
    assert BulkUpload.objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_a_file_is_accepted_with_a_task(api, path):
    answer = api.post(f"{path}?proveedor_id=PROV001&reemplazar_duplicados=true", {"file": a_file()})
    assert answer.status_code == 202
    upload = BulkUpload.objects.get()
    assert answer.json() == {
        "message": "Archivo recibido y encolado para procesamiento",
        "task_id": str(upload.pk),
        "status": "pending",
        "status_url": f"/api/catalog/bulk-upload/status/{upload.pk}",
        "filename": "productos.csv",
        "proveedor_id": "PROV001",
    }
    assert answer["Location"] == answer.json()["status_url"]
    assert answer["Retry-After"] == "1"
    assert upload.reemplazar_duplicados
    assert upload.s3_key in stored()
    with default_storage.open(upload.s3_key) as file:
        assert file.read() == csv_bytes([row(1)])
    delivery = queue.receive(0)
    assert (delivery.task_id, delivery.group) == (upload.pk, "PROV001")


def test_the_only_supplier_of_a_user_need_not_be_named(api):
    assert api.post(URL, {"file": a_file()}).json()["proveedor_id"] == "PROV001"


def test_options_may_be_form_fields(api):
    api.post(URL, {"file": a_file(), "proveedor_id": "PROV001", "reemplazar_duplicados": "true"})
    assert BulkUpload.objects.get().reemplazar_duplicados


OLE = MAGIC + bytes(504)
ODS = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("name", "content", "file_format"),
    [
        ("a.xls", OLE, "xls"),
        ("a.xlsx", OLE, "xls"),
        ("a.XLS", b"PK\x03\x04", "xlsx"),
        ("a.xls", ODS, "ods"),
        ("a.xls", b"id;nombre\n1;a", "csv"),
        ("a.xls", "\ufeffid\tnombre\r\n".encode("utf-16-le"), "csv"),
        ("a.xlsb", b"PK\x03\x04", "xlsb"),
        ("a.ods", ODS, "ods"),
        ("a.zip", b"PK\x03\x04", "zip"),
    ],
)
def test_the_content_says_what_a_file_is_not_its_name(api, name, content, file_format):
    assert api.post(URL, {"file": a_file(name, content)}).status_code == 202
    upload = BulkUpload.objects.get()
    assert (upload.file_format, upload.filename) == (file_format, name)
    assert upload.s3_key.endswith(f".{file_format}")


def test_a_csv_whose_first_header_begins_as_a_zip_does_is_text(api):
    assert api.post(URL, {"file": a_file("a.csv", b"PK_PRODUCTO,nombre\n1,a\n")}).status_code == 202


@pytest.mark.usefixtures("nothing_left")
class TestRefusals:
    def test_no_file(self, api):
        refused(api.post(URL), 400, "file_required")

    def test_an_empty_file(self, api):
        refused(api.post(URL, {"file": a_file(content=b"")}), 400, "empty_file")

    @pytest.mark.parametrize("name", ["a.xlsm", "a.numbers", "a.tsv"])
    def test_other_spreadsheets_are_told_how_to_save_as_xlsx(self, api, name):
        answer = api.post(URL, {"file": a_file(name)})
        refused(answer, 415, "unsupported_format")
        assert "Guardar como" in answer.json()["message"]

    @pytest.mark.parametrize("name", ["a.pdf", "a", "csv", "a.csv.exe"])
    def test_other_files(self, api, name):
        refused(api.post(URL, {"file": a_file(name)}), 415, "unsupported_format")

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.xlsx", b"\x89PNG\r\n\x1a\n"),
            ("a.xlsx", b"id,nombre\n1,a"),
            ("a.csv", b"PK\x03\x04rest"),
            ("a.csv", b"id,no\x00mbre"),
            ("a.csv", b"%PDF-1.7"),
            ("a.xlsb", b"id,nombre\n1,a"),
            ("a.ods", b"%PDF-1.7"),
            ("a.zip", b"id,nombre\n1,a"),
            ("a.xls", b"%PDF-1.7"),
            ("a.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00"),
            ("a.xls", b"\n <table><tr><td>id</td></tr></table>"),
            ("a.xls", "\ufeff<?xml version='1.0'?><Workbook/>".encode("utf-16-le")),
            ("a.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"),
        ],
    )
    def test_content_that_is_not_what_the_name_says(self, api, name, content):
        refused(api.post(URL, {"file": a_file(name, content)}), 415, "content_mismatch")

    def test_a_workbook_under_a_password_is_told_apart_from_an_old_one(self, api):
        stream = "EncryptedPackage".encode("utf-16-le")
        secret = MAGIC + bytes(504) + b"." * (1024 * 1024 - 520) + stream + bytes(600)
        for name in ("precios.xlsx", "precios.xls"):
            answer = api.post(URL, {"file": a_file(name, secret)})
            refused(answer, 415, "encrypted_file")
            assert "contraseña" in answer.content.decode()

    def test_a_file_over_the_limit(self, api, settings):
        settings.BULK_UPLOAD_MAX_BYTES = 1000
        refused(api.post(URL, {"file": a_file(content=b"id,nombre\n" * 101)}), 413, "file_too_large")

    def test_a_file_far_over_the_limit_is_not_read(self, api, settings):
        settings.BULK_UPLOAD_MAX_BYTES = 1000
        refused(api.post(URL, {"file": a_file(content=b"id,nombre\n" * 10_000)}), 413, "file_too_large")

    def test_an_unknown_supplier(self, api):
        answer = api.post(f"{URL}?proveedor_id=NADIE", {"file": a_file()})
        refused(answer, 400, "invalid")
        assert answer.json()["errors"][0] == {
            "field": "proveedor_id",
            "code": "unknown_supplier",
            "message": "El proveedor «NADIE» no existe.",
        }

    def test_somebody_elses_supplier(self, api, other_supplier):
        refused(api.post(f"{URL}?proveedor_id=PROV002", {"file": a_file()}), 403, "permission_denied")

    def test_an_inactive_supplier(self, api, supplier):
        supplier.activo = False
        supplier.save()
        refused(api.post(f"{URL}?proveedor_id=PROV001", {"file": a_file()}), 403, "permission_denied")
        answer = api.post(URL, {"file": a_file()})
        refused(answer, 403, "permission_denied")
        assert answer.json()["message"].startswith("Su usuario no actúa por ningún proveedor activo")

    def test_no_token(self, client):
        answer = client.post(URL, {"file": a_file()})
        refused(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Token"

    def test_a_wrong_option(self, api):
        answer = api.post(f"{URL}?reemplazar_duplicados=quizas", {"file": a_file()})
        refused(answer, 400, "invalid")
        assert answer.json()["errors"][0]["field"] == "reemplazar_duplicados"

    def test_not_a_form(self, api):
        refused(api.post(URL, b"id,nombre", content_type="text/csv"), 415, "unsupported_media_type")

    def test_another_method(self, api):
        refused(api.get(URL), 405, "method_not_allowed")

    def test_s3_away(self, api, monkeypatch):
        def away(*args, **more):
            raise EndpointConnectionError(endpoint_url="http://s3")

        monkeypatch.setattr(default_storage._wrapped.__class__, "_save", away)
        answer = api.post(URL, {"file": a_file()})
        refused(answer, 503, "storage_unavailable")
        assert answer["Retry-After"]


def test_sqs_away_still_accepts_and_the_sweep_publishes_later(api, monkeypatch, settings, worker):
    def away(*args, **more):
        raise EndpointConnectionError(endpoint_url="http://sqs")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "publish", away)
        answer = api.post(URL, {"file": a_file()})
    assert answer.status_code == 202
    upload = BulkUpload.objects.get()
    assert (upload.published_at, upload.publications) == (None, 1)
    settings.BULK_UPLOAD_SWEEP_SECONDS = 0
    worker.step()
    upload.refresh_from_db()
    assert (upload.publications, upload.status) == (2, "completed")


def test_an_answer_is_in_english_on_request(api):
    answer = api.post(URL, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.json()["message"] == "The file is missing: send it in the field “file”."


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\ana\\precios 2026.xlsx", "precios 2026.xlsx"),
        ("a\u202ecsv.xlsx", "acsv.xlsx"),
        ("a\x00b\n.csv", "ab.csv"),
        ("ñandú.csv", "ñandú.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("", "archivo"),
    ],
)
def test_file_names_are_made_harmless(given, shown):
    assert clean_filename(given) == shown


def test_a_20_mb_file_is_stored_whole(api):
    content = b"id,nombre\n" + b"x" * (20 * 1024 * 1024)
    answer = api.post(URL, {"file": a_file("grande.csv", content)})
    upload = BulkUpload.objects.get()
    assert (answer.status_code, upload.size) == (202, len(content))
    assert default_storage.size(upload.s3_key) == len(content)


def test_storage_answers_its_ping():
    storage.ping()
