"""Bring uploads back that failed because of a fault that has passed."""

from __future__ import annotations

import uuid
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bulk_upload import queue
from bulk_upload.intake import retry_upload
from bulk_upload.models import BulkUpload, Status


class Command(BaseCommand):
    help = (
        "Reintenta, desde su último punto de control, las cargas que fallaron por agotar sus intentos (o las que se "
        "nombren) y vacía la cola de mensajes muertos de las que reintenta."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task_ids", nargs="*", type=_task_id, metavar="TASK_ID", help="tareas; por defecto, todas")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[uuid.UUID] = options["task_ids"]
        uploads = BulkUpload.objects.filter(status=Status.FAILED).order_by("number")
        uploads = uploads.filter(pk__in=wanted) if wanted else uploads.filter(error_code="attempts_exhausted")
        retried = {upload.pk for upload in uploads if retry_upload(upload)}
        for task_id in sorted(retried, key=str):
            self.stdout.write(f"{task_id} se reintenta")
        try:
            removed = queue.remove_dead_letters(retried)
        except queue.QueueFault as error:
            raise CommandError(f"SQS no responde: {error}") from error
        self.stdout.write(f"{len(retried)} cargas reintentadas, {removed} mensajes muertos retirados")
        missing = sorted(str(task_id) for task_id in set(wanted) - retried)
        if missing:
            raise CommandError(f"No están fallidas o no existen: {', '.join(missing)}")


def _task_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"«{text}» no es un identificador de tarea") from error
