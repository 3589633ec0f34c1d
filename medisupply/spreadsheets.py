"""What must be seen to in the workbooks that we write with openpyxl."""

from __future__ import annotations

import re
from typing import Any, Final

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from medisupply.formulas import FORMULA_STARTS, is_wrapped, marked

# What the XML of a workbook cannot hold, and what would be taken for an escape: both are written as ``_x0007_``.
_ESCAPED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def escaped(text: str) -> str:
    """`text` as the XML of a workbook holds it."""
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """`text` in a cell of which every program knows that it is text: no number, error or formula."""
    cell = WriteOnlyCell(sheet, escaped(text) or None)
    cell.number_format = "@"
    if text:
        cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        # Excel's own mark for "this is text": it holds when the cell is edited, too.
        cell.quotePrefix = True
    return cell


def safe_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """`value` for a row of a workbook: what openpyxl would take for a formula or an error is a cell of text."""
    if not isinstance(value, str):
        return value
    if value.startswith(FORMULA_STARTS) or value in ERROR_CODES:
        return text_cell(sheet, value)
    return escaped(value)


def importable_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """As `safe_cell`, for a workbook that may be imported again: the importer gets the same text."""
    if isinstance(value, str) and is_wrapped(value):
        # It would be taken for another system's way to keep zeros; of two apostrophes one is taken away.
        return text_cell(sheet, marked(value))
    return safe_cell(sheet, value)
