"""On PostgreSQL a product never refers to a supplier or category that is not there, whoever writes it."""

from __future__ import annotations

import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, NotSupportedError, OperationalError, connection, transaction

from catalog.models import Category, Product, Supplier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="other databases have foreign keys"),
]


FOREIGN_KEYS = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'catalog_product'::regclass AND contype = 'f'"


@pytest.fixture
def product():
    Category.objects.create(nombre="GUANTES")
    Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Andinas")
    return make("P1")


def make(key: str, **changes: object) -> Product:
    values = {"categoria_id": "GUANTES", "proveedor_id": "PROV001", "precio_unitario": 1, "tiempo_entrega_dias": 1}
    return Product.objects.create(id=key, codigo=f"C{key}", **{**values, **changes})


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


def test_there_are_no_foreign_keys_beside_the_triggers(product):
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
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
def test_a_category_cannot_go_while_a_product_of_it_is_being_written(product):
    """The other transaction's product is not visible yet, and still counts."""
    Product.objects.all().delete()
    written, go = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make("P2")
            written.set()
            go.wait(30)
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    assert written.wait(30)
    try:
        with pytest.raises(OperationalError, match="lock timeout"):
            run("SET LOCAL lock_timeout = '200ms'; DELETE FROM catalog_category")
    finally:
        go.set()
        other.join()
    with pytest.raises(IntegrityError, match="still refers"):
        run("DELETE FROM catalog_category")


def test_the_way_back_leads_to_ordinary_foreign_keys(product):
    migration = import_module("catalog.migrations.0003_references_by_statement")
    with connection.cursor() as cursor:
        for step, expected in ((migration.by_row, 2), (migration.by_statement, 0)):
            with connection.schema_editor() as editor:
                step(apps, editor)
            cursor.execute(FOREIGN_KEYS)
            assert cursor.fetchone() == (expected,)
    with pytest.raises(IntegrityError), transaction.atomic():
        make("P2", categoria_id="NADA")
