"""The scan of a sheet's XML: the fast search and the real parser find the same, and what calamine does not say."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bulk_upload.cells import ErrorCell, column_letter
from bulk_upload.problems import FileProblem
from bulk_upload.reading.child import regular_sheet, sheet_scan
from bulk_upload.reading.child.marks import Marks
from bulk_upload.reading.child.number_formats import Padding, parse_format
from bulk_upload.reading.child.package import open_package
from bulk_upload.reading.child.regular_sheet import RegularSheet
from bulk_upload.reading.child.sheet_scan import RegularScan
from bulk_upload.reading.child.sheet_scan_exact import scan_exactly
from bulk_upload.reading.child.used_range import SHEET_ROWS, UsedRange, column_index
from bulk_upload.tests.awkward import raw_workbook as raw

FOLDER = Path(__file__).parent / "awkward"
PADDING = parse_format("00000")
PADDINGS = {3: PADDING, 12: parse_format("000")}
MANY_PADDINGS = PADDINGS | dict.fromkeys(range(1000, 1030), PADDING)
USED = UsedRange("Productos", 1000, 30)

# A cell's column, style, type and content; the content of a formula without a value is None.
CELLS = st.tuples(
    st.integers(0, 40),
    st.none() | st.sampled_from([0, 3, 12, 30]),
    st.sampled_from(["", "n", "s", "str", "e", "inlineStr"]),
    st.sampled_from([None, "", "7", "#N/A", "a &lt;c r=&quot;A1&quot; t=&quot;e&quot;&gt;"]),
)
ROWS = st.dictionaries(
    st.sampled_from([1, 2, 3, 500, SHEET_ROWS, SHEET_ROWS + 1]), st.lists(CELLS, max_size=6), max_size=4
)


def xml(rows: dict[int, list[tuple[int, int | None, str, str | None]]], prefix: bool) -> bytes:
    lines = []
    for row, cells in rows.items():
        lines.append(f'<row r="{row}" s="3">')
        for column, style, kind, content in cells:
            attributes = f' r="{column_letter(column)}{row}"'
            attributes += "" if style is None else f' s="{style}"'
            attributes += f' t="{kind}"' if kind else ""
            if content is None:
                lines.append(f"<c{attributes}/>")
            elif kind == "inlineStr":
                lines.append(f"<c{attributes}><is><t>{content}</t></is></c>")
            else:
                value = "#REF!" if kind == "e" and "&" in content else content
                lines.append(f"<c{attributes}><f>1</f><v>{value}</v></c>")
        lines.append("</row>")
    sheet = raw.SHEET_START + "".join(lines) + raw.SHEET_END
    return (raw.prefixed(sheet) if prefix else sheet).encode()


def found(scan: Callable[[IO[bytes]], Marks], content: bytes) -> tuple[object, set[object]]:
    """The problem or the errors that a scan finds, and the cells whose format pads."""
    try:
        marks = [(row, *mark) for row, cells in scan(io.BytesIO(content)).by_row() for mark in cells]
    except FileProblem as problem:
        return (problem.code, problem.params), set()
    errors = [mark for mark in marks if isinstance(mark[2], ErrorCell)]
    return errors, {mark for mark in marks if mark not in errors}


def search(stream: IO[bytes], used: UsedRange = USED, paddings: dict[int, Padding] = PADDINGS) -> Marks:
    return RegularScan(RegularSheet(stream), used, paddings).run()


def fast(content: bytes, block: int, paddings: dict[int, Padding]) -> tuple[object, set[object]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regular_sheet, "_HEAD", content.find(b"sheetData>"))
        patch.setattr(regular_sheet, "_BLOCK", block)
        return found(lambda stream: search(stream, paddings=paddings), content)


@given(ROWS, st.integers(1, 200), st.sampled_from([PADDINGS, MANY_PADDINGS]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_fast_search_finds_what_a_real_parser_finds_wherever_its_blocks_end(rows, block, paddings, prefix):
    content = xml(rows, prefix)
    problem, padded = fast(content, block, paddings)
    exact_problem, exact_padded = found(lambda stream: scan_exactly(stream, USED, PADDINGS), content)
    assert problem == exact_problem
    # The search also finds cells whose formula has no value, which are left as they are.
    assert padded >= exact_padded


# A row's own number or none, and for each of its cells its reference or none.
PLACES = st.lists(
    st.tuples(
        st.none() | st.integers(1, 30),
        st.lists(st.none() | st.tuples(st.integers(0, 28), st.integers(1, 30)), max_size=4),
    ),
    max_size=5,
)


@given(PLACES)
@settings(max_examples=100, deadline=None)
def test_the_parser_finds_cells_where_calamine_puts_them(rows):
    lines = []
    for row, cells in rows:
        lines.append(f'<row r="{row}">' if row else "<row>")
        for cell in cells:
            place = f' r="{column_letter(cell[0])}{cell[1]}"' if cell else ""
            lines.append(f'<c{place} s="3"><v>7</v></c>')
        lines.append("</row>")
    sheet = raw.SHEET_START + "".join(lines) + raw.SHEET_END
    anywhere = UsedRange("Productos", 1000, 100)
    _, padded = found(lambda stream: scan_exactly(stream, anywhere, PADDINGS), sheet.encode())
    assert {(row, column) for row, column, _ in padded} == numbers_of_calamine(sheet)


def numbers_of_calamine(sheet: str) -> set[tuple[int, int]]:
    loaded = CalamineWorkbook.from_filelike(raw.save(io.BytesIO(), raw.parts(sheet))).get_sheet_by_index(0)
    left = (loaded.start or (0, 0))[1]
    return {
        (row, left + column)
        for row, cells in enumerate(loaded.iter_rows(), start=1)
        for column, cell in enumerate(cells)
        if cell == 7.0
    }


@pytest.mark.parametrize("limit", [1, 2, 25, 26, 27, 256, 257, 702, 703, 704, 16_384])
def test_every_column_up_to_the_limit_is_inside_and_none_after_it(limit):
    used = UsedRange("Productos", 1000, limit)
    for column in {0, limit - 2, limit - 1, limit, limit + 1, 16_383} - {-1}:
        sheet = f'{raw.SHEET_START}<row r="2"><c r="{column_letter(column)}2"><v>1</v></c></row>{raw.SHEET_END}'
        outside = isinstance(found(lambda stream: search(stream, used), sheet.encode())[0], tuple)
        assert outside == (column >= limit)


@pytest.mark.parametrize(
    "row", [1, 9, 10, 999_999, 1_000_000, 1_048_569, 1_048_570, SHEET_ROWS, SHEET_ROWS + 1, 1_100_000, 2_000_000]
)
def test_every_row_up_to_the_last_is_inside_and_none_after_it(row):
    sheet = f'{raw.SHEET_START}<row r="{row}"><c r="B{row}"><v>1</v></c></row>{raw.SHEET_END}'
    assert isinstance(found(search, sheet.encode())[0], tuple) == (row > SHEET_ROWS)


def test_letters_and_places_of_columns_are_one():
    assert [column_index(column_letter(place)) for place in range(20_000)] == list(range(20_000))


def test_the_files_of_common_writers_take_the_fast_search():
    for name in (
        "by_openpyxl",
        "by_xlsxwriter",
        "by_libreoffice",
        "by_pandas",
        "inline_strings",
        "prefixed_names",
        "strict",
    ):
        with open_package(FOLDER / f"{name}.xlsx") as package, package.open("xl/worksheets/sheet1.xml") as stream:
            search(stream)


def test_a_long_sheet_in_which_the_search_finds_no_cells_goes_to_the_parser(monkeypatch):
    monkeypatch.setattr(regular_sheet, "_HEAD", 200)
    monkeypatch.setattr(regular_sheet, "_BLOCK", 64)
    monkeypatch.setattr(regular_sheet, "_MAX_CELL", 256)
    with open_package(FOLDER / "no_dimension.xlsx") as package:
        assert list(sheet_scan.scan(package, raw.SHEET, USED, PADDINGS).by_row()) == []


def test_marks_out_of_order_are_put_in_order():
    marks = Marks()
    for row, column in [(9, 1), (2, 16_383), (2, 0), (SHEET_ROWS, 3)]:
        marks.add(row, column, ErrorCell("#N/A"))
    assert [(row, [column for column, _ in cells]) for row, cells in marks.by_row()] == [
        (2, [0, 16_383]),
        (9, [1]),
        (SHEET_ROWS, [3]),
    ]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("00000", "00007"),
        ('"PRD-"0000', "PRD-0007"),
        ("000\\-000", "000-007"),
        ("000-00-0000", "000-00-0007"),
        ("[Red]000", "007"),
        ("000;[Red]-000", "007"),
        ('"a;b"00', "a;b07"),
        ("[$-409]00", "07"),
        ("_-00_-", " 07 "),
        ('"N"0', "N7"),
    ],
)
def test_a_format_of_zeros_and_literals_says_what_the_sheet_shows(code, shown):
    padding = parse_format(code)
    assert padding
    assert padding.text(7.0) == shown


@pytest.mark.parametrize(
    "code",
    [
        "0",
        "General",
        "@",
        "0.00",
        "#,##0",
        "0%",
        "yyyy-mm-dd",
        "0E+00",
        "[<=99]00",
        "[h]:00",
        "_-0_-",
        "",
        "00 h",
        '00"',
    ],
)
def test_every_other_format_leaves_the_number_alone(code):
    assert parse_format(code) is None


@pytest.mark.parametrize("number", [7.5, -7.0, 1e15, float("nan"), float("inf")])
def test_a_number_whose_digits_are_not_all_shown_is_left_alone(number):
    assert PADDING.text(number) is None


def test_a_longer_number_keeps_all_its_digits():
    assert PADDING.text(7701234567897.0) == "7701234567897"
    assert parse_format("000\\-000").text(12345678.0) == "12345-678"


def test_zero_is_left_alone_when_it_has_a_format_of_its_own():
    assert PADDING.text(0.0) == "00000"
    assert parse_format("000;-000;").text(0.0) is None
