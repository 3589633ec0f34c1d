"""Lists: uploads by cursor, errors by page or as a file, and the columns as data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_upload import intake
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import refused
from catalog.sheets.products import PRODUCTS

pytestmark = pytest.mark.django_db

URL = "/api/v1/catalog/bulk-upload"


def make(supplier, **fields):
    return BulkUpload.objects.create(
        proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1, **fields
    )


def listed(api, **query):
    answer = api.get(URL, query)
    assert answer.status_code == 200
    return answer.json()


def ids(body):
    return [item["task_id"] for item in body["items"]]


def test_own_uploads_are_listed_newest_first(api, supplier, other_supplier):
    first, second = make(supplier), make(supplier)
    make(other_supplier)
    body = listed(api)
    assert ids(body) == [str(second.pk), str(first.pk)]
    assert set(body["meta"]) == {"size", "next", "took_ms"}
    assert body["items"][0]["status_url"] == f"/api/catalog/bulk-upload/status/{second.pk}"
    assert body["items"][0]["resumen"]["total"] == 0


def test_pages_follow_one_another_although_uploads_keep_coming(api, supplier):
    moment = timezone.now()
    expected = [str(make(supplier, created_at=moment - timedelta(seconds=n // 2)).pk) for n in range(7)]
    seen, body = [], listed(api, size=3)
    while True:
        seen += ids(body)
        if body["meta"]["next"] is None:
            break
        make(supplier)
        body = listed(api, size=3, cursor=body["meta"]["next"])
    assert (len(seen), set(seen)) == (7, set(expected))


@pytest.mark.parametrize("cursor", ["x", "AAAA", "Zm9vfGJhcg", "ñ", "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHx4"])
def test_a_cursor_that_is_none_is_refused(api, cursor):
    refused(api.get(URL, {"cursor": cursor}), 400, "invalid")


def test_filters_by_state_supplier_and_date(api, user, supplier, other_supplier):
    other_supplier.usuarios.add(user)
    old = make(supplier, created_at=timezone.now() - timedelta(days=2))
    cancelled = make(other_supplier)
    intake.cancel_upload(cancelled)
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    assert ids(listed(api, status="cancelled")) == [str(cancelled.pk)]
    assert ids(listed(api, proveedor_id="PROV001")) == [str(old.pk)]
    assert ids(listed(api, created_after=yesterday)) == [str(cancelled.pk)]
    assert ids(listed(api, created_before=yesterday)) == [str(old.pk)]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "raro"},
        {"created_after": "ayer"},
        {"created_after": "9999-12-31T23:59:59-14:00"},
        {"created_before": "0001-01-01T00:00:00+14:00"},
        {"size": 0},
        {"size": 10_000},
    ],
)
def test_a_filter_that_makes_no_sense_is_named(api, query):
    answer = api.get(URL, query)
    refused(answer, 400, "invalid")
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_a_list_takes_the_same_queries_however_long(api, supplier, django_assert_max_num_queries):
    for _ in range(20):
        intake.cancel_upload(make(supplier))
    with django_assert_max_num_queries(3):
        assert len(ids(listed(api))) == 20


@pytest.fixture
def imported(run_import):
    return run_import([row(1), row(2, nombre="", precio_unitario="x"), row(3, nombre="")])


def errors(api, upload, **query):
    answer = api.get(f"{URL}/{upload.pk}/errors", query)
    assert answer.status_code == 200
    return answer.json()


def test_errors_come_in_pages_in_the_order_of_the_sheet(api, imported):
    body = errors(api, imported, severity="error", size=2)
    assert [(item["fila"], item["columna"], item["codigo"]) for item in body["items"]] == [
        (3, "nombre", "required_blank"),
        (3, "precio_unitario", "not_a_number"),
    ]
    assert body["items"][1]["celda"] == "F3"
    assert {**body["meta"], "took_ms": 0} == {"page": 1, "size": 2, "total": 3, "took_ms": 0}
    assert [item["fila"] for item in errors(api, imported, severity="error", size=2, page=2)["items"]] == [4]
    assert errors(api, imported, page=1_000_000)["items"] == []


def test_errors_are_filtered_by_code_and_column(api, imported):
    assert errors(api, imported, code="not_a_number")["meta"]["total"] == 1
    assert errors(api, imported, column="nombre")["meta"]["total"] == 2
    assert errors(api, imported, severity="warning")["items"][0]["codigo"] == "new_category"


@pytest.mark.parametrize(("file_format", "kind"), [("csv", "text/csv"), ("json", "application/json"), ("xlsx", "vnd")])
def test_all_errors_come_as_a_file(api, imported, file_format, kind):
    answer = api.get(f"{URL}/{imported.pk}/errors", {"format": file_format, "size": 1})
    content = b"".join(answer.streaming_content)
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert kind in answer["Content-Type"]
    assert f'filename="errores_a.{file_format}"' in answer["Content-Disposition"]
    assert content.startswith(b"PK") if file_format == "xlsx" else content.count(b"required_blank") == 2


def test_a_file_holds_what_the_filters_leave(api, imported):
    answer = api.get(f"{URL}/{imported.pk}/errors", {"format": "json", "code": "not_a_number"})
    assert b"".join(answer.streaming_content).count(b'"fila"') == 1


def test_an_unknown_format_is_refused(api, imported):
    refused(api.get(f"{URL}/{imported.pk}/errors", {"format": "pdf"}), 400, "invalid")


def test_errors_are_worded_in_the_readers_language(api, imported):
    answer = api.get(f"{URL}/{imported.pk}/errors", {"code": "not_a_number"}, headers={"Accept-Language": "en"})
    assert "must be a number" in answer.json()["items"][0]["mensaje"]


def test_the_columns_are_data_in_both_languages(api):
    body = api.get(f"{URL}/columns").json()
    assert [item["nombre"] for item in body["items"]] == [column.name for column in PRODUCTS.columns]
    assert body["items"][0]["regla"] == {"es": PRODUCTS.columns[0].rule.es, "en": PRODUCTS.columns[0].rule.en}
    stock = next(item for item in body["items"] if item["nombre"] == "stock_minimo")
    assert (stock["por_defecto"], stock["minimo"], stock["obligatoria"]) == (10, 0, False)


def test_a_list_of_uploads_after_a_real_import_shows_its_counts(api, accept, worker):
    accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    (item,) = listed(api)["items"]
    assert (item["resumen"]["exitosos"], item["resumen"]["rechazados"], "result" in item) == (1, 1, False)
