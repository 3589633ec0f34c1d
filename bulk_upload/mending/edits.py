"""Keep what a person types on the page of rejected rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from bulk_upload.mending.grid import Grid, GridRow, Standing
from bulk_upload.mending.rejected_rows import RejectedRow, as_shown, as_typed
from bulk_upload.models import BulkUpload, MendedRow

# Texts by column, of each row.
Typed = Mapping[int, Mapping[str, str]]


def save(grid: Grid, typed: Typed) -> None:
    """Keep the texts of these cells; what is again as in the file is forgotten.

    Columns and rows that the page does not have are passed over, and rows that are on their way.
    """
    rows = [row for row in grid.rejected.rows if row.fila in typed]
    changed: list[MendedRow] = []
    with transaction.atomic():
        # One after another: two of them may be about the same row.
        BulkUpload.objects.select_for_update(of=("self",)).filter(pk=grid.upload.pk).first()
        known = {mended.fila: mended for mended in MendedRow.objects.of(grid.upload).filter(fila__in=typed)}
        for row in rows:
            mended = known.get(row.fila)
            before = mended.values if mended else {}
            values = _changed(grid.columns, row, {**before, **typed[row.fila]})
            if values != before and not (mended and mended.is_on_its_way):
                changed.append(MendedRow(upload=grid.upload, fila=row.fila, values=values))
        MendedRow.objects.bulk_create(
            changed,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["upload", "fila"],
            update_fields=["values", "sent_in", "sent_row"],
        )
        as_it_was = [row.fila for row in changed if not row.values]
        MendedRow.objects.filter(upload=grid.upload, fila__in=as_it_was).delete()


def replace_equal(grid: Grid, column: str, text: str, by: str) -> int:
    """Give a cell's new text to all wrong rows that have the same `text` there; returns how many they are."""
    filas = [row.fila for row in _equal(grid.rows, column, text)]
    save(grid, {fila: {column: by} for fila in filas})
    return len(filas)


def _equal(rows: Iterable[GridRow], column: str, text: str) -> Iterable[GridRow]:
    for row in rows:
        if row.standing == Standing.WRONG and row.texts.get(column) == text and row.faults_in(column):
            yield row


def _changed(columns: Sequence[str], row: RejectedRow, typed: Mapping[str, str]) -> dict[str, str]:
    """The texts that are not those of the file."""
    shown = {name: as_shown(cell) for name, cell in zip(columns, row.cells, strict=True)}
    texts = {name: as_typed(text) for name, text in typed.items() if name in shown}
    return {name: text for name, text in texts.items() if text != shown[name]}
