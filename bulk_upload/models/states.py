"""States of uploads, and the values that an import passes to its upload."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, overload

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Entries that each list of a result shows.
LISTED: Final = 1000


class ClaimLost(Exception):
    """The upload's state is no longer what a write needs: another worker holds it, or it has ended.

    Who gets this must write nothing more.
    """


@dataclass(slots=True)
class Tally:
    """The outcome of a chunk: rows by outcome, and the keys of the rows that it created or changed."""

    creados: int = 0
    actualizados: int = 0
    sin_cambios: int = 0
    rechazados: int = 0
    duplicados: int = 0
    categorias_creadas: int = 0
    cambios_grandes_de_precio: int = 0
    eliminados: int = 0
    creado_al_paso: list[str] = field(default_factory=list)
    productos_creados: list[str] = field(default_factory=list)
    productos_actualizados: list[str] = field(default_factory=list)


class Status(models.TextChoices):
    PENDING = "pending", _("En espera")
    PROCESSING = "processing", _("En proceso")
    COMPLETED = "completed", _("Completada")
    FAILED = "failed", _("Fallida")
    CANCELLED = "cancelled", _("Cancelada")


class Operation(models.TextChoices):
    """What is done with the rows. A plan writes none of them; it may be applied, once, as an upload of its own.

    An undo has no file: it takes back what another upload did.
    """

    IMPORT = "import", _("Importación")
    PLAN = "plan", _("Plan")
    APPLY = "apply", _("Aplicación de un plan")
    UNDO = "undo", _("Deshacer")


FINAL: Final = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


class FileFormat(models.TextChoices):
    """What is accepted: its name in keys of the store, and what people call it."""

    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
    XLS = "xls", "Excel 97-2003"
    XLSB = "xlsb", "Excel (.xlsb)"
    ODS = "ods", "OpenDocument"
    ZIP = "zip", "ZIP"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self]


# Which encoding a CSV has is for its owner to know.
CONTENT_TYPES: Final[dict[str, str]] = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv",
    FileFormat.XLS: "application/vnd.ms-excel",
    FileFormat.XLSB: "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    FileFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileFormat.ZIP: "application/zip",
}


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Advertencia")


def lease() -> timedelta:
    """How long a claim lasts unless it is renewed."""
    return timedelta(seconds=settings.BULK_UPLOAD_LEASE_SECONDS)


@overload
def iso_utc(moment: datetime) -> str: ...


@overload
def iso_utc(moment: datetime | None) -> str | None: ...


def iso_utc(moment: datetime | None) -> str | None:
    """A moment as the API writes it: ISO 8601 in UTC with ``Z``, to the second's thousandth."""
    if moment is None:
        return None
    return (
        moment.astimezone(tz=timezone.get_fixed_timezone(0)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
