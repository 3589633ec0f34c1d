"""A declared sheet as one file writes it: the rules of its columns, with what a mapping says of dates and decimals.

Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

from bulk_upload.sheet.cells import is_blank
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.sheet.values import Value


def mapped_sheet(sheet: Sheet, mapping: SheetMapping) -> Sheet:
    """`sheet` itself where the mapping says nothing about how values are written."""
    if not (mapping.orden_fecha or mapping.decimal):
        return sheet
    return Sheet(
        sheet.name,
        sheet.module,
        title=sheet.title,
        row_title=sheet.row_title,
        columns=[_written(column, mapping) for column in sheet.columns],
        key=sheet.key,
        unique=sheet.unique,
        requires=sheet.requires,
        checks=sheet.checks,
    )


def _written(column: Column, mapping: SheetMapping) -> Column:
    order, sign = mapping.orden_fecha.get(column.name, ""), mapping.decimal.get(column.name, "")
    return column.written_with(date_order=order, decimal_sign=sign) if order or sign else column


def constant_value(column: Column, text: str) -> Value:
    """The value of a constant, by the rule of its column. Raises `CellProblem`."""
    if is_blank(text):
        raise CellProblem("required_blank")
    return column.parse(text)
