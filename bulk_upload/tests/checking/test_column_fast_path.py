"""A column taken as a whole comes to the same as each of its cells by itself."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.checking.column_fast_path import plain_values
from bulk_upload.checking.field import Field
from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, is_blank
from bulk_upload.sheet.columns import Column, DecimalColumn
from bulk_upload.sheet.formulas import unwrapped
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.sheet.text_cleaning import BLANKS
from bulk_upload.sheet.values import Value
from bulk_upload.tests.helpers.date_column import DATE
from catalog.sheets.products import PRODUCTS

ANY = Text("", "")
DECIMALS = (
    DecimalColumn("short_price", 5, 2, rule=ANY, example=1),
    DecimalColumn("bounded", 12, 2, minimum=-5, maximum=5, rule=ANY, example=1),
    DecimalColumn("whole", 6, 0, required=False, rule=ANY, example=1),
    DecimalColumn("thousandths", 12, 3, rule=ANY, example=1),
)
by_name = {column.name: column for column in (*PRODUCTS.columns, DATE, *DECIMALS)}

# Everything that people, Excel and malice put into cells, often enough to meet in one column.
ODD = [
    *("#¡CAMPO!", "Err:502", "Err:502x", "####", "##", '="007"', "'007", "'-20", "'a'b", "a'b", "''7", "'", "=", '=""'),
    *(
        "bulk-upload",
        ".",
        "..",
        "A/",
        "/A",
        "A/B",
        "A//B",
        "A/../B",
        "\u3164",
        "x\u200by",
        "x\u200dy",
        "x\ufe0f",
        "\ufffd",
    ),
    *("", " ", "\u00a0", "\u200b", " x ", "\u00a0x", "x\ty", "x\x1c", "\x1cx", "x\x00", "#N/A", " #N/A", "#3-0", "x#"),
    *("a|b", "|", "1|2", "5|", "|5", "\u0301x", "e\u0301", "é", "ñ", "15–30 °C", "𝔸", "\ud800"),
    *("x" * 64, "x" * 65, "x" * 255, "x" * 256),
    *("7E+12", "7e-3", " 7E+12", "ABC-7E", "1E5", "A-1", "007", "1250", "1250.5", "1250.50", "1.250", "1,250.50"),
    *("$ 12", "-1", "+1", "0", "-0", "9999999999.99", "99999999999", "1_000", "٣٤"),
    *("12.345", "12.", ".5", "1e5", "NaN"),
    *(
        "7701234567897",
        "7701234567898",
        "96385074",
        "00012348",
        "12348",
        "036000291452",
        "17701234567894",
        " 96385074 ",
    ),
    *("7701234567897|96385074", "٧٧٠١٢٣٤٥٦٧٨٩٧", "77 01234567897", "'00012348", "a10ba02", 96385074.0, 12348.0),
    *("-20", "-20.5", "-0.0", "-20,5", "-100.1", "100.1", "-273.1", "−5", "-1.234", "999.99", -20.5, -100.1, 2.0),
    *("sí", "SI", "no", "verdadero", "quizá", "2", "3650", "3651", "2147483647", "2147483648", "guantes", "ß", "ŉ"),
    *(0.0, -0.0, 1.0, 7.0, 7701234567890.0, 1e15, 999999999.99, 0.1, 12.345, 1e-5, -1.0, 3651.0),
    *(float("inf"), float("nan"), True, False, None, ErrorCell("#N/A"), DateCell("2026-03-01")),
    *(
        "2027-03-31",
        " 2027-03-31 ",
        "2027-02-31",
        "0000-00-00",
        "1999-01-01",
        "31/03/2027",
        "31/03/27",
        "46477",
        46477.0,
    ),
    *("2027-03-31|2027-04-01", "'2027-03-31", "2027-W13-3", "20270331", "2027-03-31T00:00:00", "２０２７-03-31"),
    *(DateCell("2027-03-31T00:00:00"), DateCell("2027-03-31T10:30:00"), DateCell("10:30:00"), DateCell("1900-01-01")),
]
CELLS = st.sampled_from(ODD) | st.text(max_size=12) | st.floats() | st.decimals(0, 10**9, places=2).map(str)
# Of ten GTINs one has the right check digit.
NUMBERS = st.from_regex("[0-9]{8}|[0-9]{12,14}", fullmatch=True)
# Within the limits and a little beyond them, at midnight and at another time.
DAYS = st.dates(date(2019, 12, 1), date(2061, 1, 31))
MOMENTS = st.builds(datetime.combine, DAYS, st.just(time()) | st.times())
# A column of one kind of cell is what the quick ways are for.
COLUMNS_OF_CELLS = (
    st.lists(CELLS, min_size=1, max_size=12)
    | st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=12)
    | st.lists(st.floats(0, 1e6), min_size=1, max_size=12)
    | st.lists(st.decimals(-110, 110, places=1).map(str), min_size=1, max_size=12)
    | st.lists(st.decimals(-110, 110, places=1).map(float), min_size=1, max_size=12)
    | st.lists(st.sampled_from(["7701234567897", "96385074", "036000291452"]) | NUMBERS, min_size=1, max_size=12)
    | st.lists(st.decimals(0, 10**9, places=2).map(str), min_size=1, max_size=12)
    | st.lists(st.booleans(), min_size=1, max_size=12)
    | st.lists(DAYS.map(str), min_size=1, max_size=12)
    | st.lists((DAYS | MOMENTS).map(lambda day: DateCell(day.isoformat())), min_size=1, max_size=12)
)


def alone(column: Column, cell: Cell) -> Value | tuple[str, object] | None:
    """What the column's rule says of one cell: its value, or the problem."""
    if isinstance(cell, str) and cell.strip(BLANKS).startswith(("'", "=")):
        cell = unwrapped(cell.strip(BLANKS))
    try:
        if not is_blank(cell):
            return column.parse(cell)
        if column.required:
            raise CellProblem("required_blank")
        return None
    except CellProblem as problem:
        return problem.code, repr(problem.params)


