"""Cells that were read, written to a workbook again so that they are read the same."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from openpyxl.cell.cell import ERROR_CODES

from bulk_upload.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.columns import Column
from bulk_upload.reports import NUMBER_FORMATS
from bulk_upload.values import written
from medisupply import workbooks
from medisupply.formulas import FORMULA_STARTS
from medisupply.spreadsheets import text_cell
from medisupply.workbooks import PLAIN, Style, restyled

# Above this a spreadsheet has lost digits of a whole number.
_EXACT: Final = 10**15


def as_text(value: Cell, style: Style = PLAIN) -> workbooks.Cell:
    """`value` as a person sees it, in a cell that no program takes for a number, a date or a formula."""
    return text_cell(written(value), style)


def as_it_was(value: Cell, column: Column | None = None, style: Style = PLAIN) -> workbooks.Cell:
    """`value` in a cell of the type that it was read from."""
    if value is None:
        return workbooks.text("", style)
    if isinstance(value, str):
        if column and column.kind not in ("code", "text"):
            return workbooks.text(value, restyled(style, "General", value.startswith(FORMULA_STARTS)))
        return text_cell(value, style)
    if isinstance(value, bool):
        return workbooks.boolean(value, style)
    if isinstance(value, float):
        return _number(value, column, style)
    if isinstance(value, ErrorCell):
        return workbooks.error(value.text if value.text in ERROR_CODES else "#N/A", style)
    if isinstance(value, DateCell):
        moment = _moment(value.text)
        return as_text(value, style) if moment is None else workbooks.moment(moment, style)
    return _unread(value, style)


def _number(value: float, column: Column | None, style: Style) -> workbooks.Cell:
    if not math.isfinite(value):
        return as_text(value, style)
    # In the format of a date a number would become one.
    shown = NUMBER_FORMATS[column.kind] if column and column.kind not in ("decimal", "date") else "General"
    exact = int(value) if value.is_integer() and abs(value) < _EXACT else value
    return workbooks.number(exact, restyled(style, shown))


def _unread(value: UnreadCell, style: Style) -> workbooks.Cell:
    """A cell that is refused when it is read as it stands: never a blank one, which could take a default."""
    if value.code == "percent_number":
        return workbooks.number(float(value.text), restyled(style, "0.00%"))
    # Without a result until a person opens it and saves what it then shows.
    return workbooks.formula(value.text or "NA()", style)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year >= 1900 else None
