"""The sheet's columns with their rules, for programs that write sheets or forms."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api import access, operations
from bulk_upload.sheet.columns import Column


class ColumnsView(APIView):
    @operations.COLUMNS
    def get(self, request: Request) -> Response:
        columns = access.requested_import(request).sheet.columns
        return Response({"items": [column(each) for each in columns], "meta": {"total": len(columns)}})


def column(each: Column) -> dict[str, Any]:
    """One column as data; its rule in both languages."""
    return {
        "nombre": each.name,
        "tipo": each.kind,
        "obligatoria": each.required,
        "regla": {"es": each.rule.es, "en": each.rule.en},
        "ejemplo": each.example,
        "sinonimos": list(each.synonyms),
        "por_defecto": None if each.required else each.default,
        "longitud_maxima": each.max_length,
        "minimo": each.minimum,
        "maximo": each.maximum,
    }