def together(field: Field, cells: list[Cell]) -> list[Value | tuple[str, object] | None]:
    values, refusals = field.values(cells)
    assert all(values[place] is None for place in refusals)
    said = {place: (problem.code, repr(problem.params)) for place, problem in refusals.items()}
    return [said.get(place, value) for place, value in enumerate(values)]


@pytest.mark.parametrize("name", by_name)
@given(cells=COLUMNS_OF_CELLS, later=COLUMNS_OF_CELLS)
@settings(max_examples=150)
def test_a_column_comes_to_what_its_cells_come_to(name, cells, later):
    """Also the second time, when the column remembers cells, and where few cells are different."""
    column = by_name[name]
    field = Field(column)
    for some in (cells, later, cells, cells[:1] * 20, later[:1] * 20):
        found, expected = together(field, some), [alone(column, cell) for cell in some]
        assert found == expected
        assert list(map(repr, found)) == list(map(repr, expected))  # True is not 1, 12.5 is not 12.50


@pytest.mark.parametrize("name", by_name)
def test_an_odd_cell_among_ordinary_ones(name):
    column = by_name[name]
    ordinary = {
        "text": "Guantes",
        "code": "P-001",
        "decimal": "12.50",
        "integer": "5",
        "boolean": "no",
        "date": "2027-03-31",
    }[column.kind]
    for odd, usual in itertools.product(ODD, (ordinary, 5.0, DateCell("2027-03-31"))):
        for cells in ([usual, odd, usual], [odd, usual], [usual, odd]):
            assert list(map(repr, together(Field(column), cells))) == [repr(alone(column, cell)) for cell in cells]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("nombre", ["Guantes estériles", " Sutura #3-0 ", "15–30 °C"]),
        ("id", ["PROD-001", "A+B", "7701234567897"]),
        ("precio_unitario", ["1250", "1250.5", "0.05"]),
        ("precio_unitario", [1250.0, 1250.5, 0.05]),
        ("gtin", ["7701234567897", " 96385074", "036000291452", "17701234567894"]),
        ("fecha_vencimiento", ["2027-03-31", "2020-01-01", "2060-12-31"]),
        ("fecha_vencimiento", [DateCell("2027-03-31"), DateCell("2028-02-29")]),
    ],
)
def test_ordinary_columns_are_taken_as_a_whole(name, cells):
    plain = plain_values(by_name[name])
    assert plain
    assert plain(cells, set(map(type, cells))) == [by_name[name].parse(cell) for cell in cells]
