"""Headers of two rows, and headers that a mapping names or chooses."""

from __future__ import annotations

import pytest

from bulk_upload.sheet.header_rows import find_header
from bulk_upload.sheet.headers import HeaderMatch, match_header
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK

REQUIRED = ["id", "nombre", "codigo", "categoria", "certificado_sanitario", "condiciones_almacenamiento"]
OTHERS = [*REQUIRED, "tiempo_entrega_dias"]


def matched(rows, mapping=NO_MAPPING, sheet=PRODUCTS) -> HeaderMatch:
    found = find_header(list(enumerate(rows, start=1)), sheet, mapping)
    assert found is not None
    return match_header(sheet, found.row, found.cells, "Hoja1", found.groups, mapping)


def refused(rows, mapping) -> tuple[str, dict[str, str | int]]:
    with pytest.raises(FileProblem) as problem:
        matched(rows, mapping)
    return problem.value.code, problem.value.params


def test_a_group_is_joined_with_the_names_below_it():
    upper = [*OTHERS, "Precio", None, "Stock", None]
    lower = [*[None] * len(OTHERS), "Unitario", "Mayorista", "Mínimo", "Crítico"]
    header = matched([["Lista de precios"], upper, lower, ["P1", "Guantes"]])
    places = {name: header.texts[place] for name, place in header.positions.items()}
    assert (header.row, places["precio_unitario"], places["stock_minimo"]) == (3, "Precio Unitario", "Stock Mínimo")
    assert [header.texts[place] for place in header.unknown] == ["Precio Mayorista"]
    assert places["id"] == "id"


def test_names_beside_a_group_are_their_own():
    upper = [*[None] * len(OTHERS), "Precio", None]
    header = matched([upper, [*OTHERS, "Unitario", "Mayorista"]])
    assert header.positions["precio_unitario"] == len(OTHERS)


def test_a_name_right_of_a_group_does_not_belong_to_it():
    upper = ["Precio", None, *[None] * len(OTHERS)]
    header = matched([upper, ["Unitario", "Mayorista", *OTHERS]])
    assert {*header.positions} == {"precio_unitario", *OTHERS}


def test_groups_tell_equal_names_apart():
    upper = ["Producto", None, "Proveedor", None]
    rows = [upper, ["Código", "Nombre", "Código", "Nombre"]]
    # Neither row alone can be a header: the lower one names each column twice.
    found = find_header(list(enumerate(rows, start=1)), PRODUCTS, SheetMapping(fila_encabezado=2))
    assert found is not None
    header = matched(
        [[*upper, *[None] * 3], [*rows[1], "Precio", "Categoría", "Id"]],
        SheetMapping(
            fila_encabezado=2,
            columnas={"Proveedor Código": None, "Proveedor Nombre": None},
            constantes={
                "certificado_sanitario": "N/A",
                "condiciones_almacenamiento": "Seco",
                "tiempo_entrega_dias": "5",
            },
        ),
    )
    assert (header.positions["codigo"], header.positions["nombre"]) == (0, 1)


@pytest.mark.parametrize("title", [["Lista de precios"], ["Producto"], [None, "Precio"], ["Stock", None, "Id"]])
def test_a_title_above_a_whole_header_is_no_group(title):
    header = matched([title, [*OTHERS, "precio_unitario"]])
    assert (header.row, header.groups) == (2, ())


def test_a_first_row_of_data_is_no_second_row_of_the_header():
    header = matched([[*OTHERS, "precio_unitario", "stock_minimo"], ["P1", "unitario", None, "X", "N/A", "Seco"]])
    assert (header.row, header.groups) == (1, ())


def test_a_row_of_remarks_below_the_header_stays_a_row():
    blank = [None] * len(OTHERS)
    header = matched([[*OTHERS, "Precio", "Obs", None], [*blank, None, "agotado", "preguntar"]])
    assert (header.row, header.groups) == (1, ())


