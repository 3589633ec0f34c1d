"""An undo takes back exactly what an import did, and keeps what somebody has changed since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload.models import BulkUpload, EditAction, EditSource, RowEdit
from bulk_upload.tests.helpers.rows import row
from bulk_upload.undoing.request import CannotUndo, reach, request_undo
from bulk_upload.undoing.undo import undo
from catalog.models import Product, StockLot
from catalog.sheets.stock import STOCK
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse

pytestmark = pytest.mark.django_db

FIELDS = ("id", "nombre", "codigo", "precio_unitario", "categoria_id", "requiere_lote", "activo")


def catalogue():
    return list(Product.objects.order_by("id").values_list(*FIELDS))


def prices():
    return {key: str(price) for key, price in Product.objects.values_list("id", "precio_unitario")}


def kept(undone):
    return [(error.fila, error.codigo, error.params) for error in undone.row_errors.order_by("fila")]


@pytest.fixture(autouse=True)
def small_slices(settings):
    settings.BULK_UPLOAD_CHUNK_ROWS = 4


def test_what_an_import_created_is_removed(run_import, run_undo):
    run_import([row(1), row(2)])
    before = catalogue()
    upload = run_import([row(n) for n in range(3, 26)])
    undone = run_undo(upload)
    assert catalogue() == before
    assert (undone.total, undone.actualizados, undone.eliminados, undone.rechazados) == (23, 23, 23, 0)


def test_what_an_import_changed_is_as_before(run_import, run_undo):
    run_import([row(n) for n in range(1, 13)])
    before = catalogue()
    changed = [
        row(n, nombre="Otro", precio_unitario="9.99", requiere_lote="no", categoria="NUEVA") for n in range(1, 13)
    ]
    upload = run_import([*changed, row(13)], replace=True)
    undone = run_undo(upload)
    assert catalogue() == before
    assert (undone.total, undone.actualizados, undone.eliminados) == (13, 13, 1)
    assert set(Product.objects.values_list("version", flat=True)) == {3}


def test_what_was_changed_since_is_kept_and_says_by_whom(run_import, run_undo, user):
    upload = run_import([row(n) for n in range(1, 5)])
    Product.objects.filter(pk="PROD00001").update(nombre="A mano", changed_by_upload=None)
    RowEdit.objects.create(
        sheet_name="productos",
        producto="PROD00001",
        user=user,
        username="ana",
        source=EditSource.ADMIN,
        action=EditAction.CHANGED,
        cambios={},
    )
    run_import([row(2, precio_unitario="2.00")], replace=True)
    Product.objects.filter(pk="PROD00003").delete()
    assert reach(upload) == (4, 0, 3, 0)
    undone = run_undo(upload)
    assert kept(undone) == [
        (2, "kept_changed_by_person", {"clave": "PROD00001", "usuario": "ana"}),
        (3, "kept_changed_by_upload", {"clave": "PROD00002", "archivo": "a.csv"}),
        (4, "kept_removed", {"clave": "PROD00003"}),
    ]
    assert sorted(prices()) == ["PROD00001", "PROD00002"]
    assert (undone.total, undone.actualizados, undone.rechazados) == (4, 1, 3)


def test_what_something_refers_to_is_kept(run_import, run_undo):
    upload = run_import([row(1), row(2)])
    make_lot(Product.objects.get(pk="PROD00001"), make_warehouse())
    undone = run_undo(upload)
    assert kept(undone) == [(2, "kept_referenced", {"clave": "PROD00001", "que": "lote en bodega"})]
    assert list(prices()) == ["PROD00001"]


def test_two_overlapping_imports_undone_from_the_newest(run_import, run_undo):
    first = run_import([row(n, precio_unitario="1") for n in range(1, 6)])
    second = run_import([row(n, precio_unitario="2") for n in range(3, 9)], replace=True)
    run_undo(second)
    assert prices() == {f"PROD0000{n}": "1.00" for n in range(1, 6)}
    undone = run_undo(first)
    assert prices() == {}
    assert undone.eliminados == 5


def test_two_overlapping_imports_undone_from_the_oldest(run_import, run_undo):
    run_import([row(n, precio_unitario="1") for n in range(1, 6)])
    first = run_import([row(n, precio_unitario="2") for n in range(1, 6)], replace=True)
    second = run_import([row(n, precio_unitario="3") for n in range(3, 6)], replace=True)
    assert [code for _, code, _ in kept(run_undo(first))] == ["kept_changed_by_upload"] * 3
    assert prices() == {f"PROD0000{n}": "1.00" if n < 3 else "3.00" for n in range(1, 6)}
    run_undo(second)
    assert prices() == {f"PROD0000{n}": "1.00" if n < 3 else "2.00" for n in range(1, 6)}


def test_a_code_that_was_given_away_comes_back(run_import, run_undo):
    """The import moved a code from one product to another: taken back in the opposite order."""
    run_import([row(1), row(2, codigo="B")])
    before = catalogue()
    upload = run_import([row(1, codigo="C"), row(2, codigo=row(1)["codigo"]), row(3, codigo="B")], replace=True)
    assert upload.rechazados == 0
    run_undo(upload)
    assert catalogue() == before


def test_a_value_that_does_not_fit_any_more_costs_one_row(run_import, run_undo):
    run_import([row(1, codigo="A"), row(2, codigo="B")])
    upload = run_import([row(1, codigo="C", nombre="Otro"), row(2, nombre="Otro")], replace=True)
    run_import([row(3, codigo="A")])
    undone = run_undo(upload)
    assert kept(undone) == [(2, "kept_refused", {"clave": "PROD00001"})]
    assert Product.objects.get(pk="PROD00002").nombre == row(2)["nombre"]
    assert Product.objects.get(pk="PROD00001").codigo == "C"


def test_one_row_that_the_file_changed_twice_goes_back_to_its_first_values(run_import, run_undo):
    """By its id, and by its code under another id."""
    run_import([row(1, codigo="A")])
    before = catalogue()
    rows = [row(7, codigo="A", nombre="Uno"), *(row(n) for n in range(20, 26)), row(1, codigo="Z", nombre="Dos")]
    upload = run_import(rows, replace=True)
    assert upload.actualizados == 2
    undone = run_undo(upload)
    assert catalogue() == before
    assert (undone.total, undone.actualizados) == (7, 7)


def test_lots_of_stock(run_import, run_undo, supplier):
    make_warehouse()
    for key in ("P1", "P2"):
        make_product(key, supplier)
    lot = {"bodega": "BOG_CENTRAL", "producto_codigo": "", "fecha_vencimiento": "2030-01-31", "condiciones": ""}
    run_import([{**lot, "producto_id": "P1", "lote": "", "cantidad": "5"}], sheet=STOCK)
    rows = [{**lot, "producto_id": "P1", "lote": "", "cantidad": "7", "fecha_vencimiento": "2031-01-31"}]
    rows += [{**lot, "producto_id": "P2", "lote": f"L{n}", "cantidad": "9"} for n in range(9)]
    upload = run_import(rows, sheet=STOCK, replace=True)
    assert (upload.creados, upload.actualizados) == (9, 1)
    undone = run_undo(upload)
    assert [(lot.producto_id, lot.cantidad, str(lot.fecha_vencimiento)) for lot in StockLot.objects.all()] == [
        ("P1", 5, "2030-01-31")
    ]
    assert (undone.actualizados, undone.eliminados) == (10, 9)


def test_an_undo_goes_on_where_it_was_stopped(run_import, aws, user):
    upload = run_import([row(n) for n in range(1, 16)], chunk_rows=4)
    asked = request_undo(upload, user)
    claimed = BulkUpload.objects.claim(asked.pk, timedelta(seconds=60))

    def stop():
        if Product.objects.count() < 10:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        undo(claimed, after_chunk=stop)
    assert 0 < Product.objects.count() < 10
    claimed.release()
    resumed = BulkUpload.objects.claim(asked.pk, timedelta(seconds=60))
    undo(resumed, after_chunk=lambda: None)
    resumed.complete()
    assert (Product.objects.count(), resumed.total, resumed.eliminados) == (0, 15, 15)


def test_what_a_cancelled_upload_committed_is_undone_and_the_rest_is_never_imported(run_import, run_undo, supplier):
    from bulk_upload.intake import retry_upload

    upload = run_import([row(n) for n in range(1, 4)])
    BulkUpload.objects.filter(pk=upload.pk).update(status="cancelled", sin_procesar=2, total=5)
    upload.refresh_from_db()
    run_undo(upload)
    assert prices() == {}
    assert not retry_upload(upload)


def test_an_upload_is_undone_once_and_an_undo_never(run_import, run_undo, user):
    upload = run_import([row(1)])
    undone = run_undo(upload)
    with pytest.raises(CannotUndo, match="already_undone"):
        request_undo(upload, user)
    with pytest.raises(CannotUndo, match="nothing_to_undo"):
        request_undo(undone, user)


def test_what_cannot_be_undone_says_why(run_import, supplier, user):
    nothing = run_import([row(1, nombre="")])
    with pytest.raises(CannotUndo, match="nothing_to_undo"):
        request_undo(nothing, user)
    running = BulkUpload.objects.create(proveedor=supplier, filename="b.csv", file_format="csv", s3_key="b", size=1)
    with pytest.raises(CannotUndo, match="not_ended"):
        request_undo(running, user)
    old = run_import([row(2)])
    old.chunk_rows.all().delete()
    with pytest.raises(CannotUndo, match="undo_not_kept"):
        request_undo(old, user)
    purged = run_import([row(3)])
    BulkUpload.objects.filter(pk=purged.pk).update(changes_purged_at=purged.completed_at)
    purged.refresh_from_db()
    with pytest.raises(CannotUndo, match="undo_expired"):
        request_undo(purged, user)
