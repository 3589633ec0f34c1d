"""Keep what a person types on the page of rejected rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from bulk_upload.mending.grid import Grid, GridRow, Standing
from bulk_upload.mending.rejected_rows import as_shown, as_typed
from bulk_upload.models import BulkUpload, MendedRow

# Texts by column, of each row.
Typed = Mapping[int, Mapping[str, str]]


def save(grid: Grid, typed: Typed) -> None:
    """Keep the texts of these cells; what is again as in the file is forgotten.

    Columns and rows that the page does not have are passed over, and rows that are on their way.
    """
    with transaction.atomic():
        # One after another: two of them may be about the same row.
        BulkUpload.objects.select_for_update(of=("self",)).filter(pk=grid.upload.pk).first()
        for row in Grid(grid.upload, grid.rejected).rows:
            if row.fila in typed and row.standing != Standing.SENT:
                _save_row(grid, row, typed[row.fila])


def replace_equal(grid: Grid, column: str, text: str, by: str) -> int:
    """Give a cell's new text to all wrong rows that have the same `text` there; returns how many they are."""
    filas = [row.fila for row in _equal(grid.rows, column, text)]
    save(grid, {fila: {column: by} for fila in filas})
    return len(filas)


def _equal(rows: Iterable[GridRow], column: str, text: str) -> Iterable[GridRow]:
    for row in rows:
        if row.standing == Standing.WRONG and row.texts.get(column) == text and row.faults_in(column):
            yield row


def _save_row(grid: Grid, row: GridRow, texts: Mapping[str, str]) -> None:
    shown = {name: as_shown(cell) for name, cell in zip(grid.columns, row.rejected.cells, strict=True)}
    typed = {name: as_typed(text) for name, text in texts.items() if name in shown}
    values = {name: text for name, text in {**row.typed, **typed}.items() if text != shown[name]}
    if values == row.typed:
        return
    if values:
        changes = {"values": values, "sent_in": None, "sent_row": 0}
        MendedRow.objects.update_or_create(upload=grid.upload, fila=row.fila, defaults=changes)
    else:
        MendedRow.objects.filter(upload=grid.upload, fila=row.fila).delete()
