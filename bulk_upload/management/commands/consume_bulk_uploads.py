"""The worker's command line."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from structlog.stdlib import get_logger

from bulk_upload.consuming.worker import Worker
from medisupply.backends import pooler

log = get_logger(__name__)


class Command(BaseCommand):
    # Only what a worker needs: checking the addresses would load the whole REST API, 25 MB that it never uses.
    requires_system_checks = [Tags.compatibility]
    help = "Importa las cargas masivas de la cola, una tras otra, hasta recibir SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="atiende un solo mensaje (o una espera) y termina")
        parser.add_argument("--max-messages", type=int, metavar="N", help="termina después de N mensajes")
        parser.add_argument(
            "--wait",
            type=int,
            metavar="SECONDS",
            choices=range(21),
            default=settings.BULK_UPLOAD_WAIT_SECONDS,
            help="segundos de cada espera en la cola (0 a 20)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A database that is away is no reason to leave: the worker waits for it.
        with suppress(DatabaseError):
            if problem := pooler.pooler_problem():
                raise CommandError(f"{problem} {pooler.HINT}")
        if settings.METRICS_PORT:
            # Elsewhere they would only cost the worker memory and time at its start.
            from medisupply.metrics import worker_server

            worker_server.start()
        # An import makes millions of short-lived values and no cycles: look for those rarely, and not among
        # what was loaded at the start.
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)
        worker = Worker(wait_seconds=options["wait"])
        worker.install_signals()
        worker.answer_previews()
        try:
            worker.run(max_messages=options["max_messages"], once=options["once"])
        except Exception:
            log.critical("This worker leaves, since something unforeseen happened outside any attempt", exc_info=True)
            sys.exit(1)
        if worker.exit_status:
            sys.exit(worker.exit_status)
