"""The page of one upload in the admin: progress, result, cancel, retry."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bulk_upload.models import BulkUpload, RowError
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person, signed_in
from bulk_upload.tests.helpers.rows import row


def page_of(client, upload, **query):
    response = client.get(address("change", upload.pk), query)
    assert response.status_code == 200
    return response.content.decode()


def end(upload, status="completed", **fields):
    BulkUpload.objects.filter(pk=upload.pk).update(status=status, completed_at=timezone.now(), **fields)


@pytest.fixture
def rejected(run_import):
    """An upload of 60 rows, 55 of them rejected for one reason and one for another."""
    rows = [row(n, precio_unitario="caro") for n in range(55)]
    return run_import([*rows, row(90, nombre=""), *(row(n) for n in range(100, 104))])


def test_a_page_in_progress_refreshes_itself_where_no_script_runs(staff, supplier):
    page = page_of(staff, make_upload(supplier))
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page


def test_it_says_how_many_uploads_are_before(staff, supplier):
    make_upload(supplier, created_at=timezone.now() - timedelta(minutes=1))
    assert "Delante hay 1 carga de este proveedor" in page_of(staff, make_upload(supplier))


def test_a_silent_worker_is_told_with_both_times(staff, supplier):
    silent = timezone.now() - timedelta(minutes=2)
    upload = make_upload(supplier, status="processing", total=10, started_at=silent, updated_at=silent)
    assert "El proceso de importación no da señales desde las" in page_of(staff, upload)


def test_the_result_shows_four_counts(staff, rejected):
    page = page_of(staff, rejected)
    for title, count in (("Creados", 4), ("Actualizados", 0), ("Sin cambios", 0), ("Rechazados", 56)):
        assert f"<dt>{title}</dt><dd>{count}</dd>" in page


def test_errors_are_grouped_by_kind_with_count_and_three_examples(staff, rejected):
    response = staff.get(address("change", rejected.pk))
    numbers, blanks = response.context["result"].errors
    assert (numbers.code, numbers.count, len(numbers.examples)) == ("not_a_number", 55, 3)
    assert (blanks.code, blanks.count, blanks.examples[0].celda) == ("required_blank", 1, "B57")
    assert "No es un número" in response.content.decode()


def test_the_table_is_paged_and_filtered_by_kind(staff, rejected):
    def lines(**query):
        return [line.fila for line in staff.get(address("change", rejected.pk), query).context["result"].lines]

    assert lines() == list(range(2, 52))
    assert lines(pagina=2) == list(range(52, 58))
    assert lines(tipo="required_blank") == [57]
    assert lines(tipo="new_category") == [58]
    assert lines(tipo="nada") == []
    assert lines(pagina="x") == lines()


def test_the_result_takes_a_bounded_number_of_queries(staff, rejected):
    with CaptureQueriesContext(connection) as queries:
        page_of(staff, rejected)
    # Two kinds of errors and one of warnings, each with its examples.
    assert len(queries) <= 20


def test_a_failed_upload_says_why_in_words(staff, supplier):
    upload = make_upload(supplier)
    end(upload, "failed", error_code="encrypted_file")
    assert "El libro está protegido con contraseña" in page_of(staff, upload)


def test_values_of_the_file_are_shown_as_text(staff, supplier):
    script = "<script>alert(1)</script>"
    upload = make_upload(supplier, f"{script}.csv", total=1, rechazados=1)
    RowError.objects.create(
        upload=upload, severity="error", fila=2, columna="nombre", codigo="not_a_number", valor=script,
        params={"columna": script, "valor": script},
    )  # fmt: skip
    assert script not in page_of(staff, upload)
    end(upload)
    page = page_of(staff, upload, tipo=script)
    assert script not in page
    assert "&lt;script&gt;" in page


def test_corrections_are_told_on_the_first_uploads_page(staff, rejected, supplier):
    rejected.row_errors.filter(fila__lt=39, severity="error").update(corregida=True)
    correction = make_upload(supplier, "corregido.xlsx", corrects=rejected)
    page = page_of(staff, rejected)
    assert "<strong>37 de 56 filas corregidas</strong>" in page
    assert address("change", correction.pk) in page


def test_a_correction_names_the_upload_that_it_corrects(staff, rejected, supplier):
    correction = make_upload(supplier, "corregido.xlsx", corrects=rejected)
    end(correction)
    assert address("change", rejected.pk) in page_of(staff, correction)


def test_cancelling_asks_first(staff, supplier):
    upload = make_upload(supplier)
    assert "Sí, cancelar la carga" in staff.get(address("cancel", upload.pk)).content.decode()
    upload.refresh_from_db()
    assert upload.status == "pending"


def test_cancelling_ends_the_upload_and_is_recorded(staff, supplier):
    upload = make_upload(supplier)
    response = staff.post(address("cancel", upload.pk), follow=True)
    assert "La carga se canceló" in response.content.decode()
    upload.refresh_from_db()
    assert upload.status == "cancelled"
    assert LogEntry.objects.get().object_id == str(upload.pk)


def test_a_retried_upload_is_in_the_queue_again(staff, supplier, aws):
    upload = make_upload(supplier)
    end(upload, "failed", error_code="attempts_exhausted")
    staff.post(address("retry", upload.pk))
    upload.refresh_from_db()
    assert (upload.status, upload.publications) == ("pending", 1)


@pytest.mark.parametrize("name", ["cancel", "retry"])
def test_what_has_ended_well_can_be_neither_cancelled_nor_retried(staff, supplier, name):
    upload = make_upload(supplier)
    end(upload)
    for method in (staff.get, staff.post):
        assert method(address(name, upload.pk)).status_code == 302
    upload.refresh_from_db()
    assert upload.status == "completed"


def test_who_may_only_look_gets_no_button_and_no_page_to_cancel(supplier):
    client = signed_in(person("auditora", "view_bulkupload"))
    upload = make_upload(supplier)
    assert address("cancel", upload.pk) not in page_of(client, upload)
    assert client.post(address("cancel", upload.pk)).status_code == 403


def test_a_suppliers_person_watches_and_cancels_its_own(supplier_person, supplier):
    upload = make_upload(supplier)
    assert address("cancel", upload.pk) in page_of(supplier_person, upload)
    supplier_person.post(address("cancel", upload.pk))
    upload.refresh_from_db()
    assert upload.status == "cancelled"


def test_a_person_of_an_inactive_supplier_sees_nothing_rather_than_everything(supplier, other_supplier):
    client = signed_in(person("andina", *ALL_OF_UPLOADS, supplier=supplier))
    supplier.activo = False
    supplier.save()
    for owner in (supplier, other_supplier):
        assert client.get(address("change", make_upload(owner).pk)).status_code == 404


def test_what_is_no_task_id_is_not_found(staff):
    response = staff.get("/admin/bulk_upload/bulkupload/hola/change/")
    assert response.status_code == 404
    assert "Página no encontrada" in response.content.decode()


def test_an_upload_of_a_sheet_that_only_a_newer_release_knows_is_listed_and_has_no_page(staff, supplier):
    upload = make_upload(supplier, "enero.xlsx")
    BulkUpload.objects.update(sheet_name="pedidos")
    assert "enero.xlsx" in staff.get("/admin/bulk_upload/bulkupload/").content.decode()
    assert staff.get(address("change", upload.pk)).status_code == 404


@pytest.fixture
def half_corrected(rejected):
    """Rows 2 to 31 of the upload were corrected by another one."""
    make_upload(rejected.proveedor, "corregidas.xlsx", corrects=rejected)
    rejected.row_errors.filter(fila__lte=31).update(corregida=True)
    return rejected


def test_after_corrections_the_page_counts_what_is_open(staff, half_corrected):
    page = page_of(staff, half_corrected)
    assert "<strong>30 de 56 filas corregidas</strong>" in page
    assert '<a href="?estado=pendientes#filas">Quedan 26 filas pendientes</a>' in page
    numbers, blanks = staff.get(address("change", half_corrected.pk)).context["result"].errors
    assert [(kind.count, kind.open) for kind in (numbers, blanks)] == [(55, 25), (1, 1)]
    assert [line.fila for line in numbers.examples] == [32, 33, 34]


def test_all_corrected_is_said(staff, half_corrected):
    half_corrected.row_errors.update(corregida=True)
    page = page_of(staff, half_corrected)
    assert "No queda ninguna pendiente." in page
    assert "todo corregido" in page


def test_open_problems_can_be_shown_alone_and_a_column_too(staff, half_corrected):
    def rows(**query):
        page = staff.get(address("change", half_corrected.pk), query).context["result"].page
        return page.paginator.count, [problem.fila for problem in page.object_list]

    assert rows(estado="pendientes") == (26, list(range(32, 58)))
    assert rows(estado="pendientes", tipo="not_a_number") == (25, list(range(32, 57)))
    assert rows(columna="nombre") == (1, [57])
    assert rows(columna="nombre", tipo="not_a_number") == (0, [])
    assert rows(columna="precio_unitario", pagina="2") == (55, list(range(52, 57)))


def test_columns_that_have_problems_are_offered_and_pages_keep_the_filter(staff, rejected):
    page = page_of(staff, rejected, columna="precio_unitario")
    assert "<option selected>precio_unitario</option>" in page
    assert "<option>nombre</option>" in page
    assert "<option>codigo</option>" not in page
    assert 'href="?columna=precio_unitario&amp;pagina=2#filas"' in page


def test_nothing_is_said_of_what_is_open_before_there_are_corrections(staff, rejected):
    page = page_of(staff, rejected)
    assert "pendiente" not in page


def test_kinds_fold(staff, rejected):
    page = page_of(staff, rejected)
    assert page.count("<li><details open>") + page.count("<li><details>") == 3
    assert page.count("<li><details open>") == 2


@pytest.mark.parametrize("zone", ["America/Bogota", "Europe/Madrid"])
def test_every_time_of_a_page_is_of_the_configured_zone(staff, supplier, settings, zone):
    settings.TIME_ZONE = zone
    moments = [datetime(2026, 1, 20, 3, 30 + minute, tzinfo=UTC) for minute in range(4)]
    upload = make_upload(supplier, created_at=moments[0], updated_at=moments[1])
    there = [moment.astimezone(ZoneInfo(zone)).strftime("%H:%M").lstrip("0") for moment in moments]
    assert times_of(page_of(staff, upload)) == {there[0], there[1]}
    end(upload, created_at=moments[0], started_at=moments[2], updated_at=moments[3])
    BulkUpload.objects.update(completed_at=moments[3])
    assert times_of(page_of(staff, upload)) == {there[0], there[2], there[3]}
    assert there[0] in times_of(staff.get(address("changelist")).content.decode())


def times_of(page):
    """The times of day that stand in the text of a page, without those of the admin's own parts."""
    text = re.sub(r"<[^>]+>", " ", re.search(r'<div id="content-main".*?<footer', page, re.DOTALL)[0])
    return {time.lstrip("0") for time in re.findall(r"\b\d{1,2}:\d\d\b", text)}
