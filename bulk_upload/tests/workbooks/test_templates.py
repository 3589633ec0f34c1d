"""The template that suppliers fill in, and the two copies of it in `fixtures/`."""

from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from bulk_upload.sheet.header_rows import find_header
from bulk_upload.sheet.headers import match_header
from bulk_upload.workbooks.template import write_template
from catalog.examples import example_products, offered_categories
from catalog.imports import ProductImport
from catalog.sheets.products import PRODUCTS

FIXTURES = settings.BASE_DIR / "fixtures"
EXAMPLE = FIXTURES / "plantilla_productos_ejemplo.xlsx"
EMPTY = FIXTURES / "plantilla_productos_vacia.xlsx"
CODES = [column.name for column in PRODUCTS.columns if column.kind == "code"]


def template(rows=(), categories=("MEDICAMENTOS",)):
    target = BytesIO()
    write_template(target, offering(categories), rows)
    return load_workbook(target)


def offering(categories):
    """The sheet of products with these categories to choose from."""
    return type("Offering", (ProductImport,), {"choices": {"categoria": lambda user: list(categories)}})


def example_rows():
    """The example's rows below the header, as the import reads them (every number is a float)."""
    return CalamineWorkbook.from_path(str(EXAMPLE)).get_sheet_by_name("Productos").to_python()[1:]


def test_the_committed_files_are_what_the_command_writes(tmp_path):
    call_command("make_templates", into=tmp_path, stdout=StringIO())
    for committed in (EXAMPLE, EMPTY):
        assert committed.read_bytes() == (tmp_path / committed.name).read_bytes(), "run: make templates"


def test_the_same_content_gives_the_same_bytes_on_another_day():
    files = []
    for day in (1, 2):
        target = BytesIO()
        with time_machine.travel(datetime(2031, 5, day, tzinfo=UTC)):
            write_template(target, ProductImport, example_products())
        files.append(target.getvalue())
    assert files[0] == files[1]


def test_the_header_is_the_columns_names_bold_and_frozen():
    sheet = template()["Productos"]
    assert [cell.value for cell in sheet[1]] == list(PRODUCTS.names)
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "A2"


def test_every_header_has_a_note_with_the_rule_and_an_example():
    for cell, column in zip(template()["Productos"][1], PRODUCTS.columns, strict=True):
        assert column.rule.es in cell.comment.text
        assert str(column.example) in cell.comment.text
        assert ("Obligatoria" in cell.comment.text) == column.required


def test_the_import_understands_the_header_without_a_remark():
    header = [cell.value for cell in template()["Productos"][1]]
    match = match_header(PRODUCTS, 1, header, "Productos")
    assert list(match.positions) == list(PRODUCTS.names)
    assert match.unknown == ()


def test_code_columns_are_text_all_the_way_down():
    sheet = template([{"id": "007", "codigo": "0070012", "gtin": "00012348"}])["Productos"]
    for name in CODES:
        letter = sheet.cell(1, PRODUCTS.index[name] + 1).column_letter
        assert sheet.column_dimensions[letter].number_format == "@"
        assert sheet[f"{letter}2"].number_format == "@"
        assert isinstance(sheet[f"{letter}2"].value, str)


def checks():
    """The sheet's data validations by column name."""
    sheet = template()["Productos"]
    return {PRODUCTS.names[next(iter(v.sqref.ranges)).min_col - 1]: v for v in sheet.data_validations.dataValidation}


def test_numbers_are_checked_against_the_columns_limits():
    for column in PRODUCTS.columns:
        if column.minimum is not None:
            check = checks()[column.name]
            assert (check.type, check.formula1, check.formula2) == (
                "decimal" if column.kind == "decimal" else "whole",
                str(column.minimum),
                str(column.maximum),
            )


def test_yes_or_no_and_the_categories_come_from_lists_that_only_warn():
    workbook = template(categories=["MEDICAMENTOS", "EQUIPOS"])
    found = checks()
    assert found["requiere_lote"].formula1 == '"sí,no"'
    sheet, _, cells = next(
        v.formula1 for v in workbook["Productos"].data_validations.dataValidation if "Instrucciones" in v.formula1
    ).partition("!")
    assert [cell.value for (cell,) in workbook[sheet][cells.replace("$", "")]] == ["MEDICAMENTOS", "EQUIPOS"]
    assert {found[name].errorStyle for name in ("categoria", "requiere_lote", "requiere_vencimiento")} == {"warning"}


def test_the_second_sheet_tells_the_rule_of_every_column():
    workbook = template()
    assert workbook.sheetnames == ["Productos", "Instrucciones"]
    told = {row[0]: row for row in workbook["Instrucciones"].iter_rows(values_only=True)}
    for column in PRODUCTS.columns:
        assert column.rule.es in told[column.name]
        assert ("sí" if column.required else "no") in told[column.name]


def test_the_instructions_are_never_taken_for_the_products():
    rows = template(categories=offered_categories(None))["Instrucciones"].iter_rows(values_only=True)
    assert find_header(enumerate(rows, start=1), PRODUCTS) is None


def test_a_template_can_be_written_without_categories():
    assert "categoria" in [cell.value for cell in template(categories=[])["Productos"][1]]


def test_every_value_of_the_example_is_accepted_by_the_import():
    for row in example_rows():
        for column, cell in zip(PRODUCTS.columns, row, strict=True):
            if column.required or cell != "":
                column.parse(cell)


def test_the_example_keeps_its_codes_exactly():
    codes = [row[PRODUCTS.index["codigo"]] for row in example_rows()]
    assert codes == [product["codigo"] for product in example_products()]
    assert any(code.startswith("007") for code in codes)
    assert sum(len(code) == 13 and code.isdigit() for code in codes) > 5


def test_the_examples_barcodes_have_their_right_check_digit():
    for row in example_rows():
        code = row[PRODUCTS.index["codigo"]]
        if len(code) == 13:
            digits = [int(digit) for digit in code]
            assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0, code


@pytest.mark.parametrize("name", ["id", "codigo", "nombre"])
def test_the_example_repeats_nothing(name):
    values = [row[PRODUCTS.index[name]] for row in example_rows()]
    assert len(values) == len(set(values)) == 10


def test_the_examples_categories_exist_and_its_critical_stock_is_below_the_minimum():
    for row in example_rows():
        assert row[PRODUCTS.index["categoria"]] in offered_categories(None)
        assert row[PRODUCTS.index["stock_critico"]] < row[PRODUCTS.index["stock_minimo"]]


def test_the_empty_template_has_the_header_only():
    rows = CalamineWorkbook.from_path(str(EMPTY)).get_sheet_by_name("Productos").to_python()
    assert rows == [list(PRODUCTS.names)]


def test_a_path_is_as_good_as_a_file(tmp_path: Path):
    write_template(tmp_path / "nueva.xlsx", offering([]), [])
    assert load_workbook(tmp_path / "nueva.xlsx").sheetnames == ["Productos", "Instrucciones"]
