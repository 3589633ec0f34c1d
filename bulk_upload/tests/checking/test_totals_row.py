"""A row of totals below the data is found, not imported and said; no other row ever is."""

from __future__ import annotations

import pytest

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.tests.helpers.rows import row, table

BLANK = dict.fromkeys(row(1), "")


def run(rows, chunk_rows=10):
    read = table(rows)
    chunks = list(checked_chunks(read, next_row=0, chunk_rows=chunk_rows))
    numbers = [number for chunk in chunks for number in chunk.numbers]
    refused = sorted({problem.fila for chunk in chunks for problem in chunk.problems})
    return numbers, refused, read


@pytest.mark.parametrize(
    "totals",
    [
        {"id": "Total", "precio_unitario": "3751.50"},
        {"nombre": "TOTAL GENERAL", "precio_unitario": "$ 3.751,50", "stock_minimo": 60.0},
        {"categoria": "Totales:", "stock_minimo": "60"},
        {"id": "SUMAS", "precio_unitario": 1.0},
        {"nombre": "Gran total", "codigo": "12 %"},
        {"id": "Total productos", "nombre": "3"},
    ],
)
@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 4, 10])
def test_it_is_no_row_of_the_file_but_a_warning(totals, chunk_rows):
    numbers, refused, read = run([row(1), row(2), row(3), {**BLANK, **totals}], chunk_rows)
    assert (numbers, refused, read.total) == ([2, 3, 4], [], 3)
    (warning,) = read.final_warnings
    assert (warning.fila, warning.codigo, warning.warning) == (5, "totals_row", True)
    assert warning.params["valor"] in totals.values()


@pytest.mark.parametrize(
    "last",
    [
        {"id": "P4", "nombre": "Total"},  # its key is one
        {"id": "Total", "nombre": "Guantes"},  # another text
        {"precio_unitario": "3751.50"},  # no word
        {"nombre": "Total Care", "precio_unitario": "12"},
        {"nombre": "totalizador"},
    ],
)
def test_a_row_that_may_be_one_of_data_is_refused_as_ever(last):
    numbers, refused, read = run([row(1), row(2), {**BLANK, **last}])
    assert (numbers, refused, read.total, read.final_warnings) == ([2, 3], [4], 3, ())


def test_a_whole_row_is_imported_whatever_it_is_called():
    numbers, refused, read = run([row(1), row(2, id="Total", nombre="Total", categoria="Total")])
    assert (numbers, refused, read.final_warnings) == ([2, 3], [], ())


def test_only_the_last_row_is_one():
    subtotal = {**BLANK, "id": "Subtotal", "precio_unitario": "1"}
    for chunk_rows in (1, 2, 10):
        numbers, refused, read = run([row(1), subtotal, row(2), subtotal], chunk_rows)
        assert (numbers, refused, [warning.fila for warning in read.final_warnings]) == ([2, 4], [3], [5])
