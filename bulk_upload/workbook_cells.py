"""Cells that were read, written to a workbook again so that they are read the same."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bulk_upload.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.columns import Column
from bulk_upload.reports import NUMBER_FORMATS
from bulk_upload.values import written
from medisupply.spreadsheets import text_cell

# Above this a spreadsheet has lost digits of a whole number.
_EXACT: Final = 10**15


def as_text(sheet: WriteOnlyWorksheet, value: Cell) -> SheetCell:
    """`value` as a person sees it, in a cell that no program takes for a number, a date or a formula."""
    return text_cell(sheet, written(value))


def as_it_was(sheet: WriteOnlyWorksheet, value: Cell, column: Column | None = None) -> SheetCell:
    """`value` in a cell of the type that it was read from."""
    if isinstance(value, ErrorCell):
        cell = WriteOnlyCell(sheet, value.text if value.text in ERROR_CODES else "#N/A")
        cell.data_type = "e"
        return cell
    if isinstance(value, DateCell):
        moment = _moment(value.text)
        return as_text(sheet, value) if moment is None else WriteOnlyCell(sheet, moment)
    if isinstance(value, str | UnreadCell):
        cell = as_text(sheet, value)
        if column and column.kind not in ("code", "text"):
            cell.number_format = "General"
        return cell
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            return as_text(sheet, value)
        cell = WriteOnlyCell(sheet, int(value) if value.is_integer() and abs(value) < _EXACT else value)
        cell.number_format = NUMBER_FORMATS[column.kind] if column and column.kind != "decimal" else "General"
        return cell
    return WriteOnlyCell(sheet, value)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year >= 1900 else None
