"""Which row of a sheet is its header, or which two: a row of groups ("Precio") above one of names ("Unitario").

A group stands over the columns from its own cell to the next group's; joined they are "Precio Unitario". Nothing is
guessed: two rows are a header when together they name more columns of the sheet than either alone; or as many, where
the lower one could not be imported as data. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from bulk_upload.sheet.cells import Cell, is_blank
from bulk_upload.sheet.columns import ORIGINAL_ROW
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.text_cleaning import BLANKS
from bulk_upload.sheet.values import written

# Rows from the top of a sheet in which the header is looked for (titles and logos stand above it).
HEADER_SEARCH_ROWS: Final = 50
# Known columns that make a row a header, or as many as must be there. One could be chance: a title "Producto", say.
HEADER_COLUMNS: Final = 3

_NUMBER: Final = re.compile(r"[\s$€+-]*[0-9][0-9.,:/\s-]*%?\s*")
_TASK_ID: Final = "[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
OF_A_CORRECTION: Final = re.compile(rf"{ORIGINAL_ROW}(?:\s+(?P<task>{_TASK_ID}))?", re.IGNORECASE)


class HeaderRow(NamedTuple):
    """A header: the number of its last row, that row's cells, and the cells of the row of groups above it, if any."""

    row: int
    cells: Sequence[Cell]
    groups: Sequence[Cell] = ()


def header_texts(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The cells of a header as they are written, blank ones as ``""``."""
    return tuple("" if is_blank(cell) else written(cell).strip(BLANKS) for cell in cells)


def spread(groups: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """The group of each column, as far as any stands over it: those of `groups`, each up to the next one.

    A group that is merged with blank cells below it is the header of its own column only.
    """
    found: list[str] = []
    group = ""
    for index in range(max(len(groups), len(texts))):
        own = groups[index] if index < len(groups) else ""
        group = own or group
        found.append(group if index < len(texts) and texts[index] else own)
    return tuple(found)


def joined(group: str, text: str) -> str:
    """The header of a column below `group`."""
    return text if group == text else f"{group} {text}".strip()


def rows_to_search(mapping: SheetMapping) -> int:
    """How many rows from the top of a sheet the header may be in."""
    return max(HEADER_SEARCH_ROWS, mapping.fila_encabezado + 1) if mapping.fila_encabezado else HEADER_SEARCH_ROWS


def count_known(cells: Iterable[Cell], sheet: Sheet, mapping: SheetMapping = NO_MAPPING) -> int:
    """How many columns of `sheet`, or of the `mapping`, the `cells` name: what makes a row look like a header."""
    return len(set(_known(([normal_form(cell)] for cell in cells if isinstance(cell, str)), sheet, mapping)))


def find_header(
    rows: Iterable[tuple[int, Sequence[Cell]]], sheet: Sheet, mapping: SheetMapping = NO_MAPPING
) -> HeaderRow | None:
    """The row among `rows`, or the two, that name most columns of `sheet`, the first of equals, or `None`.

    With a `mapping` that chooses a row, that row, with the other one that makes it complete.
    """
    best: HeaderRow | None = None
    required = sum(column.required for column in sheet.columns)
    chosen = mapping.fila_encabezado
    most = 0 if chosen else min(HEADER_COLUMNS, max(required, 2))
    above: tuple[int, Sequence[Cell], int] = (0, (), 0)
    for number, cells in rows:
        known = count_known(cells, sheet, mapping)
        if chosen in (0, number) and known >= most and not all(map(is_blank, cells)):
            best, most = HeaderRow(number, cells), known + 1
        if above[0] == number - 1 and chosen in (0, number, number - 1) and known + above[2]:
            together = _count_together(above[1], cells, sheet, mapping)
            least = max(most, known + 1, above[2] + 1)
            if together >= least - _is_below_groups(above[1], cells, sheet, mapping):
                best, most = HeaderRow(number, cells, above[1]), together + 1
        above = (number, cells, known)
    return best


def _count_together(above: Sequence[Cell], cells: Sequence[Cell], sheet: Sheet, mapping: SheetMapping) -> int:
    """How many columns two rows name as one header; -1 for two that cannot be one."""
    if not are_headers(above) or not are_headers(cells):
        return -1
    texts, groups = header_texts(cells), header_texts(above)
    names = zip(spread(groups, texts), (*texts, *[""] * (len(groups) - len(texts))), strict=True)
    return len(set(_known(([*forms_of(group, text), normal_form(text)] for group, text in names), sheet, mapping)))


def _is_below_groups(above: Sequence[Cell], cells: Sequence[Cell], sheet: Sheet, mapping: SheetMapping) -> bool:
    """Whether `cells`, below a row with groups, can be nothing but its second half.

    With its group one of them names a column, and as data they would be refused: a required column would be blank.
    """
    groups, texts = header_texts(above), header_texts(cells)
    under = (forms_of(group, text) for group, text in zip(spread(groups, texts), texts, strict=False) if group and text)
    if not has_groups(groups, texts) or not any(_known(under, sheet, mapping)):
        return False
    for index, group in enumerate(groups):
        form = normal_form(group)
        column = sheet.known_headers.get(form) or sheet.known_headers.get(normal_form(mapping.targets.get(form) or ""))
        if column and column.required and not (index < len(texts) and texts[index]):
            return True
    return False


def are_headers(cells: Sequence[Cell]) -> bool:
    """Whether all of the cells, as far as they are not blank, are texts that are no numbers."""
    return all(cell is None or (isinstance(cell, str) and not _NUMBER.fullmatch(cell)) for cell in cells)


def has_groups(groups: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a text of the upper row stands over two of the lower one, the second below a blank."""
    rows = zip(groups, (*groups[1:], ""), texts, texts[1:], strict=False)
    return any(group and not beside and first and second for group, beside, first, second in rows)


def forms_of(group: str, text: str) -> list[str]:
    """What the header of one column is compared by: "Precio Unitario", or "Código Producto" for the other way round."""
    forms = [normal_form(joined(group, text))]
    return [*forms, normal_form(joined(text, group))] if group and text else forms


def _known(headers: Iterable[Sequence[str]], sheet: Sheet, mapping: SheetMapping) -> Iterable[str]:
    """A name of what each header names by its first form that is known."""
    known, fallbacks, mapped = sheet.known_headers, sheet.fallback_headers, mapping.targets
    for forms in headers:
        for form in forms:
            if form in mapped:
                yield f"={form}"
            elif column := known.get(form) or fallbacks.get(form):
                yield column.name
            else:
                continue
            break
