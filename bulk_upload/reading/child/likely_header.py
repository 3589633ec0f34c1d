"""The row that a person would take for the header of a sheet, where no row names enough known columns."""

from __future__ import annotations

from collections.abc import Sequence

from bulk_upload.sheet.cells import Cell, Row
from bulk_upload.sheet.header_rows import OF_A_CORRECTION, HeaderRow, are_headers, has_groups, header_texts
from bulk_upload.sheet.mapping import SheetMapping


def likely_header(head: Sequence[Row], mapping: SheetMapping) -> HeaderRow | None:
    """The first row of `head` with the most texts that are no numbers; the one that the mapping chooses, if any.

    The row above belongs to it where together they have a text for more columns than each alone.
    """
    rows = {number: cells for number, cells in head if any(header_texts(cells))}
    wanted = {n: c for n, c in rows.items() if n == mapping.fila_encabezado} if mapping.fila_encabezado else rows
    marked = [number for number, cells in wanted.items() if any(map(OF_A_CORRECTION.fullmatch, header_texts(cells)))]
    row = marked[0] if marked else max(wanted, key=lambda number: _count(wanted[number]), default=None)
    if row is None:
        return None
    for lower in (row, row + 1):
        if _is_one_header(rows.get(lower - 1), rows.get(lower)):
            return HeaderRow(lower, rows[lower], rows[lower - 1])
    return HeaderRow(row, rows[row])


def _count(cells: Sequence[Cell]) -> int:
    """How many cells are texts, none twice, that are no numbers."""
    return len({text.casefold() for text in header_texts(cells) if text and are_headers([text])})


def _is_one_header(above: Sequence[Cell] | None, below: Sequence[Cell] | None) -> bool:
    if above is None or below is None or not (are_headers(above) and are_headers(below)):
        return False
    groups, texts = header_texts(above), header_texts(below)
    upper, lower = ({place for place, text in enumerate(row) if text} for row in (groups, texts))
    return len(upper) > 1 and len(upper | lower) > max(len(upper), len(lower)) and has_groups(groups, texts)
