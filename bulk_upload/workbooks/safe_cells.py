"""Values in cells of the workbooks that we write, so that a text stays the text that it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from openpyxl.cell.cell import ERROR_CODES

from bulk_upload.sheet.formulas import FORMULA_STARTS, is_wrapped, marked
from bulk_upload.workbooks.xlsx import PLAIN, Cell, Style, boolean, number, restyled, text

TEXT_FORMAT: Final = "@"


def text_cell(value: str, style: Style = PLAIN) -> Cell:
    """`value` in a cell of which every program knows that it is text, also when it is edited: no number or formula."""
    return text(value, restyled(style, TEXT_FORMAT, value.startswith(FORMULA_STARTS)))


def safe_cell(value: str | int | float | Decimal | None) -> Cell | None:
    """`value` for a row of a workbook; what an edited cell could make a formula or an error is marked as text."""
    if isinstance(value, str):
        return text_cell(value) if value.startswith(FORMULA_STARTS) or value in ERROR_CODES else text(value)
    if isinstance(value, bool):
        return boolean(value)
    return None if value is None else number(value)


def importable_cell(value: Any) -> Cell | None:
    """As `safe_cell`, for a workbook that may be imported again: the importer gets the same text."""
    if isinstance(value, str) and is_wrapped(value):
        # It would be taken for another system's way to keep zeros; of two apostrophes one is taken away.
        return text_cell(marked(value))
    return safe_cell(value)
