"""Uploads that ended long ago, and the purge as an operator runs it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command

from bulk_upload.models import BulkUpload, PreparedFile, RowChange, RowError
from bulk_upload.tests.helpers.processes import environment
from medisupply.backends.database import database_now

UPLOAD_KINDS = (
    "archivos originales",
    "archivos preparados",
    "errores y advertencias de filas",
    "cambios de filas",
    "cargas",
    "mensajes muertos",
)
KINDS = (*UPLOAD_KINDS, "acciones en el admin", "sesiones vencidas", "planes", "archivos por revisar")
# No test waits between slices.
QUICK = {"BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS": 0}


def age(upload: BulkUpload, days: float, **changes: Any) -> BulkUpload:
    """The upload as if it had come and ended so many days ago."""
    moment = database_now() - timedelta(days=days)
    dates = dict.fromkeys(("created_at", "completed_at", "updated_at"), moment)
    BulkUpload.objects.filter(pk=upload.pk).update(**(dates | changes))
    upload.refresh_from_db()
    return upload


def purge(*arguments: str) -> dict[str, tuple[int, int]]:
    """What `manage.py purge_bulk_uploads` says that it removed: how many of each kind, and their bytes."""
    said = StringIO()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("purge_bulk_uploads", *arguments, stdout=said)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return removed(said.getvalue())


def removed(said: str) -> dict[str, tuple[int, int]]:
    """The lines of the report."""
    lines = (line.strip() for line in said.splitlines())
    found = {kind: line.removeprefix(f"{kind}: ").split() for line in lines for kind in KINDS if line.startswith(kind)}
    return {kind: (int(words[0]), int(words[1].removeprefix("("))) for kind, words in found.items()}


def counts(found: dict[str, tuple[int, int]]) -> tuple[int, ...]:
    """How many of each kind that belongs to uploads, in the order of `UPLOAD_KINDS`."""
    return tuple(found[kind][0] for kind in UPLOAD_KINDS)


def start_purge(*arguments: str, **variables: Any) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "purge_bulk_uploads", *arguments],
        env=environment(**{**QUICK, **variables}),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def with_rows(upload: BulkUpload, errors: int, changes: int = 0) -> BulkUpload:
    """Give an upload so many row errors (one in four a warning) and row changes."""
    RowError.objects.bulk_create(
        RowError(
            upload=upload,
            severity="error" if n % 4 else "warning",
            fila=2 + n // 2,
            columna="nombre",
            codigo="required_blank",
            params={"columna": "nombre"},
        )
        for n in range(errors)
    )
    RowChange.objects.bulk_create(
        RowChange(upload=upload, fila=2 + n, producto=f"PROD{n:05d}", cambios={"nombre": ["a", "b"]})
        for n in range(changes)
    )
    return upload


def kept(upload: BulkUpload) -> tuple[bool, int, int, int]:
    """Whether the upload is there, and how many row errors, changes and prepared files of it."""
    models = (RowError, RowChange, PreparedFile)
    return (
        BulkUpload.objects.filter(pk=upload.pk).exists(),
        *(model._default_manager.filter(upload_id=upload.pk).count() for model in models),
    )
