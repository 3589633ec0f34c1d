"""`…/history` of lots and suppliers: where their values come from, and whose they are."""

from __future__ import annotations

import pytest

from catalog.models import Supplier
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from catalog.tests.stock_rows import api_of, make_product, make_warehouse

pytestmark = pytest.mark.django_db

LOTS = "/api/v1/inventory/bodega/bog_central/productos/history"
SUPPLIER = "/api/v1/catalog/suppliers/PROV001/history"


@pytest.fixture
def lots(run_import, supplier):
    """Two lots of one product, one of them without a name, and what a file changed in that."""
    make_product("A/1 ñ", supplier, requiere_lote=False, requiere_vencimiento=False)
    make_warehouse()

    def send(count):
        lot = {"producto_id": "A/1 ñ", "bodega": "BOG_CENTRAL", "cantidad": str(count)}
        return run_import([lot, lot | {"lote": "L1", "cantidad": "1"}], sheet=STOCK, replace=True)

    send(5)
    return send(8)


def test_a_lot_is_named_by_its_warehouse_product_and_lot(lots, supplier):
    api = api_of("una", supplier=supplier)
    answer = api.get(LOTS, {"producto_id": "A/1 ñ", "campo": "cantidad"})
    assert answer.status_code == 200
    entries = answer.json()["items"]
    assert [(entry["accion"], entry["fila"], entry["cambios"]) for entry in entries] == [
        ("changed", 2, [{"campo": "cantidad", "antes": 5, "despues": 8}]),
        ("created", 2, [{"campo": "cantidad", "antes": None, "despues": 5}]),
    ]
    assert entries[0]["task_id"] == str(lots.pk)
    assert api.get(LOTS, {"producto_id": "A/1 ñ", "lote": "L1"}).json()["meta"]["total"] == 1


def test_lots_of_others_are_not_there(lots, other_supplier):
    stranger = api_of("norte", supplier=other_supplier)
    for query in ({"producto_id": "A/1 ñ"}, {"producto_id": "NADA"}, {"producto_id": "A/1 ñ", "lote": "L9"}):
        assert stranger.get(LOTS, query).status_code == 404
    answer = stranger.get(LOTS)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "producto_id")


def test_a_supplier_has_its_history_for_who_acts_for_it(run_import, supplier, other_supplier):
    Supplier.objects.filter(pk="PROV001").update(nombre="Antes", version=1)
    upload = run_import([{"codigo": "PROV001", "nombre": "Ahora"}], owner=None, sheet=SUPPLIERS, replace=True)
    api = api_of("una", supplier=supplier)
    first = api.get(SUPPLIER, {"campo": "nombre"}).json()["items"][0]
    assert first["cambios"] == [{"campo": "nombre", "antes": "Antes", "despues": "Ahora"}]
    assert first["task_id"] == str(upload.pk)
    assert api_of("norte", supplier=other_supplier).get(SUPPLIER).status_code == 404
