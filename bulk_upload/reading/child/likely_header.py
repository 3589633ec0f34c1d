"""The row that a person would take for the header of a sheet, where no row names enough known columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bulk_upload.sheet.cells import Cell, Row
from bulk_upload.sheet.header_rows import OF_A_CORRECTION, HeaderRow, header_texts
from bulk_upload.sheet.mapping import SheetMapping

_NUMBER: Final = re.compile(r"[\s$€+-]*[0-9][0-9.,:/\s-]*%?")


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
    return len({text.casefold() for text in header_texts(cells) if text and not _NUMBER.fullmatch(text)})


def _is_one_header(above: Sequence[Cell] | None, below: Sequence[Cell] | None) -> bool:
    if above is None or below is None:
        return False
    groups, texts = header_texts(above), header_texts(below)
    filled = [{place for place, text in enumerate(row) if text} for row in (groups, texts)]
    if any(isinstance(cell, float) or (cell and _NUMBER.fullmatch(str(cell))) for cell in (*above, *below)):
        return False
    return len(filled[0]) > 1 and len(filled[0] | filled[1]) > max(map(len, filled)) and _has_a_group(groups, texts)


def _has_a_group(groups: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a text of the upper row stands over two of the lower one, the second below a blank."""
    pairs = zip(groups, groups[1:], texts, texts[1:], strict=False)
    return any(group and not beside and first and second for group, beside, first, second in pairs)
