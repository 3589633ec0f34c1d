"""Remembered mappings: what an owner has said once of the columns of its files."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.fields import CharField, DateTimeField, JSONField, UUIDField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api import examples
from bulk_upload.api.schema import UPLOADS
from bulk_upload.api.status import SHEET_HELP, SUPPLIER_HELP
from bulk_upload.models import RememberedMapping, iso_utc
from bulk_upload.owners import ADD_UPLOADS, VIEW_UPLOADS
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import ErrorCase, answer, in_path, operation

UNKNOWN: Final = ErrorCase(404, "not_found", _("No hay una correspondencia recordada con ese id para su usuario."))
MAPPING: Final = in_path("mapping_id", "La correspondencia.", OpenApiTypes.UUID)


class Remembered(Rendered):
    id = UUIDField()
    nombre = CharField(source="name", help_text="Con el que se la nombra al enviar un archivo (`mapping_name`).")
    proveedor_id = CharField(allow_null=True, help_text=SUPPLIER_HELP)
    sheet = CharField(source="sheet_name", help_text=SHEET_HELP)
    encabezados: Any = JSONField(help_text="Los del archivo para el que se recordó, en su orden.")
    mapping: Any = JSONField(help_text="Como se dice al enviar un archivo.")
    created_at = DateTimeField()
    updated_at = DateTimeField()
    used_at = DateTimeField(allow_null=True, help_text="Cuándo se usó por última vez.")

    @staticmethod
    def get_id(kept: RememberedMapping, language: str) -> str:
        return str(kept.pk)

    @staticmethod
    def get_encabezados(kept: RememberedMapping, language: str) -> list[str]:
        return [column["header"] for column in kept.headers]

    @staticmethod
    def get_created_at(kept: RememberedMapping, language: str) -> str:
        return iso_utc(kept.created_at)

    @staticmethod
    def get_updated_at(kept: RememberedMapping, language: str) -> str:
        return iso_utc(kept.updated_at)

    @staticmethod
    def get_used_at(kept: RememberedMapping, language: str) -> str | None:
        return iso_utc(kept.used_at) if kept.used_at else None


_EXAMPLE: Final = Remembered.render(
    RememberedMapping(
        id=uuid.UUID("0d5a2c39-7be1-4c4e-8f57-3a6f0c8f3f11"),
        name="Lista del ERP",
        proveedor_id="PROV001",
        sheet_name="productos",
        headers=[{"letter": "A", "header": "Cód. Art.", "key": "Cód. Art."}],
        mapping={"columnas": {"Cód. Art.": "codigo"}},
        created_at=examples.UPLOAD.created_at,
        updated_at=examples.UPLOAD.created_at,
    ),
    "es",
)


class MappingListView(APIView):
    @operation(
        "listar_mappings",
        "Listar las correspondencias recordadas",
        tag=UPLOADS,
        description="Las propias. Un archivo con los mismos encabezados se lee con la suya, sin nombrarla.",
        parameters=[PageParams],
        answers=page_answer("MappingPage", "Una página.", Remembered, _EXAMPLE),
    )
    def get(self, request: Request) -> Response:
        visible = RememberedMapping.objects.for_user(request.user, VIEW_UPLOADS)
        return Response(numbered(request, visible.order_by("sheet_name", "name", "pk"), Remembered.render))


class MappingView(APIView):
    @operation(
        "ver_mapping",
        "Ver una correspondencia recordada",
        tag=UPLOADS,
        parameters=[MAPPING],
        answers={200: answer(Remembered, "La correspondencia.", _EXAMPLE)},
        errors=[UNKNOWN],
    )
    def get(self, request: Request, mapping_id: str) -> Response:
        return Response(Remembered.render(_seen(request, mapping_id)))

    @operation(
        "olvidar_mapping",
        "Olvidar una correspondencia recordada",
        tag=UPLOADS,
        description="Las cargas que la usaron quedan como están.",
        parameters=[MAPPING],
        answers={204: OpenApiResponse(description="Olvidada.")},
        errors=[403, UNKNOWN],
    )
    def delete(self, request: Request, mapping_id: str) -> Response:
        kept = _seen(request, mapping_id)
        if not RememberedMapping.objects.for_user(request.user, ADD_UPLOADS).filter(pk=kept.pk).exists():
            raise PermissionDenied
        kept.delete()
        return Response(status=204)


def _seen(request: Request, mapping_id: str) -> RememberedMapping:
    """The mapping, for who may see it; what is not there and what is others' is 404."""
    try:
        key = uuid.UUID(mapping_id)
    except ValueError as error:
        raise NotFound(UNKNOWN.sentence) from error
    kept = RememberedMapping.objects.for_user(request.user, VIEW_UPLOADS).filter(pk=key).first()
    if kept is None:
        raise NotFound(UNKNOWN.sentence)
    return kept
