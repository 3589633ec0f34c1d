"""Products over the API: the sheet's rules, one product at a time, and never another supplier's."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload.importing.matching import create_or_update
from bulk_upload.tests.helpers.rows import row
from bulk_upload.tests.helpers.upload_api import refused
from catalog.models import Category, Product
from catalog.sheets.products import PRODUCTS

pytestmark = pytest.mark.django_db

URL = "/api/v1/catalog/items"


def body(number=1, **changed):
    return {**row(number), "stock_minimo": 20, "requiere_lote": True, **changed}


def send(api, method, path, data, **headers):
    return getattr(api, method)(path, data, format="json", headers=headers)


def create(api, data):
    answer = send(api, "post", URL, data)
    assert answer.status_code == 201, answer.json()
    return answer


@pytest.fixture
def foreign(other_supplier, run_import):
    """A product of another supplier."""
    run_import([row(9)], owner=other_supplier)
    return Product.objects.get(pk="PROD00009")


def test_a_product_is_created_by_the_rules_of_the_sheet(api):
    answer = create(api, body(categoria="guantes", precio_unitario="$ 1.250,50"))
    assert answer["Location"] == f"{URL}/PROD00001"
    made = answer.json()
    assert (made["categoria"], made["precio_unitario"], made["proveedor_id"]) == ("GUANTES", "1250.50", "PROV001")
    assert made["advertencias"][0]["codigo"] == "new_category"
    product = Product.objects.get()
    assert (product.precio_unitario, product.version, product.requiere_lote) == (Decimal("1250.50"), 1, True)
    assert api.get(answer["Location"]).json() == {key: made[key] for key in made if key != "advertencias"}


def test_what_is_optional_gets_its_default(api):
    data = {column.name: body()[column.name] for column in PRODUCTS.columns if column.required}
    made = create(api, {**data, "stock_minimo": None}).json()
    assert (made["stock_minimo"], made["stock_critico"], made["requiere_vencimiento"]) == (10, 5, True)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("nombre", "", "required_blank"),
        ("nombre", "x" * 256, "too_long"),
        ("nombre", "a\u0000b", "control_characters"),
        ("nombre", ["a"], "not_a_value"),
        ("codigo", "1,5E+12", "scientific_notation"),
        ("codigo", 10**17, "digits_lost"),
        ("precio_unitario", "1.250", "ambiguous_number"),
        ("codigo", "77\u200b01", "invisible_characters"),
        ("nombre", "Protecci\ufffdn", "lost_characters"),
        ("precio_unitario", -1, "below_minimum"),
        ("precio_unitario", 10**40, "above_maximum"),
        ("precio_unitario", {"a": 1}, "not_a_value"),
        ("tiempo_entrega_dias", 3651, "above_maximum"),
        ("tiempo_entrega_dias", 1.5, "not_an_integer"),
        ("requiere_lote", "quizás", "not_a_boolean"),
        ("activo", "quizás", "not_a_boolean"),
        ("activo", 7, "not_a_boolean"),
    ],
)
def test_a_value_that_the_sheet_would_refuse_is_refused_with_the_same_code(api, column, value, code):
    answer = send(api, "post", URL, body(**{column: value}))
    refused(answer, 400, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(column, code)]
    assert answer.json()["errors"][0]["message"] != code
    assert not Product.objects.exists()
    assert not Category.objects.exists()


def test_numbers_are_exact_whichever_way_they_are_written(api):
    made = create(api, body(codigo=7701234567897, precio_unitario=9999999999.99, stock_minimo="1.000.000")).json()
    assert (made["codigo"], made["precio_unitario"], made["stock_minimo"]) == (
        "7701234567897",
        "9999999999.99",
        1_000_000,
    )


def test_an_id_or_code_that_exists_is_a_conflict(api, foreign):
    create(api, body(1))
    for data, code, field in [
        (body(1, codigo="otro"), "duplicate_product", "id"),
        (body(2, codigo=body(1)["codigo"]), "duplicate_product", "codigo"),
        (body(9), "other_supplier", "id"),
        (body(3, codigo=foreign.codigo), "other_supplier", "codigo"),
    ]:
        answer = send(api, "post", URL, data)
        refused(answer, 409, code)
        assert answer.json()["errors"][0]["field"] == field
    assert Product.objects.count() == 2


def test_patch_keeps_what_is_not_sent_and_resets_what_is_null(api):
    create(api, body(presentacion="Caja", stock_minimo=77))
    answer = send(api, "patch", f"{URL}/PROD00001", {"nombre": "Otro", "stock_minimo": None})
    changed = answer.json()
    assert (answer.status_code, changed["nombre"], changed["presentacion"]) == (200, "Otro", "Caja")
    assert (changed["stock_minimo"], changed["version"]) == (10, 2)


def test_put_replaces_all(api):
    create(api, body(presentacion="Caja", stock_minimo=77))
    data = {column.name: body()[column.name] for column in PRODUCTS.columns if column.required and column.name != "id"}
    changed = send(api, "put", f"{URL}/PROD00001", data).json()
    assert (changed["presentacion"], changed["stock_minimo"], changed["version"]) == ("", 10, 2)
    refused(send(api, "put", f"{URL}/PROD00001", {"nombre": "solo"}), 400, "invalid")


def test_a_change_of_nothing_changes_nothing(api):
    create(api, body())
    assert send(api, "put", f"{URL}/PROD00001", body()).json()["version"] == 1


def test_a_product_can_be_taken_out_of_the_offer(api):
    create(api, body())
    assert send(api, "patch", f"{URL}/PROD00001", {"activo": False}).json()["activo"] is False
    assert api.get(URL, {"activo": "true"}).json()["items"] == []
    assert Product.objects.get().version == 2


def test_an_id_does_not_change(api):
    create(api, body())
    answer = send(api, "patch", f"{URL}/PROD00001", {"id": "OTRO"})
    assert answer.json()["errors"][0]["code"] == "id_mismatch"
    assert Product.objects.get().pk == "PROD00001"


def test_the_code_of_another_product_cannot_be_taken(api, foreign):
    create(api, body(1))
    create(api, body(2))
    refused(send(api, "patch", f"{URL}/PROD00001", {"codigo": body(2)["codigo"]}), 409, "code_conflict")
    refused(send(api, "patch", f"{URL}/PROD00001", {"codigo": foreign.codigo}), 409, "other_supplier")


def test_a_product_is_deleted(api):
    create(api, body())
    answer = api.delete(f"{URL}/PROD00001")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"{URL}/PROD00001").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
@pytest.mark.parametrize("key", ["PROD00009", "NADA", "a%00b"])
def test_what_is_of_others_does_not_exist(api, foreign, method, key):
    refused(send(api, method, f"{URL}/{key}", body(9)), 404, "not_found")
    foreign.refresh_from_db()
    assert foreign.version == 1


def test_an_id_may_hold_a_slash(api):
    create(api, body(id="A/1 ñ"))
    assert api.get(f"{URL}/A/1%20%C3%B1").json()["id"] == "A/1 ñ"


def test_somebody_elses_supplier_cannot_be_named(api, other_supplier):
    refused(send(api, "post", f"{URL}?proveedor_id=PROV002", body()), 403, "permission_denied")
    refused(send(api, "post", URL, body(proveedor_id="PROV002")), 403, "permission_denied")


def test_staff_need_the_permission_for_each_deed(api, supplier):
    create(api, body())
    staff = User.objects.create_user("jefa", is_staff=True)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=staff).key}")
    assert client.get(f"{URL}/PROD00001").status_code == 404
    staff.user_permissions.add(Permission.objects.get(codename="view_product"))
    assert client.get(f"{URL}/PROD00001").status_code == 404
    staff.user_permissions.add(Permission.objects.get(codename="all_suppliers"))
    assert client.get(f"{URL}/PROD00001").status_code == 200
    assert send(client, "patch", f"{URL}/PROD00001", {"nombre": "x"}).status_code == 403
    assert send(client, "post", f"{URL}?proveedor_id=PROV001", body(2)).status_code == 403
    assert client.delete(f"{URL}/PROD00001").status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"[1]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"stock_minimo": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"precio_unitario": NaN}', "application/json", 400),
        (b"a,b", "text/csv", 415),
    ],
)
def test_a_body_that_is_no_json_object_is_refused_in_words(api, content, kind, status):
    answer = api.post(URL, content, content_type=kind)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "errors"}


def test_a_code_that_somebody_takes_at_the_same_moment_is_a_conflict_not_a_failure(api, monkeypatch, supplier):
    """The look finds nothing, and the database refuses the write: the second look sees it."""
    create(api, body(1))
    looks = []
    find = create_or_update.find

    def blind_once(target, rows):
        looks.append(1)
        return {} if len(looks) == 1 else find(target, rows)

    monkeypatch.setattr(create_or_update, "find", blind_once)
    refused(send(api, "post", URL, body(1)), 409, "duplicate_product")
    assert len(looks) == 2


class TestTheList:
    @pytest.fixture(autouse=True)
    def _products(self, run_import, other_supplier, foreign):
        run_import([row(n, precio_unitario=str(100 - n), categoria="A" if n % 2 else "B") for n in range(1, 6)])

    def found(self, api, **query):
        answer = api.get(URL, query)
        assert answer.status_code == 200, answer.json()
        return [item["id"] for item in answer.json()["items"]]

    def test_it_shows_only_what_is_ones_own_in_pages(self, api):
        answer = api.get(URL, {"size": 2, "page": 2}).json()
        assert [item["id"] for item in answer["items"]] == ["PROD00003", "PROD00004"]
        assert {**answer["meta"], "took_ms": 0} == {"page": 2, "size": 2, "total": 5, "took_ms": 0}
        assert isinstance(answer["meta"]["took_ms"], float)

    @pytest.mark.parametrize("q", ["PROD00003", "nitrilo 3", "7701200000003", "prod00003"])
    def test_it_searches_id_name_and_code(self, api, q):
        assert self.found(api, q=q) == ["PROD00003"]

    def test_it_filters(self, api):
        assert self.found(api, categoria="b") == ["PROD00002", "PROD00004"]
        assert self.found(api, proveedor_id="PROV002") == []
        assert self.found(api, proveedor_id="PROV002", q="PROD") == []
        assert self.found(api, proveedor_id="PROV001", q="PROD0000", categoria="b") == ["PROD00002", "PROD00004"]
        assert self.found(api, activo="false") == []

    def test_it_is_ordered(self, api):
        assert self.found(api, ordering="precio_unitario")[0] == "PROD00005"
        assert self.found(api, ordering="categoria,-id") == [f"PROD0000{n}" for n in (5, 3, 1, 4, 2)]

    @pytest.mark.parametrize("query", [{"page": 0}, {"size": "x"}, {"ordering": "secreto"}, {"q": "a\x00"}])
    def test_a_query_that_makes_no_sense_is_named(self, api, query):
        answer = api.get(URL, query)
        refused(answer, 400, "invalid")
        assert answer.json()["errors"][0]["field"] == next(iter(query))

    def test_it_takes_the_same_queries_however_long(self, api, django_assert_num_queries):
        api.get(URL)
        with django_assert_num_queries(3):  # the token, the count, the page
            self.found(api)


def test_json_stays_json_whatever_the_client_accepts(api):
    answer = api.get(URL, headers={"Accept": "text/html"})
    assert json.loads(answer.content)["items"] == []


def test_text_is_stored_composed_and_without_what_is_invisible(api):
    sent = row(1, codigo="\u202aN\u0303-1\u202c", nombre="Gasa este\u0301ril\u00ad", presentacion="'0092")
    body = api.post(URL, sent, format="json").json()
    assert (body["codigo"], body["nombre"]) == ("Ñ-1", "Gasa estéril")
    assert body["presentacion"] == "'0092"  # a program says what it means
