"""A file read by a mapping: other headers, constants, a chosen sheet and row, and how values are written."""

from __future__ import annotations

import csv
import datetime
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.sheet.cells import column_letter
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.helpers.reading_here import checked, preview, values
from bulk_upload.tests.helpers.rows import row

Rows = list[list[Any]]


def write_csv(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, *sheets: tuple[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        tab = book.create_sheet(name)
        for at, cells in enumerate(rows, start=1):
            for place, cell in enumerate(cells, start=1):
                tab.cell(at, place, cell or None)
    book.save(path)
    return path


def listed(*rows: dict[str, Any]) -> Rows:
    return [[*rows[0]], *([*each.values()] for each in rows)]


def test_an_erp_export_is_read_by_its_mapping(tmp_path):
    rows = [
        ["Listado de artículos"],
        ["Ref.", "Cód. Art.", "Detalle", "Grupo", "PVP", "Obs", "Plazo", "Vence"],
        ["P1", "007", "Guantes", "epp", "1.250", "x", "5", "03/31/2035"],
        ["P2", "008", "Jeringa", "epp", "12,5", "", "tres", "31/03/2035"],
    ]
    mapping = SheetMapping(
        columnas={
            "Ref.": "id",
            "Cód. Art.": "codigo",
            "Detalle": "nombre",
            "Grupo": "categoria",
            "PVP": "precio_unitario",
            "Obs": None,
            "Plazo": "tiempo_entrega_dias",
            "Vence": "registro_vence",
        },
        constantes={"certificado_sanitario": "N/A", "condiciones_almacenamiento": "Seco"},
        orden_fecha={"registro_vence": "mda"},
        decimal={"precio_unitario": ","},
    )
    for path in (write_csv(tmp_path / "a.csv", rows), write_xlsx(tmp_path / "a.xlsx", ("Hoja1", rows))):
        table, chunks = checked(path, mapping)
        assert (table.header.row, table.header.unknown, table.total) == (2, (), 2)
        assert values(chunks) == [
            {
                "id": "P1",
                "codigo": "007",
                "nombre": "Guantes",
                "categoria": "EPP",
                "precio_unitario": Decimal(1250),
                "tiempo_entrega_dias": 5,
                "certificado_sanitario": "N/A",
                "condiciones_almacenamiento": "Seco",
                "registro_vence": datetime.date(2035, 3, 31),
            }
        ]
        found = [(problem.fila, problem.columna, problem.codigo) for chunk in chunks for problem in chunk.problems]
        assert found == [(4, "tiempo_entrega_dias", "not_an_integer"), (4, "registro_vence", "impossible_date")]


def test_the_sheet_that_a_mapping_chooses_is_read(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", ("Una", listed(row(1))), ("Otra", listed(row(2))), ("Nota", [["x"]]))
    with pytest.raises(FileProblem) as problem:
        checked(path)
    assert problem.value.code == "several_sheets"
    table, chunks = checked(path, SheetMapping(hoja="Otra"))
    assert (table.sheet, [each["id"] for each in values(chunks)]) == ("Otra", ["PROD00002"])
    with pytest.raises(FileProblem) as problem:
        checked(path, SheetMapping(hoja="otra"))
    assert (problem.value.code, problem.value.params["hojas"]) == ("mapping_sheet_missing", "«Una», «Otra», «Nota»")


def test_a_csv_has_no_sheet_to_choose(tmp_path):
    path = write_csv(tmp_path / "a.csv", listed(row(1)))
    with pytest.raises(FileProblem) as problem:
        checked(path, SheetMapping(hoja="Lista"))
    assert problem.value.code == "mapping_sheet_missing"


@pytest.mark.parametrize("chosen", [2, 60, 1000])
def test_a_chosen_row_without_anything_is_said(tmp_path, chosen):
    rows = [listed(row(1))[0], [""] * 13, *listed(row(1))[1:]]
    for path in (write_csv(tmp_path / "a.csv", rows), write_xlsx(tmp_path / "a.xlsx", ("H", rows))):
        with pytest.raises(FileProblem) as problem:
            checked(path, SheetMapping(fila_encabezado=chosen))
        assert (problem.value.code, problem.value.params["fila"]) == ("mapping_row_missing", chosen)


def test_a_header_below_the_first_fifty_rows_can_be_chosen(tmp_path):
    rows = [*[["Nota"]] * 79, *listed(row(1))]
    for path in (write_csv(tmp_path / "a.csv", rows), write_xlsx(tmp_path / "a.xlsx", ("H", rows))):
        table, chunks = checked(path, SheetMapping(fila_encabezado=80))
        assert (table.header.row, len(values(chunks))) == (80, 1)


def test_two_rows_of_headers_are_read_without_any_mapping(tmp_path):
    names = [*row(1)]
    upper = ["Precio" if name == "precio_unitario" else name for name in names] + [""]
    lower = ["Unitario" if name == "precio_unitario" else "" for name in names] + ["Mayorista"]
    price = names.index("precio_unitario")
    upper.insert(price + 1, upper.pop())
    lower.insert(price + 1, lower.pop())
    cells = [*row(1).values()]
    cells.insert(price + 1, "99")
    for path in (
        write_csv(tmp_path / "a.csv", [["Lista"], upper, lower, cells]),
        write_xlsx(tmp_path / "a.xlsx", ("H", [["Lista"], upper, lower, cells])),
    ):
        table, chunks = checked(path)
        assert [table.header.texts[place] for place in table.header.unknown] == ["Precio Mayorista"]
        assert [(each["id"], each["precio_unitario"]) for each in values(chunks)] == [("PROD00001", Decimal("1250.50"))]
        seen = preview(path)
        assert (seen.header_row, seen.header_rows, seen.problem) == (3, 2, None)


def test_a_column_without_header_is_named_by_its_letter(tmp_path):
    rows = listed({**row(1), "": "Caja x 50"})
    del rows[0][4], rows[1][4]
    for path in (write_csv(tmp_path / "a.csv", rows), write_xlsx(tmp_path / "a.xlsx", ("H", rows))):
        table, chunks = checked(path, SheetMapping(columnas={"M": "presentacion"}))
        assert (values(chunks)[0]["presentacion"], table.warnings) == ("Caja x 50", ())
        table, _ = checked(path, SheetMapping(columnas={"M": None}))
        assert table.warnings == ()
        table, _ = checked(path)
        assert [warning.codigo for warning in table.warnings] == ["unnamed_column"]


HEADERS = st.lists(
    st.one_of(
        st.sampled_from(["Obs", "", "Precio neto", "codigo", "Nombre", "<b>Id</b>", "=1+1", "Stock", "C", "AB"]),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=12),
    ),
    min_size=16,
    max_size=16,
)
CELLS = {"registro_vence": ["2035-12-03", "2040-01-31", "mañana", ""], "precio_unitario": ["1250.5", "7", "caro", ""]}


@settings(max_examples=40, deadline=None)
@given(headers=HEADERS, seed=st.integers(0, 2**32), is_xlsx=st.booleans())
def test_a_renamed_and_reordered_file_comes_to_what_the_canonical_one_does(headers, seed, is_xlsx, tmp_path_factory):
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("mapped")
    canonical = [_row(number, chance) for number in range(chance.randrange(1, 15))]
    constants = {name: chance.choice(["N/A", "x"]) for name in ("presentacion", "certificado_sanitario")}
    constants = {name: text for name, text in constants.items() if chance.random() < 0.5}
    for each in canonical:
        each.update(constants)
    mapping, rows = _renamed(canonical, constants, headers, chance)
    write = (
        (lambda name, rows: write_xlsx(folder / f"{name}.xlsx", ("H", rows)))
        if is_xlsx
        else (lambda name, rows: write_csv(folder / f"{name}.csv", rows))
    )
    plain, plain_chunks = checked(write("a", listed(*canonical)), NO_MAPPING)
    table, chunks = checked(write("b", rows), mapping)
    offset = table.header.row - plain.header.row
    assert (table.total, values(chunks)) == (plain.total, values(plain_chunks))
    assert [n - offset for chunk in chunks for n in chunk.numbers] == [n for c in plain_chunks for n in c.numbers]
    assert _problems(chunks, offset) == _problems(plain_chunks, 0)


def _row(number: int, chance: random.Random) -> dict[str, str]:
    cells = {**row(number), "registro_vence": "2035-12-03"}
    return {name: chance.choice(CELLS[name]) if name in CELLS else cell for name, cell in cells.items()}


def _problems(chunks, offset):
    """Rows, columns and codes: what is quoted of a cell is as the file wrote it."""
    return [(p.fila - offset, p.columna, p.codigo) for chunk in chunks for p in chunk.problems]


def _renamed(canonical, constants, headers, chance):
    """The same rows under other headers, in another order, dates and decimals written in another way; its mapping."""
    names = [name for name in canonical[0] if name not in constants]
    others = [f"otra{number}" for number in range(2)]
    order = [*names, *others]
    chance.shuffle(order)
    titles = chance.randrange(4)
    mapping = SheetMapping(
        fila_encabezado=titles + 1,
        columnas={column_letter(place): name if name in names else None for place, name in enumerate(order)},
        constantes=constants,
        orden_fecha={"registro_vence": "mda"},
        decimal={"precio_unitario": ","},
    )
    header = [headers[place] if name in names else "Otra" for place, name in enumerate(order)]
    # A letter that is also a header would name that one.
    header = ["" if normal_form(text) in mapping.targets else text for text in header]
    body = [[_written(name, each.get(name, "z")) for name in order] for each in canonical]
    return mapping, [*[["Título"]] * titles, header if any(header) else ["Algo", *header[1:]], *body]


def _written(name: str, text: str) -> str:
    if name == "registro_vence" and text[:1].isdigit():
        year, month, day = text.split("-")
        return f"{month}/{day}/{year}"
    return text.replace(".", ",") if name == "precio_unitario" else text
