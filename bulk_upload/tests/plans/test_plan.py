"""A plan writes nothing of the catalogue, and says of each row what its import would do."""

from __future__ import annotations

import pytest

from bulk_upload.importing.planning.content import Planned, PlannedRow
from bulk_upload.models import ChunkRows, RowChange
from bulk_upload.plans import rows as plan_rows
from bulk_upload.tests.helpers.outcomes import VALUES
from bulk_upload.tests.helpers.rows import row
from catalog.models import Category, Product
from catalog.sheets.stock import STOCK
from catalog.tests.stock_rows import make_product, make_warehouse

pytestmark = pytest.mark.django_db

COUNTS = ("total", "creados", "actualizados", "sin_cambios", "rechazados", "duplicados", "categorias_creadas")


def counts(upload):
    return {name: getattr(upload, name) for name in COUNTS}


def problems(upload):
    found = upload.row_errors.order_by("fila", "codigo").values_list("fila", "severity", "codigo", "columna", "valor")
    return list(found)


def catalogue():
    apart = ("created_by_upload", "changed_by_upload", "change_number")
    return list(Product.objects.order_by("id").values_list(*(name for name in VALUES if name not in apart)))


def test_a_plan_says_of_each_row_what_would_become_of_it(run_import, run_plan):
    run_import([row(1), row(2)])
    before = catalogue()
    rows = [row(1, precio_unitario="9.99", requiere_lote="no"), row(2), row(3, categoria="NUEVA"), row(4, nombre="")]
    plan = run_plan(rows, replace=True)
    assert catalogue() == before
    assert not Category.objects.filter(nombre="NUEVA").exists()
    assert not RowChange.objects.filter(upload=plan).exists()
    assert not ChunkRows.objects.filter(upload=plan).exists()
    updated, unchanged, created, rejected = plan_rows.every(plan)
    changes = {"precio_unitario": ["1250.50", "9.99"], "requiere_lote": [True, False]}
    assert updated == PlannedRow(2, Planned.UPDATED, "PROD00001", changes, 1)
    assert unchanged == PlannedRow(3, Planned.UNCHANGED, "PROD00002")
    assert (created.fila, created.outcome, created.key) == (4, Planned.CREATED, "PROD00003")
    assert created.changes["precio_unitario"] == (None, "1250.50")
    assert rejected == PlannedRow(5, Planned.REJECTED)
    assert [problem[2] for problem in problems(plan)] == ["new_category", "required_blank"]


def test_a_page_of_a_plan_reads_the_chunks_that_it_needs(run_plan, django_assert_num_queries):
    plan = run_plan([row(n, nombre="" if n % 3 == 0 else "Guantes") for n in range(1, 61)])
    every = list(plan_rows.every(plan))
    assert [one.fila for one in every] == list(range(2, 62))
    for outcome in (None, Planned.CREATED, Planned.REJECTED):
        wanted = [one for one in every if outcome in (None, one.outcome)]
        assert plan_rows.count(plan, outcome) == len(wanted)
        for start in (0, 7, len(wanted) - 3, len(wanted) + 5):
            assert plan_rows.page(plan, start, 5, outcome) == wanted[start : start + 5]
    with django_assert_num_queries(2):
        plan_rows.page(plan, 20, 5)


def test_an_applied_plan_comes_to_the_same_as_the_import(run_import, run_plan, run_apply):
    run_import([row(n) for n in range(1, 11)])
    rows = [
        *(row(n, precio_unitario=str(n)) for n in range(1, 8)),
        row(8),
        row(9, codigo=row(8)["codigo"]),
        row(20, nombre=""),
        row(21, codigo=row(10)["codigo"], nombre="Por código"),
        *(row(n, categoria="NUEVA") for n in range(30, 50)),
    ]
    plan = run_plan(rows, replace=True)
    applied = run_apply(plan, rows)
    assert counts(applied) == counts(plan)
    assert problems(applied) == problems(plan)
    landed, seen = catalogue(), counts(applied)
    Product.objects.all().delete()
    Category.objects.all().delete()
    run_import([row(n) for n in range(1, 11)])
    direct = run_import(rows, replace=True)
    assert (counts(direct), problems(direct)) == (seen, problems(plan))
    assert catalogue() == landed


