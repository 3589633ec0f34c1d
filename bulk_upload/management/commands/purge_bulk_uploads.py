"""Remove what is past its age: see `bulk_upload.purging` and the settings `BULK_UPLOAD_KEEP_…`."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any, Final

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bulk_upload.purging.pace import Pace
from bulk_upload.purging.purge import preview, purge
from bulk_upload.purging.repetition import Repetition
from bulk_upload.purging.report import Report
from medisupply.backends.database import DATABASE_AWAY

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# What a service that is away means for this purge.
AWAY: Final = {
    "S3": "los archivos que faltan, y las cargas a las que pertenecen, se borran la próxima vez; en la base de datos "
    "lo demás sí se borró.",
    "SQS": "los mensajes muertos se borran la próxima vez; lo de la base de datos sí se borró.",
}
AWAY_IN_PREVIEW: Final = "los mensajes muertos no se contaron; nada se borró."


class Command(BaseCommand):
    # As of the worker: checking the addresses would load the whole REST API.
    requires_system_checks = [Tags.compatibility]
    help = (
        "Borra lo que ya no debe conservarse de las cargas terminadas: archivos, errores y cambios de filas, cargas y "
        "mensajes muertos; también las acciones en el admin y las sesiones vencidas. Cada cosa a la edad que dicen las "
        "variables BULK_UPLOAD_KEEP_…_DAYS. Se puede repetir e interrumpir a cualquier hora. Sale con 1 si S3, SQS o "
        "la base de datos no responde."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dice lo que se borraría y no borra nada")
        parser.add_argument(
            "--every", type=_duration, metavar="TIEMPO", help="lo repite cada tanto (24h, 90m) hasta recibir SIGTERM"
        )

    def handle(self, *args: Any, dry_run: bool, every: timedelta | None, **options: Any) -> None:
        if dry_run:
            if every:
                raise CommandError("--dry-run y --every no van juntos.")
            self._preview()
            return
        repetition = Repetition(every or timedelta())
        repetition.install_signals()
        if every:
            repetition.run(lambda: self._purge_in_words(repetition))
        else:
            with repetition.busy():
                self._purge(repetition)

    def _purge_in_words(self, repetition: Repetition) -> bool:
        """Purge; a fault is a line, not the end. Returns whether there was none."""
        try:
            self._purge(repetition)
        except CommandError as error:
            self.stderr.write(str(error))
            return False
        return True

    def _purge(self, repetition: Repetition) -> None:
        report = Report()
        try:
            purge(report, Pace(lambda: repetition.is_stopping))
        except DATABASE_AWAY as error:
            self._write("Se borró:", report)
            raise _database_away(error, "lo que falta se borra la próxima vez.") from error
        self._write("Se borró:", report)
        if report.is_stopped:
            self.stdout.write("Se detuvo antes de terminar: lo que falta se borra la próxima vez.")
        self._refuse_if_away(report, AWAY)

    def _preview(self) -> None:
        report = Report()
        try:
            preview(report)
        except DATABASE_AWAY as error:
            raise _database_away(error, "nada se borró.") from error
        self._write("Se borraría:", report)
        self._refuse_if_away(report, {"SQS": AWAY_IN_PREVIEW})

    def _write(self, head: str, report: Report) -> None:
        self.stdout.write(head)
        for kind, removed in report.removed.items():
            self.stdout.write(f"  {kind.value}: {removed.count} ({removed.size} bytes)")
        self.stdout.flush()

    def _refuse_if_away(self, report: Report, meaning: dict[str, str]) -> None:
        if report.away:
            raise CommandError(
                "\n".join(f"{name} no responde ({error}): {meaning[name]}" for name, error in report.away.items())
            )


def _database_away(error: Exception, meaning: str) -> CommandError:
    return CommandError(f"La base de datos no responde ({error}): {meaning}")


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})([smhd])", text, re.ASCII)
    if not match or not int(match[1]):
        raise ArgumentTypeError(f"«{text}» no es un tiempo: escriba un número y su unidad (s, m, h, d), como 24h")
    return timedelta(**{UNITS[match[2]]: int(match[1])})
