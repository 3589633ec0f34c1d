"""Warehouses and stock in the admin: whose, how found, how changed."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import StockLot, Warehouse
from catalog.tests.pages import Page, sign_in
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse
from medisupply.supplier_group import GROUP

pytestmark = pytest.mark.django_db

LOTS = "/admin/catalog/stocklot/"
WAREHOUSES = "/admin/catalog/warehouse/"


@pytest.fixture
def lots(supplier, other_supplier):
    warehouse = make_warehouse()
    mine, theirs = make_product("P1", supplier), make_product("P2", other_supplier, nombre="Ajeno")
    return [make_lot(mine, warehouse, lote="PROPIO"), make_lot(theirs, warehouse, lote="AJENO")]


@pytest.fixture
def clerk(supplier):
    user = User.objects.create_user("maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    supplier.usuarios.add(user)
    client = Client(headers={"accept-language": "es"})
    client.force_login(user)
    return client


@pytest.fixture
def keeper(supplier):
    """A person of PROV001 who may change its stock."""
    permissions = ("view_stocklot", "add_stocklot", "change_stocklot", "view_product", "view_warehouse")
    return sign_in("bodeguera", *permissions, supplier=supplier)


def shown(client, address=LOTS, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def test_a_clerk_sees_the_lots_of_its_own_products_and_changes_none(clerk, lots):
    assert shown(clerk) == [lots[0].pk]
    page = clerk.get(f"{LOTS}{lots[0].pk}/change/").content.decode()
    assert "PROPIO" in page
    assert 'name="cantidad"' not in page
    assert clerk.get(f"{LOTS}{lots[1].pk}/change/").status_code == 302
    assert clerk.get(f"{LOTS}add/").status_code == 403
    assert shown(clerk, WAREHOUSES) == ["BOG_CENTRAL"]
    assert clerk.get(f"{WAREHOUSES}add/").status_code == 403


@pytest.mark.parametrize(("text", "found"), [("p1", 0), ("c-p1", 0), ("propio", 0), ("ajeno", 1), ("nada", None)])
def test_a_lot_is_found_by_its_product_and_by_its_name(person, lots, text, found):
    assert shown(person, q=text) == ([] if found is None else [lots[found].pk])


def test_a_search_finds_nothing_of_others(clerk, lots):
    assert shown(clerk, q="ajeno") == []


def test_the_list_is_filtered_by_warehouse(person, lots):
    other = make_lot(lots[0].producto, make_warehouse("CALI_SUR"))
    assert shown(person, bodega__codigo__exact="CALI_SUR") == [other.pk]


def test_the_list_takes_the_same_queries_for_few_lots_and_for_many(person, lots):
    with CaptureQueriesContext(connection) as few:
        person.get(LOTS)
    for number in range(30):
        make_lot(lots[0].producto, lots[0].bodega, lote=str(number))
    with CaptureQueriesContext(connection) as many:
        person.get(LOTS)
    assert len(many) == len(few) <= 12


def test_a_persons_change_is_the_last_one(keeper, lots):
    StockLot.objects.update(changed_by_upload=uuid.UUID(int=7))
    Page(keeper, f"{LOTS}{lots[0].pk}/change/").change(cantidad="7").save()
    lot = StockLot.objects.get(pk=lots[0].pk)
    assert (lot.cantidad, lot.version, lot.changed_by_upload) == (7, 2, None)
    assert lot.change_number > 0


def test_a_change_of_another_is_not_overwritten(keeper, lots):
    page = Page(keeper, f"{LOTS}{lots[0].pk}/change/").change(cantidad="7")
    StockLot.objects.update(cantidad=90, changed_by_upload=uuid.UUID(int=7))
    refused = page.refused()
    assert "el valor es ahora «90»" in refused.text
    assert str(uuid.UUID(int=7)) in refused.text
    assert StockLot.objects.get(pk=lots[0].pk).cantidad == 90


def test_what_a_lot_is_known_by_stays(keeper, lots):
    page = Page(keeper, f"{LOTS}{lots[0].pk}/change/")
    assert not {"producto", "bodega", "lote"} & set(page.sent)


def test_a_person_adds_a_lot_of_its_own_product_only(keeper, lots):
    new = {"producto": "P2", "bodega": "BOG_CENTRAL", "lote": " L\u200b", "cantidad": "3"}
    refused = Page(keeper, f"{LOTS}add/").change(**new).refused()
    assert "producto" in Page.errors(refused.client.post(f"{LOTS}add/", refused.sent))
    Page(keeper, f"{LOTS}add/").change(**{**new, "producto": "P1"}).save()
    added = StockLot.objects.exclude(pk__in=[lot.pk for lot in lots]).get()
    assert (added.producto_id, added.lote, added.cantidad) == ("P1", "L", 3)


def test_a_lot_that_exists_is_not_added_again(keeper, lots):
    new = {"producto": "P1", "bodega": "BOG_CENTRAL", "lote": "PROPIO", "cantidad": "3"}
    refused = Page(keeper, f"{LOTS}add/").change(**new).refused()
    assert "ya existe" in refused.text.lower()
    assert StockLot.objects.count() == 2


def test_a_warehouse_is_kept_clean_and_in_capitals(person):
    new = {"codigo": " bog_sur\u200b", "nombre": "Bodega\u00ad sur", "pais": "co"}
    Page(person, f"{WAREHOUSES}add/").change(**new).save()
    made = Warehouse.objects.get()
    assert (made.codigo, made.nombre, made.pais) == ("BOG_SUR", "Bodega sur", "CO")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"codigo": "A/B"}, "Use letras, dígitos"),
        ({"codigo": "A\u200bB"}, "U+200B, en el lugar 2"),
        ({"pais": "C1"}, "dos letras del código ISO"),
    ],
)
def test_a_warehouse_is_refused_in_words(person, changes, error):
    page = Page(person, f"{WAREHOUSES}add/").change(**{"codigo": "A", "nombre": "B", "pais": "CO", **changes})
    assert error in page.refused().text


def test_the_code_of_a_warehouse_stays(person, lots):
    page = Page(person, f"{WAREHOUSES}BOG_CENTRAL/change/")
    assert "codigo" not in page.sent
    page.change(nombre="Otro nombre").save()
    assert Warehouse.objects.get().nombre == "Otro nombre"


@pytest.mark.parametrize("place", ["product/P1", "warehouse/BOG_CENTRAL"])
def test_what_is_in_store_is_not_deleted(person, lots, place):
    page = person.get(f"/admin/catalog/{place}/delete/").content.decode()
    assert "lote" in page
    assert "en bodega" in page
    person.post(f"/admin/catalog/{place}/delete/", {"post": "yes"})
    assert (StockLot.objects.count(), Warehouse.objects.count()) == (2, 1)
