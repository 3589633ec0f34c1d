"""On PostgreSQL products and lots never refer to what is not there, whoever writes them."""

from __future__ import annotations

import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, NotSupportedError, OperationalError, connection, transaction

from catalog.models import Category, Product, StockLot, Supplier, Warehouse

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="other databases have foreign keys"),
]


FOREIGN_KEYS = "SELECT count(*) FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'f'"
TRIGGERS = (
    ("catalog_product", "0003_references_by_statement"),
    ("catalog_stocklot", "0015_stock_references_by_statement"),
)


@pytest.fixture
def product():
    Category.objects.create(nombre="GUANTES")
    Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Andinas")
    return make("P1")


def make(key: str, **changes: object) -> Product:
    values = {"categoria_id": "GUANTES", "proveedor_id": "PROV001", "precio_unitario": 1, "tiempo_entrega_dias": 1}
    return Product.objects.create(id=key, codigo=f"C{key}", **{**values, **changes})


@pytest.fixture
def lot(product):
    Warehouse.objects.create(codigo="BOG-01", nombre="Bogotá", pais="CO")
    return StockLot.objects.create(producto=product, bodega_id="BOG-01", lote="L1", cantidad=3)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("name", ["categoria_id", "proveedor_id"])
def test_nothing_refers_to_what_is_not_there(product, name):
    with pytest.raises(IntegrityError, match="NADA"), transaction.atomic():
        make("P2", **{name: "NADA"})
    with pytest.raises(IntegrityError, match="NADA"), transaction.atomic():
        Product.objects.update(**{name: "NADA"})
    product.refresh_from_db()
    assert (product.categoria_id, product.proveedor_id) == ("GUANTES", "PROV001")


@pytest.mark.parametrize(("table", "key"), [("catalog_category", "nombre"), ("catalog_supplier", "codigo")])
def test_what_is_referred_to_stays(product, table, key):
    for statement in ("DELETE FROM {table}", "UPDATE {table} SET {key} = 'OTRO'"):
        with pytest.raises(IntegrityError, match="still refers"):
            run(statement.format(table=table, key=key))


@pytest.mark.parametrize("name", ["producto_id", "bodega_id"])
def test_no_lot_is_of_what_is_not_there(lot, name):
    make("P2")
    others = [StockLot(producto_id="P2", bodega_id="BOG-01", lote=lote, cantidad=1) for lote in ("L2", "L3")]
    setattr(others[1], name, "NADA")
    with pytest.raises(IntegrityError, match="'NADA', which is not in"), transaction.atomic():
        StockLot.objects.bulk_create(others)
    with pytest.raises(IntegrityError, match="'NADA', which is not in"), transaction.atomic():
        StockLot.objects.update(**{name: "NADA"})
    lot.refresh_from_db()
    assert (lot.producto_id, lot.bodega_id) == ("P1", "BOG-01")


@pytest.mark.parametrize(("table", "key"), [("catalog_product", "id"), ("catalog_warehouse", "codigo")])
def test_what_has_lots_stays(lot, table, key):
    for statement in ("DELETE FROM {table}", "UPDATE {table} SET {key} = 'OTRO'"):
        with pytest.raises(IntegrityError, match="still refers"):
            run(statement.format(table=table, key=key))


def test_lots_move_to_what_is_there(lot):
    make("P2")
    StockLot.objects.update(producto_id="P2")
    run("DELETE FROM catalog_product WHERE id = 'P1'; UPDATE catalog_product SET nombre = 'x'")
    assert Product.objects.get().lots.count() == 1


@pytest.mark.parametrize(("table", "_migration"), TRIGGERS)
def test_there_are_no_foreign_keys_beside_the_triggers(table, _migration):
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS.format(table=table))
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_an_older_snapshot_deletes_nothing(product):
    """It would not see products that others have written since."""
    with pytest.raises(NotSupportedError, match="READ COMMITTED"):
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; DELETE FROM catalog_category")
    assert Category.objects.count() == 1


def test_the_triggers_find_their_tables_whatever_the_search_path(product):
    run("SET LOCAL search_path = ''; UPDATE public.catalog_product SET nombre = 'x'; SET LOCAL search_path = public")


def test_what_is_not_referred_to_may_go(product):
    Category.objects.create(nombre="JERINGAS")
    Category.objects.filter(nombre="JERINGAS").update(nombre="AGUJAS")
    run("DELETE FROM catalog_category WHERE nombre = 'AGUJAS'")
    assert list(Category.objects.values_list("nombre", flat=True)) == ["GUANTES"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("write", "removal"),
    [
        (lambda: make("P2"), "DELETE FROM catalog_category"),
        (
            lambda: StockLot.objects.create(producto_id="P1", bodega_id="BOG-01", cantidad=1),
            "DELETE FROM catalog_product",
        ),
        (
            lambda: StockLot.objects.create(producto_id="P1", bodega_id="BOG-01", cantidad=1),
            "DELETE FROM catalog_warehouse",
        ),
    ],
    ids=["product", "lot of a product", "lot in a warehouse"],
)
def test_nothing_can_go_while_something_that_refers_to_it_is_being_written(lot, write, removal):
    """The other transaction's row is not visible yet, and still counts."""
    lot.delete()
    if removal.endswith("catalog_category"):
        Product.objects.all().delete()
    written, go = threading.Event(), threading.Event()

    def other_transaction() -> None:
        with transaction.atomic():
            write()
            written.set()
            go.wait(30)
        connection.close()

    other = threading.Thread(target=other_transaction)
    other.start()
    assert written.wait(30)
    try:
        with pytest.raises(OperationalError, match="lock timeout"):
            run(f"SET LOCAL lock_timeout = '200ms'; {removal}")
    finally:
        go.set()
        other.join()
    with pytest.raises(IntegrityError, match="still refers"):
        run(removal)


@pytest.mark.parametrize(("table", "name"), TRIGGERS)
def test_the_way_back_leads_to_ordinary_foreign_keys(lot, table, name):
    migration = import_module(f"catalog.migrations.{name}")
    with connection.cursor() as cursor:
        for step, expected in ((migration.by_row, 2), (migration.by_statement, 0)):
            with connection.schema_editor() as editor:
                step(apps, editor)
            cursor.execute(FOREIGN_KEYS.format(table=table))
            assert cursor.fetchone() == (expected,)
    with pytest.raises(IntegrityError), transaction.atomic():
        make("P2", categoria_id="NADA")
