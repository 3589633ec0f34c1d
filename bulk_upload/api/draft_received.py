"""The answer about a file that waits to be looked at."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from rest_framework.fields import CharField, ChoiceField, DateTimeField, UUIDField
from rest_framework.response import Response

from bulk_upload.api import addresses
from bulk_upload.models import UploadDraft, iso_utc
from medisupply.api.rendering import Rendered

RECEIVED: Final = _("Archivo recibido: espera su revisión y no se importa hasta que lo inicie")
# After which a client should ask for the preview.
RETRY_SECONDS: Final = "1"


class DraftReceived(Rendered):
    message = CharField()
    task_id = UUIDField(help_text="El archivo; al iniciarlo, será también la tarea.")
    status = ChoiceField(choices=["draft"])
    preview_url = CharField(help_text="Dirección (relativa) de cómo se entiende el archivo.")
    start_url = CharField(help_text="Dirección (relativa) para importarlo, con POST.")
    filename = CharField()
    proveedor_id = CharField(allow_null=True)
    expires_at = DateTimeField(help_text="Desde entonces se borra si no se inició.")

    @staticmethod
    def get_message(draft: UploadDraft, language: str) -> str:
        return str(RECEIVED)

    @staticmethod
    def get_task_id(draft: UploadDraft, language: str) -> str:
        return str(draft.pk)

    @staticmethod
    def get_status(draft: UploadDraft, language: str) -> str:
        return "draft"

    @staticmethod
    def get_preview_url(draft: UploadDraft, language: str) -> str:
        return f"{addresses.UPLOADS}{draft.pk}/preview"

    @staticmethod
    def get_start_url(draft: UploadDraft, language: str) -> str:
        return f"{addresses.UPLOADS}{draft.pk}/start"

    @staticmethod
    def get_expires_at(draft: UploadDraft, language: str) -> str:
        return iso_utc(draft.expires_at)


def received(draft: UploadDraft) -> Response:
    """The 202 of a file that is looked at first."""
    body = DraftReceived.render(draft)
    return Response(body, status=202, headers={"Location": body["preview_url"], "Retry-After": RETRY_SECONDS})
