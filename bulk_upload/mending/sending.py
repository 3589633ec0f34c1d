"""Send the rows that are right again: as a file that corrects their upload, as the corrected workbook is."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, Final

import msgspec
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from bulk_upload.intake import accept_upload
from bulk_upload.mending.grid import Grid, GridRow
from bulk_upload.models import BulkUpload, MendedRow, Operation
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.workbooks.origin import origin_header
from bulk_upload.workbooks.safe_cells import importable_cell
from bulk_upload.workbooks.xlsx import Cell, Workbook, number, text

# The first row below the header.
FIRST_ROW: Final = 2
WIDTH: Final = 20


def send_ready(grid: Grid, user: AbstractBaseUser | AnonymousUser) -> BulkUpload | None:
    """Accept the rows that are ready as a correction of their upload; `None` when there are none.

    Sent twice, they are one upload. Raises as `accept_upload`.
    """
    rows = grid.ready
    if not rows:
        return None
    key = _key(grid, rows)
    upload = _sent_before(user, key) or _accept(grid, rows, user, key)
    _mark_sent(grid, rows, upload)
    return upload


def _mark_sent(grid: Grid, rows: list[GridRow], sent_in: BulkUpload) -> None:
    """Not those that have been changed again meanwhile."""
    places = {row.fila: (place, row.typed) for place, row in enumerate(rows, FIRST_ROW)}
    with transaction.atomic():
        BulkUpload.objects.select_for_update(of=("self",)).filter(pk=grid.upload.pk).first()
        sent = []
        for mended in MendedRow.objects.filter(upload=grid.upload, fila__in=places):
            mended.sent_row, typed = places[mended.fila]
            mended.sent_in = sent_in
            if mended.values == typed:
                sent.append(mended)
        MendedRow.objects.bulk_update(sent, ["sent_in", "sent_row"], batch_size=500)


def _accept(grid: Grid, rows: list[GridRow], user: AbstractBaseUser | AnonymousUser, key: str) -> BulkUpload:
    upload = grid.upload
    with tempfile.TemporaryFile(dir=settings.BULK_UPLOAD_TEMP_DIR) as content:
        _write(grid, rows, content)
        stem = clean_filename(upload.filename).rpartition(".")[0]
        file = UploadedFile(content, name=clean_filename(f"corregido_{stem}.xlsx"), size=content.tell())
        try:
            return accept_upload(
                file=file,
                sheet=grid.sheet,
                owner=upload.proveedor,
                user=user,
                reemplazar_duplicados=upload.reemplazar_duplicados,
                solo_validar=upload.operation == Operation.PLAN,
                idempotency_key=key,
                # Its headers are the sheet's own, whatever the mapping of the first upload says.
                mapping=SheetMapping(columnas={name: name for name in grid.columns}),
            )
        except RefusedUpload as refusal:
            # Sent at the same time: a workbook holds the time at which it was made.
            if refusal.code == "idempotency_key_reused" and (first := _sent_before(user, key)):
                return first
            raise


def _key(grid: Grid, rows: list[GridRow]) -> str:
    """What names these rows as they are now; what was sent and did not land may be sent again."""
    state = [(row.fila, sorted(row.typed.items()), str(row.mended and row.mended.sent_in_id)) for row in rows]
    return f"mend-{grid.upload.pk}-{hashlib.sha256(msgspec.json.encode(state)).hexdigest()}"


def _sent_before(user: AbstractBaseUser | AnonymousUser, key: str) -> BulkUpload | None:
    upload = BulkUpload.objects.filter(created_by=user.pk, idempotency_key=key).first()
    if upload:
        upload.repeated = True
    return upload


def _write(grid: Grid, rows: list[GridRow], target: IO[bytes]) -> None:
    """The rows' checked values under the sheet's own headers: they are read as they were understood."""
    places = [grid.sheet.index[name] for name in grid.columns]
    values = dict(zip(grid.checked.numbers, grid.checked.rows(), strict=True))
    with Workbook(target) as workbook, workbook.sheet(_("Filas corregidas"), [WIDTH] * (len(places) + 1)) as sheet:
        sheet.add([*map(text, grid.columns), text(origin_header(grid.rejected.origin))])
        for row in rows:
            cells: list[Cell | None] = [importable_cell(values[row.fila][place]) for place in places]
            original = row.rejected.original
            sheet.add([*cells, None if original is None else number(original)])
