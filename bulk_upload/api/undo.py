"""Undo what an upload did: what that would find now, and the request for it."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.fields import BooleanField, CharField, IntegerField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.upload import Accepted, accepted, accepted_example, answer_202
from bulk_upload.models import BulkUpload
from bulk_upload.undoing import request as undoing
from bulk_upload.undoing.request import CannotUndo, Reach, request_undo
from medisupply.api.errors import Conflict
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import UploadThrottle

ASKED: Final = _("Se pidió deshacer la carga: esta tarea la deshace")
REFUSALS: Final = [
    ErrorCase(409, "not_ended", undoing.NOT_ENDED),
    ErrorCase(409, "nothing_to_undo", undoing.NOT_UNDOABLE),
    ErrorCase(409, "already_undone", undoing.UNDONE),
    ErrorCase(
        409,
        "undo_expired",
        "Los valores anteriores ya no se conservan: se borraron 90 días después de terminar la carga. "
        "Por eso ya no se puede deshacer.",
    ),
    ErrorCase(409, "undo_not_kept", undoing.NOT_KEPT),
]


class UndoPreview(Serializer[Any]):
    se_puede = BooleanField(initial=True)
    codigo = CharField(allow_null=True, initial=None, help_text="Por qué no se puede, para programas.")
    motivo = CharField(allow_null=True, initial=None, help_text="Por qué no se puede, para personas.")
    creados = IntegerField(initial=294, help_text="Lo que se eliminaría.")
    actualizados = IntegerField(initial=5, help_text="Lo que volvería a sus valores anteriores.")
    cambiados_despues = IntegerField(
        allow_null=True,
        initial=2,
        help_text="De todo ello, lo que cambió después y se dejaría como está; nulo si es demasiado para contarlo.",
    )
    creados_al_paso = IntegerField(
        initial=1,
        help_text="Lo que la carga creó porque sus filas lo nombraban, como categorías: cuánto se retiraría, por ser "
        "de nadie más y estar como quedó.",
    )


class UndoView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "previa_de_deshacer",
        "Qué encontraría deshacer una carga",
        tag=UPLOADS,
        description="No cambia nada. Pide el permiso de deshacer cargas.",
        parameters=[TASK],
        answers={200: answer(UndoPreview, "Lo que se desharía ahora.")},
        errors=[403, UNKNOWN],
    )
    def get(self, request: Request, task_id: str) -> Response:
        return Response(_preview(undoable(request, task_id)))

    @operation(
        "deshacer_carga",
        "Deshacer una carga",
        tag=UPLOADS,
        description=(
            "Lo que la carga creó se elimina, y lo que actualizó vuelve a sus valores anteriores. Lo que alguien "
            "cambió después, o lo que otro registro usa, se deja como está y se lista en los errores de la tarea "
            "que deshace. Lo que la carga creó al paso, como categorías, se retira si nadie lo usa ni lo cambió. "
            "Pide el permiso de deshacer cargas; cada carga se deshace una vez."
        ),
        parameters=[TASK],
        answers={202: answer(Accepted, "Pedido: pregunte por la tarea en status_url.", accepted_example(ASKED))},
        errors=[403, UNKNOWN, *REFUSALS],
    )
    def post(self, request: Request, task_id: str) -> Response:
        try:
            undo = request_undo(undoable(request, task_id), request.user)
        except CannotUndo as refusal:
            raise Conflict(refusal.sentence, code=refusal.code) from refusal
        return answer_202(accepted(undo, ASKED))


def undoable(request: Request, task_id: str) -> BulkUpload:
    """The upload, for who may undo it."""
    upload = access.visible(request, task_id)
    if not undoing.may_undo(request.user, upload):
        raise PermissionDenied
    return upload


def _preview(upload: BulkUpload) -> dict[str, Any]:
    why = undoing.obstacle(upload)
    found = Reach(0, 0, None) if why else undoing.reach(upload)
    return {
        "se_puede": why is None,
        "codigo": why and why.code,
        "motivo": why and why.sentence,
        "creados": found.created,
        "actualizados": found.updated,
        "cambiados_despues": found.changed,
        "creados_al_paso": found.on_the_way,
    }
