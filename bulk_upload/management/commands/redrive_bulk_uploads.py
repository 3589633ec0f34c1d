"""Bring uploads back that failed because of a fault that has passed."""

from __future__ import annotations

import uuid
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bulk_upload.models import BulkUpload
from bulk_upload.redrive import redrive


class Command(BaseCommand):
    help = (
        "Reintenta, desde su último punto de control, las cargas que fallaron por agotar sus intentos (o las que se "
        "nombren) y retira los mensajes muertos de las que se reintentan, ya siguieron o terminaron de otro modo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task_ids", nargs="*", type=_task_id, metavar="TASK_ID", help="tareas; por defecto, todas")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[uuid.UUID] = options["task_ids"]
        done = redrive(BulkUpload.objects.all(), wanted)
        for task_id in sorted(done.retried, key=str):
            self.stdout.write(f"{task_id} se reintenta")
        refused = [f"{upload.pk} no se reintenta: {why.sentence}" for upload, why in done.refused.items()]
        for line in refused if not wanted else ():
            self.stdout.write(line)
        if done.removed is None:
            raise CommandError("SQS no responde: los mensajes muertos se quedan; repita el comando cuando vuelva")
        self.stdout.write(f"{len(done.retried)} cargas reintentadas, {done.removed} mensajes muertos retirados")
        said = refused if wanted else []
        if strange := set(wanted) - done.retried - {upload.pk for upload in done.refused}:
            said.append(f"No están fallidas o no existen: {', '.join(sorted(map(str, strange)))}")
        if said:
            raise CommandError("\n".join(said))


def _task_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"«{text}» no es un identificador de tarea") from error
