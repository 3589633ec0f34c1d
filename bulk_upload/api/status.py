"""How an upload goes: answered from the cache, because many ask and often."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.authentication import SessionAuthentication
from rest_framework.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    FloatField,
    IntegerField,
    UUIDField,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import progress, snapshots
from bulk_upload.api import access, addresses, examples
from bulk_upload.api.result import Result
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.token_access import CachedTokenAuthentication, may_see
from bulk_upload.models import BulkUpload, Operation, Status
from bulk_upload.plans.applicable import is_applicable
from bulk_upload.progress import GuardFinding, Snapshot
from bulk_upload.wording import text_of
from medisupply.api.json import language
from medisupply.api.rendering import Rendered
from medisupply.api.schema import answer, header, operation
from medisupply.api.throttles import StatusThrottle

# Seconds after which a client should ask again.
POLL_SECONDS: Final = "1"
# Part of every ETag: raise it when the wording or the shape of the body changes.
BODY_VERSION: Final = 4
SUPPLIER_HELP: Final = "Nulo cuando la hoja no es de un proveedor."
SHEET_HELP: Final = "La hoja que se envió, como en `bulk-upload/columns?hoja=`."


def status_address(upload: Snapshot, language: str = "") -> str:
    return f"{addresses.STATUS}{upload['task_id']}"


def entity_tag(upload: Snapshot, language: str) -> str:
    """The ETag of a state in a language. With its time: a database that was restored counts revisions again.

    A plan ceases to be applicable by time alone.
    """
    moment = re.sub(r"\D", "", upload["updated_at"])
    applicable = "-a" if is_applicable(upload) else ""
    return f'"{upload["revision"]}-{language[:2]}-{BODY_VERSION}-{moment}{applicable}"'


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


class OfSheet(Rendered):
    hoja = CharField(source="sheet_name", help_text=SHEET_HELP)


class Origin(Rendered):
    operacion = ChoiceField(
        source="operation",
        choices=Operation.choices,
        help_text="Qué hace con las filas: las importa, planea importarlas, aplica un plan o deshace otra carga.",
    )
    basada_en = UUIDField(
        source="based_on", allow_null=True, help_text="El plan que aplica, o la carga que deshace; nulo si no hay."
    )


class Undone(Rendered):
    deshecha_por = UUIDField(
        source="undone_by", allow_null=True, help_text="La carga que deshace esta, desde que se pidió; nulo si ninguna."
    )


class Retention(Rendered):
    file_purged_at = DateTimeField(
        allow_null=True, help_text="Desde cuándo ya no se conserva el archivo; nulo mientras se conserva."
    )
    errors_purged_at = DateTimeField(
        allow_null=True,
        help_text="Desde cuándo ya no se conservan los errores y advertencias de las filas: las listas vienen vacías.",
    )


class Finding(Rendered):
    codigo = CharField(help_text="Para programas: no cambia ni se traduce.")
    mensaje = CharField()

    @staticmethod
    def get_mensaje(finding: GuardFinding, language: str) -> str:
        return text_of(finding["codigo"], finding["params"], language)


class PlanState(Rendered):
    solo_validar = BooleanField(help_text="Es un plan: dice qué cambiaría el archivo y no importa nada.")
    aplicable = BooleanField(help_text="El plan terminó, cambiaría algo, no venció y no se ha aplicado.")
    control = Finding(many=True, help_text="Por qué el control de cambios detuvo la carga; vacía si no la detuvo.")

    @staticmethod
    def get_solo_validar(upload: Snapshot, language: str) -> bool:
        return upload["operation"] == Operation.PLAN

    @staticmethod
    def get_aplicable(upload: Snapshot, language: str) -> bool:
        return is_applicable(upload)

    @staticmethod
    def get_control(upload: Snapshot, language: str) -> list[dict[str, Any]]:
        return [Finding.render(finding, language) for finding in upload["guard"]]


# Made of a snapshot, as the entries of the list of uploads are. The order of the bases is the order of the keys.
class State(Head, Finished, Failure, Retention, PlanState, OfSheet, Origin, Undone):
    pass


_LISTS: Final = {
    "creados": ["PROD001", "PROD002"],
    "actualizados": ["PROD003"],
    "errores": [{"fila": 25, "detalles": [examples.CELL]}],
    "advertencias": [],
    "truncadas": True,
}
EXAMPLE: Final = State.render({**snapshots.head(examples.UPLOAD), "lists": _LISTS}, "es")


class StateView(APIView):
    """The state of one upload. With a token and the cache at hand no query is made."""

    authentication_classes = [CachedTokenAuthentication, SessionAuthentication]
    throttle_classes = [StatusThrottle]

    @operation(
        "estado_de_carga",
        "Estado de una carga",
        tag=UPLOADS,
        description=(
            "Mientras la carga no termine, `Retry-After` dice en cuántos segundos volver a preguntar. Envíe el `ETag` "
            "recibido en `If-None-Match`: si nada cambió la respuesta es 304, sin cuerpo, "
            "y nunca se responde un estado anterior a ese.\n\n"
            "`bulk-upload/{task_id}` y `bulk-upload/status/{task_id}` responden lo mismo."
        ),
        parameters=[TASK, header("If-None-Match", "El ETag de la respuesta anterior.")],
        answers={
            200: answer(State, "El estado.", EXAMPLE),
            304: OpenApiResponse(None, "Nada cambió desde ese ETag."),
        },
        errors=[UNKNOWN],
    )
    def get(self, request: Request, task_id: str) -> Response:
        snapshot = visible_snapshot(request, task_id)
        tag = entity_tag(snapshot, language())
        response = Response(status=304) if _is_known(request, tag) else Response(State.render(snapshot))
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        if snapshot["completed_at"] is None:
            response["Retry-After"] = POLL_SECONDS
        return response


@extend_schema_view(get=extend_schema("ver_carga", summary="Ver una carga (lo mismo que su estado)"))
class DetailView(StateView):
    """The same, under the address that the list's entries have."""


def visible_snapshot(request: Request, task_id: str) -> Snapshot:
    """The upload's newest snapshot, for who may see it.

    From the database when the cache has none, or an older one than the client has seen: after a failure of the
    cache its state does not go back.
    """
    key = access.key_of(task_id)
    snapshot = progress.get(key)
    if snapshot is None or snapshot["revision"] < _seen_revision(request):
        upload = BulkUpload.objects.filter(pk=key).first()
        if upload is None:
            raise access.unknown_task()
        snapshot = snapshots.of(upload)
        progress.put(snapshot)
    if snapshot["proveedor_id"] is None:
        access.visible(request, str(snapshot["task_id"]))
    elif not may_see(request, snapshot["proveedor_id"]):
        raise access.unknown_task()
    return snapshot


def _is_known(request: Request, tag: str) -> bool:
    """Whether the client has this state already."""
    known = _known(request)
    return "*" in known or tag in known


def _seen_revision(request: Request) -> int:
    """The highest revision of the states that the client has, by their tags."""
    found = (re.match(r'"(\d{1,10})-', tag) for tag in _known(request))
    return max((int(match[1]) for match in found if match), default=0)


def _known(request: Request) -> list[str]:
    return [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
