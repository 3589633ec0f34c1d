"""Rows → checked chunks: what is remembered, what is left out, which row is which."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import pytest

from bulk_upload.checking.chunks import CheckingFault, checked_chunks
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.seen_keys import SeenKeys
from bulk_upload.checking.tables import Batch, Table
from bulk_upload.sheet.columns import ORIGINAL_ROW
from bulk_upload.sheet.headers import match_header
from bulk_upload.tests.helpers.rows import row, table
from catalog.sheets.products import PRODUCTS


def chunks(rows: list[dict[str, Any]], *, next_row: int = 0, chunk_rows: int = 10) -> list[CheckedChunk]:
    return list(checked_chunks(table(rows), next_row=next_row, chunk_rows=chunk_rows))


def test_good_rows_have_values_and_bad_ones_problems():
    (chunk,) = chunks([row(1), row(2, nombre="", precio_unitario="1.250"), row(3, presentacion="")])
    assert chunk.numbers == [2, 4]
    assert chunk.next_row == 5
    first, third = chunk.rows()
    assert first[PRODUCTS.index["precio_unitario"]] == Decimal("1250.50")
    assert third[PRODUCTS.index["presentacion"]] is None
    assert [(p.fila, p.columna, p.codigo) for p in chunk.problems] == [
        (3, "nombre", "required_blank"),
        (3, "precio_unitario", "ambiguous_number"),
    ]


def test_chunks_begin_at_the_checkpoint():
    found = chunks([row(n) for n in range(1, 26)], next_row=15, chunk_rows=10)
    assert [chunk.numbers for chunk in found] == [list(range(15, 22)), list(range(22, 27))]
    assert [chunk.next_row for chunk in found] == [22, 27]


def test_a_chunk_of_nothing_but_bad_rows_moves_the_checkpoint():
    (chunk,) = chunks([row(n, nombre="") for n in range(1, 4)])
    assert (chunk.numbers, chunk.rows(), chunk.next_row) == ([], [], 5)
    assert len(chunk.problems) == 3


def test_what_stood_above_the_checkpoint_is_remembered_but_not_told_again():
    found = chunks([row(1), row(1), row(2), row(2), row(1)], next_row=4)
    assert [(p.fila, p.columna, p.params["fila_anterior"]) for p in found[0].problems] == [
        *((5, "id", 4), (5, "codigo", 4)),
        *((6, "id", 2), (6, "codigo", 2)),
    ]
    assert found[0].repeated == {5, 6}
    assert found[0].numbers == [4]


def test_a_row_that_repeats_a_rejected_one_is_a_repetition():
    (chunk,) = chunks([row(1, nombre=""), row(1)])
    assert chunk.numbers == []
    assert chunk.repeated == {3}


@pytest.mark.parametrize("price", ["", "1|2", "5|"])
def test_an_odd_price_at_the_end_of_a_chunk_costs_its_row(price):
    (chunk,) = chunks([row(1), row(2, precio_unitario=price)])
    assert chunk.numbers == [2]
    assert [(p.fila, p.columna) for p in chunk.problems] == [(3, "precio_unitario")]


def test_what_goes_wrong_in_checking_is_not_said_of_the_file(monkeypatch):
    def no_room(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(SeenKeys, "add", no_room)
    with pytest.raises(CheckingFault):
        chunks([row(1)])


def test_rows_of_a_correction_say_which_row_they_correct():
    header = match_header(PRODUCTS, 1, [*row(1), ORIGINAL_ROW], "CSV")
    cells = [[*row(1).values(), "17"], [*row(2).values(), ""], [*row(3).values()], [*row(4, nombre="").values(), 19.0]]
    batch = Batch(range(2, 6), list(zip_longest(*cells)))
    read = Table(header, 4, iter([batch]), delimiter=",")
    (chunk,) = checked_chunks(read, next_row=0, chunk_rows=10)
    assert chunk.corrected == {2: 17, 5: 19}
