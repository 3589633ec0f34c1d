"""Compare database, bucket, queues and cache, and mend what can be mended."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser

from bulk_upload.consistency.check import check
from bulk_upload.consistency.differences import Scope
from bulk_upload.consistency.report import LINES, Report


class Command(BaseCommand):
    requires_system_checks = [Tags.compatibility]
    help = (
        "Compara la base de datos, el bucket, las colas y la caché, y dice en palabras qué no concuerda. Sale con 0 si "
        "todo concuerda o se reparó, con 1 si algo difiere y con 2 si algo no se pudo mirar."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="repara lo que se puede; se puede repetir")
        parser.add_argument("--deep", action="store_true", help="lee cada archivo y compara su SHA-256")
        parser.add_argument("--days", type=_days, metavar="N", help="solo cargas y archivos de los últimos N días")
        parser.add_argument("--all", action="store_true", help=f"lista todo, no {LINES} líneas de cada clase")

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report(self._say, repair=options["repair"], lines=None if options["all"] else LINES)
        check(Scope(days=options["days"], deep=options["deep"]), report)
        report.end()
        if report.status:
            sys.exit(int(report.status))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"«{text}» no es un número de días: escriba 1 o más")
    return int(text)
