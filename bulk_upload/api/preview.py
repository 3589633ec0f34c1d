"""How a file is understood before it is imported, column by column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    IntegerField,
    JSONField,
    UUIDField,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.draft_received import RETRY_SECONDS
from bulk_upload.api.schema import FILE_PURGED, GONE, STORAGE, TASK, UNKNOWN, UPLOADS
from bulk_upload.imports import registry
from bulk_upload.models import UploadDraft
from bulk_upload.previews.answers import look_at, problem_sentence
from bulk_upload.previews.request import Original, PreviewAnswer
from bulk_upload.receiving.mappings import mapping_of_text
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import PreviewColumn, Reason, Sample, SheetPreview
from bulk_upload.wording import text_of
from medisupply.api.json import language, valid
from medisupply.api.rendering import Rendered
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import StatusThrottle

MAKING: Final = _("El archivo se está mirando: pregunte otra vez")
AWAY: Final = ErrorCase(
    503,
    "preview_unavailable",
    "Ahora no se puede mirar el archivo antes (Redis no responde). Puede importarlo sin revisar.",
)
NO_FILE: Final = ErrorCase(409, "no_file", "Esta carga deshace otra: no tiene archivo.")
BAD_MAPPING: Final = ErrorCase(
    422,
    "mapping_unknown_target",
    text_of("mapping_unknown_target", {"destino": "precio", "columnas": "id, nombre, codigo"}, "es"),
    "mapping",
)
REASONS: Final = {
    Reason.NAME: "encabezado",
    Reason.MAPPING: "mapping",
    Reason.SIMILAR: "parecido",
    Reason.VALUES: "valores",
    Reason.NONE: "ninguno",
}
IGNORED: Final = {"title": "titulo", "totals": "totales"}


class Worded(Rendered):
    codigo = CharField(source="code")
    mensaje = CharField()

    @staticmethod
    def get_mensaje(problem: Any, language: str) -> str:
        return problem_sentence(problem.code, problem.params, language)


class PreviewSample(Rendered):
    fila = IntegerField(source="row")
    escrito = CharField(source="written", help_text="Como está en el archivo.")
    leido: Any = JSONField(source="read", help_text="Como se leería; nulo si está vacío o no se puede leer.")
    codigo = CharField(source="code", help_text="Por qué no se puede leer, para programas; vacío si se puede.")
    mensaje = CharField(help_text="Lo mismo, para personas.")

    @staticmethod
    def get_mensaje(sample: Sample, language: str) -> str:
        return text_of(sample.code, sample.params, language) if sample.code else ""


class PreviewColumnShape(Rendered):
    letra = CharField(source="letter")
    encabezado = CharField(source="header", allow_blank=True)
    clave = CharField(source="key", help_text="Con qué se la nombra en «columnas» del mapping.")
    columna = CharField(source="target", allow_null=True, help_text="La columna de la hoja que llena; nulo: ninguna.")
    motivo = ChoiceField(choices=list(REASONS.values()), help_text="Por qué la llena, o por qué se sugiere.")
    sugerencia = CharField(source="suggestion", allow_null=True, help_text="La columna que parece ser.")
    ignorada = BooleanField(source="is_ignored", help_text="Si el mapping pide no importarla.")
    ejemplos = PreviewSample(many=True)

    @staticmethod
    def get_motivo(column: PreviewColumn, language: str) -> str:
        return REASONS[column.reason]

    @staticmethod
    def get_ejemplos(column: PreviewColumn, language: str) -> list[dict[str, Any]]:
        return [PreviewSample.render(sample, language) for sample in column.samples]


class IgnoredRowShape(Rendered):
    fila = IntegerField(source="row")
    motivo = ChoiceField(choices=list(IGNORED.values()))
    texto = CharField(source="text", allow_blank=True)

    @staticmethod
    def get_motivo(row: Any, language: str) -> str:
        return IGNORED[row.reason]


class Preview(Rendered):
    task_id = UUIDField()
    filename = CharField()
    sheet = CharField(help_text="La hoja que se envió, como en `bulk-upload/columns?hoja=`.")
    hojas = JSONField(help_text="Las hojas visibles del libro; ninguna en un CSV.")
    hoja = CharField(allow_blank=True, help_text="La que se leería.")
    fila_encabezado = IntegerField(allow_null=True)
    filas_de_encabezado = IntegerField(allow_null=True, help_text="2 cuando hay una fila de grupos encima.")
    codificacion = CharField(allow_blank=True)
    separador = CharField(allow_blank=True)
    columnas = PreviewColumnShape(many=True, help_text="Las del archivo, en su orden.")
    faltan = JSONField(help_text="Las columnas obligatorias que nada llena.")
    filas_ignoradas = IgnoredRowShape(many=True)
    advertencias = Worded(many=True)
    problema = Worded(allow_null=True, help_text="Por qué la importación lo rechazaría así; nulo si puede importarse.")
    mapping = JSONField(help_text="El mapping con el que se miró.")
    mapping_name = CharField(allow_blank=True, help_text="El mapping recordado que es, si es uno.")


def shown(original: Original, found: PreviewAnswer, said: str = "") -> dict[str, Any]:
    """The answer as JSON. A file that cannot be read has its problem and nothing else."""
    said = said or language()
    preview = found.preview or SheetPreview([], "", 0, 0, "", "", [], [])
    problem = preview.problem or (found if found.code else None)
    return {
        "task_id": str(original.pk),
        "filename": original.filename,
        "sheet": original.sheet_name,
        "hojas": preview.worksheets,
        "hoja": preview.worksheet,
        "fila_encabezado": preview.header_row or None,
        "filas_de_encabezado": preview.header_rows or None,
        "codificacion": preview.encoding,
        "separador": preview.delimiter,
        "columnas": [PreviewColumnShape.render(column, said) for column in preview.columns],
        "faltan": preview.missing,
        "filas_ignoradas": [IgnoredRowShape.render(row, said) for row in preview.ignored_rows],
        "advertencias": [Worded.render(warning, said) for warning in preview.warnings],
        "problema": Worded.render(problem, said) if problem else None,
        "mapping": found.mapping,
        "mapping_name": found.remembered,
    }


class PreviewParams(Serializer[dict[str, Any]]):
    mapping = CharField(default="", allow_blank=True, help_text="Otra correspondencia, en JSON, para verla con ella.")


class Making(Serializer[Any]):
    message = CharField(initial=str(MAKING))
    status = ChoiceField(choices=["making"], initial="making")


_SAMPLE: Final = Sample(2, "1.250,50", "1250.50")
_COLUMN: Final = PreviewColumn("F", "Precio", "Precio", "precio_unitario", Reason.NAME, samples=[_SAMPLE])
EXAMPLE: Final = PreviewAnswer(
    {"columnas": {"Precio": "precio_unitario"}},
    SheetPreview(["Lista"], "Lista", 4, 1, "", "", [_COLUMN], ["certificado_sanitario"]),
)
DRAFT: Final = UploadDraft(
    id="5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90",
    sheet_name="productos",
    filename="lista.xlsx",
    proveedor_id="PROV001",
    created_at=datetime(2026, 11, 20, 15, 30, tzinfo=UTC),  # its default asks the database
)


class PreviewView(APIView):
    throttle_classes = [StatusThrottle]

    @operation(
        "previa_de_carga",
        "Cómo se entiende un archivo",
        tag=UPLOADS,
        description="De un archivo enviado con `revisar`, o de una carga que conserva su archivo. Se leen solo sus "
        "primeras filas. Sin `mapping` se usa el que se dijo al enviarlo, o el recordado para sus encabezados.",
        parameters=[TASK, PreviewParams],
        answers={
            200: answer(Preview, "Cómo se entiende.", shown(DRAFT, EXAMPLE, "es")),
            202: answer(Making, "Aún se está mirando: pregunte otra vez."),
        },
        errors=[UNKNOWN, NO_FILE, FILE_PURGED, GONE, BAD_MAPPING, STORAGE, AWAY],
    )
    def get(self, request: Request, task_id: str) -> Response:
        original = seen(request, task_id)
        found = look_at(original, _mapping(request, original))
        if found is None:
            body = {"message": str(MAKING), "status": "making"}
            return Response(body, status=202, headers={"Retry-After": RETRY_SECONDS})
        return Response(shown(original, found))


def _mapping(request: Request, original: Original) -> SheetMapping | None:
    """The mapping that the address says, or the file's own; `None` where a remembered one is to be looked for."""
    text = valid(PreviewParams, request.query_params)["mapping"]
    if text.strip():
        return mapping_of_text(text, registry.get(original.sheet_name).sheet)
    own = original.mapping
    return None if own is None else SheetMapping.of(own)


def seen(request: Request, task_id: str) -> Original:
    """The draft or the upload, for who may see it."""
    draft = UploadDraft.objects.for_user(request.user).filter(pk=access.key_of(task_id)).first()
    return draft or access.visible(request, task_id)
