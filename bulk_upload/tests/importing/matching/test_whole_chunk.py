"""Matching a whole chunk comes to what matching it row by row comes to."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Deferrable, Q, UniqueConstraint
from django.test.utils import CaptureQueriesContext

from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.importing.matching.create_or_update import decide
from bulk_upload.importing.matching.decision_types import ChangeOrder, Decisions
from bulk_upload.importing.matching.whole_chunk import WholeChunk
from bulk_upload.tests.helpers.rows import row
from catalog.models import Category, Product, StockLot, Supplier
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK
from catalog.tests.stock_rows import make_product, make_warehouse

pytestmark = pytest.mark.django_db

ORDER = ChangeOrder(number=10, waiting=5)
MEDICAL = {
    "gtin": "",
    "registro_invima": "INVIMA 1",
    "atc": "A10",
    "registro_vence": date(2020, 1, 1),
    "temperatura_min": None,
    "temperatura_max": Decimal("8.0"),
}


def product(number: int, **changes: Any) -> list[Any]:
    """The values of a checked row."""
    cells = {**row(number), "precio_unitario": Decimal("12.50"), **changes}
    integers = {"tiempo_entrega_dias": 5, "stock_minimo": 20, "stock_critico": 8}
    values = {**cells, **integers, "requiere_lote": True, "requiere_vencimiento": None, **MEDICAL, **changes}
    return [values[name] for name in PRODUCTS.names]


def decided(rows: Sequence[Sequence[Any]], owner: str, monkeypatch: Any, *, at_once: bool) -> Decisions:
    with monkeypatch.context() as patch, transaction.atomic():
        if not at_once:
            patch.setattr(WholeChunk, "are_independent", lambda self: False)
        columns = [list(column) for column in zip(*rows, strict=True)]
        return decide(target_of("productos"), range(2, len(rows) + 2), columns, owner, replace=True, order=ORDER)


def comparable(decisions: Decisions) -> dict[str, Any]:
    found = {field.name: getattr(decisions, field.name) for field in fields(decisions)}
    found["problems"] = sorted(decisions.problems, key=lambda problem: (problem.fila, problem.codigo))
    # The order says who creates a category, and in which order products are written.
    return {**found, "named": list(decisions.named.items()), "creates": list(decisions.creates.items())}


@pytest.mark.parametrize("seed", range(40))
def test_both_ways_come_to_the_same(supplier, other_supplier, monkeypatch, seed):
    chance = random.Random(seed)
    Category.objects.bulk_create(Category(nombre=name) for name in ("GUANTES", "GASAS"))
    for number in chance.sample(range(1, 13), 6):
        values = dict(zip(PRODUCTS.names, product(number), strict=True))
        values["categoria_id"] = values.pop("categoria")
        values |= {"requiere_vencimiento": True, "change_number": chance.choice([0, 5, 7, 20])}
        owner = other_supplier if chance.random() < 0.05 else supplier
        Product.objects.create(proveedor=owner, **values)
    rows = [product(number, **_change(chance, number)) for number in chance.sample(range(1, 13), chance.randint(1, 8))]
    ways = [decided(rows, supplier.pk, monkeypatch, at_once=at_once) for at_once in (True, False)]
    assert comparable(ways[0]) == comparable(ways[1])


def _change(chance: random.Random, number: int) -> dict[str, Any]:
    changes: list[dict[str, Any]] = [
        {"nombre": "Otro"},
        {"presentacion": None},
        {"stock_critico": 30},
        {"categoria": "GASAS"},
        {"temperatura_min": Decimal(chance.choice(["2.0", "8.5"]))},
        {"codigo": f"NUEVO{number}"} if chance.random() < 0.2 else {},
        {"codigo": row(number + 1)["codigo"]} if chance.random() < 0.1 else {},
    ]
    return {name: value for change in changes if chance.random() < 0.2 for name, value in change.items()}


def test_rows_that_have_nothing_to_do_with_each_other_are_matched_at_once(supplier, monkeypatch):
    """Or the comparison above would compare one way with itself."""
    asked: list[bool] = []
    real = WholeChunk.are_independent

    def remembered(self: WholeChunk) -> bool:
        asked.append(real(self))
        return asked[-1]

    monkeypatch.setattr(WholeChunk, "are_independent", remembered)
    Category.objects.create(nombre="GUANTES")
    for rows in ([product(1), product(2)], [product(1), product(2, codigo=row(1)["codigo"])]):
        decided(rows, supplier.pk, monkeypatch, at_once=True)
    Product.objects.create(id="PROD00001", codigo=row(1)["codigo"], **_rest(supplier))
    decided([product(2, codigo=row(1)["codigo"])], supplier.pk, monkeypatch, at_once=True)
    assert asked == [True, True, False]


def _rest(supplier: Supplier) -> dict[str, Any]:
    return {"proveedor": supplier, "categoria_id": "GUANTES", "precio_unitario": 1, "tiempo_entrega_dias": 1}


def test_while_all_rows_are_new_the_products_are_not_asked_for(run_import):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        upload = run_import([row(number) for number in range(1, 41)], chunk_rows=10)
    asked = [
        query for query in queries if query["sql"].startswith("SELECT") and 'FROM "catalog_product"' in query["sql"]
    ]
    assert upload.creados == 40
    assert len(asked) == 2  # by id and by code, for the first chunk


def test_a_row_that_is_there_after_all_is_found_in_the_middle_of_a_new_list(run_import):
    run_import([row(25)])
    upload = run_import([row(number) for number in range(1, 41)], chunk_rows=10)
    assert (upload.creados, upload.rechazados, upload.duplicados) == (39, 1, 1)


def test_stock_is_marked_as_named_only_where_two_columns_could_name_it(supplier):
    make_product("P1", supplier, requiere_lote=False, requiere_vencimiento=False)
    make_warehouse("BOG")
    StockLot.objects.create(producto_id="P1", bodega_id="BOG", cantidad=5)
    target = target_of(STOCK.name)
    assert target.may_name_twice(["producto_id", "producto_codigo", "bodega"])
    assert not target.may_name_twice(["producto_codigo", "bodega"])
    columns = [["P1"], [None], ["BOG"], [None], [5], [None], [None]]
    for may, confirmed in ((True, 1), (False, 0)):
        with transaction.atomic():
            found = decide(target, [2], columns, supplier.pk, replace=True, may_name_twice=may)
        assert (found.unchanged, len(found.confirmed)) == (1, confirmed)


def test_only_a_constraint_that_an_insert_breaks_at_once_stands_for_a_look(monkeypatch):
    fields = ["producto", "bodega", "lote"]
    assert target_of(STOCK.name).is_kept_unique
    for other in (
        UniqueConstraint(fields=fields, name="later", deferrable=Deferrable.DEFERRED),
        UniqueConstraint(fields=fields, name="some", condition=Q(cantidad__gt=0)),
    ):
        monkeypatch.setattr(StockLot._meta, "constraints", [other])
        assert not Target.is_kept_unique.func(target_of(STOCK.name))
