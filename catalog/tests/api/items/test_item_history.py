"""`items/…/history`: one call says where a price comes from."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import row
from catalog.models import Product
from catalog.tests.stock_rows import api_of

pytestmark = pytest.mark.django_db
ITEMS = "/api/v1/catalog/items"
HISTORY = f"{ITEMS}/PROD00001/history"


@pytest.fixture
def imported(run_import, user):
    """A product of a file's third row, whose price came by the fourth row of another one, and its name by the API."""

    def imports(rows, **more) -> BulkUpload:
        upload = run_import(rows, **more)
        BulkUpload.objects.filter(pk=upload.pk).update(created_by=user)
        return upload

    imports([row(7), row(1, precio_unitario="5")])
    return imports([row(8), row(9), row(1, precio_unitario="6.5")], replace=True)


def test_one_call_says_where_a_price_comes_from(api, imported):
    api.patch(f"{ITEMS}/PROD00001", {"nombre": "Otro"}, format="json")
    answer = api.get(HISTORY, {"campo": "precio_unitario"}, headers={"Accept-Language": "es"})
    assert answer.status_code == 200
    first, created = answer.json()["items"]
    assert first["fecha"].endswith("Z")
    assert {name: value for name, value in first.items() if name != "fecha"} == {
        "origen": "file",
        "accion": "changed",
        "task_id": str(imported.pk),
        "filename": "a.csv",
        "fila": 4,
        "usuario": "proveedor",
        "cambios": [{"campo": "precio_unitario", "antes": "5.00", "despues": "6.50"}],
        "mensaje": "Lo cambió el archivo «a.csv», fila 4, subido por proveedor",
    }
    assert (created["accion"], created["fila"]) == ("created", 3)
    assert created["cambios"] == [{"campo": "precio_unitario", "antes": None, "despues": "5.00"}]


def test_the_whole_history_comes_in_pages_the_newest_first(api, imported):
    api.patch(f"{ITEMS}/PROD00001", {"nombre": "Otro", "activo": False}, format="json")
    answer = api.get(HISTORY, {"size": 2}, headers={"Accept-Language": "en"}).json()
    assert [(entry["origen"], entry["usuario"]) for entry in answer["items"]] == [
        ("api", "proveedor"),
        ("file", "proveedor"),
    ]
    assert answer["items"][0]["mensaje"] == "Changed by the API, by proveedor"
    assert {name: answer["meta"][name] for name in ("page", "size", "total", "faltan")} == {
        "page": 1,
        "size": 2,
        "total": 3,
        "faltan": 0,
    }
    assert len(api.get(HISTORY, {"size": 2, "page": 2}).json()["items"]) == 1


def test_values_that_are_no_longer_kept_are_null(api, imported):
    imported.row_changes.all().delete()
    first = api.get(HISTORY).json()["items"][0]
    assert (first["filename"], first["fila"], first["cambios"]) == ("a.csv", None, None)


def test_another_suppliers_product_has_no_history_to_be_seen(imported, other_supplier):
    stranger = api_of("norte", supplier=other_supplier)
    clerk = api_of("funcionaria", "view_product", supplier=other_supplier, is_staff=True)
    for client in (stranger, clerk):
        assert client.get(HISTORY).status_code == client.get(f"{ITEMS}/NADA/history").status_code == 404


def test_a_field_that_there_is_not_is_refused(api, imported):
    answer = api.get(HISTORY, {"campo": "color"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "campo")


@pytest.mark.parametrize("key", ["A/1", "S1 ñ", "history", "A/history/1"])
def test_any_id_has_its_history_at_its_address(api, run_import, key):
    run_import([row(1, id=key)])
    for family in ("/api/v1/catalog", "/api/catalog"):
        assert api.get(f"{family}/items/{quote(key, safe='')}/history").json()["meta"]["total"] == 1


def test_a_removed_product_has_none(api, imported):
    Product.objects.all().delete()
    assert api.get(HISTORY).status_code == 404
