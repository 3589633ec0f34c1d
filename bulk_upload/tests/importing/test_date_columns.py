"""A column of dates on its way: from the child to the worker, into the database, the template and the guide."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any, get_args

import openpyxl
import pytest
from django.db import connection

from bulk_upload.api import columns
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.importing.postgresql.copy_format import ARRAY_TYPES, arrays, copy_text
from bulk_upload.importing.writing.copy_writer import copy_rows
from bulk_upload.imports import SheetImport
from bulk_upload.reading import decoding, protocol
from bulk_upload.sheet.cells import DateCell
from bulk_upload.sheet.columns import Kind
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.reading import read
from bulk_upload.tests.helpers.date_column import DATE, DATES
from bulk_upload.workbooks import corrections, guide, safe_cells, template
from bulk_upload.workbooks.source_cells import as_it_was
from bulk_upload.workbooks.xlsx import Workbook
from catalog.api.items import rules
from catalog.sheets.products import PRODUCTS

DAY = datetime.date(2027, 3, 31)
OTHER_DAY = datetime.date(2028, 2, 29)


@pytest.mark.parametrize(
    "known",
    [
        *(decoding.TYPES, ARRAY_TYPES, safe_cells.NUMBER_FORMATS, guide.CONTENTS, corrections.WIDTHS),
        columns.Column().fields["tipo"].choices,
    ],
)
def test_every_kind_of_value_is_known_everywhere(known):
    assert set(known) == set(get_args(Kind))


# From the child to the worker


def chunk_of(values: list[Any]) -> bytes:
    numbers = list(range(2, 2 + len(values)))
    return protocol.encode(CheckedChunk(numbers, [values], 9))


def test_dates_cross_as_text_and_arrive_as_dates():
    line = chunk_of([DAY, OTHER_DAY])
    assert b'["2027-03-31","2028-02-29"]' in line
    assert decoding.chunk(line, DATES).columns == [[DAY, OTHER_DAY]]


@pytest.mark.parametrize(
    "said",
    [
        *("", "2027-02-31", "20270331", "2027-W13-3", "2027-090", "31/03/2027", "2027-03-31\n", "２０２７-03-31"),
        *("2027-03-31T00:00:00", 46477, 46477.0, True, None, ["2027-03-31"], DateCell("2027-03-31")),
        datetime.datetime.combine(DAY, datetime.time()),
    ],
)
def test_a_child_that_says_anything_else_is_not_believed(said):
    with pytest.raises(FileProblem) as problem:
        decoding.chunk(chunk_of([DAY, said]), DATES)
    assert problem.value.code == "damaged_file"


# Into the database


def test_dates_are_written_in_iso_form():
    assert copy_text([[DAY], [OTHER_DAY]], ["date"], ["x"]) == "2027-03-31\tx\n2028-02-29\tx\n"
    assert arrays([[DAY], [OTHER_DAY]], ["date"]) == ["{2027-03-31,2028-02-29}"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [("date", DAY, "2027-03-31"), ("decimal", Decimal("-20.5"), "-20.5"), ("integer", 0, "0"), ("boolean", False, "f")],
)
def test_no_date_and_no_number_is_null(kind, value, text):
    assert copy_text([[value], [None]], [kind], []) == f"{text}\n\\N\n"
    assert arrays([[value], [None]], [kind]) == [f"{{{text},NULL}}"]


def test_a_text_that_says_none_is_that_text():
    assert copy_text([["None"]], ["text"], []) == "None\n"
    assert arrays([["None"]], ["code"]) == ['{"None"}']


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="COPY and arrays are PostgreSQL's")
@pytest.mark.django_db
@pytest.mark.parametrize("style", ["ISO, MDY", "SQL, DMY", "German"])
def test_postgresql_reads_the_dates_that_were_written(style):
    rows = [[DAY], [OTHER_DAY]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('datestyle', %s, true)", [style])
        cursor.execute("SELECT unnest(%s::date[])", arrays(rows, ["date"]))
        from_array = cursor.fetchall()
        cursor.execute("CREATE TEMPORARY TABLE days (day date) ON COMMIT DROP")
        copy_rows(cursor, "COPY days FROM STDIN", copy_text(rows, ["date"], []))
        cursor.execute("SET LOCAL datestyle = ISO")
        cursor.execute("SELECT day FROM days")
        assert cursor.fetchall() == from_array == [(DAY,), (OTHER_DAY,)]


# One product, by the API


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (46477, "serial_number_date"),
        (46477.0, "serial_number_date"),
        (True, "not_a_date"),
        ("31/03/27", "two_digit_year"),
    ],
)
def test_a_value_of_json_goes_by_the_same_rule(monkeypatch, given, code):
    columns = [*PRODUCTS.columns, DATE]
    with_date = Sheet("x", __name__, title=DATES.title, row_title=DATES.title, columns=columns, key=["id"])
    monkeypatch.setattr(rules, "PRODUCTS", with_date)
    body = {column.name: column.example for column in PRODUCTS.columns}
    assert rules.check_new(body | {DATE.name: "31/03/2027"}).values[-1] == DAY
    assert [problem.codigo for problem in rules.check_new(body | {DATE.name: given}).problems] == [code]


# Template, guide and corrections


def test_the_template_has_cells_of_dates():
    out = io.BytesIO()
    template.write_template(out, type("DateImport", (SheetImport,), {"sheet": DATES}), [])
    sheet = openpyxl.load_workbook(out)["Fechas"]
    assert sheet.column_dimensions["A"].number_format == "yyyy-mm-dd"
    (check,) = sheet.data_validations.dataValidation
    assert (check.type, check.formula1, check.formula2) == ("date", "DATE(2020,1,1)", "DATE(2060,12,31)")
    assert check.errorStyle == "warning"


def test_the_guide_says_between_which_days():
    page = guide.suppliers_page(DATES)
    assert "| `fecha_vencimiento` | sí | Día en que vence. (fecha) | 2020-01-01 a 2060-12-31 | error |" in page


def test_a_number_does_not_become_a_date_by_being_corrected(tmp_path):
    """It was refused since nobody knows that it is a day: in the format of a date it would be taken."""
    cells = [46477.0, DateCell("2061-01-01"), DateCell("2027-03-31T10:30:00"), "31/03/27"]
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file, Workbook(file) as workbook, workbook.sheet("Productos", []) as sheet:
        sheet.add(as_it_was(name) for name in PRODUCTS.names)
        for cell in cells:
            examples = [as_it_was(str(column.example)) for column in PRODUCTS.columns]
            examples[PRODUCTS.names.index("stock_minimo")] = as_it_was(cell, DATE)
            sheet.add(examples)
    assert read(path).column("stock_minimo") == cells
