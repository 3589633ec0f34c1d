"""What a sheet's XML says beside its cells, and the copy of a sheet that the library cannot read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from bulk_upload.reading.child import sheet_xml
from bulk_upload.reading.child.sheet_repair import repaired
from bulk_upload.reading.child.sheet_xml import (
    has_errors,
    may_lack_results,
    parse_range,
    repeats_a_place,
    sheet_facts,
)
from bulk_upload.reading.child.zip_package import open_package
from bulk_upload.sheet.cells import column_index, column_letter
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.building import merged, sheet

FOLDER = Path(__file__).parents[1] / "awkward"
CELLS = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"/></row><row r="2"><c r="A2"><v>2</v></c></row>'


def facts(folder: Path, content: str | bytes) -> sheet_xml.SheetFacts:
    with open_package(raw.save(folder / "a.xlsx", raw.parts(content))) as package:
        return sheet_facts(package, raw.SHEET)


def repeats(folder: Path, rows: str) -> bool | None:
    with open_package(raw.save(folder / "a.xlsx", raw.parts(sheet(rows)))) as package:
        return repeats_a_place(package, raw.SHEET)


def test_cells_are_counted_and_ranges_found(tmp_path):
    found = facts(tmp_path, sheet(CELLS, head='<dimension ref="A1:C9"/>', tail=merged("A1:B1", "C2:C3")))
    assert (found.cells, found.last_column, found.is_regular) == (3, 2, True)
    assert found.merged == [(1, 0, 1, 1), (2, 2, 3, 2)]


def test_definitions_of_columns_are_no_cells(tmp_path):
    columns = '<cols><col min="1" max="1" width="9"/><col min="2" max="2" width="9"/></cols>'
    assert facts(tmp_path, sheet(CELLS, head=columns)).cells == 3
    assert facts(tmp_path, sheet("<row><c><v>1</v></c><c/></row>", head=columns)).cells == 2


@pytest.mark.parametrize(
    "gap", ["", "<row r='3'/>", '<row r="3" spans="1:9" ht="15"/>', '<row r="3"><c r="A3" s="1"/></row>']
)
@pytest.mark.parametrize("block", [20, 100, 10_000])
def test_rows_that_may_have_a_value_are_counted(tmp_path, monkeypatch, gap, block):
    monkeypatch.setattr(sheet_xml, "_HEAD", 150)
    monkeypatch.setattr(sheet_xml, "_BLOCK", block)
    last = '<row r="9"><c r="A9"><f>1</f></c></row>'
    breaks = '<rowBreaks count="1"><brk id="2"/></rowBreaks>'
    found = facts(tmp_path, sheet(CELLS, gap, last, tail=breaks))
    assert (found.rows, found.last_row, found.is_regular) == (3, 9, True)


def test_errors_are_looked_for(tmp_path):
    for kind, holds in (("e", True), ("str", False)):
        rows = f'<row r="1"><c r="A1" t="{kind}"><v>#N/A</v></c></row>'
        with open_package(raw.save(tmp_path / "a.xlsx", raw.parts(sheet(rows)))) as package:
            assert has_errors(package, raw.SHEET) is holds


def test_prefixed_names_are_regular_too(tmp_path):
    found = facts(tmp_path, raw.prefixed(sheet(CELLS, tail=merged("A1:B1"))))
    assert (found.cells, found.is_regular, found.merged) == (3, True, [(1, 0, 1, 1)])


@pytest.mark.parametrize(
    "content",
    [
        sheet("<!-- x -->", CELLS),
        sheet('<row r="1"><c r="A1" t="str"><v><![CDATA[x]]></v></c></row>'),
        sheet(CELLS, head='<dimension ref="1:4"/>'),
        sheet(CELLS, tail=merged("1:1")),
        sheet(CELLS)[:-20],
        sheet(CELLS).replace("UTF-8", "UTF-16").encode("utf-16"),
        "",
    ],
    ids=["comment", "cdata", "dimension", "merge", "cut", "utf-16", "empty"],
)
def test_what_the_library_would_stumble_over_is_noticed(tmp_path, content):
    assert not facts(tmp_path, content).is_regular


@pytest.mark.parametrize(
    ("cell", "lacks"),
    [
        ("<f>1</f><v>1</v>", False),
        ("<f>1</f>", True),
        ("<f>1</f><v></v>", True),
        ("<f>1</f><v/>", True),
        ('<f t="shared" si="0"/>', True),
        ('<f t="shared" si="0"/><v>1</v>', False),
        ("<v></v>", False),
    ],
)
def test_formulas_that_may_lack_a_result(tmp_path, cell, lacks):
    rows = f'<row r="1"><c r="A1">{cell}</c></row>'
    with open_package(raw.save(tmp_path / "a.xlsx", raw.parts(sheet(rows)))) as package:
        assert may_lack_results(package, raw.SHEET) is lacks


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (CELLS, False),
        (CELLS.replace("A2", "A1"), True),
        ('<row r="2"><c r="A2"/><c r="A2"/></row>', True),
        ('<row r="2"><c r="A2"/></row><row r="2"><c r="A2"/></row>', True),
        ("<row><c><v>1</v></c></row>", None),
    ],
)
def test_two_cells_in_one_place(tmp_path, rows, answer, monkeypatch):
    assert repeats(tmp_path, rows) is answer
    monkeypatch.setattr(sheet_xml, "_HEAD", 150)
    monkeypatch.setattr(sheet_xml, "_BLOCK", 20)
    assert repeats(tmp_path, rows) is answer


def test_letters_and_places_of_columns_are_one():
    assert [column_index(column_letter(place)) for place in range(20_000)] == list(range(20_000))


@pytest.mark.parametrize(
    ("ref", "place"),
    [
        ("B2:D9", (2, 1, 9, 3)),
        ("$A$1", (1, 0, 1, 0)),
        ("1:4", (1, 0, 4, 16_383)),
        ("A:C", None),
        ("x", None),
        ("", None),
    ],
)
def test_ranges(ref, place):
    assert parse_range(ref) == place


def rows_of_calamine(source: str | io.BytesIO) -> list[list[object]]:
    book = CalamineWorkbook.from_path(source) if isinstance(source, str) else CalamineWorkbook.from_filelike(source)
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize(
    "name",
    [
        *("by_openpyxl", "by_xlsxwriter", "by_libreoffice", "by_pandas", "inline_strings", "prefixed_names"),
        *("apostrophes", "no_dimension", "dates_as_text", "excel_errors", "number_formatted_codes", "leading_blanks"),
    ],
)
def test_a_repaired_copy_holds_the_same_cells(name):
    with open_package(FOLDER / f"{name}.xlsx") as package:
        copy, _, _ = repaired(package, raw.SHEET)
    assert rows_of_calamine(copy) == rows_of_calamine(str(FOLDER / f"{name}.xlsx"))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"/></row><row r="2"/>',
        '<row r="3"/><row r="2"/>',
        '<row r="2"><c r="A2"/><c r="A2"/></row>',
        '<row r="2"><c r="A3"/></row>',
        '<row r="2"><c r="2"/></row>',
        '<row r="x"/>',
        '<row r="1"><c r="A1" s="x"/></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_damaged(tmp_path, rows):
    path = raw.save(tmp_path / "a.xlsx", raw.parts(sheet(rows)))
    with open_package(path) as package, pytest.raises(FileProblem) as problem:
        repaired(package, raw.SHEET)
    assert problem.value.code == "damaged_file"
