"""What a row's history says, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from bulk_upload.history.events import Event, Source
from bulk_upload.models import EditAction

BY_A_FILE: Final[dict[EditAction, StrPromise]] = {
    EditAction.CREATED: gettext_lazy("Lo creó el archivo «%(file)s»"),
    EditAction.CHANGED: gettext_lazy("Lo cambió el archivo «%(file)s»"),
}
BY_AN_UNDO: Final[dict[EditAction, StrPromise]] = {
    EditAction.CHANGED: gettext_lazy("Volvió a su valor anterior al deshacer la carga de «%(file)s»"),
    EditAction.REMOVED: gettext_lazy("Se quitó al deshacer la carga de «%(file)s»"),
}
BY_A_PERSON: Final[dict[EditAction, StrPromise]] = {
    EditAction.CREATED: gettext_lazy("Creado"),
    EditAction.CHANGED: gettext_lazy("Cambiado"),
    EditAction.REMOVED: gettext_lazy("Borrado"),
}
WHERE: Final[dict[Source, StrPromise]] = {
    Source.ADMIN: gettext_lazy("en la administración"),
    Source.API: gettext_lazy("por la API"),
    Source.SYSTEM: gettext_lazy("por el sistema"),
}


def sentence(event: Event) -> str:
    """Who or what it was: a file with its row and the person who uploaded it, or a person."""
    if event.source == Source.UNKNOWN:
        return _("Creado; no se guardó de dónde salió")
    if event.task_id is None:
        parts = [f"{BY_A_PERSON[event.action]} {WHERE[event.source]}"]
        return (
            _("%(what)s, por %(person)s") % {"what": parts[0], "person": event.username} if event.username else parts[0]
        )
    if event.upload is None:
        return _("Lo creó una carga que ya no se conserva (%(upload)s)") % {"upload": event.task_id}
    texts = BY_AN_UNDO if event.source == Source.UNDO else BY_A_FILE
    parts = [str(texts[event.action]) % {"file": event.upload.filename}]
    if event.fila:
        parts.append(_("fila %(row)s") % {"row": event.fila})
    else:
        parts.append(_("fila que ya no se conserva"))
    if event.username:
        by = _("deshecha por %(person)s") if event.source == Source.UNDO else _("subido por %(person)s")
        parts.append(by % {"person": event.username})
    return ", ".join(parts)
