"""Cells that were read, written to a workbook again so that they are read the same."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.formulas import FORMULA_STARTS
from bulk_upload.sheet.values import written
from bulk_upload.workbooks import xlsx
from bulk_upload.workbooks.safe_cells import ERROR_CODES, NUMBER_FORMATS, text_cell
from bulk_upload.workbooks.xlsx import PLAIN, Style, restyled

# Above this a spreadsheet has lost digits of a whole number.
_EXACT: Final = 10**15


def as_text(value: Cell, style: Style = PLAIN) -> xlsx.Cell:
    """`value` as a person sees it, in a cell that no program takes for a number, a date or a formula."""
    return text_cell(written(value), style)


def as_it_was(value: Cell, column: Column | None = None, style: Style = PLAIN) -> xlsx.Cell:
    """`value` in a cell of the type that it was read from."""
    if value is None:
        return xlsx.text("", style)
    if isinstance(value, str):
        if column and column.kind not in ("code", "text"):
            return xlsx.text(value, restyled(style, "General", value.startswith(FORMULA_STARTS)))
        return text_cell(value, style)
    if isinstance(value, bool):
        return xlsx.boolean(value, style)
    if isinstance(value, float):
        return _number(value, column, style)
    if isinstance(value, ErrorCell):
        return xlsx.error(value.text if value.text in ERROR_CODES else "#N/A", style)
    if isinstance(value, DateCell):
        moment = _moment(value.text)
        return as_text(value, style) if moment is None else xlsx.moment(moment, style)
    return _unread(value, style)


def _number(value: float, column: Column | None, style: Style) -> xlsx.Cell:
    if not math.isfinite(value):
        return as_text(value, style)
    # In the format of a date a number would become one.
    shown = NUMBER_FORMATS[column.kind] if column and column.kind not in ("decimal", "date") else "General"
    exact = int(value) if value.is_integer() and abs(value) < _EXACT else value
    return xlsx.number(exact, restyled(style, shown))


def _unread(value: UnreadCell, style: Style) -> xlsx.Cell:
    """A cell that is refused when it is read as it stands: never a blank one, which could take a default."""
    if value.code == "percent_number":
        return xlsx.number(float(value.text), restyled(style, "0.00%"))
    # Without a result until a person opens it and saves what it then shows.
    return xlsx.formula(value.text or "NA()", style)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year >= 1900 else None
