"""How an upload goes: answered from the cache, because many ask and often."""

from __future__ import annotations

import re
from typing import Final

from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import progress, snapshots
from bulk_upload.api import access, examples
from bulk_upload.api.operations import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.serializers import State
from bulk_upload.api.token_access import CachedTokenAuthentication, may_see
from bulk_upload.api.uploads import POLL_SECONDS
from bulk_upload.models import BulkUpload
from bulk_upload.progress import Snapshot
from medisupply.api.json import language
from medisupply.api.schema import Describe, answer, header, operation
from medisupply.api.throttles import StatusThrottle

# Part of every ETag: raise it when the wording or the shape of the body changes.
BODY_VERSION: Final = 2


def _describe(name: str, summary: str) -> Describe:
    return operation(
        name,
        summary,
        tag=UPLOADS,
        description=(
            "Mientras la carga no termine, `Retry-After` dice en cuántos segundos volver a preguntar. Envíe el `ETag` "
            "recibido en `If-None-Match`: si nada cambió la respuesta es 304, sin cuerpo, "
            "y nunca se responde un estado anterior a ese.\n\n"
            "`bulk-upload/{task_id}` y `bulk-upload/status/{task_id}` responden lo mismo."
        ),
        parameters=[TASK, header("If-None-Match", "El ETag de la respuesta anterior.")],
        answers={
            200: answer(State, "El estado.", examples.STATE),
            304: OpenApiResponse(None, "Nada cambió desde ese ETag."),
        },
        failures=[404],
        codes={404: UNKNOWN},
    )


class StateView(APIView):
    """The state of one upload. With a token and the cache at hand no query is made."""

    authentication_classes = [CachedTokenAuthentication, SessionAuthentication]
    throttle_classes = [StatusThrottle]

    @_describe("estado_de_carga", "Estado de una carga")
    def get(self, request: Request, task_id: str) -> Response:
        snapshot = visible_snapshot(request, task_id)
        tag = f'"{snapshot["revision"]}-{language()[:2]}-{BODY_VERSION}"'
        response = Response(status=304) if _is_known(request, tag) else Response(State.render(snapshot))
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        if snapshot["completed_at"] is None:
            response["Retry-After"] = POLL_SECONDS
        return response


class DetailView(StateView):
    """The same, under the address that the list's entries have."""

    @_describe("ver_carga", "Ver una carga (lo mismo que su estado)")
    def get(self, request: Request, task_id: str) -> Response:
        return super().get(request, task_id)


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
