"""The result of an upload that has ended: its counts, and what was wrong with its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework.fields import BooleanField, CharField, IntegerField, ListField
from rest_framework.serializers import Serializer

from bulk_upload.api import addresses
from bulk_upload.models import Operation, Status
from bulk_upload.progress import Lists, RowProblems, Snapshot
from bulk_upload.sheet.cells import column_letter
from bulk_upload.wording import in_language, text_of
from medisupply.api.rendering import Rendered

MESSAGES: Final = {
    Status.COMPLETED: _("Carga masiva completada"),
    Status.FAILED: _("La carga masiva falló"),
    Status.CANCELLED: _("Carga masiva cancelada"),
}
PLANNED: Final = _("Plan terminado: no se importó nada")
# Of an undo.
UNDO_MESSAGES: Final = {
    Status.COMPLETED: _("Se deshizo la carga «{filename}»"),
    Status.FAILED: _("No se terminó de deshacer la carga «{filename}»"),
    Status.CANCELLED: _("Se dejó de deshacer la carga «{filename}»: lo ya deshecho queda así"),
}
BLANK: Final = "required_blank"
BLANK_FIELDS: Final = _("Campos obligatorios vacíos")


class Resumen(Rendered):
    total = IntegerField()
    exitosos = IntegerField(help_text="creados + actualizados + sin cambios")
    rechazados = IntegerField()
    duplicados = IntegerField(help_text="Filas cuyo id o código ya existía, sea cual fuere su destino.")
    productos_creados = IntegerField(source="creados")
    productos_actualizados = IntegerField(source="actualizados")
    sin_cambios = IntegerField()
    sin_procesar = IntegerField(help_text="Filas que no se alcanzaron (carga fallida o cancelada).")
    cambios_grandes_de_precio = IntegerField(
        help_text="Filas cuya actualización multiplicó o dividió el precio al menos por 2 (o por el factor de esta "
        "instalación): conviene revisarlas."
    )
    eliminados = IntegerField(
        help_text="Al deshacer una carga: cuántos de los actualizados se eliminaron; el resto volvió a como estaba."
    )


class Detail(Serializer[Any]):
    columna = CharField(allow_blank=True, help_text="Vacía cuando es de toda la fila.")
    codigo = CharField(help_text="Para programas: no cambia ni se traduce.")
    mensaje = CharField()
    valor = CharField(allow_blank=True, help_text="Lo que había en la celda, acortado.")
    celda = CharField(allow_null=True, help_text="Dirección en la hoja, como «G25».")


class RowProblem(Serializer[Any]):
    fila = IntegerField(help_text="Fila de la hoja (el encabezado suele ser la 1); 0: todo el archivo.")
    error = CharField(help_text="Todo lo de la fila en una línea.")
    detalles = Detail(many=True)


def row_problems(rows: Iterable[RowProblems], positions: dict[str, int], language: str) -> list[dict[str, Any]]:
    """The rows of a snapshot's list as `RowProblem`; `positions` says where the columns are in the sheet.

    Written out: there may be thousands. A test compares the keys with the fields.
    """
    letters = {column: column_letter(position) for column, position in positions.items()}
    blank_fields = in_language(BLANK_FIELDS, language)
    found = []
    for row in rows:
        fila, details = row["fila"], []
        for each in row["detalles"]:
            column, code = each["columna"], each["codigo"]
            text = text_of(code, each["params"], language)
            place = f"{letters[column]}{fila}" if fila and column in letters else None
            details.append({"columna": column, "codigo": code, "mensaje": text, "valor": each["valor"], "celda": place})
        found.append({"fila": fila, "error": _sentence(details, blank_fields), "detalles": details})
    return found


def _sentence(details: list[dict[str, Any]], blank_fields: str) -> str:
    """The row's problems in one line; blank required fields are named together, after `blank_fields`."""
    blank = [detail["columna"] for detail in details if detail["codigo"] == BLANK]
    parts = [detail["mensaje"] for detail in details if detail["codigo"] != BLANK]
    if blank:
        parts.insert(0, f"{blank_fields}: {', '.join(blank)}")
    return " ".join(part if part.endswith(".") or len(parts) == 1 else f"{part}." for part in parts)


class Ended(Snapshot, Lists):
    """The snapshot of an upload that has ended, together with its lists."""


class Result(Rendered):
    mensaje = CharField()
    resumen = Resumen(source="counts")
    productos_creados = ListField(child=CharField(), source="creados", help_text="Hasta 1000 ids.")
    productos_actualizados = ListField(child=CharField(), source="actualizados", help_text="Hasta 1000 ids.")
    errores = RowProblem(many=True, help_text="Hasta 1000 filas.")
    advertencias = RowProblem(many=True, help_text="Hasta 1000 filas.")
    listas_truncadas = BooleanField(source="truncadas", help_text="Hay más de lo que se lista: está en errores_url.")
    errores_url = CharField(help_text="Dirección de la lista completa de errores y advertencias.")

    @staticmethod
    def get_mensaje(upload: Snapshot, language: str) -> str:
        if upload["operation"] == Operation.PLAN and upload["status"] == Status.COMPLETED:
            return in_language(PLANNED, language)
        is_undo = upload["operation"] == Operation.UNDO
        text = in_language((UNDO_MESSAGES if is_undo else MESSAGES)[Status(upload["status"])], language)
        return text.replace("{filename}", upload["filename"])

    @staticmethod
    def get_errores(upload: Ended, language: str) -> list[dict[str, Any]]:
        return row_problems(upload["errores"], upload["columns"], language)

    @staticmethod
    def get_advertencias(upload: Ended, language: str) -> list[dict[str, Any]]:
        return row_problems(upload["advertencias"], upload["columns"], language)

    @staticmethod
    def get_errores_url(upload: Snapshot, language: str) -> str:
        return f"{addresses.UPLOADS}{upload['task_id']}/errors"
