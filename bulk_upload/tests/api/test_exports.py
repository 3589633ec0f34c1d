"""The errors of an upload as files: complete, readable by Excel, harmless, in the reader's language."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc

import pytest
from openpyxl import load_workbook

from bulk_upload.models import BulkUpload, RowError
from bulk_upload.tests.helpers.rows import row
from bulk_upload.workbooks.errors_file import export_errors
from bulk_upload.workbooks.text_files import BYTE_ORDER_MARK

pytestmark = pytest.mark.django_db

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def upload(run_import):
    return run_import([row(1), row(2, precio_unitario=FORMULA), row(3, nombre="", codigo="")])


def exported(upload, file_format, language="es"):
    return b"".join(export_errors(upload, file_format, language))


def csv_lines(content, delimiter=";"):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_csv_begins_with_the_mark_that_excel_needs(upload):
    assert exported(upload, "csv").startswith(BYTE_ORDER_MARK.encode())


def test_csv_has_a_line_for_each_problem_with_its_cell(upload):
    header, *lines = csv_lines(exported(upload, "csv"))
    assert header == ["Fila", "Celda", "Columna", "Gravedad", "Código", "Mensaje", "Valor"]
    assert [line[:5] for line in lines if line[3] == "error"] == [
        ["3", "F3", "precio_unitario", "error", "not_a_number"],
        ["4", "B4", "nombre", "error", "required_blank"],
        ["4", "C4", "codigo", "error", "required_blank"],
    ]


def test_json_has_the_same_lines_with_the_values_as_stored(upload):
    lines = json.loads(exported(upload, "json"))
    (bad_price,) = [line for line in lines if line["columna"] == "precio_unitario"]
    assert (bad_price["fila"], bad_price["celda"], bad_price["valor"]) == (3, "F3", FORMULA)


def test_xlsx_opens_and_holds_no_formula(upload):
    sheet = load_workbook(io.BytesIO(exported(upload, "xlsx"))).active
    assert sheet["A1"].value == "Fila"
    values = {cell.value for line in sheet.iter_rows() for cell in line}
    assert FORMULA in values
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)


def test_csv_marks_what_a_spreadsheet_would_run(upload):
    assert f"'{FORMULA}" in [line[6] for line in csv_lines(exported(upload, "csv"))]


def test_the_words_are_in_the_readers_language(upload):
    header, *lines = csv_lines(exported(upload, "csv", "en"), ",")
    assert header[0] == "Row"
    assert any("must be a number" in line[5] for line in lines)
    assert {line[3] for line in lines} == {"error", "warning"}
    assert {line[3] for line in csv_lines(exported(upload, "csv", "es"))[1:]} == {"error", "advertencia"}
    titles = [load_workbook(io.BytesIO(exported(upload, "xlsx", language))).sheetnames for language in ("es", "en")]
    assert titles == [["Errores"], ["Errors"]]


@pytest.mark.parametrize(("file_format", "least"), [("csv", 1), ("json", 0)])
def test_an_upload_without_problems_gives_a_whole_file(supplier, file_format, least):
    upload = BulkUpload.objects.create(proveedor=supplier, filename="a", file_format="csv", s3_key="k", size=1)
    content = exported(upload, file_format)
    assert len(csv_lines(content)) == 1 if least else json.loads(content) == []


def test_memory_does_not_grow_with_the_number_of_problems(supplier):
    upload = BulkUpload.objects.create(proveedor=supplier, filename="a", file_format="csv", s3_key="k", size=1)
    problem = {"severity": "error", "columna": "nombre", "codigo": "required_blank", "params": {"columna": "nombre"}}
    RowError.objects.bulk_create([RowError(upload=upload, fila=n, **problem) for n in range(2, 20_002)], 500)
    tracemalloc.start()
    size = sum(len(block) for block in export_errors(upload, "csv", "es"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak < 6 * 1024 * 1024
