"""`inventory/bodega/…/productos`: the contract, whose lots, and in which order."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.tests.stock_rows import api_of, make_lot, make_product, make_warehouse

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/inventory/bodega/BOG_CENTRAL/productos"
ITEM_KEYS = [
    *("producto_id", "producto_nombre", "producto_codigo", "categoria", "precio_unitario", "bodega_id", "pais", "lote"),
    *("cantidad", "fecha_vencimiento", "condiciones", "stock_minimo", "stock_critico", "estado_stock"),
]
META_KEYS = {"page", "size", "total", "bodega_id", "pais", "con_stock", "tookMs"}


@pytest.fixture
def warehouse():
    return make_warehouse()


@pytest.fixture
def api(supplier):
    return api_of("una", supplier=supplier)


def lots_of(answer):
    assert answer.status_code == 200, answer.content
    return [(item["producto_id"], item["lote"]) for item in answer.json()["items"]]


def test_an_answer_has_the_keys_of_the_contract(api, supplier, warehouse):
    lot = {"lote": "L1", "cantidad": 8, "fecha_vencimiento": date(2027, 3, 31), "condiciones": "Frío"}
    make_lot(make_product("P1", supplier, nombre="Gasa", codigo="770"), warehouse, **lot)
    body = api.get(ADDRESS).json()
    assert body["items"] == [
        {
            "producto_id": "P1",
            "producto_nombre": "Gasa",
            "producto_codigo": "770",
            "categoria": "GASAS",
            "precio_unitario": "12.50",
            "bodega_id": "BOG_CENTRAL",
            "pais": "CO",
            "lote": "L1",
            "cantidad": 8,
            "fecha_vencimiento": "2027-03-31",
            "condiciones": "Frío",
            "stock_minimo": 10,
            "stock_critico": 5,
            "estado_stock": "BAJO",
        }
    ]
    assert list(body["items"][0]) == ITEM_KEYS
    meta = body["meta"]
    assert isinstance(meta["tookMs"], float)
    assert set(meta) == META_KEYS
    assert {**meta, "tookMs": 0} == {
        "page": 1, "size": 50, "total": 1, "bodega_id": "BOG_CENTRAL", "pais": None, "con_stock": True, "tookMs": 0
    }  # fmt: skip


def test_a_lot_without_name_or_date(api, supplier, warehouse):
    make_lot(make_product("P1", supplier), warehouse)
    (item,) = api.get(ADDRESS).json()["items"]
    assert (item["lote"], item["fecha_vencimiento"], item["condiciones"]) == ("", None, "")


@pytest.mark.parametrize("family", ["/api/v1/inventory", "/api/inventory"])
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("code", ["BOG_CENTRAL", "bog_central"])
def test_every_form_of_the_address(api, supplier, warehouse, family, end, code):
    make_lot(make_product("P1", supplier), warehouse)
    assert lots_of(api.get(f"{family}/bodega/{code}/productos{end}")) == [("P1", "")]


def test_lots_come_by_the_products_name_then_id_then_lot(api, supplier, warehouse):
    second, first, other = (make_product(*given) for given in (("P2", supplier), ("P9", supplier), ("P1", supplier)))
    for product, name in ((second, "Venda"), (first, "Algodón"), (other, "Venda")):
        product.nombre = name
        product.save()
    for product, lot in ((second, "B"), (other, "C"), (second, "A"), (first, "Z")):
        make_lot(product, warehouse, lote=lot)
    everything = [("P9", "Z"), ("P1", "C"), ("P2", "A"), ("P2", "B")]
    assert lots_of(api.get(ADDRESS)) == everything
    pages = [lots_of(api.get(ADDRESS, {"size": 1, "page": page})) for page in (1, 2, 3, 4, 5)]
    assert [lot for page in pages for lot in page] == everything


@pytest.mark.parametrize(
    ("query", "total", "meta"),
    [
        ({}, 1, True),
        ({"con_stock": ""}, 1, True),
        ({"con_stock": "true"}, 1, True),
        ({"con_stock": "1"}, 1, True),
        ({"con_stock": "false"}, 2, False),
        ({"con_stock": "0"}, 2, False),
    ],
)
def test_what_is_sold_out_is_left_out_unless_it_is_asked_for(api, supplier, warehouse, query, total, meta):
    product = make_product("P1", supplier)
    make_lot(product, warehouse, lote="A", cantidad=0)
    make_lot(product, warehouse, lote="B", cantidad=1)
    body = api.get(ADDRESS, query).json()
    assert (len(body["items"]), body["meta"]["total"], body["meta"]["con_stock"]) == (total, total, meta)


@pytest.mark.parametrize(
    ("country", "total", "meta"), [("CO", 1, "CO"), ("co", 1, "CO"), ("", 1, None), ("PE", 0, "PE"), ("X", 0, "X")]
)
def test_a_country_that_is_not_the_warehouses_gives_an_empty_page(api, supplier, warehouse, country, total, meta):
    make_lot(make_product("P1", supplier), warehouse)
    body = api.get(ADDRESS, {"pais": country}).json()
    assert (len(body["items"]), body["meta"]["total"], body["meta"]["pais"]) == (total, total, meta)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"pais": "Colombia"}, "pais"),
        ({"con_stock": "quizás"}, "con_stock"),
        ({"size": "201"}, "size"),
        ({"size": "0"}, "size"),
        ({"page": "0"}, "page"),
        ({"page": "uno"}, "page"),
    ],
)
def test_what_makes_no_sense_is_named(api, warehouse, query, field):
    answer = api.get(ADDRESS, query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_largest_page(api, supplier, warehouse):
    product = make_product("P1", supplier)
    for number in range(201):
        make_lot(product, warehouse, lote=f"L{number:03}")
    body = api.get(ADDRESS, {"size": 200}).json()
    assert (len(body["items"]), body["meta"]["total"]) == (200, 201)


@pytest.mark.parametrize("code", ["NADA", "BOG%00", "BOG%E2%80%8B_CENTRAL", "%80", "N" * 300, "%C3%B1"])
def test_an_unknown_warehouse_is_404_in_words(api, warehouse, code):
    answer = api.get(f"/api/v1/inventory/bodega/{code}/productos")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert "No hay una bodega con el código" in answer.json()["message"]


def test_other_warehouses_are_left_out(api, supplier, warehouse):
    product = make_product("P1", supplier)
    make_lot(product, make_warehouse("CALI_SUR"), lote="CALI")
    make_lot(product, warehouse, lote="BOG")
    assert lots_of(api.get(ADDRESS)) == [("P1", "BOG")]


@pytest.fixture
def two_suppliers(supplier, other_supplier, warehouse):
    for key, owner in (("P1", supplier), ("P2", other_supplier)):
        make_lot(make_product(key, owner), warehouse)


EVERYTHING = [("P1", ""), ("P2", "")]


@pytest.mark.parametrize(
    ("permissions", "fields", "member", "expected"),
    [
        ([], {}, True, EVERYTHING[:1]),
        ([], {}, False, []),
        (["view_stocklot", "all_suppliers"], {}, False, []),
        (["view_stocklot", "all_suppliers"], {"is_staff": True}, False, EVERYTHING),
        (["view_stocklot"], {"is_staff": True}, True, EVERYTHING[:1]),
        (["view_stocklot"], {"is_staff": True}, False, []),
        (["view_product", "all_suppliers"], {"is_staff": True}, False, []),
        (["view_product"], {"is_staff": True}, True, []),
        ([], {"is_staff": True, "is_superuser": True}, False, EVERYTHING),
    ],
)
def test_whose_lots_a_person_sees(two_suppliers, supplier, permissions, fields, member, expected):
    client = api_of("alguien", *permissions, supplier=supplier if member else None, **fields)
    assert lots_of(client.get(ADDRESS)) == expected


def test_who_is_not_signed_in_gets_nothing(client, two_suppliers):
    assert client.get(ADDRESS).status_code == 401


def test_the_same_queries_for_one_lot_and_for_many(two_suppliers, supplier, warehouse):
    client = api_of("personal", "view_stocklot", "all_suppliers", is_staff=True)
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    for number in range(30):
        make_lot(make_product(f"N{number}", supplier), warehouse)
    client.force_authenticate(type(client.handler._force_user).objects.get(username="personal"))
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)
    assert len(many) == len(few) <= 5


def test_a_product_in_store_is_not_deleted_by_the_api(supplier, warehouse):
    make_lot(make_product("P1", supplier), warehouse)
    answer = api_of("una", supplier=supplier).delete("/api/v1/catalog/items/P1")
    assert (answer.status_code, answer.json()["code"]) == (409, "product_in_stock")
