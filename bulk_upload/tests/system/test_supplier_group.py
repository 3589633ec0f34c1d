"""The group "Proveedor": there after the migrations, and what its people may do."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from bulk_upload.tests.helpers.admin_people import address, make_upload, signed_in
from bulk_upload.tests.helpers.rows import row
from catalog.models import Category, Product, Supplier
from catalog.sheets.products import PRODUCTS
from medisupply.supplier_group import GROUP, create_supplier_group

pytestmark = pytest.mark.django_db

MAY = {
    "bulk_upload.view_bulkupload",
    "bulk_upload.add_bulkupload",
    "catalog.view_product",
    "catalog.add_product",
    "catalog.change_product",
    "catalog.delete_product",
    "catalog.view_supplier",
    "catalog.view_category",
    "catalog.view_warehouse",
    "catalog.view_stocklot",
}


@pytest.fixture
def clerk(supplier: Supplier) -> User:
    user = User.objects.create_user("maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    supplier.usuarios.add(user)
    return user


@pytest.fixture
def door(clerk: User) -> Client:
    return signed_in(clerk)


def test_its_people_have_the_permissions_for_uploads_products_and_stock(clerk):
    assert clerk.get_all_permissions() == MAY


def test_a_deleted_group_comes_back_with_the_next_migration():
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert Group.objects.get(name=GROUP).permissions.count() == len(MAY)


def test_what_an_administrator_took_away_stays_away():
    group = Group.objects.get(name=GROUP)
    group.permissions.filter(codename="delete_product").delete()
    create_supplier_group()
    assert group.permissions.count() == len(MAY) - 1


def test_a_person_of_the_group_uploads_for_its_only_supplier(door, supplier, other_supplier):
    page = door.get(address("add")).content.decode()
    assert "Distribuciones Andinas" in page
    assert "Suministros del Norte" not in page


def test_a_person_of_the_group_sees_its_own_uploads_and_no_others(door, supplier, other_supplier):
    make_upload(supplier, "propio.xlsx")
    theirs = make_upload(other_supplier, "ajeno.xlsx")
    page = door.get(address("changelist")).content.decode()
    assert "propio.xlsx" in page
    assert "ajeno.xlsx" not in page
    assert door.get(address("change", theirs.pk)).status_code == 404


def product(number: int, supplier: Supplier, category: str = "GUANTES") -> Product:
    values = {**row(number), "requiere_lote": True, "requiere_vencimiento": False}
    values["categoria"] = Category.objects.get_or_create(nombre=category)[0]
    return Product.objects.create(**values, proveedor=supplier)


def test_a_person_of_the_group_changes_its_products_without_seeing_categories_of_others(door, supplier, other_supplier):
    product(1, supplier)
    product(2, other_supplier, "CATEGORIA AJENA")
    page = door.get("/admin/catalog/product/PROD00001/change/")
    assert page.status_code == 200
    assert "GUANTES" in page.content.decode()
    assert "CATEGORIA AJENA" not in page.content.decode()
    assert "CATEGORIA AJENA" not in door.get("/admin/catalog/product/").content.decode()


@pytest.mark.parametrize("place", ["auth/user", "auth/group", "authtoken/tokenproxy"])
def test_a_person_of_the_group_reaches_nothing_else(door, place):
    assert door.get(f"/admin/{place}/").status_code == 403


def test_a_product_cannot_be_given_to_a_supplier_or_category_that_is_not_ones_own(door, supplier, other_supplier):
    product(1, supplier)
    product(2, other_supplier, "CATEGORIA AJENA")
    door.post("/admin/catalog/product/PROD00001/change/", {"proveedor": "PROV002", "categoria": "CATEGORIA AJENA"})
    mine = Product.objects.get(pk="PROD00001")
    assert (mine.proveedor_id, mine.categoria_id) == ("PROV001", "GUANTES")


def test_the_home_page_leads_to_the_upload_the_template_and_the_guide(door, supplier):
    make_upload(supplier, "enero.xlsx")
    response = door.get("/", follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    for place in (
        address("add"),
        address("guide"),
        address("template", "vacia"),
        "enero.xlsx",
        "Distribuciones Andinas",
    ):
        assert place in page


def test_the_home_page_shows_no_upload_of_others(door, other_supplier):
    make_upload(other_supplier, "ajeno.xlsx")
    assert "ajeno.xlsx" not in door.get("/", follow=True).content.decode()


def test_every_link_of_the_home_page_is_open_to_its_reader(door, supplier):
    make_upload(supplier, "enero.xlsx")
    page = door.get("/admin/").content.decode()
    links = set(re.findall(r'href="(/admin/[^"]*)"', page))
    assert len(links) > 6
    for link in links - {"/admin/logout/"}:
        assert door.get(link).status_code == 200, link


def test_a_person_without_uploads_has_the_plain_first_page(bystander):
    page = bystander.get("/admin/").content.decode()
    assert address("add") not in page
    assert "/admin/catalog/product/" in page


def test_the_guide_names_every_column_with_its_rule(door):
    page = door.get(address("guide")).content.decode()
    for column in PRODUCTS.columns:
        assert f"<code>{column.name}</code>" in page
        assert str(column.rule.es) in page
