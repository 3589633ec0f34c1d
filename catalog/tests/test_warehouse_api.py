"""`bodegas`: listed for everybody who is signed in, added by staff."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Warehouse
from catalog.tests.stock_rows import api_of, make_warehouse

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/bodegas"
NEW = {
    "codigo": "BOG_CENTRAL",
    "nombre": "Centro de distribución Bogotá",
    "pais": "CO",
    "ciudad": "Bogotá",
    "direccion": "Calle 13 # 68-20",
    "tipo": "SECUNDARIA",
    "activo": False,
}


@pytest.fixture
def api():
    return api_of("alguien")


@pytest.fixture
def staff():
    return api_of("personal", "add_warehouse", is_staff=True)


@pytest.fixture
def warehouses():
    make_warehouse("MED_NORTE", tipo="SECUNDARIA")
    make_warehouse("BOG_CENTRAL")
    make_warehouse("LIM_TRANSITO", pais="PE", tipo="TRANSITO", activo=False)


def codes(answer):
    assert answer.status_code == 200, answer.content
    return [item["codigo"] for item in answer.json()["items"]]


def test_an_answer_has_the_keys_of_the_contract(api):
    Warehouse.objects.create(**NEW)
    body = api.get(ADDRESS).json()
    assert body["items"] == [NEW]
    assert {**body["meta"], "tookMs": 0} == {"page": 1, "size": 50, "total": 1, "tookMs": 0}


@pytest.mark.parametrize("address", ["/api/v1/bodegas", "/api/v1/bodegas/", "/api/bodegas", "/api/bodegas/"])
def test_everybody_who_is_signed_in_sees_all_by_code(api, client, warehouses, address):
    assert codes(api.get(address)) == ["BOG_CENTRAL", "LIM_TRANSITO", "MED_NORTE"]
    assert client.get(address).status_code == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"pais": "co"}, ["BOG_CENTRAL", "MED_NORTE"]),
        ({"pais": "EC"}, []),
        ({"activo": "true"}, ["BOG_CENTRAL", "MED_NORTE"]),
        ({"activo": "false"}, ["LIM_TRANSITO"]),
        ({"tipo": "SECUNDARIA"}, ["MED_NORTE"]),
        ({"pais": "", "activo": "", "tipo": ""}, ["BOG_CENTRAL", "LIM_TRANSITO", "MED_NORTE"]),
        ({"size": "2", "page": "2"}, ["MED_NORTE"]),
        ({"pais": "CO", "tipo": "PRINCIPAL", "activo": "true"}, ["BOG_CENTRAL"]),
    ],
)
def test_the_filters_of_the_list(api, warehouses, query, expected):
    assert codes(api.get(ADDRESS, query)) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("tipo", "OTRA"), ("pais", "Colombia"), ("activo", "quizás"), ("size", "201"), ("page", "0")]
)
def test_a_filter_that_makes_no_sense_is_named(api, name, value):
    answer = api.get(ADDRESS, {name: value})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [name])


def test_the_list_takes_few_queries(api, warehouses):
    with CaptureQueriesContext(connection) as queries:
        api.get(ADDRESS)
    assert len(queries) == 2


def test_staff_add_one_and_find_it_where_the_answer_says(staff):
    answer = staff.post(ADDRESS, NEW, format="json")
    assert (answer.status_code, answer.json()) == (201, NEW)
    assert answer["Location"] == f"{ADDRESS}/BOG_CENTRAL"
    assert staff.get(answer["Location"]).json() == NEW
    assert staff.post("/api/bodegas/", {**NEW, "codigo": "Ñ 1"}, format="json")["Location"] == "/api/bodegas/%C3%91%201"
    assert staff.get("/api/bodegas/%C3%91%201").json()["codigo"] == "Ñ 1"


def test_what_is_not_sent_has_a_usual_value(staff):
    answer = staff.post(ADDRESS, {"codigo": "A", "nombre": "B", "pais": "CO"}, format="json")
    usual = {"ciudad": "", "direccion": "", "tipo": "PRINCIPAL", "activo": True}
    assert answer.json() == {"codigo": "A", "nombre": "B", "pais": "CO", **usual}


def test_texts_are_cleaned_and_codes_in_capitals(staff):
    sent = {**NEW, "codigo": " bog_pen\u0303ol\u200b ", "pais": "co", "nombre": "\u200eBodega\tuno "}
    body = staff.post(ADDRESS, sent, format="json").json()
    assert (body["codigo"], body["pais"], body["nombre"]) == ("BOG_PEÑOL", "CO", "Bodega uno")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("codigo", ""),
        ("codigo", None),
        ("codigo", "A/B"),
        ("codigo", ".."),
        ("codigo", "A%80"),
        ("codigo", "A\u200bB"),
        ("codigo", "A" * 65),
        ("codigo", "ß" * 40),  # SS
        ("codigo", ["A"]),
        ("nombre", ""),
        ("nombre", "Bodeg\ufffd"),
        ("nombre", "x" * 256),
        ("pais", "COL"),
        ("pais", "C1"),
        ("pais", "ñÑ"),
        ("ciudad", "x" * 129),
        ("direccion", "x" * 256),
        ("tipo", "OTRA"),
        ("activo", "quizás"),
    ],
)
def test_a_wrong_value_is_named(staff, field, value):
    answer = staff.post(ADDRESS, {**NEW, field: value}, format="json")
    assert answer.status_code == 400, answer.content
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert not Warehouse.objects.exists()


def test_every_wrong_value_is_named_at_once(staff):
    answer = staff.post(ADDRESS, {}, format="json")
    assert [error["field"] for error in answer.json()["errors"]] == ["codigo", "nombre", "pais"]


def test_a_code_that_exists_is_a_conflict(staff, warehouses):
    answer = staff.post(ADDRESS, {**NEW, "codigo": "bog_central"}, format="json")
    assert answer.status_code == 409
    message = "Ya existe una bodega con el código «BOG_CENTRAL»."
    field = {"field": "codigo", "code": "duplicate_warehouse", "message": message}
    assert answer.json() == {"code": "duplicate_warehouse", "message": message, "errors": [field]}
    assert Warehouse.objects.get(pk="BOG_CENTRAL").ciudad == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_of_several_who_add_one_code_at_once_one_succeeds(transactional_db):
    clients = [api_of(f"personal{number}", "add_warehouse", is_staff=True) for number in range(6)]
    start, statuses = threading.Barrier(len(clients)), []

    def add(client):
        start.wait(30)
        statuses.append(client.post(ADDRESS, NEW, format="json").status_code)
        connection.close()

    threads = [threading.Thread(target=add, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_another_refusal_of_the_database_is_not_taken_for_a_conflict(staff, monkeypatch):
    """Here the code passes the API's rules and not the database's, whose letters are others."""
    monkeypatch.setattr("catalog.api.warehouses.CodeField.to_internal_value", lambda self, data: data)
    staff.raise_request_exception = False
    assert staff.post(ADDRESS, {**NEW, "codigo": "abc"}, format="json").status_code == 500


@pytest.mark.parametrize(
    ("permissions", "fields", "status"),
    [
        ([], {"is_staff": True}, 403),
        (["view_warehouse", "change_warehouse"], {"is_staff": True}, 403),
        (["add_warehouse"], {}, 403),
        ([], {"is_superuser": True, "is_staff": True}, 201),
    ],
)
def test_who_may_add_one(permissions, fields, status):
    client = api_of("otra", *permissions, **fields)
    assert client.post(ADDRESS, NEW, format="json").status_code == status
    assert Warehouse.objects.exists() is (status == 201)


@pytest.mark.parametrize("code", ["NADA", "A%00", "%80", "A%E2%80%8BB"])
def test_an_unknown_one_is_404_in_words(api, code):
    answer = api.get(f"{ADDRESS}/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
