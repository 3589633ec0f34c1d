"""What both databases promise of warehouses and stock, whoever writes them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import ProtectedError

from catalog.models import StockLot, StockState, Warehouse, warehouse_code
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse
from medisupply.supplier_group import GROUP, create_supplier_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(supplier):
    return make_lot(make_product("P1", supplier), make_warehouse(), lote="L1")


@pytest.mark.parametrize(
    "values",
    [
        {"codigo": "bog_sur"},
        {"codigo": "CALI_ñ"},
        {"codigo": ""},
        {"pais": "co"},
        {"pais": "C"},
        {"pais": ""},
        {"tipo": "OTRA"},
        {"tipo": "principal"},
    ],
)
def test_the_database_refuses_a_warehouse(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_warehouse(
            **{"code": values.get("codigo", "BOG_SUR"), **{k: v for k, v in values.items() if k != "codigo"}}
        )
    assert Warehouse.objects.count() == 0


def test_the_database_refuses_negative_units_and_a_second_row_of_a_lot(lot):
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLot.objects.update(cantidad=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_lot(lot.producto, lot.bodega, lote="L1")
    make_lot(lot.producto, lot.bodega)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_lot(lot.producto, lot.bodega)  # to have no lot is a lot, too


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", ["producto_id", "bodega_id"])
def test_a_lot_refers_to_what_is_there(lot, field):
    with pytest.raises(IntegrityError):
        StockLot.objects.update(**{field: "NADA"})


def test_what_is_in_store_is_not_deleted(lot):
    for row in (lot.producto, lot.bodega):
        with pytest.raises(ProtectedError):
            row.delete()


def test_the_database_knows_what_a_new_lot_begins_with(lot):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_stocklot (producto_id, bodega_id, lote, cantidad)"
            " VALUES ('P1', 'BOG_CENTRAL', 'L2', 7)"
        )
    new = StockLot.objects.get(lote="L2")
    assert (new.version, new.change_number, new.condiciones, new.fecha_vencimiento) == (1, 0, "", None)
    assert (new.created_by_upload, new.changed_by_upload) == (None, None)
    assert abs((new.created_at - lot.created_at).total_seconds()) < 60


def test_lots_have_three_indexes():
    """Each costs on every imported row."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, StockLot._meta.db_table)
    indexed = sorted(tuple(c["columns"]) for c in constraints.values() if c["index"] or c["unique"] or c["primary_key"])
    assert indexed == [("bodega_id",), ("id",), ("producto_id", "bodega_id", "lote")]


@pytest.mark.parametrize(
    ("units", "state"),
    [
        (0, StockState.CRITICAL),
        (5, StockState.CRITICAL),
        (6, StockState.LOW),
        (10, StockState.LOW),
        (11, StockState.NORMAL),
    ],
)
def test_the_state_of_a_lot_by_its_products_limits(lot, units, state):
    lot.cantidad = units
    assert lot.estado_stock == state


def test_a_critical_limit_above_the_minimum_comes_first(lot):
    lot.producto.stock_critico, lot.cantidad = 20, 15
    assert lot.estado_stock == StockState.CRITICAL


def test_a_code_is_clean_and_in_capitals():
    assert warehouse_code(" \u200bbog_central\n") == "BOG_CENTRAL"
    assert warehouse_code("pen\u0303ol") == "PEÑOL"


@pytest.mark.django_db(transaction=True)
class TestUpgrade:
    """The people of suppliers see their stock also where the group was made by an earlier release."""

    @pytest.fixture(autouse=True)
    def _back_and_forth(self):
        executor = MigrationExecutor(connection)
        latest = executor.loader.graph.leaf_nodes()
        executor.migrate([("catalog", "0010_product_search_suppliers")])
        self.upgrade = lambda: MigrationExecutor(connection).migrate(latest)
        yield
        MigrationExecutor(connection).migrate(latest)

    def sees(self):
        of_stock = Permission.objects.filter(group__name=GROUP, codename__in=["view_warehouse", "view_stocklot"])
        return of_stock.count()

    def test_the_group_gets_what_a_new_one_has(self):
        create_supplier_group()
        assert self.sees() == 0
        self.upgrade()
        assert self.sees() == 2

    def test_a_group_that_may_not_see_products_stays_as_it_is(self):
        create_supplier_group()
        Group.objects.get(name=GROUP).permissions.filter(codename="view_product").delete()
        self.upgrade()
        assert self.sees() == 0
