"""The state of an upload in true words, and the one next step."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import timezone, translation
from openpyxl import Workbook

from bulk_upload.admin.outcome import (
    CANCELLED,
    COMPLETED,
    FAILED,
    NOTHING_IMPORTED,
    UNREADABLE,
    WITH_ERRORS,
    outcome,
)
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.headers import match_header
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.helpers.admin_people import address, make_upload, person, signed_in
from bulk_upload.tests.helpers.rows import row
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK
from catalog.tests.stock_rows import make_product, make_warehouse

ADD = "/admin/bulk_upload/bulkupload/add/?hoja=productos"
TEMPLATE = "/admin/bulk_upload/bulkupload/plantilla/vacia/?hoja=productos"
STEP = re.compile(r'<a class="button paso" href="([^"]+)">([^<]+)</a>')


def ended(supplier, status="completed", **fields):
    return make_upload(supplier, status=status, completed_at=timezone.now(), **fields)


@pytest.fixture
def page_of(staff):
    def get(upload):
        response = staff.get(address("change", upload.pk))
        assert response.status_code == 200
        return response.content.decode()

    return get


@pytest.mark.parametrize(
    ("fields", "name", "label"),
    [
        ({"total": 3, "creados": 3}, "completed", "Completada"),
        ({"total": 3, "sin_cambios": 3}, "completed", "Completada"),
        ({"total": 3, "creados": 2, "rechazados": 1}, "partial", "Completada con errores"),
        ({"total": 3, "rechazados": 3}, "failed", "Ninguna fila importada"),
        ({"status": "failed", "error_code": "damaged_file"}, "failed", "No se pudo leer"),
        ({"status": "failed", "error_code": "attempts_exhausted"}, "failed", "Fallida"),
        ({"status": "failed", "total": 9, "creados": 4, "sin_procesar": 5}, "failed", "Fallida"),
        ({"status": "cancelled"}, "cancelled", "Cancelada"),
    ],
)
def test_the_state_says_what_became_of_the_rows(supplier, fields, name, label):
    shown = outcome(ended(supplier, **fields))
    assert (shown.name, str(shown.label)) == (name, label)
    assert (shown.icon == "✔") == (name == "completed")


def test_a_file_that_was_not_read_has_no_count_of_rows(page_of, supplier):
    page = page_of(ended(supplier, "failed", error_code="damaged_file"))
    assert "No se pudo leer" in page
    assert "0 filas" not in page
    assert "cuentas" not in page


def test_what_landed_whole_leads_to_another_file(page_of, supplier):
    assert STEP.findall(page_of(ended(supplier, total=1, creados=1))) == [(ADD, "Cargar otro archivo")]


def test_rows_with_errors_lead_to_their_correction(page_of, run_import):
    upload = run_import([row(1), row(2, precio_unitario="caro")])
    assert STEP.findall(page_of(upload)) == [(address("mend", upload.pk), "Corregir en la página")]
    assert f'href="{address("corrections", upload.pk)}"' in page_of(upload)


def test_more_rows_than_the_page_lists_lead_to_their_workbook(page_of, run_import):
    upload = run_import([row(1), row(2, precio_unitario="caro")])
    BulkUpload.objects.update(total=2002, rechazados=2001)
    page = page_of(upload)
    step = (address("corrections", upload.pk), "Descargar las filas por corregir (.xlsx)")
    assert STEP.findall(page) == [step]
    assert "Corrija las celdas marcadas en rojo" in page
    assert address("mend", upload.pk) in page


@pytest.mark.parametrize(("good", "said"), [(1, True), (0, False)])
def test_what_was_imported_is_spoken_of_only_if_something_was(page_of, run_import, good, said):
    page = page_of(run_import([*map(row, range(good)), row(9, precio_unitario="caro")]))
    assert "en las celdas marcadas" in page
    assert ("lo que ya entró no se duplica" in page) == said


def test_the_corrected_file_can_be_uploaded_from_the_page(page_of, run_import):
    page = page_of(run_import([row(1), row(2, precio_unitario="caro")]))
    assert f'<a class="button" href="{ADD}">Cargar el archivo corregido</a>' in page


def test_who_reads_english_sees_no_quotation_marks_of_spanish(run_import, supplier):
    params = {"hoja": "CSV", "fila": 1, "columnas": "codigo", "parecidas": "«codgo» → codigo", "encabezados": "codgo"}
    uploads = [
        ended(supplier, "failed", error_code="missing_columns_similar", error_params=params),
        ended(supplier, "failed", error_code="several_sheets", error_params={"hojas": "«Enero», «Febrero»"}),
    ]
    client = signed_in(person("auditor", "view_bulkupload"), "en")
    for upload in uploads:
        page = client.get(address("change", upload.pk)).content.decode()
        assert "“" in page
        assert "«" not in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_guide_explains_each_end_of_an_upload(staff, language):
    page = staff.get(address("guide"), headers={"accept-language": language}).content.decode()
    with translation.override(language):
        for state in (COMPLETED, WITH_ERRORS, NOTHING_IMPORTED, UNREADABLE, FAILED, CANCELLED):
            assert f'<th scope="row">{state.badge}</th>' in page


def test_products_that_exist_lead_to_replacing_them(page_of, run_import):
    run_import([row(1), row(2)])
    upload = run_import([row(1), row(2)])
    step = (address("replace", upload.pk), "Cargar otra vez reemplazando duplicados…")
    assert STEP.findall(page_of(upload)) == [step]


def test_stock_that_exists_leads_to_replacing_it(page_of, run_import, supplier):
    make_product("P1", supplier, requiere_lote=False, requiere_vencimiento=False)
    make_warehouse("BOG")
    rows = [{"producto_id": "P1", "bodega": "BOG", "cantidad": "5"}]
    run_import(rows, sheet=STOCK)
    upload = run_import(rows, sheet=STOCK)
    page = page_of(upload)
    assert [place for place, _ in STEP.findall(page)] == [address("replace", upload.pk)]
    assert "Las existencias ya están registradas" in page


def test_who_may_only_look_is_not_led_to_replacing(run_import, supplier):
    run_import([row(1)])
    upload = run_import([row(1)])
    client = signed_in(person("auditora", "view_bulkupload"))
    page = client.get(address("change", upload.pk)).content.decode()
    assert address("replace", upload.pk) not in page
    assert client.post(address("replace", upload.pk)).status_code == 403


def reviewed(upload):
    """The large button that lets a person say what the columns are."""
    address_of_review = address("review_upload", upload.pk)
    return re.compile(
        rf'<form method="post" action="{address_of_review}".*?class="paso" value="Revisar las columnas…"', re.S
    )


def test_a_header_that_does_not_fit_leads_to_its_columns_and_names_what_is_missing(page_of, supplier):
    params = {"hoja": "CSV", "fila": 1, "columnas": "categoria, precio_unitario"}
    upload = ended(supplier, "failed", error_code="missing_columns", error_params=params)
    page = page_of(upload)
    assert reviewed(upload).search(page)
    assert f'href="{TEMPLATE}">Descargar la plantilla vacía (.xlsx)' in page
    assert re.search(r"✖</span> <code>categoria</code> falta", page)
    assert re.search(r"✔</span> <code>nombre</code> está", page)


@pytest.mark.parametrize(
    ("status", "code", "offered"),
    [
        ("cancelled", "", True),
        ("failed", "attempts_exhausted", True),
        ("failed", "damaged_file", False),
        ("failed", "file_missing", False),
        ("failed", "missing_columns", False),
    ],
)
def test_a_retry_is_offered_only_where_it_can_help(page_of, supplier, status, code, offered):
    upload = ended(supplier, status, error_code=code)
    assert (address("retry", upload.pk) in page_of(upload)) == offered


def test_replacing_uploads_the_stored_file_again(staff, accept, worker):
    mapping = SheetMapping(columnas={"A": "nombre"})
    upload = accept(b"id,nombre\n", mapping=mapping)
    BulkUpload.objects.filter(pk=upload.pk).update(status="completed", completed_at=timezone.now())
    assert "Sí, cargar y reemplazar" in staff.get(address("replace", upload.pk)).content.decode()
    response = staff.post(address("replace", upload.pk))
    again = BulkUpload.objects.exclude(pk=upload.pk).get()
    assert response.url == address("change", again.pk)
    assert (again.reemplazar_duplicados, again.sha256, again.filename) == (True, upload.sha256, upload.filename)
    assert again.sheet_mapping == mapping


def test_an_upload_that_replaced_is_not_repeated(staff, supplier):
    upload = ended(supplier, total=1, creados=1, reemplazar_duplicados=True)
    staff.post(address("replace", upload.pk))
    assert BulkUpload.objects.count() == 1


def test_replacing_is_closed_to_others(supplier_person, other_supplier):
    upload = ended(other_supplier, total=1, creados=1)
    assert supplier_person.post(address("replace", upload.pk)).status_code == 404


def test_a_stored_file_that_is_gone_is_said_in_words(staff, supplier, aws):
    upload = ended(supplier, total=1, creados=1)
    response = staff.post(address("replace", upload.pk), follow=True)
    assert "ya no está en el almacén" in response.content.decode()


def test_the_sheet_that_was_read_is_named(page_of, supplier):
    assert "Se leyó la hoja «Precios»." in page_of(ended(supplier, total=1, creados=1, sheet="Precios"))


@pytest.mark.parametrize("code", ["no_header", "no_header_in_csv", "similar_columns", "several_sheets"])
def test_every_problem_of_the_header_leads_to_the_columns(page_of, supplier, code):
    upload = ended(supplier, "failed", error_code=code)
    assert reviewed(upload).search(page_of(upload))


def test_without_its_file_it_leads_to_the_template(page_of, supplier):
    page = page_of(ended(supplier, "failed", error_code="no_header", file_purged_at=timezone.now()))
    assert STEP.findall(page)[0][0] == TEMPLATE


STATES = [
    ("completed", "Completada", {"total": 3, "creados": 3}),
    ("partial", "Completada con errores", {"total": 3, "creados": 2, "rechazados": 1}),
    ("nothing", "Ninguna fila importada", {"total": 3, "rechazados": 3}),
    ("unreadable", "No se pudo leer", {"status": "failed", "error_code": "damaged_file"}),
    ("failed", "Fallida", {"status": "failed", "error_code": "attempts_exhausted"}),
    ("cancelled", "Cancelada", {"status": "cancelled"}),
]


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, label, _fields in STATES])
def test_the_list_is_filtered_by_the_words_that_it_shows(staff, supplier, name, label):
    for state, _label, fields in STATES:
        ended(supplier, name=f"{state}.csv", **fields)
    page = staff.get(address("changelist"), {"resultado": name}).content.decode()
    assert re.findall(r">(\w+)\.csv <", page) == [name]
    assert re.search(rf'<td class="field-estado">.*</span> {label}</span></td>', page)


def failed_by_header(supplier, header):
    """An upload that failed because of the `header` of a CSV, as the reader says it."""
    with pytest.raises(FileProblem) as problem:
        match_header(PRODUCTS, 3, header, "CSV")
    return ended(supplier, "failed", error_code=problem.value.code, error_params=problem.value.params)


def text_of_page(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_headers_of_the_file_stand_beside_those_of_the_template(page_of, supplier):
    header = [
        {"categoria": "Categ.oría del bien", "presentacion": "Empaque"}.get(name, name) for name in PRODUCTS.names
    ]
    text = text_of_page(page_of(failed_by_header(supplier, [*header, "", "Notas\n<b>"])))
    assert "✖ categoria falta ¿Quiso decir «Categ.oría del bien»?" in text
    assert "Encabezados de su archivo (fila 3)" in text
    assert "? «Categ.oría del bien» no se reconoce" in text
    assert "? «Notas�&lt;b&gt;» no se reconoce" in text
    assert "✔ «codigo» es codigo" in text


def test_a_column_that_is_there_twice_is_named_on_both_sides(page_of, supplier):
    text = text_of_page(page_of(failed_by_header(supplier, [*PRODUCTS.names, "Nombre"])))
    assert "✖ nombre está dos veces" in text
    assert "✔ «nombre» es nombre" in text
    assert "✔ «Nombre» es nombre" in text


def test_a_header_that_is_nearly_an_optional_one_is_asked_about(page_of, supplier):
    header = ["Stok mínimo" if name == "stock_minimo" else name for name in PRODUCTS.names]
    text = text_of_page(page_of(failed_by_header(supplier, header)))
    assert "? stock_minimo no está (es opcional) ¿Quiso decir «Stok mínimo»?" in text


def test_of_many_and_long_headers_the_first_are_shown(page_of, supplier):
    header = [*PRODUCTS.names[1:], *(f"Columna {n}" for n in range(60)), "x" * 500]
    upload = failed_by_header(supplier, header)
    assert len(str(upload.error_params["encabezados"])) <= 50 * 61
    text = text_of_page(page_of(upload))
    assert "✖ id falta" in text
    assert f"… y {len(header) - 50} más." in text
    assert text.count("falta") == 1


@pytest.mark.parametrize("name", ["productos.csv", "productos.xlsx"])
def test_a_file_without_a_header_shows_its_first_row(page_of, accept, worker, name):
    content = b"ref;detalle\nA1;Tubo\n"
    if name.endswith(".xlsx"):
        book = Workbook()
        book.active.append([])
        book.active.append(["ref", "detalle"])
        saved = io.BytesIO()
        book.save(saved)
        content = saved.getvalue()
    upload = accept(content, name)
    worker.step()
    text = text_of_page(page_of(upload))
    assert "Primera fila de su archivo ? «ref» no se reconoce ? «detalle» no se reconoce" in text
    assert text.count("falta") == sum(column.required for column in PRODUCTS.columns)
