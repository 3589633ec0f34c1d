"""The sheet's columns with their rules, for programs that write sheets or forms."""

from __future__ import annotations

from typing import Any, Final, get_args

from rest_framework import serializers
from rest_framework.fields import BooleanField, CharField, ChoiceField, IntegerField, JSONField, ListField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.schema import HELP, SHEET, UNKNOWN_SHEET
from bulk_upload.imports import registry
from bulk_upload.sheet import columns as sheet
from medisupply.api.paging import page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import operation


class Rule(Rendered):
    es = CharField()
    en = CharField()


class Column(Rendered):
    nombre = CharField(source="name")
    tipo = ChoiceField(source="kind", choices=get_args(sheet.Kind))
    obligatoria = BooleanField(source="required")
    regla = Rule(source="rule")
    ejemplo = JSONField(source="example", help_text="Una celda válida.")
    sinonimos = ListField(child=CharField(), source="synonyms", help_text="Otros encabezados que se entienden.")
    por_defecto = JSONField(help_text="Lo que recibe una fila nueva sin este valor.")
    longitud_maxima = IntegerField(source="max_length", allow_null=True)
    minimo = IntegerField(source="minimum", allow_null=True)
    maximo = IntegerField(source="maximum", allow_null=True)

    @staticmethod
    def get_por_defecto(column: sheet.Column, language: str) -> Any:
        return None if column.required else column.default


# Of the first sheet, which is that of a request that names none.
_COLUMNS: Final = next((declared.columns for declared in registry.sheets()), ())
_EXAMPLE: Final = next((column for column in _COLUMNS if not column.required and column.default), None)


class ColumnsMeta(serializers.Serializer[Any]):
    total = IntegerField(initial=len(_COLUMNS))


class ColumnsView(APIView):
    @operation(
        "columnas",
        "Las columnas de la hoja y sus reglas",
        tag=HELP,
        parameters=[SHEET],
        answers=page_answer(
            "Columns", "Las columnas, en su orden.", Column, _EXAMPLE and Column.render(_EXAMPLE, "es"), ColumnsMeta
        ),
        errors=[UNKNOWN_SHEET],
    )
    def get(self, request: Request) -> Response:
        columns = access.requested_import(request).sheet.columns
        return Response({"items": [Column.render(each) for each in columns], "meta": {"total": len(columns)}})
