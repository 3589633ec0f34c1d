"""What the progress page's script says, in the reader's language; ``{…}`` is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bulk_upload.models import BulkUpload, Operation


def texts_of(upload: BulkUpload) -> dict[str, str]:
    """Those that fit what is done with the rows."""
    return {Operation.UNDO: undo_texts, Operation.PLAN: plan_texts}.get(Operation(upload.operation), progress_texts)()


def undo_texts() -> dict[str, str]:
    """Of an undo."""
    return progress_texts() | {
        "partial": _("Deshecha en parte"),
        "nothing": _("Nada se deshizo"),
        "reading": _("Mirando lo que hizo la carga…"),
        "percent": _("{percent} % deshecho: {done} de {total} filas"),
        "offline": _("Sin conexión con el servidor: se reintenta en {time}. La carga se sigue deshaciendo."),
    }


def progress_texts() -> dict[str, str]:
    return {
        "pending": _("En espera"),
        "processing": _("En proceso"),
        "completed": _("Completada"),
        "partial": _("Completada con errores"),
        "nothing": _("Ninguna fila importada"),
        "failed": _("Fallida"),
        "cancelled": _("Cancelada"),
        "planned": _("Plan: nada se importó"),
        "stopped": _("Detenida por el control de cambios"),
        "rows": _("{done} de {total} filas"),
        "reading": _("Leyendo el archivo…"),
        "waiting": _("Esperando su turno…"),
        "percent": _("{percent} % importado: {done} de {total} filas"),
        "ended": _("La carga terminó: {state}. Se abre el resultado."),
        "perSecond": _("{rate} filas por segundo"),
        "seconds": _("{n} s"),
        "minutes": _("{n} min {s} s"),
        "hours": _("{n} h {m} min"),
        "unknown": _("calculando…"),
        "ago": _("hace {time}"),
        "now": _("ahora mismo"),
        "offline": _("Sin conexión con el servidor: se reintenta en {time}. La importación sigue su curso."),
        "signedOut": _("Su sesión terminó: recargue la página para seguir el progreso."),
        "stalled": _(
            "El proceso de importación no da señales desde las {since}; otro lo retomará antes de las {until}."
        ),
        "abandoned": _(
            "El proceso de importación no da señales desde las {since} y ningún otro lo ha retomado: avise a "
            "operaciones. Lo importado se conserva."
        ),
        "longWait": _("Ningún proceso de importación ha tomado la carga todavía: espera desde las {since}."),
    }


def plan_texts() -> dict[str, str]:
    """Of a plan."""
    return progress_texts() | {
        "processing": _("Planificando"),
        "percent": _("{percent} % visto: {done} de {total} filas"),
        "offline": _("Sin conexión con el servidor: se reintenta en {time}. El plan se sigue haciendo."),
    }
