"""Cells: how values may be written in each format, and what a column refuses."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from catalog.tests.random_files.plan import Column

CSV, XLSX = "csv", "xlsx"


class Error(str):
    """A workbook's cell that holds an error."""


@dataclass(frozen=True)
class Cell:
    """What is `written`, and what a row then has: a `value` (`None` is blank), or a problem's `code`."""

    written: Any = None
    value: Any = None
    code: str = ""

    def __repr__(self) -> str:
        return repr(self.written)

    @property
    def is_empty(self) -> bool:
        return self.written is None or not str(self.written).strip(" \u00a0")


BLANK: Final = Cell()
BLANK_CELLS: Final = (BLANK, Cell(" \u00a0 "))
# In a text column of the kind "code" as in others.
BROKEN_TEXTS: Final = (
    ("a\x07b", "control_characters"),
    ("a\ufffdb", "lost_characters"),
    ("#N/A", "excel_error"),
    ("#¡REF!", "excel_error"),
)
BROKEN: Final = {
    "text": BROKEN_TEXTS,
    "code": (*BROKEN_TEXTS, ("7,7E+12", "scientific_notation"), ("A\u200bB", "invisible_characters")),
    "integer": (
        ("doce", "not_an_integer"),
        ("2.5", "not_an_integer"),
        ("-1", "below_minimum"),
        ("1.250", "ambiguous_integer"),
        ("1E+05", "scientific_notation"),
        ("#VALUE!", "excel_error"),
    ),
    "decimal": (
        ("gratis", "not_a_number"),
        ("1.250", "ambiguous_number"),
        ("12.3456", "too_many_decimals"),
        ("1E+05", "scientific_notation"),
        ("#N/A", "excel_error"),
    ),
    "boolean": (("tal vez", "not_a_boolean"), ("2", "not_a_boolean"), ("#REF!", "excel_error")),
    "date": (
        ("mañana", "not_a_date"),
        ("31/03/27", "two_digit_year"),
        ("31/02/2027", "impossible_date"),
        ("46000", "serial_number_date"),
        ("1989-12-31", "date_out_of_range"),
        ("2027-03-31 10:30", "date_with_time"),
        ("#N/A", "excel_error"),
    ),
}
# Only a workbook's cells have types.
BROKEN_TYPES: Final = {
    "text": ((dt.date(2026, 1, 2), "date_in_text"), (True, "boolean_in_text"), (Error("#N/A"), "excel_error")),
    "code": (
        (dt.date(2026, 1, 2), "date_in_text"),
        (False, "boolean_in_text"),
        (7701234567890123.0, "digits_lost"),
        (Error("#REF!"), "excel_error"),
    ),
    "integer": (
        (2.5, "not_an_integer"),
        (1e15, "digits_lost"),
        (True, "not_an_integer"),
        (Error("#N/A"), "excel_error"),
    ),
    "decimal": ((12.345, "too_many_decimals"), (Error("#N/A"), "excel_error")),
    "boolean": ((2, "not_a_boolean"), (Error("#REF!"), "excel_error")),
    "date": ((46000, "serial_number_date"), (True, "not_a_date"), (Error("#N/A"), "excel_error")),
}


def plain(value: Any) -> Cell:
    """The simplest cell of a value, in either format."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return Cell("sí" if value else "no", value)
    return Cell(value.isoformat() if isinstance(value, dt.date) else str(value), value)


@cache
def good_cells(column: Column, file_format: str) -> tuple[Cell, ...]:
    """All ways to write the column's good values: of each first the plain one."""
    plain_ones = [plain(value) for value in column.values]
    # Plain ones often, so that rows are alike.
    odd = [Cell(form, value) for value in column.values for form in _forms(column, value, file_format)]
    return (*plain_ones, *plain_ones, *odd)


@cache
def broken_cells(column: Column, file_format: str) -> tuple[Cell, ...]:
    found: list[tuple[Any, str]] = [*column.broken, *BROKEN[column.kind]]
    if column.width:
        # A text of the wrong form is told the form: to shorten it would not mend it.
        has_form = any(code == "wrong_form" for _written, code in column.broken)
        found.append(("x" * (column.width + 1), "wrong_form" if has_form else "too_long"))
    if column.kind in ("integer", "decimal"):
        found.append((str(column.highest + 1), "above_maximum"))
        found.append((str(column.lowest - 1), "below_minimum"))
    if file_format == XLSX:
        found += BROKEN_TYPES[column.kind]
    return tuple(Cell(written, None, code) for written, code in found)


def _forms(column: Column, value: Any, file_format: str) -> Iterator[Any]:
    """Other cells that mean `value`."""
    yield f" {plain(value).written}\u00a0"
    if column.kind in ("text", "code"):
        yield from (f'="{value}"', f"'{value}", unicodedata.normalize("NFD", value))
        if column.upper:
            yield value.lower()
        if column.kind == "text" and not column.broken:
            yield value[0] + "\u200b" + value[1:]
    elif column.kind == "boolean":
        yield from ("SI", "1", "Verdadero") if value else ("NO", "0", "falso")
    elif column.kind == "date":
        yield from (f"{value:%d/%m/%Y}", f"{value:%-d-%-m-%Y}", f"{value.isoformat()} 00:00:00")
    elif column.kind == "integer":
        yield from (f"{value},0", f"+{value}", f"$ {value}")
    else:
        yield from (f"$ {value}".replace("$ -", "-$ "), str(value).replace(".", ","))
    if file_format == XLSX:
        yield from _types(column, value)


def _types(column: Column, value: Any) -> Iterator[Any]:
    if column.kind in ("boolean", "date", "integer"):
        yield value
    if column.kind == "decimal" or (column.kind == "boolean"):
        yield float(value)
    # A code with a zero in front is no number.
    if column.kind in ("code", "text") and value.isdecimal() and not value.startswith("0"):
        yield float(value)
