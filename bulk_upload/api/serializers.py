"""What the API reads and answers about uploads. Names are a contract; add to them, never rename."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    FloatField,
    IntegerField,
    ListField,
    UUIDField,
)

from bulk_upload import snapshots
from bulk_upload.models import BulkUpload, FileState, PreparedFile, Status
from bulk_upload.progress import Lists, RowProblems, Snapshot
from bulk_upload.sheet.cells import column_letter
from bulk_upload.wording import in_language, text_of
from bulk_upload.workbooks.prepared_files import progress_sentence
from medisupply.api.rendering import Rendered

UPLOADS_PATH = "/api/catalog/bulk-upload/"
STATUS_PATH = f"{UPLOADS_PATH}status/"
MESSAGES: Final = {
    Status.COMPLETED: _("Carga masiva completada"),
    Status.FAILED: _("La carga masiva falló"),
    Status.CANCELLED: _("Carga masiva cancelada"),
}
BLANK: Final = "required_blank"
BLANK_FIELDS: Final = _("Campos obligatorios vacíos")
SUPPLIER_HELP: Final = "Nulo cuando la hoja no es de un proveedor."
SHEET_HELP: Final = "La hoja que se envió, como en `bulk-upload/columns?hoja=`."


class UploadOptions(serializers.Serializer[dict[str, Any]]):
    """The options of an upload, from the query or the form."""

    proveedor_id = CharField(required=False, max_length=32)
    reemplazar_duplicados = BooleanField(default=False)


class Accepted(Rendered):
    message = CharField()
    task_id = UUIDField(help_text="La tarea: consérvela para preguntar por la carga.")
    status = ChoiceField(choices=Status.choices)
    status_url = CharField(help_text="Dirección (relativa) del estado de la tarea.")
    filename = CharField()
    proveedor_id = CharField(allow_null=True, help_text=SUPPLIER_HELP)

    @staticmethod
    def get_status_url(upload: Snapshot, language: str) -> str:
        return f"{STATUS_PATH}{upload['task_id']}"


def accepted(upload: BulkUpload, message: str, state: str = "") -> dict[str, Any]:
    """The 202's JSON; `state` replaces the upload's present status."""
    return Accepted.render({**snapshots.head(upload), "message": message, "status": state or upload.status})


class PreparationProgress(Rendered):
    total = IntegerField(source="rows_total", help_text="Filas por corregir; 0 mientras no se sepa.")
    processed = IntegerField(source="rows_done", help_text="Filas que ya están en el archivo.")


# How far the worker is with a file that it makes of an upload.
class Preparation(Rendered):
    status = ChoiceField(source="state", choices=[FileState.PENDING.value, FileState.PROCESSING.value])
    message = CharField(help_text="Para personas, en el idioma pedido.")
    progress = PreparationProgress(source="*")

    @staticmethod
    def get_message(file: PreparedFile, language: str) -> str:
        return progress_sentence(file)


class Progress(Rendered):
    total = IntegerField(help_text="Filas del archivo; 0 mientras no se haya leído.")
    processed = IntegerField(source="procesados", help_text="Filas ya tratadas, aceptadas o rechazadas.")
    successful = IntegerField(source="exitosos")
    failed = IntegerField(source="rechazados")
    percent = FloatField(help_text="De 0 a 100.")
    rows_per_second = FloatField(allow_null=True, help_text="En los últimos diez segundos; al final, el promedio.")
    eta_seconds = IntegerField(allow_null=True, help_text="Segundos que faltan, si sigue a ese ritmo.")

    @staticmethod
    def get_percent(counts: dict[str, Any], language: str) -> float:
        total, processed = counts["total"], counts["procesados"]
        return round(100 * (processed / total if total else float(counts["status"] == Status.COMPLETED)), 1)

    @staticmethod
    def get_eta_seconds(counts: dict[str, Any], language: str) -> int | None:
        speed = counts["rows_per_second"]
        running = counts["status"] == Status.PROCESSING
        return round((counts["total"] - counts["procesados"]) / speed) if running and speed else None


class Detected(Rendered):
    sheet = CharField(allow_blank=True, help_text="Hoja que se leyó (xlsx).")
    encoding = CharField(allow_blank=True, help_text="Codificación (csv).")
    delimiter = CharField(allow_blank=True, help_text="Separador (csv).", trim_whitespace=False)


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
        help_text="Filas que actualizaron un producto cuyo precio se multiplicó o dividió al menos por 2 (o por el "
        "factor de esta instalación): conviene revisarlas."
    )


class Detail(serializers.Serializer[Any]):
    columna = CharField(allow_blank=True, help_text="Vacía cuando es de toda la fila.")
    codigo = CharField(help_text="Para programas: no cambia ni se traduce.")
    mensaje = CharField()
    valor = CharField(allow_blank=True, help_text="Lo que había en la celda, acortado.")
    celda = CharField(allow_null=True, help_text="Dirección en la hoja, como «G25».")


class RowProblem(serializers.Serializer[Any]):
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
        return in_language(MESSAGES[Status(upload["status"])], language)

    @staticmethod
    def get_errores(upload: Ended, language: str) -> list[dict[str, Any]]:
        return row_problems(upload["errores"], upload["columns"], language)

    @staticmethod
    def get_advertencias(upload: Ended, language: str) -> list[dict[str, Any]]:
        return row_problems(upload["advertencias"], upload["columns"], language)

    @staticmethod
    def get_errores_url(upload: Snapshot, language: str) -> str:
        return f"{UPLOADS_PATH}{upload['task_id']}/errors"


class Head(Rendered):
    task_id = UUIDField()
    status = ChoiceField(choices=Status.choices)
    filename = CharField()
    proveedor_id = CharField(allow_null=True, help_text=SUPPLIER_HELP)
    s3_key = CharField()
    created_at = DateTimeField()
    updated_at = DateTimeField()
    started_at = DateTimeField(allow_null=True)
    completed_at = DateTimeField(allow_null=True)
    detected = Detected(source="*")
    progress = Progress()

    @staticmethod
    def get_progress(upload: Snapshot, language: str) -> dict[str, Any]:
        more = {"status": upload["status"], "rows_per_second": upload["rows_per_second"]}
        return Progress.render({**upload["counts"], **more}, language)


class Failure(Rendered):
    error = CharField(allow_null=True, help_text="Por qué falló la carga.")
    error_code = CharField(allow_null=True)

    @staticmethod
    def get_error(upload: Snapshot, language: str) -> str | None:
        code = upload["error_code"]
        return text_of(code, upload["error_params"], language) if code else None

    @staticmethod
    def get_error_code(upload: Snapshot, language: str) -> str | None:
        return upload["error_code"] or None


class Finished(Rendered):
    result = Result(allow_null=True, help_text="Nulo hasta que la carga termina.")

    @staticmethod
    def get_result(upload: Snapshot, language: str) -> dict[str, Any] | None:
        lists = upload["lists"]
        return None if lists is None else Result.render({**upload, **lists}, language)


class Counted(Rendered):
    resumen = Resumen(source="counts")
    status_url = CharField()

    get_status_url = Accepted.get_status_url


class OfSheet(Rendered):
    hoja = CharField(source="sheet_name", help_text=SHEET_HELP)


# Both are made of snapshots. The order of the bases is the order of the keys.
class State(Head, Finished, Failure, OfSheet):
    pass


class Listed(Head, Failure, Counted, OfSheet):
    pass
