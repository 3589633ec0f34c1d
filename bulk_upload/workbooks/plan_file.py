"""What a plan would do with each row, as a workbook: what would change in colour, the old value in the cell's note.

It streams. Notes stand at the end of a workbook and are kept until then: in a plan of very many changes the old values
stand in a column of their own instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.importing.mapping.stored_values import decoded
from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.importing.planning.content import Planned
from bulk_upload.models import BulkUpload
from bulk_upload.plans.shown_rows import LABELS, ShownRow, every
from bulk_upload.sheet.columns import Column, DecimalColumn
from bulk_upload.wording import in_language, text_of
from bulk_upload.workbooks.safe_cells import number_format, safe_cell
from bulk_upload.workbooks.xlsx import Cell, Sheet, Style, restyled, streamed, text

SHEET_TITLE: Final = _("Plan")
HEADERS: Final[tuple[StrPromise, ...]] = (_("Fila"), _("Resultado"), _("Clave"))
PROBLEMS: Final = _("Por qué se rechazaría")
BEFORE: Final = _("Antes")
BLANK: Final = _("(vacío)")
YES_NO: Final[dict[bool, StrPromise]] = {True: _("sí"), False: _("no")}
WIDTHS: Final = (8, 18, 28)
# Rows that would change, up to which old values are notes. With two changes in each row, 20,000 rows with notes take
# 15 MB and 0.7 s, 100,000 rows 75 MB and 2.5 s (November 2026); without notes both take 1 MB.
MOST_WITH_NOTES: Final = 20_000
# Of a note, in pixels.
NOTE_WIDTH: Final = 220
NOTE_HEIGHT: Final = 50

CHANGED: Final = Style(fill="FFF2CC")
NEW: Final = Style(fill="E2EFDA")
REFUSED: Final = Style(fill="F8CBAD")


class Line(NamedTuple):
    """A row of the sheet, and the notes of its cells by their columns, counted from 1."""

    cells: list[Cell | None]
    notes: list[tuple[int, str]]


def export_plan(plan: BulkUpload, language: str, only: Planned | None = None) -> Iterator[bytes]:
    """All rows of `plan`, or `only` those with an outcome, in the order of the file, as blocks of a workbook."""
    target = target_of(plan.sheet_name)
    words = _Words(language, target, with_notes=plan.actualizados <= MOST_WITH_NOTES)
    last = [PROBLEMS] if words.with_notes else [PROBLEMS, BEFORE]
    header = [
        *(in_language(each, language) for each in HEADERS),
        *target.names,
        *(in_language(each, language) for each in last),
    ]
    widths = [*WIDTHS, *(20 for _name in target.names), *(60 for _each in last)]
    lines = (words.line(row) for row in every(plan, only))
    return streamed(in_language(SHEET_TITLE, language), header, widths, lines, _add)


def _add(sheet: Sheet, line: Line) -> None:
    sheet.add(line.cells)
    for column, note in line.notes:
        sheet.note(column, note, width=NOTE_WIDTH, height=NOTE_HEIGHT)


class _Words:
    def __init__(self, language: str, target: Target, *, with_notes: bool) -> None:
        self.with_notes = with_notes
        self._language = language
        columns = [target.sheet.columns[place.column] for place in target.places]
        self._places = {name: (number, columns[number]) for number, name in enumerate(target.names)}
        self._labels = {outcome: in_language(label, language) for outcome, label in LABELS.items()}
        self._before, self._blank = in_language(BEFORE, language), in_language(BLANK, language)
        self._yes_no = {value: in_language(label, language) for value, label in YES_NO.items()}

    def line(self, row: ShownRow) -> Line:
        values: list[Cell | None] = [None] * len(self._places)
        notes: list[tuple[int, str]] = []
        style = NEW if row.outcome == Planned.CREATED else CHANGED
        for change in row.changes:
            if change.column not in self._places:
                continue  # the declaration has changed since
            place, column = self._places[change.column]
            values[place] = _painted(column, change.after, style)
            if row.outcome == Planned.UPDATED and self.with_notes:
                notes.append((len(HEADERS) + 1 + place, f"{self._before}: {self._written(change.before)}"))
        first: list[Cell | None] = [safe_cell(row.fila), text(self._labels[row.outcome]), safe_cell(row.key)]
        problems = " ".join(text_of(error.codigo, error.params, self._language) for error in row.errors)
        last = [text(problems, REFUSED) if problems else None]
        if not self.with_notes:
            last.append(safe_cell(self._old(row)))
        return Line([*first, *values, *last], notes)

    def _old(self, row: ShownRow) -> str:
        if row.outcome != Planned.UPDATED:
            return ""
        return "; ".join(f"{change.column}: {self._written(change.before)}" for change in row.changes)

    def _written(self, value: Any) -> str:
        if isinstance(value, bool):
            return self._yes_no[value]
        return self._blank if value in (None, "") else str(value)


def _painted(column: Column, stored: Any, style: Style) -> Cell | None:
    """A value as JSON has it, in colour; a blank one is a coloured cell, too."""
    value = decoded(column.kind, stored)
    if value is None:
        return text("", style)
    if isinstance(value, date):
        return text(value.isoformat(), style)
    return safe_cell(value, restyled(style, number_format(column)) if isinstance(column, DecimalColumn) else style)
