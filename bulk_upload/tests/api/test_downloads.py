"""Files that one takes away: whole, under a harmless name, and never shown by the browser."""

from __future__ import annotations

import io

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from bulk_upload import storage
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import refused
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

URL = "/api/v1/catalog/bulk-upload"


def content(answer):
    return b"".join(answer.streaming_content)


def workbook(answer):
    return load_workbook(io.BytesIO(content(answer)))


def test_the_original_comes_back_byte_for_byte(api, accept):
    sent = csv_bytes([row(number) for number in range(20_000)])
    upload = accept(sent, "señal «1».csv")
    answer = api.get(f"{URL}/{upload.pk}/file")
    assert content(answer) == sent
    assert answer["Content-Length"] == str(len(sent))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "text/csv"
    assert answer["Content-Disposition"] == (
        "attachment; filename=\"se_al _1_.csv\"; filename*=UTF-8''se%C3%B1al%20%C2%AB1%C2%BB.csv"
    )


def test_a_file_that_is_gone_is_410(api, accept):
    upload = accept(csv_bytes([row(1)]))
    default_storage.delete(upload.s3_key)
    refused(api.get(f"{URL}/{upload.pk}/file"), 410, "file_gone")


def test_a_store_that_does_not_answer_is_503_with_retry_after(api, accept, monkeypatch):
    upload = accept(csv_bytes([row(1)]))

    def away():
        raise EndpointConnectionError(endpoint_url="http://s3")

    monkeypatch.setattr(storage, "_client", away)
    answer = api.get(f"{URL}/{upload.pk}/file")
    refused(answer, 503, "storage_unavailable")
    assert answer["Retry-After"] == "5"


def test_the_rejected_rows_come_as_a_workbook(api, accept, worker):
    upload = accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    assert api.get(f"{URL}/{upload.pk}/corrections").status_code == 202
    worker.step()
    answer = api.get(f"{URL}/{upload.pk}/corrections")
    assert answer.status_code == 200
    assert 'filename="corregir_productos.xlsx"' in answer["Content-Disposition"]
    values = {cell.value for line in workbook(answer).active.iter_rows() for cell in line}
    assert {"PROD00002"} <= values
    assert "PROD00001" not in values


def test_there_is_nothing_to_correct_before_the_end_or_without_errors(api, accept, worker):
    upload = accept(csv_bytes([row(1)]))
    refused(api.get(f"{URL}/{upload.pk}/corrections"), 409, "not_finished")
    worker.step()
    refused(api.get(f"{URL}/{upload.pk}/corrections"), 409, "nothing_to_correct")


def test_corrections_need_the_original(api, accept, worker):
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    default_storage.delete(upload.s3_key)
    api.get(f"{URL}/{upload.pk}/corrections")
    worker.step()
    refused(api.get(f"{URL}/{upload.pk}/corrections"), 410, "file_gone")


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_errors_as_a_file_have_an_address_of_their_own(api, accept, worker, file_format, time_machine):
    upload = accept(csv_bytes([row(1, nombre=""), row(2, precio_unitario="x")]))
    worker.step()
    time_machine.move_to(timezone.now(), tick=False)  # a workbook tells the second in which it was made
    for query in ({}, {"code": "required_blank"}):
        own = api.get(f"{URL}/{upload.pk}/errors.{file_format}", query)
        old = api.get(f"{URL}/{upload.pk}/errors", {"format": file_format, **query})
        assert [own.status_code, old.status_code] == [200, 200]
        assert [own[name] for name in ("Content-Type", "Content-Disposition")] == [
            old[name] for name in ("Content-Type", "Content-Disposition")
        ]
        assert b"".join(own.streaming_content) == b"".join(old.streaming_content)
    assert api.get(f"{URL}/{upload.pk}/errors.{file_format}", {"severity": "x"}).status_code == 400


@pytest.mark.parametrize(("query", "rows"), [({}, 0), ({"ejemplo": "true"}, 10)])
def test_the_template_has_the_columns_and_an_example_on_request(api, query, rows):
    sheet = workbook(api.get(f"{URL}/template", query))["Productos"]
    lines = [line for line in sheet.iter_rows(values_only=True) if any(value is not None for value in line)]
    assert lines[0] == PRODUCTS.names
    assert len(lines) == 1 + rows
