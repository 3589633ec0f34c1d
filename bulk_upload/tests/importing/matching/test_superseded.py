"""An older list never replaces what a later list or a person has changed, through whichever door it comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bulk_upload import intake
from bulk_upload.models import BulkUpload, Status
from bulk_upload.newer_lists import newer_list
from bulk_upload.receiving.refusals import RefusedUpload, status_of
from bulk_upload.tests.helpers.admin_people import address, make_upload
from bulk_upload.tests.helpers.row_errors import problems
from bulk_upload.tests.helpers.rows import csv_bytes, import_rows, row
from catalog.models import Product

pytestmark = pytest.mark.django_db

COUNTERS = ("total", "creados", "actualizados", "sin_cambios", "rechazados", "duplicados", "sin_procesar")


def prices(*numbers):
    return [
        str(p)
        for p in Product.objects.filter(pk__in=[row(n)["id"] for n in numbers])
        .values_list("precio_unitario", flat=True)
        .order_by("pk")
    ]


def counted(upload):
    upload.refresh_from_db()
    assert upload.status == Status.COMPLETED
    assert upload.total == sum(getattr(upload, name) for name in COUNTERS[1:5])
    return {name: getattr(upload, name) for name in COUNTERS if getattr(upload, name)}


def fail(upload):
    """The upload gives up, as after too many faults."""
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    claimed.fail("attempts_exhausted", {"intentos": 5})


@pytest.fixture
def send(accept):
    return lambda *rows: accept(csv_bytes(rows), replace=True)


@pytest.fixture
def older_and_newer(send, worker):
    """Products 1 to 4 exist; an older list of 1 to 3 and 5 has failed, a newer one has changed 1 and confirmed 2."""
    send(*(row(n, precio_unitario="10") for n in range(1, 5)))
    worker.step()
    older = send(*(row(n, precio_unitario="20") for n in (1, 2, 3, 5)))
    fail(older)
    newer = send(row(1, precio_unitario="30"), row(2, precio_unitario="10"))
    while worker.step():
        pass
    assert counted(newer) == {"total": 2, "actualizados": 1, "sin_cambios": 1, "duplicados": 2}
    return older


def retry_by_api(upload, api):
    answer = api.post(f"/api/v1/catalog/bulk-upload/{upload.pk}/retry")
    assert answer.status_code == 202, answer.content


def come_back(upload):
    """As a message that was under way when the newer list was imported."""
    assert upload.retry()
    intake.publish(upload)


def test_an_older_list_that_comes_back_does_not_replace_a_newer_ones_prices(older_and_newer, worker):
    older = older_and_newer
    come_back(older)
    while worker.step():
        pass
    # 1 was changed and 2 confirmed by the newer list; 3 is only in the older one, 5 is new.
    assert prices(1, 2, 3, 4, 5) == ["30.00", "10.00", "20.00", "10.00", "20.00"]
    assert counted(older) == {"total": 4, "creados": 1, "actualizados": 1, "rechazados": 2, "duplicados": 3}
    assert problems(older) == [(2, "id", "superseded"), (3, "id", "superseded")]


def test_a_retry_of_an_older_list_is_refused_and_says_which_one_came_since(older_and_newer, api, staff):
    older = older_and_newer
    BulkUpload.objects.filter(number__gt=older.number).update(
        filename="febrero.csv", created_at=datetime(2026, 2, 3, 15, 30, tzinfo=UTC)
    )
    for language, date in (("es", "3 de febrero de 2026"), ("en", "Feb. 3, 2026")):
        answer = api.post(f"/api/v1/catalog/bulk-upload/{older.pk}/retry", headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (409, "newer_list_imported")
        assert "febrero.csv" in answer.json()["message"]
        assert date in answer.json()["message"]
    for method in (staff.get, staff.post):
        page = method(address("retry", older.pk), follow=True)
        assert "«febrero.csv»" in page.content.decode()
    assert address("retry", older.pk) not in staff.get(address("change", older.pk)).content.decode()
    older.refresh_from_db()
    assert older.status == Status.FAILED


def test_a_file_that_was_lost_and_is_sent_again_does_not_bring_an_older_list_back(send, worker, accept):
    send(row(1))
    worker.step()
    older = accept(csv_bytes([row(1, precio_unitario="20")]), replace=True, key="febrero")
    BulkUpload.objects.filter(pk=older.pk).update(
        status="failed", error_code="file_missing", completed_at=timezone.now(), sin_procesar=0
    )
    send(row(1, precio_unitario="30"))
    while worker.step():
        pass
    with pytest.raises(RefusedUpload, match="Después de esta lista se importó") as refusal:
        accept(csv_bytes([row(1, precio_unitario="20")]), replace=True, key="febrero")
    assert (refusal.value.code, status_of(refusal.value)) == ("newer_list_imported", 409)
    older.refresh_from_db()
    assert older.status == Status.FAILED


def test_a_retry_goes_on_where_what_came_since_changed_nothing_or_is_of_another_sheet(
    send, worker, api, supplier, other_supplier
):
    older = send(row(1))
    fail(older)
    make_upload(supplier, sheet_name="existencias", total=1, creados=1)
    make_upload(other_supplier, total=1, creados=1)
    make_upload(supplier, operation="plan", total=1, creados=1)
    make_upload(supplier, operation="undo", total=1, actualizados=1)
    make_upload(supplier, total=2, rechazados=1, sin_cambios=1)
    retry_by_api(older, api)


def test_an_undo_goes_on_whatever_came_since(supplier):
    undo = make_upload(supplier, operation="undo", status="failed", completed_at=timezone.now())
    make_upload(supplier, total=1, creados=1)
    assert newer_list(undo) is None


def test_the_reason_is_told_in_both_languages_and_by_the_api(older_and_newer, api, worker):
    come_back(older_and_newer)
    worker.step()
    first = older_and_newer.row_errors.first()
    answer = api.get(f"/api/v1/catalog/bulk-upload/status/{older_and_newer.pk}").json()
    assert "PROD00001" in answer["result"]["errores"][0]["error"]
    assert "cambió después de recibirse esta lista" in answer["result"]["errores"][0]["error"]
    assert (first.codigo, first.params) == ("superseded", {"columna": "id", "valor": "PROD00001"})


def test_a_persons_change_since_stays(send, worker, api):
    send(row(1), row(2), row(3))
    worker.step()
    older = send(*(row(n, precio_unitario="20") for n in (1, 2, 3)))
    fail(older)
    assert api.patch("/api/v1/catalog/items/PROD00001", {"precio_unitario": "5000"}, format="json").status_code == 200
    # Sent with the values that it has: they are to hold, too.
    assert api.patch("/api/v1/catalog/items/PROD00002", {"precio_unitario": "1250.5"}, format="json").status_code == 200
    retry_by_api(older, api)
    while worker.step():
        pass
    assert prices(1, 2, 3) == ["5000.00", "1250.50", "20.00"]
    assert counted(older) == {"total": 3, "actualizados": 1, "rechazados": 2, "duplicados": 3}
    person = Product.objects.get(pk="PROD00002")
    assert (person.version, person.changed_by_upload is None) == (1, False)


def test_a_product_that_a_person_has_created_since_stays(send, worker, api):
    older = send(row(1, precio_unitario="20"))
    fail(older)
    assert api.post("/api/v1/catalog/items", row(1, precio_unitario="30"), format="json").status_code == 201
    retry_by_api(older, api)
    while worker.step():
        pass
    assert (prices(1), problems(older)) == (["30.00"], [(2, "id", "superseded")])


def test_a_persons_change_is_never_superseded(send, worker, api):
    send(row(1))
    worker.step()
    for price in ("1", "2"):
        answer = api.patch("/api/v1/catalog/items/PROD00001", {"precio_unitario": price}, format="json")
        assert answer.status_code == 200
    assert prices(1) == ["2.00"]


def test_the_newest_list_replaces_everything(older_and_newer, send, worker):
    newest = send(row(1, precio_unitario="99"), row(2, precio_unitario="98"))
    while worker.step():
        pass
    assert (prices(1, 2), problems(newest)) == (["99.00", "98.00"], [])


def older_upload(supplier):
    fields = {"filename": "a.csv", "file_format": "csv", "s3_key": "k", "size": 1, "reemplazar_duplicados": True}
    return BulkUpload.objects.create(proveedor=supplier, **fields)


def resume(upload, rows, **more):
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    import_rows(claimed, rows, **{"chunk_rows": 10, **more})
    claimed.complete()
    return claimed


def test_a_product_that_is_known_by_its_code_only(supplier, run_import):
    older = older_upload(supplier)
    run_import([row(1, precio_unitario="30")])
    resume(older, [row(9, codigo=row(1)["codigo"], precio_unitario="20")])
    assert (prices(1), problems(older)) == (["30.00"], [(2, "codigo", "superseded")])


def test_equal_values_are_unchanged_whoever_sent_them_last(supplier, run_import):
    older = older_upload(supplier)
    newer = run_import([row(1)])
    resume(older, [row(1)])
    assert counted(older) == {"total": 1, "sin_cambios": 1, "duplicados": 1}
    assert Product.objects.get().change_number == newer.number


def test_without_replacing_it_is_a_duplicate_as_ever(supplier, run_import):
    older = older_upload(supplier)
    BulkUpload.objects.update(reemplazar_duplicados=False)
    run_import([row(1)])
    older.refresh_from_db()
    resume(older, [row(1, precio_unitario="20")])
    assert problems(older) == [(2, "id", "duplicate_product")]


@pytest.mark.parametrize("chunk_rows", [1, 2, 50])
def test_an_uploads_own_rows_never_supersede_it(supplier, run_import, chunk_rows):
    """Neither in the same chunk nor in an earlier one, nor after a kill in between."""
    run_import([row(1), row(2)])
    rows = [row(9, codigo=row(1)["codigo"], nombre="Uno"), row(2, nombre="Dos"), row(1, codigo="NUEVO", nombre="Tres")]
    upload = older_upload(supplier)

    class Killed(Exception):
        pass

    def killed():
        raise Killed

    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    with pytest.raises(Killed):
        import_rows(claimed, rows, chunk_rows=chunk_rows, after_chunk=killed)
    BulkUpload.objects.update(lease_until=claimed.created_at)
    resume(upload, rows, chunk_rows=chunk_rows)
    assert counted(upload) == {"total": 3, "actualizados": 3, "duplicados": 3}
    assert list(Product.objects.order_by("pk").values_list("nombre", "change_number")) == [
        ("Tres", upload.number),
        ("Dos", upload.number),
    ]


def test_a_chunk_that_is_halved_keeps_the_order_too(supplier, run_import, refused_name):
    older = older_upload(supplier)
    run_import([row(1, precio_unitario="30"), row(2, precio_unitario="30")])
    refused_name("Mal")
    resume(older, [row(1, precio_unitario="20"), row(7, nombre="Mal"), row(2, precio_unitario="20"), row(8)])
    assert prices(1, 2) == ["30.00", "30.00"]
    assert problems(older) == [(2, "id", "superseded"), (3, "", "refused_by_database"), (4, "id", "superseded")]
    assert Product.objects.get(pk="PROD00008").change_number == older.number


def test_what_is_written_has_the_uploads_number(run_import):
    first = run_import([row(1), row(2)])
    second = run_import([row(2, nombre="Otro")], replace=True)
    assert first.number < second.number
    assert list(Product.objects.order_by("pk").values_list("change_number", flat=True)) == [first.number, second.number]


def test_equal_values_take_the_number_only_while_an_earlier_list_may_still_come(supplier, run_import):
    first = run_import([row(1), row(2)])
    run_import([row(1), row(2)], replace=True)
    assert set(Product.objects.values_list("change_number", flat=True)) == {first.number}
    older_upload(supplier)
    confirming = run_import([row(1), row(2, nombre="Otro")], replace=True)
    assert set(Product.objects.values_list("change_number", flat=True)) == {confirming.number}
    run_import([row(1)], replace=True)
    product = Product.objects.get(pk="PROD00001")
    assert (product.change_number, product.version, product.changed_by_upload) == (confirming.number, 1, first.pk)
    assert product.precio_unitario == Decimal("1250.50")
