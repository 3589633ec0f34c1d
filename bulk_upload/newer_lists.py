"""Whether a newer list has been imported since: an older one that went on would mix old values with new ones."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bulk_upload.models import BulkUpload, Operation, Status

CODE: Final = "newer_list_imported"
# A plan writes nothing. An undo is no list: retried, it keeps what was changed since.
LISTS: Final = (Operation.IMPORT, Operation.APPLY)


class Outdated(NamedTuple):
    """Why an upload does not go on: a code for programs, a sentence for people."""

    code: str
    sentence: str


def newer_list(upload: BulkUpload) -> Outdated | None:
    """Why the failed or cancelled `upload` may not be retried; `None` where no later list has changed anything."""
    if upload.operation not in LISTS or upload.status not in (Status.FAILED, Status.CANCELLED):
        return None
    same = {"proveedor_id": upload.proveedor_id, "sheet_name": upload.sheet_name, "operation__in": LISTS}
    newer = BulkUpload.objects.filter(Q(creados__gt=0) | Q(actualizados__gt=0), **same, number__gt=upload.number)
    found = newer.order_by("-number").values_list("filename", "created_at").first()
    if found is None:
        return None
    filename, received = found
    sentence = _(
        "Después de esta lista se importó «%(filename)s», recibida el %(date)s: si esta continuara, mezclaría valores "
        "viejos con los nuevos. Si la necesita, cárguela otra vez, primero como plan, para ver qué cambiaría."
    )
    date = date_format(localtime(received), "DATETIME_FORMAT")
    return Outdated(CODE, sentence % {"filename": filename, "date": date})