def test_a_mapping_finds_the_header_by_the_texts_that_it_names():
    mapping = SheetMapping(
        columnas={"Art.": "codigo", "Ref.": "id", "Detalle": "nombre", "PVP": "precio_unitario", "Obs": None},
        constantes=dict.fromkeys(OTHERS[3:], "1"),
    )
    header = matched([["Precios"], ["2026"], ["Art.", "REF", "detalle:", "pvp", "Obs", "Color"]], mapping)
    assert header.row == 3
    assert header.positions == {"codigo": 0, "id": 1, "nombre": 2, "precio_unitario": 3}
    assert (header.unknown, header.given) == ((5,), {*header.positions, *OTHERS[3:]})


def test_a_mapping_names_columns_below_a_group():
    blank = [None] * len(OTHERS)
    mapping = SheetMapping(columnas={"Tarifa A": "precio_unitario"})
    header = matched([[*OTHERS, "Tarifa", None], [*blank, "A", "B"]], mapping)
    assert (header.row, header.positions["precio_unitario"]) == (2, len(OTHERS))


def test_letters_name_columns_that_texts_do_not():
    mapping = SheetMapping(fila_encabezado=1, columnas={"A": "id", "B": "nombre", "C": None, "J": "presentacion"})
    header = matched([["Código", None, "Código", *OTHERS[2:], "Precio"]], mapping)
    assert (header.positions["id"], header.positions["nombre"], header.positions["presentacion"]) == (0, 1, 9)
    assert header.positions["codigo"] == 3


def test_a_chosen_row_is_the_header_even_where_another_one_names_more():
    mapping = SheetMapping(fila_encabezado=1, columnas={"x": "id"}, constantes=dict.fromkeys(OTHERS[1:], "1"))
    rows = [["x", "Precio"], [*OTHERS, "precio_unitario"]]
    assert matched(rows, mapping).row == 1


def test_a_chosen_row_takes_its_other_half_along():
    rows = [[*OTHERS, "Precio", None], [*[None] * len(OTHERS), "Unitario", "Mayorista"], ["1"]]
    for row in (1, 2):
        assert matched(rows, SheetMapping(fila_encabezado=row)).row == 2


@pytest.mark.parametrize(
    ("columnas", "code", "params"),
    [
        ({"Precios": "precio_unitario"}, "mapping_column_missing", {"columna": "Precios", "fila": 1}),
        ({"Nota": "presentacion"}, "mapping_column_ambiguous", {"columna": "Nota", "celdas": "I1, J1"}),
        ({"I": "presentacion", "J": "presentacion"}, "duplicate_column", {"celda1": "I1", "celda2": "J1"}),
        ({"codigo": "id"}, "duplicate_column", {"columna": "id", "primera": "codigo", "segunda": "id"}),
        ({"A": "atc", "id": "id"}, "mapping_same_column", {"primera": "A", "segunda": "id", "celda": "A1"}),
        ({"ZZZ": "atc"}, "mapping_column_missing", {"columna": "ZZZ"}),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_said_by_name(columnas, code, params):
    found, said = refused([[*OTHERS, "Precio", "Nota", "Nota"]], SheetMapping(columnas=columnas))
    assert found == code
    assert said.items() >= params.items()


def test_a_constant_beside_a_column_of_the_file_is_refused():
    code, params = refused([[*OTHERS, "Precio"]], SheetMapping(constantes={"precio_unitario": "1"}))
    assert (code, params) == ("mapping_constant_beside_column", {"columna": "precio_unitario", "celda": "H1"})


def test_an_ignored_header_is_not_asked_about():
    header = matched([[*OTHERS, "Precio", "stok minimo"]], SheetMapping(columnas={"stok minimo": None}))
    assert header.unknown == ()


def test_a_constant_part_of_a_key_is_enough_for_a_file_with_few_columns():
    mapping = SheetMapping(columnas={"Ref": "producto_id"}, constantes={"bodega": "BOG"})
    header = matched([["Ref", "Cantidad", "Vence"]], mapping, STOCK)
    assert header.given == {"producto_id", "cantidad", "fecha_vencimiento", "bodega"}
