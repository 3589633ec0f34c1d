"""The corrected-row workbook: what stands in it, and what becomes of it when it comes back."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import Workbook, load_workbook

from bulk_upload import storage
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.cells import DateCell, ErrorCell
from bulk_upload.sheet.headers import match_header
from bulk_upload.tests.helpers.row_errors import problems, warnings
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks import corrections as module
from bulk_upload.workbooks import prepared_files, xlsx
from bulk_upload.workbooks.source_cells import as_it_was
from catalog.models import Product
from catalog.sheets.products import PRODUCTS


@pytest.fixture
def imported(accept, worker):
    """Accepts a file and imports it; gives the upload as it is afterwards."""

    def run(content: bytes, name: str = "productos.csv", **options) -> BulkUpload:
        upload = accept(content, name, **options)
        worker.step()
        upload.refresh_from_db()
        assert upload.is_final, upload.status
        return upload

    return run


def sheet_of(content):
    return load_workbook(io.BytesIO(content)).worksheets[0]


def corrected(content, **values):
    """The workbook after a person has written `values` into every row."""
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    place = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        for name, value in values.items():
            sheet.cell(line, place[name]).value = value
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def test_only_the_rejected_rows_are_in_it_with_their_row_and_reason(imported, corrections):
    upload = imported(csv_bytes([row(1), row(2, precio_unitario="caro"), row(3), row(4, nombre="")]))
    lines = list(sheet_of(corrections(upload)).iter_rows(min_row=2, values_only=True))
    assert [line[0] for line in lines] == ["PROD00002", "PROD00004"]
    assert [line[-2] for line in lines] == [3, 5]
    assert "«caro»" in lines[0][-1]
    assert "«nombre» está vacío" in lines[1][-1]


def test_the_columns_are_the_suppliers_own_in_its_order(imported, corrections):
    text = "Código;NOMBRE;mi nota;id;categoria;precio;registro sanitario;almacenamiento;tiempo de entrega\n"
    upload = imported((text + "007;Gasas;ojo;P1;GASAS;caro;INVIMA;seco;5\n").encode())
    header, line = sheet_of(corrections(upload)).iter_rows(values_only=True)
    assert header[:9] == tuple(text.strip().split(";"))
    assert header[9:] == (f"_fila_original {upload.pk}", "_errores")
    assert line[:3] == ("007", "Gasas", "ojo")


def test_codes_are_text_cells_that_keep_their_zeros(imported, corrections):
    upload = imported(csv_bytes([row(1, codigo="007", precio_unitario="x")]))
    cell = sheet_of(corrections(upload)).cell(2, 3)
    assert (cell.value, cell.data_type, cell.number_format) == ("007", "s", "@")


def test_a_wrong_cell_is_coloured_and_says_what_to_do(imported, corrections):
    upload = imported(csv_bytes([row(1, precio_unitario="caro")]))
    good, wrong = sheet_of(corrections(upload))[2][1], sheet_of(corrections(upload))[2][5]
    assert wrong.fill.start_color.rgb == "00FFC7CE"
    assert "debe ser un número" in wrong.comment.text
    assert good.comment is None
    assert good.fill.fill_type is None


def test_a_blank_required_cell_is_coloured_too(imported, corrections):
    upload = imported(csv_bytes([row(1, nombre="")]))
    cell = sheet_of(corrections(upload))[2][1]
    assert cell.fill.start_color.rgb == "00FFC7CE"
    assert "está vacío" in cell.comment.text


@pytest.mark.parametrize("text", ["=1+1", "+57 300", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1"])
def test_no_text_becomes_a_formula(imported, corrections, text):
    upload = imported(csv_bytes([row(1, nombre=text, precio_unitario="x")]))
    sheet = sheet_of(corrections(upload))
    cell = sheet[2][1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_the_reasons_come_in_english_on_request(imported, corrections):
    upload = imported(csv_bytes([row(1, precio_unitario="caro")]))
    assert "must be a number" in sheet_of(corrections(upload, "en"))[2][14].value


def test_uploaded_as_it_is_it_gives_the_same_errors_and_no_warning(imported, corrections):
    bad = [
        row(1, precio_unitario="1.250"),
        row(2, nombre=""),
        row(3, codigo="7,70123E+12"),
        row(4, nombre="mal\x07"),
        row(5, tiempo_entrega_dias="5.5"),
        row(6, requiere_lote="tal vez"),
    ]
    first = imported(csv_bytes(bad))
    second = imported(corrections(first), "corregido.xlsx")
    assert [(column, code) for _, column, code in problems(second)] == [
        (column, code) for _, column, code in problems(first)
    ]
    assert warnings(second) == []


def workbook_of(**cells):
    """A workbook of one row, whose `cells` are not text."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(PRODUCTS.names))
    sheet.append([{**row(1), **cells}.get(name) for name in PRODUCTS.names])
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("codigo", 12345678901234567890, "digits_lost"),
        ("nombre", True, "boolean_in_text"),
        ("nombre", "#N/A", "excel_error"),
        ("precio_unitario", "#DIV/0!", "excel_error"),
    ],
)
def test_what_the_spreadsheet_spoiled_is_not_healed_by_the_way_through_the_workbook(
    imported, corrections, column, value, code
):
    first = imported(workbook_of(**{column: value}), "a.xlsx")
    assert problems(first) == [(2, column, code)]
    second = imported(corrections(first), "b.xlsx")
    assert problems(second) == [(2, column, code)]


