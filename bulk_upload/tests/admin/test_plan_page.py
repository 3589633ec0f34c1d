"""The plan's page: what a file would change, in words, and the button that does it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bulk_upload.admin.filters import CHOICES
from bulk_upload.admin.outcome import PLANNED, PLANNING, STOPPED, outcome
from bulk_upload.models import BulkUpload, ChangeGuard, Operation
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person, signed_in
from bulk_upload.tests.helpers.plans import plan_of_each_outcome
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def plan(accept, worker):
    return plan_of_each_outcome(accept, worker)


@pytest.fixture
def stopped(plan, accept, worker, supplier):
    ChangeGuard.objects.create(proveedor=supplier, sheet_name="productos", max_price_percent=30)
    upload = accept(csv_bytes([row(1, precio_unitario="2500.00")]), replace=True)
    worker.step()
    upload.refresh_from_db()
    return upload


def page(client, upload, **query):
    response = client.get(address("change", upload.pk), query)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(text):
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in body.split("</tr>") if "<td" in line]


def test_the_form_offers_to_look_first(staff, supplier, worker):
    assert "Mostrarme primero qué cambiaría" in staff.get(address("add")).content.decode()
    data = {
        "proveedor": "PROV001",
        "file": SimpleUploadedFile("p.csv", csv_bytes([row(1)])),
        "solo_validar": "on",
    }
    answer = staff.post(address("add"), data)
    upload = BulkUpload.objects.get()
    assert (answer.status_code, upload.operation) == (302, Operation.PLAN)
    worker.step()
    assert "No se importó nada todavía" in page(staff, upload)
    assert not Product.objects.exists()


def test_the_page_says_of_each_row_what_would_become_of_it(staff, plan):
    text = page(staff, plan)
    updated, unchanged, created, rejected = rows_of(text)
    assert "PROD00001 Guantes de nitrilo 1" in updated
    assert "precio_unitario : 1.250,50 → pasaría a 9,99" in updated
    assert "requiere_lote : sí → pasaría a no" in updated
    assert "Quedaría igual" in unchanged
    assert "PROD00003 Guantes de nitrilo 3 Se crearía" in created
    assert "«nombre» está vacío" in rejected
    assert "Plan: nada se importó" in text


@pytest.mark.parametrize(("chosen", "fila"), [("creado", 4), ("rechazado", 5), ("actualizado", 2)])
def test_the_table_shows_what_is_chosen(staff, plan, chosen, fila):
    (line,) = rows_of(page(staff, plan, resultado=chosen))
    assert line.startswith(f"Fila {fila} ")


def test_the_button_applies_the_plan_and_both_pages_name_the_other(staff, plan, worker):
    assert "Aplicar este plan" in page(staff, plan)
    assert staff.get(address("apply", plan.pk)).status_code == 302
    assert not BulkUpload.objects.filter(based_on=plan).exists()
    answer = staff.post(address("apply", plan.pk))
    applied = BulkUpload.objects.get(based_on=plan)
    assert answer["Location"] == address("change", applied.pk)
    worker.step()
    assert address("change", plan.pk) in page(staff, applied)
    text = page(staff, plan)
    assert address("change", applied.pk) in text
    assert "Aplicar este plan" not in text
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "9.99"
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(plan.pk), str(applied.pk)}
    again = page(staff, plan) if staff.post(address("apply", plan.pk)).status_code == 302 else ""
    assert "ya se aplicó" in again


def test_applying_needs_the_token_of_the_form(plan):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("otra", *ALL_OF_UPLOADS))
    assert client.post(address("apply", plan.pk)).status_code == 403


def test_who_may_only_look_is_not_offered_the_button(plan):
    auditor = signed_in(person("auditor", "view_bulkupload"))
    assert "Aplicar este plan" not in page(auditor, plan)
    assert auditor.post(address("apply", plan.pk)).status_code == 403


def test_a_person_of_another_supplier_sees_nothing(plan, other_supplier):
    stranger = signed_in(person("ajena", *ALL_OF_UPLOADS, supplier=other_supplier))
    for name in ("change", "plan_file"):
        assert stranger.get(address(name, plan.pk)).status_code == 404
    assert stranger.post(address("apply", plan.pk)).status_code == 404


def test_what_the_guard_stopped_says_why_and_who_may_apply_it(stopped, staff, worker):
    text = page(staff, stopped)
    assert "El control de cambios detuvo esta carga" in text
    assert "en la fila 2" in text
    assert "Aplicar este plan" not in text
    staff.post(address("apply", stopped.pk))
    assert not BulkUpload.objects.filter(based_on=stopped).exists()
    second = signed_in(person("segunda", *ALL_OF_UPLOADS, "approve_bulkupload"))
    assert "Aplicar este plan" in page(second, stopped)
    second.post(address("apply", stopped.pk))
    worker.step()
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "2500.00"


def test_a_plan_that_expired_says_so(staff, plan):
    BulkUpload.objects.filter(pk=plan.pk).update(completed_at=plan.completed_at - timedelta(days=8))
    text = page(staff, plan)
    assert "El plan venció" in text
    assert "Aplicar este plan" not in text
    assert "plan.xlsx" not in text
    assert staff.get(address("plan_file", plan.pk)).status_code == 302


def test_the_workbook_comes_from_the_page(staff, plan):
    assert address("plan_file", plan.pk) in page(staff, plan)
    assert b"".join(staff.get(address("plan_file", plan.pk)).streaming_content).startswith(b"PK")


def test_the_page_is_in_english_too(plan):
    text = page(signed_in(person("auditor", *ALL_OF_UPLOADS), "en"), plan)
    assert "Apply this plan" in text
    assert not re.search("[áéíóúñ¿¡«»]", text.partition("<h1>")[2].partition("<tbody>")[0])


def test_the_list_has_words_of_its_own_for_plans(staff, supplier, plan, stopped):
    running = make_upload(supplier, operation=Operation.PLAN, status="processing")
    assert [outcome(upload) for upload in (running, plan, stopped)] == [PLANNING, PLANNED, STOPPED]
    found = {
        name: set(BulkUpload.objects.filter(rows).values_list("pk", flat=True)) for name, (_, rows) in CHOICES.items()
    }
    assert (found["planned"], found["stopped"]) == ({plan.pk}, {stopped.pk})
    assert sum(map(len, found.values())) == BulkUpload.objects.count()
    text = staff.get(address("changelist")).content.decode()
    assert "Detenida por el control de cambios" in text


def test_a_plan_that_is_being_made_says_that_nothing_is_imported(staff, supplier):
    text = page(staff, make_upload(supplier, operation=Operation.PLAN, status="processing", total=10))
    assert "Planificando" in text
    assert "no se importa nada" in text
    assert "la importación sigue" not in text
