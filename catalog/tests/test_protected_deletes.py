"""A supplier or category that is in use is not deleted, and the page says so at once, however much there is."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bulk_upload.models import BulkUpload
from catalog.models import Category, Product, Supplier

DELETE = "/admin/catalog/supplier/PROV001/delete/"


@pytest.fixture
def root(db: None) -> Client:
    client = Client(headers={"accept-language": "es"})
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def supplier(db: None) -> Supplier:
    return Supplier.objects.create(codigo="PROV001", nombre="Andinas")


def fill(supplier: Supplier, products: int) -> None:
    category = Category.objects.get_or_create(nombre="GASAS")[0]
    Product.objects.bulk_create(
        Product(
            id=f"P{n}", codigo=f"C{n}", nombre="x", precio_unitario=1, tiempo_entrega_dias=1,
            categoria=category, proveedor=supplier,
        )
        for n in range(products)
    )  # fmt: skip
    BulkUpload.objects.create(proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1)


def test_the_page_says_how_much_the_supplier_has(root, supplier):
    fill(supplier, 1234)
    page = root.get(DELETE).content.decode()
    assert "PROV001 · Andinas: 1.234 productos" in page
    assert "PROV001 · Andinas: 1 carga" in page
    assert "P77" not in page


def test_it_takes_the_same_queries_however_much_there_is(root, supplier):
    fill(supplier, 1)
    with CaptureQueriesContext(connection) as few:
        root.get(DELETE)
    Product.objects.all().delete()
    fill(supplier, 3000)
    with CaptureQueriesContext(connection) as many:
        root.get(DELETE)
    assert len(many) == len(few) <= 12


def test_a_supplier_in_use_stays(root, supplier):
    fill(supplier, 1)
    root.post(DELETE, {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": "PROV001", "post": "yes"}
    root.post("/admin/catalog/supplier/", action)
    assert Supplier.objects.filter(pk="PROV001").exists()


def test_a_supplier_without_anything_is_deleted(root, supplier):
    root.post(DELETE, {"post": "yes"})
    assert not Supplier.objects.filter(pk="PROV001").exists()


def test_a_category_in_use_says_how_many_products_it_has(root, supplier):
    fill(supplier, 3)
    assert "GASAS: 3 productos" in root.get("/admin/catalog/category/GASAS/delete/").content.decode()
