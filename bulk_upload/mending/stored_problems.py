"""What the import has found wrong with rows, as far as it holds for what a person has typed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db.models import QuerySet

from bulk_upload.models import BulkUpload, MendedRow, RowError, Severity
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.declaration import Sheet

# Found while a file is read, but not when one of its rows is checked alone.
OF_THE_FILE: Final = frozenset(["duplicate_in_file", "extra_cells"])


class CellFault(NamedTuple):
    """What is wrong with a cell; `columna` is ``""`` where the row as a whole is meant."""

    columna: str
    codigo: str
    params: Params


Faults = dict[int, list[CellFault]]


def faults_of(upload: BulkUpload, last_row: int) -> Faults:
    """The errors of the upload's rows, up to `last_row`, that no correction has mended, by row."""
    return _by_row(upload.row_errors.filter(severity=Severity.ERROR, corregida=False, fila__lte=last_row))


def faults_of_sent(sent: Iterable[MendedRow]) -> Faults:
    """What was wrong with rows that were sent, by their rows of the upload that they are to correct."""
    rows = {(row.sent_in_id, row.sent_row): row.fila for row in sent}
    if not rows:
        return {}
    found = RowError.objects.filter(
        upload__in={upload for upload, _ in rows}, severity=Severity.ERROR, fila__in={fila for _, fila in rows}
    )
    faults: Faults = defaultdict(list)
    for upload, sent_row, *fault in found.order_by("fila", "pk").values_list("upload", "fila", *CellFault._fields):
        if fila := rows.get((upload, sent_row)):
            faults[fila].append(CellFault(*fault))
    return faults


def remaining(faults: Iterable[CellFault], changed: Iterable[str], sheet: Sheet) -> list[CellFault]:
    """Those that only an import can find, or the whole file shows, in cells that are as they were.

    One of the row as a whole ends with any change. The other ones are found again where they still are.
    """
    names = set(changed)
    checked_here = sheet.problem_codes - OF_THE_FILE
    return [
        fault
        for fault in faults
        if fault.codigo not in checked_here and (fault.columna not in names if fault.columna else not names)
    ]


def _by_row(errors: QuerySet[RowError]) -> Faults:
    faults: Faults = defaultdict(list)
    for fila, *fault in errors.order_by("fila", "pk").values_list("fila", *CellFault._fields):
        faults[fila].append(CellFault(*fault))
    return faults