def test_corrected_and_uploaded_it_lands_and_the_first_upload_knows(imported, corrections):
    first = imported(csv_bytes([row(1), *(row(n, precio_unitario="caro") for n in range(2, 6))]))
    second = imported(corrected(corrections(first), precio_unitario=1250.5), "corregido.xlsx")
    assert (second.creados, second.rechazados, second.corrects_id) == (4, 0, first.pk)
    assert first.row_errors.filter(corregida=True).count() == 4
    assert Product.objects.count() == 5


def test_only_rows_that_landed_count_as_corrected(imported, corrections):
    first = imported(csv_bytes([row(1, precio_unitario="caro"), row(2, precio_unitario="caro", nombre="")]))
    imported(corrected(corrections(first), precio_unitario=1), "corregido.xlsx")
    assert list(first.row_errors.values_list("fila", "corregida")) == [(2, True), (3, False), (3, False)]


def test_a_second_correction_counts_for_the_first_file(imported, corrections):
    first = imported(csv_bytes([row(1, precio_unitario="caro", nombre="")]))
    second = imported(corrected(corrections(first), precio_unitario=1), "segundo.xlsx")
    assert problems(second) == [(2, "nombre", "required_blank")]
    third = imported(corrected(corrections(second), nombre="Gasas"), "tercero.xlsx")
    assert third.corrects_id == first.pk
    assert not first.row_errors.filter(corregida=False).exists()


def test_what_was_corrected_is_not_offered_again(imported, corrections):
    first = imported(csv_bytes([row(1, precio_unitario="caro"), row(2, nombre="")]))
    imported(corrected(corrections(first), precio_unitario=1), "corregido.xlsx")
    lines = list(sheet_of(corrections(first)).iter_rows(min_row=2, values_only=True))
    assert [line[0] for line in lines] == ["PROD00002"]


def test_saved_as_csv_it_is_still_linked(imported, corrections):
    first = imported(csv_bytes([row(1, precio_unitario="caro")]))
    lines = list(sheet_of(corrected(corrections(first), precio_unitario=10)).iter_rows(values_only=True))
    text = "\n".join(";".join("" if value is None else f'"{value}"' for value in line) for line in lines)
    second = imported(text.encode(), "corregido.csv")
    assert (second.creados, second.corrects_id) == (1, first.pk)
    assert warnings(second) == [(2, "categoria", "new_category")]


def test_another_suppliers_upload_cannot_be_marked_as_corrected(imported, corrections, other_supplier):
    first = imported(csv_bytes([row(1, precio_unitario="caro")]))
    content = corrected(corrections(first), precio_unitario=10)
    BulkUpload.objects.update(proveedor=other_supplier)
    second = imported(content, "corregido.xlsx")
    assert (second.creados, second.corrects_id) == (1, None)
    assert not first.row_errors.filter(corregida=True).exists()


