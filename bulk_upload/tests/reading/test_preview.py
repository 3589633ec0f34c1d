"""What is shown of a file before it is imported: the same that the import would find, of its first rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from bulk_upload.checking.tables import Limits
from bulk_upload.reading import decoding
from bulk_upload.reading.files import only_reader
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward_xlsx import CASES, FOLDER
from bulk_upload.tests.helpers.reading_here import checked, preview
from bulk_upload.tests.helpers.rows import row
from catalog.sheets.products import PRODUCTS
from catalog.sheets.suppliers import SUPPLIERS

LISTED = [
    ["Lista de precios 2026"],
    [],
    ["Ref.", "Detalle", "EAN", "Categ", "PVP", "R.S.", "Vence", "Obs"],
    ["P1", "Guantes", "7701234567897", "EPP", "1.250,50", "INVIMA 2024DM-0012345", "31/03/2035", "x"],
    ["P2", "Jeringa", "4006381333931", "EPP", "1.250", "INVIMA 2024DM-0012346", "12/31/2035", ""],
    ["P3", "Aguja", "", "EPP", "12", "INVIMA 2024DM-0012347", "", "007"],
]


def write(folder: Path, ending: str, rows: list[list[Any]]) -> Path:
    path = folder / f"a.{ending}"
    if ending == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        return path
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append([cell or None for cell in cells])
    book.save(path)
    return path


def columns(seen: SheetPreview) -> dict[str, tuple[str | None, str, str | None]]:
    return {column.header: (column.target, column.reason, column.suggestion) for column in seen.columns}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_unknown_file_is_shown_with_suggestions(tmp_path, ending):
    seen = preview(write(tmp_path, ending, LISTED))
    assert (seen.header_row, seen.header_rows, seen.delimiter) == (3, 1, ";" if ending == "csv" else "")
    assert (seen.worksheets, seen.encoding) == (([], "UTF-8") if ending == "csv" else (["Sheet"], ""))
    assert columns(seen) == {
        "Ref.": (None, "none", None),
        "Detalle": (None, "none", None),
        "EAN": (None, "values", "codigo"),
        "Categ": (None, "similar", "categoria"),
        "PVP": (None, "none", None),
        "R.S.": (None, "values", "certificado_sanitario"),
        "Vence": (None, "values", "registro_vence"),
        "Obs": (None, "none", None),
    }
    assert [(ignored.row, ignored.reason, ignored.text) for ignored in seen.ignored_rows] == [
        (1, "title", "Lista de precios 2026")
    ]
    assert seen.problem is not None
    assert seen.problem.code == "no_header"
    assert seen.missing == [column.name for column in PRODUCTS.columns if column.required]


def test_a_mapping_is_shown_with_what_its_values_come_to(tmp_path):
    mapping = SheetMapping(
        fila_encabezado=3,
        columnas={"Ref.": "id", "Detalle": "nombre", "PVP": "precio_unitario", "Vence": "registro_vence", "Obs": None},
        constantes={"condiciones_almacenamiento": "Seco", "tiempo_entrega_dias": "5"},
        decimal={"precio_unitario": ","},
    )
    seen = preview(write(tmp_path, "csv", LISTED), mapping)
    found = {column.header: column for column in seen.columns}
    assert (found["Obs"].reason, found["Obs"].is_ignored, found["Ref."].reason) == ("mapping", True, "mapping")
    price = [(sample.row, sample.written, sample.read) for sample in found["PVP"].samples]
    assert price == [(4, "1.250,50", "1250.50"), (5, "1.250", "1250.00"), (6, "12", "12.00")]
    day = [(sample.written, sample.read, sample.code) for sample in found["Vence"].samples]
    assert day == [("31/03/2035", "2035-03-31", ""), ("12/31/2035", None, "impossible_date")]
    assert seen.missing == ["codigo", "categoria", "certificado_sanitario"]
    assert seen.problem is not None
    assert (seen.problem.code, seen.problem.params["columnas"]) == (
        "missing_columns_similar",
        "codigo, categoria, certificado_sanitario",
    )


def test_a_refused_cell_is_among_the_samples(tmp_path):
    rows = [row(number) for number in range(1, 9)] + [row(9, precio_unitario="caro")]
    seen = preview(write(tmp_path, "csv", [[*rows[0]], *([*each.values()] for each in rows)]))
    price = next(column for column in seen.columns if column.target == "precio_unitario")
    assert [(sample.row, sample.code) for sample in price.samples] == [(2, ""), (10, "not_a_number")]
    assert seen.problem is None


def test_a_column_without_header_and_one_that_stands_twice_have_their_letters_as_keys(tmp_path):
    seen = preview(write(tmp_path, "csv", [[*row(1), "", "Nota", "nota"], [*row(1).values(), "a", "b", "c"]]))
    assert [(column.header, column.key) for column in seen.columns[-3:]] == [("", "N"), ("Nota", "O"), ("nota", "P")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_totals_are_shown_where_the_file_ends_within_its_first_rows(tmp_path, ending):
    totals = ["TOTAL GENERAL", *[""] * 4, "2501"]
    rows = [[*row(1)], [*row(1).values()], [*row(2).values()], totals]
    seen = preview(write(tmp_path, ending, rows))
    assert [(ignored.row, ignored.reason, ignored.text) for ignored in seen.ignored_rows] == [
        (4, "totals", "TOTAL GENERAL")
    ]
    assert all(not sample.code for column in seen.columns for sample in column.samples)


def test_of_several_sheets_one_is_shown_and_the_choice_is_the_persons(tmp_path):
    book = openpyxl.Workbook()
    for tab in (book.active, book.create_sheet("Otra")):
        tab.append([*row(1)])
        tab.append([*row(1).values()])
    book.save(tmp_path / "a.xlsx")
    seen = preview(tmp_path / "a.xlsx")
    assert (seen.worksheets, seen.worksheet) == (["Sheet", "Otra"], "Sheet")
    assert seen.problem is not None
    assert seen.problem.code == "several_sheets"
    chosen = preview(tmp_path / "a.xlsx", SheetMapping(hoja="Otra"))
    assert (chosen.worksheet, chosen.problem) == ("Otra", None)


def test_values_suggest_a_column_of_any_sheet_that_declares_their_shape(tmp_path):
    rows = [["codigo", "nombre", "Escribir a"], ["P1", "Uno", "a@b.co"], ["P2", "Dos", "c@d.co"]]
    assert columns(preview(write(tmp_path, "csv", rows), sheet=SUPPLIERS))["Escribir a"] == (
        None,
        "values",
        "contacto_email",
    )


def test_two_columns_of_days_suggest_nothing(tmp_path):
    rows = [[*row(1), "Ingreso", "Salida"], [*row(1).values(), "2035-01-01", "2036-01-01"]]
    seen = columns(preview(write(tmp_path, "csv", rows)))
    assert (seen["Ingreso"][1], seen["Salida"][1]) == ("none", "none")


@pytest.mark.parametrize("name", CASES)
def test_the_preview_of_an_awkward_workbook_agrees_with_its_import(name):
    path, case = FOLDER / f"{name}.xlsx", CASES[name]
    if case.problem:
        with pytest.raises(FileProblem):
            checked(path)
        return
    table, _ = checked(path)
    seen = preview(path)
    assert (seen.worksheet, seen.header_row, seen.problem) == (table.sheet, table.header.row, None)
    assert {column.target for column in seen.columns} - {None} == {*table.header.positions}


@pytest.mark.parametrize(
    "lie",
    [
        {"missing": ["precios"]},
        {"columns": [{"letter": "A", "header": "x", "key": "x", "target": "precios", "reason": "name"}]},
        {"columns": [{"letter": "A", "header": "x", "key": "x", "target": None, "reason": "magic"}]},
        {"problem": {"code": "made_up", "params": {}}},
        {"warnings": [{"code": "made_up", "params": {}}]},
        {"worksheet": "a\0"},
        {"worksheet": "x" * 3_000_000},
        {"header_row": "1"},
    ],
)
def test_a_child_that_says_something_else_is_not_believed(tmp_path, lie):
    seen = preview(write(tmp_path, "csv", LISTED))
    truth = msgspec.to_builtins(seen)
    assert decoding.preview(json.dumps(["preview", truth]).encode(), PRODUCTS) == seen
    with pytest.raises(FileProblem) as problem:
        decoding.preview(json.dumps(["preview", {**truth, **lie}]).encode(), PRODUCTS)
    assert problem.value.code == "damaged_file"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100, "damaged_file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "not_a_workbook"),
        ("a.csv", b"a,b\n\x00", "nul_bytes"),
        ("a.csv", b"\n\n", "empty_file"),
        ("a.csv", b'id,nombre,codigo\n1,"a', "unclosed_quote"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with only_reader(Limits()) as reader, pytest.raises(FileProblem) as problem:
        reader.preview(tmp_path / name, name[2:], PRODUCTS)
    assert problem.value.code == code