def test_a_code_that_moves_from_chunk_to_chunk(run_import, run_plan, run_apply):
    """A later chunk takes the code that an earlier one gives away: nothing of that is in the database yet."""
    run_import([row(1), row(2)])
    rows = [row(1, codigo="LIBRE"), row(2, codigo=row(1)["codigo"]), row(3, codigo=row(2)["codigo"])]
    plan = run_plan(rows, replace=True, chunk_rows=1)
    assert (plan.actualizados, plan.creados, plan.rechazados) == (2, 1, 0)
    applied = run_apply(plan, rows, chunk_rows=1)
    assert counts(applied) == counts(plan)
    assert Product.objects.get(pk="PROD00003").codigo == row(2)["codigo"]


def test_a_product_found_by_its_code_and_then_by_its_id(run_import, run_plan, run_apply):
    run_import([row(1, codigo="A")])
    rows = [row(7, codigo="A", nombre="Uno"), row(1, codigo="Z", nombre="Dos")]
    plan = run_plan(rows, replace=True, chunk_rows=1)
    changes = [one.changes["nombre"] for one in plan_rows.every(plan)]
    assert changes == [["Guantes de nitrilo 1", "Uno"], ["Uno", "Dos"]]
    assert counts(run_apply(plan, rows, chunk_rows=1)) == counts(plan)


def test_a_lot_that_two_rows_name_differently(run_plan, run_apply, supplier):
    make_warehouse()
    make_product("P1", supplier)
    lot = {"bodega": "BOG_CENTRAL", "lote": "L1", "cantidad": "5", "fecha_vencimiento": "2030-01-31", "condiciones": ""}
    rows = [{**lot, "producto_id": "P1", "producto_codigo": ""}, {**lot, "producto_id": "", "producto_codigo": "C-P1"}]
    plan = run_plan(rows, sheet=STOCK, replace=True, chunk_rows=1)
    assert [problem[2] for problem in problems(plan)] == ["named_before"]
    applied = run_apply(plan, rows, chunk_rows=1)
    assert (counts(applied), problems(applied)) == (counts(plan), problems(plan))


def test_what_changed_after_the_plan_is_not_overwritten(run_import, run_plan, run_apply):
    run_import([row(n) for n in range(1, 5)])
    rows = [row(n, precio_unitario="9.99") for n in range(1, 5)] + [row(5), row(6)]
    plan = run_plan(rows, replace=True)
    Product.objects.filter(pk="PROD00001").update(nombre="A mano", version=2)
    Product.objects.filter(pk="PROD00002").delete()
    run_import([row(5, nombre="Otro")])
    applied = run_apply(plan, rows)
    late = ["changed_since_plan"] * 3
    assert [(problem[0], problem[2]) for problem in problems(applied)] == list(zip([2, 3, 6], late, strict=True))
    assert (applied.creados, applied.actualizados, applied.rechazados) == (1, 2, 3)
    assert Product.objects.get(pk="PROD00001").nombre == "A mano"
    assert not Product.objects.filter(pk="PROD00002").exists()
    assert Product.objects.get(pk="PROD00005").nombre == "Otro"


def test_an_applied_plan_without_replacing_leaves_what_has_come_since(run_import, run_plan, run_apply):
    rows = [row(n) for n in range(1, 4)]
    plan = run_plan(rows)
    run_import([row(2, nombre="Otro")])
    applied = run_apply(plan, rows)
    assert [problem[2] for problem in problems(applied)] == ["changed_since_plan"]
    assert (applied.creados, Product.objects.get(pk="PROD00002").nombre) == (2, "Otro")


def test_another_product_that_has_come_since_is_not_changed_in_the_place_of_the_planned_one(
    run_import, run_plan, run_apply
):
    """The plan found PROD00001 by its code; meanwhile there is a product with the row's own id."""
    run_import([row(1, codigo="A", nombre="Uno")])
    rows = [row(2, codigo="A", nombre="Dos")]
    plan = run_plan(rows, replace=True)
    Product.objects.filter(pk="PROD00001").delete()
    run_import([row(2, codigo="A", nombre="Uno")])
    assert run_apply(plan, rows).actualizados == 0
    assert Product.objects.get(pk="PROD00002").nombre == "Uno"
