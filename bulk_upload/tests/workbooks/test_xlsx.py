"""Workbooks that are written from front to back: whole for every reader, and begun before the last row is known."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from bulk_upload.workbooks import xlsx
from bulk_upload.workbooks.safe_cells import safe_cell, text_cell
from bulk_upload.workbooks.xlsx import PLAIN, Style, Workbook, streamed


def book(*rows, **notes):
    """A workbook of one sheet with these rows of cells."""
    target = io.BytesIO()
    with Workbook(target) as workbook, workbook.sheet("Hoja", [10, 20]) as sheet:
        for row in rows:
            sheet.add(row)
        for text in notes.values():
            sheet.note(1, text, width=300, height=90)
    return target.getvalue()


def sheet_of(content):
    return load_workbook(io.BytesIO(content)).worksheets[0]


@pytest.mark.parametrize("value", ["=1+1", "007", "#N/A", " a ", "a\nb", "a\rb", "<&>\"'", "_x0041_", "ñ😀", "1E5"])
def test_a_text_is_read_as_it_was_written(value):
    content = book([text_cell(value)])
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(
        skip_empty_area=False
    ) == [[value]]


@pytest.mark.parametrize("value", ["a\x07b", "\ufffe", "\ud800", "\x00"])
def test_what_xml_cannot_hold_does_not_damage_the_file(value):
    assert sheet_of(book([text_cell(value)]))["A1"].data_type == "s"


@pytest.mark.parametrize(
    "value", [0, -5, 1250.5, 1e21, 0.1, 10**14, True, False, datetime.fromisoformat("2026-01-31T12:30")]
)
def test_a_value_keeps_its_type(value):
    cell = {bool: xlsx.boolean, datetime: xlsx.moment}.get(type(value), xlsx.number)(value)
    assert sheet_of(book([cell]))["A1"].value == value


def test_an_amount_keeps_its_digits():
    assert b"<v>1250.50</v>" in xlsx.number(Decimal("1250.50")).xml.encode()
    assert xlsx.number(Decimal("1E+3")).xml == "><v>1000</v></c>"


def test_formulas_and_errors_are_what_they_were():
    sheet = sheet_of(book([xlsx.formula("NA()"), xlsx.error("#DIV/0!")]))
    assert [(cell.value, cell.data_type) for cell in sheet[1]] == [("=NA()", "f"), ("#DIV/0!", "e")]


def test_blank_cells_take_their_place():
    assert [cell.value for cell in sheet_of(book([None, text_cell("b")]))[1]] == [None, "b"]


def test_the_looks_and_the_notes_of_cells_are_there():
    wrong = Style(color="9C0006", fill="FFC7CE", bold=True, wrap=True)
    cell = sheet_of(book([text_cell("=x", wrong)], note="Corrija <esto>"))["A1"]
    assert (cell.fill.start_color.rgb, cell.font.color.rgb, cell.font.b) == ("00FFC7CE", "009C0006", True)
    assert (cell.number_format, cell.quotePrefix, cell.alignment.wrap_text) == ("@", True, True)
    assert cell.comment.text == "Corrija <esto>"


def test_a_text_that_is_longer_than_a_cell_of_excel_is_cut():
    assert len(sheet_of(book([text_cell("x" * 40_000)]))["A1"].value) == 32_767


def test_a_plain_style_is_the_first_one():
    assert sheet_of(book([xlsx.text("x", PLAIN)]))["A1"].style_id == 0


def test_the_first_block_comes_before_the_first_row_and_others_before_the_last():
    taken = []

    def rows():
        for number in range(200_000):
            taken.append(number)
            yield [safe_cell(f"{number * 7919 % 1_000_003}-{number}"), safe_cell(number)]

    blocks = streamed("Hoja", ["a", "b"], (), rows())
    assert next(blocks)
    assert taken == []
    assert next(blocks)
    assert len(taken) < 200_000


def test_what_one_sheet_cannot_hold_goes_on_in_further_ones(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    content = b"".join(streamed("Hoja", ["n"], (), ([safe_cell(n)] for n in range(7))))
    sheets = load_workbook(io.BytesIO(content)).worksheets
    found = {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in sheets}
    assert found == {"Hoja": ["n", 0, 1, 2], "Hoja 2": ["n", 3, 4, 5], "Hoja 3": ["n", 6]}


def test_rows_that_fill_the_last_sheet_need_no_further_one(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    content = b"".join(streamed("Hoja", ["n"], (), ([safe_cell(n)] for n in range(3))))
    assert len(load_workbook(io.BytesIO(content)).worksheets) == 1
