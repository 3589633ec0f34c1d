"""In the admin no key is edited into a second row, none is taken over, and nothing that is used is deleted."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from bulk_upload.tests.helpers.rows import row
from catalog.models import Category, Product, Supplier
from catalog.tests.pages import Page

PRODUCTS = "/admin/catalog/product/"
SUPPLIERS = "/admin/catalog/supplier/"
CATEGORIES = "/admin/catalog/category/"


def races(test):
    test = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")(test)
    return pytest.mark.django_db(transaction=True)(test)


@pytest.fixture
def product(run_import) -> Product:
    run_import([row(1)])
    return Product.objects.get()


@contextmanager
def just_before(start, act):
    """Somebody else's work, committed between the check and the first statement that begins so."""
    pending = [act]

    def work():
        pending.pop()()
        connection.close()

    def run(execute, sql, params, many, context):
        if pending and sql.startswith(start):
            other = threading.Thread(target=work)
            other.start()
            other.join(30)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
    assert not pending


@pytest.mark.parametrize(
    ("address", "key"),
    [(f"{PRODUCTS}PROD00001/change/", "id"), (f"{SUPPLIERS}PROV001/change/", "codigo")],
)
def test_the_key_of_an_existing_row_stays(person, product, address, key):
    page = Page(person, address)
    assert f'name="{key}"' not in page.text
    page.change(nombre="Otro nombre", **{key: "OTRO"}).save()
    assert (Product.objects.count(), Supplier.objects.count()) == (1, 1)


def test_the_name_of_an_existing_category_stays(person, product):
    Page(person, f"{CATEGORIES}GUANTES/change/").change(nombre="OTRA").save()
    assert [category.nombre for category in Category.objects.all()] == ["GUANTES"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" gasas ", "GASAS"), ("Pañales", "PAÑALES"), ("algodo\u0301n", "ALGODÓN"), ("maß", "MASS"), ("ılık", "ILIK")],
)
@pytest.mark.django_db
def test_a_category_is_kept_in_upper_case(person, typed, kept):
    Page(person, f"{CATEGORIES}add/").change(nombre=typed).save()
    assert Category.objects.get().nombre == kept


def test_a_category_that_exists_in_upper_case_is_refused(person, product):
    assert "Ya existe" in Page(person, f"{CATEGORIES}add/").change(nombre="guantes").refused().text


@pytest.mark.django_db
def test_a_category_too_long_in_upper_case_is_refused(person):
    assert "64" in Page(person, f"{CATEGORIES}add/").change(nombre="ß" * 40).refused().text


def add_product(person, key: str) -> Page:
    return Page(person, f"{PRODUCTS}add/").change(
        id=key,
        nombre="Gasas",
        codigo="OTRO",
        categoria="GUANTES",
        precio_unitario="1",
        certificado_sanitario="INVIMA",
        condiciones_almacenamiento="Seco",
        tiempo_entrega_dias="1",
        proveedor="PROV001",
    )


def test_a_new_product_takes_a_number_among_the_changes(person, product):
    add_product(person, "PROD00002").save()
    assert Product.objects.get(pk="PROD00002").change_number > 0


@races
def test_a_product_that_was_created_meanwhile_is_not_taken_over(person, product):
    Product.objects.all().delete()
    page = add_product(person, "PROD00001")
    first_write = ('INSERT INTO "catalog_product"', 'UPDATE "catalog_product"')
    with just_before(first_write, lambda: product.save(force_insert=True)):
        response = page.post()
    assert "id" in Page.errors(response)
    assert Product.objects.get().nombre == product.nombre


@races
def test_a_code_that_was_taken_meanwhile_is_an_error_of_the_form(person, product, run_import):
    page = Page(person, f"{PRODUCTS}PROD00001/change/").change(codigo="7")
    with just_before('UPDATE "catalog_product"', lambda: run_import([row(2, codigo="7")])):
        response = page.post()
    assert "codigo" in Page.errors(response)


def test_a_category_is_not_deleted_when_products_of_it_came_meanwhile(person, run_import):
    Category.objects.create(nombre="GUANTES")
    page = Page(person, f"{CATEGORIES}GUANTES/delete/")
    run_import([row(1)])
    assert "1 producto" in page.refused().text
    assert Category.objects.exists()


@races
def test_nor_when_they_come_between_the_check_and_the_deletion(person, run_import):
    Category.objects.create(nombre="GUANTES")
    page = Page(person, f"{CATEGORIES}GUANTES/delete/")
    with just_before('DELETE FROM "catalog_category"', lambda: run_import([row(1)])):
        assert "1 producto" in page.refused().text


@pytest.mark.parametrize("address", [PRODUCTS, CATEGORIES])
def test_the_action_deletes_and_logs(person, product, address):
    Category.objects.create(nombre="VACIA")
    key = "PROD00001" if address == PRODUCTS else "VACIA"
    person.post(address, {"action": "delete_selected", "_selected_action": key, "post": "yes"})
    assert not Product.objects.filter(pk=key).exists()
    assert not Category.objects.filter(pk=key).exists()
    assert LogEntry.objects.get().object_id == key


@races
def test_an_action_that_fails_logs_no_deletion(person, run_import):
    Category.objects.create(nombre="GUANTES")
    action = {"action": "delete_selected", "_selected_action": "GUANTES", "post": "yes"}
    with just_before('DELETE FROM "catalog_category"', lambda: run_import([row(1)])):
        assert "1 producto" in person.post(CATEGORIES, action).content.decode()
    assert not LogEntry.objects.exists()


def test_the_delete_page_deletes(person, product):
    Page(person, f"{PRODUCTS}PROD00001/delete/").save()
    assert not Product.objects.exists()
