"""Bring uploads back that failed because of a fault that has passed."""

from __future__ import annotations

import uuid
from argparse import ArgumentTypeError
from collections.abc import Collection
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bulk_upload import queue
from bulk_upload.intake import retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.models.retention import NOTHING_PURGED

EXHAUSTED: Final = "attempts_exhausted"


class Command(BaseCommand):
    help = (
        "Reintenta, desde su último punto de control, las cargas que fallaron por agotar sus intentos (o las que se "
        "nombren) y retira los mensajes muertos de las que se reintentan, ya siguieron o terminaron de otro modo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task_ids", nargs="*", type=_task_id, metavar="TASK_ID", help="tareas; por defecto, todas")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[uuid.UUID] = options["task_ids"]
        uploads = BulkUpload.objects.filter(status=Status.FAILED).order_by("number")
        uploads = uploads.filter(pk__in=wanted) if wanted else uploads.filter(error_code=EXHAUSTED)
        retried = {upload.pk for upload in uploads if retry_upload(upload)}
        for task_id in sorted(retried, key=str):
            self.stdout.write(f"{task_id} se reintenta")
        try:
            removed = queue.remove_dead_letters(_settled)
        except queue.QueueFault as error:
            raise CommandError(f"SQS no responde: {error}") from error
        self.stdout.write(f"{len(retried)} cargas reintentadas, {removed} mensajes muertos retirados")
        refused = set(wanted) - retried
        purged = set(BulkUpload.objects.filter(pk__in=refused).exclude(NOTHING_PURGED).values_list("pk", flat=True))
        reasons = {
            "No están fallidas o no existen": refused - purged,
            "No pueden reintentarse, pues su archivo o sus filas ya no se conservan": purged,
        }
        said = [f"{reason}: {', '.join(sorted(map(str, found)))}" for reason, found in reasons.items() if found]
        if said:
            raise CommandError("\n".join(said))


def _settled(task_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those that are on their way again, have ended otherwise, or cannot come back because something of them is gone.

    Unknown ones are not: their dead letters stay.
    """
    known = BulkUpload.objects.filter(pk__in=task_ids)
    return set(known.exclude(NOTHING_PURGED, status=Status.FAILED, error_code=EXHAUSTED).values_list("pk", flat=True))


def _task_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"«{text}» no es un identificador de tarea") from error