def test_a_task_id_that_nobody_has_links_nothing(imported, corrections):
    first = imported(csv_bytes([row(1, precio_unitario="caro")]))
    content = corrected(corrections(first), precio_unitario=10)
    BulkUpload.objects.all().delete()
    assert imported(content, "corregido.xlsx").corrects_id is None


@pytest.mark.parametrize(
    "header", ["_fila_original", "_FILA_ORIGINAL 5b1e7c3a-0000-4000-8000-000000000001", "_errores", "_ERRORES"]
)
def test_the_extra_columns_are_ignored_without_a_warning(header):
    assert match_header(PRODUCTS, 1, [*PRODUCTS.names, header], "Hoja").unknown == ()


@pytest.mark.parametrize("header", ["errores", "_fila_original?", "_fila_original hola"])
def test_similar_columns_of_the_suppliers_own_still_give_the_warning(header):
    assert match_header(PRODUCTS, 1, [*PRODUCTS.names, header], "Hoja").unknown == (len(PRODUCTS.names),)


def test_values_beyond_the_header_are_kept_beside_the_reasons(imported, corrections):
    content = csv_bytes([row(1)]).decode().rstrip() + ",sobra\n"
    upload = imported(content.encode())
    line = next(sheet_of(corrections(upload)).iter_rows(min_row=2, values_only=True))
    assert line[-1] == "sobra"
    assert "entre comillas" in line[-2]


def test_a_file_that_is_gone_is_told(imported, worker):
    upload = imported(csv_bytes([row(1, precio_unitario="caro")]))
    storage.discard(upload.s3_key)
    file = prepared_files.corrections_of(upload, "es")
    worker.step()
    file.refresh_from_db()
    assert (file.state, file.error_code) == ("failed", "file_missing")


def test_a_file_that_cannot_be_read_is_told(accept, worker):
    upload = accept(b"PK\x03\x04 damaged", "roto.xlsx")
    worker.step()
    file = prepared_files.corrections_of(upload, "es")
    worker.step()
    file.refresh_from_db()
    assert (file.state, file.error_code) == ("failed", "damaged_file")


def test_what_does_not_fit_is_named_and_comes_with_the_next_file(imported, corrections, monkeypatch):
    first = imported(csv_bytes(row(n, precio_unitario="caro") for n in range(1, 10_001)))
    monkeypatch.setattr(module, "MOST_BYTES", module.RESERVED_BYTES + 50_000)
    content = corrections(first)
    lines = sheet_of(content).max_row
    assert 1 < lines < 10_001
    notice = load_workbook(io.BytesIO(content))["Faltan filas"]["A1"].value
    assert f"desde la fila {lines + 1} del archivo original" in notice
    second = imported(corrected(content, precio_unitario=1), "corregido.xlsx")
    assert (second.creados, second.rechazados) == (lines - 1, 0)
    assert sheet_of(corrections(first)).cell(2, 14).value == lines + 1


def test_errors_come_in_order_whatever_the_size_of_a_page(imported, monkeypatch):
    upload = imported(csv_bytes(row(n, precio_unitario="caro", nombre="") for n in range(1, 8)))
    whole = [(error.fila, error.pk) for error in module.uncorrected(upload)]
    monkeypatch.setattr(module, "PAGE", 3)
    assert [(error.fila, error.pk) for error in module.uncorrected(upload)] == whole
    assert len(whole) == 14


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ErrorCell("#N/A"), ("#N/A", "e")),
        (DateCell("2026-01-31"), (dt.datetime.fromisoformat("2026-01-31"), "d")),
        (12.5, (12.5, "n")),
        (True, (True, "b")),
        (None, (None, "n")),
    ],
)
def test_a_cell_keeps_its_type(value, expected):
    target = io.BytesIO()
    with xlsx.Workbook(target) as book, book.sheet("Hoja", ()) as sheet:
        sheet.add([as_it_was(value)])
    cell = sheet_of(target.getvalue())["A1"]
    assert (cell.value, cell.data_type) == expected
