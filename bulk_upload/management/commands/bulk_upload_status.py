"""The state of one upload, or of the whole system, in the terminal."""

from __future__ import annotations

import sys
import time
import uuid
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bulk_upload import operations
from bulk_upload.consuming.workload import oldest_waiting_seconds
from bulk_upload.models import BulkUpload, Status
from bulk_upload.wording import text_of

# Seconds between two looks of `--follow`.
LOOK_SECONDS: Final = 0.5


class Command(BaseCommand):
    help = (
        "Muestra el estado de una carga, o, sin identificador, de todo: trabajadores, cola, cargas de hoy y las que "
        "fallan. Sale con 0 si la carga terminó bien o sigue, con 1 si falló o se canceló."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task_id", nargs="?", metavar="TASK_ID", help="tarea; por defecto, el sistema entero")
        parser.add_argument("--follow", action="store_true", help="sigue la carga, con una barra, hasta que termine")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast(IO[str], self.stdout), highlight=False)
        with translation.override(settings.LANGUAGE_CODE):
            if not options["task_id"]:
                if options["follow"]:
                    raise CommandError("--follow necesita el identificador de una tarea")
                console.print(*_system(), sep="\n")
                return
            upload = _upload(options["task_id"])
            if options["follow"]:
                _follow(upload, console)
            console.print(_line(upload))
        if upload.status in (Status.FAILED, Status.CANCELLED):
            sys.exit(1)


def _upload(task_id: str) -> BulkUpload:
    try:
        found = BulkUpload.objects.filter(pk=uuid.UUID(task_id)).first()
    except ValueError as error:
        raise CommandError(f"«{task_id}» no es un identificador de tarea") from error
    if found is None:
        raise CommandError(f"No hay una carga {task_id}")
    return found


def _follow(upload: BulkUpload, console: Console) -> None:
    """Show a bar until the upload has ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        bar = progress.add_task(escape(upload.filename), total=None)
        while True:
            progress.update(bar, total=upload.total or None, completed=upload.procesados)
            if upload.is_final:
                return
            time.sleep(LOOK_SECONDS)
            upload.refresh_from_db()


def _line(upload: BulkUpload) -> str:
    text = (
        f"{upload.pk} · {escape(upload.filename)} · {upload.proveedor_id or '–'}"
        f" · [bold]{upload.get_status_display()}[/bold]"
        f" · {upload.procesados} de {upload.total} filas, {upload.rechazados} rechazadas · intento {upload.attempts}"
    )
    if upload.error_code:
        text += f"\n{escape(text_of(upload.error_code, upload.error_params, settings.LANGUAGE_CODE))}"
    return text


def _system() -> list[str | Table]:
    everything = BulkUpload.objects.all()
    queue, day, waiting = operations.queue_figures(), operations.today(everything), oldest_waiting_seconds()
    by_state = ", ".join(f"{count} {str(status.label).lower()}" for status, count in day.uploads.items() if count)
    return [
        _workers(operations.workers(everything)),
        f"Cola: {_known(queue.messages)} mensajes, {_known(queue.dead_letters)} muertos",
        f"La que más espera: {'ninguna' if waiting is None else f'{waiting} s'}",
        f"Hoy: {day.total} cargas ({by_state or 'ninguna'}), {day.rows} filas, {day.rejected} rechazadas",
        *(["Fallan o se reintentan:", *map(_line, failing)] if (failing := operations.failing(everything)) else []),
    ]


def _workers(workers: list[operations.Worker]) -> Table:
    table = Table("Trabajador", "Desde", "Qué hace", title="Trabajadores" if workers else "No hay trabajadores")
    for worker in workers:
        does = "espera" if worker.upload is None else f"{worker.upload.filename} ({worker.upload.pk})"
        said = does if worker.is_alive else f"no da señales desde {worker.seen_at:%H:%M:%S}"
        table.add_row(escape(worker.name), f"{worker.started_at:%Y-%m-%d %H:%M}", escape(said))
    return table


def _known(figure: int | None) -> str:
    return "?" if figure is None else str(figure)
