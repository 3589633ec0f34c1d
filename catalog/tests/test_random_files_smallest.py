"""Outcomes that once depended on where chunks begin, or on what came in between: the smallest files that show them."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import import_rows, row
from catalog.models import Product
from catalog.tests.random_files.cells import CSV
from catalog.tests.random_files.database import account_of, fill
from catalog.tests.random_files.drawing import line_of
from catalog.tests.random_files.files import File, Line
from catalog.tests.random_files.importing import Attempt, Killed, accepted, run
from catalog.tests.random_files.oracle import LATER, Account, Kept, Oracle
from catalog.tests.random_files.plan import Plan
from catalog.tests.random_files.sheets import PRODUCTS, STOCK
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db


def imported(plan: Plan, existing: list[Kept], lines: list[Line], chunk_rows: int, folder: Path) -> tuple[Account, ...]:
    """What the upload says of itself, and what it should say."""
    file = File(CSV, tuple(plan.column), tuple(lines), replace=bool(plan is STOCK))
    path = folder / "a.csv"
    file.write(path)
    fill(plan, existing, is_their_supplier_active=True)
    upload = accepted(plan, file)
    with override_settings(BULK_UPLOAD_MAX_NEW_CATEGORIES=1):
        run(upload, path, [Attempt(chunk_rows)])
    return account_of(upload), Oracle(plan, existing).take(file, 1)


def product(key: str, category: str) -> Kept:
    values = {name: cell.value for name, cell in line_of(PRODUCTS).cells.items()}
    return Kept({**values, "id": key, "codigo": f"C-{key}", "categoria": category})


@pytest.mark.parametrize("chunk_rows", [1, 50])
def test_a_product_that_exists_is_a_duplicate_also_beside_one_category_too_many(tmp_path, chunk_rows):
    lines = [
        line_of(PRODUCTS, id="P1", codigo="C1", categoria="VENDAS"),
        line_of(PRODUCTS, id="P2", codigo="C2", categoria="SUTURAS"),
        line_of(PRODUCTS, id="P3", codigo="C3", categoria="SUTURAS"),
    ]
    found, expected = imported(PRODUCTS, [product("P3", "GASAS")], lines, chunk_rows, tmp_path)
    assert expected.errors == [(3, "categoria", "too_many_new_categories"), (4, "id", "duplicate_product")]
    assert found == expected


@pytest.mark.parametrize("chunk_rows", [1, 50])
def test_a_misspelt_name_of_a_category_that_the_file_creates_is_one_wherever_chunks_begin(tmp_path, chunk_rows):
    lines = [
        line_of(PRODUCTS, id="P1", codigo="C1", categoria="SUTURAS"),
        line_of(PRODUCTS, id="P2", codigo="C2", categoria="SUTURA"),
    ]
    found, _ = imported(PRODUCTS, [], lines, chunk_rows, tmp_path)
    assert found.errors == [(3, "categoria", "misspelt_category")]


@pytest.mark.parametrize("chunk_rows", [1, 50])
def test_a_lot_that_changed_later_is_left_as_it_is_however_often_it_is_named(tmp_path, chunk_rows):
    day = dt.date(2027, 3, 31)
    values = {"producto": "S1", "bodega": "BOG_CENTRAL", "lote": "1", "cantidad": 0, "fecha_vencimiento": day}
    existing = Kept({**values, "condiciones": "Nevera"}, number=LATER)
    lines = [line_of(STOCK), line_of(STOCK, producto_codigo="C-S1")]
    found, expected = imported(STOCK, [existing], lines, chunk_rows, tmp_path)
    assert (expected.sin_cambios, expected.errors) == (2, [])
    assert found == expected


def test_a_newer_list_outlasts_the_rest_of_an_older_one_that_had_changed_the_product_before(supplier, run_import):
    run_import([row(1)])
    older = BulkUpload.objects.create(
        proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1, reemplazar_duplicados=True
    )
    claimed = BulkUpload.objects.claim(older.pk, timedelta(0))
    by_code, by_id = row(1, id="OTRO", precio_unitario="20"), row(1, codigo="C", precio_unitario="25")
    with pytest.raises(Killed):
        import_rows(claimed, [by_code, by_id], chunk_rows=1, after_chunk=die)
    newer = run_import([row(1, precio_unitario="20")], replace=True)
    assert (newer.sin_cambios, newer.rechazados) == (1, 0)
    BulkUpload.objects.filter(pk=older.pk).update(lease_until=database_now())
    import_rows(BulkUpload.objects.claim(older.pk, timedelta(seconds=60)), [by_code, by_id], chunk_rows=1)
    assert Product.objects.get().precio_unitario == Decimal(20)


def die() -> None:
    raise Killed
