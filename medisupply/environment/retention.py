"""The variables that say how long what has ended is kept: see `manage.py purge_bulk_uploads`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from medisupply.environment.kinds import Whole
from medisupply.environment.variable import Section, Variable

# A hundred years: dates that are so much earlier still exist.
LONGEST_DAYS: Final = 36_500
DAYS: Final = Whole(0, LONGEST_DAYS)


class Retention(Section):
    title = "Conservación"
    note = (
        "Cuánto se conserva lo que terminó (`manage.py purge_bulk_uploads`), desde el fin de la carga; `0`: siempre. "
        "Lo que es de una carga se conserva a lo sumo lo que la carga."
    )

    BULK_UPLOAD_KEEP_UPLOADS_DAYS = Variable(DAYS, "730", "Una carga en el historial.", unit="días")
    BULK_UPLOAD_KEEP_FILES_DAYS = Variable(DAYS, "90", "Su archivo en el bucket.", unit="días")
    BULK_UPLOAD_KEEP_ERRORS_DAYS = Variable(DAYS, "90", "Los errores y advertencias de sus filas.", unit="días")
    BULK_UPLOAD_KEEP_CHANGES_DAYS = Variable(
        DAYS, "90", "Los valores anteriores y nuevos de las filas que cambió.", unit="días"
    )
    BULK_UPLOAD_KEEP_PLANS_DAYS = Variable(
        DAYS, "7", "Lo que haría un plan: mientras se conserva, se puede aplicar.", unit="días"
    )
    BULK_UPLOAD_KEEP_DRAFTS_DAYS = Variable(
        Whole(1, 30), "1", "Un archivo que alguien quiso revisar antes y no importó, desde que lo subió.", unit="días"
    )
    BULK_UPLOAD_KEEP_PREPARED_DAYS = Variable(
        DAYS, "7", "Un archivo que se hizo para descargarlo, desde que se hizo.", unit="días"
    )
    BULK_UPLOAD_KEEP_DEAD_LETTERS_DAYS = Variable(
        Whole(1, 14),
        "14",
        "Los mensajes muertos de cargas que terminaron; SQS no conserva ninguno más de 14 días.",
        unit="días",
    )
    BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS = Variable(
        DAYS, "730", "Lo que cada persona hizo en el admin y en la API, desde que lo hizo.", unit="días"
    )
    BULK_UPLOAD_PURGE_ROWS = Variable(Whole(1, 30_000), "5000", "Filas que se borran en una transacción.", unit="filas")
    BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS = Variable(
        Whole(0, 60_000), "100", "Pausa después de cada una.", unit="milisegundos"
    )


BELONGING: Final = (
    Retention.BULK_UPLOAD_KEEP_FILES_DAYS,
    Retention.BULK_UPLOAD_KEEP_ERRORS_DAYS,
    Retention.BULK_UPLOAD_KEEP_CHANGES_DAYS,
    Retention.BULK_UPLOAD_KEEP_PLANS_DAYS,
    Retention.BULK_UPLOAD_KEEP_PREPARED_DAYS,
)


def days_within(variable: Variable[int]) -> int:
    """The days of one of `BELONGING`; where it is not set, no more than those of the uploads."""
    days, uploads = variable.read(), Retention.BULK_UPLOAD_KEEP_UPLOADS_DAYS.read()
    return min(days, uploads) if uploads and not variable.is_set() else days


def kept_longer_than_the_upload() -> Iterator[str]:
    """A sentence for each of `BELONGING` that is to be kept longer than what it belongs to."""
    uploads = Retention.BULK_UPLOAD_KEEP_UPLOADS_DAYS.read()
    for variable in BELONGING:
        days = days_within(variable)
        if uploads and not 1 <= days <= uploads:
            yield (
                f"The environment variable {variable.name}={days} cannot be used: it must be a whole number from 1 to "
                f"{uploads} (as long as what it belongs to, BULK_UPLOAD_KEEP_UPLOADS_DAYS)."
            )


def drafts_kept_longer_than_files() -> Iterator[str]:
    """A sentence when the bucket itself would remove the file of a draft that still waits."""
    files, drafts = days_within(Retention.BULK_UPLOAD_KEEP_FILES_DAYS), Retention.BULK_UPLOAD_KEEP_DRAFTS_DAYS
    if files and drafts.read() > files:
        yield (
            f"The environment variable {drafts.name}={drafts.read()} cannot be used: it must be a whole number from 1 "
            f"to {files} (BULK_UPLOAD_KEEP_FILES_DAYS: the bucket removes files by that age)."
        )
