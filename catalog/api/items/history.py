"""`items/…/history`: where the values of a product come from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api.examples import UPLOAD
from bulk_upload.history.edits import edited_fields
from bulk_upload.history.events import Event, Source
from bulk_upload.history.row_history import history_of
from bulk_upload.history.wording import sentence
from bulk_upload.models import EditAction, iso_utc
from catalog.api.items.access import ITEM_ID, TAG, visible_item
from catalog.models import Product
from medisupply.api.json import valid
from medisupply.api.paging import NumberedMeta, PageParams, numbered, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import operation

FIELDS: Final = [(field.name, field.verbose_name) for field in edited_fields(Product) if not field.primary_key]


class HistoryParams(serializers.Serializer[dict[str, Any]]):
    campo = serializers.ChoiceField(
        FIELDS, default=None, help_text="Solo lo que tocó este campo: la primera entrada dice de dónde salió su valor."
    )


class ChangedField(Rendered):
    campo = serializers.CharField()
    antes = serializers.JSONField(help_text="Nulo si el producto no existía.")
    despues = serializers.JSONField(help_text="Nulo si el producto se borró.")


class HistoryEntry(Rendered):
    fecha = serializers.DateTimeField(help_text="Cuándo; de un archivo puede ser cuándo terminó su carga.")
    origen = serializers.ChoiceField(Source.choices)
    accion = serializers.ChoiceField(EditAction.choices)
    task_id = serializers.UUIDField(allow_null=True, help_text="La carga; nulo si no fue un archivo.")
    filename = serializers.CharField(allow_null=True, help_text="Nulo también si la carga ya no se conserva.")
    fila = serializers.IntegerField(allow_null=True, help_text="La fila del archivo.")
    usuario = serializers.CharField(allow_null=True, help_text="Quien hizo el cambio o subió el archivo, si se sabe.")
    cambios: Any = ChangedField(many=True, allow_null=True, help_text="Nulo si los valores ya no se conservan.")
    mensaje = serializers.CharField(help_text="Lo mismo en palabras.")

    @staticmethod
    def get_fecha(event: Event, language: str) -> str:
        return iso_utc(event.moment)

    @staticmethod
    def get_origen(event: Event, language: str) -> str:
        return event.source.value

    @staticmethod
    def get_accion(event: Event, language: str) -> str:
        return event.action.value

    @staticmethod
    def get_filename(event: Event, language: str) -> str | None:
        return event.upload.filename if event.upload else None

    @staticmethod
    def get_usuario(event: Event, language: str) -> str | None:
        return event.username or None

    @staticmethod
    def get_cambios(event: Event, language: str) -> list[dict[str, Any]] | None:
        if event.changes is None:
            return None
        return [{"campo": name, "antes": old, "despues": new} for name, (old, new) in event.changes.items()]

    @staticmethod
    def get_mensaje(event: Event, language: str) -> str:
        with translation.override(language):
            return sentence(event)


class HistoryMeta(NumberedMeta):
    faltan = serializers.IntegerField(initial=0, help_text="Cambios del producto que ya no se conservan.")


EXAMPLE: Final = HistoryEntry.render(
    Event(
        datetime(2026, 1, 20, 10, tzinfo=UTC),
        Source.FILE,
        EditAction.CHANGED,
        {"precio_unitario": ("42500.50", "43000.00")},
        "compras",
        UPLOAD.pk,
        UPLOAD,
        25,
    ),
    "es",
)


class ItemHistoryView(APIView):
    @operation(
        "ver_historia_de_producto",
        "Ver de dónde salió cada valor de un producto",
        tag=TAG,
        description="Lo que archivos, personas y cargas deshechas cambiaron, de lo más nuevo a lo más antiguo: qué "
        "archivo y qué fila, quién, cuándo, y los valores de antes y de después.",
        parameters=[ITEM_ID, HistoryParams, PageParams],
        answers=page_answer("HistoryPage", "Una página de la historia.", HistoryEntry, EXAMPLE, HistoryMeta),
    )
    def get(self, request: Request, item_id: str) -> Response:
        history = history_of(visible_item(request, item_id))
        name = valid(HistoryParams, request.query_params)["campo"]
        events = history.of_field(name) if name else history.events
        page = numbered(request, events, HistoryEntry.render)
        return Response({**page, "meta": {**page["meta"], "faltan": history.missing}})
