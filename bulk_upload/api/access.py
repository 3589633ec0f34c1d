"""Who may do what: everything of others is 404, everything that is forbidden is 403 in words."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request

from bulk_upload.models import BulkUpload
from catalog.models import Supplier

VIEW = "bulk_upload.view_bulkupload"
ADD = "bulk_upload.add_bulkupload"


def key_of(task_id: str) -> uuid.UUID:
    """The task's id, or 404 for what is none."""
    try:
        return uuid.UUID(task_id)
    except ValueError as error:
        raise unknown_task() from error


def unknown_task() -> NotFound:
    """The answer about a task that is not there, or is another supplier's: which of the two is not said."""
    return NotFound(
        _(
            "No hay una carga con ese «task_id» para su usuario: revise que sea el que llegó al enviar el archivo, y "
            "que el token sea del mismo proveedor."
        )
    )


def visible(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may see it."""
    upload = BulkUpload.objects.for_user(request.user).filter(pk=key_of(task_id)).first()
    if upload is None:
        raise unknown_task()
    return upload


def changeable(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may see it and may upload for its supplier."""
    upload = visible(request, task_id)
    if not Supplier.objects.for_user(request.user, ADD).filter(pk=upload.proveedor_id).exists():
        raise PermissionDenied
    return upload


def supplier_for(request: Request, code: str | None, permission: str = ADD) -> Supplier:
    """The active supplier that the user acts for with `permission`: the one named, or its only one."""
    allowed = Supplier.objects.for_user(request.user, permission)
    if not code:
        own = list(allowed[:2])
        if not own:
            raise PermissionDenied
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


def _named(code: str) -> Supplier:
    supplier = Supplier.objects.filter(pk=code).first()
    if supplier is None:
        message = _("El proveedor «%(code)s» no existe.") % {"code": code}
        raise ValidationError({"proveedor_id": [message]}, code="unknown_supplier")
    return supplier
