"""Who may do what: everything of others is 404, everything that is forbidden is 403 in words."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request

from bulk_upload.imports import SheetImport, registry
from bulk_upload.models import BulkUpload
from bulk_upload.owners import ADD_UPLOADS, may_act_for, may_import, owners, owners_for

UNKNOWN_TASK: Final = _(
    "No hay una carga con ese «task_id» para su usuario: revise que sea el que llegó al enviar el archivo, y "
    "que el token sea del mismo proveedor."
)
KEPT: Final = _("Las cargas se conservan %(days)s días después de terminar.")

ACTS_FOR_NOBODY: Final = _(
    "Su usuario no actúa por ningún proveedor activo, o le falta el permiso: pida a MediSupply que lo revise."
)


def key_of(task_id: str) -> uuid.UUID:
    """The task's id, or 404 for what is none."""
    try:
        return uuid.UUID(task_id)
    except ValueError as error:
        raise unknown_task() from error


def unknown_task() -> NotFound:
    """The answer about a task that is not there, or is another supplier's: which of the two is not said."""
    days = settings.BULK_UPLOAD_KEEP_UPLOADS_DAYS
    return NotFound(f"{UNKNOWN_TASK} {KEPT % {'days': days}}" if days else UNKNOWN_TASK)


def visible(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may see it."""
    upload = BulkUpload.objects.for_user(request.user).filter(pk=key_of(task_id)).first()
    if upload is None:
        raise unknown_task()
    return upload


def changeable(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may see it and may upload for its supplier."""
    upload = visible(request, task_id)
    if not may_act_for(request.user, upload):
        raise PermissionDenied
    return upload


def owner_for(request: Request, declared: type[SheetImport], code: str | None) -> Model | None:
    """For whom the user sends a sheet: a supplier, or nobody where the sheet is nobody's own."""
    if declared.is_owned:
        supplier: Model = supplier_for(request, code)
        return supplier
    if not may_import(request.user, declared):
        message = _("Su usuario no puede cargar la hoja «%(name)s»: pídalo al personal de MediSupply.")
        raise PermissionDenied(message % {"name": declared.sheet.name})
    return None


def requested_import(request: Request) -> type[SheetImport]:
    """The declared sheet that the address names as ``hoja``; the first one where it names none."""
    name = request.query_params.get("hoja") or next(iter(registry.imports))
    if name not in registry.imports:
        raise ValidationError({"hoja": [_("La hoja «%(name)s» no existe.") % {"name": name}]}, code="unknown_sheet")
    return registry.get(name)


def supplier_for(request: Request, code: str | None, permission: str = ADD_UPLOADS) -> Any:
    """The active supplier that the user acts for with `permission`: the one named, or its only one."""
    allowed = owners_for(request.user, permission)
    if not code:
        own = list(allowed[:2])
        if not own:
            raise PermissionDenied(ACTS_FOR_NOBODY)
        if len(own) != 1:
            raise ValidationError({"proveedor_id": [_("Indique el proveedor (proveedor_id).")]}, code="required")
        supplier = own[0]
    else:
        supplier = _named(code)
        if not allowed.filter(pk=supplier.pk).exists():
            raise PermissionDenied(_("No puede actuar por el proveedor «%(code)s».") % {"code": supplier.pk})
    if not supplier.activo:
        raise PermissionDenied(_("El proveedor «%(code)s» está inactivo.") % {"code": supplier.pk})
    return supplier


def _named(code: str) -> Any:
    supplier = owners().filter(pk=code).first()
    if supplier is None:
        message = _("El proveedor «%(code)s» no existe.") % {"code": code}
        raise ValidationError({"proveedor_id": [message]}, code="unknown_supplier")
    return supplier
