"""What a search found is counted and paged as any other list, whether its texts alone are read or its products, too."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from catalog import search
from catalog.models import Category, Product, Supplier
from catalog.search_filling import fill_some
from catalog.tests.pages import Page

pytestmark = pytest.mark.django_db

needs_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite fills nothing")
KEYS = [f"P{number}" for number in range(9)]


def fill():
    while fill_some():
        pass


@pytest.fixture(params=["unfilled", "some filled", "filled"])
def products(request):
    """Nine gloves, of three suppliers by turns; every second one is active."""
    category = Category.objects.create(nombre="GUANTES")
    suppliers = [Supplier.objects.create(codigo=f"PROV00{number}", nombre="x") for number in (1, 2, 3)]
    rows = [
        Product(
            id=key,
            nombre=f"Guante {number}",
            codigo=f"77{number}",
            categoria=category,
            precio_unitario=9 - number,
            certificado_sanitario="INVIMA",
            condiciones_almacenamiento="Seco",
            tiempo_entrega_dias=1,
            activo=number % 2 == 0,
            proveedor=suppliers[number % 3],
        )
        for number, key in enumerate(KEYS)
    ]
    Product.objects.bulk_create(rows[:5])
    if request.param != "unfilled":
        fill()
    Product.objects.bulk_create(rows[5:])
    if request.param == "filled":
        fill()


def searched(text="guante", suppliers=None):
    suppliers = Supplier.objects.all() if suppliers is None else suppliers
    return search.products(suppliers.own(Product.objects.all()), text, suppliers)


@pytest.fixture
def root():
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def keys(rows):
    return [product.pk for product in rows]


FIRST = Supplier.objects.filter(pk="PROV001")
TWO = Supplier.objects.filter(pk__in=["PROV001", "PROV003"])


@pytest.mark.parametrize(
    ("suppliers", "found"),
    [(None, KEYS), (FIRST, KEYS[::3]), (TWO, [key for n, key in enumerate(KEYS) if n % 3 != 1])],
)
def test_counts_and_pages_agree(products, suppliers, found):
    rows = searched(suppliers=suppliers).select_related("proveedor")
    assert rows.count() == len(found)
    assert keys(rows.order_by("id")) == keys(rows.order_by("id")[:100]) == found
    assert keys(rows.order_by("pk")[1:3]) == found[1:3]
    assert keys(rows.order_by("-id")[0:2]) == keys(rows.order_by("-pk")[0:2]) == found[::-1][:2]
    assert keys(rows.order_by("precio_unitario")[:2]) == found[::-1][:2]
    assert keys(rows.order_by("id")[5:5]) == keys(rows.order_by("id")[50:60]) == []
    assert rows.order_by("id")[1].pk == found[1]
    assert keys(rows.order_by("id")[2:]) == found[2:]


def test_further_restrictions_count(products):
    rows = searched()
    assert rows.filter(activo=True).count() == 5
    assert keys(rows.exclude(activo=True).order_by("id")[:2]) == ["P1", "P3"]
    assert rows.none().count() == 0
    assert (rows.filter(pk="P1") | rows.filter(pk="P2")).count() == 2
    assert rows.order_by("id")[2:4].count() == 2
    assert rows.values("proveedor").distinct().count() == 3
    own = FIRST.own(Product.objects.filter(activo=True))
    assert search.products(own, "guante", FIRST).count() == 2


def test_nobody_finds_anything(products):
    rows = searched(suppliers=Supplier.objects.filter(pk="?"))
    assert (rows.count(), keys(rows.order_by("id")[:9])) == (0, [])


def test_a_product_that_changes_its_supplier_is_found_with_the_new_one(products, root):
    Page(root, "/admin/catalog/product/P0/change/").change(proveedor="PROV002").save()
    for _ in range(2):
        for code, found in (("PROV001", ["P3", "P6"]), ("PROV002", ["P0", "P1", "P4", "P7"])):
            rows = searched(suppliers=Supplier.objects.filter(pk=code))
            assert (rows.count(), keys(rows.order_by("id")[:9])) == (len(found), found)
        fill()


@pytest.mark.parametrize(("query", "found"), [({}, KEYS[::3]), ({"activo__exact": "1"}, ["P0", "P6"])])
def test_the_admin_lists_and_counts_what_its_clerk_may_see(products, query, found):
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.groups.add(Group.objects.get(name="Proveedor"))
    Supplier.objects.get(pk="PROV001").usuarios.add(clerk)
    client = Client()
    client.force_login(clerk)
    changes = client.get("/admin/catalog/product/", {"q": "guante", **query}).context["cl"]
    assert (changes.result_count, sorted(keys(changes.result_list))) == (len(found), found)


def test_the_admin_finds_within_a_chosen_supplier(products, root):
    query = {"q": "guante", "proveedor__codigo__exact": "PROV002"}
    changes = root.get("/admin/catalog/product/", query).context["cl"]
    assert (changes.result_count, sorted(keys(changes.result_list))) == (3, ["P1", "P4", "P7"])


@needs_postgresql
class TestQueries:
    def test_counts_and_pages_by_id_join_no_products(self, products, django_assert_num_queries):
        fill()
        rows = searched(suppliers=FIRST).order_by("id")
        with django_assert_num_queries(2) as queries:
            assert (rows.count(), keys(rows[:2])) == (3, ["P0", "P3"])
        count, page = [query["sql"] for query in queries.captured_queries]
        assert "catalog_product " not in count
        assert '"catalog_product"' not in count
        assert "ORDER BY product_id ASC LIMIT 2" in page

    def test_texts_of_before_are_filled_again(self, products):
        fill()
        migration = import_module("catalog.migrations.0010_product_search_suppliers")
        with connection.cursor() as cursor, connection.schema_editor() as editor:
            migration.remove(None, editor)
            migration.add(None, editor)
            cursor.execute("SELECT count(*) FROM catalog_productsearch")
            assert cursor.fetchone()[0] == 0
        assert keys(searched(suppliers=FIRST).order_by("id")) == KEYS[::3]
        fill()
        assert keys(searched(suppliers=FIRST).order_by("id")) == KEYS[::3]
