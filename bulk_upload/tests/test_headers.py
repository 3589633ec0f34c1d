"""Which column a header names."""

from __future__ import annotations

import pytest

from bulk_upload.columns import NAMES
from bulk_upload.headers import KNOWN, find_header, match_header
from bulk_upload.problems import FileProblem


def test_case_accents_spaces_separators_and_marks_do_not_matter():
    header = ["\ufeffID", " Nombre ", "Código", "CATEGORÍA", "presentación", "Precio-Unitario", *NAMES[6:]]
    assert match_header(1, header, "H").positions == {name: index for index, name in enumerate(NAMES)}


def test_order_is_free_and_english_is_known():
    header = ["sku", "name", "product_id", "category", "unit price", *NAMES[6:9]]
    positions = match_header(4, header, "H").positions
    assert (positions["codigo"], positions["nombre"], positions["id"]) == (0, 1, 2)


def test_unknown_columns_are_noted():
    assert match_header(1, [*NAMES, "", "Color"], "H").unknown == (14,)


def test_a_column_given_twice_names_both_cells():
    with pytest.raises(FileProblem) as caught:
        match_header(3, [*NAMES, "SKU"], "Hoja1")
    assert caught.value.code == "duplicate_column"
    assert (caught.value.params["celda1"], caught.value.params["celda2"]) == ("C3", "N3")


def test_a_missing_column_names_the_nearest_header():
    with pytest.raises(FileProblem) as caught:
        match_header(1, ["id", "nombre", "codgo", *NAMES[3:]], "Hoja1")
    assert caught.value.code == "missing_columns_similar"
    assert caught.value.params["columnas"] == "codigo"
    assert caught.value.params["parecidas"] == "«codgo» → codigo"


def test_a_missing_column_that_nothing_resembles_is_just_named():
    with pytest.raises(FileProblem) as caught:
        match_header(1, NAMES[1:], "Hoja1")
    assert (caught.value.code, caught.value.params["columnas"]) == ("missing_columns", "id")


def test_the_header_is_the_row_that_names_most_columns():
    rows = [(1, ["Catálogo de productos"]), (2, ["id", "nombre", "codigo"]), (3, list(NAMES)), (4, ["1", "a", "b"])]
    assert find_header(rows) == (3, list(NAMES))


def test_no_synonym_names_two_columns():
    from bulk_upload.columns import COLUMNS

    headers = sum(len({*column.synonyms, column.name}) for column in COLUMNS)
    assert len(KNOWN) == headers
