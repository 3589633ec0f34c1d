"""Dates in real files: what the reader gives for them is the day that the sheet shows, in both calendars."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bulk_upload.reading.child.calamine import Book
from bulk_upload.reading.child.sheet_repair import repaired
from bulk_upload.reading.child.zip_package import open_package
from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.date_values import date_parser
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.reading import read
from catalog.sheets.products import PRODUCTS

DAY = dt.date(2027, 3, 31)
MIDNIGHT = dt.datetime.combine(DAY, dt.time())
MORNING = dt.datetime.combine(DAY, dt.time(10, 30))
# No column of the product holds dates: they stand in this one.
PLACE = PRODUCTS.names.index("stock_minimo")
WORKBOOK = "xl/workbook.xml"
FORMATS = [
    *("yyyy-mm-dd", "dd/mm/yyyy", "d/mm/yyyy;@", "dd-mmm-yyyy", "mm/dd/yy", "[$-409]d-mmm-yy;@", "dd/mm/yyyy hh:mm"),
    *('[$-240A]d" de "mmmm" de "yyyy;@', "[Red]dd/mm/yyyy", '"Vence "dd/mm/yyyy', "mmm-yy"),
    *(r"[$-F800]dddd\,\ mmmm\ dd\,\ yyyy", "dd/mm/aaaa", "m/d/yy h:mm"),
]
CALENDARS = pytest.mark.parametrize("since_1904", [False, True])

parse = date_parser(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


def meaning(cell: Cell) -> dt.date | str:
    try:
        return parse(cell)
    except CellProblem as problem:
        return problem.code


def meanings(path: Path) -> list[dt.date | str]:
    return [meaning(cell) for cell in read(path).column("stock_minimo")]


def by_xlsxwriter(path: Path, cells: list[tuple[object, str]], *, since_1904: bool) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": since_1904})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, PRODUCTS.names)
    for number, (value, number_format) in enumerate(cells, start=1):
        sheet.write_row(number, 0, [column.example for column in PRODUCTS.columns])
        sheet.write(number, PLACE, value, book.add_format({"num_format": number_format}))
    book.close()
    return path


def by_openpyxl(path: Path, cells: list[tuple[object, str]], *, since_1904: bool) -> Path:
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(PRODUCTS.names)
    for number, (value, number_format) in enumerate(cells, start=2):
        book.active.append([column.example for column in PRODUCTS.columns])
        cell = book.active.cell(number, PLACE + 1, value)
        cell.number_format = number_format
    book.save(path)
    return path


WRITERS = pytest.mark.parametrize("save", [by_xlsxwriter, by_openpyxl])


@CALENDARS
@WRITERS
def test_a_cell_of_a_date_is_its_day_whatever_its_format(tmp_path, save, since_1904):
    cells: list[tuple[object, str]] = [(day, shown) for shown in FORMATS for day in (DAY, MIDNIGHT)]
    path = save(tmp_path / "a.xlsx", cells, since_1904=since_1904)
    assert meanings(path) == [DAY] * len(cells)


@CALENDARS
@WRITERS
def test_times_and_durations_are_no_dates(tmp_path, save, since_1904):
    cells: list[tuple[object, str]] = [
        (MORNING, "dd/mm/yyyy hh:mm"),
        (MORNING, "yyyy-mm-dd"),
        (dt.datetime.combine(DAY, dt.time(23, 59, 59)), "yyyy-mm-dd"),
        (dt.time(10, 30), "hh:mm"),
        (dt.timedelta(hours=26, minutes=30), "[h]:mm"),
    ]
    path = save(tmp_path / "a.xlsx", cells, since_1904=since_1904)
    assert meanings(path) == [*["date_with_time"] * 3, "not_a_date", "not_a_date"]


@WRITERS
@pytest.mark.parametrize(("since_1904", "serial"), [(False, 46477), (True, 45015)])
def test_the_number_of_a_day_is_a_date_only_in_the_format_of_one(tmp_path, save, since_1904, serial):
    cells: list[tuple[object, str]] = [(serial, "dd-mmm-yyyy"), (serial, "General"), (serial, "0"), (serial, "#,##0")]
    path = save(tmp_path / "a.xlsx", cells, since_1904=since_1904)
    assert meanings(path) == [DAY, *["serial_number_date"] * 3]


@WRITERS
def test_a_day_is_kept_that_a_computation_missed_by_a_hair(tmp_path, save):
    cells: list[tuple[object, str]] = [(46477 + 2**-36, "yyyy-mm-dd"), (46477 - 2**-36, "yyyy-mm-dd")]
    assert meanings(save(tmp_path / "a.xlsx", cells, since_1904=False)) == [DAY, DAY]


@WRITERS
def test_days_outside_the_calendar_are_refused(tmp_path, save):
    cells: list[tuple[object, str]] = [(number, "yyyy-mm-dd") for number in (0, 1, 59, 60, 2958465)]
    found = meanings(save(tmp_path / "a.xlsx", cells, since_1904=False))
    assert found == ["not_a_date", *["date_out_of_range"] * 4]


@WRITERS
def test_texts_in_a_workbook_are_read_as_those_of_a_csv(tmp_path, save):
    texts = ["31/03/2027", "2027-03-31", "31 de marzo de 2027", "31/03/27", "03/31/2027", "46477"]
    expected = [DAY, DAY, DAY, "two_digit_year", "impossible_date", "serial_number_date"]
    cells: list[tuple[object, str]] = [(text, "@") for text in texts]
    assert meanings(save(tmp_path / "a.xlsx", cells, since_1904=True)) == expected
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(PRODUCTS.names)
        rows = [[column.example for column in PRODUCTS.columns] for _ in texts]
        writer.writerows([*row[:PLACE], text, *row[PLACE + 1 :]] for row, text in zip(rows, texts, strict=True))
    assert meanings(path) == expected


# Ways to say that days are counted from 1904.


def unpacked(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rewritten(path: Path, part: str, pattern: str, replacement: str) -> Path:
    """The workbook with `pattern` replaced in one of its parts."""
    parts = unpacked(path)
    changed, count = re.subn(pattern, replacement, parts[part])
    assert count
    return raw.save(path, parts | {part: changed})


@pytest.fixture
def of_1904(tmp_path):
    return by_xlsxwriter(tmp_path / "a.xlsx", [(DAY, "dd/mm/yyyy")], since_1904=True)


@pytest.mark.parametrize("said", ['date1904="true"', "date1904='1'", 'date1904 = "1"'])
def test_the_calendar_is_known_in_any_spelling(of_1904, said):
    assert meanings(rewritten(of_1904, WORKBOOK, 'date1904="1"', said)) == [DAY]


@pytest.mark.parametrize("said", ['date1904="0"', 'date1904="false"', ""])
def test_without_it_days_are_counted_from_1900(of_1904, said):
    assert meanings(rewritten(of_1904, WORKBOOK, 'date1904="1"', said)) == [dt.date(2023, 3, 30)]


def test_the_calendar_is_known_in_a_workbook_with_prefixed_names(of_1904):
    path = rewritten(of_1904, WORKBOOK, r"<(/?)(\w)", r"<\1x:\2")
    assert meanings(rewritten(path, WORKBOOK, "xmlns=", "xmlns:x=")) == [DAY]


def test_a_workbook_in_utf_16_is_repaired_with_its_calendar(of_1904):
    parts: dict[str, str | bytes] = {
        name: part.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
        if name in (WORKBOOK, raw.SHEET)
        else part
        for name, part in unpacked(of_1904).items()
    }
    assert meanings(raw.save(of_1904, parts)) == [DAY]


def test_a_sheet_that_is_repaired_keeps_the_calendar_of_its_workbook(of_1904):
    path = rewritten(of_1904, raw.SHEET, "<v>45015</v>", "<v><![CDATA[45015]]></v>")
    assert meanings(path) == [DAY]
    with open_package(path) as package:
        copy, *_ = repaired(package, raw.SHEET)
    rows = list(Book(copy).rows("Sheet1"))
    assert rows[1][PLACE] == DAY


@CALENDARS
def test_dates_in_iso_form_know_no_calendar(tmp_path, since_1904):
    """Cells of the type ``d``, which other programs than Excel write."""
    path = by_xlsxwriter(tmp_path / "a.xlsx", [(DAY, "dd/mm/yyyy")] * 4, since_1904=since_1904)
    serial = "45015" if since_1904 else "46477"
    for text in ("2027-03-31", "2027-03-31T00:00:00", "2027-03-31T00:00:00Z", "2027-03-31T10:30:00"):
        parts = unpacked(path)
        start = rf'(<c r="\w+" s="\d")><v>{serial}</v>'
        path = raw.save(path, parts | {raw.SHEET: re.sub(start, rf'\1 t="d"><v>{text}</v>', parts[raw.SHEET], count=1)})
    assert meanings(path) == [DAY, DAY, "date_with_time", "date_with_time"]
