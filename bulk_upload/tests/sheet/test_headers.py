"""Which column a header names."""

from __future__ import annotations

import time

import openpyxl
import pytest

from bulk_upload.sheet.header_rows import find_header
from bulk_upload.sheet.headers import match_header
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER
from bulk_upload.tests.awkward.reading import read
from catalog.sheets.products import PRODUCTS


def test_case_accents_spaces_separators_and_marks_do_not_matter():
    header = ["\ufeffID", " Nombre ", "Código", "CATEGORÍA", "presentación", "Precio-Unitario", *PRODUCTS.names[6:]]
    assert match_header(PRODUCTS, 1, header, "H").positions == {
        name: index for index, name in enumerate(PRODUCTS.names)
    }


def test_order_is_free_and_english_is_known():
    header = ["sku", "name", "product_id", "category", "unit price", *PRODUCTS.names[6:9]]
    positions = match_header(PRODUCTS, 4, header, "H").positions
    assert (positions["codigo"], positions["nombre"], positions["id"]) == (0, 1, 2)


def test_unknown_columns_are_noted():
    assert match_header(PRODUCTS, 1, [*PRODUCTS.names, "", "Color"], "H").unknown == (len(PRODUCTS.names) + 1,)


def test_a_column_given_twice_names_both_cells():
    with pytest.raises(FileProblem) as caught:
        match_header(PRODUCTS, 3, [*PRODUCTS.names, "SKU"], "Hoja1")
    assert caught.value.code == "duplicate_column"
    assert (caught.value.params["celda1"], caught.value.params["celda2"]) == ("C3", "T3")


def test_a_missing_column_names_the_nearest_header():
    with pytest.raises(FileProblem) as caught:
        match_header(PRODUCTS, 1, ["id", "nombre", "codgo", *PRODUCTS.names[3:]], "Hoja1")
    assert caught.value.code == "missing_columns_similar"
    assert caught.value.params["columnas"] == "codigo"
    assert caught.value.params["parecidas"] == "«codgo» → codigo"


def test_a_missing_column_that_nothing_resembles_is_just_named():
    with pytest.raises(FileProblem) as caught:
        match_header(PRODUCTS, 1, PRODUCTS.names[1:], "Hoja1")
    assert (caught.value.code, caught.value.params["columnas"]) == ("missing_columns", "id")


def test_the_header_is_the_row_that_names_most_columns():
    rows = [
        (1, ["Catálogo de productos"]),
        (2, ["id", "nombre", "codigo"]),
        (3, list(PRODUCTS.names)),
        (4, ["1", "a", "b"]),
    ]
    assert find_header(rows, PRODUCTS) == (3, list(PRODUCTS.names), ())


def test_no_synonym_names_two_columns():
    headers = sum(len({*column.synonyms, column.name}) for column in PRODUCTS.columns)
    assert len(PRODUCTS.known_headers) == headers


WITHOUT_OPTIONAL = [
    column.name for column in PRODUCTS.columns if column.required or column.name in ("presentacion", "stock_critico")
]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("¿Requiere lote?", "requiere_lote"),
        ("Stock mínimo (unidades)", "stock_minimo"),
        ("Requiere vencimiento (S/N)", "requiere_vencimiento"),
        ("REQUIERE VENCIMIENTO (Sí/No) *", "requiere_vencimiento"),
        ("\u200eStock\u200b mínimo\u00ad", "stock_minimo"),
        ("Stock mínimo [und.]", "stock_minimo"),
        ("Maneja lote", "requiere_lote"),
        ("Temperatura mínima", "temperatura_min"),
        ("Temp. máx. (°C)", "temperatura_max"),
        ("Código ATC", "atc"),
    ],
)
def test_units_question_marks_and_invisible_characters_do_not_matter(header, column):
    assert match_header(PRODUCTS, 1, [*WITHOUT_OPTIONAL, header], "H").positions[column] == len(WITHOUT_OPTIONAL)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("nombre del producto", "nombre"),
        ("Tiempo de entrega (días)", "tiempo_entrega_dias"),
        ("Precio unitario (COP)", "precio_unitario"),
        ("Descripción", "nombre"),
        ("Registro INVIMA", "certificado_sanitario"),
    ],
)
def test_common_names_are_understood(header, column):
    others = [name for name in PRODUCTS.names if name not in (column, "registro_invima")]
    assert match_header(PRODUCTS, 1, [header, *others], "H").positions[column] == 0


