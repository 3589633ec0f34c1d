"""What the admin's history says about a change: stored as a code and worded when somebody reads it.

Django stores its own messages untranslated, too, but looks the names of fields up as forms show them, with a capital
letter: no catalogue has those.
"""

from __future__ import annotations

import json
from typing import Any, Final

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

ACTIONS: Final[dict[str, StrPromise]] = {
    "uploaded": _("Archivo cargado."),
    "uploaded_again": _("Archivo cargado otra vez, reemplazando duplicados."),
    "mended": _("Filas corregidas en la página y enviadas."),
    "cancelled": _("Carga cancelada."),
    "retried": _("Carga puesta de nuevo en la cola."),
    "planned": _("Archivo enviado para ver qué cambiaría."),
    "plan_applied": _("Plan aplicado."),
    "applies_plan": _("Aplicación de un plan."),
    "undone": _("Se pidió deshacer esta carga."),
    "undo": _("Se pidió deshacer otra carga."),
    "merged": _("Unida con %(names)s"),
}

Message = list[dict[str, Any]]


def message(code: str, **params: str) -> Message:
    """What `log_addition` and `log_change` are given: a code of `ACTIONS`, and the values of its text."""
    return [{"action": {"code": code, "params": params}}]


def log_addition(user: Any, obj: Model, change: Message) -> None:
    """Record that something was made, wherever that was asked for."""
    LogEntry.objects.log_actions(user.pk, [obj], ADDITION, change, single_object=True)


def log_change(user: Any, obj: Model, change: Message) -> None:
    """Record a change that was not made in the admin."""
    LogEntry.objects.log_actions(user.pk, [obj], CHANGE, change, single_object=True)


def in_words(entry: LogEntry) -> str:
    """The entry's message in the reader's language."""
    try:
        changes = json.loads(entry.change_message)
    except ValueError:
        # Earlier releases stored the sentence itself, in the language of the person who acted.
        return gettext(entry.change_message) if entry.change_message else ""
    if not isinstance(changes, list) or not all(isinstance(change, dict) for change in changes):
        return str(entry.change_message)
    return " ".join(_worded(change) for change in changes) or gettext("Sin cambios.")


def _worded(change: dict[str, Any]) -> str:
    if action := change.get("action"):
        code = str(action["code"])
        return str(ACTIONS[code]) % action["params"] if code in ACTIONS else code
    if changed := change.get("changed"):
        changed["fields"] = [_field(name) for name in changed["fields"]]
    return str(LogEntry(change_message=json.dumps([change])).get_change_message())


def _field(label: str) -> str:
    """The label of a form's field, which is the field's name with a capital letter."""
    known = gettext(label) if label else ""
    return known if known != label else capfirst(gettext(label[:1].lower() + label[1:])) if label else ""
