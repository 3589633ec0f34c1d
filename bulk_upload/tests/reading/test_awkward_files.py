"""Files as people and programs make them: one promise for each. `awkward/make_awkward.py` made them."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bulk_upload.sheet.cells import DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.sheet.values import code_parser
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER
from bulk_upload.tests.awkward.reading import EXPECTED, Reading, read

FOLDER = Path(__file__).parents[1] / "awkward"


def awkward(name: str) -> Reading:
    return read(FOLDER / name)


def holds_the_products(reading: Reading) -> bool:
    first, second = reading.values()
    return first == EXPECTED and second["nombre"] == "Jeringa 5 ml «Ñandú»" and second["codigo"] == "7701234567897"


# CSV


def test_semicolons_are_found_by_the_header_though_commas_stand_in_the_text():
    reading = awkward("semicolons.csv")
    assert reading.table.delimiter == ";"
    assert holds_the_products(reading)


def test_tabs_separate_cells():
    reading = awkward("tabs.csv")
    assert reading.table.delimiter == "\t"
    assert holds_the_products(reading)


def test_windows_1252_is_recognised_and_said():
    reading = awkward("windows_1252.csv")
    assert reading.table.encoding == "cp1252"
    assert reading.column("nombre")[1] == "Jeringa 5 ml «Ñandú»"
    assert reading.column("requiere_lote") == ["sí", "no"]


@pytest.mark.parametrize("name", ["utf_16.csv", "utf_16_big_endian.csv"])
def test_utf_16_with_its_byte_order_mark_is_read(name):
    reading = awkward(name)
    assert reading.table.encoding == "utf-16"
    assert holds_the_products(reading)


def test_a_byte_order_mark_is_no_part_of_the_header():
    reading = awkward("bom_in_the_header.csv")
    assert reading.table.header.texts[0] == "id"
    assert holds_the_products(reading)


def test_line_ends_of_old_macs_end_lines():
    reading = awkward("mac_line_ends.csv")
    assert reading.numbers == [2, 3]
    assert holds_the_products(reading)


def test_a_line_end_in_quotes_belongs_to_the_text_and_starts_no_row():
    reading = awkward("quoted_newlines.csv")
    assert reading.numbers == [2, 3]
    assert reading.values()[0]["nombre"] == 'Guantes "premium"'


def test_a_code_in_scientific_notation_is_refused_not_guessed():
    code = awkward("scientific_notation.csv").column("codigo")[0]
    with pytest.raises(CellProblem) as problem:
        code_parser(64)(code)
    assert problem.value.code == "scientific_notation"


def test_the_delimiter_that_a_first_line_names_is_used_and_the_line_is_no_row():
    reading = awkward("sep_hint.csv")
    assert reading.table.delimiter == "|"
    assert reading.table.header.row == 1
    assert holds_the_products(reading)


def test_trailing_delimiters_change_nothing():
    assert holds_the_products(awkward("trailing_delimiters.csv"))


def test_blank_lines_count_in_the_numbering_but_are_no_rows():
    reading = awkward("blank_lines.csv")
    assert reading.table.header.row == 3
    assert reading.numbers == [5, 7]
    assert holds_the_products(reading)


# Workbooks: where things stand


def test_a_header_with_accents_capitals_and_blanks_is_understood():
    reading = awkward("accents_and_capitals.xlsx")
    assert list(reading.table.header.positions) == HEADER
    assert holds_the_products(reading)


def test_blank_rows_and_columns_before_the_table_keep_their_numbers():
    reading = awkward("leading_blanks.xlsx")
    assert reading.table.header.row == 4
    assert reading.table.header.positions["id"] == 2
    assert reading.numbers == [5, 6]
    assert holds_the_products(reading)


def test_a_hidden_sheet_is_passed_over():
    reading = awkward("hidden_first_sheet.xlsx")
    assert reading.table.sheet == "Productos"
    assert holds_the_products(reading)


def test_a_header_may_hold_dates_numbers_and_errors_too(tmp_path):
    book = openpyxl.load_workbook(FOLDER / "by_openpyxl.xlsx")
    for place, value in [("N1", datetime.date(2026, 1, 1)), ("O1", 2026), ("P1", True), ("Q1", "#N/A")]:
        book.active[place] = value
    book.save(tmp_path / "header.xlsx")
    reading = read(tmp_path / "header.xlsx")
    assert reading.table.header.texts[13:] == ("2026-01-01", "2026", "VERDADERO", "#N/A")
    assert holds_the_products(reading)


def test_a_merged_title_above_the_header_is_passed_over():
    reading = awkward("merged_title.xlsx")
    assert reading.table.header.row == 3
    assert holds_the_products(reading)


def test_formats_down_to_row_1048575_are_no_rows():
    assert holds_the_products(awkward("phantom_rows.xlsx"))


def test_a_million_formatted_empty_rows_cost_little(tmp_path):
    sheet = raw.SHEET_START + "".join(raw.inline_row(n, row) for n, row in enumerate([HEADER, *AWKWARD_ROWS], start=1))
    empty = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="XFD{n}" s="1"/></row>'
        for n in range(4, 1_048_576)
    )
    path = raw.save(tmp_path / "phantom.xlsx", raw.parts(sheet + empty + raw.SHEET_END))
    assert holds_the_products(read(path))


def test_a_padding_format_far_from_the_table_is_no_matter(tmp_path):
    book = openpyxl.load_workbook(FOLDER / "by_openpyxl.xlsx")
    for place in ("A9", "T2", "IV3", "XFD900"):
        book.active[place].number_format = "00000"
    book.save(tmp_path / "far.xlsx")
    assert holds_the_products(read(tmp_path / "far.xlsx"))


def test_a_dimension_that_lies_is_not_believed():
    assert holds_the_products(awkward("lying_dimension.xlsx"))


# Workbooks: what cells hold


def test_a_number_formatted_code_keeps_its_zeros():
    codes = awkward("number_formatted_codes.xlsx").column("codigo")
    assert codes == ["00007", "PRD-0007", "000-007", 7.0, "00007", "0042"]


def test_a_number_formatted_code_keeps_its_zeros_in_libreoffice_too():
    codes = awkward("codes_by_libreoffice.xlsx").column("codigo")
    assert codes == ["00007", "PRD-0007", "000-007", 7.0, "00007", "0042"]


def test_the_format_of_a_quantity_is_no_part_of_it():
    reading = awkward("number_formatted_codes.xlsx")
    assert reading.column("tiempo_entrega_dias")[:-1] == [5.0] * 5


def test_barcodes_stay_exact_beside_a_blank_cell():
    codes = awkward("barcodes_with_a_blank.xlsx").column("codigo")
    assert codes == [7701234567897.0, None, 7701234567903.0]
    assert code_parser(64)(codes[0]) == "7701234567897"


def test_excel_errors_are_not_blank():
    codes = awkward("excel_errors.xlsx").column("codigo")
    assert codes == [ErrorCell("#N/A"), ErrorCell("#REF!"), ErrorCell("#DIV/0!"), ErrorCell("#VALUE!")]


def test_errors_that_are_newer_than_the_format_are_only_errors_of_their_cells():
    reading = awkward("new_errors.xlsx")
    assert reading.column("codigo") == [ErrorCell("#SPILL!"), ErrorCell("Err:522")]
    assert reading.column("id") == ["PROD001", "PROD001"]


def test_such_errors_are_understood_in_a_sheet_with_prefixes_too(tmp_path):
    with zipfile.ZipFile(FOLDER / "new_errors.xlsx") as archive:
        sheet = raw.prefixed(archive.read(raw.SHEET).decode())
    reading = read(raw.save(tmp_path / "prefixed.xlsx", raw.parts(sheet)))
    assert reading.column("codigo") == [ErrorCell("#SPILL!"), ErrorCell("Err:522")]


def test_a_formula_gives_the_value_that_was_saved_with_it():
    reading = awkward("formulas.xlsx")
    assert reading.values() == [EXPECTED | {"presentacion": None}]


def test_a_formula_without_a_saved_value_is_not_blank():
    assert awkward("formula_without_value.xlsx").column("codigo") == [UnreadCell("formula_without_result", "")]


def test_dates_arrive_as_dates():
    codes = awkward("dates_as_text.xlsx").column("codigo")
    assert codes == [
        DateCell("2026-03-01"),
        DateCell("2026-03-01T14:30:00"),
        DateCell("14:30:00"),
        DateCell("26:30:00"),
    ]


def test_the_calendar_of_1904_is_honoured():
    assert awkward("dates_1904.xlsx").column("codigo") == [DateCell("2026-03-01")]


# Workbooks: who wrote them


@pytest.mark.parametrize(
    "name",
    [
        "by_openpyxl",
        "by_xlsxwriter",
        "by_libreoffice",
        "inline_strings",
        "no_dimension",
        "apostrophes",
        "prefixed_names",
        "strict",
    ],
)
def test_every_way_of_writing_a_workbook_is_read(name):
    assert holds_the_products(awkward(f"{name}.xlsx"))


def test_pandas_turns_codes_into_floats_and_they_come_back_as_codes():
    codes = awkward("by_pandas.xlsx").column("codigo")
    assert codes == [7701234567897.0, None]


def test_the_folder_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 300_000


def test_a_sheet_in_the_form_that_writers_do_not_use_is_read_the_same(tmp_path):
    with zipfile.ZipFile(FOLDER / "inline_strings.xlsx") as archive:
        sheet = archive.read(raw.SHEET).decode()
    with_comment = sheet.replace("<row", '<!-- <c r="ZZ9"><v>1</v></c> --><row', 1)
    assert holds_the_products(read(raw.save(tmp_path / "comment.xlsx", raw.parts(with_comment))))


def test_cdata_is_read(tmp_path):
    with zipfile.ZipFile(FOLDER / "inline_strings.xlsx") as archive:
        sheet = archive.read(raw.SHEET).decode()
    as_value = sheet.replace('<c r="A2" t="inlineStr"><is><t>PROD001</t></is>', '<c r="A2" t="str"><v>PROD001</v>')
    cdata = re.sub("<(t|v)>([^<]*)<", r"<\1><![CDATA[\2]]><", as_value)
    assert "<v><![CDATA[PROD001]]></v>" in cdata
    assert holds_the_products(read(raw.save(tmp_path / "cdata.xlsx", raw.parts(cdata))))
