"""Values in cells of the workbooks that we write, so that a text stays the text that it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from bulk_upload.sheet.columns import Column, DecimalColumn, Kind
from bulk_upload.sheet.formulas import FORMULA_STARTS, is_wrapped, marked
from bulk_upload.workbooks.xlsx import PLAIN, Cell, Style, boolean, day, number, restyled, text

# "@" is text. Excel would turn 007 into 7 and 3/4 into a date as soon as they are typed.
NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "code": "@",
    "text": "@",
    "decimal": "#,##0.00",
    "integer": "0",
    "boolean": "General",
    "date": "yyyy-mm-dd",
}
# Texts that Excel takes for its errors.
ERROR_CODES: Final = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


def number_format(column: Column) -> str:
    """How the column's cells show their values."""
    if isinstance(column, DecimalColumn):
        return f"#,##0.{'0' * column.places}"
    return NUMBER_FORMATS[column.kind]


def text_cell(value: str, style: Style = PLAIN) -> Cell:
    """`value` in a cell of which every program knows that it is text, also when it is edited: no number or formula."""
    return text(value, restyled(style, NUMBER_FORMATS["text"], value.startswith(FORMULA_STARTS)))


def safe_cell(value: str | int | float | Decimal | date | None, style: Style = PLAIN) -> Cell | None:
    """`value` for a row of a workbook; what an edited cell could make a formula or an error is marked as text."""
    if isinstance(value, str):
        is_risky = value.startswith(FORMULA_STARTS) or value in ERROR_CODES
        return text_cell(value, style) if is_risky else text(value, style)
    if isinstance(value, bool):
        return boolean(value, style)
    if isinstance(value, date):
        return day(value, style)
    return None if value is None else number(value, style)


def importable_cell(value: Any) -> Cell | None:
    """As `safe_cell`, for a workbook that may be imported again: the importer gets the same text."""
    if isinstance(value, str) and is_wrapped(value):
        # It would be taken for another system's way to keep zeros; of two apostrophes one is taken away.
        return text_cell(marked(value))
    return safe_cell(value)
