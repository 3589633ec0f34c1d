"""What is typed into the admin is stored as the same text in a sheet would be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.models import Category, Product, Supplier
from catalog.tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(supplier):
    Category.objects.create(nombre="GASAS")
    return Product.objects.create(
        id="P1",
        nombre="Gasa",
        codigo="C1",
        categoria_id="GASAS",
        precio_unitario=Decimal("12.50"),
        certificado_sanitario="INVIMA",
        condiciones_almacenamiento="Seco",
        tiempo_entrega_dias=5,
        proveedor=supplier,
    )


@pytest.fixture
def supplier():
    return Supplier.objects.create(codigo="PROV001", nombre="Andina")


def changed(client, product, **values):
    response = Page(client, f"/admin/catalog/product/{product.pk}/change/").change(**values).post()
    product.refresh_from_db()
    return response


def test_text_is_composed_and_loses_what_is_invisible(admin_client, product):
    changed(admin_client, product, nombre="\u200eGasa este\u0301ril\u00ad", codigo=" \ufeffN\u0303-1\u200b")
    assert (product.nombre, product.codigo) == ("Gasa estéril", "Ñ-1")


def test_an_invisible_character_within_a_code_is_refused_with_its_place(admin_client, product):
    response = changed(admin_client, product, codigo="C\u200b1")
    assert "U+200B, en el lugar 2" in response.content.decode()
    assert product.codigo == "C1"


def test_a_lost_letter_is_refused(admin_client, product):
    assert "otro programa perdió" in changed(admin_client, product, nombre="Protecci\ufffdn").content.decode()


def test_what_an_earlier_release_has_stored_does_not_stop_another_change(admin_client, product):
    Product.objects.update(codigo="C\u200b1")
    changed(admin_client, product, nombre="Gasa grande")
    assert (product.nombre, product.codigo) == ("Gasa grande", "C\u200b1")


def test_a_category_is_cleaned_too(admin_client):
    Page(admin_client, "/admin/catalog/category/add/").change(nombre="\u200epan\u0303ales\u00ad").post()
    assert Category.objects.get().nombre == "PAÑALES"
    response = Page(admin_client, "/admin/catalog/category/add/").change(nombre="ALGOD\ufffdN").post()
    assert "otro programa perdió" in response.content.decode()


def test_a_suppliers_code_is_cleaned_too(admin_client):
    response = Page(admin_client, "/admin/catalog/supplier/add/").change(codigo="P\u200b1", nombre="x").post()
    assert "U+200B" in response.content.decode()
