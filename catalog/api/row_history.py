"""`…/history`: where the values of a row come from, of any model with a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bulk_upload.api.examples import UPLOAD
from bulk_upload.history.edits import Changes, edited_fields, target_for
from bulk_upload.history.events import Event, Source
from bulk_upload.history.row_history import history_of
from bulk_upload.history.wording import sentence
from bulk_upload.models import EditAction, ImportedModel, iso_utc
from medisupply.api.paging import NumberedMeta, PageParams, numbered, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import Describe, operation


class ChangedField(Rendered):
    campo = serializers.CharField()
    antes = serializers.JSONField(help_text="Nulo si no existía.")
    despues = serializers.JSONField(help_text="Nulo si se borró.")


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
    faltan = serializers.IntegerField(initial=0, help_text="Cambios que ya no se conservan.")


def example(changes: Changes) -> dict[str, Any]:
    """An entry for the schema: what a file changed."""
    moment = datetime(2026, 1, 20, 10, tzinfo=UTC)
    event = Event(moment, Source.FILE, EditAction.CHANGED, changes, "compras", UPLOAD.pk, UPLOAD, 25)
    return HistoryEntry.render(event, "es")


def of_fields(model: type[ImportedModel]) -> type[serializers.Serializer[Any]]:
    """The parameters of the query: `campo` is one of the model's fields that may change."""
    key = {*target_for(model).declared.key, model._meta.pk.name}
    names = [(field.name, field.verbose_name) for field in edited_fields(model) if field.name not in key]
    field = serializers.ChoiceField(
        names, default=None, help_text="Solo lo que tocó este campo: la primera entrada dice de dónde salió su valor."
    )
    return type("HistoryParams", (serializers.Serializer,), {"campo": field})


def describe(name: str, what: str, *, tag: str, page: str, parameters: Sequence[Any], changes: Changes) -> Describe:
    """Describe the operation `name`, which answers with the history of `what`; `changes` are those of its example."""
    return operation(
        name,
        f"Ver de dónde salió cada valor de {what}",
        tag=tag,
        description="Lo que archivos, personas y cargas deshechas cambiaron, de lo más nuevo a lo más antiguo: qué "
        "archivo y qué fila, quién, cuándo, y los valores de antes y de después.",
        parameters=[*parameters, PageParams],
        answers=page_answer(page, "Una página de la historia.", HistoryEntry, example(changes), HistoryMeta),
    )


def history_page(request: Request, row: ImportedModel, field: str | None) -> Response:
    """The page that the query asks for, of the whole history or of what touched `field`."""
    history = history_of(row)
    events = history.of_field(field) if field else history.events
    page = numbered(request, events, HistoryEntry.render)
    return Response({**page, "meta": {**page["meta"], "faltan": history.missing}})
