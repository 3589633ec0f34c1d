"""Plans through the API: what a file would change, before anything is imported, and its application."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload import storage
from bulk_upload.models import BulkUpload, ChangeGuard, Operation
from bulk_upload.tests.helpers.plans import plan_of_each_outcome
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file, refused
from bulk_upload.workbooks import plan_file
from catalog.models import Product, StockLot, Supplier
from catalog.tests.stock_rows import make_product, make_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

ITEMS = "/api/v1/catalog/items/bulk-upload"
UPLOADS = "/api/v1/catalog/bulk-upload"


@pytest.fixture
def plan(accept, worker):
    return plan_of_each_outcome(accept, worker)


def state(api, upload):
    return api.get(f"{UPLOADS}/status/{upload.pk}").json()


def items(api, plan, **query):
    return api.get(f"{UPLOADS}/{plan.pk}/plan", query).json()["items"]


def with_token(person):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=person).key}")
    return client


def approver(supplier):
    """A colleague who may apply what the guard has stopped."""
    other = User.objects.create_user("otra")
    supplier.usuarios.add(other)
    other.user_permissions.add(Permission.objects.get(codename="approve_bulkupload"))
    return other


@pytest.mark.parametrize("place", ["query", "form"])
def test_solo_validar_makes_a_plan(api, worker, place):
    address, more = (f"{ITEMS}?solo_validar=true", {}) if place == "query" else (ITEMS, {"solo_validar": "true"})
    answer = api.post(address, {"file": a_file(), **more})
    assert answer.status_code == 202
    worker.step()
    plan = BulkUpload.objects.get(pk=answer.json()["task_id"])
    body = state(api, plan)
    assert (body["status"], body["solo_validar"], body["aplicable"], body["control"]) == ("completed", True, True, [])
    assert body["result"]["mensaje"] == "Plan terminado: no se importó nada"
    assert body["result"]["resumen"]["productos_creados"] == 1
    assert not Product.objects.exists()
    (listed,) = api.get(UPLOADS).json()["items"]
    assert (listed["solo_validar"], listed["aplicable"]) == (True, True)


def test_an_import_is_no_plan(api, accept, worker):
    upload = accept(csv_bytes([row(1)]))
    worker.step()
    body = state(api, upload)
    assert (body["solo_validar"], body["aplicable"], body["control"]) == (False, False, [])
    refused(api.get(f"{UPLOADS}/{upload.pk}/plan"), 409, "not_a_plan")
    refused(api.get(f"{UPLOADS}/{upload.pk}/plan.xlsx"), 409, "not_a_plan")
    refused(api.post(f"{UPLOADS}/{upload.pk}/apply"), 409, "not_a_plan")


def test_each_row_says_what_would_become_of_it(api, plan):
    updated, unchanged, created, rejected = items(api, plan)
    assert updated == {
        "fila": 2,
        "resultado": "actualizado",
        "clave": "PROD00001",
        "cambios": [
            {"columna": "precio_unitario", "antes": "1250.50", "despues": "9.99"},
            {"columna": "requiere_lote", "antes": True, "despues": False},
        ],
        "errores": [],
    }
    assert unchanged == {"fila": 3, "resultado": "sin_cambios", "clave": "PROD00002", "cambios": [], "errores": []}
    assert (created["resultado"], created["clave"]) == ("creado", "PROD00003")
    assert {"columna": "nombre", "antes": None, "despues": row(3)["nombre"]} in created["cambios"]
    assert (rejected["resultado"], rejected["clave"], rejected["cambios"]) == ("rechazado", "", [])
    (error,) = rejected["errores"]
    assert (error["columna"], error["codigo"], error["celda"]) == ("nombre", "required_blank", "B5")


@pytest.mark.parametrize(("outcome", "fila"), [("creado", 4), ("actualizado", 2), ("sin_cambios", 3), ("rechazado", 5)])
def test_only_the_rows_with_an_outcome(api, plan, outcome, fila):
    body = api.get(f"{UPLOADS}/{plan.pk}/plan", {"resultado": outcome}).json()
    assert ([item["fila"] for item in body["items"]], body["meta"]["total"]) == ([fila], 1)
    answer = api.get(f"{UPLOADS}/{plan.pk}/plan", {"resultado": "otro"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "resultado")


def test_a_page_costs_the_same_queries_however_many_are_rejected(
    api, accept, worker, settings, django_assert_max_num_queries
):
    settings.BULK_UPLOAD_CHUNK_ROWS = 20
    plan = accept(csv_bytes(row(n, nombre="" if n % 2 else "Guantes") for n in range(1, 101)), plan=True)
    worker.step()
    with django_assert_max_num_queries(8):
        body = api.get(f"{UPLOADS}/{plan.pk}/plan", {"page": 2, "size": 30}).json()
    assert ([item["fila"] for item in body["items"]], body["meta"]["total"]) == (list(range(32, 62)), 100)
    assert sum(len(item["errores"]) for item in body["items"]) == 15


def test_a_plan_that_has_not_ended_has_no_rows_yet(api, accept):
    plan = accept(csv_bytes([row(1)]), plan=True)
    assert state(api, plan)["aplicable"] is False
    refused(api.get(f"{UPLOADS}/{plan.pk}/plan"), 409, "not_finished")
    refused(api.post(f"{UPLOADS}/{plan.pk}/apply"), 409, "not_a_plan")


def test_the_application_is_a_task_of_its_own(api, plan, worker, user):
    tag = api.get(f"{UPLOADS}/status/{plan.pk}")["ETag"]
    answer = api.post(f"{UPLOADS}/{plan.pk}/apply")
    applied = BulkUpload.objects.get(pk=answer.json()["task_id"])
    assert (answer.status_code, applied.operation, applied.based_on_id) == (202, Operation.APPLY, plan.pk)
    assert answer["Location"] == answer.json()["status_url"]
    worker.step()
    counts = state(api, applied)["result"]["resumen"]
    assert (counts["productos_creados"], counts["productos_actualizados"], counts["rechazados"]) == (1, 1, 1)
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "9.99"
    again = api.get(f"{UPLOADS}/status/{plan.pk}", headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["aplicable"]) == (200, False)
    refused(api.post(f"{UPLOADS}/{plan.pk}/apply"), 409, "plan_applied")
    logged = LogEntry.objects.filter(user=user).values_list("object_id", flat=True)
    assert {str(plan.pk), str(applied.pk)} == set(logged)


def test_polling_a_plan_makes_no_query(api, plan, django_assert_num_queries):
    state(api, plan)
    with django_assert_num_queries(0):
        assert state(api, plan)["aplicable"] is True


def test_lists_ask_once_for_all_plans(api, plan, accept, worker, django_assert_num_queries):
    with CaptureQueriesContext(connection) as asked:
        api.get(UPLOADS)
    for number in range(10, 13):
        accept(csv_bytes([row(number)]), plan=True)
        worker.step()
    with django_assert_num_queries(len(asked)):
        assert len(api.get(UPLOADS).json()["items"]) == 5


def test_an_expired_plan_is_gone(api, plan):
    tag = api.get(f"{UPLOADS}/status/{plan.pk}")["ETag"]
    BulkUpload.objects.update(completed_at=plan.completed_at - timedelta(days=8))
    for answer in (
        api.get(f"{UPLOADS}/{plan.pk}/plan"),
        api.get(f"{UPLOADS}/{plan.pk}/plan.xlsx"),
        api.post(f"{UPLOADS}/{plan.pk}/apply"),
    ):
        refused(answer, 410, "plan_expired")
    (listed, _earlier) = api.get(UPLOADS).json()["items"]
    assert listed["aplicable"] is False
    assert tag.endswith('-a"')


def test_a_plan_expires_by_time_alone(api, plan, time_machine):
    tag = api.get(f"{UPLOADS}/status/{plan.pk}")["ETag"]
    time_machine.move_to(plan.completed_at + timedelta(days=8))
    answer = api.get(f"{UPLOADS}/status/{plan.pk}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["aplicable"]) == (200, False)


def test_a_plan_whose_rows_are_removed_is_gone(api, plan, settings):
    settings.BULK_UPLOAD_KEEP_PLANS_DAYS = 0
    plan.planned_rows.all().delete()
    refused(api.get(f"{UPLOADS}/{plan.pk}/plan"), 410, "plan_expired")


def test_a_plan_whose_file_is_gone_cannot_be_applied(api, plan):
    storage.discard(plan.s3_key)
    refused(api.post(f"{UPLOADS}/{plan.pk}/apply"), 410, "file_gone")
    assert not BulkUpload.objects.filter(operation=Operation.APPLY).exists()


def test_what_the_guard_stopped_is_told_and_applied_by_a_second_person(api, plan, accept, worker, supplier):
    ChangeGuard.objects.create(proveedor=supplier, sheet_name="productos", max_price_percent=30)
    stopped = accept(csv_bytes([row(1, precio_unitario="2500.00")]), replace=True)
    worker.step()
    body = state(api, stopped)
    assert (body["solo_validar"], body["aplicable"]) == (True, True)
    (finding,) = body["control"]
    assert finding["codigo"] == "guard_price"
    assert "en la fila 2" in finding["mensaje"]
    refused(api.post(f"{UPLOADS}/{stopped.pk}/apply"), 403, "second_person_required")
    assert with_token(approver(supplier)).post(f"{UPLOADS}/{stopped.pk}/apply").status_code == 202
    worker.step()
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "2500.00"


def test_another_supplier_sees_and_applies_nothing(plan, other_supplier):
    stranger = User.objects.create_user("ajeno")
    other_supplier.usuarios.add(stranger)
    client = with_token(stranger)
    for answer in (
        client.get(f"{UPLOADS}/{plan.pk}/plan"),
        client.get(f"{UPLOADS}/{plan.pk}/plan.xlsx"),
        client.post(f"{UPLOADS}/{plan.pk}/apply"),
    ):
        refused(answer, 404, "not_found")


def test_a_plan_says_nothing_of_the_products_of_others(api, accept, worker, other_supplier):
    make_product("AJENO", other_supplier)
    mine = row(1, id="AJENO", precio_unitario="1.00")
    plan = accept(csv_bytes([mine]), replace=True, plan=True)
    worker.step()
    (item,) = items(api, plan)
    assert (item["resultado"], item["cambios"]) == ("rechazado", [])
    assert [error["codigo"] for error in item["errores"]] == ["other_supplier"]


LOTS = b"bodega,producto_id,lote,cantidad,fecha_vencimiento\nBOG_CENTRAL,P1,L1,5,2030-01-31\n"
NEW_SUPPLIER = b"codigo,nombre\nPROV009,Nuevo\n"


@pytest.mark.parametrize(
    ("path", "content", "key", "model"),
    [
        ("inventory", LOTS, "P1 · BOG_CENTRAL · L1", StockLot),
        ("proveedores", NEW_SUPPLIER, "PROV009", Supplier),
    ],
)
def test_the_other_sheets_have_plans_too(supplier, worker, path, content, key, model):
    api = with_token(User.objects.create_superuser("admin"))
    make_product("P1", supplier)
    make_warehouse()
    before = model.objects.count()
    address = f"/api/v1/{path}/bulk-upload?solo_validar=true&proveedor_id=PROV001"
    answer = api.post(address, {"file": a_file(content=content)})
    worker.step()
    plan = BulkUpload.objects.get(pk=answer.json()["task_id"])
    (item,) = items(api, plan)
    assert (item["resultado"], item["clave"], model.objects.count()) == ("creado", key, before)
    assert api.post(f"{UPLOADS}/{plan.pk}/apply").status_code == 202
    worker.step()
    assert model.objects.count() == before + 1


class TestWorkbook:
    def sheet(self, api, plan, **query):
        answer = api.get(f"{UPLOADS}/{plan.pk}/plan.xlsx", query)
        assert answer.status_code == 200
        assert 'filename="plan_productos.xlsx"' in answer["Content-Disposition"]
        return load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    def test_changes_are_coloured_and_their_old_values_are_notes(self, api, plan):
        sheet = self.sheet(api, plan)
        header = [cell.value for cell in sheet[1]]
        price = sheet.cell(2, header.index("precio_unitario") + 1)
        assert (price.value, price.comment.text) == (9.99, "Antes: 1250.50")
        assert price.fill.start_color.rgb.endswith("FFF2CC")
        name = sheet.cell(2, header.index("nombre") + 1)
        assert (name.value, name.comment) == (None, None)
        assert [line[1].value for line in sheet.iter_rows(min_row=2)] == [
            *("se actualizaría", "quedaría igual", "se crearía", "se rechazaría"),
        ]
        assert "nombre" in sheet.cell(5, header.index("Por qué se rechazaría") + 1).value
        assert self.sheet(api, plan, resultado="creado").max_row == 2

    def test_old_values_of_very_many_changes_stand_in_a_column(self, api, plan, monkeypatch):
        monkeypatch.setattr(plan_file, "MOST_WITH_NOTES", 0)
        sheet = self.sheet(api, plan)
        assert sheet.cell(1, sheet.max_column).value == "Antes"
        assert sheet.cell(2, sheet.max_column).value == "precio_unitario: 1250.50; requiere_lote: sí"
        assert not any(cell.comment for line in sheet.iter_rows() for cell in line)

    def test_what_a_supplier_typed_is_no_formula(self, api, accept, worker):
        plan = accept(csv_bytes([row(1, nombre="@SUM(A1)")]), plan=True)
        worker.step()
        sheet = self.sheet(api, plan)
        assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