def test_a_description_beside_a_name_is_another_column():
    match = match_header(PRODUCTS, 1, [*PRODUCTS.names, "Descripción"], "H")
    assert (match.positions["nombre"], match.unknown) == (1, (len(PRODUCTS.names),))


REQUIRED = [column.name for column in PRODUCTS.columns if column.required]


def test_a_list_from_before_the_column_of_that_name_is_read_as_ever():
    """ "Registro INVIMA" was the certificate: of a list without another one it still is."""
    names = [name for name in REQUIRED if name != "certificado_sanitario"]
    assert match_header(PRODUCTS, 1, ["Registro INVIMA", *names], "H").positions == {
        "certificado_sanitario": 0,
        **{name: place for place, name in enumerate(names, start=1)},
    }


def test_beside_a_certificate_it_is_the_registration():
    positions = match_header(PRODUCTS, 1, ["Registro INVIMA", *REQUIRED], "H").positions
    assert (positions["registro_invima"], positions["certificado_sanitario"]) == (
        0,
        1 + REQUIRED.index("certificado_sanitario"),
    )


def test_a_fallback_names_no_other_required_column():
    for form, column in PRODUCTS.fallback_headers.items():
        holder = PRODUCTS.known_headers.get(form)
        assert holder is None or (column.required and not holder.required)


def test_two_numbers_of_packages_are_asked_about():
    with pytest.raises(FileProblem) as caught:
        match_header(PRODUCTS, 1, [*REQUIRED, "GTIN-13", "GTIN-14"], "H")
    assert caught.value.code == "similar_columns"
    assert match_header(PRODUCTS, 1, [*REQUIRED, "GTIN-13"], "H").positions["gtin"] == len(REQUIRED)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Requere lote", "requiere_lote"),
        ("Requiere vencimento", "requiere_vencimiento"),
        ("Stok mínimo", "stock_minimo"),
        ("Stock mínimo por bodega", "stock_minimo"),
        ("Requiere lote (de fábrica)", "requiere_lote"),
        ("Registro vense", "registro_vence"),
    ],
)
def test_a_header_that_is_nearly_an_optional_column_is_asked_about(header, column):
    with pytest.raises(FileProblem) as caught:
        match_header(PRODUCTS, 2, [*WITHOUT_OPTIONAL, header], "Hoja1")
    assert caught.value.code == "similar_columns"
    assert caught.value.params["parecidas"] == f"«{header}» → {column}"


@pytest.mark.parametrize(
    "header",
    [
        *(
            "observaciones",
            "lote",
            "Lote (No.)",
            "vencimiento",
            "marca",
            "stock",
            "fecha de vencimiento",
            "Stock máximo",
        ),
        *("stock actual", "requiere receta", "requiere refrigeración", "existencias", "unidad", "IVA", "proveedor"),
        *("temperatura", "temperatura de almacenamiento", "registro", "código EAN"),
        *("Fecha vencimiento", "Nro. lote", "crítico", "laboratorio", "presentado por", "stock bodega"),
    ],
)
def test_another_column_is_only_unknown(header):
    assert match_header(PRODUCTS, 1, [*REQUIRED, header], "H").unknown == (len(REQUIRED),)


def test_a_price_in_another_currency_is_asked_about():
    with pytest.raises(FileProblem) as caught:
        match_header(
            PRODUCTS, 1, ["Precio (USD)", *(name for name in PRODUCTS.names if name != "precio_unitario")], "H"
        )
    assert caught.value.params["parecidas"] == "«Precio (USD)» → precio_unitario"


def test_a_sheet_with_a_header_that_is_nearly_optional_is_not_passed_over(tmp_path):
    book = openpyxl.Workbook()
    for header in (["Stok mínimo" if name == "stock_minimo" else name for name in HEADER], HEADER):
        sheet = book.create_sheet()
        sheet.append(header)
        sheet.append(AWKWARD_ROWS[0])
    book.save(tmp_path / "dos.xlsx")
    with pytest.raises(FileProblem) as caught:
        read(tmp_path / "dos.xlsx")
    assert caught.value.code == "similar_columns"


def test_long_unknown_headers_cost_no_time():
    start = time.perf_counter()
    header = [*WITHOUT_OPTIONAL, *(f"{n}" + "stock requiere(" * 2000 for n in range(240))]
    assert len(match_header(PRODUCTS, 1, header, "H").unknown) == 240
    assert time.perf_counter() - start < 2
