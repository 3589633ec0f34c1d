"""The REST door of bulk uploads."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from bulk_upload import progress, serializers, snapshots
from bulk_upload.intake import MULTIPART_OVERHEAD, accept_upload, cancel_upload, retry_upload, too_large
from bulk_upload.models import BulkUpload
from catalog.models import Supplier

# Seconds after which a client should ask again.
POLL_SECONDS = "1"


class BulkUploadViewSet(ViewSet):
    """Send a catalogue, and ask how its import goes."""

    parser_classes = [MultiPartParser, FormParser]

    def create(self, request: Request) -> Response:
        """Accept a file: 202 with the task's id and the address of its state."""
        _check_length(request)
        options = serializers.UploadOptions(data={**_form(request), **request.query_params.dict()})
        options.is_valid(raise_exception=True)
        supplier = _supplier(request, options.validated_data.get("proveedor_id"))
        upload = accept_upload(
            file=request.FILES.get("file"),
            supplier=supplier,
            user=request.user,
            reemplazar_duplicados=options.validated_data["reemplazar_duplicados"],
        )
        body = serializers.accepted(upload, _("Archivo recibido y encolado para procesamiento"))
        headers = {"Location": body["status_url"], "Retry-After": POLL_SECONDS}
        return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)

    def cancel(self, request: Request, task_id: str) -> Response:
        """End an upload that has not ended: 202; 409 when it had. Rows already imported stay."""
        upload = _changeable(request, task_id)
        if not cancel_upload(upload):
            raise Conflict(_("La carga ya terminó: no hay nada que cancelar."), code="already_ended")
        body = serializers.accepted(upload, _("Carga cancelada: lo ya importado se conserva"))
        return Response(body, status=status.HTTP_202_ACCEPTED)

    def retry(self, request: Request, task_id: str) -> Response:
        """Let a failed or cancelled upload go on from where it stopped: 202; 409 in any other state."""
        upload = _changeable(request, task_id)
        if not retry_upload(upload):
            raise Conflict(_("Solo una carga fallida o cancelada puede reintentarse."), code="not_retryable")
        body = serializers.accepted(upload, _("Carga encolada de nuevo: continúa donde quedó"))
        headers = {"Location": body["status_url"], "Retry-After": POLL_SECONDS}
        return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)

    def retrieve(self, request: Request, task_id: str) -> Response:
        """The state of one upload; anything of others is 404."""
        key = _key(task_id)
        snapshot = progress.get(key)
        if snapshot is None:
            upload = BulkUpload.objects.for_user(request.user).filter(pk=key).first()
            if upload is None:
                raise Http404
            snapshot = snapshots.of(upload)
            progress.put(snapshot)
        elif not _may_see(request, snapshot["proveedor_id"]):
            raise Http404
        response = Response(serializers.status(snapshot, get_language() or settings.LANGUAGE_CODE))
        if snapshot["completed_at"] is None:
            response["Retry-After"] = POLL_SECONDS
        return response


class Conflict(APIException):
    """What was asked for does not fit the upload's state."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def _key(task_id: str) -> uuid.UUID:
    try:
        return uuid.UUID(task_id)
    except ValueError as error:
        raise Http404 from error


def _changeable(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may see it and may upload for its supplier."""
    upload = BulkUpload.objects.for_user(request.user).filter(pk=_key(task_id)).first()
    if upload is None:
        raise Http404
    if (
        not Supplier.objects.for_user(request.user, "bulk_upload.add_bulkupload")
        .filter(pk=upload.proveedor_id)
        .exists()
    ):
        raise PermissionDenied
    return upload


def _form(request: Request) -> dict[str, Any]:
    """The request's form fields, without its files."""
    return request.data.dict() if isinstance(request.data, QueryDict) else {}


def _check_length(request: Request) -> None:
    """Refuse what is certainly too large before a byte of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.BULK_UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD:
        raise too_large()


def _may_see(request: Request, supplier: str) -> bool:
    suppliers = Supplier.objects.for_user(request.user, "bulk_upload.view_bulkupload")
    return suppliers.filter(pk=supplier).exists()


def _supplier(request: Request, code: str | None) -> Supplier:
    """The supplier that the upload is for: the one named, or the only one of the user."""
    allowed = Supplier.objects.for_user(request.user, "bulk_upload.add_bulkupload")
    if not code:
        own = list(allowed[:2])
        if len(own) != 1:
            raise ValidationError({"proveedor_id": [_("Indique el proveedor (proveedor_id).")]}, code="required")
        return own[0]
    supplier = Supplier.objects.filter(pk=code).first()
    if supplier is None:
        message = _("El proveedor «%(code)s» no existe.") % {"code": code}
        raise ValidationError({"proveedor_id": [message]}, code="unknown_supplier")
    if not allowed.filter(pk=code).exists():
        raise PermissionDenied(_("No puede subir archivos para el proveedor «%(code)s».") % {"code": code})
    if not supplier.activo:
        raise PermissionDenied(_("El proveedor «%(code)s» está inactivo.") % {"code": code})
    return supplier
