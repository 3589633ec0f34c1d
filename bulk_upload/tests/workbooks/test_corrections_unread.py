"""A cell that could not be read stands in the workbook of rejected rows so that it is refused again as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulk_upload.sheet.cells import UnreadCell
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from bulk_upload.tests.awkward.reading import read
from bulk_upload.workbooks.source_cells import as_it_was
from bulk_upload.workbooks.xlsx import Workbook, text
from catalog.sheets.products import PRODUCTS


@pytest.mark.parametrize(
    ("name", "cell", "again"),
    [
        ("stock_minimo", UnreadCell("formula_without_result", ""), UnreadCell("formula_without_result", "")),
        ("presentacion", UnreadCell("merged_cell", ""), UnreadCell("formula_without_result", "")),
        ("presentacion", UnreadCell("hidden_by_format", "2.53"), UnreadCell("formula_without_result", "")),
        ("precio_unitario", UnreadCell("percent_number", "0.19"), UnreadCell("percent_number", "0.19")),
    ],
)
def test_it_is_refused_again_and_never_blank(tmp_path: Path, name, cell, again):
    row = product(**{name: cell})
    with (tmp_path / "corregir.xlsx").open("wb") as target, Workbook(target) as book, book.sheet("Hoja", ()) as sheet:
        sheet.add(map(text, HEADER))
        sheet.add(as_it_was(value, PRODUCTS.column(column)) for value, column in zip(row, HEADER, strict=True))
    (found,) = read(tmp_path / "corregir.xlsx").rows
    assert found[1][HEADER.index(name)] == again
