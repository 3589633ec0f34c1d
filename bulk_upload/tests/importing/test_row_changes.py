"""Old and new values of the products that an upload updated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from bulk_upload.models import BulkUpload, ClaimLost, RowChange
from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.processes import LEASE_SECONDS, wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, import_rows, row


def kept(upload):
    return {change.fila: (change.producto, change.cambios) for change in upload.row_changes.all()}


def test_a_row_that_updates_a_product_keeps_the_old_and_the_new_values(run_import):
    run_import([row(1), row(2)])
    changed = row(
        1, nombre='Guantes "finos" \\ azules', precio_unitario="1.300,5", stock_minimo="21", requiere_lote="no"
    )
    upload = run_import([changed, row(2)], replace=True)
    cells = {
        "nombre": ["Guantes de nitrilo 1", 'Guantes "finos" \\ azules'],
        "precio_unitario": ["1250.50", "1300.50"],
        "stock_minimo": [20, 21],
        "requiere_lote": [True, False],
    }
    assert kept(upload) == {2: ("PROD00001", cells)}


def test_what_is_created_or_rejected_is_no_change(run_import):
    run_import([row(1)])
    upload = run_import([row(1, nombre="", precio_unitario="9"), row(2)], replace=True)
    assert kept(upload) == {}


def test_two_rows_that_change_one_product_are_two_changes(run_import):
    code = row(1)["codigo"]
    run_import([row(1)])
    upload = run_import([row(9, codigo=code, nombre="A"), row(1, codigo="NUEVO", nombre="B")], replace=True)
    assert kept(upload) == {
        2: ("PROD00001", {"nombre": ["Guantes de nitrilo 1", "A"]}),
        3: ("PROD00001", {"nombre": ["A", "B"], "codigo": [code, "NUEVO"]}),
    }


@pytest.mark.parametrize(
    ("old", "new", "large"),
    [
        ("100", "200", True),
        ("100", "199.99", False),
        ("100", "50", True),
        ("100", "50.01", False),
        ("0", "1", True),
        ("1", "0", True),
        ("0", "0", False),
    ],
)
def test_a_price_that_doubles_or_halves_is_a_large_change(run_import, old, new, large):
    run_import([row(1, precio_unitario=old)])
    upload = run_import([row(1, precio_unitario=new, nombre="Otro")], replace=True)
    assert RowChange.objects.get(upload=upload).precio_grande == large
    assert upload.cambios_grandes_de_precio == large


def test_how_much_is_large_is_a_setting(run_import, settings):
    settings.BULK_UPLOAD_LARGE_PRICE_CHANGE = 10
    run_import([row(1, precio_unitario="1"), row(2, precio_unitario="1")])
    upload = run_import([row(1, precio_unitario="9"), row(2, precio_unitario="10")], replace=True)
    assert list(upload.row_changes.filter(precio_grande=True).values_list("fila", flat=True)) == [3]


def test_every_change_is_kept_and_large_ones_are_marked(run_import):
    run_import([row(n) for n in range(1, 13)])
    prices = {n: "1" if n in (2, 7, 9, 11) else "1260" for n in range(1, 13)}
    upload = run_import([row(n, precio_unitario=price) for n, price in prices.items()], replace=True, chunk_rows=2)
    assert list(kept(upload)) == list(range(2, 14))
    assert (upload.actualizados, upload.cambios_grandes_de_precio) == (12, 4)


def test_a_chunk_that_is_written_in_halves_keeps_each_change_once(run_import, refused_name):
    run_import([row(n) for n in range(1, 9)])
    refused_name("No entra")
    names = {n: "No entra" if n == 5 else f"Nuevo {n}" for n in range(1, 9)}
    upload = run_import([row(n, nombre=name) for n, name in names.items()], replace=True)
    assert list(kept(upload)) == [2, 3, 4, 5, 7, 8, 9]


def test_a_chunk_that_is_rolled_back_keeps_no_change(run_import, supplier):
    run_import([row(n) for n in range(1, 5)])
    upload = make_upload(supplier, "a.csv", reemplazar_duplicados=True)
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    with pytest.raises(ClaimLost):
        import_rows(claimed, [row(n, nombre="Nuevo") for n in range(1, 5)], chunk_rows=2, after_chunk=upload.cancel)
    assert list(kept(upload)) == [2, 3]


def test_changes_leave_with_their_upload(run_import):
    run_import([row(1)])
    upload = run_import([row(1, nombre="Nuevo")], replace=True)
    upload.delete()
    assert not RowChange.objects.exists()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_doubles_and_loses_no_change(accept, worker):
    count = 3000
    accept(csv_bytes(row(n) for n in range(1, count + 1)))
    worker.step()
    prices = {n: "5000.00" if n % 3 == 0 else "1300.00" for n in range(1, count + 1)}
    upload = accept(csv_bytes(row(n, precio_unitario=price) for n, price in prices.items()), replace=True)
    chunks = {"BULK_UPLOAD_CHUNK_ROWS": 20 if connection.vendor == "postgresql" else 100}
    with worker_process("--wait", "1", **chunks) as process:
        wait_for(lambda: upload.row_changes.count() > 200, pause=0.01)
        process.kill()
        process.wait(10)
    upload.refresh_from_db()
    assert upload.status == "processing"
    with worker_process("--wait", "1", **chunks):
        wait_for(lambda: upload.refresh_from_db() or upload.is_final, 30 + 3 * LEASE_SECONDS)
    assert upload.claim_number > 1
    wanted = {n + 1: (row(n)["id"], {"precio_unitario": ["1250.50", price]}) for n, price in prices.items()}
    assert kept(upload) == wanted
    assert upload.cambios_grandes_de_precio == count // 3


@pytest.mark.django_db
def test_the_status_says_how_many_prices_changed_by_much(accept, worker, api):
    accept(csv_bytes(row(n) for n in range(1, 4)))
    worker.step()
    upload = accept(csv_bytes([row(1, precio_unitario="1"), row(2, precio_unitario="9999"), row(3)]), replace=True)
    worker.step()
    result = api.get(f"/api/catalog/bulk-upload/status/{upload.pk}").json()["result"]
    assert result["resumen"]["cambios_grandes_de_precio"] == 2
