"""A column of dates on its way: from the child to the worker, into the database, the template and the guide."""

from __future__ import annotations

import datetime
import io
from typing import Any, get_args

import openpyxl
import pytest
from django.db import connection

from bulk_upload import corrections, guide, reports
from bulk_upload.admin import guide_page
from bulk_upload.api import bodies
from bulk_upload.cells import DateCell
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.columns import COLUMNS, NAMES, Kind
from bulk_upload.importing.copy_text import ARRAY_TYPES, arrays, copy_text
from bulk_upload.importing.write import copy_rows
from bulk_upload.items import rules
from bulk_upload.problems import FileProblem
from bulk_upload.reading import heard, wire
from bulk_upload.tests.awkward.reading import read
from bulk_upload.tests.date_column import DATE
from bulk_upload.workbook_cells import as_it_was
from medisupply.workbooks import Workbook

DAY = datetime.date(2027, 3, 31)
OTHER_DAY = datetime.date(2028, 2, 29)


@pytest.mark.parametrize(
    "known",
    [
        *(heard.TYPES, ARRAY_TYPES, reports.NUMBER_FORMATS, guide.KINDS, guide_page.CONTENT, corrections.WIDTHS),
        bodies.Column().fields["tipo"].choices,
    ],
)
def test_every_kind_of_value_is_known_everywhere(known):
    assert set(known) == set(get_args(Kind))


# From the child to the worker


def chunk_of(values: list[Any]) -> bytes:
    numbers = list(range(2, 2 + len(values)))
    return wire.encode(wire.chunk_message(CheckedChunk(numbers, [values], 9, [], set(), {})))


@pytest.fixture
def only_dates(monkeypatch):
    monkeypatch.setattr(heard, "COLUMNS", (DATE,))


def test_dates_cross_as_text_and_arrive_as_dates(only_dates):
    line = chunk_of([DAY, OTHER_DAY])
    assert b'["2027-03-31","2028-02-29"]' in line
    assert heard.chunk(line).columns == [[DAY, OTHER_DAY]]


@pytest.mark.parametrize(
    "said",
    [
        *("", "2027-02-31", "20270331", "2027-W13-3", "2027-090", "31/03/2027", "2027-03-31\n", "２０２７-03-31"),
        *("2027-03-31T00:00:00", 46477, 46477.0, True, None, ["2027-03-31"], DateCell("2027-03-31")),
        datetime.datetime.combine(DAY, datetime.time()),
    ],
)
def test_a_child_that_says_anything_else_is_not_believed(only_dates, said):
    with pytest.raises(FileProblem) as problem:
        heard.chunk(chunk_of([DAY, said]))
    assert problem.value.code == "damaged_file"


# Into the database


def test_dates_are_written_in_iso_form():
    assert copy_text([[DAY], [OTHER_DAY]], ["date"], ["x"]) == "2027-03-31\tx\n2028-02-29\tx\n"
    assert arrays([[DAY], [OTHER_DAY]], ["date"]) == ["{2027-03-31,2028-02-29}"]


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
    monkeypatch.setattr(rules, "COLUMNS", (*COLUMNS, DATE))
    body = {column.name: column.example for column in COLUMNS}
    assert rules.check_new(body | {DATE.name: "31/03/2027"}).values[-1] == DAY
    assert [problem.codigo for problem in rules.check_new(body | {DATE.name: given}).problems] == [code]


# Template, guide and corrections


def test_the_template_has_cells_of_dates(monkeypatch):
    monkeypatch.setattr(reports, "COLUMNS", (DATE,))
    out = io.BytesIO()
    reports.write_template(out, [], [])
    sheet = openpyxl.load_workbook(out)[reports.PRODUCTS_SHEET]
    assert sheet.column_dimensions["A"].number_format == "yyyy-mm-dd"
    (check,) = sheet.data_validations.dataValidation
    assert (check.type, check.formula1, check.formula2) == ("date", "DATE(2020,1,1)", "DATE(2060,12,31)")
    assert check.errorStyle == "warning"


def test_the_guide_says_between_which_days(monkeypatch):
    monkeypatch.setattr(guide, "COLUMNS", (DATE,))
    page = guide.suppliers_page()
    assert "| `fecha_vencimiento` | sí | Día en que vence. (fecha) | 2020-01-01 a 2060-12-31 | error |" in page


def test_a_number_does_not_become_a_date_by_being_corrected(tmp_path):
    """It was refused since nobody knows that it is a day: in the format of a date it would be taken."""
    cells = [46477.0, DateCell("2061-01-01"), DateCell("2027-03-31T10:30:00"), "31/03/27"]
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file, Workbook(file) as workbook, workbook.sheet("Productos", []) as sheet:
        sheet.add(as_it_was(name) for name in NAMES)
        for cell in cells:
            examples = [as_it_was(str(column.example)) for column in COLUMNS]
            examples[NAMES.index("stock_minimo")] = as_it_was(cell, DATE)
            sheet.add(examples)
    assert read(path).column("stock_minimo") == cells
