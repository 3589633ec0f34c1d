"""What a plan would do, row by row; its application."""

from __future__ import annotations

from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import CharField, ChoiceField, IntegerField, JSONField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.result import Detail
from bulk_upload.api.schema import FILE_PURGED, GONE, STORAGE, TASK, UNKNOWN, UPLOADS, workbook
from bulk_upload.api.upload import Accepted, accepted, accepted_example, answer_202
from bulk_upload.importing.planning.content import Planned
from bulk_upload.models import RowError
from bulk_upload.plans import apply, shown_rows
from bulk_upload.plans.apply import apply_plan
from bulk_upload.plans.shown_rows import NAMES, OUTCOMES, Change, PlanPages, ShownRow
from bulk_upload.wording import worded_error
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.downloads import store_faults_in_words
from medisupply.api.json import language, valid
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import UploadThrottle, count_export
from medisupply.web import history

APPLIED: Final = _("Plan aceptado: se hace exactamente lo que muestra")
NOT_A_PLAN: Final = ErrorCase(409, "not_a_plan", shown_rows.NO_PLAN)
NOT_FINISHED: Final = ErrorCase(409, "not_finished", shown_rows.NOT_ENDED)
EXPIRED: Final = ErrorCase(410, "plan_expired", apply.EXPIRED)
REFUSALS: Final = [
    ErrorCase(403, "second_person_required", apply.SECOND_PERSON),
    ErrorCase(409, "not_a_plan", apply.NOT_A_PLAN),
    ErrorCase(409, "plan_applied", apply.APPLIED),
    ErrorCase(409, "nothing_to_apply", apply.NOTHING),
]


class PlanFilter(Serializer[dict[str, Any]]):
    resultado = ChoiceField(choices=list(OUTCOMES), required=False, help_text="Solo las filas con este resultado.")


class PlanParams(PlanFilter, PageParams):
    pass


class PlanChange(Rendered):
    columna = CharField(source="column")
    antes: Any = JSONField(source="before", help_text="Lo que hay; nulo en una fila nueva.")
    despues: Any = JSONField(source="after", help_text="Lo que habría.")


class PlanRow(Rendered):
    fila = IntegerField(help_text="Fila de la hoja.")
    resultado = ChoiceField(choices=list(OUTCOMES))
    clave = CharField(source="key", allow_blank=True, help_text="De qué registro es; vacía en una fila rechazada.")
    cambios = PlanChange(many=True)
    errores = Detail(many=True, source="errors", help_text="Por qué se rechazaría.")

    @staticmethod
    def get_resultado(row: ShownRow, language: str) -> str:
        return NAMES[row.outcome]

    @staticmethod
    def get_cambios(row: ShownRow, language: str) -> list[dict[str, Any]]:
        return [PlanChange.render(change, language) for change in row.changes]


def _row(row: ShownRow, positions: dict[str, int], said: str) -> dict[str, Any]:
    return {**PlanRow.render(row, said), "errores": [_detail(error, positions, said) for error in row.errors]}


def _detail(error: RowError, positions: dict[str, int], said: str) -> dict[str, Any]:
    found: Any = worded_error(error, positions, said)
    return {name: found[name] for name in ("columna", "codigo", "mensaje", "valor", "celda")}


_EXAMPLE: Final = PlanRow.render(
    ShownRow(2, Planned.UPDATED, "PROD001", [Change("precio_unitario", "1250.50", "1190.00")]), "es"
)


class PlanView(APIView):
    @operation(
        "plan_de_carga",
        "Qué haría un plan con cada fila",
        tag=UPLOADS,
        description="De una carga con `solo_validar`, o de una que el control de cambios detuvo. En páginas, en el "
        "orden del archivo. Todas las filas en un archivo: `plan.xlsx`.",
        parameters=[TASK, PlanParams],
        answers=page_answer("PlanPage", "Una página.", PlanRow, _EXAMPLE),
        errors=[UNKNOWN, NOT_A_PLAN, NOT_FINISHED, EXPIRED],
    )
    def get(self, request: Request, task_id: str) -> Response:
        plan = access.visible(request, task_id)
        pages = PlanPages(plan, _chosen(request, PlanParams))
        downloads.require_plan(plan)
        positions, said = plan.header_positions, language()
        return Response(numbered(request, pages, lambda row: _row(row, positions, said)))


class PlanFileView(APIView):
    @operation(
        "plan_de_carga_xlsx",
        "Qué haría un plan con cada fila, en Excel",
        tag=UPLOADS,
        parameters=[TASK, PlanFilter],
        answers=workbook("Todas las filas: en color lo que cambiaría, con el valor de antes."),
        errors=[UNKNOWN, NOT_A_PLAN, NOT_FINISHED, EXPIRED],
    )
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        plan = access.visible(request, task_id)
        chosen = _chosen(request, PlanFilter)
        downloads.require_plan(plan)
        count_export(request)
        return downloads.plan(plan, chosen).response()


class ApplyView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "aplicar_plan",
        "Aplicar un plan",
        tag=UPLOADS,
        description="Otra carga hace exactamente lo que el plan dice de cada fila. Lo que cambió después del plan se "
        "deja como está y su fila se rechaza (`changed_since_plan`). Un plan se aplica una sola vez.",
        parameters=[TASK],
        answers={202: answer(Accepted, "Aceptado: pregunte por la nueva tarea.", accepted_example(APPLIED))},
        errors=[403, UNKNOWN, *REFUSALS, EXPIRED, FILE_PURGED, GONE, STORAGE],
    )
    def post(self, request: Request, task_id: str) -> Response:
        plan = access.changeable(request, task_id)
        user: Any = request.user
        with store_faults_in_words():
            upload = apply_plan(plan, user)
        history.log_change(request.user, plan, history.message("plan_applied"))
        history.log_addition(request.user, upload, history.message("applies_plan"))
        return answer_202(accepted(upload, APPLIED))


def _chosen(request: Request, params: type[PlanFilter]) -> Planned | None:
    return OUTCOMES.get(valid(params, request.query_params).get("resultado", ""))
